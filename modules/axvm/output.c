#include <axhal/arch/cpu.h>
#include <axhal/time.h>
#include <axvm/output.h>
#include <lib/assert.h>
#include <string.h>

static void put(struct vm_output *output, uint64_t at, const char *bytes, size_t count)
{
    DEBUG_ASSERT(count <= VM_OUTPUT_SIZE);
    size_t place = at % VM_OUTPUT_SIZE, room = VM_OUTPUT_SIZE - place;
    size_t first = count < room ? count : room;
    memcpy(output->bytes + place, bytes, first);
    memcpy(output->bytes, bytes + first, count - first);
}

void output_wait(const struct vm_output *output, uint64_t at)
{
    uint64_t start = time_now();
    while (!output_is_next(output, at))
        cpu_relax();
    this_hart()->lock_wait += time_now() - start; /* as a lock's would be on the ledger */
}

size_t output_keep(struct vm_output *output, const char *bytes, size_t count)
{
    uint64_t at;
    size_t kept = output_claim(output, count, &at);
    if (kept == 0)
        return 0;
    put(output, at, bytes, kept);
    if (!output_is_next(output, at))
        output_wait(output, at);
    output_publish(output, at, kept);
    return kept;
}

static uint64_t oldest(uint64_t end)
{
    return end > VM_OUTPUT_SIZE ? end - VM_OUTPUT_SIZE : 0;
}

struct output_copy output_copy_begin(const struct vm_output *output)
{
    uint64_t end = output_written(output);
    return (struct output_copy){.start = oldest(end), .end = end};
}

bool output_copy_some(const struct vm_output *output, struct output_copy *copy, char *to,
                      size_t most)
{
    uint64_t from = copy->start + copy->copied;
    size_t place = from % VM_OUTPUT_SIZE, left = (size_t)(copy->end - from);
    size_t count = left < most ? left : most;
    count = count < VM_OUTPUT_SIZE - place ? count : VM_OUTPUT_SIZE - place;
    memcpy(to + copy->copied, output->bytes + place, count);
    copy->copied += count;
    return count < left;
}

size_t output_copy_lost(const struct vm_output *output, const struct output_copy *copy)
{
    atomic_thread_fence(memory_order_acquire);
    uint64_t first = oldest(atomic_load_explicit(&output->claimed, memory_order_relaxed));
    uint64_t all = copy->end - copy->start;
    uint64_t lost = first <= copy->start ? 0 : first - copy->start;
    return (size_t)(lost < all ? lost : all);
}

bool output_find_lines(const char *text, size_t *at, uint64_t *lines, size_t most)
{
    while (*at > 0 && most-- > 0) {
        if (text[*at - 1] == '\n' && --*lines == 0)
            return false;
        --*at;
    }
    return *at > 0;
}
