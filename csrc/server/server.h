/* server.h: the listener on 127.0.0.1 and the three threads behind it (HTTP,
 * painter, poster). Knows libmicrohttpd; knows neither gd nor Lua. */
#pragma once

#include <stddef.h>

struct lx_server;

struct lx_server_setup {
    int port;              /* 0: any free one */
    size_t body_max_bytes; /* larger request bodies are answered 413 */
    const char *path, *cpath, *config; /* see lx_service_setup */
};

/* Listen and answer, from threads of its own. NULL, with `error` filled, when
 * the port is taken or the service's Lua cannot be loaded. */
struct lx_server *lx_server_start(const struct lx_server_setup *setup,
                                  char *error, size_t error_bytes);

/* Once, when the module is loaded. */
void lx_server_prepare(void);

int lx_server_port(const struct lx_server *server);

/* See lx_service_report(). Any thread; NULL in a forked child. */
char *lx_server_report(struct lx_server *server, size_t *length);

/* Close the port, join the threads, release everything. In a forked child,
 * where the threads do not exist, nothing is done. NULL is fine. */
void lx_server_stop(struct lx_server *server);
