#include <lib/bits.h>
#include <lib/sbi.h>

const char *sbi_error_name(long error)
{
    static const char *const names[] = {
        "SBI_SUCCESS",
        "SBI_ERR_FAILED",
        "SBI_ERR_NOT_SUPPORTED",
        "SBI_ERR_INVALID_PARAM",
        "SBI_ERR_DENIED",
        "SBI_ERR_INVALID_ADDRESS",
        "SBI_ERR_ALREADY_AVAILABLE",
        "SBI_ERR_ALREADY_STARTED",
        "SBI_ERR_ALREADY_STOPPED",
        "SBI_ERR_NO_SHMEM",
        "SBI_ERR_INVALID_STATE",
        "SBI_ERR_BAD_RANGE",
        "SBI_ERR_TIMEOUT",
        "SBI_ERR_IO",
        "SBI_ERR_DENIED_LOCKED",
    };
    if (error > 0 || error <= -(long)ARRAY_SIZE(names))
        return "SBI_ERR_?";
    return names[-error];
}
