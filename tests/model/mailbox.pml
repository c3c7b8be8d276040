/*
 * The mailbox of a parked hart (modules/axipi): park, post, IPI, wake; stop against post.
 *
 * One hart parks, runs what is posted, and gives itself up now and then; posters post, send the
 * IPI, and bring the hart back with hart_start when it has refused a post. Checked:
 *   - every post is run, in the order of posting, none twice (ltl all_run, the assertion in execute)
 *   - a post to a hart that stops is refused or run, never lost (the same)
 *   - no hart waits for ever (ltl all_run, invalid end states)
 *
 * Left out: spurious ends of wfi, which can only hide a lost wake-up; the bounds of the waits. A
 * critical section under the mailbox's lock is one step, since all that it touches is touched under
 * the lock only.
 *
 * Memory here is sequentially consistent. In C the lock's acquire and release order the slots; the
 * two orders that cross to another kind of access need a fence of their own (Unprivileged ISA, CSR
 * Access Ordering: for FENCE a CSR write is device output, a CSR read device input):
 *   - poster: the slot's store before the IPI, memory before device output (fence w,o)
 *   - parked hart: the write of sip before the look into the mailbox, device output before memory
 *     (fence o,rw)
 *
 * Each of these breaks the protocol, and the model has to say so:
 *   NO_MASK       interrupts enabled at the look: the handler takes the IPI just before wfi
 *   ACK_AFTER     the pending IPI is cleared after the look
 *   IPI_FIRST     the poster sends the IPI, then posts
 *   CLOSE_BLIND   the hart refuses posts from now on without a look into its mailbox
 *   OPEN_CLOSE    the look and the refusal are two steps
 *   UNLOCKED      posters fill a slot without the lock
 *   FORSAKE       a poster whose hart_start says ALREADY_AVAILABLE gives up
 */
#define POSTERS 2
#define POSTS 2
#define TOTAL (POSTERS * POSTS)
#define SLOTS 2
#define STOPS 2
#ifdef FORSAKE
#define FORSAKES true
#else
#define FORSAKES false
#endif
#ifdef UNLOCKED
#define LOCKED
#else
#define LOCKED atomic
#endif

mtype = { STARTED, STOP_PENDING, STOPPED, START_PENDING }; /* SBI 2.0 §9.1 table 12 */

mtype hsm = STARTED;
chan mailbox = [SLOTS] of { byte };
bool online = true; /* posts are taken; under the mailbox's lock */
bool pending;       /* sip.SSIP of the parked hart */
bool in_wfi;
byte posted;        /* the last number given to a post */
byte ran;           /* the last number run */

inline execute(message)
{
    assert(message == ran + 1);
    ran = message
}

inline run_all()
{
    do
    :: atomic { mailbox ? number -> execute(number) }
    :: empty(mailbox) -> break
    od
}

/* wfi ends when an interrupt is pending, masked or not (Priv 1.13 §3.3.3). */
inline wait_for_interrupt()
{
    in_wfi = true;
end_wfi:
    atomic { pending || !in_wfi -> in_wfi = false }
}

/* hart_give_up: refuses posts at a moment when nothing is posted, then leaves. */
inline give_up()
{
    do
#if defined(CLOSE_BLIND)
    :: online = false; break
#elif defined(OPEN_CLOSE)
    :: empty(mailbox) -> online = false; break
#else
    :: atomic { empty(mailbox) -> online = false }; break
#endif
    :: atomic { mailbox ? number -> execute(number) }
    od;
    hsm = STOP_PENDING;
    hsm = STOPPED;
end_stopped:
    hsm == START_PENDING;
    hsm = STARTED;
    online = true
}

active proctype parked()
{
    byte number, stops;
    do
    :: run_all();
#ifdef ACK_AFTER
       pending = false;
#endif
       wait_for_interrupt();
#ifndef ACK_AFTER
       pending = false
#endif
    :: stops < STOPS -> stops++; give_up()
    od
}

#ifdef NO_MASK
/* The handler: it only clears; after it a hart that was in wfi is past it. */
active proctype handler()
{
end_none:
    do
    :: atomic { pending && hsm == STARTED -> pending = false; in_wfi = false }
    od
}
#endif

/*
 * hart_bring_up. It does not wait for ever until the hart is online: the hart may come and give
 * itself up again before this poster looks. Either way the post is tried again.
 */
inline bring_up()
{
    hsm != STOP_PENDING;
    if
    :: atomic { hsm == STOPPED -> hsm = START_PENDING }
    :: else -> forsaken = FORSAKES /* SBI_ERR_ALREADY_AVAILABLE: still leaving, or started */
    fi
}

active [POSTERS] proctype poster()
{
    byte n;
    bool refused, forsaken;
    do
    :: n == POSTS || forsaken -> break
    :: else ->
#ifdef IPI_FIRST
       pending = true;
#endif
       LOCKED {
           !online || nfull(mailbox);
           refused = !online;
           if
           :: online -> posted++; mailbox ! posted; n++
           :: else
           fi
       };
       if
       :: refused -> bring_up()
       :: else ->
#ifndef IPI_FIRST
          pending = true
#else
          skip
#endif
       fi
    od
}

ltl all_run { <> (ran == TOTAL) }
