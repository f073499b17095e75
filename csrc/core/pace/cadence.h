/* cadence.h: when the user says how often to ask. Plain data. */
#pragma once

/* A fixed cadence; all zero asks for the learned one. */
struct lx_cadence {
    double first;  /* s from the creation to the first query */
    double factor; /* each interval is the one before times this */
    double max;    /* s, the longest interval */
    double jitter; /* 0.15 spreads each delay over 0.85 .. 1.15 of it */
};
