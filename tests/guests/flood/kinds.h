/* What the guest floods its host with: a row each. */
#pragma once

struct kind {
    const char *name;
    void (*act)(void); /* once; comes back, whatever the host answers */
};

/* The last one has no name. */
extern const struct kind kinds[];
/* Before the first: traps are skipped from here on. */
void kinds_prepare(void);
