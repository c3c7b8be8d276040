/* The ChaCha20 block function (RFC 8439 §2.3): 64 bytes that say nothing about their key. */
#pragma once
#include <stdint.h>

#define CHACHA_KEY 32   /* bytes */
#define CHACHA_BLOCK 64 /* bytes */

/* Block `counter` of the stream of `key` and `nonce`. `out` may be `key`'s memory. */
void chacha_block(uint8_t out[CHACHA_BLOCK], const uint8_t key[CHACHA_KEY], uint32_t counter,
                  const uint32_t nonce[3]);
