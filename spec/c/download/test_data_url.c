/* test_data_url.c: "data:" URLs, read in pieces of every size. */
#include "download/data_url.h"

#include "../check.h"

static const struct {
    const char *url, *type, *content; /* NULL: invalid */
} ROWS[] = {
    {"data:image/png;base64,aGVsbG8=", "image/png", "hello"},
    {"DATA:image/png;x=y;BASE64,aGVsbG8=", "image/png;x=y", "hello"},
    {"data:;base64,aGVsbG8", "", "hello"},
    {"data:;base64,aGVs\r\n bG8=", "", "hello"},
    {"data:;base64,aGVsbG8%3D", "", "hello"},
    {"data:;base64,%61GVsbG8=", "", "hello"},
    {"data:;base64,fn5-", "", "~~~"},
    {"data:;base64,Pz8_", "", "???"},
    {"data:;base64,", "", ""},
    {"data:,a%20b%zz%4", "", "a b%zz%4"},
    {"data:text/plain,a,b", "text/plain", "a,b"},
    {"data:;base64,aGVsbG8=x", "", NULL},
    {"data:;base64,aGV$bG8=", "", NULL},
    {"data:;base64,aGVsb", "", NULL},
};

static void test_reading(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        for (size_t room = 1; room < 10; room++) {
            struct lx_data_url data;
            char out[64];
            size_t length = 0, step;
            bool is_valid = true;

            check_row = ROWS[i].url;
            CHECK(lx_data_url_is(ROWS[i].url));
            CHECK(lx_data_url_open(&data, ROWS[i].url));
            CHECK_TEXT(data.type, ROWS[i].type);
            while (length < sizeof out - room &&
                   (step = lx_data_url_read(&data, out + length, room,
                                            &is_valid)) > 0)
                length += step;
            CHECK_EQ(is_valid, ROWS[i].content != NULL);
            if (ROWS[i].content)
                CHECK_BYTES(out, length, ROWS[i].content,
                            strlen(ROWS[i].content));
        }
}

static void test_others(void)
{
    struct lx_data_url data;

    check_row = "no data: URLs";
    CHECK(!lx_data_url_is("https://h/data:,x"));
    CHECK(!lx_data_url_is("data"));
    CHECK(!lx_data_url_open(&data, "https://h/,x"));
    CHECK(!lx_data_url_open(&data, "data:image/png;base64"));
}

int main(void)
{
    test_reading();
    test_others();
    return check_report("data_url");
}
