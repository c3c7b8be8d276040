/* Intel's command set; see pflash.h. */
#include <axdevice/pflash.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>

enum {
    READ_ARRAY = 0xff,
    READ_ARRAY_AMD = 0xf0, /* AMD's, by which some look for such chips */
    PROGRAM = 0x40,
    PROGRAM_OLD = 0x10,
    ERASE = 0x20,
    CLEAR_STATUS = 0x50,
    LOCK = 0x60,
    READ_STATUS = 0x70,
    READ_ID = 0x90,
    QUERY = 0x98,
    BUFFERED = 0xe8,
    CONFIRM = 0xd0,
    LOCK_SET = 0x01,
};
enum { STATUS_READY = 0x80, STATUS_ERASE_ERROR = 0x20, STATUS_PROGRAM_ERROR = 0x10 };

#define CHIP_WIDTH 2 /* bytes of a word that each of the two chips has */
#define MANUFACTURER 0x89
#define DEVICE 0x18

/* JEDEC JEP137, JESD68: what a chip says of itself, by the addresses of its words from 0x10 on. */
static const uint8_t query[] = {
    'Q',  'R',  'Y', 1,   0,   0x31, 0, 0, 0, 0, 0, /* Intel's set; its table is at 0x31 */
    0x45, 0x55, 0,   0,                             /* volts */
    7,    7,    10,  0,   4,   4,    4, 0,          /* times, as powers of two */
    24,   2,    0,   11,  0,                        /* 16 MiB, 16 bits, a buffer of 2 KiB */
    1,    127,  0,   0,   2,                        /* one region: 128 blocks of 128 KiB */
    'P',  'R',  'I', '1', '0',
};
#define QUERY_FIRST 0x10
#define QUERY_PROTECTION 0x3f /* how many protection registers: one */

/* Lock held. */
static void show(struct pflash *f, bool wanted)
{
    spin_debug_assert_held(&f->lock);
    if (f->view == NULL)
        return;
    f->view->show(f->view->context, f, wanted);
    f->unsettled = true;
}

static void unlock(struct pflash *f)
{
    spin_debug_assert_held(&f->lock);
    bool unsettled = f->unsettled;
    f->unsettled = false;
    spin_unlock(&f->lock);
    if (unsettled)
        f->view->settle(f->view->context);
}

static void read_array(struct pflash *f)
{
    spin_debug_assert_held(&f->lock);
    bool hidden = f->command != 0;
    f->command = 0;
    f->cycle = 0;
    f->buffered = PFLASH_SIZE;
    if (hidden)
        show(f, true);
}

static void leave_array(struct pflash *f, uint8_t command)
{
    DEBUG_ASSERT(command != 0);
    bool shown = f->command == 0;
    f->command = command;
    if (shown)
        show(f, false);
}

static bool is_busy(const struct pflash *f)
{
    return f->erase != f->erase_end;
}

/* A part of what is to be erased: what one exit costs is bounded. */
static void erase_on(struct pflash *f)
{
    spin_debug_assert_held(&f->lock);
    DEBUG_ASSERT(f->erase <= f->erase_end && f->erase_end <= PFLASH_SIZE);
    if (!is_busy(f))
        return;
    memset(f->bytes + f->erase, 0xff, PFLASH_ERASE_PART);
    f->erase += PFLASH_ERASE_PART;
    if (!is_busy(f))
        f->status |= STATUS_READY;
}

static void begin_erase(struct pflash *f, uint64_t offset)
{
    if (f->bytes == NULL) {
        f->status |= STATUS_ERASE_ERROR | STATUS_READY;
        return;
    }
    f->erase = align_down(offset, PFLASH_BLOCK);
    f->erase_end = f->erase + PFLASH_BLOCK;
    f->status &= (uint8_t)~STATUS_READY;
}

static void program(struct pflash *f, uint64_t offset, unsigned width, uint64_t value)
{
    DEBUG_ASSERT(offset < PFLASH_SIZE && width <= PFLASH_SIZE - offset);
    if (f->bytes != NULL)
        memcpy(f->bytes + offset, &value, width);
    else
        f->status |= STATUS_PROGRAM_ERROR;
    f->status |= STATUS_READY;
}

/* The buffer begins with what is there, so that all of it can be written back. */
static void fill_buffer(struct pflash *f, uint64_t offset, unsigned width, uint64_t value)
{
    DEBUG_ASSERT(offset < PFLASH_SIZE && width <= PFLASH_SIZE - offset);
    if (f->bytes != NULL && f->buffered == PFLASH_SIZE) {
        f->buffered = align_down(offset, PFLASH_BUFFER_SIZE);
        memcpy(f->buffer, f->bytes + f->buffered, PFLASH_BUFFER_SIZE);
    }
    if (range_inside(offset, width, f->buffered, PFLASH_BUFFER_SIZE) && f->buffered != PFLASH_SIZE)
        memcpy(f->buffer + (offset - f->buffered), &value, width);
    else
        f->status |= STATUS_PROGRAM_ERROR;
    f->status |= STATUS_READY;
    if (f->left-- == 0)
        f->cycle++;
}

