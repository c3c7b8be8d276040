/* The unit tests' memory answers everywhere but in a hole, which a test sets. */
#include <axhal/arch/hole.h>
#include <axhal/memory.h>

struct fake_hole fake_hole;

bool memory_byte_answers(uint64_t address);

bool memory_byte_answers(uint64_t address)
{
    return !range_inside(address, 1, fake_hole.base, fake_hole.size);
}
