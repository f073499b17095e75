/* schedule.c: watched tasks, their models, and whose turn it is to ask.
 * While a model is unknown, a few scouts ask on behalf of all: what they learn
 * is worth more than their own lag, and the others' queries would be wasted.
 * Pure; one thread at a time. */
#include "pace/schedule.h"

#include "pace/schedule_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A model is unknown until KNOWN_COUNT completions. Until then it has
 * SCOUTS_LEAST scouts, SCOUTS_ROOT more for each root of the number of tasks,
 * and SCOUTS_GROWTH more for each completion. The more tasks wait, the more
 * eagerly scouts ask: 1 + log2(1 + tasks / 8) / SCOUT_CALM times as often as
 * the plan has it. The others let FOLLOWER_STRETCH times as long pass. */
#define KNOWN_COUNT      16
#define SCOUTS_LEAST     2.0
#define SCOUTS_ROOT      2.0
#define SCOUTS_GROWTH    2.0
#define SCOUT_CALM       2.0
#define FOLLOWER_STRETCH 3.0

/* Before the first completions a scout waits at most COLD_FIRST seconds and a
 * share of its age. */
#define COLD_COUNT  2
#define COLD_FIRST  1.5
#define COLD_GROWTH 0.5

/* See send_wave. */
#define WAVE_GROWTH 8    /* tasks sent by each end */
#define WAVE_COUNT  64   /* completions after which no more are sent */
#define WAVE_NEWS   0.95 /* of the age of that end: asked later is no news */

/* Jitter moves a query by this share of the interval around it; scouts, which
 * must not all ask at the same age, by more. */
#define JITTER       0.15
#define JITTER_SCOUT 0.5

/* Tasks that become due together, because a plan has moved or the machine has
 * slept, are spread so that one is asked about every STEP seconds, over at most
 * SPREAD_MAX and at most a share of what they have waited: those that are late,
 * LATE_PART of the delay or LATE_AGE of their age, whichever is longer; those
 * of a wave, WAVE_AGE of their age. Else ends come in bursts, and a host has
 * dozens of them in one frame. */
#define STEP       0.001
#define SPREAD_MAX 60.0
#define LATE_PART  0.2
#define LATE_AGE   0.05
#define WAVE_AGE   0.02

#define CALLBACK_PATIENCE 4.0 /* times as late, while callbacks come */

#define OVERSLEPT 10.0 /* s behind the plan */

#define AGE_MAX 1e9 /* s: thirty years */

struct lx_schedule *lx_schedule_new(const struct lx_cadence *cadence)
{
    struct lx_schedule *schedule = calloc(1, sizeof *schedule);
    if (!schedule)
        return NULL;
    lx_timescale_init(&schedule->scale);
    if (lx_schedule_model(schedule, "other") == LX_SCHEDULE_MODEL_NONE) {
        free(schedule);
        return NULL;
    }
    if (cadence && (cadence->first > 0 || cadence->factor > 0 ||
                    cadence->max > 0 || cadence->jitter > 0)) {
        schedule->is_fixed = true;
        schedule->cadence = *cadence;
    }
    return schedule;
}

void lx_schedule_free(struct lx_schedule *schedule)
{
    if (!schedule)
        return;
    for (size_t i = 0; i < schedule->count; i++)
        free(schedule->models[i]);
    free(schedule);
}

