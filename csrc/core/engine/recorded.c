/* recorded.c: see recorded.h. */
#include "engine/recorded.h"

#include "journal/identity.h"
#include "json/json_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than any record or error has. */
#define TEXT_MAX_BYTES ((size_t)16 << 20)

/* The text, NUL-terminated; NULL when it is not whole. */
static char *finish(struct lx_buffer *text, bool is_whole)
{
    char *out = NULL;

    if (is_whole && lx_buffer_append(text, "", 1))
        out = lx_buffer_release(text, NULL);
    lx_buffer_deinit(text);
    return out;
}

/* ---- to be written ---- */

char *lx_recorded_urls(const struct lx_record *record)
{
    struct lx_buffer text;
    bool is_whole;

    lx_buffer_init(&text, TEXT_MAX_BYTES);
    if (record->url_count == 0 && record->result_text)
        return finish(&text, lx_json_write_word(&text, record->result_text));
    is_whole = lx_buffer_append_text(&text, "[");
    for (size_t i = 0; is_whole && i < record->url_count; i++)
        is_whole =
            (i == 0 || lx_buffer_append_text(&text, ",")) &&
            lx_json_write_text(&text, record->urls[i], record->url_lengths[i]);
    return finish(&text, is_whole && lx_buffer_append_text(&text, "]"));
}

static bool write_field(struct lx_buffer *text, const char *name,
                        const char *value)
{
    return !value || !*value ||
           ((text->length == 1 || lx_buffer_append_text(text, ",")) &&
            lx_json_write_word(text, name) &&
            lx_buffer_append_text(text, ":") &&
            lx_json_write_word(text, value));
}

char *lx_recorded_error(const struct lx_error *error,
                        const struct lx_record *record)
{
    const char *code =
        record && record->fail_code ? record->fail_code : error->fail_code;
    struct lx_buffer text;

    lx_buffer_init(&text, TEXT_MAX_BYTES);
    return finish(
        &text,
        lx_buffer_append_text(&text, "{") &&
            write_field(&text, "kind", lx_kind_name(error->kind)) &&
            write_field(&text, "message", error->message) &&
            write_field(&text, "api_code", error->api_code) &&
            write_field(&text, "fail_code", code) &&
            write_field(&text, "fail_msg", record ? record->fail_msg : NULL) &&
            lx_buffer_append_text(&text, "}"));
}

int64_t lx_recorded_charge(const struct lx_record *record)
{
    const double most = 9.0e15; /* thousandths that a double tells apart */

    if (!record || record->credits < 0.0 || record->credits * 1000.0 > most)
        return LX_MONEY_UNKNOWN;
    return (int64_t)(record->credits * 1000.0 + 0.5);
}

/* ---- as it was written ---- */

/* The member of the entry's error, or NONE. */
static struct lx_json error_field(const struct lx_entry *entry,
                                  const char *name)
{
    struct lx_json root = {LX_JSON_NONE, NULL, 0};

    if (!entry->error ||
        !lx_json_parse(entry->error, strlen(entry->error), &root, NULL))
        return (struct lx_json){LX_JSON_NONE, NULL, 0};
    return lx_json_get(root, name);
}

static bool write_member(struct lx_buffer *text, const char *name,
                         struct lx_json value)
{
    return value.type == LX_JSON_NONE ||
           (lx_buffer_append_text(text, ",\"") &&
            lx_buffer_append_text(text, name) &&
            lx_buffer_append_text(text, "\":") &&
            lx_buffer_append(text, value.text, value.length));
}

/* As the service would answer now, but for what is not kept. */
static bool write_record(struct lx_buffer *text,
                         const struct lx_entry_copy *copy)
{
    const struct lx_entry *entry = &copy->entry;
    bool is_failure = entry->state == LX_ENTRY_FAILED;
    bool is_whole =
        lx_buffer_append_text(text, "{\"code\":200,\"msg\":\"success\","
                                    "\"data\":{\"taskId\":") &&
        lx_json_write_word(text, copy->task_id) &&
        lx_buffer_append_text(text, ",\"model\":") &&
        lx_json_write_word(text, entry->model) &&
        lx_buffer_append_text(text, is_failure ? ",\"state\":\"fail\""
                                               : ",\"state\":\"success\"");

    if (is_whole && entry->ended_ms)
        is_whole = lx_buffer_append_text(text, ",\"completeTime\":") &&
                   lx_json_write_int64(text, entry->ended_ms);
    if (is_whole && copy->charged_mc != LX_MONEY_UNKNOWN)
        is_whole = lx_buffer_append_text(text, ",\"creditsConsumed\":") &&
                   lx_json_write_thousandths(text, copy->charged_mc);
    if (is_whole && is_failure)
        return write_member(text, "failCode",
                            error_field(entry, "fail_code")) &&
               write_member(text, "failMsg", error_field(entry, "fail_msg")) &&
               lx_buffer_append_text(text, "}}");
    bool is_text = entry->urls && entry->urls[0] == '"';
    return is_whole && lx_buffer_append_text(text, ",\"resultJson\":") &&
           (is_text || lx_buffer_append_text(text, "{\"resultUrls\":")) &&
           lx_buffer_append_text(text, entry->urls ? entry->urls : "[]") &&
           lx_buffer_append_text(text, is_text ? "}}" : "}}}");
}

