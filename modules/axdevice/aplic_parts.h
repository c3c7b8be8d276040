/*
 * Between the parts of the APLIC: aplic.c has its registers, aplic_source.c the interrupt sources,
 * aplic_passed.c those that are the host's, aplic_idc.c direct delivery. Everything here with the
 * APLIC's lock held.
 */
#pragma once
#include <axdevice/aplic.h>
#include <lib/bits.h>

#define APLIC_TARGET_HART MASK(31, 18)
#define APLIC_TARGET_IPRIO MASK(2, 0) /* IPRIOLEN is 3, as on QEMU's virt machine */
#define APLIC_TARGET_EIID MASK(10, 0)
/* A guest's harts have no H extension: Guest Index is read-only zero (AIA 1.0 §4.5.16). */
#define APLIC_MSI_TARGET (APLIC_TARGET_HART | APLIC_TARGET_EIID)

static inline bool aplic_sends_msis(const struct aplic *aplic)
{
    return aplic->output.send != NULL;
}

/* The sources of a word that are pending and enabled. */
static inline uint32_t aplic_ready(const struct aplic *aplic, uint32_t word)
{
    return aplic->pending[word] & aplic->enable[word];
}

/* aplic_source.c: writes of a register. A source that is not there, or not active, is ignored. */
void aplic_write_sourcecfg(struct aplic *aplic, uint32_t source, uint32_t value);
void aplic_write_target(struct aplic *aplic, uint32_t source, uint32_t value);
void aplic_set_pending(struct aplic *aplic, uint32_t source);
void aplic_clear_pending(struct aplic *aplic, uint32_t source);
void aplic_set_enable(struct aplic *aplic, uint32_t source);
void aplic_clear_enable(struct aplic *aplic, uint32_t source);
/* aplic_source.c: a source's target register; the rectified inputs of a word. */
uint32_t aplic_read_target(const struct aplic *aplic, uint32_t source);
uint32_t aplic_read_rectified(struct aplic *aplic, uint32_t word);
/* aplic_source.c: after a change of domaincfg.IE. */
void aplic_deliver_all(struct aplic *aplic);
/* aplic_source.c: sends the MSI that a target register or genmsi stands for. */
void aplic_send(struct aplic *aplic, uint32_t target);
/* aplic_source.c: the guest has done with the source; 0: with none. */
void aplic_end(struct aplic *aplic, uint32_t source);
/* aplic_source.c: the source was claimed. */
void aplic_claimed(struct aplic *aplic, uint32_t source);

/* aplic_passed.c: the source is one of the host's. */
static inline bool aplic_is_passed(const struct aplic *aplic, uint32_t source)
{
    return source <= APLIC_SOURCES && aplic->passed[source] != NULL;
}
/* aplic_passed.c, for such a source: after a change of its configuration or of domaincfg.IE; writes
 * its pending bit; reads its rectified input. */
void aplic_passed_route(const struct aplic *aplic, uint32_t source);
void aplic_passed_pend(const struct aplic *aplic, uint32_t source, bool pending);
bool aplic_passed_is_active(const struct aplic *aplic, uint32_t source);
/* aplic_passed.c: the pending bits of a word, of all sources. */
uint32_t aplic_read_pending(const struct aplic *aplic, uint32_t word);

/* Lets go of the APLIC's lock. Returns the vCPUs to notify now. */
static inline uint64_t aplic_unlock(struct aplic *aplic)
{
    uint64_t vcpus = aplic->changed;
    aplic->changed = 0;
    spin_unlock(&aplic->lock);
    return vcpus;
}

/* aplic_idc.c: stores a vCPU's external interrupt if it has changed; nothing for one that is not
 * there. */
void aplic_idc_update(struct aplic *aplic, uint32_t vcpu);
/* aplic_idc.c: registers; `offset` is from the first IDC on, a multiple of 4. Of a vCPU that is not
 * there they are read-only zeros. */
uint32_t aplic_idc_read(struct aplic *aplic, uint64_t offset);
void aplic_idc_write(struct aplic *aplic, uint64_t offset, uint32_t value);
