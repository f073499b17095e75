/* exchange_common.c: what the API's requests have in common, built once per
 * client: header lines and addresses. See exchange.h. */
#include "http/exchange.h"

#include "api/api_url.h"
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

/* False when out of memory. *url stays NULL for a base that libcurl cannot
 * read: it reports that itself when asked to go there. */
static bool parse_url(CURLU **url, const char *base, const char *path)
{
    size_t room = strlen(base) + strlen(path) + 1;
    char *text = malloc(room);

    if (!text)
        return false;
    snprintf(text, room, "%s%s", base, path);
    CURLU *parsed = curl_url();
    CURLUcode code = parsed ? curl_url_set(parsed, CURLUPART_URL, text, 0)
                            : CURLUE_OUT_OF_MEMORY;
    free(text);
    if (code == CURLUE_OK)
        *url = parsed;
    else
        curl_url_cleanup(parsed);
    return code != CURLUE_OUT_OF_MEMORY;
}

static bool parse_pages(struct lx_exchange_common *common, const char *base_url)
{
    bool is_parsed = true;

    for (int page = LX_API_PAGE_NONE + 1; page < LX_API_PAGE_COUNT; page++)
        is_parsed =
            is_parsed && parse_url(&common->page_urls[page], base_url,
                                   lx_api_page_path((enum lx_api_page)page));
    return is_parsed;
}

bool lx_exchange_common_init(struct lx_exchange_common *common,
                             const struct lx_http_config *config)
{
    struct lx_url url;

    memset(common, 0, sizeof *common);
    if (lx_url_parse(config->base_url, &url))
        common->proxy = lx_proxy_for(config, &url);
    return build_headers(common, config) &&
           parse_url(&common->create_url, config->base_url,
                     LX_API_CREATE_PATH) &&
           parse_url(&common->record_url, config->base_url,
                     LX_API_RECORD_PATH) &&
           parse_pages(common, config->base_url);
}

void lx_exchange_common_deinit(struct lx_exchange_common *common)
{
    curl_slist_free_all(common->create_headers);
    curl_slist_free_all(common->query_headers);
    curl_url_cleanup(common->create_url);
    curl_url_cleanup(common->record_url);
    for (int page = LX_API_PAGE_NONE + 1; page < LX_API_PAGE_COUNT; page++)
        curl_url_cleanup(common->page_urls[page]);
    memset(common, 0, sizeof *common);
}
