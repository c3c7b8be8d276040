/* The test groups of this program; each returns the number of its failures. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

int run_addrspace_tests(void);
int run_map_tests(void);
int run_guest_tests(void);
