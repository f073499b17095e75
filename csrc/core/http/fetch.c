/* fetch.c: see fetch.h. */
#include "http/fetch.h"

#include "base/text.h"
#include "http/coding.h"
#include "http/proxy.h"
#include "http/url.h"
#include "os/address.h"
#include "os/socket.h"

#include <assert.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECEIVE_BYTES (256L * 1024)

/* A packed body may unpack to this, and to more only in this ratio, so that no
 * answer keeps the thread. */
#define UNPACKED_FREE      (16u << 20)
#define UNPACKED_RATIO_MAX 100

static const char PRIVATE_WORDS[] =
    "its URL leads to %s: refused, unless allow_download allows that URL";

struct lx_fetch {
    struct lx_transfer transfer; /* first: on_end finds the fetch by it */
    struct lx_http *http;
    struct lx_fetch_request request;
    const struct lx_fetch_events *events;
    void *argument;
    struct curl_slist *lines; /* of the request; NULL: none */
    struct lx_reply_head head;
    struct lx_coding coding;
    size_t head_bytes;
    uint64_t unpacked; /* bytes of an encoded body so far */
    const char *fault; /* why the answer is refused; NULL: it is not */
    bool is_raw;       /* libcurl unpacks nothing */
    bool wants_raw;    /* the GET under way ends, and begins again as such */
    char *url;         /* owned: the request's, without spaces */
    bool has_proxy;    /* every connection goes to it */
    bool is_running;
    enum lx_address refused;     /* in the present GET; PUBLIC: none */
    char words[CURL_ERROR_SIZE]; /* libcurl writes a failure here */
};

/* ---- addresses ---- */

/* A proxy may well be on this machine or network: where one is used, every
 * connection goes to it. It resolves names, and guards what is behind it. */
static bool may_connect(struct lx_fetch *fetch, enum lx_address address)
{
    if (fetch->request.allow_private || fetch->has_proxy ||
        address == LX_ADDRESS_PUBLIC)
        return true;
    fetch->refused = address;
    return false;
}

/* The one place through which every new connection goes, after the name was
 * resolved: an answer of DNS that changes between check and use is no way in.
 */
static curl_socket_t on_open_socket(void *userdata, curlsocktype purpose,
                                    struct curl_sockaddr *address)
{
    uint8_t ip[LX_IP_BYTES_MAX];
    unsigned port = 0;
    size_t ip_length =
        lx_socket_address(&address->addr, address->addrlen, ip, &port);

    (void)purpose;
    if (!may_connect(userdata, lx_address_of_ip(ip, ip_length)))
        return CURL_SOCKET_BAD;
    return (curl_socket_t)lx_socket_open(address->family, address->socktype,
                                         address->protocol);
}

#if LIBCURL_VERSION_NUM >= 0x075000
/* The connection may have been opened by a request that was allowed more. */
static int on_request(void *userdata, char *ip, char *local_ip, int port,
                      int local_port)
{
    (void)local_ip;
    (void)port;
    (void)local_port;
    return may_connect(userdata, lx_address_of_host(ip))
               ? CURL_PREREQFUNC_OK
               : CURL_PREREQFUNC_ABORT;
}
#endif

bool lx_fetch_check(const struct lx_fetch *fetch, struct lx_error *error)
{
    struct lx_url url;
    enum lx_address address = LX_ADDRESS_PUBLIC;
    size_t length = strlen(fetch->url);

    if (!lx_text_starts(fetch->url, length, "https:") &&
        !lx_text_starts(fetch->url, length, "http:")) {
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "not downloaded: its URL is neither https: nor http:");
        return false;
    }
    if (!lx_url_parse(fetch->url, &url)) {
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "not downloaded: its URL cannot be read");
        return false;
    }
    if (!url.is_https && !fetch->request.allow_http) {
        lx_error_set(error, LX_KIND_DOWNLOAD,
                     "not downloaded: its URL is http:, which anybody on the "
                     "way can read and change (allow_http permits it)");
        return false;
    }
    if (!fetch->request.allow_private)
        address = lx_address_of_host(url.host);
    if (address == LX_ADDRESS_PUBLIC)
        return true;
    char words[CURL_ERROR_SIZE];
    snprintf(words, sizeof words, PRIVATE_WORDS, lx_address_words(address));
    lx_error_set(error, LX_KIND_DOWNLOAD, "not downloaded: %s", words);
    return false;
}

/* ---- what libcurl tells ---- */

