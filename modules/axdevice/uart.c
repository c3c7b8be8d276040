/*
 * ns16550a. All that the interrupt depends on is state, so one function, unlock(), makes it at the
 * end of each access: line status, then received data, then transmitter empty, then modem status.
 * The FIFO's character timeout has passed as soon as no byte waits on the line.
 */
#include <axdevice/uart.h>
#include <lib/assert.h>
#include <lib/bits.h>
#include <stddef.h>

/* Offsets; RBR/THR and IER are DLL and DLM while LCR.DLAB is set. */
enum { RBR_THR, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR, REGISTERS };

enum { IER_RDI = 1, IER_THRI = 2, IER_RLSI = 4, IER_MSI = 8, IER_ALL = 0xf };
enum {
    IIR_MODEM = 0x0,
    IIR_NONE = 0x1,
    IIR_THRE = 0x2,
    IIR_DATA = 0x4,
    IIR_LINE = 0x6,
    IIR_TIMEOUT = 0xc,
    IIR_FIFO_ENABLED = 0xc0,
};
enum { FCR_ENABLE = 1, FCR_CLEAR_RX = 2, FCR_TRIGGER_SHIFT = 6 };
enum { LCR_8N1 = 3, LCR_DLAB = 0x80 };
enum { DIVISOR_115200 = 2 }; /* of 3.6864 MHz, in sixteenths */
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 0x10, MCR_ALL = 0x1f };
enum { LSR_DATA = 1, LSR_OVERRUN = 2, LSR_THRE = 0x20, LSR_TEMT = 0x40 };
enum {
    MSR_DELTA_CTS = 1,
    MSR_DELTA_DSR = 2,
    MSR_TRAILING_RI = 4,
    MSR_DELTA_DCD = 8,
    MSR_CTS = 0x10,
    MSR_DSR = 0x20,
    MSR_RI = 0x40,
    MSR_DCD = 0x80,
};

static bool fifo_enabled(const struct uart *u)
{
    return u->fcr & FCR_ENABLE;
}

static uint32_t fifo_depth(const struct uart *u)
{
    return fifo_enabled(u) ? UART_FIFO_SIZE : 1;
}

static void fifo_clear(struct uart *u)
{
    u->fifo_head = 0;
    u->fifo_count = 0;
}

static void fifo_push(struct uart *u, uint8_t byte)
{
    DEBUG_ASSERT(u->fifo_head < UART_FIFO_SIZE && u->fifo_count < UART_FIFO_SIZE);
    u->fifo[(u->fifo_head + u->fifo_count++) % UART_FIFO_SIZE] = byte;
}

static uint8_t fifo_pop(struct uart *u)
{
    spin_debug_assert_held(&u->lock);
    if (u->fifo_count == 0)
        return 0;
    uint8_t byte = u->fifo[u->fifo_head];
    u->fifo_head = (u->fifo_head + 1) % UART_FIFO_SIZE;
    u->fifo_count--;
    return byte;
}

/* The code that found no room before may bring more. */
static void tell_if_drained(struct uart *u)
{
    if (!u->room_wanted || u->line_count != 0)
        return;
    u->room_wanted = false;
    if (u->drained != NULL)
        u->drained(u->transmit_context);
}

/* The receiver takes what it has room for; in loopback it is cut off from the line. */
static void take_from_line(struct uart *u)
{
    spin_debug_assert_held(&u->lock);
    DEBUG_ASSERT(u->line_head < UART_LINE_SIZE && u->line_count <= UART_LINE_SIZE);
    if (u->mcr & MCR_LOOP)
        return;
    while (u->line_count != 0 && u->fifo_count < fifo_depth(u)) {
        fifo_push(u, u->line[u->line_head]);
        u->line_head = (u->line_head + 1) % UART_LINE_SIZE;
        u->line_count--;
    }
    tell_if_drained(u);
}

/* A byte that finds no room: a FIFO keeps what it has, a lone RBR is overwritten. */
static void loop_back(struct uart *u, uint8_t byte)
{
    spin_debug_assert_held(&u->lock);
    if (u->fifo_count == fifo_depth(u)) {
        u->lsr_errors |= LSR_OVERRUN;
        if (fifo_enabled(u))
            return;
        fifo_clear(u);
    }
    fifo_push(u, byte);
}

