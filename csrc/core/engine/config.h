/* config.h: what a client was opened with. Built and checked before the I/O
 * thread starts, read-only after: any thread may read. */
#pragma once

#include "pace/backoff.h"
#include "pace/cadence.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lx_config {
    char *base_url; /* owned, no trailing slash */
    char *api_key;  /* owned, goes to base_url's origin only */
    char *proxy;    /* owned; NULL: as in the environment, "": none */
    char *ca_file;  /* owned or NULL */
    char *user_agent;
    char *durations; /* owned: what was learned before, JSON; or NULL */
    int64_t timeout_ms;
    int64_t connect_timeout_ms;
    int max_connections;
    int max_downloads;
    double max_requests_per_second; /* 0: no limit */
    size_t max_body_bytes;
    struct lx_backoff_policy retry;
    struct lx_cadence cadence;
    bool wants_log;
};

/* Free all texts of `config`, not the struct itself. */
void lx_config_deinit(struct lx_config *config);
