/* test_download_guard.c: where a download must not go: private addresses,
 * however they are written or resolved, plain http:, and redirects, which it
 * only reports. */
#include "http/global.h"
#include "download_rig.h"

#include <netdb.h>

/* ---- a name service that lies: rebind.test is this machine ---- */

__attribute__((visibility("default"))) int
getaddrinfo(const char *name, const char *service,
            const struct addrinfo *wanted, struct addrinfo **found)
{
    struct sockaddr_in *address = calloc(1, sizeof *address);
    struct addrinfo *info = calloc(1, sizeof *info);

    (void)wanted;
    if (!address || !info || strcmp(name, "rebind.test") != 0) {
        free(address);
        free(info);
        return EAI_NONAME;
    }
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->sin_port =
        htons((uint16_t)(service ? strtoul(service, NULL, 10) : 0));
    info->ai_family = AF_INET;
    info->ai_socktype = SOCK_STREAM;
    info->ai_addrlen = sizeof *address;
    info->ai_addr = (struct sockaddr *)address;
    *found = info;
    return 0;
}

__attribute__((visibility("default"))) void freeaddrinfo(struct addrinfo *info)
{
    free(info->ai_addr);
    free(info);
}

/* ---- routes ---- */

static enum after_answer picture(const struct request *request)
{
    say(request->fd, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"
                     "\x89PNG\r\n\x1a\n");
    return KEEP;
}

static enum after_answer moved(const struct request *request)
{
    static const char *const locations[] = {
        "302 Found\r\nLocation: /b?x=1&y=%2f",
        "307 X\r\nLocation: https://b.test/c?d",
        "301 X\r\nLocation: file:///etc/passwd"};
    const char *number = strstr(request->text, "/moved/") + 7;

    say(request->fd, "HTTP/1.1 %s\r\nContent-Length: 6\r\n\r\n<html>",
        locations[*number - '0']);
    return CLOSE;
}

static const struct route ROUTES[] = {{"/picture", picture},
                                      {"/moved/", moved},
                                      {"http://93.184.215.14/", picture}};

static const struct route *find_route(const char *target)
{
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++)
        if (strncmp(target, ROUTES[i].path, strlen(ROUTES[i].path)) == 0)
            return &ROUTES[i];
    return NULL;
}

/* ---- tests ---- */

static void test_redirects(struct rig *rig)
{
    char here[100];

    snprintf(here, sizeof here, "http://127.0.0.1:%d/b?x=1&y=%%2f",
             server.port);
    const char *const rows[][2] = {
        {"/moved/0", here},
        {"/moved/1", "https://b.test/c?d"},
        {"/moved/2", "file:///etc/passwd"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i][0];
        run_rig(rig, new_order(rows[i][0], true));
        CHECK_EQ(requests_seen(), 1);
        CHECK_TEXT(rig->file ? rig->file->location : NULL, rows[i][1]);
        CHECK(!exists(rig_path) && has_no_part());
    }
}

static struct lx_download_order *guarded_order(const char *target)
{
    struct lx_download_order *order = new_order(target, false);

    order->allow_private = false;
    return order;
}

static int connections_seen(void)
{
    return server_count(&server, &server.connections);
}

static void test_private_addresses(struct rig *rig)
{
    static const char *const urls[] = {
        "http://127.0.0.1:%d/picture", "http://localhost:%d/picture",
        "http://127.1:%d/picture",     "http://2130706433:%d/picture",
        "http://0x7f.1:%d/picture",    "http://[::ffff:127.0.0.1]:%d/picture",
        "http://[::1]:%d/picture",     "http://0.0.0.0:%d/picture",
        "http://169.254.169.254/%d",   "http://rebind.test:%d/picture",
    };
    char url[100];

    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        snprintf(url, sizeof url, urls[i], server.port);
        check_row = urls[i];
        run_rig(rig, guarded_order(url));
        expect_error(rig, LX_KIND_DOWNLOAD, 0, "allow_download");
        CHECK_EQ(connections_seen(), 0);
    }
    check_row = "a connection that another download was allowed to open";
    snprintf(url, sizeof url, "http://rebind.test:%d/picture", server.port);
    run_rig(rig, new_order(url, false));
    CHECK(rig->file != NULL);
    run_rig(rig, new_order(url, false));
    CHECK_EQ(requests_seen(), 1);
    CHECK_EQ(connections_seen(), 0); /* reused: the row means something */
    run_rig(rig, guarded_order(url));
    expect_error(rig, LX_KIND_DOWNLOAD, 0, "allow_download");
}

static void test_proxy(struct rig *rig)
{
    char proxy[100], all[] = "*";
    char beside[] = "93.184.215.14,127.0.0.1";

    check_row = "a proxy may be on this machine";
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", server.port);
    rig->config.http.http_proxy = proxy;
    run_rig(rig, guarded_order("http://93.184.215.14/a"));
    CHECK_EQ(requests_seen(), 1);
    CHECK(rig->file != NULL);
    check_row = "but what is behind it may not";
    run_rig(rig, guarded_order("http://10.0.0.1/a"));
    expect_error(rig, LX_KIND_DOWNLOAD, 0, "allow_download");
    check_row = "nor what is on its port, where it is not used";
    rig->config.http.no_proxy = beside;
    run_rig(rig, guarded_order("http://rebind.test:1/picture"));
    CHECK(requests_seen() > 0);
    CHECK(rig->file == NULL); /* asked of the proxy, which has none */
    rig->config.http.no_proxy = all;
    char url[100];
    snprintf(url, sizeof url, "http://rebind.test:%d/picture", server.port);
    run_rig(rig, guarded_order(url));
    expect_error(rig, LX_KIND_DOWNLOAD, 0, "allow_download");
    CHECK_EQ(connections_seen(), 0);
    rig->config.http.http_proxy = rig->config.http.no_proxy = NULL;
    check_row = "none, whatever the environment says";
    CHECK_EQ(setenv("http_proxy", "http://127.0.0.1:9", 1), 0);
    run_rig(rig, new_order("/picture", false));
    CHECK(rig->file != NULL);
    CHECK_EQ(unsetenv("http_proxy"), 0);
}

static void test_plain_http(struct rig *rig)
{
    struct lx_download_order *order = new_order("/picture", true);

    check_row = "http: not allowed";
    order->allow_http = false;
    run_rig(rig, order);
    expect_error(rig, LX_KIND_DOWNLOAD, 0, "allow_http");
    CHECK(has_no_part());
}

int main(void)
{
    struct rig rig;

    CHECK(lx_global_init());
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    start_server();
    open_rig(&rig);
    test_redirects(&rig);
    test_private_addresses(&rig);
    test_proxy(&rig);
    test_plain_http(&rig);
    check_row = "the end";
    close_rig(&rig);
    stop_server();
    return check_report("download_guard");
}