/* The modem's lines: a connected terminal, or in loopback our own outputs. */
static uint8_t modem_lines(const struct uart *u)
{
    if (!(u->mcr & MCR_LOOP))
        return MSR_CTS | MSR_DSR | MSR_DCD;
    return (uint8_t)((u->mcr & MCR_RTS ? MSR_CTS : 0) | (u->mcr & MCR_DTR ? MSR_DSR : 0) |
                     (u->mcr & MCR_OUT1 ? MSR_RI : 0) | (u->mcr & MCR_OUT2 ? MSR_DCD : 0));
}

static void set_mcr(struct uart *u, uint8_t value)
{
    spin_debug_assert_held(&u->lock);
    uint8_t before = modem_lines(u);
    u->mcr = value & MCR_ALL;
    uint8_t after = modem_lines(u);
    uint8_t changed = before ^ after;
    if (changed & MSR_CTS)
        u->msr_deltas |= MSR_DELTA_CTS;
    if (changed & MSR_DSR)
        u->msr_deltas |= MSR_DELTA_DSR;
    if (changed & MSR_DCD)
        u->msr_deltas |= MSR_DELTA_DCD;
    if (before & ~after & MSR_RI)
        u->msr_deltas |= MSR_TRAILING_RI;
}

static uint32_t trigger_level(const struct uart *u)
{
    static const uint8_t levels[] = {1, 4, 8, 14};
    return fifo_enabled(u) ? levels[u->fcr >> FCR_TRIGGER_SHIFT] : 1;
}

/* The pending interrupt of highest priority, as the IIR says it. */
static uint8_t interrupt_id(const struct uart *u)
{
    if (u->ier & IER_RLSI && u->lsr_errors != 0)
        return IIR_LINE;
    if (u->ier & IER_RDI && u->fifo_count != 0)
        return u->fifo_count >= trigger_level(u) ? IIR_DATA : IIR_TIMEOUT;
    if (u->ier & IER_THRI && u->thre_pending)
        return IIR_THRE;
    if (u->ier & IER_MSI && u->msr_deltas != 0)
        return IIR_MODEM;
    return IIR_NONE;
}

/* Lets go of the lock: the state has changed. */
static void unlock(struct uart *u)
{
    uint64_t vcpus = 0;
    take_from_line(u);
    bool level = interrupt_id(u) != IIR_NONE;
    if (level != u->irq_level) {
        u->irq_level = level;
        vcpus = irq_drive(&u->irq, level);
    }
    spin_unlock(&u->lock);
    irq_tell(&u->irq, vcpus);
}

/* A read of the IIR takes the "transmitter empty" interrupt that it reports, no other. */
static uint8_t read_iir(struct uart *u)
{
    uint8_t id = interrupt_id(u);
    if (id == IIR_THRE)
        u->thre_pending = false;
    return id | (fifo_enabled(u) ? IIR_FIFO_ENABLED : 0);
}

static uint8_t read_lsr(struct uart *u)
{
    uint8_t lsr = LSR_THRE | LSR_TEMT | u->lsr_errors | (u->fifo_count != 0 ? LSR_DATA : 0);
    u->lsr_errors = 0;
    return lsr;
}

static uint8_t read_msr(struct uart *u)
{
    uint8_t msr = modem_lines(u) | u->msr_deltas;
    u->msr_deltas = 0;
    return msr;
}

static void set_ier(struct uart *u, uint8_t value)
{
    /* Enabling THRI while the transmitter is empty, which it always is, raises it. */
    if ((value ^ u->ier) & IER_THRI)
        u->thre_pending = value & IER_THRI;
    u->ier = value & IER_ALL;
}

/* The other bits count only together with the enable bit, and its change clears the FIFO. */
static void set_fcr(struct uart *u, uint8_t value)
{
    if ((value ^ u->fcr) & FCR_ENABLE || (value & FCR_ENABLE && value & FCR_CLEAR_RX))
        fifo_clear(u);
    u->fcr = value & FCR_ENABLE ? value : 0;
}

/* True: the byte goes out, once the lock is free. */
static bool send(struct uart *u, uint8_t byte)
{
    bool loops = u->mcr & MCR_LOOP;
    u->thre_pending = true; /* filled, and empty again */
    if (loops)
        loop_back(u, byte);
    return !loops;
}

