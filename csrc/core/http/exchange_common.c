/* exchange_common.c: what the API's requests have in common, built once per
 * client: header lines and addresses. See exchange.h. */
#include "http/exchange.h"

#include "base/text.h"
#include "http/proxy.h"
#include "http/url.h"

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

/* libcurl formats its own headers anew for each request, twice: all headers
 * that can be are given as lines. */
static bool append_common(struct curl_slist **list,
                          const struct lx_http_config *config,
                          const char *bearer)
{
    return append_field(list, "Authorization", bearer) &&
           append_field(list, "User-Agent", config->user_agent) &&
           append_field(list, "Accept-Encoding", encodings());
}

static bool build_headers(struct lx_exchange_common *common,
                          const struct lx_http_config *config)
{
    static const char scheme[] = "Bearer ";
    size_t room = strlen(config->api_key) + sizeof scheme;
    char *bearer = malloc(room);

    if (!bearer)
        return false;
    snprintf(bearer, room, "%s%s", scheme, config->api_key);
    bool built =
        append_common(&common->query_headers, config, bearer) &&
        append_common(&common->create_headers, config, bearer) &&
        append_header(&common->create_headers,
                      "Content-Type: application/json") &&
        /* a body that waits for "100 Continue" may be sent after all */
        append_header(&common->create_headers, "Expect:");
    free(bearer);
    return built;
}

/* As libcurl writes it, without the slash at its end; the text itself where
 * libcurl cannot read it, which reports that when asked to go there. False when
 * out of memory. */
static bool read_base(struct lx_exchange_common *common, const char *text)
{
    CURLU *origin = curl_url();
    CURLUcode code = origin ? curl_url_set(origin, CURLUPART_URL, text, 0)
                            : CURLUE_OUT_OF_MEMORY;
    char *clean = NULL;

    if (code == CURLUE_OK)
        code = curl_url_get(origin, CURLUPART_URL, &clean, 0);
    common->base =
        lx_text_duplicate(clean ? clean : text, strlen(clean ? clean : text));
    curl_free(clean);
    if (code == CURLUE_OK)
        common->origin = origin;
    else
        curl_url_cleanup(origin);
    return common->base && code != CURLUE_OUT_OF_MEMORY;
}

static void measure_base(struct lx_exchange_common *common)
{
    const char *base = common->base, *host = strstr(base, "://");
    size_t length = strlen(base);

    if (length > 0 && base[length - 1] == '/')
        length--;
    host = host ? host + strlen("://") : base;
    common->base_length = length;
    common->origin_length = (size_t)(host - base) + strcspn(host, "/");
}

bool lx_exchange_common_init(struct lx_exchange_common *common,
                             const struct lx_http_config *config)
{
    struct lx_url url;

    memset(common, 0, sizeof *common);
    if (lx_url_parse(config->base_url, &url))
        common->proxy = lx_proxy_for(config, &url);
    common->is_forwarded = common->proxy && !url.is_https;
    if (!read_base(common, config->base_url) || !build_headers(common, config))
        return false;
    measure_base(common);
    return true;
}

void lx_exchange_common_deinit(struct lx_exchange_common *common)
{
    curl_slist_free_all(common->create_headers);
    curl_slist_free_all(common->query_headers);
    curl_url_cleanup(common->origin);
    free(common->base);
    memset(common, 0, sizeof *common);
}