static uint32_t hash_name(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

uint16_t lx_schedule_model(struct lx_schedule *schedule, const char *name)
{
    if (strlen(name) > LX_SCHEDULE_NAME_MAX)
        return LX_SCHEDULE_MODEL_OTHER;
    size_t slot = hash_name(name) % LX_SCHEDULE_SLOTS;
    while (schedule->slots[slot] != 0) {
        uint16_t index = (uint16_t)(schedule->slots[slot] - 1);
        if (strcmp(schedule->models[index]->name, name) == 0)
            return index;
        slot = (slot + 1) % LX_SCHEDULE_SLOTS;
    }
    struct lx_model *model = schedule->count < LX_SCHEDULE_MODELS_MAX
                                 ? calloc(1, sizeof *model)
                                 : NULL;
    if (!model) {
        return schedule->count > 0 ? LX_SCHEDULE_MODEL_OTHER
                                   : LX_SCHEDULE_MODEL_NONE;
    }
    memcpy(model->name, name, strlen(name) + 1);
    lx_knowledge_init(&model->known, &schedule->scale);
    schedule->models[schedule->count++] = model;
    schedule->slots[slot] = (uint16_t)schedule->count;
    return (uint16_t)(schedule->count - 1);
}

static void forget_plan(struct lx_schedule_entry *entry)
{
    entry->due_age = -1;
    entry->is_sent = false;
}

void lx_schedule_join(struct lx_schedule *schedule,
                      struct lx_schedule_entry *entry, uint16_t model)
{
    memset(entry, 0, sizeof *entry);
    entry->model = model < schedule->count ? model : LX_SCHEDULE_MODEL_OTHER;
    entry->is_joined = true;
    forget_plan(entry);
    schedule->models[entry->model]->known.watched++;
}

void lx_schedule_leave(struct lx_schedule *schedule,
                       struct lx_schedule_entry *entry)
{
    struct lx_model *model = schedule->models[entry->model];
    if (entry->is_joined) {
        model->known.watched--;
        entry->is_joined = false;
    }
    if (entry->is_scout) {
        model->scouts--;
        entry->is_scout = false;
    }
}

/* Whether `entry` may ask as the plan says; otherwise it lets others go
 * first. */
static bool takes_turn(struct lx_model *model, struct lx_schedule_entry *entry)
{
    double count = (double)model->known.completions;
    if (entry->is_scout)
        return true;
    double seats = SCOUTS_LEAST +
                   SCOUTS_ROOT * sqrt((double)model->known.watched) +
                   count * SCOUTS_GROWTH;
    if ((double)model->scouts >= seats)
        return false;
    model->scouts++;
    entry->is_scout = true;
    /* The golden ratio spreads any number of scouts evenly. */
    model->seats_taken++;
    entry->draw = (uint16_t)(model->seats_taken * 40503u);
    return true;
}

/* Whether `entry` goes with the wave (see send_wave). */
static bool takes_wave(struct lx_model *model,
                       const struct lx_schedule_entry *entry)
{
    if (model->wave == 0 ||
        (double)entry->asked_age > WAVE_NEWS * model->wave_age)
        return false;
    model->wave--;
    return true;
}

/* Between the oldest task seen running and the youngest seen ended, so that
 * each wave halves what is uncertain about a sharp duration. */
static double find_wave_age(const struct lx_model *model)
{
    return model->running_age < model->wave_age
               ? (model->running_age + model->wave_age) / 2
               : model->wave_age;
}

/* An end seen while little is known sends a few tasks to ask at that age or,
 * when they are older, at once; those that have ended too send more. A sharp
 * duration is so found by all within some round trips, a broad one costs
 * little. */
static void send_wave(struct lx_model *model, double age)
{
    if (model->known.completions > WAVE_COUNT) {
        model->wave = 0;
        return;
    }
    if (model->known.completions == 1 || age < model->wave_age)
        model->wave_age = age;
    model->wave += WAVE_GROWTH;
    if (model->wave > model->known.watched)
        model->wave = model->known.watched;
}

static double find_eagerness(size_t watched)
{
    return 1 + log2(1 + (double)watched / 8) / SCOUT_CALM;
}

/* From 0 to 1, the same for every plan of one query. */
static double read_draw(const struct lx_schedule_entry *entry)
{
    return (double)entry->draw / UINT16_MAX;
}

/* The age at which the learned plan would ask. */
static double plan_learned(struct lx_schedule *schedule,
                           struct lx_schedule_entry *entry)
{
    struct lx_model *model = schedule->models[entry->model];
    struct lx_knowledge *known = &model->known;
    lx_knowledge_refresh(known, &schedule->scale);
    double asked = (double)entry->asked_age;
    double after;
    double due =
        lx_inspection_next(&known->plan, &lx_knowledge_limits, asked, &after);
    double interval = due - asked;
    double room = fmin(interval, after) * JITTER;
    if (known->completions < KNOWN_COUNT && known->watched > 1) {
        double stretch = takes_turn(model, entry)
                             ? 1 / find_eagerness(known->watched)
                             : FOLLOWER_STRETCH;
        room = fmin(interval, after) * JITTER_SCOUT * fmin(stretch, 1);
        interval = fmin(interval * stretch, lx_knowledge_limits.ceiling);
    }
    if (known->completions < COLD_COUNT &&
        (entry->is_scout || known->watched == 1))
        interval = fmin(interval, COLD_FIRST + COLD_GROWTH * asked);
    interval += room * (2 * read_draw(entry) - 1);
    return asked + fmax(interval, lx_knowledge_limits.floor * (1 - JITTER));
}

static double plan_fixed(const struct lx_cadence *cadence,
                         const struct lx_schedule_entry *entry)
{
    double delay = cadence->first;
    if (cadence->factor > 1)
        delay *= pow(cadence->factor, entry->queries);
    delay = fmin(delay, cadence->max);
    double jitter = fmin(fmax(cadence->jitter, 0), 1);
    return (double)entry->asked_age +
           delay * (1 + jitter * (2 * read_draw(entry) - 1));
}

/* Over how long to spread, when no more than `share` seconds are bearable. */
static double find_spread(const struct lx_model *model, double share)
{
    double spread = fmin(STEP * (double)model->known.watched, share);

    return fmin(spread, SPREAD_MAX);
}

/* The age at which `entry` asks when it goes with the wave, and it does not go
 * unless that is before `due`. Once sent, it keeps its place. */
static double plan_wave(struct lx_model *model, struct lx_schedule_entry *entry,
                        double age, double due)
{
    double early = fmax(age, find_wave_age(model));

    if (entry->is_sent)
        return (double)entry->due_age;
    if (due <= early || !takes_wave(model, entry))
        return due;
    entry->is_sent = true;
    return early + read_draw(entry) * find_spread(model, WAVE_AGE * age);
}

/* Ages may come from a clock that was set, or from the service. */
static double clean_age(double age)
{
    return age > 0 ? fmin(age, AGE_MAX) : 0;
}

/* So late that the machine must have slept: the old plan is void. */
static bool has_overslept(const struct lx_schedule_entry *entry, double age)
{
    return entry->due_age >= 0 && age > (double)entry->due_age + OVERSLEPT;
}

double lx_schedule_next(struct lx_schedule *schedule,
                        struct lx_schedule_entry *entry, double age,
                        double random)
{
    age = clean_age(age);
    struct lx_model *model = schedule->models[entry->model];
    bool is_replan = entry->due_age >= 0;
    if (!is_replan)
        entry->draw = (uint16_t)(fmin(fmax(random, 0), 1) * UINT16_MAX);
    double due = schedule->is_fixed ? plan_fixed(&schedule->cadence, entry)
                                    : plan_learned(schedule, entry);
    if (!schedule->is_fixed && is_replan)
        due = fmin(due, plan_wave(model, entry, age, due));
    if (!schedule->is_fixed && entry->has_callback &&
        model->are_callbacks_alive)
        due = (double)entry->asked_age +
              CALLBACK_PATIENCE * (due - (double)entry->asked_age);
    if (due < age) {
        double share = fmax(LATE_PART * (age - due), LATE_AGE * age);
        due = age + read_draw(entry) * find_spread(model, share);
        if (is_replan && !has_overslept(entry, age))
            due = fmin(due, fmax(age, (double)entry->due_age));
    }
    entry->due_age = (float)due;
    entry->generation = model->known.generation;
    return fmax(0, due - age);
}

void lx_schedule_pending(struct lx_schedule *schedule,
                         struct lx_schedule_entry *entry, double age)
{
    struct lx_model *model = schedule->models[entry->model];
    age = clean_age(age);
    lx_knowledge_pending(&model->known, &schedule->scale,
                         (double)entry->asked_age, age);
    if (entry->queries < UINT16_MAX)
        entry->queries++;
    model->running_age = fmax(model->running_age, age);
    entry->asked_age = fmaxf(entry->asked_age, (float)age);
    entry->is_called = false;
    forget_plan(entry);
}

/* What the end of a task with a callback shows. */
static void judge_callbacks(struct lx_model *model, bool is_called)
{
    if (model->are_callbacks_alive && !is_called)
        model->known.generation++; /* other plans wait for callbacks */
    model->are_callbacks_alive = is_called;
}

void lx_schedule_ended(struct lx_schedule *schedule,
                       struct lx_schedule_entry *entry, double age,
                       double exact)
{
    struct lx_model *model = schedule->models[entry->model];
    double from = (double)entry->asked_age;
    age = clean_age(age);
    lx_knowledge_ended(&model->known, &schedule->scale, from, fmax(age, from),
                       exact);
    send_wave(model, age);
    if (entry->has_callback)
        judge_callbacks(model, entry->is_called);
    if (entry->queries < UINT16_MAX)
        entry->queries++;
    lx_schedule_leave(schedule, entry);
}

bool lx_schedule_is_stale(const struct lx_schedule *schedule,
                          const struct lx_schedule_entry *entry)
{
    return !schedule->is_fixed &&
           entry->generation !=
               schedule->models[entry->model]->known.generation;
}

size_t lx_schedule_count(const struct lx_schedule *schedule)
{
    return schedule->count;
}

bool lx_schedule_summary(struct lx_schedule *schedule, size_t index,
                         const char **name, uint64_t *count, double *p50,
                         double *p90)
{
    if (index >= schedule->count ||
        schedule->models[index]->known.completions == 0)
        return false;
    struct lx_model *model = schedule->models[index];
    lx_knowledge_refresh(&model->known, &schedule->scale);
    const struct lx_survival *belief = &model->known.belief;
    *name = model->name;
    *count = model->known.completions;
    *p50 = lx_survival_quantile(belief, &schedule->scale, 0.5);
    *p90 = lx_survival_quantile(belief, &schedule->scale, 0.9);
    return true;
}
