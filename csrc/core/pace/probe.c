/* probe.c: see probe.h. */
#include "pace/probe.h"

/* Pauses after each refusal in a row, in units. */
static const int pauses[LX_PROBES] = {4, 10, 20};

void lx_probe_init(struct lx_probe *probe, int64_t unit_ms)
{
    *probe = (struct lx_probe){.unit_ms = unit_ms};
}

bool lx_probe_allows(const struct lx_probe *probe, int64_t now_ms,
                     int64_t *wait_ms)
{
    if (probe->refusals == 0)
        return true;
    if (probe->asker == 0 && now_ms >= probe->due_ms)
        return true;
    *wait_ms = probe->asker != 0 ? -1 : probe->due_ms - now_ms;
    return false;
}

void lx_probe_sent(struct lx_probe *probe, uint64_t id)
{
    if (probe->refusals > 0)
        probe->asker = id;
}

static void hold_off(struct lx_probe *probe, int64_t now_ms)
{
    probe->asker = 0;
    probe->due_ms = now_ms + pauses[probe->refusals - 1] * probe->unit_ms;
}

bool lx_probe_refused(struct lx_probe *probe, uint64_t id, int64_t now_ms)
{
    if (probe->refusals > 0 && id != probe->asker)
        return false; /* sent before the first refusal had come */
    if (probe->refusals == LX_PROBES) {
        lx_probe_accepted(probe);
        return true;
    }
    probe->refusals++;
    hold_off(probe, now_ms);
    return false;
}

void lx_probe_accepted(struct lx_probe *probe)
{
    lx_probe_init(probe, probe->unit_ms);
}

void lx_probe_lost(struct lx_probe *probe, uint64_t id, int64_t now_ms)
{
    if (probe->refusals > 0 && id == probe->asker)
        hold_off(probe, now_ms);
}
