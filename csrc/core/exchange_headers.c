/* exchange_headers.c: the header lines of the API's requests, built once per
 * client. See exchange.h. */
#include "exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool append_header(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);

    if (longer)
        *list = longer;
    return longer != NULL;
}

/* "name: value" as one line of the list. */
static bool append_field(struct curl_slist **list, const char *name,
                         const char *value)
{
    size_t room = strlen(name) + strlen(value) + sizeof ": ";
    char *line = malloc(room);

    if (!line)
        return false;
    snprintf(line, room, "%s: %s", name, value);
    bool appended = append_header(list, line);
    free(line);
    return appended;
}

/* What this libcurl can decode. */
static const char *encodings(void)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    bool has_brotli = (info->features & CURL_VERSION_BROTLI) != 0;
    bool has_gzip = (info->features & CURL_VERSION_LIBZ) != 0;

    if (has_gzip)
        return has_brotli ? "gzip, br" : "gzip";
    return has_brotli ? "br" : "identity";
}

/* libcurl formats the headers that it makes itself twice, character by
 * character, in every request: all that can be are lines of ours. */
static bool append_common(struct curl_slist **list,
                          const struct lx_config *config, const char *bearer)
{
    return append_field(list, "Authorization", bearer) &&
           append_field(list, "User-Agent", config->user_agent) &&
           append_field(list, "Accept-Encoding", encodings());
}

bool lx_exchange_headers_init(struct lx_exchange_headers *headers,
                              const struct lx_config *config)
{
    static const char scheme[] = "Bearer ";
    size_t room = strlen(config->api_key) + sizeof scheme;
    char *bearer = malloc(room);

    memset(headers, 0, sizeof *headers);
    if (!bearer)
        return false;
    snprintf(bearer, room, "%s%s", scheme, config->api_key);
    bool built =
        append_common(&headers->query, config, bearer) &&
        append_common(&headers->create, config, bearer) &&
        append_header(&headers->create, "Content-Type: application/json") &&
        /* a body that waits for "100 Continue" may be sent after all */
        append_header(&headers->create, "Expect:");
    free(bearer);
    return built;
}

void lx_exchange_headers_deinit(struct lx_exchange_headers *headers)
{
    curl_slist_free_all(headers->create);
    curl_slist_free_all(headers->query);
    memset(headers, 0, sizeof *headers);
}
