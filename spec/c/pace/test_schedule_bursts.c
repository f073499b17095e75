/* A thousand tasks that end at any time in 15 s, with plans renewed every 20 ms
 * as the I/O thread does: queries, and so ends, come spread over the frames of
 * a host, however suddenly a plan moves. */
#include "schedule_rig.h"

#define TASKS    1000
#define FRAME_MS 5
#define RENEW_MS 20
#define END_MS   25000

struct burst_task {
    struct lx_schedule_entry entry;
    double born_s, lasts_s, due_s;
    bool is_over;
};

struct burst_world {
    struct lx_schedule *schedule;
    struct burst_task tasks[TASKS];
    uint64_t rng;
    bool has_learned;
    int over, queries;                                      /* of all */
    int frame_queries, most_queries, frame_ends, most_ends; /* of a frame */
};

static void plan_next(struct burst_world *world, struct burst_task *task,
                      double now_s)
{
    task->due_s = now_s + lx_schedule_next(world->schedule, &task->entry,
                                           now_s - task->born_s,
                                           next_random(&world->rng));
}

static void ask(struct burst_world *world, struct burst_task *task,
                double now_s)
{
    double age_s = now_s - task->born_s;

    world->queries++;
    world->frame_queries++;
    if (age_s < task->lasts_s) {
        lx_schedule_pending(world->schedule, &task->entry, age_s);
        plan_next(world, task, now_s);
        return;
    }
    lx_schedule_ended(world->schedule, &task->entry, age_s, task->lasts_s);
    task->is_over = true;
    world->has_learned = true;
    world->over++;
    world->frame_ends++;
}

static void renew_plans(struct burst_world *world, double now_s)
{
    for (int i = 0; i < TASKS; i++) {
        struct burst_task *task = &world->tasks[i];
        if (!task->is_over &&
            lx_schedule_is_stale(world->schedule, &task->entry))
            plan_next(world, task, now_s);
    }
    world->has_learned = false;
}

static void end_frame(struct burst_world *world)
{
    if (world->frame_queries > world->most_queries)
        world->most_queries = world->frame_queries;
    if (world->frame_ends > world->most_ends)
        world->most_ends = world->frame_ends;
    world->frame_queries = world->frame_ends = 0;
}

static void run_turn(struct burst_world *world, int now_ms)
{
    double now_s = now_ms / 1000.0;

    for (int i = 0; i < TASKS; i++)
        if (!world->tasks[i].is_over && world->tasks[i].due_s <= now_s)
            ask(world, &world->tasks[i], now_s);
    if (world->has_learned && now_ms % RENEW_MS == 0)
        renew_plans(world, now_s);
    if (now_ms % FRAME_MS == 0)
        end_frame(world);
}

static void test_bursts(uint64_t seed)
{
    static struct burst_world world;
    uint16_t model;

    world =
        (struct burst_world){.schedule = lx_schedule_new(NULL), .rng = seed};
    model = lx_schedule_model(world.schedule, "m");
    for (int i = 0; i < TASKS; i++) {
        struct burst_task *task = &world.tasks[i];
        task->born_s = i * 0.0003;
        task->lasts_s = 2 + 15 * next_random(&world.rng);
        lx_schedule_join(world.schedule, &task->entry, model);
        plan_next(&world, task, task->born_s);
    }
    for (int now_ms = 1; now_ms <= END_MS; now_ms++)
        run_turn(&world, now_ms);
    printf("seed %d: at most %d queries and %d ends in %d ms, %.1f queries a "
           "task\n",
           (int)seed, world.most_queries, world.most_ends, FRAME_MS,
           (double)world.queries / TASKS);
    CHECK_EQ(world.over, TASKS);
    CHECK(world.most_queries <= 50); /* 99 to 360 when not spread */
    CHECK(world.most_ends <= 15);    /* 21 to 76 */
    CHECK(world.queries <= 5 * TASKS);
    lx_schedule_free(world.schedule);
}

int main(void)
{
    check_row = "bursts";
    for (uint64_t seed = 1; seed <= 6; seed++)
        test_bursts(seed);
    return check_report("schedule_bursts");
}
