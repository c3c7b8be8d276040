#include <lib/bits.h>
#include <lib/err.h>

const char *err_name(enum err err)
{
    static const char *const names[] = {
        [OK] = "no error",
        [ERR_INVALID] = "an invalid argument",
        [ERR_RANGE] = "out of range",
        [ERR_NO_MEMORY] = "no memory",
        [ERR_NOT_FOUND] = "not found",
        [ERR_EXISTS] = "it exists already, or overlaps another",
        [ERR_UNSUPPORTED] = "not supported by this machine",
        [ERR_TIMEOUT] = "no answer in time",
        [ERR_FORMAT] = "a wrong format",
        [ERR_AGAIN] = "not now",
        [ERR_FIRMWARE] = "refused by the firmware",
    };
    return (unsigned)err < ARRAY_SIZE(names) ? names[err] : "an unknown error";
}
