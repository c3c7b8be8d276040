/* Checked access to a guest's RAM: no address of a guest reaches memory but through here. */
#include <axaddrspace/addrspace.h>
#include <axhal/memory.h>
#include <string.h>

static inline void *find(const struct addrspace *as, gpa_t at, uint64_t size, unsigned rights)
{
    for (uint32_t i = 0; i < as->ram_count; i++) {
        const struct ram_region *ram = &as->ram[i];
        if (range_inside(at.a, size, ram->base.a, ram->size))
            return (ram->rights & rights) == rights
                       ? hpa_to_ptr(hpa(ram->host.a + (at.a - ram->base.a)))
                       : NULL;
    }
    return NULL;
}

const void *guest_ptr_read(const struct addrspace *as, gpa_t at, uint64_t size)
{
    return find(as, at, size, RAM_READ);
}

void *guest_ptr(const struct addrspace *as, gpa_t at, uint64_t size)
{
    return find(as, at, size, RAM_READ | RAM_WRITE);
}

bool guest_is_ram(const struct addrspace *as, gpa_t at, uint64_t size, unsigned rights)
{
    return find(as, at, size, rights) != NULL;
}

enum err guest_read(const struct addrspace *as, gpa_t at, void *to, size_t size)
{
    const void *from = guest_ptr_read(as, at, size);
    if (!from)
        return ERR_RANGE;
    memcpy(to, from, size);
    return OK;
}

enum err guest_write(const struct addrspace *as, gpa_t at, const void *from, size_t size)
{
    void *to = guest_ptr(as, at, size);
    if (!to)
        return ERR_RANGE;
    memcpy(to, from, size);
    return OK;
}
