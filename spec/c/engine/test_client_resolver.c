/* Closing while the resolver hangs: the name server is asked on a thread of
 * libcurl's, and nothing waits for it. getaddrinfo is ours here. */
#include "../check.h"
#include "download/order.h"
#include "engine/client.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int asked;
static atomic_int given_up;
static atomic_bool may_give_up;

__attribute__((visibility("default"))) int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
            struct addrinfo **result);
int getaddrinfo(const char *node, const char *service,
                const struct addrinfo *hints, struct addrinfo **result)
{
    (void)node;
    (void)service;
    (void)hints;
    *result = NULL;
    atomic_fetch_add(&asked, 1);
    while (!atomic_load(&may_give_up))
        usleep(1000);
    atomic_fetch_add(&given_up, 1);
    return EAI_AGAIN;
}

static char *copy_of(const char *text)
{
    return lx_text_duplicate(text, strlen(text));
}

static struct lx_client *open_client(void)
{
    struct lx_config config = {
        .http.base_url = copy_of("https://nowhere.example"),
        .http.api_key = copy_of("sk-test"),
        .http.user_agent = copy_of("test"),
        .http.timeout_ms = 60000,
        .http.connect_timeout_ms = 60000,
        .http.max_connections = 4,
        .http.max_downloads = 1,
        .http.max_body_bytes = 1 << 20,
        .retry = {.attempts = 1, .base_ms = 10, .max_ms = 10}};

    return lx_client_new(&config);
}

static void create(struct lx_client *client, uint64_t id)
{
    struct lx_command *command = lx_command_new(LX_COMMAND_CREATE, id);

    command->text = copy_of("{}");
    command->text_length = 2;
    command->deadline_ms = 60000;
    CHECK_EQ(lx_client_submit(client, command), LX_KIND_NONE);
}

static void download(struct lx_client *client, uint64_t id)
{
    struct lx_command *command = lx_command_new(LX_COMMAND_DOWNLOAD, id);

    command->download = calloc(1, sizeof *command->download);
    command->download->url = copy_of("https://nowhere.example/1.png");
    command->download->max_bytes = 1 << 20;
    command->download->stall_ms = 60000;
    CHECK_EQ(lx_client_submit(client, command), LX_KIND_NONE);
}

static void test_close(const char *row,
                       void (*begin)(struct lx_client *client, uint64_t id),
                       int questions)
{
    struct lx_client *client = open_client();
    int asked_before = atomic_load(&asked);
    int given_up_before = atomic_load(&given_up);

    check_row = row;
    CHECK(client != NULL);
    for (uint64_t id = 1; id <= 4; id++)
        begin(client, id);
    while (atomic_load(&asked) == asked_before && !lx_client_has_events(client))
        usleep(1000);
    CHECK_EQ(atomic_load(&asked), asked_before + questions);
    lx_client_free(client); /* would never end if it waited for the resolver */
    CHECK_EQ(atomic_load(&given_up), given_up_before);
}

int main(void)
{
    test_close("creates", create, 1);
    test_close("a download", download, 1);
    atomic_store(&may_give_up, true);
    while (atomic_load(&given_up) <
           atomic_load(&asked)) /* so that nothing is running at exit */
        usleep(1000);
    return check_report("client_resolver");
}
