/* See fw_cfg.h. */
#include <axdevice/fw_cfg.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>

enum { DATA = 0x00, DATA_END = 0x08, SELECTOR = 0x08, DMA_HIGH = 0x10, DMA_LOW = 0x14 };
enum { KEY_SIGNATURE = 0x00, KEY_ID = 0x01, KEY_DIRECTORY = 0x19, KEY_FIRST_FILE = 0x20 };
enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DMA_WRITE = 16 };

#define DMA_SIGNATURE UINT64_C(0x51454d5520434647) /* "QEMU CFG" */

/* In the guest's memory; numbers are big-endian. */
struct dma {
    uint32_t control, length;
    uint64_t address;
};

static const struct fw_cfg_item *selected(const struct fw_cfg *fw)
{
    for (uint32_t i = 0; i < fw->item_count; i++)
        if (fw->items[i].key == fw->selected)
            return &fw->items[i];
    return NULL;
}

static void select_item(struct fw_cfg *fw, uint16_t key)
{
    spin_debug_assert_held(&fw->lock);
    fw->selected = key;
    fw->at = 0;
}

/* Up to `size` bytes of the item from where it is read; what is beyond its end is 0. */
static void take(struct fw_cfg *fw, uint8_t *to, size_t size)
{
    spin_debug_assert_held(&fw->lock);
    const struct fw_cfg_item *item = selected(fw);
    size_t left = item != NULL && item->size > fw->at ? item->size - fw->at : 0;
    size_t count = size < left ? size : left;
    if (count != 0)
        memcpy(to, (const uint8_t *)item->bytes + fw->at, count);
    memset(to + count, 0, size - count);
    fw->at += (uint32_t)count;
}

static void skip(struct fw_cfg *fw, uint32_t size)
{
    spin_debug_assert_held(&fw->lock);
    const struct fw_cfg_item *item = selected(fw);
    uint32_t left = item != NULL && item->size > fw->at ? item->size - fw->at : 0;
    fw->at += size < left ? size : left;
}

static bool copy_out(struct fw_cfg *fw, gpa_t to, uint32_t size)
{
    DEBUG_ASSERT(fw->memory.write != NULL);
    uint8_t part[256];
    if (size > FW_CFG_ITEM_SIZE)
        return false;
    for (uint32_t done = 0; done < size; done += (uint32_t)sizeof part) {
        uint32_t count = size - done < sizeof part ? size - done : (uint32_t)sizeof part;
        take(fw, part, count);
        if (!fw->memory.write(fw->memory.context, gpa(to.a + done), part, count))
            return false;
    }
    return true;
}

static bool perform(struct fw_cfg *fw, const struct dma *dma)
{
    uint32_t control = __builtin_bswap32(dma->control), length = __builtin_bswap32(dma->length);
    if (control & DMA_SELECT)
        select_item(fw, (uint16_t)(control >> 16));
    if (control & DMA_READ)
        return copy_out(fw, gpa(__builtin_bswap64(dma->address)), length);
    if (control & DMA_WRITE)
        return false; /* no item can be written */
    if (control & DMA_SKIP)
        skip(fw, length);
    return true;
}

/* A request that can't be read has no place for an answer either. */
static void copy(struct fw_cfg *fw, gpa_t at)
{
    spin_debug_assert_held(&fw->lock);
    struct dma dma;
    if (!fw->memory.read(fw->memory.context, at, &dma, sizeof dma))
        return;
    uint32_t answer = perform(fw, &dma) ? 0 : __builtin_bswap32(DMA_ERROR);
    (void)fw->memory.write(fw->memory.context, at, &answer, sizeof answer);
}

static enum err read_locked(struct fw_cfg *fw, uint64_t offset, unsigned width, uint64_t *value)
{
    if (offset == DATA) {
        *value = 0;
        take(fw, (uint8_t *)value, width); /* the first byte is the lowest, as the guest is */
        return OK;
    }
    if (offset < DMA_HIGH)
        return ERR_INVALID;
    uint64_t signature = __builtin_bswap64(DMA_SIGNATURE);
    *value = signature >> 8 * (offset - DMA_HIGH) & MASK(8 * width - 1, 0);
    return OK;
}

