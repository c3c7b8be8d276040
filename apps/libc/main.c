/*
 * libc: a native app over C's library. Each hart computes with floating point, takes memory, and
 * has an errno of its own; what it prints stays in one line. The exit status is that of the checks.
 */
#include <axhal/hart.h>
#include <axhal/arch/cpu.h>
#include <axipi/mailbox.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERMS 1000
#define ROUNDS 200

static volatile size_t too_much =
    SIZE_MAX - 8; /* volatile: the compiler would warn of a constant */

static _Atomic uint32_t ready, failed;

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    printf("libc: hart %lu: %s\n", (unsigned long)this_hart()->id, what);
    atomic_fetch_add(&failed, 1);
}

/* The sum of 1/n² comes near to π²/6. */
static double pi(void)
{
    double sum = 0;
    for (unsigned n = TERMS; n > 0; n--)
        sum += 1.0 / ((double)n * n);
    return sqrt(6 * sum);
}

/* A text that grows, and is what was put into it in the end. */
static void check_memory(void)
{
    char *text = calloc(1, 1);
    for (unsigned i = 0; i < ROUNDS && text != NULL; i++) {
        char *larger = realloc(text, strlen(text) + 5);
        if (larger == NULL)
            free(text);
        else
            sprintf(larger + strlen(larger), "%03u,", i);
        text = larger;
    }
    check(text != NULL && strlen(text) == 4 * ROUNDS && strncmp(text + 400, "100,101,", 8) == 0,
          "the text in its memory is another");
    free(text);
    check(malloc(too_much) == NULL && calloc(too_much, 16) == NULL, "too much memory is there");
}

static void check_errno(void)
{
    errno = 0;
    check(strtol("12", NULL, 10) == 12 && errno == 0, "strtol of 12");
    check(strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE,
          "strtol of too much");
}

static void work(void *unused)
{
    (void)unused;
    errno = (int)this_hart()->index + 1;
    atomic_fetch_add(&ready, 1);
    while (atomic_load(&ready) < hart_count())
        cpu_relax();
    check(errno == (int)this_hart()->index + 1, "errno is another hart's");
    check_errno();
    check_memory();
    printf("libc: hart %lu: pi is about %.3f, %e of it missing\n", (unsigned long)this_hart()->id,
           pi(), M_PI - pi());
    atomic_fetch_add(&ready, 1);
}

int main(void)
{
    for (uint32_t i = 1; i < hart_count(); i++)
        if (mailbox_post(hart_at(i), work, NULL) != OK)
            return EXIT_FAILURE;
    work(NULL);
    while (atomic_load(&ready) < 2 * hart_count())
        cpu_relax();
    printf("libc: %u harts, %u checks failed", hart_count(), atomic_load(&failed));
    int status = atomic_load(&failed) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    exit(status); /* NOLINT(concurrency-mt-unsafe): once, and it writes the line that has no end */
}
