/* test_base64.c: the vectors of RFC 4648, all bytes, and pieces that fit
 * together. */
#include "base/base64.h"
#include "../check.h"

#include <stdlib.h>

static const struct {
    const char *bytes, *text;
} VECTORS[] = {{"", ""},
               {"f", "Zg=="},
               {"fo", "Zm8="},
               {"foo", "Zm9v"},
               {"foob", "Zm9vYg=="},
               {"fooba", "Zm9vYmE="},
               {"foobar", "Zm9vYmFy"}};

static void test_vectors(void)
{
    for (size_t i = 0; i < sizeof VECTORS / sizeof *VECTORS; i++) {
        char out[16];
        size_t length = strlen(VECTORS[i].bytes);

        check_row = VECTORS[i].bytes;
        CHECK_EQ(lx_base64_length(length), strlen(VECTORS[i].text));
        lx_base64_encode(out, VECTORS[i].bytes, length);
        CHECK_BYTES(out, (size_t)lx_base64_length(length), VECTORS[i].text,
                    strlen(VECTORS[i].text));
    }
}

static void test_pieces(void)
{
    char bytes[256], whole[344], part[344];

    check_row = "all bytes, whole and in pieces";
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    lx_base64_encode(whole, bytes, sizeof bytes);
    CHECK_BYTES(whole, 8, "AAECAwQF", 8);
    CHECK_BYTES(whole + 336, 8, "/P3+/w==", 8);
    for (size_t cut = 0; cut < sizeof bytes; cut += 3) {
        lx_base64_encode(part, bytes, cut);
        lx_base64_encode(part + lx_base64_length(cut), bytes + cut,
                         sizeof bytes - cut);
        CHECK_BYTES(part, sizeof part, whole, sizeof whole);
    }
    CHECK_EQ((long long)lx_base64_length(20 << 20), 27962028);
}

int main(void)
{
    test_vectors();
    test_pieces();
    return check_report("base64");
}
