/*
 * The life of a VM (modules/axvm: life.c, state.c, making.c, destroy.c): start, pause, resume, stop,
 * reset, wipe, destroy and create by the shell, against ends and reboots by the guest.
 *
 * A VM of two vCPUs, each on a hart of its own, and the shell on a third one. The shell gives any
 * commands in any order, one at once after the other. The guest ends or reboots when it likes. A
 * hart may refuse a message, images may fail to load. Then the shell stops what runs and destroys
 * the VM. Checked:
 *   - the VM can always be stopped, wiped and destroyed: none waits for ever (invalid end states)
 *   - no vCPU runs its guest after its life has ended, or in the next life (assertions)
 *   - no hart uses a VM that is freed (assertions)
 *   - all vCPUs are paused or none (assertion)
 * A guest asks for its end once in a life, so that an end that is lost leaves all waiting for ever.
 *
 * Each of these breaks the protocol, and the model has to say so:
 *   NOTE_EARLY     the VM is ENDED, then the hart that noted it leaves the console
 *   RUNS_EARLY     an end can be asked for, then the vCPUs' requests are cleared
 *   AWAITS_REFUSED a vCPU that its hart refused is awaited by the first one
 *   LOOKS_BACK     begin() looks at the VM after it has posted the last vCPU
 *   PAUSE_UNLOCKED a reboot comes between the look at the phase and the pause
 *   DESTROY_ENDED  a VM is destroyed while its memory is wiped
 */
#define VCPUS 2
#define COMMANDS 3
#define HALT 1
#define PAUSE 2
#define RUNS 0   /* enum vm_end */
#define STARTS 1
#define SHUTDOWN 2
#define REBOOT 3
#define FAILED 4

mtype = { CREATED, LIVES, LEAVES, ENDED, WIPES }; /* enum vm_life */
mtype = { START, RUN, WIPE, FREE, MAKE };         /* messages to a hart */
mtype = { NOTHING, MAKES, MADE, FREES };          /* making.c */

/* Of the VM. */
mtype life = CREATED;
byte end = STARTS;
byte requests[VCPUS];
bool pause_wanted[VCPUS];
byte vcpus_running, vcpus_awaited;

bool listed = true; /* the shell finds it */
mtype work = NOTHING;
bool locked;        /* life.c's lock */
chan box[VCPUS] = [3] of { mtype };

/* How often each may still come. */
byte reboots = 1, refusals = 2;

/* For the assertions only. */
bool freed;
byte lives;          /* a number of each life */
bool in_guest[VCPUS];

inline use() { assert(!freed) }
inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

/* The first end counts. HALT stays until the vCPU takes it. */
inline request_end(how)
{
    use();
    atomic {
        if
        :: end == RUNS -> end = how; asked = true
        :: else -> asked = false
        fi
    };
    if
    :: asked -> asked = false; requests[0] = requests[0] | HALT; requests[1] = requests[1] | HALT
    :: else
    fi
}

/* refused: the hart takes nothing. */
inline post(to, what)
{
    if
    :: box[to]!what
    :: atomic { refusals > 0 -> refusals--; refused = true }
    fi
}

inline post_first()
{
    post(0, RUN);
    if
    :: refused -> refused = false; request_end(FAILED); leaves++
    :: else
    fi
}

inline count_awaited()
{
    atomic { vcpus_awaited--; last = vcpus_awaited == 0 };
    if
    :: last -> last = false; post_first()
    :: else
    fi
}

inline note_end()
{
    use();
    lock();
    if
    :: life == LIVES -> life = LEAVES
    :: else
    fi;
    unlock();
#ifndef NOTE_EARLY
    use(); /* vm_console_leave() */
#endif
    lock();
    assert(!in_guest[0] && !in_guest[1]);
    life = ENDED;
    unlock();
#ifdef NOTE_EARLY
    use()
#else
    skip
#endif
}

inline reset_vcpus()
{
    d_step { requests[0] = 0; pause_wanted[0] = false };
    d_step { requests[1] = 0; pause_wanted[1] = false }
}

inline open_life()
{
    lock();
    lives++;
#ifdef RUNS_EARLY
    end = RUNS;
    reset_vcpus();
#else
    reset_vcpus();
    end = RUNS;
#endif
    unlock()
}

