/*
 * QEMU's firmware configuration device: items of bytes by number, and a directory of those that are
 * files (QEMU, docs/specs/fw_cfg.rst). A guest selects an item and reads it through the data
 * register, or has it copied to its memory. Items are read-only.
 *
 * An item is at most FW_CFG_ITEM_SIZE bytes, and one copy at most as many: what one exit costs is
 * bounded. A longer one ends in the error bit.
 */
#pragma once
#include <axdevice/bus.h>
#include <axsync/spinlock.h>
#include <stddef.h>

#define FW_CFG_SIZE UINT64_C(0x18)
#define FW_CFG_ITEMS 16
#define FW_CFG_FILES 8
#define FW_CFG_ITEM_SIZE 4096

/* The guest's memory. False: the range is not all RAM that the guest itself could use so. */
struct fw_cfg_memory {
    bool (*read)(void *context, gpa_t at, void *to, size_t size);
    bool (*write)(void *context, gpa_t at, const void *from, size_t size);
    void *context;
};

struct fw_cfg_item {
    uint16_t key;
    uint16_t size;
    const void *bytes; /* the owner's */
};

/* As the directory has a file; numbers are big-endian. */
struct fw_cfg_file {
    uint32_t size;
    uint16_t key;
    uint16_t reserved;
    char name[56];
};

struct fw_cfg {
    struct mmio_device device;
    struct fw_cfg_memory memory;
    uint32_t item_count, file_count;
    struct fw_cfg_item items[FW_CFG_ITEMS];
    struct {
        uint32_t count; /* big-endian */
        struct fw_cfg_file files[FW_CFG_FILES];
    } directory;

    struct spinlock lock;
    /* lock must be held: */
    uint16_t selected;
    uint32_t at;       /* the next byte of the item */
    uint32_t dma_high; /* of the next copy's address, as it was written */
};

/* A device with the items that every one has: signature, version and an empty directory. */
void fw_cfg_init(struct fw_cfg *fw, gpa_t base, struct fw_cfg_memory memory);
/* Adds an item, before the guest runs. ERR_INVALID: it is too large; ERR_NO_MEMORY: too many. */
enum err fw_cfg_add(struct fw_cfg *fw, uint16_t key, const void *bytes, size_t size);
/* The same of a file, which gets a key of its own; its name has at most 55 characters. */
enum err fw_cfg_add_file(struct fw_cfg *fw, const char *name, const void *bytes, size_t size);
