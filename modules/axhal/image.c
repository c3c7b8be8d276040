#include <axhal/image.h>

static uint64_t offset;

void image_relocate(uint64_t *image, uint64_t linked, const uint32_t *table, size_t count)
{
    offset = (uintptr_t)image - linked;
    for (size_t i = 0; offset != 0 && i < count; i++)
        image[table[i] / sizeof *image] += offset;
}

uint64_t image_offset(void)
{
    return offset;
}

uint64_t image_link_address(uint64_t address)
{
    return address - offset;
}
