/* URLs: what is read in them, and spaces made fit to be sent. */
#include "../check.h"
#include "http/url.h"

#include <stdlib.h>

static void test_parse(void)
{
    static const struct {
        const char *text, *host; /* NULL: refused */
        unsigned port;
        bool is_https;
    } rows[] = {
        {"https://a.b", "a.b", 443, true},
        {"HTTP://A.B:8080/x?y#z", "a.b", 8080, false},
        {"http://[2001:DB8::1]:1/", "[2001:db8::1]", 1, false},
        {"http://2130706433/", "127.0.0.1", 80, false},
        {"https://a.b:65535", "a.b", 65535, true},
        {"https://a.b:65536", NULL, 0, true},
        {"https://a.b:0", NULL, 0, true},
        {"https:///a.b", NULL, 0, true},
        {"https:/a.b", NULL, 0, true},
        {"https://u@a.b", NULL, 0, true},
        {"https://:p@a.b", NULL, 0, true},
        {"https://a b", NULL, 0, true},
        {"https://a.b/x y", NULL, 0, true},
        {"https://a.b/\n", NULL, 0, true},
        {"ftp://a.b", NULL, 0, false},
        {"", NULL, 0, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_url url;

        check_row = rows[i].text;
        bool is_read = lx_url_parse(rows[i].text, &url);
        CHECK_EQ(is_read, rows[i].host != NULL);
        if (!is_read)
            continue;
        CHECK_TEXT(url.host, rows[i].host);
        CHECK_EQ(url.port, rows[i].port);
        CHECK_EQ(url.is_https, rows[i].is_https);
    }
}

static void test_clean(void)
{
    static const char *const rows[][2] = {
        {"https://a.b", "https://a.b"},
        {"https://a.b/x y/ z?w v#u t", "https://a.b/x%20y/%20z?w%20v#u%20t"},
        {"https://a.b/%20 ", "https://a.b/%20%20"},
        {"https://a b/c d", "https://a b/c%20d"},
        {"https://a.b?c d", "https://a.b?c%20d"},
        {"a b", "a b"},
        {"", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i][0];
        char *clean = lx_url_clean(rows[i][0]);
        CHECK_TEXT(clean, rows[i][1]);
        free(clean);
    }
}

int main(void)
{
    test_parse();
    test_clean();
    return check_report("url");
}
