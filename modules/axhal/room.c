#include <axhal/room.h>

/* The end of a range that touches [at, at+size), which is not empty; 0: none does. */
static uint64_t end_of_obstacle(const struct platform *p, struct memory_range image, uint64_t at,
                                uint64_t size)
{
    for (uint32_t i = 0; i <= p->reserved_count; i++) {
        const struct memory_range *r = i < p->reserved_count ? &p->reserved[i] : &image;
        if (r->base.a < at + size && at < r->base.a + r->size)
            return r->base.a + r->size;
    }
    return 0;
}

/* The first room at `from` or higher in a range of memory. */
static enum err find_in(const struct platform *p, struct memory_range image,
                        const struct memory_range *memory, uint64_t from, uint64_t size, hpa_t *out)
{
    uint64_t at = align_up(from > memory->base.a ? from : memory->base.a, PAGE_SIZE), end;
    while (range_inside(at, size, memory->base.a, memory->size)) {
        *out = hpa(at);
        end = end_of_obstacle(p, image, at, size);
        if (end == 0)
            return OK;
        at = align_up(end, PAGE_SIZE);
    }
    return ERR_NO_MEMORY;
}

static enum err find_from(const struct platform *p, struct memory_range image, uint64_t from,
                          uint64_t size, hpa_t *out)
{
    for (uint32_t i = 0; i < p->memory_count; i++) {
        if (find_in(p, image, &p->memory[i], from, size, out) == OK)
            return OK;
    }
    return ERR_NO_MEMORY;
}

enum err memory_find_room(const struct platform *p, struct memory_range image, uint64_t size,
                          hpa_t *out)
{
    enum err err = find_from(p, image, image.base.a + image.size, size, out);
    return err == OK ? OK : find_from(p, image, 0, size, out);
}
