/* cutting_proxy.h: between a client and the server of postgres_server.h: passes
 * all on until it is told to fail at the next COMMIT. A thread of its own. */
#pragma once

#include "postgres_server.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#define PROXY_PAIRS 16

enum proxy_fault {
    PROXY_PASSES,
    PROXY_LOSES_COMMIT, /* it does not reach the server, which hears so */
    PROXY_HANGS_COMMIT, /* it does not, and the server hears so later */
    PROXY_LOSES_ANSWER, /* it is carried out, and the client never learns it */
    PROXY_CUTS          /* at once, whatever goes on */
};

struct proxy_pair {
    int client, server; /* -1: closed */
    bool drops;         /* what the server still says */
    long long close_ms; /* when the server's end goes; 0: never */
};

static struct {
    int listener, port;
    pthread_t thread;
    atomic_int fault, is_over;
    atomic_int is_shut;    /* no connection comes through */
    atomic_int shuts_then; /* after the next fault */
    struct proxy_pair pairs[PROXY_PAIRS];
} proxy;

static inline void proxy_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static inline int loopback_socket(int port, bool listens)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    struct sockaddr *any = (struct sockaddr *)&address;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if ((listens ? bind(fd, any, sizeof address) || listen(fd, 16)
                 : connect(fd, any, sizeof address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static inline void proxy_accept(void)
{
    int client = accept4(proxy.listener, NULL, NULL, SOCK_CLOEXEC);

    for (int i = 0; i < PROXY_PAIRS; i++) {
        struct proxy_pair *pair = &proxy.pairs[i];
        if (pair->client >= 0 || pair->server >= 0)
            continue;
        *pair = (struct proxy_pair){
            .client = client, .server = loopback_socket(server.port, false)};
        if (pair->server < 0 || atomic_load(&proxy.is_shut)) {
            proxy_close(&pair->client);
            proxy_close(&pair->server);
        }
        return;
    }
    close(client);
}

static inline bool holds(const char *bytes, ssize_t length, const char *word)
{
    return length > 0 && memmem(bytes, (size_t)length, word, strlen(word));
}

/* The COMMIT that was waited for: false where it goes no further. */
static inline bool proxy_fail(struct proxy_pair *pair)
{
    enum proxy_fault fault =
        (enum proxy_fault)atomic_exchange(&proxy.fault, PROXY_PASSES);

    atomic_store(&proxy.is_shut, atomic_exchange(&proxy.shuts_then, 0));
    if (fault == PROXY_LOSES_ANSWER) {
        pair->drops = true;
        return true;
    }
    proxy_close(&pair->client);
    if (fault == PROXY_HANGS_COMMIT)
        pair->close_ms = clock_ms() + 500;
    else
        proxy_close(&pair->server);
    return false;
}

/* From one end to the other; an end that closes takes the other along. */
static inline void proxy_pass(struct proxy_pair *pair, int *from, int *to)
{
    static char bytes[100000];
    ssize_t length = read(*from, bytes, sizeof bytes);

    if (length <= 0) {
        proxy_close(&pair->client);
        proxy_close(&pair->server);
        return;
    }
    if (from == &pair->server && pair->drops) {
        proxy_close(&pair->client); /* answered: it is committed */
        proxy_close(&pair->server);
        return;
    }
    if (from == &pair->client && atomic_load(&proxy.fault) != PROXY_PASSES &&
        holds(bytes, length, "COMMIT") && !proxy_fail(pair))
        return;
    if (*to >= 0 && send(*to, bytes, (size_t)length, MSG_NOSIGNAL) < 0)
        proxy_close(to);
}

static inline void proxy_cut(void)
{
    for (int i = 0; i < PROXY_PAIRS; i++) {
        proxy_close(&proxy.pairs[i].client);
        proxy_close(&proxy.pairs[i].server);
    }
}

static inline void proxy_turn(void)
{
    struct pollfd polled[1 + 2 * PROXY_PAIRS] = {
        {.fd = proxy.listener, .events = POLLIN}};

    for (int i = 0; i < PROXY_PAIRS; i++) {
        struct proxy_pair *pair = &proxy.pairs[i];
        if (pair->close_ms && clock_ms() >= pair->close_ms) {
            proxy_close(&pair->server);
            pair->close_ms = 0;
        }
        polled[1 + 2 * i] =
            (struct pollfd){.fd = pair->client, .events = POLLIN};
        polled[2 + 2 * i] =
            (struct pollfd){.fd = pair->server, .events = POLLIN};
    }
    poll(polled, 1 + 2 * PROXY_PAIRS, 10);
    if (polled[0].revents)
        proxy_accept();
    for (int i = 0; i < PROXY_PAIRS; i++) {
        struct proxy_pair *pair = &proxy.pairs[i];
        if (polled[1 + 2 * i].revents && pair->client >= 0 &&
            pair->client == polled[1 + 2 * i].fd)
            proxy_pass(pair, &pair->client, &pair->server);
        if (polled[2 + 2 * i].revents && pair->server >= 0 &&
            pair->server == polled[2 + 2 * i].fd)
            proxy_pass(pair, &pair->server, &pair->client);
    }
}

static inline void *proxy_run(void *argument)
{
    while (!atomic_load(&proxy.is_over)) {
        int cuts = PROXY_CUTS;
        if (atomic_compare_exchange_strong(&proxy.fault, &cuts, PROXY_PASSES))
            proxy_cut();
        proxy_turn();
    }
    return argument;
}

static inline void proxy_start(void)
{
    for (int i = 0; i < PROXY_PAIRS; i++)
        proxy.pairs[i].client = proxy.pairs[i].server = -1;
    proxy.port = free_port();
    proxy.listener = loopback_socket(proxy.port, true);
    CHECK(proxy.listener >= 0);
    CHECK_EQ(pthread_create(&proxy.thread, NULL, proxy_run, NULL), 0);
}

static inline void proxy_stop(void)
{
    atomic_store(&proxy.is_over, 1);
    pthread_join(proxy.thread, NULL);
    proxy_cut();
    close(proxy.listener);
}

/* The same place, by the proxy. */
static inline void proxy_url(char *out, size_t capacity, const char *url)
{
    snprintf(out, capacity, "postgres://liangxin@127.0.0.1:%d/%s", proxy.port,
             strrchr(url, '/') + 1);
}

/* Cut all connections, and wait until that is done. */
static inline void proxy_cut_now(void)
{
    atomic_store(&proxy.fault, PROXY_CUTS);
    while (atomic_load(&proxy.fault) == PROXY_CUTS)
        pause_ms(1);
}
