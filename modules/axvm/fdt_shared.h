/* The part of a guest's tree with its shared memories. Private to axvm. */
#pragma once
#include "fdt_writer.h"

/* The host bridge on which they are, if there are any. */
void fdt_put_shared(struct fdt_writer *w, const struct guest_fdt_input *in);
