/* Where C's variables of a thread are, from tp: the linker script counts their offsets from here. */
#include <axhal/offsets.h>

	.globl hart_tls_offset
	.set hart_tls_offset, HART_TLS
