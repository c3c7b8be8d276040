#include <axdevice/imsic.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <string.h>

/* Registers of a file's page (§3.5). */
enum { SETEIPNUM_LE = 0x0, SETEIPNUM_BE = 0x4 };
/* Registers that sireg reaches (§3.8): of the arrays only the even ones exist on RV64. */
enum { EIDELIVERY = 0x70, EITHRESHOLD = 0x72, EIP0 = 0x80, EIE0 = 0xc0, EIE_END = 0x100 };
#define STOPEI_IDENTITY MASK(26, 16)

/* The pending, enabled identity of highest priority, the lowest; 0: none. */
static uint32_t best(const struct imsic_file *file)
{
    spin_debug_assert_held(&file->lock);
    uint32_t words = (file->imsic->identities + 1) / 64;
    for (uint32_t w = 0; w < words; w++) {
        uint64_t ready = file->pending[w] & file->enable[w];
        if (ready != 0) {
            uint32_t identity = w * 64 + (uint32_t)__builtin_ctzll(ready);
            return file->threshold == 0 || identity < file->threshold ? identity : 0;
        }
    }
    return 0;
}

/* Lets go of the file's lock: its registers have changed. True: the caller notifies the vCPU. */
static bool unlock(struct imsic_file *file)
{
    spin_debug_assert_held(&file->lock);
    bool before = atomic_load(file->level), level = file->delivery && best(file) != 0;
    atomic_store(file->level, level);
    spin_unlock(&file->lock);
    return level != before;
}

static void tell(const struct imsic_file *file)
{
    file->imsic->changed(file->imsic->changed_context, file->vcpu);
}

static void unlock_and_tell(struct imsic_file *file)
{
    if (unlock(file))
        tell(file);
}

bool imsic_send(struct imsic_file *file, uint32_t identity)
{
    if (identity == 0 || identity > file->imsic->identities)
        return false;
    spin_lock(&file->lock);
    file->pending[identity / 64] |= BIT(identity % 64);
    return unlock(file);
}

static uint64_t apply(uint64_t old, struct imsic_change change)
{
    return (old & ~change.clear) | change.set;
}

/* A word of eip or eie: bits of identities that are not there, 0 among them, are read-only zeros.
 */
static uint64_t access_word(const struct imsic_file *file, uint64_t *words, uint64_t word,
                            struct imsic_change change)
{
    DEBUG_ASSERT(word < IMSIC_WORDS);
    if (word > file->imsic->identities / 64)
        return 0;
    uint64_t old = words[word];
    words[word] = apply(old, change) & (word == 0 ? ~UINT64_C(1) : UINT64_MAX);
    return old;
}

/* lock held; the register is there */
static uint64_t access_register(struct imsic_file *file, uint64_t select,
                                struct imsic_change change)
{
    spin_debug_assert_held(&file->lock);
    uint64_t old = 0;
    if (select >= EIE0)
        return access_word(file, file->enable, (select - EIE0) / 2, change);
    if (select >= EIP0)
        return access_word(file, file->pending, (select - EIP0) / 2, change);
    if (select == EIDELIVERY) {
        old = file->delivery;
        file->delivery = apply(old, change) & 1;
    } else if (select == EITHRESHOLD) {
        old = file->threshold;
        file->threshold = (uint32_t)apply(old, change) & IMSIC_MAX_IDENTITIES;
    }
    return old;
}

enum err imsic_access(struct imsic_file *file, uint64_t select, struct imsic_change change,
                      uint64_t *old)
{
    if (select < EIDELIVERY || select >= EIE_END || (select >= EIP0 && select % 2 != 0))
        return ERR_NOT_FOUND;
    spin_lock(&file->lock);
    *old = access_register(file, select, change);
    unlock_and_tell(file);
    return OK;
}

uint64_t imsic_top(struct imsic_file *file, bool claim)
{
    spin_lock(&file->lock);
    uint32_t identity = best(file);
    if (claim && identity != 0)
        file->pending[identity / 64] &= ~BIT(identity % 64);
    unlock_and_tell(file);
    return FIELD_PUT(STOPEI_IDENTITY, identity) | identity; /* an identity is its priority */
}

/* The file of a page; NULL: not in software, or another access than §3.5 has. */
static struct imsic_file *find(struct mmio_device *device, uint64_t offset, unsigned width)
{
    struct imsic *imsic = container_of(device, struct imsic, device);
    return width == 4 ? imsic->files[offset / PAGE_SIZE] : NULL;
}

static enum err imsic_read(struct mmio_device *device, uint64_t offset, unsigned width,
                           uint64_t *value)
{
    if (find(device, offset, width) == NULL)
        return ERR_INVALID;
    *value = 0;
    return OK;
}

static enum err imsic_write(struct mmio_device *device, uint64_t offset, unsigned width,
                            uint64_t value)
{
    struct imsic_file *file = find(device, offset, width);
    if (file == NULL)
        return ERR_INVALID;
    uint32_t number = (uint32_t)value;
    if ((offset % PAGE_SIZE == SETEIPNUM_LE && imsic_send(file, number)) ||
        (offset % PAGE_SIZE == SETEIPNUM_BE && imsic_send(file, __builtin_bswap32(number))))
        tell(file);
    return OK;
}

static void reset_file(struct imsic_file *file)
{
    spin_lock(&file->lock);
    file->delivery = false;
    file->threshold = 0;
    memset(file->pending, 0, sizeof(file->pending));
    memset(file->enable, 0, sizeof(file->enable));
    unlock_and_tell(file);
}

static void imsic_reset(struct mmio_device *device)
{
    struct imsic *imsic = container_of(device, struct imsic, device);
    for (uint32_t i = 0; i < imsic->vcpu_count; i++)
        if (imsic->files[i] != NULL)
            reset_file(imsic->files[i]);
}

static const struct mmio_ops imsic_ops = {
    .read = imsic_read, .write = imsic_write, .reset = imsic_reset};

enum err imsic_init(struct imsic *imsic, gpa_t base, uint32_t vcpu_count, uint32_t identities,
                    void (*changed)(void *context, uint32_t vcpu), void *context)
{
    ASSERT(changed != NULL);
    if (vcpu_count == 0 || vcpu_count > IMSIC_MAX_VCPUS || identities == 0 ||
        identities % 64 != 63 || identities > IMSIC_MAX_IDENTITIES)
        return ERR_INVALID;
    *imsic = (struct imsic){
        .device = {"imsic", base, vcpu_count * PAGE_SIZE, &imsic_ops, LEDGER_MMIO_APLIC},
        .vcpu_count = vcpu_count,
        .identities = identities,
        .changed = changed,
        .changed_context = context,
    };
    return OK;
}

void imsic_add_file(struct imsic *imsic, uint32_t vcpu, struct imsic_file *file,
                    _Atomic bool *level)
{
    ASSERT(vcpu < imsic->vcpu_count && imsic->files[vcpu] == NULL && level != NULL);
    *file = (struct imsic_file){.imsic = imsic,
                                .vcpu = vcpu,
                                .lock = (struct spinlock)SPINLOCK("imsic file"),
                                .level = level};
    imsic->files[vcpu] = file;
}
