/* Which way a request goes: proxies by scheme, and hosts that need none. */
#include "../check.h"
#include "http/proxy.h"
#include "http/url.h"

static char http_proxy[] = "http://h:1", https_proxy[] = "https://s:1";
static char empty[] = "";

static void test_schemes(void)
{
    struct lx_http_config config = {.http_proxy = http_proxy,
                                    .https_proxy = https_proxy};
    struct lx_http_config none = {.http_proxy = empty};
    struct lx_url http = {.host = "a.b"};
    struct lx_url https = {.host = "a.b", .is_https = true};

    check_row = "schemes";
    CHECK_TEXT(lx_proxy_for(&config, &http), http_proxy);
    CHECK_TEXT(lx_proxy_for(&config, &https), https_proxy);
    CHECK(!lx_proxy_for(&none, &http));
    CHECK(!lx_proxy_for(&none, &https));
}

static void test_no_proxy(void)
{
    static const struct {
        const char *host, *list;
        bool is_straight;
    } rows[] = {
        {"a.b", "", false},
        {"a.b", "*", true},
        {"a.b", "c, *", true},
        {"a.b", "*.b", false},
        {"a.b", "a.b", true},
        {"a.b", "A.B.", true},
        {"a.b.", "a.b", true},
        {"a.b", "x.a.b", false},
        {"x.a.b", "a.b", true},
        {"x.a.b", ".a.b", true},
        {"a.b", ".a.b", true},
        {"xa.b", "a.b", false},
        {"a.b", "c d,a.b", true},
        {"a.b", ",,  .", false},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "0.0.1", false},
        {"127.0.0.1", "127.0.0.0/8", true},
        {"128.0.0.1", "127.0.0.0/8", false},
        {"10.1.2.3", "10.1.2.2/31", true},
        {"10.1.2.4", "10.1.2.2/31", false},
        {"10.1.2.4", "0.0.0.0/0", true},
        {"10.1.2.4", "10.1.2.4/33", false},
        {"[::1]", "::1", true},
        {"[::1]", "[::1]", true},
        {"[::1]", "0:0::1", true},
        {"[fd00::1]", "fd00::/8", true},
        {"[fd00::1]", "127.0.0.1", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_http_config config = {.http_proxy = http_proxy};
        struct lx_url url = {0};
        char list[32];

        snprintf(list, sizeof list, "%s", rows[i].list);
        snprintf(url.host, sizeof url.host, "%s", rows[i].host);
        check_row = rows[i].list;
        config.no_proxy = list;
        CHECK_EQ(!lx_proxy_for(&config, &url), rows[i].is_straight);
    }
}

int main(void)
{
    test_schemes();
    test_no_proxy();
    return check_report("proxy");
}
