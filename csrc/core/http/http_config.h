/* http_config.h: what requests and downloads need to know of a client. Built
 * and checked before the I/O thread starts, read-only after. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Texts are owned and NUL-terminated. */
struct lx_http_config {
    char *base_url;    /* without a slash at its end */
    char *api_key;     /* goes to the origin of base_url only */
    char *http_proxy;  /* for http: URLs; NULL: none */
    char *https_proxy; /* for https: URLs; NULL: none */
    char *no_proxy; /* hosts that need none, as libcurl lists them; or NULL */
    char *ca_file;  /* NULL: libcurl's own */
    char *user_agent;
    int64_t timeout_ms;         /* of an API request */
    int64_t connect_timeout_ms; /* of any request */
    int max_connections;        /* for API requests */
    int max_downloads;
    size_t max_body_bytes; /* of the answer to an API request */
};

/* Free all texts of `config`, not the struct itself. */
void lx_http_config_deinit(struct lx_http_config *config);

#pragma GCC visibility pop
