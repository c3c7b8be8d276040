/* seed: prints `seed HEX`, the rng-seed of its device tree, and reboots. */
#include <axbare/arch/sbi.h>
#include <axbare/machine.h>
#include <axbare/say.h>
#include <libfdt.h>

#define ROOM 96 /* bytes of a seed that are shown */

void fail(const char *what)
{
    sayf("seed: %s\n", what);
    shut_down(SBI_SRST_SYSTEM_FAILURE);
}

void bare_main(uint64_t id, const void *fdt)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * ROOM + 1] = "";
    int size = 0;
    (void)id;
    const uint8_t *seed = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "rng-seed", &size);
    if (seed == NULL || size > ROOM)
        fail("no rng-seed that can be shown");
    for (int i = 0; i < size; i++) {
        text[2 * i] = digits[seed[i] >> 4];
        text[2 * i + 1] = digits[seed[i] & 15];
    }
    sayf("seed %s\n", text);
    reboot();
}
