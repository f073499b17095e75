/* hmac.c: see hmac.h. */
#include "base/hmac.h"

#include <string.h>

#define BLOCK_BYTES sizeof((struct lx_sha256 *)0)->block

static void begin_hmac(struct lx_sha256 *hash, const unsigned char *key,
                       unsigned char pad)
{
    unsigned char block[BLOCK_BYTES];

    for (size_t i = 0; i < sizeof block; i++)
        block[i] = key[i] ^ pad;
    lx_sha256_init(hash);
    lx_sha256_update(hash, block, sizeof block);
}

void lx_hmac_sha256(const void *key, size_t key_length, const void *text,
                    size_t length, unsigned char out[LX_SHA256_BYTES])
{
    unsigned char block[BLOCK_BYTES] = {0};
    struct lx_sha256 hash;

    if (key_length > sizeof block)
        lx_sha256_of(key, key_length, block);
    else if (key_length)
        memcpy(block, key, key_length);
    begin_hmac(&hash, block, 0x36);
    lx_sha256_update(&hash, text, length);
    lx_sha256_final(&hash, out);
    begin_hmac(&hash, block, 0x5c);
    lx_sha256_update(&hash, out, LX_SHA256_BYTES);
    lx_sha256_final(&hash, out);
}

bool lx_is_same_secret(const void *one, size_t one_length, const void *other,
                       size_t other_length)
{
    const unsigned char *a = one, *b = other;
    /* The compiler must not end the loop early. */
    volatile unsigned char differs = one_length != other_length;

    for (size_t i = 0; i < one_length && i < other_length; i++)
        differs |= a[i] ^ b[i];
    return !differs;
}
