/*
 * How it is found out that a VM can never run again (modules/axsbi/hsm.c): the last hart that stops itself.
 *
 * Three harts start each other and stop themselves, in any order; one runs at first. One that has stopped
 * looks at all, one after the other. Checked:
 *   - the hart that finds all stopped is right (the assertion): the VM is ended for it
 *   - when all have stopped a hart finds it (ltl found_out)
 *
 * A hart is started by compare-and-swap, with the lock that a look has. Without, a look can see hart 0
 * STOPPED, hart 1 then start it and stop itself, and the look go on to hart 1.
 *
 * Each of these breaks the protocol, and the model has to say so:
 *   UNLOCKED     harts are started without the lock
 *   LOOK_EARLY   a hart looks, then stops itself
 */
#define HARTS 3
#define STARTS 3 /* in all */

mtype = { STOPPED, START_PENDING, STARTED };

mtype state[HARTS];
bool locked;
byte starts;
bool found;

inline lock()
{
    atomic { !locked -> locked = true }
}

inline try_start(hart)
{
#ifndef UNLOCKED
    lock();
#endif
    atomic {
        if
        :: state[hart] == STOPPED -> state[hart] = START_PENDING
        :: else
        fi
    };
#ifndef UNLOCKED
    locked = false
#else
    skip
#endif
}

inline look(i, all)
{
    lock();
    all = true;
    for (i : 0 .. HARTS - 1) {
        all = all && state[i] == STOPPED
    }
    assert(!all || (state[0] == STOPPED && state[1] == STOPPED && state[2] == STOPPED));
    found = found || all;
    locked = false
}

inline stop_self(i, all)
{
#ifdef LOOK_EARLY
    look(i, all);
    state[me] = STOPPED
#else
    state[me] = STOPPED;
    look(i, all)
#endif
}

proctype hart(byte me)
{
    byte i;
    bool all;
end_stopped:
    do
    :: state[me] == START_PENDING ->
       state[me] = STARTED;
       do
       :: atomic { starts < STARTS -> starts++ };
          if
          :: i = (me + 1) % HARTS
          :: i = (me + 2) % HARTS
          fi;
          try_start(i)
       :: break
       od;
       stop_self(i, all)
    od
}

init
{
    atomic {
        state[0] = START_PENDING;
        state[1] = STOPPED;
        state[2] = STOPPED;
        run hart(0);
        run hart(1);
        run hart(2)
    }
}

ltl found_out { <> found }