static enum err write_dma(struct fw_cfg *fw, uint64_t offset, unsigned width, uint64_t value)
{
    if (width == 8) {
        copy(fw, gpa(__builtin_bswap64(value)));
    } else if (width == 4 && offset == DMA_HIGH) {
        fw->dma_high = __builtin_bswap32((uint32_t)value);
    } else if (width == 4) {
        uint64_t high = (uint64_t)fw->dma_high << 32;
        fw->dma_high = 0;
        copy(fw, gpa(high | __builtin_bswap32((uint32_t)value)));
    } else {
        return ERR_INVALID;
    }
    return OK;
}

static enum err write_locked(struct fw_cfg *fw, uint64_t offset, unsigned width, uint64_t value)
{
    if (offset >= DMA_HIGH)
        return write_dma(fw, offset, width, value);
    if (offset == SELECTOR && width == 2)
        select_item(fw, __builtin_bswap16((uint16_t)value));
    else if (offset != DATA) /* which was once for writing, and ignores it */
        return ERR_INVALID;
    return OK;
}

static enum err fw_cfg_read(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t *value)
{
    struct fw_cfg *fw = container_of(device, struct fw_cfg, device);
    spin_lock(&fw->lock);
    enum err err = read_locked(fw, offset, width, value);
    spin_unlock(&fw->lock);
    return err;
}

static enum err fw_cfg_write(struct mmio_device *device, uint64_t offset, unsigned width,
                             uint64_t value)
{
    struct fw_cfg *fw = container_of(device, struct fw_cfg, device);
    spin_lock(&fw->lock);
    enum err err = write_locked(fw, offset, width, value);
    spin_unlock(&fw->lock);
    return err;
}

static void fw_cfg_reset(struct mmio_device *device)
{
    struct fw_cfg *fw = container_of(device, struct fw_cfg, device);
    spin_lock(&fw->lock);
    select_item(fw, KEY_SIGNATURE);
    fw->dma_high = 0;
    spin_unlock(&fw->lock);
}

enum err fw_cfg_add(struct fw_cfg *fw, uint16_t key, const void *bytes, size_t size)
{
    ASSERT(fw->item_count <= FW_CFG_ITEMS && bytes != NULL);
    if (size > FW_CFG_ITEM_SIZE)
        return ERR_INVALID;
    if (fw->item_count == FW_CFG_ITEMS)
        return ERR_NO_MEMORY;
    fw->items[fw->item_count++] = (struct fw_cfg_item){key, (uint16_t)size, bytes};
    return OK;
}

enum err fw_cfg_add_file(struct fw_cfg *fw, const char *name, const void *bytes, size_t size)
{
    if (fw->file_count == FW_CFG_FILES)
        return ERR_NO_MEMORY;
    struct fw_cfg_file *file = &fw->directory.files[fw->file_count];
    if (strlen(name) >= sizeof file->name)
        return ERR_INVALID;
    uint16_t key = (uint16_t)(KEY_FIRST_FILE + fw->file_count);
    enum err err = fw_cfg_add(fw, key, bytes, size);
    if (err != OK)
        return err;
    file->size = __builtin_bswap32((uint32_t)size);
    file->key = __builtin_bswap16(key);
    strcpy(file->name, name);
    fw->directory.count = __builtin_bswap32(++fw->file_count);
    return OK;
}

void fw_cfg_init(struct fw_cfg *fw, gpa_t base, struct fw_cfg_memory memory)
{
    ASSERT(memory.read != NULL && memory.write != NULL);
    static const struct mmio_ops ops = {
        .read = fw_cfg_read, .write = fw_cfg_write, .reset = fw_cfg_reset};
    static const uint32_t features = 1 | 2; /* the registers, and copies */
    *fw = (struct fw_cfg){
        .device = {"fw_cfg", base, FW_CFG_SIZE, &ops, LEDGER_MMIO_OTHER},
        .memory = memory,
        .lock = SPINLOCK("fw_cfg"),
    };
    /* An empty set has room for them. */
    (void)fw_cfg_add(fw, KEY_SIGNATURE, "QEMU", 4);
    (void)fw_cfg_add(fw, KEY_ID, &features, sizeof features);
    (void)fw_cfg_add(fw, KEY_DIRECTORY, &fw->directory, sizeof fw->directory);
}
