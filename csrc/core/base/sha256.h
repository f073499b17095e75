/* sha256.h: SHA-256 (FIPS 180-4). Pure; one thread per hash at a time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define LX_SHA256_BYTES 32

struct lx_sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
};

void lx_sha256_init(struct lx_sha256 *hash);
void lx_sha256_update(struct lx_sha256 *hash, const void *bytes, size_t length);

/* The hash is used up. */
void lx_sha256_final(struct lx_sha256 *hash,
                     unsigned char out[LX_SHA256_BYTES]);

/* All at once. */
void lx_sha256_of(const void *bytes, size_t length,
                  unsigned char out[LX_SHA256_BYTES]);

#pragma GCC visibility pop
