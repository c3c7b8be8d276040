/*
 * What the commonest exits run and touch, gathered by the linker: a call or an interrupt that is
 * served in place then takes a few pages of text and one of data, and as many TLB entries and walks
 * after a world switch. For functions that such an exit calls each time, and the variables that
 * they read; not for what is done once in a while.
 */
#pragma once

#define EXIT_PATH __attribute__((hot)) /* GCC names its section .text.hot.* */
#define EXIT_PATH_DATA __attribute__((section(".data.hot")))