/* libcurl takes a stray word for a coding that it does not know. */
static bool take_head(struct lx_fetch *fetch)
{
    fetch->wants_raw = fetch->coding.has_stray && !fetch->is_raw;
    return !fetch->wants_raw &&
           fetch->events->on_head(fetch->argument, &fetch->head);
}

static size_t on_file_header(char *line, size_t size, size_t count,
                             void *userdata)
{
    struct lx_fetch *fetch = userdata;
    size_t length = size * count;
    bool was_complete = fetch->head.is_complete;

    fetch->head_bytes += length;
    if (fetch->head_bytes > LX_HEAD_BYTES_MAX)
        return 0;
    if (!lx_coding_line(&fetch->coding, line, length)) {
        fetch->fault = "its content is packed more than once, or in transfer";
        return 0;
    }
    lx_reply_head_line(&fetch->head, line, length);
    if (fetch->head.is_complete && !was_complete && !take_head(fetch))
        return 0;
    return length;
}

/* Whether the body unpacks to far more than a picture or clip ever does. */
static bool is_bomb(struct lx_fetch *fetch, size_t length)
{
    curl_off_t packed = 0;

    if (!fetch->head.is_encoded)
        return false;
    fetch->unpacked += length;
    curl_easy_getinfo(fetch->transfer.easy, CURLINFO_SIZE_DOWNLOAD_T, &packed);
    return fetch->unpacked > UNPACKED_FREE &&
           fetch->unpacked / UNPACKED_RATIO_MAX > (uint64_t)packed;
}

static size_t on_file_body(char *bytes, size_t size, size_t count,
                           void *userdata)
{
    struct lx_fetch *fetch = userdata;
    size_t length = size * count;

    if (is_bomb(fetch, length)) {
        fetch->fault = "its content unpacks to over a hundred times its size";
        return 0;
    }
    return fetch->events->on_bytes(fetch->argument, bytes, length) ? length : 0;
}

static void release_lines(struct lx_fetch *fetch)
{
    curl_easy_setopt(fetch->transfer.easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(fetch->lines);
    fetch->lines = NULL;
}

static bool send_get(struct lx_fetch *fetch)
{
    memset(&fetch->head, 0, sizeof fetch->head);
    memset(&fetch->coding, 0, sizeof fetch->coding);
    fetch->head_bytes = 0;
    fetch->unpacked = 0;
    fetch->fault = NULL;
    fetch->wants_raw = false;
    fetch->refused = LX_ADDRESS_PUBLIC;
    fetch->words[0] = '\0';
    fetch->is_running = lx_http_add(fetch->http, &fetch->transfer);
    return fetch->is_running;
}

static bool send_raw(struct lx_fetch *fetch)
{
    fetch->is_raw = true;
    curl_easy_setopt(fetch->transfer.easy, CURLOPT_ACCEPT_ENCODING, NULL);
    return send_get(fetch);
}

/* The reasons for which this file ended the GET, which libcurl cannot name. */
static void explain(struct lx_fetch *fetch, struct lx_fetch_end *end)
{
    if (fetch->refused != LX_ADDRESS_PUBLIC) {
        snprintf(fetch->words, sizeof fetch->words, PRIVATE_WORDS,
                 lx_address_words(fetch->refused));
        end->stage = LX_STAGE_CONNECT;
    } else if (fetch->fault) {
        snprintf(fetch->words, sizeof fetch->words, "%s", fetch->fault);
    } else {
        return;
    }
    end->kind = LX_KIND_DOWNLOAD;
    end->is_final = true;
}

static void on_transfer_end(struct lx_transfer *transfer, int curl_code)
{
    struct lx_fetch *fetch = (struct lx_fetch *)transfer;
    CURLcode code = (CURLcode)curl_code;

    fetch->is_running = false;
    /* A body that is not packed, although its head says so, fails at the first
     * byte: the caller gets the bytes as they are and checks them. */
    fetch->wants_raw |= code == CURLE_BAD_CONTENT_ENCODING && !fetch->is_raw &&
                        fetch->unpacked == 0;
    if (fetch->wants_raw) {
        if (send_raw(fetch))
            return;
        code = CURLE_OUT_OF_MEMORY;
    }
    struct lx_transfer_failure failure =
        lx_transfer_failure(transfer, (int)code);
    struct lx_fetch_end end = {.is_answered = code == CURLE_OK,
                               .is_memory_out = code == CURLE_OUT_OF_MEMORY,
                               .is_final = failure.is_final,
                               .kind = failure.is_answer ? LX_KIND_DOWNLOAD
                                                         : LX_KIND_NETWORK,
                               .stage = failure.stage};
    if (code == CURLE_BAD_CONTENT_ENCODING && fetch->unpacked == 0)
        fetch->fault = "its content is packed in an unknown way";
    if (code != CURLE_OK)
        explain(fetch, &end);
    end.words = *fetch->words ? fetch->words : curl_easy_strerror(code);
    if (code == CURLE_BAD_CONTENT_ENCODING && fetch->unpacked > 0) {
        end.words = "its packed content was damaged on the way";
        end.is_final = false;
    }
    release_lines(fetch);
    fetch->events->on_end(fetch->argument, &end);
}

/* ---- the handle ---- */

/* No timeout of the whole: a large file on a slow line is no fault. */
static bool set_options(struct lx_fetch *fetch,
                        const struct lx_http_config *config)
{
    CURL *easy = fetch->transfer.easy;

    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->words);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_file_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_file_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
#if LIBCURL_VERSION_NUM >= 0x075000
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, fetch);
#endif
    return curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_URL, fetch->url) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, config->user_agent) ==
               CURLE_OK;
}

