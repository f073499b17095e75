/* SHA-256: the vectors of NIST, and every way to cut a text in two. */
#include "base/sha256.h"

#include <stdlib.h>

#include "../check.h"

static const char *hex_of(const unsigned char *hash)
{
    static char text[2 * LX_SHA256_BYTES + 1];

    for (int i = 0; i < LX_SHA256_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    return text;
}

static void test_vectors(void)
{
    static const struct {
        const char *text, *hash;
    } ROWS[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"
             "5"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200"
                "15ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
         "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    unsigned char hash[LX_SHA256_BYTES];

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check_row = ROWS[i].text;
        lx_sha256_of(ROWS[i].text, strlen(ROWS[i].text), hash);
        CHECK_TEXT(hex_of(hash), ROWS[i].hash);
    }
    char *million = malloc(1000000);
    if (!million)
        abort();
    memset(million, 'a', 1000000);
    check_row = "a million of a";
    lx_sha256_of(million, 1000000, hash);
    CHECK_TEXT(
        hex_of(hash),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

static void test_pieces(void)
{
    char text[200];
    unsigned char whole[LX_SHA256_BYTES], pieces[LX_SHA256_BYTES];
    struct lx_sha256 hash;

    check_row = "pieces";
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7);
    for (size_t length = 0; length <= sizeof text; length++) {
        lx_sha256_of(text, length, whole);
        for (size_t cut = 0; cut <= length; cut++) {
            lx_sha256_init(&hash);
            lx_sha256_update(&hash, text, cut);
            lx_sha256_update(&hash, text + cut, length - cut);
            lx_sha256_final(&hash, pieces);
            if (memcmp(whole, pieces, sizeof whole) != 0)
                CHECK_EQ(cut, length + 1); /* says which cut */
        }
    }
    CHECK(memcmp(whole, pieces, sizeof whole) == 0);
}

int main(void)
{
    test_vectors();
    test_pieces();
    return check_report("sha256");
}