static void write_buffer(struct pflash *f, uint8_t command)
{
    if (command != CONFIRM || (f->status & STATUS_PROGRAM_ERROR) != 0)
        return read_array(f);
    DEBUG_ASSERT(f->bytes != NULL && f->buffered < PFLASH_SIZE);
    memcpy(f->bytes + f->buffered, f->buffer, PFLASH_BUFFER_SIZE);
    f->buffered = PFLASH_SIZE;
    f->cycle = 0;
    f->status |= STATUS_READY;
}

static void start_command(struct pflash *f, uint8_t command)
{
    switch (command) {
    case READ_STATUS:
    case READ_ID:
        return leave_array(f, command);
    case CLEAR_STATUS:
        f->status = 0;
        return read_array(f);
    case BUFFERED:
        f->status |= STATUS_READY;
        break;
    case PROGRAM:
    case PROGRAM_OLD:
    case ERASE:
    case LOCK:
    case QUERY:
        break;
    default: /* READ_ARRAY, READ_ARRAY_AMD, and what is no command */
        return read_array(f);
    }
    f->cycle = 1;
    leave_array(f, command);
}

/* The second write of a command, or of those that have a confirmation. */
static void second_write(struct pflash *f, uint64_t offset, unsigned width, uint64_t value)
{
    uint8_t command = (uint8_t)value;
    switch (f->command) {
    case PROGRAM:
    case PROGRAM_OLD:
        f->cycle = 0;
        return program(f, offset, width, value);
    case BUFFERED:
        f->left = (uint32_t)(value & MASK(8 * CHIP_WIDTH - 1, 0));
        f->cycle++;
        return;
    case QUERY: /* only the array's command ends it */
        if (command == READ_ARRAY)
            read_array(f);
        return;
    default:
        break;
    }
    if (command != CONFIRM && !(f->command == LOCK && command == LOCK_SET))
        return read_array(f);
    f->cycle = 0;
    f->status |= STATUS_READY;
    if (f->command == ERASE)
        begin_erase(f, offset);
}

static void write_locked(struct pflash *f, uint64_t offset, unsigned width, uint64_t value)
{
    spin_debug_assert_held(&f->lock);
    if (f->cycle == 0)
        start_command(f, (uint8_t)value);
    else if (f->cycle == 1)
        second_write(f, offset, width, value);
    else if (f->cycle == 2)
        fill_buffer(f, offset, width, value);
    else
        write_buffer(f, (uint8_t)value);
}

/* Both chips answer alike. */
static uint64_t both(uint64_t chip)
{
    return chip << 8 * CHIP_WIDTH | chip;
}

static uint8_t query_at(uint64_t word)
{
    if (word == QUERY_PROTECTION)
        return 1;
    return word - QUERY_FIRST < ARRAY_SIZE(query) ? query[word - QUERY_FIRST] : 0;
}

static uint8_t id_at(uint64_t word)
{
    return word % 0x100 == 0 ? MANUFACTURER : word % 0x100 == 1 ? DEVICE : 0;
}

static uint64_t read_bytes(const struct pflash *f, uint64_t offset, unsigned width)
{
    uint64_t value = 0;
    if (f->bytes != NULL)
        memcpy(&value, f->bytes + offset, width);
    return value;
}

static uint64_t read_locked(const struct pflash *f, uint64_t offset, unsigned width)
{
    spin_debug_assert_held(&f->lock);
    uint64_t word = offset / (2 * CHIP_WIDTH);
    switch (f->command) {
    case 0:
        return read_bytes(f, offset, width);
    case READ_ID:
        return both(id_at(word));
    case QUERY:
        return both(query_at(word));
    default:
        return both(f->status);
    }
}

static enum err pflash_read(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t *value)
{
    struct pflash *f = container_of(device, struct pflash, device);
    spin_lock(&f->lock);
    erase_on(f);
    *value = read_locked(f, offset, width) & MASK(8 * width - 1, 0);
    spin_unlock(&f->lock);
    return OK;
}

static enum err pflash_write(struct mmio_device *device, uint64_t offset, unsigned width,
                             uint64_t value)
{
    struct pflash *f = container_of(device, struct pflash, device);
    spin_lock(&f->lock);
    if (is_busy(f))
        erase_on(f);
    else
        write_locked(f, offset, width, value);
    unlock(f);
    return OK;
}

/* A block whose erasure the reset comes into stays erased in part, as on a chip. */
static void pflash_reset(struct mmio_device *device)
{
    struct pflash *f = container_of(device, struct pflash, device);
    spin_lock(&f->lock);
    f->status = STATUS_READY;
    f->erase = f->erase_end = 0;
    read_array(f);
    unlock(f);
}

void pflash_init(struct pflash *flash, gpa_t base, uint8_t *bytes, const struct pflash_view *view)
{
    ASSERT(view == NULL || (bytes != NULL && view->show != NULL && view->settle != NULL));
    static const struct mmio_ops ops = {
        .read = pflash_read, .write = pflash_write, .reset = pflash_reset, .widest = 4};
    *flash = (struct pflash){
        .device = {"flash", base, PFLASH_SIZE, &ops, LEDGER_MMIO_OTHER},
        .view = view,
        .lock = SPINLOCK("flash"),
        .status = STATUS_READY,
        .buffered = PFLASH_SIZE,
    };
    flash->bytes = bytes;
}
