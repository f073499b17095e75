/* transfer.c: see transfer.h. */
#if defined(__has_include)
#if !__has_include(<curl/curl.h>)
#error                                                                         \
    "libcurl headers are missing: apt-get install libcurl4-openssl-dev (Debian), dnf install libcurl-devel, brew install curl"
#endif
#endif
#include <curl/curl.h>

#include "http/transfer.h"

#include <stddef.h>

#if LIBCURL_VERSION_NUM < 0x074400
#error "libcurl 7.68 or newer is needed (curl_multi_wakeup)"
#endif

/* ---- set-up ---- */

static bool set_protocols(CURL *easy, bool allow_http)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                            allow_http ? "http,https" : "https") == CURLE_OK;
#else
    long protocols = CURLPROTO_HTTPS;

    if (allow_http)
        protocols |= CURLPROTO_HTTP;
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, protocols) == CURLE_OK;
#endif
}

/* Setting the list of hosts without proxy, to all or to none, keeps libcurl
 * from reading the environment. */
static bool set_proxy(CURL *easy, const char *proxy)
{
    return curl_easy_setopt(easy, CURLOPT_NOPROXY, proxy ? "" : "*") ==
               CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PROXY, proxy ? proxy : "") ==
               CURLE_OK;
}

bool lx_transfer_init(struct lx_transfer *transfer,
                      const struct lx_http_config *config, const char *proxy,
                      bool allow_http)
{
    CURL *easy = curl_easy_init();

    transfer->easy = easy;
    if (!easy)
        return false;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)config->connect_timeout_ms);
#if LIBCURL_VERSION_NUM >= 0x075700
    /* a thread that waits for a name server ends by itself */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
#ifdef CURLSSLOPT_REVOKE_BEST_EFFORT
    /* Schannel alone asks whether a certificate was revoked, and by itself
     * refuses all whose authority cannot be asked, such as a company's own */
    curl_easy_setopt(easy, CURLOPT_SSL_OPTIONS,
                     (long)CURLSSLOPT_REVOKE_BEST_EFFORT);
#endif
    /* without memory for these, a request would go another way than asked */
    return set_protocols(easy, allow_http) && set_proxy(easy, proxy) &&
           (!config->ca_file || curl_easy_setopt(easy, CURLOPT_CAINFO,
                                                 config->ca_file) == CURLE_OK);
}

void lx_transfer_deinit(struct lx_transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
}

/* ---- ends ---- */

/* X(libcurl's code, where it stands, is final, something arrived) */
#define CODE_MAP(X)                                                            \
    X(CURLE_URL_MALFORMAT, NONE, true, false)                                  \
    X(CURLE_OUT_OF_MEMORY, NONE, true, false)                                  \
    X(CURLE_COULDNT_RESOLVE_PROXY, RESOLVE, false, false)                      \
    X(CURLE_COULDNT_RESOLVE_HOST, RESOLVE, false, false)                       \
    X(CURLE_COULDNT_CONNECT, CONNECT, false, false)                            \
    X(CURLE_SSL_CONNECT_ERROR, TLS, false, false)                              \
    X(CURLE_SSL_CERTPROBLEM, TLS, true, false)                                 \
    X(CURLE_SSL_CIPHER, TLS, true, false)                                      \
    X(CURLE_PEER_FAILED_VERIFICATION, TLS, true, false)                        \
    X(CURLE_SSL_CACERT_BADFILE, TLS, true, false)                              \
    X(CURLE_SSL_ISSUER_ERROR, TLS, true, false)                                \
    X(CURLE_SSL_PINNEDPUBKEYNOTMATCH, TLS, true, false)                        \
    X(CURLE_SSL_INVALIDCERTSTATUS, TLS, true, false)                           \
    X(CURLE_SEND_ERROR, SEND, false, false)                                    \
    X(CURLE_SEND_FAIL_REWIND, SEND, false, false)                              \
    X(CURLE_ABORTED_BY_CALLBACK, RECEIVE, false, false)                        \
    X(CURLE_BAD_CONTENT_ENCODING, RECEIVE, true, true)                         \
    X(CURLE_PARTIAL_FILE, RECEIVE, false, true)                                \
    X(CURLE_WEIRD_SERVER_REPLY, RECEIVE, false, true)                          \
    /* bytes that are no HTTP, taken for HTTP/0.9, which is not spoken */      \
    X(CURLE_UNSUPPORTED_PROTOCOL, RECEIVE, false, true)

bool lx_transfer_is_sent(const struct lx_transfer *transfer)
{
    long bytes = 0, connect_status = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE,
                      &connect_status);
    if (connect_status != 0 && connect_status / 100 != 2)
        return false;
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes > 0;
}

static enum lx_stage stage_reached(const struct lx_transfer *transfer)
{
    curl_off_t resolved = 0, connected = 0;

    if (lx_transfer_is_sent(transfer))
        return LX_STAGE_RECEIVE;
    curl_easy_getinfo(transfer->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
    curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connected);
    if (!resolved)
        return LX_STAGE_RESOLVE;
    return connected ? LX_STAGE_TLS : LX_STAGE_CONNECT;
}

struct lx_transfer_failure
lx_transfer_failure(const struct lx_transfer *transfer, int curl_code)
{
    switch (curl_code) {
#define CODE_CASE(code, stage, is_final, is_answer)                            \
    case code:                                                                 \
        return (struct lx_transfer_failure){LX_STAGE_##stage, is_final,        \
                                            is_answer};
        CODE_MAP(CODE_CASE)
#undef CODE_CASE
    default:
        return (struct lx_transfer_failure){stage_reached(transfer), false,
                                            false};
    }
}
#undef CODE_MAP
