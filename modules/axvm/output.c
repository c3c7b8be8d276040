#include <axvm/output.h>
#include <string.h>

static void put(struct vm_output *output, uint64_t at, const char *bytes, size_t count)
{
    size_t place = at % VM_OUTPUT_SIZE, room = VM_OUTPUT_SIZE - place;
    size_t first = count < room ? count : room;
    memcpy(output->bytes + place, bytes, first);
    memcpy(output->bytes, bytes + first, count - first);
}

size_t output_keep(struct vm_output *output, const char *bytes, size_t count)
{
    uint64_t at = atomic_load_explicit(&output->written, memory_order_relaxed);
    uint64_t shown = atomic_load_explicit(&output->shown, memory_order_acquire);
    size_t room = (size_t)(VM_OUTPUT_SIZE - (at - shown));
    size_t kept = count < room ? count : room;
    atomic_store_explicit(&output->claimed, at + kept, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* claimed before a byte changes */
    put(output, at, bytes, kept);
    atomic_store_explicit(&output->written, at + kept, memory_order_release);
    return kept;
}

static uint64_t oldest(uint64_t end)
{
    return end > VM_OUTPUT_SIZE ? end - VM_OUTPUT_SIZE : 0;
}

size_t output_copy(const struct vm_output *output, char *to)
{
    uint64_t end = atomic_load_explicit(&output->written, memory_order_acquire);
    uint64_t start = oldest(end);
    size_t place = start % VM_OUTPUT_SIZE, all = (size_t)(end - start);
    size_t before = all < VM_OUTPUT_SIZE - place ? all : VM_OUTPUT_SIZE - place;
    memcpy(to, output->bytes + place, before);
    memcpy(to + before, output->bytes, all - before);
    atomic_thread_fence(memory_order_acquire);
    uint64_t first = oldest(atomic_load_explicit(&output->claimed, memory_order_relaxed));
    uint64_t lost = first <= start ? 0 : first < end ? first - start : end - start;
    memmove(to, to + lost, end - start - lost);
    return end - start - lost;
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
