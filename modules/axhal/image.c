#include <axhal/arch/layout.h>
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

struct memory_range image_range(void)
{
    return (struct memory_range){hpa((uintptr_t)image_start),
                                 (uintptr_t)image_end - (uintptr_t)image_start};
}
