/* schedule_store.c: what a schedule knows, as JSON text and back.
 * {"liangxin_durations":1,"models":[{"name":"z-image","count":57,
 *  "first":180,"ends":[1000,2500]}]}: ends are thousandths of completions, for
 * the bins of histogram.h from "first" on. Integers only, so no locale can
 * spoil them. Reads and writes no files. */
#include "pace/schedule.h"

#include "json/json.h"
#include "pace/schedule_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define VERSION     1
#define ENDS_UNIT   1000    /* to a completion */
#define ENDS_MAX    1000000 /* in all bins together */
#define COUNT_MAX   1000000000000000
#define VERSION_KEY "liangxin_durations"

static bool is_plain_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (name[i] < ' ' || name[i] > '~')
            return false;
    return length > 0 && length <= LX_SCHEDULE_NAME_MAX;
}

static bool append_number(struct lx_buffer *out, uint64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRIu64, number);
    return lx_buffer_append(out, text, (size_t)length);
}

static bool append_name(struct lx_buffer *out, const char *name)
{
    bool fits = lx_buffer_append_text(out, "\"");
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            fits = fits && lx_buffer_append_text(out, "\\");
        fits = fits && lx_buffer_append(out, name, 1);
    }
    return fits && lx_buffer_append_text(out, "\"");
}

static bool append_ends(struct lx_buffer *out, const double *ends)
{
    uint64_t units[LX_HISTOGRAM_BINS];
    size_t first = LX_HISTOGRAM_BINS;
    size_t last = 0;
    for (size_t i = 0; i < LX_HISTOGRAM_BINS; i++) {
        units[i] = (uint64_t)(ends[i] * ENDS_UNIT + 0.5);
        if (units[i] > 0) {
            first = first < i ? first : i;
            last = i;
        }
    }
    if (first > last) { /* nothing worth a unit: one unit somewhere */
        first = last;
        units[last] = 1;
    }
    bool fits =
        append_number(out, first) && lx_buffer_append_text(out, ",\"ends\":[");
    for (size_t i = first; i <= last; i++) {
        fits = fits && (i == first || lx_buffer_append_text(out, ",")) &&
               append_number(out, units[i]);
    }
    return fits && lx_buffer_append_text(out, "]}");
}

bool lx_schedule_save(const struct lx_schedule *schedule, struct lx_buffer *out)
{
    bool fits = lx_buffer_append_text(out, "{\"" VERSION_KEY "\":") &&
                append_number(out, VERSION) &&
                lx_buffer_append_text(out, ",\"models\":[");
    bool is_first = true;
    for (size_t i = 0; i < schedule->count && fits; i++) {
        const struct lx_model *model = schedule->models[i];
        const struct lx_knowledge *known = &model->known;
        if (known->completions == 0 ||
            !is_plain_name(model->name, strlen(model->name)))
            continue;
        double ends[LX_HISTOGRAM_BINS];
        lx_histogram_export(&known->histogram, &schedule->scale, &known->belief,
                            ends);
        fits = lx_buffer_append_text(out, is_first ? "\n{\"name\":"
                                                   : ",\n{\"name\":") &&
               append_name(out, model->name) &&
               lx_buffer_append_text(out, ",\"count\":") &&
               append_number(out, known->completions) &&
               lx_buffer_append_text(out, ",\"first\":") &&
               append_ends(out, ends);
        is_first = false;
    }
    return fits && lx_buffer_append_text(out, "\n]}\n");
}

/* One model as it stands in the text, checked. */
struct saved_model {
    char name[LX_SCHEDULE_NAME_MAX + 1];
    uint64_t count;
    double ends[LX_HISTOGRAM_BINS];
};

static bool read_integer(struct lx_json value, int64_t least, int64_t most,
                         int64_t *number)
{
    return lx_json_int64(value, number) && *number >= least && *number <= most;
}

static bool read_ends(struct lx_json list, size_t first, double *ends)
{
    if (list.type != LX_JSON_ARRAY)
        return false;
    memset(ends, 0, LX_HISTOGRAM_BINS * sizeof *ends);
    int64_t total = 0;
    size_t bin = first;
    struct lx_json_iter it = lx_json_iterate(list);
    while (lx_json_next(&it)) {
        int64_t units;
        if (bin == LX_HISTOGRAM_BINS ||
            !read_integer(it.value, 0, ENDS_MAX - total, &units))
            return false;
        total += units;
        ends[bin++] = (double)units / ENDS_UNIT;
    }
    return total > 0;
}

static bool read_model(struct lx_json value, struct saved_model *saved)
{
    struct lx_json name = lx_json_get(value, "name");
    int64_t count;
    int64_t first;
    size_t length =
        lx_json_string_decode(name, saved->name, sizeof saved->name);
    if (!is_plain_name(saved->name, length < sizeof saved->name ? length : 0) ||
        !read_integer(lx_json_get(value, "count"), 1, COUNT_MAX, &count) ||
        !read_integer(lx_json_get(value, "first"), 0, LX_HISTOGRAM_BINS - 1,
                      &first))
        return false;
    saved->count = (uint64_t)count;
    return read_ends(lx_json_get(value, "ends"), (size_t)first, saved->ends);
}

static void restore_model(struct lx_schedule *schedule,
                          const struct saved_model *saved)
{
    uint16_t index = lx_schedule_model(schedule, saved->name);
    struct lx_model *model = schedule->models[index];
    if (strcmp(model->name, saved->name) == 0 &&
        model->known.completions == 0) {
        lx_knowledge_restore(&model->known, &schedule->scale, saved->ends,
                             saved->count);
    }
}

bool lx_schedule_load(struct lx_schedule *schedule, const char *text,
                      size_t length)
{
    struct lx_json root;
    int64_t version;
    if (length > LX_SCHEDULE_TEXT_MAX ||
        !lx_json_parse(text, length, &root, NULL) ||
        !read_integer(lx_json_get(root, VERSION_KEY), VERSION, VERSION,
                      &version))
        return false;
    struct lx_json models = lx_json_get(root, "models");
    if (models.type != LX_JSON_ARRAY)
        return false;
    /* First all are checked, then all are taken over. */
    struct saved_model saved;
    size_t count = 0;
    struct lx_json_iter it = lx_json_iterate(models);
    while (lx_json_next(&it))
        if (++count > LX_SCHEDULE_MODELS_MAX || !read_model(it.value, &saved))
            return false;
    it = lx_json_iterate(models);
    while (lx_json_next(&it))
        if (read_model(it.value, &saved))
            restore_model(schedule, &saved);
    return true;
}
