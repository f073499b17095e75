/* config.c: see config.h. */
#include "engine/config.h"

#include <stdlib.h>
#include <string.h>

void lx_config_deinit(struct lx_config *config)
{
    lx_http_config_deinit(&config->http);
    free(config->durations);
    free(config->place);
    free(config->origin);
    memset(config, 0, sizeof *config);
}