/* A hart with its mailbox, and what a message makes it do. `leaves`: the calls of leave() to come. */
proctype hart(byte me)
{
    byte leaves, taken, born;
    bool asked, refused, last, tired, paused;
end_idle:
    do
    :: box[me]?START -> goto begin
    :: box[me]?RUN -> goto come
    :: box[me]?WIPE ->
       use(); /* its pieces */
       use();
       lock();
       if
       :: life == WIPES -> life = CREATED
       :: else
       fi;
       unlock()
    :: box[me]?FREE -> use(); freed = true; work = NOTHING
    :: box[me]?MAKE ->
       d_step { freed = false; life = CREATED; end = STARTS; requests[0] = 0; requests[1] = 0;
                pause_wanted[0] = false; pause_wanted[1] = false; work = MADE }
    od;

begin:
    use();
    end = STARTS;
    if
    :: skip
    :: atomic { refusals > 0 -> refusals-- }; end = FAILED; note_end(); goto end_idle /* vm_load() */
    fi;
    open_life();
    d_step { vcpus_running = VCPUS; vcpus_awaited = VCPUS - 1 };
    post(1, RUN);
    if
    :: refused ->
       refused = false;
       request_end(FAILED);
#ifndef AWAITS_REFUSED
       count_awaited();
#endif
       leaves++
    :: else
    fi;
leave:
    do
    :: leaves > 0 ->
       use();
       atomic { leaves--; vcpus_running--; last = vcpus_running == 0 };
       if
       :: last -> last = false; assert(leaves == 0); goto on_end
       :: else
       fi
    :: else -> break
    od;
#ifdef LOOKS_BACK
    use();
#endif
    goto end_idle;

on_end:
    use();
    if
    :: end == REBOOT -> goto begin
    :: else -> note_end(); goto end_idle
    fi;

come:
    use();
    d_step { born = lives; tired = false; paused = false };
    if
    :: me != 0 ->
       count_awaited();
       if
       :: leaves > 0 -> atomic { leaves--; vcpus_running--; assert(vcpus_running > 0) }
       :: else
       fi
    :: else
    fi;
    do
    :: use();
       d_step { taken = requests[me]; requests[me] = 0 };
       if
       :: taken & HALT -> taken = 0; break
       :: else
       fi;
       if
       :: taken & PAUSE -> paused = pause_wanted[me]
       :: else
       fi;
       taken = 0;
       if
       :: paused -> requests[me] != 0
       :: !paused ->
          d_step { in_guest[me] = true; assert(born == lives && life == LIVES && !freed) };
          if
          :: requests[me] != 0 -> in_guest[me] = false
          :: atomic { reboots > 0 -> reboots--; in_guest[me] = false }; request_end(REBOOT)
          :: atomic { !tired -> tired = true; in_guest[me] = false }; request_end(SHUTDOWN)
          fi
       fi
    od;
    use(); /* vcpu_detach() */
    leaves = 1;
    goto leave
}

inline command_start()
{
    use();
    lock();
    if
    :: life == CREATED || life == ENDED -> life = LIVES; taken = true
    :: else
    fi;
    unlock();
    if
    :: taken ->
       taken = false;
       end = STARTS;
       post(0, START);
       if
       :: refused -> refused = false; end = FAILED; note_end()
       :: else
       fi
    :: else
    fi
}

/* All vCPUs or none. */
inline command_pause(wanted)
{
    use();
#ifndef PAUSE_UNLOCKED
    lock();
#endif
    if
    :: life == LIVES && end == RUNS && pause_wanted[0] == !wanted ->
       pause_wanted[0] = wanted;
       requests[0] = requests[0] | PAUSE;
       pause_wanted[1] = wanted;
       requests[1] = requests[1] | PAUSE
    :: else
    fi;
    assert(end != RUNS || pause_wanted[0] == pause_wanted[1]);
#ifndef PAUSE_UNLOCKED
    unlock()
#else
    skip
#endif
}

inline command_wipe()
{
    use();
    lock();
    if
    :: life == ENDED -> life = WIPES; taken = true
    :: else
    fi;
    unlock();
    if
    :: taken ->
       taken = false;
       use();
       post(0, WIPE);
       if
       :: refused -> refused = false; lock(); life = ENDED; unlock()
       :: else
       fi
    :: else
    fi
}

inline command_destroy()
{
    use();
    if
#ifdef DESTROY_ENDED
    :: (life == CREATED || life == WIPES) && work == NOTHING ->
#else
    :: life == CREATED && work == NOTHING ->
#endif
       listed = false;
       work = FREES;
       post(0, FREE);
       if
       :: refused -> refused = false; use(); freed = true; work = NOTHING
       :: else
       fi
    :: else
    fi
}

inline command_create()
{
    if
    :: work == NOTHING ->
       work = MAKES;
       post(0, MAKE);
       if
       :: refused -> refused = false; work = NOTHING
       :: else
       fi
    :: else
    fi
}

/* Messages to the console's hart come between its commands. */
proctype shell()
{
    byte commands;
    bool taken, refused, asked;
    do
    :: work == MADE -> listed = true; work = NOTHING
    :: commands < COMMANDS ->
       commands++;
       if
       :: listed -> command_start()
       :: listed -> command_pause(true)
       :: listed -> command_pause(false)
       :: listed -> request_end(SHUTDOWN)
       :: atomic { listed && reboots > 0 -> reboots-- }; request_end(REBOOT)
       :: listed -> command_wipe()
       :: listed -> command_destroy()
       :: !listed -> command_create()
       :: skip /* others' commands */
       fi
    :: commands == COMMANDS -> break
    od;
    do
    :: work == MADE -> listed = true; work = NOTHING
    :: !listed && work == NOTHING -> break
    :: listed && life == LIVES && end == RUNS -> request_end(SHUTDOWN)
    :: listed && life == ENDED -> command_wipe()
    :: listed && life == CREATED && work == NOTHING -> command_destroy()
    od;
    assert(freed)
}

init
{
    atomic { run hart(0); run hart(1); run shell() }
}
