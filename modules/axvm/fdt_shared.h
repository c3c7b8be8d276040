/* The part of a guest's tree with its shared memories. Private to axvm. */
#pragma once
#include "fdt_writer.h"

/* The host bridge on which they are, `count` of them and not 0. */
void fdt_write_shared(struct fdt_writer *w, uint32_t count);
