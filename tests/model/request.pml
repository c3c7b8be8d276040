/*
 * Requests to a vCPU (modules/axvcpu: request.c, run.c, fence.c): bits are posted against `away`.
 *
 * Two vCPUs run guests that leave only when interrupted or to ask the other for a fence; the second
 * is STOPPED at first. A device posts to both. No hart may count on a guest to leave by itself.
 * Checked:
 *   - every request is taken (ltl all_taken), also by a vCPU that waits in the host to be started,
 *     and one that ends the VM (HALT) while an exit is served in place, which takes only the others
 *   - when a remote fence has returned, the other guest runs no instruction with its old
 *     translations (assertions)
 *   - two vCPUs that fence each other at once both go on (ltl all_taken, invalid end states)
 *
 * Memory here is sequentially consistent, and the protocol needs that: each side stores one word
 * and then loads the other's. In C both words are _Atomic and accessed as seq_cst (gcc puts fences
 * around the store and the load); release and acquire would not do. The kick is device output
 * after the bits' store, and the clearing of sip a CSR write before the look: fence w,o and
 * fence o,rw, as in mailbox.pml.
 *
 * Each of these breaks the protocol, and the model has to say so:
 *   LOOK_EARLY     the vCPU looks at the bits, then sets away
 *   POST_LATE      the poster looks at away, then sets the bits
 *   ACK_LATE       the pending IPI is cleared between the look at the bits and the entry
 *   STAYS_AWAY     away stays set while a vCPU waits for another's fence
 *   NO_WAIT        a remote fence returns after the kick
 *   WAITS_HOME     a STOPPED vCPU waits for START with away clear
 *   TAKES_ALL      an exit that is served in place takes what it leaves undone
 */
#define IPI 1
#define FENCE 2
#define START 4
#define HALT 8
#define ALL 15
#define SIMPLE (IPI | FENCE) /* what an exit that is served in place takes */
#define IPIS 1
#define FENCES 2

bool away[2];
bool pending[2];    /* sip.SSIP of the vCPU's hart */
byte requests[2];
byte ipis[2];       /* IPIs taken by the vCPU */
byte fenced;        /* remote fences that have returned */
bool halted;        /* vCPU 0 has left its loop */

/* For the assertions only. */
bool running[2];    /* the guest executes */
bool stale[2];      /* with translations older than the last fence asked of it */
bool returned[2];   /* to the hart that asked for that fence */

/* One atomic or. */
inline set_bits(vcpu_id, mask)
{
    d_step {
        requests[vcpu_id] = requests[vcpu_id] | mask;
        if
        :: mask & FENCE -> stale[vcpu_id] = true; returned[vcpu_id] = false
        :: else
        fi
    }
}

inline post(to, what)
{
#ifdef POST_LATE
    seen = away[to];
    set_bits(to, what);
#else
    set_bits(to, what);
    seen = away[to];
#endif
    if
    :: seen -> pending[to] = true /* the kick */
    :: else
    fi;
    seen = false
}

/* Done, or out of the guest and to be done before it is entered. */
inline fence_remote(other)
{
    post(other, FENCE);
#ifndef NO_WAIT
    !(requests[other] & FENCE) || !away[other];
#endif
    d_step { returned[other] = true; assert(!(running[other] && stale[other])) };
    fenced++
}

/* One atomic exchange; what the bits ask for is done after it, before the guest runs. */
inline take(which)
{
    d_step { bits = requests[me] & which; requests[me] = requests[me] & ~which };
    if
    :: bits & FENCE -> stale[me] = false
    :: else
    fi;
    if
    :: bits & IPI -> ipis[me]++
    :: else
    fi
}

/* Before an entry or a wait: from here on posters kick, and what was posted until here is seen. */
inline go_away()
{
#ifdef LOOK_EARLY
    any = requests[me] != 0;
    away[me] = true;
#else
    away[me] = true;
    any = requests[me] != 0;
#endif
#ifdef ACK_LATE
    pending[me] = false
#endif
}

inline acknowledge()
{
#ifndef ACK_LATE
    pending[me] = false
#else
    skip
#endif
}

inline take_in_place()
{
    any = (requests[me] & ~SIMPLE) != 0;
    if
    :: !any && requests[me] != 0 ->
#ifdef TAKES_ALL
       take(ALL)
#else
       take(SIMPLE)
#endif
    :: else
    fi
}

/*
 * An interrupt that is served in place: away stays set. What is posted is taken first, and again
 * before the guest goes on; `leaves`: there is something for the loop.
 */
inline serve_in_place()
{
    take_in_place();
    acknowledge();
    take_in_place();
    leaves = any
}

/* STOPPED: vcpu_wait until START is among the requests. */
inline wait_for_start()
{
    do
    :: take(ALL);
       if
       :: bits & START -> break
       :: else
       fi;
       go_away();
#ifdef WAITS_HOME
       away[me] = false;
#endif
       if
       :: any
       :: !any -> pending[me]; acknowledge()
       fi;
       away[me] = false
    od
}

proctype vcpu(byte me; bool stopped)
{
    byte bits, asked;
    bool seen, any, leaves;
    if
    :: stopped -> wait_for_start()
    :: else
    fi;
    do
    :: take(ALL);
       if
       :: bits & HALT -> halted = true; break
       :: else
       fi;
       go_away();
       if
       :: any -> away[me] = false
       :: !any ->
enter:
          skip;
          d_step { running[me] = true; assert(!(stale[me] && returned[me])) };
end_guest:
          if
          :: pending[me] -> running[me] = false; away[me] = false; acknowledge()
          :: pending[me] -> running[me] = false; serve_in_place();
             if
             :: leaves -> away[me] = false
             :: else -> goto enter
             fi
          :: asked < FENCES ->
             running[me] = false;
#ifndef STAYS_AWAY
             away[me] = false;
#endif
             asked++;
             fence_remote(1 - me)
          fi
       fi
    od
}

/* An IPI is posted when the one before it was taken, so that each has to be. */
proctype device()
{
    byte n;
    bool seen;
    post(1, START);
    do
    :: n == IPIS -> break
    :: else -> n++; post(0, IPI); post(1, IPI); ipis[0] == n; ipis[1] == n
    od;
    fenced == 2 * FENCES;
    post(0, IPI);
    post(0, HALT);
    halted
}

init
{
    atomic { run vcpu(0, false); run vcpu(1, true); run device() }
}

ltl all_taken { <> (halted && fenced == 2 * FENCES && ipis[1] == IPIS) }
