/* url.c: see url.h. */
#include "http/url.h"

#include "base/text.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* The scheme and what separates it from the host; NULL for others. */
static const char *behind_scheme(const char *text, bool *is_https)
{
    size_t length = strlen(text);

    *is_https = lx_text_starts(text, length, "https://");
    if (*is_https)
        return text + strlen("https://");
    return lx_text_starts(text, length, "http://") ? text + strlen("http://")
                                                   : NULL;
}

static bool has_part(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    CURLUcode code = curl_url_get(parsed, part, &text, 0);

    curl_free(text);
    return code == CURLUE_OK;
}

static bool read_host(CURLU *parsed, struct lx_url *url)
{
    char *host = NULL;
    bool is_read = curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK;
    size_t length = is_read ? strlen(host) : 0;

    is_read = length > 0 && length < sizeof url->host;
    for (size_t i = 0; is_read && i <= length; i++)
        url->host[i] = lx_text_lower(host[i]);
    curl_free(host);
    return is_read;
}

static bool read_port(CURLU *parsed, struct lx_url *url)
{
    char *port = NULL;

    if (curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) ==
        CURLUE_OK)
        url->port = (unsigned)strtoul(port, NULL, 10);
    curl_free(port);
    return url->port >= 1 && url->port <= 65535;
}

bool lx_url_parse(const char *text, struct lx_url *url)
{
    memset(url, 0, sizeof *url);
    const char *host = behind_scheme(text, &url->is_https);
    if (!host || *host == '/') /* libcurl would take the path for a host */
        return false;
    CURLU *parsed = curl_url();
    bool is_read = parsed &&
                   curl_url_set(parsed, CURLUPART_URL, text, 0) == CURLUE_OK &&
                   !has_part(parsed, CURLUPART_USER) &&
                   !has_part(parsed, CURLUPART_PASSWORD) &&
                   read_host(parsed, url) && read_port(parsed, url);
    curl_url_cleanup(parsed);
    return is_read;
}

char *lx_url_clean(const char *text)
{
    size_t length = strlen(text), spaces = 0;
    bool is_https;
    const char *at = behind_scheme(text, &is_https);

    for (size_t i = 0; i < length; i++)
        spaces += text[i] == ' ';
    char *out = malloc(length + 2 * spaces + 1), *end = out;
    if (!out)
        return NULL;
    size_t head = at ? (size_t)(at - text) + strcspn(at, "/?#") : length;
    memcpy(end, text, head);
    end += head;
    for (at = text + head; *at; at++) {
        if (*at != ' ') {
            *end++ = *at;
            continue;
        }
        memcpy(end, "%20", 3);
        end += 3;
    }
    *end = '\0';
    return out;
}
