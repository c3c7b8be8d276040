/* Crashes on this hart, or, with "other-" before the way's name, on another. */
#include "crashes.h"
#include <axhal/interrupt.h>
#include <axhal/platform.h>
#include <axipi/mailbox.h>
#include <axlog/log.h>
#include <axruntime/runtime.h>
#include <lib/bits.h>
#include <libfdt.h>
#include <string.h>

#define OTHER "other-"

struct way {
    const char *name;
    void (*crash)(void);
};

static struct way ways[] = {
    {"overflow", crash_overflow}, {"rodata", crash_rodata},         {"text", crash_text},
    {"null", crash_null},         {"firmware", crash_firmware},     {"illegal", crash_illegal},
    {"jump", crash_jump},         {"jump_stack", crash_jump_stack}, {"panic", crash_panic},
};

static const char *command_line(void)
{
    const void *fdt = platform()->fdt;
    const char *line = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL);
    return line != NULL ? line : "";
}

static struct way *find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_SIZE(ways); i++)
        if (strcmp(ways[i].name, name) == 0)
            return &ways[i];
    return NULL;
}

/* From a mailbox. */
static void crash(void *way)
{
    ((struct way *)way)->crash();
}

static void crash_other(struct way *way)
{
    if (mailbox_post(hart_at(1), crash, way) != OK)
        return;
    for (;;) /* the other hart ends the machine */
        interrupt_wait();
}

int main(void)
{
    const char *name = command_line();
    bool other = strncmp(name, OTHER, strlen(OTHER)) == 0;
    struct way *way = find(other ? name + strlen(OTHER) : name);
    if (way != NULL && other)
        crash_other(way);
    else if (way != NULL)
        way->crash();
    print_line("crash: \"%s\" did not", name);
    return 0;
}
