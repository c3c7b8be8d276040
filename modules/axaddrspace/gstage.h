/*
 * G-stage tables, Sv39x4 and Sv48x4 (Priv 1.13 §18.5.1): private to axaddrspace, which has checked
 * the arguments. A level counts from the leaves: 0 maps 4 KiB, 1 maps 2 MiB, 2 maps 1 GiB.
 */
#pragma once
#include <axaddrspace/addrspace.h>

#define GSTAGE_LARGEST_LEVEL 2 /* of a leaf: 1 GiB */
#define GSTAGE_ROOT_SIZE (4 * PAGE_SIZE)
#define GSTAGE_HPA_BITS 56 /* a PPN of 44 bits */

/* Bits of a guest-physical address: 41 (Sv39x4) or 50 (Sv48x4). */
unsigned gstage_gpa_bits(enum gstage_mode mode);

/*
 * Maps [base, base+size), where nothing is mapped yet, to `host`, with enum ram_rights.
 * ERR_NO_MEMORY: frames for tables ran out; what was mapped until then stays, and gstage_unmap of
 * the range takes it back.
 */
enum err gstage_map(struct addrspace *as, uint64_t base, uint64_t size, uint64_t host,
                    unsigned rights);

/* Of [base, base+size), mapped and of whole 2 MiB: hides it from the hardware, or shows it again.
 */
void gstage_show(struct addrspace *as, uint64_t base, uint64_t size, bool wanted);

/* Clears [from, to), whose ends cut no superpage, and frees the tables that are empty then. */
void gstage_unmap(struct addrspace *as, uint64_t from, uint64_t to);
