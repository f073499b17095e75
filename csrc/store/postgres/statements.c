/* statements.c: run statements; see postgres_store.h. */
#include "postgres_store.h"

#include "os/clock.h"
#include "os/process.h"
#include "os/socket.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 20
#define HASH_BYTES    LX_IDENTITY_BYTES

/* Of pg_type.h */
#define OID_INT8  20
#define OID_TEXT  25
#define OID_BYTEA 17

/* ---- waiting for an answer ---- */

/* False when the connection is gone or silent. */
static bool await(struct lx_store *store)
{
    int64_t until_ms = lx_now_ms() + LX_POSTGRES_ANSWER_MS;
    int unsent;

    while ((unsent = PQflush(store->db)) > 0 || PQisBusy(store->db)) {
        int64_t left_ms = until_ms - lx_now_ms();
        if (unsent < 0 || left_ms <= 0)
            return false;
        lx_socket_wait(PQsocket(store->db), unsent > 0, (int)left_ms);
        if (PQconsumeInput(store->db) == 0)
            return false;
    }
    return unsent == 0;
}

/* Behind a pooler, those that another one's LISTEN asked for. */
static void drop_notifications(struct lx_store *store)
{
    PGnotify *notify;

    while ((notify = PQnotifies(store->db)))
        PQfreemem(notify);
}

static bool is_good(const PGresult *result)
{
    ExecStatusType type = PQresultStatus(result);

    return type == PGRES_TUPLES_OK || type == PGRES_COMMAND_OK;
}

/* All results of what was sent: *last is the last one, to be cleared also after
 * a fault; `was_sent`: what PQsend... said. */
static enum lx_store_status collect(struct lx_store *store, int was_sent,
                                    PGresult **last)
{
    enum lx_store_status status = LX_STORE_OK;
    PGresult *result;

    *last = NULL;
    while (was_sent && await(store) && (result = PQgetResult(store->db))) {
        PQclear(*last);
        *last = result;
        if (!is_good(result) && status == LX_STORE_OK)
            status = lx_postgres_fault(store, result);
        if (!store->db)
            return status;
    }
    if (!was_sent || PQtransactionStatus(store->db) == PQTRANS_ACTIVE ||
        PQstatus(store->db) != CONNECTION_OK) {
        if (status == LX_STORE_OK)
            status = lx_postgres_fault(store, NULL);
        lx_postgres_disconnect(store);
    } else {
        drop_notifications(store);
    }
    return status;
}

enum lx_store_status lx_postgres_script(struct lx_store *store,
                                        const char *text, PGresult **last)
{
    PGresult *result;
    enum lx_store_status status =
        collect(store, PQsendQuery(store->db, text), &result);

    if (last && status == LX_STORE_OK)
        *last = result;
    else
        PQclear(result);
    return status;
}

/* ---- statements with arguments ---- */

#define TEXT(suffix, text) [LX_SQL_##suffix] = (text),
static const char *const SQL_TEXTS[] = {LX_SQL_SHARED_MAP(TEXT)
                                            LX_SQL_OWN_MAP(TEXT)};
#undef TEXT

struct arguments {
    int count;
    Oid types[ARGUMENTS_MAX];
    const char *values[ARGUMENTS_MAX];
    int lengths[ARGUMENTS_MAX], formats[ARGUMENTS_MAX];
    unsigned char numbers[ARGUMENTS_MAX][8]; /* big-endian */
};

static void put_number(struct arguments *out, int i, int64_t number)
{
    for (int byte = 0; byte < 8; byte++)
        out->numbers[i][byte] =
            (unsigned char)((uint64_t)number >> (56 - 8 * byte));
    out->values[i] = (const char *)out->numbers[i];
    out->lengths[i] = 8;
}

static void gather(struct arguments *out, const char *types, va_list *list)
{
    for (out->count = 0; types[out->count]; out->count++) {
        int i = out->count;
        char type = types[i];
        out->formats[i] = type != 't';
        out->values[i] = NULL;
        out->lengths[i] = HASH_BYTES;
        out->types[i] = OID_INT8;
        if (type == 't') {
            out->types[i] = OID_TEXT;
            out->values[i] = va_arg(*list, const char *);
        } else if (type == 'h') {
            out->types[i] = OID_BYTEA;
            out->values[i] = va_arg(*list, const char *);
        } else {
            int64_t number = va_arg(*list, int64_t);
            if (type == 'i' || number != LX_MONEY_UNKNOWN)
                put_number(out, i, number);
        }
    }
}

/* Prepared once for each connection, unless a pooler is between. */
static enum lx_store_status send_prepared(struct lx_store *store, int sql,
                                          const struct arguments *given,
                                          PGresult **result)
{
    char name[16];
    enum lx_store_status status = LX_STORE_OK;

    snprintf(name, sizeof name, "lx%d", sql);
    *result = NULL;
    if (!store->is_prepared[sql]) {
        status = collect(store,
                         PQsendPrepare(store->db, name, SQL_TEXTS[sql],
                                       given->count, given->types),
                         result);
        PQclear(*result);
        *result = NULL;
        if (status != LX_STORE_OK)
            return status;
        store->is_prepared[sql] = true;
    }
    return collect(store,
                   PQsendQueryPrepared(store->db, name, given->count,
                                       given->values, given->lengths,
                                       given->formats, 1),
                   result);
}

