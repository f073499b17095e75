/* errors.c: say what went wrong; see postgres_store.h. */
#include "postgres_store.h"

#include "base/secret.h"

#include <stdio.h>
#include <string.h>

#define WORDS(suffix, words) words,
static const char *const STATUS_WORDS[] = {LX_STORE_STATUS_MAP(WORDS)};
#undef WORDS

enum lx_store_status lx_postgres_fail(struct lx_store *store,
                                      enum lx_store_status status,
                                      const char *detail)
{
    char *text = store->error.text;

    store->error.status = status;
    snprintf(text, sizeof store->error.text, "%s: %s%s%s", store->shown,
             STATUS_WORDS[status], detail ? " (PostgreSQL: " : "",
             detail ? detail : "");
    for (int i = 0; i < 2; i++)
        if (store->secrets[i])
            lx_secret_mask(text, store->secrets[i]);
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '\n')
        text[--length] = '\0';
    if (detail && length < sizeof store->error.text - 1)
        memcpy(text + length, ")", 2);
    for (; *text; text++)
        if (*text == '\n' || *text == '\t')
            *text = ' ';
    return status;
}

enum lx_store_status lx_sql_refuse(struct lx_store *store,
                                   enum lx_store_status status)
{
    return lx_postgres_fail(store, status, NULL);
}

/* The beginning of a SQLSTATE; the first that fits counts. */
static const struct {
    const char *code;
    enum lx_store_status status;
} CODES[] = {
    {"08", LX_STORE_LOST},       {"57P0", LX_STORE_LOST},
    {"25P03", LX_STORE_LOST},    {"53300", LX_STORE_LOST},
    {"28", LX_STORE_DENIED},     {"42501", LX_STORE_DENIED},
    {"3D000", LX_STORE_MISSING}, {"23505", LX_STORE_EXISTS},
    {"40", LX_STORE_BUSY},       {"55P03", LX_STORE_BUSY},
    {"57014", LX_STORE_BUSY},    {"53100", LX_STORE_FULL},
    {"53", LX_STORE_MEMORY},     {"25006", LX_STORE_READ_ONLY},
    {"XX00", LX_STORE_CORRUPT},  {"58", LX_STORE_FAULT},
};

/* A pooler that was not seen: its servers know nothing of what another one has
 * prepared. */
static bool lacks_statement(const char *code)
{
    return strcmp(code, "26000") == 0 || strcmp(code, "42P05") == 0;
}

enum lx_store_status lx_postgres_fault(struct lx_store *store,
                                       const PGresult *result)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    enum lx_store_status status = code ? LX_STORE_OTHER : LX_STORE_LOST;

    for (size_t i = 0; code && i < sizeof CODES / sizeof *CODES; i++)
        if (strncmp(code, CODES[i].code, strlen(CODES[i].code)) == 0) {
            status = CODES[i].status;
            break;
        }
    if (code && lacks_statement(code)) {
        store->is_pooled = true;
        status = LX_STORE_LOST;
    }
    if (!words)
        words = PQerrorMessage(store->db);
    lx_postgres_fail(store, status, words && *words ? words : NULL);
    if (status == LX_STORE_LOST || PQstatus(store->db) != CONNECTION_OK)
        lx_postgres_disconnect(store);
    return status;
}
