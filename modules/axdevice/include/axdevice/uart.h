/*
 * An ns16550a UART: byte registers, 16-byte FIFOs, loopback. Sending takes no time: the
 * transmitter is always empty. Input that the FIFO has no room for waits on the "line", so that
 * only loopback can overrun.
 */
#pragma once
#include <axdevice/bus.h>
#include <axdevice/irq.h>
#include <axsync/spinlock.h>
#include <stddef.h>

#define UART_SIZE UINT64_C(0x100)
#define UART_FIFO_SIZE 16
#define UART_LINE_SIZE 256

struct uart {
    struct mmio_device device;
    struct irq_line irq;
    /* ERR_AGAIN: the guest is to repeat its store. Other errors: lost, as by a wire that is cut. */
    enum err (*transmit)(void *context, char byte);
    void *transmit_context;
    void (*drained)(void *context); /* NULL, or see uart_room(); with transmit_context */

    struct spinlock lock;
    /* lock must be held: */
    uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
    uint8_t lsr_errors; /* the LSR's bits that a read of it clears */
    uint8_t msr_deltas; /* the MSR's bits that a read of it clears */
    bool thre_pending;  /* the interrupt "transmitter empty" waits for an IIR read or a byte */
    bool irq_level;     /* the level that the line was last set to */
    uint8_t fifo[UART_FIFO_SIZE];
    uint32_t fifo_head, fifo_count;
    uint8_t line[UART_LINE_SIZE];
    uint32_t line_head, line_count;
    bool room_wanted; /* uart_room() has said that there is none */
};

/* The interrupt line is driven with the UART's lock held: it must not access the UART. `transmit`
 * is called with the lock free, since it may wait: the hart that brings input does not wait for it.
 */
void uart_init(struct uart *uart, gpa_t base, struct irq_line irq,
               enum err (*transmit)(void *context, char byte), void *context);

/* Any hart: input for the guest. Returns how many bytes fit; the rest is the caller's to keep. */
size_t uart_receive(struct uart *uart, const char *bytes, size_t count);

/* Any hart: the next byte of the input, for a guest that does not read it by the registers. False:
 * there is none. */
bool uart_take(struct uart *uart, char *byte);

/*
 * Any hart: how many bytes uart_receive() would take now. After 0 `drained` is called once, with
 * the UART's lock held, when the guest has read all that was there.
 */
size_t uart_room(struct uart *uart);