struct lx_record *lx_recorded_record(const struct lx_entry_copy *copy)
{
    struct lx_record *record = NULL;
    struct lx_buffer text;
    struct lx_json root;

    lx_buffer_init(&text, TEXT_MAX_BYTES);
    if (write_record(&text, copy) &&
        lx_json_parse(text.bytes, text.length, &root, NULL))
        record = lx_record_new(lx_json_get(root, "data"), text.bytes,
                               text.length, false);
    lx_buffer_deinit(&text);
    return record;
}

/* Of a word that is none: SERVER, as something was refused. */
static enum lx_kind read_kind(struct lx_json word)
{
    for (int kind = LX_KIND_NONE + 1; kind < LX_KIND_COUNT; kind++)
        if (lx_json_string_equals(word, lx_kind_name((enum lx_kind)kind)))
            return (enum lx_kind)kind;
    return LX_KIND_SERVER;
}

static void say_unknown(const struct lx_entry *entry, const char *reason,
                        struct lx_error *error)
{
    lx_error_set(error, LX_KIND_OUTCOME_UNKNOWN,
                 "the journal's entry %lld%s%.60s was sent, and what came "
                 "of it is not known: nothing is sent again before "
                 "journal:resolve, or its callback, says more%s%s",
                 (long long)entry->id, entry->key ? ", key " : "",
                 entry->key ? entry->key : "", *reason ? "; " : "", reason);
}

/* The service does not know its task any more, or a person called it charged
 * while nobody knew what had come of it. */
static void say_abandoned(const struct lx_entry *entry, const char *reason,
                          const char *again, struct lx_error *error)
{
    bool is_resolved =
        read_kind(error_field(entry, "kind")) != LX_KIND_NOT_FOUND;

    if (is_resolved)
        reason = "it was resolved: the create was charged, and nothing is to "
                 "be had";
    lx_error_set(error, LX_KIND_NOT_FOUND, "%s%s", reason, again);
    error->charged = is_resolved ? LX_CHARGED_YES : LX_CHARGED_MAYBE;
}

void lx_recorded_read_error(const struct lx_entry_copy *copy,
                            struct lx_error *error)
{
    const struct lx_entry *entry = &copy->entry;
    const char *again =
        " (recorded; retry_failed = true makes another attempt)";
    char reason[240] = "";

    lx_json_string_decode(error_field(entry, "message"), reason, sizeof reason);
    if (entry->state == LX_ENTRY_REFUSED)
        lx_error_set(error, read_kind(error_field(entry, "kind")), "%s",
                     *reason ? reason : "it was refused");
    else if (entry->state == LX_ENTRY_FAILED)
        lx_error_set(error, LX_KIND_TASK_FAILED, "%s%s", reason, again);
    else if (entry->state != LX_ENTRY_ABANDONED)
        say_unknown(entry, reason, error);
    error->charged =
        entry->state == LX_ENTRY_REFUSED ? LX_CHARGED_NO : LX_CHARGED_MAYBE;
    if (entry->state == LX_ENTRY_ABANDONED)
        say_abandoned(entry, reason, again, error);
    lx_json_string_decode(error_field(entry, "fail_code"), error->fail_code,
                          sizeof error->fail_code);
}

/* ---- what differs ---- */

static bool are_alike(struct lx_json a, struct lx_json b)
{
    unsigned char one[LX_IDENTITY_BYTES], other[LX_IDENTITY_BYTES];

    return a.type == b.type && lx_identity_of(a.text, a.length, one) &&
           lx_identity_of(b.text, b.length, other) &&
           memcmp(one, other, sizeof one) == 0;
}

/* The first member of `a` that is another one in `b`; a request's callBackUrl
 * is none of them. */
static bool find_difference(struct lx_json a, struct lx_json b,
                            const char *prefix, char *out, size_t capacity)
{
    struct lx_json_iter iter = lx_json_iterate(a);
    char name[128];

    while (lx_json_next(&iter)) {
        lx_json_string_decode(iter.key, name, sizeof name);
        if (are_alike(iter.value, lx_json_get(b, name)) ||
            (!*prefix && strcmp(name, "callBackUrl") == 0))
            continue;
        snprintf(out, capacity, "%s%s", prefix, name);
        return true;
    }
    return false;
}

/* The same on either side. */
static bool find_any(struct lx_json a, struct lx_json b, const char *prefix,
                     char *out, size_t capacity)
{
    return find_difference(b, a, prefix, out, capacity) ||
           find_difference(a, b, prefix, out, capacity);
}

void lx_recorded_difference(const char *before, const char *now, char *out,
                            size_t capacity)
{
    struct lx_json a, b;

    snprintf(out, capacity, "input");
    if (!lx_json_parse(before, strlen(before), &a, NULL) ||
        !lx_json_parse(now, strlen(now), &b, NULL))
        return;
    if (!are_alike(lx_json_get(a, "model"), lx_json_get(b, "model")))
        snprintf(out, capacity, "model");
    else if (!find_any(lx_json_get(a, "input"), lx_json_get(b, "input"),
                       "input.", out, capacity))
        (void)find_any(a, b, "", out, capacity);
}
