/* A panic that comes back to the test which expects it; any other one fails its test. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

extern jmp_buf fake_panic_jump;
extern bool fake_panic_expected;
extern char fake_panic_message[160];

#define ASSERT_PANICS(message, call)                                                               \
    do {                                                                                           \
        fake_panic_message[0] = '\0';                                                              \
        fake_panic_expected = true;                                                                \
        if (setjmp(fake_panic_jump) == 0)                                                          \
            call;                                                                                  \
        fake_panic_expected = false;                                                               \
        assert_string_equal(fake_panic_message, message);                                          \
    } while (0)
