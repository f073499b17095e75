/* http_config.c: see http_config.h. */
#include "http/http_config.h"

#include <stdlib.h>
#include <string.h>

void lx_http_config_deinit(struct lx_http_config *config)
{
    /* the key need not stay readable in freed memory */
    if (config->api_key)
        memset(config->api_key, 0, strlen(config->api_key));
    free(config->base_url);
    free(config->api_key);
    free(config->http_proxy);
    free(config->https_proxy);
    free(config->no_proxy);
    free(config->ca_file);
    free(config->user_agent);
    memset(config, 0, sizeof *config);
}