static uint8_t read_register(struct uart *u, uint64_t offset)
{
    spin_debug_assert_held(&u->lock);
    bool dlab = u->lcr & LCR_DLAB;
    switch (offset) {
    case RBR_THR:
        return dlab ? u->dll : fifo_pop(u);
    case IER:
        return dlab ? u->dlm : u->ier;
    case IIR_FCR:
        return read_iir(u);
    case LCR:
        return u->lcr;
    case MCR:
        return u->mcr;
    case LSR:
        return read_lsr(u);
    case MSR:
        return read_msr(u);
    default:
        return u->scr;
    }
}

/* True: what send() says. */
static bool write_register(struct uart *u, uint64_t offset, uint8_t value)
{
    spin_debug_assert_held(&u->lock);
    bool dlab = u->lcr & LCR_DLAB;
    switch (offset) {
    case RBR_THR:
        if (!dlab)
            return send(u, value);
        u->dll = value;
        break;
    case IER:
        if (dlab)
            u->dlm = value;
        else
            set_ier(u, value);
        break;
    case IIR_FCR:
        set_fcr(u, value);
        break;
    case LCR:
        u->lcr = value;
        break;
    case MCR:
        set_mcr(u, value);
        break;
    case SCR:
        u->scr = value;
        break;
    default: /* LSR and MSR are read-only */
        break;
    }
    return false;
}

/* Registers are bytes; a wider access reaches the one at its address alone, as on QEMU. */
static enum err uart_read(struct mmio_device *device, uint64_t offset, unsigned width,
                          uint64_t *value)
{
    struct uart *u = container_of(device, struct uart, device);
    (void)width;
    if (offset >= REGISTERS)
        return ERR_INVALID;
    spin_lock(&u->lock);
    *value = read_register(u, offset);
    unlock(u);
    return OK;
}

static enum err uart_write(struct mmio_device *device, uint64_t offset, unsigned width,
                           uint64_t value)
{
    struct uart *u = container_of(device, struct uart, device);
    (void)width;
    if (offset >= REGISTERS)
        return ERR_INVALID;
    spin_lock(&u->lock);
    bool sends = write_register(u, offset, (uint8_t)value);
    unlock(u);
    if (!sends || u->transmit(u->transmit_context, (char)value) != ERR_AGAIN)
        return OK;
    return ERR_AGAIN;
}

/* As OpenSBI hands it over: 8 bits, no parity, 115200 baud by virt's clock, FIFOs; nothing typed.
 */
static void clear_state(struct uart *u)
{
    u->ier = u->mcr = u->scr = u->dlm = 0;
    u->lcr = LCR_8N1;
    u->dll = DIVISOR_115200;
    u->fcr = FCR_ENABLE;
    u->lsr_errors = u->msr_deltas = 0;
    u->thre_pending = false;
    fifo_clear(u);
    u->line_head = u->line_count = 0;
    tell_if_drained(u);
}

static void uart_reset(struct mmio_device *device)
{
    struct uart *u = container_of(device, struct uart, device);
    spin_lock(&u->lock);
    clear_state(u);
    unlock(u);
}

static const struct mmio_ops uart_ops = {
    .read = uart_read, .write = uart_write, .reset = uart_reset};

void uart_init(struct uart *uart, gpa_t base, struct irq_line irq,
               enum err (*transmit)(void *context, char byte), void *context)
{
    *uart = (struct uart){
        .device = {"uart", base, UART_SIZE, &uart_ops, LEDGER_MMIO_UART},
        .irq = irq,
        .transmit = transmit,
        .transmit_context = context,
        .lock = SPINLOCK("uart"),
    };
    clear_state(uart);
}

size_t uart_receive(struct uart *uart, const char *bytes, size_t count)
{
    size_t taken = 0;
    spin_lock(&uart->lock);
    for (; taken < count && uart->line_count < UART_LINE_SIZE; taken++)
        uart->line[(uart->line_head + uart->line_count++) % UART_LINE_SIZE] = (uint8_t)bytes[taken];
    unlock(uart);
    return taken;
}

bool uart_take(struct uart *uart, char *byte)
{
    spin_lock(&uart->lock);
    bool some = uart->fifo_count != 0;
    if (some)
        *byte = (char)fifo_pop(uart);
    unlock(uart);
    return some;
}

size_t uart_room(struct uart *uart)
{
    spin_lock(&uart->lock);
    size_t room = UART_LINE_SIZE - uart->line_count;
    uart->room_wanted = room == 0;
    spin_unlock(&uart->lock);
    return room;
}
