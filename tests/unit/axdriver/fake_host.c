#include "fake_host.h"
#include <axhal/arch/io.h>
#include <axhal/csr_bits.h>
#include <axhal/interrupt.h>
#include <axhal/paging.h>
#include <axipi/mailbox.h>
#include <axlog/console.h>
#include <axlog/log.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

struct fake_host host;
enum log_level log_level = LOG_LEVEL_TRACE;

void fake_host_start(const uint64_t *hart_ids, uint32_t count)
{
    host = (struct fake_host){.hart_count = count};
    for (uint32_t i = 0; i < count; i++)
        host.harts[i] = (struct hart){.id = hart_ids[i], .index = i};
    fake_host_run_on(0);
}

void fake_host_run_on(uint32_t index)
{
    fake_hart = &host.harts[index];
}

uint32_t hart_count(void)
{
    return host.hart_count;
}

struct hart *hart_at(uint32_t index)
{
    return index < host.hart_count ? &host.harts[index] : NULL;
}

struct hart *hart_by_id(uint64_t id)
{
    for (uint32_t i = 0; i < host.hart_count; i++)
        if (host.harts[i].id == id)
            return &host.harts[i];
    return NULL;
}

enum err paging_map_device(hpa_t base, uint64_t size)
{
    if (host.map_result != OK)
        return host.map_result;
    assert_true(host.mapped_count < sizeof host.mapped / sizeof host.mapped[0]);
    host.mapped[host.mapped_count].base = base.a;
    host.mapped[host.mapped_count++].size = size;
    return OK;
}

static void assert_mapped(uint64_t at, unsigned width)
{
    for (uint32_t i = 0; i < host.mapped_count; i++)
        if (range_inside(at, width, host.mapped[i].base, host.mapped[i].size))
            return;
    fail_msg("access to 0x%lx, which is not mapped", at);
}

uint64_t fake_io_read(uintptr_t at, unsigned width)
{
    assert_mapped(at, width);
    return host.read(at, width);
}

void fake_io_write(uintptr_t at, unsigned width, uint64_t value)
{
    assert_mapped(at, width);
    host.write(at, width, value);
}

void interrupt_set_handler(unsigned irq, interrupt_handler_t handler)
{
    assert_int_equal(irq, IRQ_SEI);
    host.external_handler = handler;
}

void interrupt_enable(unsigned irq)
{
    assert_int_equal(irq, IRQ_SEI);
    host.external_enabled = true;
}

void mailbox_set_ipi(long (*send)(const struct hart *hart))
{
    host.send_ipi = send;
}

void console_set_sink(console_sink_t sink)
{
    host.sink = sink;
}

void log_line(enum log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(host.log, sizeof host.log, format, arguments);
    va_end(arguments);
}
