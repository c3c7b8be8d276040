/* Device trees for the tests, compiled by dtc. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct dtb {
    _Alignas(8) uint8_t bytes[65536];
    size_t size;
};

/* Compiles "/dts-v1/; " and `dts`; ends the program with dtc's message if it can't. */
void dtb_compile(const char *dts, struct dtb *out);
