/*
 * An aggressor: a bare program that does one thing at full speed, in rounds, for ever or as often
 * as bootargs' `rounds=N` says, and checks what comes of it. It prints `NAME: begins`, and after
 * its last round `NAME: N rounds, M WORK`, and ends the machine; at the first wrong answer `NAME:
 * FAIL: …`, and ends the machine as failed.
 */
#pragma once
#include <axbare/hart.h>
#include <axbare/machine.h>
#include <axbare/say.h>

struct aggressor {
    const char *name;
    const char *work;          /* what aggressor_did() counts */
    bool needs_second;         /* without a second hart it fails */
    void (*prepare)(void);     /* NULL: nothing */
    void (*round)(uint64_t n); /* n counts from 0; on the first hart */
};

/* Each program defines its own; aggressor.c has bare_main(). */
extern const struct aggressor aggressor;

/* This machine, from before prepare() on. */
extern struct machine machine;
extern uint64_t self; /* the first hart's id */

/* Adds to the count of the last line. On the first hart. */
void aggressor_did(uint64_t count);

/* Starts the second hart, which runs job() with its software interrupt enabled, and stops when that
 * returns. Comes back when the hart is there. */
void second_run(void (*job)(void));

/* Unless got is expected, says so and ends. On any hart. */
void check(const char *what, uint64_t got, uint64_t expected);
