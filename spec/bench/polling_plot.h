/* polling_plot.h: queries against lag as SVG, one panel for each
 * distribution. */
#pragma once

#include <stdio.h>

#include "polling_world.h"

enum { PANEL_WIDTH = 300, PANEL_HEIGHT = 230, PANEL_COLUMNS = 3 };

struct panel {
    const struct durations *durations;
    double least;
    struct tally learned[3]; /* the first ten, after 50, after 2,000 */
};

#define PLOT_QUERIES 14.0 /* the right edge */

static inline double plot_x(double queries)
{
    return 40 + fmin(queries, PLOT_QUERIES) / PLOT_QUERIES * 245;
}

static inline double plot_y(double lag, double lag_max)
{
    return 195 - fmin(lag, lag_max) / lag_max * 165;
}

static inline void plot_curve(FILE *out, const char *color, const char *dash,
                              const struct panel *panel, double lag_max,
                              double factor)
{
    fprintf(out,
            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" "
            "stroke-dasharray=\"%s\" points=\"",
            color, dash);
    for (double scale = 0.4; scale < 14; scale *= 1.12) {
        double queries = 1 + scale;
        double lag = panel->least / queries;
        if (factor > 0) {
            double first = factor > 1 ? scale : scale * 1.5;
            double max = factor > 1 ? 10 * scale : first;
            struct tally t = run_cadence(panel->durations, first, factor, max);
            queries = tally_queries(t);
            lag = tally_lag(t);
        }
        if (queries <= PLOT_QUERIES && lag <= lag_max)
            fprintf(out, "%.1f,%.1f ", plot_x(queries), plot_y(lag, lag_max));
    }
    fprintf(out, "\"/>\n");
}

static inline void plot_axes(FILE *out, const char *title, double lag_max)
{
    fprintf(out,
            "<text x=\"40\" y=\"18\" font-weight=\"bold\">%s</text>\n"
            "<path d=\"M40 30V195H285\" fill=\"none\" stroke=\"#888\"/>\n"
            "<text x=\"285\" y=\"222\" text-anchor=\"end\">queries per "
            "task</text>\n<text x=\"285\" y=\"18\" text-anchor=\"end\">mean "
            "lag, s</text>\n",
            title);
    for (int queries = 2; queries <= 14; queries += 4) {
        fprintf(out,
                "<text x=\"%.0f\" y=\"208\" text-anchor=\"middle\">%d"
                "</text>\n",
                plot_x(queries), queries);
    }
    for (int i = 1; i <= 2; i++) {
        double lag = lag_max * i / 2;
        fprintf(out,
                "<text x=\"36\" y=\"%.0f\" text-anchor=\"end\">%.1f</text>\n",
                plot_y(lag, lag_max) + 4, lag);
    }
}

static inline void plot_panel(FILE *out, const struct panel *panel, int at)
{
    static const char *const colors[] = {"#9ecae1", "#4292c6", "#08519c"};
    double lag_max = 0;
    for (int i = 0; i < 3; i++)
        lag_max = fmax(lag_max, ceil(tally_lag(panel->learned[i]) * 3));
    fprintf(out, "<g transform=\"translate(%d %d)\">\n",
            at % PANEL_COLUMNS * PANEL_WIDTH,
            at / PANEL_COLUMNS * PANEL_HEIGHT);
    plot_axes(out, panel->durations->name, lag_max);
    plot_curve(out, "#d62728", "", panel, lag_max, 1);
    plot_curve(out, "#ff9f1c", "5 3", panel, lag_max, 1.5);
    plot_curve(out, "#2ca02c", "2 2", panel, lag_max, 0);
    for (int i = 0; i < 3; i++) {
        fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\"/>\n",
                plot_x(tally_queries(panel->learned[i])),
                plot_y(tally_lag(panel->learned[i]), lag_max), colors[i]);
    }
    fprintf(out, "</g>\n");
}

/* False when the file cannot be written. */
static inline bool plot_write(const char *path, const struct panel *panels,
                              int count)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    int rows = (count + PANEL_COLUMNS - 1) / PANEL_COLUMNS;
    int bottom = rows * PANEL_HEIGHT;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"11\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
            PANEL_COLUMNS * PANEL_WIDTH, bottom + 30);
    for (int i = 0; i < count; i++)
        plot_panel(out, &panels[i], i);
    fprintf(out,
            "<text x=\"40\" y=\"%d\"><tspan fill=\"#d62728\">fixed cadences"
            "</tspan><tspan dx=\"12\" fill=\"#c77700\">x1.5 backoff</tspan>"
            "<tspan dx=\"12\" fill=\"#2ca02c\">theoretical least</tspan><tspan "
            "dx=\"12\">learned: </tspan>"
            "<tspan fill=\"#5a9bc0\">first ten tasks</tspan>, "
            "<tspan fill=\"#4292c6\">after 50</tspan>, "
            "<tspan fill=\"#08519c\">after 2,000</tspan></text>\n</svg>\n",
            bottom + 18);
    return fclose(out) == 0;
}
