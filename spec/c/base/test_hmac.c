/* HMAC-SHA256: the vectors of RFC 4231, and the comparison of secrets. */
#include "base/hmac.h"

#include "../check.h"

static const char *hex_of(const unsigned char *code)
{
    static char text[2 * LX_SHA256_BYTES + 1];

    for (int i = 0; i < LX_SHA256_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", code[i]);
    return text;
}

static void test_vectors(void)
{
    static const struct {
        const char *name;
        size_t key_length;
        unsigned char key_byte; /* repeated; 0: the key is `key` */
        const char *key, *text, *code;
    } ROWS[] = {
        {"case 1", 20, 0x0b, NULL, "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"case 2", 4, 0, "Jefe", "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {"case 6: a key longer than a block", 131, 0xaa, NULL,
         "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {"no key, no text", 0, 0, "", "",
         "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        unsigned char code[LX_SHA256_BYTES], key[131];

        check_row = ROWS[i].name;
        memset(key, ROWS[i].key_byte, sizeof key);
        lx_hmac_sha256(ROWS[i].key ? (const void *)ROWS[i].key : key,
                       ROWS[i].key_length, ROWS[i].text, strlen(ROWS[i].text),
                       code);
        CHECK_TEXT(hex_of(code), ROWS[i].code);
    }
}

static void test_comparison(void)
{
    check_row = "comparison";
    CHECK(lx_is_same_secret("abc", 3, "abc", 3));
    CHECK(lx_is_same_secret("", 0, "", 0));
    CHECK(!lx_is_same_secret("abc", 3, "abd", 3));
    CHECK(!lx_is_same_secret("xbc", 3, "abc", 3));
    CHECK(!lx_is_same_secret("abc", 3, "ab", 2));
    CHECK(!lx_is_same_secret("", 0, "a", 1));
}

int main(void)
{
    test_vectors();
    test_comparison();
    return check_report("hmac");
}
