/*
 * Output without waiting (modules/axlog/console.c, modules/axvm/console.c): a hart that finds the console
 * taken leaves what it has, and goes on.
 *
 * Two VMs write a byte at a time. Each keeps it, says so by its bit, and tries the lock once. A VM that
 * has the lock shows what is its own; for what else waits it calls the UART's interrupt, before it gives
 * the lock back or not, and looks once more after that. The interrupt's hart comes again until it has the lock. Checked: all that was written is shown (ltl all_shown), by
 * whichever of the two ways.
 *
 * Memory here is sequentially consistent, and the protocol needs that: the writer stores its bit and
 * then tries the lock, the holder gives the lock back and then looks at the bits. In C there is a
 * seq_cst fence between the two on either side.
 *
 * Each of these breaks the protocol, and the model has to say so:
 *   LOOK_EARLY   the holder looks once more, then gives the lock back
 *   BIT_LATE     the writer tries the lock, then says that it has something
 *   CLEAR_LATE   the hart that shows a VM's bytes clears its bit after that
 *   NO_CALL      what is there at the second look is left alone
 */
#define BYTES 2
#define ALL (2 * BYTES)

bool locked;
bool waits[2];
byte kept[2], shown[2];
bool calls; /* the UART's interrupt is on; it has room at any time */

inline try_lock(got)
{
    d_step { got = !locked; locked = true }
}

/* Lock held: one look at each VM, as a turn may end at any time. */
inline serve(vm, seen)
{
    for (vm : 0 .. 1) {
        if
        :: waits[vm] ->
#ifndef CLEAR_LATE
           waits[vm] = false;
#endif
           seen = kept[vm];
           shown[vm] = seen;
#ifdef CLEAR_LATE
           waits[vm] = false;
#endif
        :: else
        fi
    }
}

inline call_if_waits(got)
{
    got = waits[0] || waits[1];
    if
#ifndef NO_CALL
    :: got -> calls = true
#endif
    :: else
    fi
}

/* One that has shown a single byte, and found nothing else to do, looks just once. */
inline leave(got)
{
    if
    :: call_if_waits(got)
    :: true
    fi;
    locked = false;
#ifndef LOOK_EARLY
    if
    :: waits[0] || waits[1] -> try_lock(got);
       if
       :: got ->
#ifndef NO_CALL
          calls = true; /* whatever waits by now: what comes until the lock is free is not seen */
#endif
          locked = false
       :: else
       fi
    :: else
    fi
#endif
}

/* Lock held: what is the VM's own. */
inline show_own(vm, seen)
{
#ifndef CLEAR_LATE
    waits[vm] = false;
#endif
    seen = kept[vm];
    shown[vm] = seen;
#ifdef CLEAR_LATE
    waits[vm] = false;
#endif
}

proctype writer(byte me)
{
    byte n, seen;
    bool got;
    for (n : 1 .. BYTES) {
        kept[me]++;
#ifdef BIT_LATE
        try_lock(got);
        waits[me] = true;
#else
        waits[me] = true;
        try_lock(got);
#endif
        if
        :: got -> show_own(me, seen); leave(got)
        :: else
        fi
    }
}

/* The hart that takes the UART's interrupt. */
proctype housekeeper()
{
    byte vm, seen;
    bool got;
end:
    do
    :: calls ->
       atomic { !locked -> locked = true };
       calls = false;
       serve(vm, seen);
       leave(got)
    od
}

init
{
    atomic { run writer(0); run writer(1); run housekeeper() }
}

ltl all_shown { <> (shown[0] + shown[1] == ALL) }