static bool set_up(struct lx_fetch *fetch, const struct lx_http_config *config)
{
    struct lx_url url;
    const char *proxy = lx_url_parse(fetch->url, &url)
                            ? lx_proxy_for(config, &url)
                            : NULL; /* lx_fetch_check refuses it */

    fetch->has_proxy = proxy != NULL;
    return lx_transfer_init(&fetch->transfer, config, proxy,
                            fetch->request.allow_http) &&
           set_options(fetch, config);
}

struct lx_fetch *lx_fetch_new(struct lx_http *http,
                              const struct lx_fetch_request *request,
                              const struct lx_fetch_events *events,
                              void *argument)
{
    const struct lx_http_config *config = lx_http_config_of(http);
    struct lx_fetch *fetch = calloc(1, sizeof *fetch);

    if (!fetch)
        return NULL;
    fetch->http = http;
    fetch->request = *request;
    fetch->events = events;
    fetch->argument = argument;
    fetch->transfer.on_end = on_transfer_end;
    fetch->url = lx_url_clean(request->url);
    if (fetch->url && set_up(fetch, config))
        return fetch;
    lx_fetch_free(fetch);
    return NULL;
}

void lx_fetch_free(struct lx_fetch *fetch)
{
    if (!fetch)
        return;
    lx_fetch_stop(fetch);
    lx_transfer_deinit(&fetch->transfer);
    free(fetch->url);
    free(fetch);
}

static bool add_line(struct lx_fetch *fetch, const char *line)
{
    struct curl_slist *lines = curl_slist_append(fetch->lines, line);

    if (lines)
        fetch->lines = lines;
    return lines;
}

/* Plain header lines: with CURLOPT_RANGE libcurl would judge the answer. */
static bool ask_for_rest(struct lx_fetch *fetch, uint64_t first,
                         const char *validator)
{
    char line[256];

    snprintf(line, sizeof line, "Range: bytes=%" PRIu64 "-", first);
    if (!add_line(fetch, line))
        return false;
    snprintf(line, sizeof line, "If-Range: %s", validator);
    return add_line(fetch, line);
}

/* Nothing packed is asked for; what comes packed all the same is unpacked. */
static bool set_lines(struct lx_fetch *fetch, uint64_t first,
                      const char *validator)
{
    return add_line(fetch, "Accept-Encoding:") &&
           (first == 0 || ask_for_rest(fetch, first, validator)) &&
           curl_easy_setopt(fetch->transfer.easy, CURLOPT_HTTPHEADER,
                            fetch->lines) == CURLE_OK;
}

bool lx_fetch_start(struct lx_fetch *fetch, uint64_t first,
                    const char *validator)
{
    assert(!fetch->is_running);
    if (set_lines(fetch, first, validator) && send_get(fetch))
        return true;
    release_lines(fetch);
    return false;
}

void lx_fetch_stop(struct lx_fetch *fetch)
{
    if (!fetch->is_running)
        return;
    fetch->is_running = false;
    lx_http_remove(fetch->http, &fetch->transfer);
    release_lines(fetch);
}

char *lx_fetch_location(const struct lx_fetch *fetch)
{
    char *location = NULL;

    curl_easy_getinfo(fetch->transfer.easy, CURLINFO_REDIRECT_URL, &location);
    return location ? lx_text_duplicate(location, strlen(location)) : NULL;
}
