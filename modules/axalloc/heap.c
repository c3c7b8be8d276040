#include <axalloc/frames.h>
#include <axalloc/heap.h>
#include <axhal/memory.h>
#include <axsync/spinlock.h>
#include <lib/assert.h>
#include <string.h>

#define SMALLEST_SHIFT 4
#define CLASSES 8 /* 16 bytes to 2 KiB */

struct free_object {
    struct free_object *next;
};

static struct spinlock lock = SPINLOCK("heap");
static struct free_object *free_lists[CLASSES]; /* lock held */
static uint64_t free_bytes;                     /* in them; lock held */

static size_t size_of_class(unsigned size_class)
{
    return (size_t)1 << (size_class + SMALLEST_SHIFT);
}

/* The class of a size; CLASSES for one that takes whole frames. */
static unsigned class_of(size_t size)
{
    unsigned size_class = 0;
    while (size_class < CLASSES && size_of_class(size_class) < size)
        size_class++;
    return size_class;
}

/* lock held */
static void push(unsigned size_class, void *object)
{
    struct free_object *free = object;
    spin_assert_held(&lock);
    ASSERT(size_class < CLASSES && is_aligned((uintptr_t)object, size_of_class(size_class)));
    free->next = free_lists[size_class];
    free_lists[size_class] = free;
    free_bytes += size_of_class(size_class);
}

/* lock held */
static bool refill(unsigned size_class)
{
    hpa_t page;
    spin_assert_held(&lock);
    if (frames_alloc(PAGE_SIZE, PAGE_SIZE, &page) != OK)
        return false;
    size_t size = size_of_class(size_class);
    for (size_t offset = 0; offset < PAGE_SIZE; offset += size)
        push(size_class, (char *)hpa_to_ptr(page) + offset);
    return true;
}

static void *take(unsigned size_class)
{
    spin_lock(&lock);
    struct free_object *object = NULL;
    if (free_lists[size_class] != NULL || refill(size_class)) {
        object = free_lists[size_class];
        ASSERT(free_bytes >= size_of_class(size_class));
        free_lists[size_class] = object->next;
        free_bytes -= size_of_class(size_class);
    }
    spin_unlock(&lock);
    return object;
}

void *heap_alloc(size_t size)
{
    unsigned size_class = class_of(size);
    hpa_t at;
    if (size_class == CLASSES)
        return frames_alloc_zeroed(size, PAGE_SIZE, &at) == OK ? hpa_to_ptr(at) : NULL;
    void *object = take(size_class);
    if (object != NULL)
        memset(object, 0, size);
    return object;
}

void heap_free(void *object, size_t size)
{
    if (object == NULL)
        return;
    unsigned size_class = class_of(size);
    if (size_class == CLASSES) {
        frames_free(ptr_to_hpa(object), size);
        return;
    }
    spin_lock(&lock);
    push(size_class, object);
    spin_unlock(&lock);
}

uint64_t heap_free_bytes(void)
{
    spin_lock(&lock);
    uint64_t bytes = free_bytes;
    spin_unlock(&lock);
    return bytes;
}
