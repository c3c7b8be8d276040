/* Words of a command line, and the completion of one. Pure. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_MAX 8        /* of a command line; what is beyond counts as part of the last */
#define CANDIDATES_MAX 128 /* of a completion */

struct words {
    unsigned count;
    const char *word[WORDS_MAX + 1]; /* NULL after the last */
};

/* Splits `text` at its blanks, which become NULs. */
void words_split(char *text, struct words *words);

/* False: the word is no number, decimal or hexadecimal with 0x, or one of more than 64 bits. (Not
 * strtoull(), which writes to errno: a hart of the hypervisor has none.) */
bool words_number(const char *word, uint64_t *number);

/* How many bytes of the text fit in `width` columns (at least 1): all of it, or whole words; of a
 * word that is longer as much as fits. */
size_t words_fit(const char *text, size_t width);

/* What a word may be. */
struct candidates {
    unsigned count;
    const char *word[CANDIDATES_MAX];
    size_t used;
    char made[2048]; /* of words that are not constants */
};

/* What is beyond CANDIDATES_MAX, or finds no room, is left out. */
void candidates_add(struct candidates *to, const char *constant);
/* NAME.NUMBER, or if the name is "" the number. */
void candidates_add_numbered(struct candidates *to, const char *name, uint32_t number);
/* The candidates as "a b c", what does not fit being cut. */
void candidates_list(const struct candidates *from, char *to, size_t size);
/* Leaves only those that begin with `prefix`, and writes what they all have after it to `rest`,
 * with a blank if only one is left. `size` bytes are there for it. */
void candidates_complete(struct candidates *all, const char *prefix, char *rest, size_t size);
