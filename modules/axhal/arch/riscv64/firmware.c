#include <axhal/arch/csr.h>
#include <axhal/firmware.h>
#include <lib/arch/ecall.h>
#include <lib/bits.h>
#include <lib/exit_path.h>

static void (*failure_hook)(void);

struct sbi_ret sbi_call(uint64_t extension, uint64_t function, uint64_t arg0, uint64_t arg1,
                        uint64_t arg2)
{
    return ECALL(extension, function, arg0, arg1, arg2);
}

bool firmware_has(uint64_t extension)
{
    struct sbi_ret ret = sbi_call(SBI_EXT_BASE, SBI_BASE_PROBE, extension, 0, 0);
    return ret.error == SBI_SUCCESS && ret.value != 0;
}

bool firmware_has_feature(enum sbi_fwft_feature feature)
{
    return firmware_has(SBI_EXT_FWFT) &&
           sbi_call(SBI_EXT_FWFT, SBI_FWFT_GET, feature, 0, 0).error == SBI_SUCCESS;
}

bool firmware_set_feature(enum sbi_fwft_feature feature, uint64_t value)
{
    return firmware_has(SBI_EXT_FWFT) &&
           sbi_call(SBI_EXT_FWFT, SBI_FWFT_SET, feature, value, 0).error == SBI_SUCCESS;
}

long firmware_hart_start(uint64_t hart_id, uint64_t entry, uint64_t opaque)
{
    return sbi_call(SBI_EXT_HSM, SBI_HSM_START, hart_id, entry, opaque).error;
}

long firmware_hart_stop(void)
{
    return sbi_call(SBI_EXT_HSM, SBI_HSM_STOP, 0, 0, 0).error;
}

long firmware_hart_status(uint64_t hart_id)
{
    struct sbi_ret ret = sbi_call(SBI_EXT_HSM, SBI_HSM_STATUS, hart_id, 0, 0);
    return ret.error == SBI_SUCCESS ? ret.value : ret.error;
}

EXIT_PATH long firmware_send_ipi(const struct hart *hart)
{
    return sbi_call(SBI_EXT_IPI, SBI_IPI_SEND, 1, hart->id, 0).error;
}

void firmware_set_timer(uint64_t deadline)
{
    sbi_call(SBI_EXT_TIME, SBI_TIME_SET_TIMER, deadline, 0, 0);
}

/* DBCN may write less than was asked for, or nothing for now (SBI 2.0 §12.1): it is not asked for
 * ever, and the rest goes to the legacy call, as after an error. */
static size_t dbcn_write(const char *bytes, size_t count)
{
    size_t done = 0;
    while (done < count) {
        struct sbi_ret ret =
            sbi_call(SBI_EXT_DBCN, SBI_DBCN_WRITE, count - done, (uintptr_t)bytes + done, 0);
        if (ret.error != SBI_SUCCESS || ret.value == 0)
            break;
        done += (size_t)ret.value;
    }
    return done;
}

void firmware_console_write(const char *bytes, size_t count)
{
    for (size_t i = dbcn_write(bytes, count); i < count; i++)
        sbi_call(SBI_EXT_LEGACY_PUTCHAR, 0, (uint8_t)bytes[i], 0, 0);
}

/* The legacy call answers a byte, or -1 (SBI 2.0 §5.3). */
static size_t legacy_read(char *bytes, size_t room)
{
    size_t taken = 0;
    while (taken < room) {
        long byte = sbi_call(SBI_EXT_LEGACY_GETCHAR, 0, 0, 0, 0).error;
        if (byte < 0)
            break;
        bytes[taken++] = (char)byte;
    }
    return taken;
}

/* DBCN answers with what is there (SBI 2.0 §12.2). */
size_t firmware_console_read(char *bytes, size_t room)
{
    struct sbi_ret ret = sbi_call(SBI_EXT_DBCN, SBI_DBCN_READ, room, (uintptr_t)bytes, 0);
    if (ret.error != SBI_SUCCESS)
        return legacy_read(bytes, room);
    return (size_t)ret.value < room ? (size_t)ret.value : room;
}

/* The firmware's last loop is wfi, which an enabled interrupt ends as soon as it is pending
 * (Privileged §3.3.3). A hart that spins there keeps QEMU under -icount from ending the machine. */
static void let_nothing_wake_this_hart(void)
{
    firmware_set_timer(UINT64_MAX);
    csr_write_sie(0);
}

static void __attribute__((noreturn))
system_reset(enum sbi_srst_type type, enum sbi_srst_reason reason)
{
    let_nothing_wake_this_hart();
    sbi_call(SBI_EXT_SRST, SBI_SRST_RESET, type, reason, 0);
    sbi_call(SBI_EXT_LEGACY_SHUTDOWN, 0, 0, 0, 0);
    for (;;)
        __asm__ volatile("wfi");
}

void firmware_set_failure_hook(void (*hook)(void))
{
    failure_hook = hook;
}

void firmware_shutdown(bool failed)
{
    if (failed && failure_hook != NULL)
        failure_hook();
    system_reset(SBI_SRST_SHUTDOWN, failed ? SBI_SRST_SYSTEM_FAILURE : SBI_SRST_NO_REASON);
}

void firmware_reboot(void)
{
    system_reset(SBI_SRST_COLD_REBOOT, SBI_SRST_NO_REASON);
}