/* What locks rows changes none. */
static bool is_reading(int sql)
{
    return strncmp(SQL_TEXTS[sql], "SELECT ", 7) == 0 ||
           strncmp(SQL_TEXTS[sql], "WITH RECURSIVE ", 15) == 0;
}

static enum lx_store_status run_once(struct lx_store *store, int sql,
                                     const struct arguments *given,
                                     PGresult **result)
{
    enum lx_store_status status = lx_postgres_ready(store);

    *result = NULL;
    if (status != LX_STORE_OK)
        return status;
    if (!store->is_pooled)
        status = send_prepared(store, sql, given, result);
    else
        status =
            collect(store,
                    PQsendQueryParams(store->db, SQL_TEXTS[sql], given->count,
                                      given->types, given->values,
                                      given->lengths, given->formats, 1),
                    result);
    if (status != LX_STORE_OK)
        return status;
    store->changes = strtoll(PQcmdTuples(*result), NULL, 10);
    if (store->changes > 0 && !is_reading(sql))
        store->group.has_written = true;
    return LX_STORE_OK;
}

/* A connection that was lost while nothing went on shows only when it is used:
 * what stands outside of groups may be asked twice. */
static enum lx_store_status run(struct lx_store *store, int sql,
                                const struct arguments *given,
                                PGresult **result)
{
    bool was_up = store->db != NULL;
    enum lx_store_status status = run_once(store, sql, given, result);

    if (status != LX_STORE_LOST || store->group.is_open || !was_up)
        return status;
    PQclear(*result);
    return run_once(store, sql, given, result);
}

/* In a group what is found by what it is has to stay as it is. */
static int choose(const struct lx_store *store, int sql)
{
    return store->group.is_open && sql <= LX_SQL_FIND_TOKEN
               ? LX_SQL_LOCK_ID + sql - LX_SQL_FIND_ID
               : sql;
}

/* ---- rows ---- */

struct lx_row {
    const PGresult *result;
    int number;
};

int64_t lx_row_integer(const struct lx_row *row, int column)
{
    const unsigned char *bytes =
        (const unsigned char *)PQgetvalue(row->result, row->number, column);
    uint64_t number = 0;

    if (PQgetisnull(row->result, row->number, column))
        return 0;
    for (int i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    return (int64_t)number;
}

int64_t lx_row_money(const struct lx_row *row, int column)
{
    return PQgetisnull(row->result, row->number, column)
               ? LX_MONEY_UNKNOWN
               : lx_row_integer(row, column);
}

const char *lx_row_text(const struct lx_row *row, int column)
{
    return PQgetisnull(row->result, row->number, column)
               ? NULL
               : PQgetvalue(row->result, row->number, column);
}

const unsigned char *lx_row_hash(const struct lx_row *row, int column)
{
    return PQgetlength(row->result, row->number, column) == HASH_BYTES
               ? (const unsigned char *)lx_row_text(row, column)
               : NULL;
}

/* ---- the calls of statement.h ---- */

enum lx_store_status lx_sql_walk(struct lx_store *store, lx_row_visit *visit,
                                 void *argument, int sql, const char *types,
                                 ...)
{
    struct arguments given;
    struct lx_row row = {NULL, 0};
    PGresult *result;
    va_list list;

    va_start(list, types);
    gather(&given, types, &list);
    va_end(list);
    enum lx_store_status status =
        run(store, choose(store, sql), &given, &result);
    row.result = result;
    for (; status == LX_STORE_OK && row.number < PQntuples(result);
         row.number++)
        if (!visit(argument, &row))
            break;
    PQclear(result);
    return status;
}

enum lx_store_status lx_sql_run(struct lx_store *store, int sql,
                                const char *types, ...)
{
    struct arguments given;
    PGresult *result;
    va_list list;

    va_start(list, types);
    gather(&given, types, &list);
    va_end(list);
    enum lx_store_status status = run(store, sql, &given, &result);
    PQclear(result);
    return status;
}

int64_t lx_sql_changes(const struct lx_store *store)
{
    return store->changes;
}

/* False when there is no row. */
static bool take_integer(const PGresult *result, int64_t *out)
{
    struct lx_row row = {result, 0};

    if (PQntuples(result) == 0)
        return false;
    *out = lx_row_integer(&row, 0);
    return true;
}

enum lx_store_status lx_sql_integer(struct lx_store *store, int64_t *result,
                                    int sql, const char *types, ...)
{
    struct arguments given;
    PGresult *rows;
    va_list list;

    va_start(list, types);
    gather(&given, types, &list);
    va_end(list);
    enum lx_store_status status = run(store, sql, &given, &rows);
    if (status == LX_STORE_OK)
        (void)take_integer(rows, result);
    PQclear(rows);
    return status;
}

enum lx_store_status lx_sql_insert_row(struct lx_store *store, int64_t *id,
                                       int sql, const char *types, ...)
{
    struct arguments given;
    PGresult *rows;
    va_list list;

    va_start(list, types);
    gather(&given, types, &list);
    va_end(list);
    enum lx_store_status status = run(store, sql, &given, &rows);
    if (status == LX_STORE_OK && !take_integer(rows, id))
        status = lx_sql_refuse(store, LX_STORE_EXISTS);
    PQclear(rows);
    return status;
}
