/* SPDX-License-Identifier: MIT */
#include "command/study/words.h"
#include "command/console/message.h"
#include "command/source/parts.h"
#include "table/step.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* An error that a run advises against. */
static const double CLEARLY_WORSE = 1.1;

/* A coverage that is noted: so far from the level, over so many values and origins. Fewer of them
   are far off by chance. */
static const double FAR_OFF = 0.1;
enum { LEAST_VALUES = 100, LEAST_ORIGINS = 3 };

/* Series whose parts are said. */
enum { MOST_PARTS = 20 };

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

const char *words_table(char *out, int size, const source *from)
{
    const table_frame *frame = from->frame;
    char step[48] = "", series[48] = "";
    if (frame->step > 0) {
        const table_step found = {frame->step_unit, frame->step};
        table_step_print(step, &found);
    }
    if (frame->n_series > 1)
        snprintf(series, sizeof series, "%lld series, ", (long long)frame->n_series);
    snprintf(out, (size_t)size, "%s%lld column%s, %lld row%s%s%s", series,
             (long long)frame->n_column, plural(frame->n_column), (long long)frame->n_row,
             plural(frame->n_row), *step == '\0' ? "" : ", step ", step);
    return out;
}

/* "12 % better than ridge 504 (0.81)", with words before the name. */
static void compare(char *out, size_t size, const judgement *judged, int other, const char *before)
{
    double gain = 100 * (1 - judged->error[0] / judged->error[other]);
    const char *name = judged->names[other];
    if (judged->error[0] <= 0 && judged->error[other] <= 0)
        snprintf(out, size, "as good as %s%s (0)", before, name);
    else if (judged->error[other] <= 0)
        snprintf(out, size, "worse than %s%s (0)", before, name);
    else if (!isfinite(gain))
        snprintf(out, size, "not comparable with %s%s", before, name);
    else if (fabs(gain) < 0.5)
        snprintf(out, size, "as good as %s%s (%.3g)", before, name, judged->error[other]);
    else
        snprintf(out, size, "%.0f %% %s than %s%s (%.3g)", fabs(gain),
                 gain > 0 ? "better" : "worse", before, name, judged->error[other]);
}

/* The simple method with the least error. */
static int best_other(const judgement *judged)
{
    int best = 1;
    for (int m = 2; m < judged->n_method; m++)
        if (judged->error[m] < judged->error[best] || isnan(judged->error[best]))
            best = m;
    return best;
}

static void say_errors(const judgement *judged)
{
    char text[1024], one[160];
    size_t used = 0;
    const int best = best_other(judged);
    const char *between = "; ";
    snprintf(text, sizeof text, "From %lld origin%s in the last rows, its %s of %.3g is ",
             (long long)judged->n_origin, plural(judged->n_origin), judged->metric,
             judged->error[0]);
    used = strlen(text);
    compare(text + used, sizeof text - used, judged, best, "the best simple method, ");
    for (int m = 1, n = 2; m < judged->n_method; m++) {
        if (m == best)
            continue;
        used = strlen(text);
        compare(one, sizeof one, judged, m, "");
        snprintf(text + used, sizeof text - used, "%s%s", between, one);
        between = ++n + 1 < judged->n_method ? ", " : " and ";
    }
    message_note("%s.", text);
}

/* What to try where the best simple method errs clearly less than the forecaster. */
static void advise(const chosen *what, const judgement *judged)
{
    const int best = best_other(judged);
    const bool is_fitted =
        strstr(what->by, "ridge") != NULL || strstr(what->by, "networks") != NULL;
    if (!(judged->error[0] > CLEARLY_WORSE * judged->error[best]))
        return;
    if (strncmp(judged->names[best], "ridge", 5) == 0 && strcmp(what->by, "ridge") != 0)
        message_note("Consider --use ridge, which forecasts by ridge alone.");
    else if (is_fitted)
        message_note("Consider --use baseline, which forecasts by the simple method that was best "
                     "on earlier rows.");
}

/* Columns whose errors have no scale, while those of others have one. */
static void say_undefined(const lstm_dataset *data, const judgement *judged)
{
    char text[256];
    size_t used = 0;
    for (int64_t k = 0, n = lstm_dataset_targets(data); k < n; k++) {
        double scaled = (double)NAN, plain = (double)NAN;
        (void)lstm_backtest_value(judged->backtest, LSTM_METRIC_MASE, 0, LSTM_ALL, LSTM_ALL, k,
                                  &scaled, NULL);
        (void)lstm_backtest_value(judged->backtest, LSTM_METRIC_MAE, 0, LSTM_ALL, LSTM_ALL, k,
                                  &plain, NULL);
        if (!isnan(scaled) || isnan(plain) || used >= sizeof text)
            continue;
        snprintf(text + used, sizeof text - used, "%s%s", used == 0 ? "" : ", ",
                 judge_target(data, k));
        used = strlen(text);
    }
    if (used > 0)
        message_note(
            "MASE of %s is undefined and not counted, since the change over a season is 0.", text);
}

/* "Its 80 % intervals held 81 % of the values there, those of 95 % held 94 %." */
static void say_coverage(const judgement *judged)
{
    char text[1024] = "";
    int n = 0;
    for (int64_t l = 0; l < judged->held.L; l++) {
        double level = 100 * judged->held.levels[l];
        double held = 100 * coverage_share(&judged->held, l, LSTM_ALL, LSTM_ALL, LSTM_ALL, NULL);
        size_t used = strlen(text);
        if (isfinite(held))
            snprintf(text + used, sizeof text - used,
                     n++ == 0 ? "Its %.4g %% intervals held %.0f %% of the values there"
                              : ", those of %.4g %% held %.0f %%",
                     level, held);
    }
    if (n > 0)
        message_note("%s.", text);
}

/* "  school: rows 1 to 8896 train, to 11427 choose, to 14284 judge; 119 origins, rows 11427 to
   14259", by the last known row. */
static void say_part(const source *from, const judgement *judged, int64_t series)
{
    const char *name = from->frame->series[series].name;
    char rows[96] = "no origin";
    int64_t train = 0, valid = 0, n = lstm_backtest_origins(judged->backtest, series);
    lstm_dataset_parts(from->data, series, &train, &valid);
    int64_t first = coverage_first_origin(from->data, series);
    if (n > 0)
        snprintf(rows, sizeof rows, "%lld origin%s, rows %lld to %lld", (long long)n, plural(n),
                 (long long)first, (long long)(first + (n - 1) * judged->stride));
    message_note("  %s: rows 1 to %lld train, to %lld choose, to %lld judge; %s",
                 name == NULL ? "parts" : name, (long long)train, (long long)valid,
                 (long long)lstm_dataset_rows(from->data, series), rows);
}

void words_parts(const source *from, const judgement *judged)
{
    int64_t n = lstm_dataset_series(from->data);
    if (judged->backtest != NULL)
        message_note("  origins: %lld, %lld row%s apart in each series",
                     (long long)judged->n_origin, (long long)judged->stride,
                     plural(judged->stride));
    for (int64_t s = 0; s < n && s < MOST_PARTS; s++)
        say_part(from, judged, s);
    if (n > MOST_PARTS)
        message_note("  %lld more series", (long long)(n - MOST_PARTS));
}

/* How far the widest intervals are off their level in a series; 0 where little was counted. */
static double distance_of(const judgement *judged, int64_t series)
{
    int64_t counted = 0, l = judged->held.L - 1;
    double held = coverage_share(&judged->held, l, series, LSTM_ALL, LSTM_ALL, &counted);
    if (counted < LEAST_VALUES || lstm_backtest_origins(judged->backtest, series) < LEAST_ORIGINS)
        return 0;
    return fabs(held - judged->held.levels[l]);
}

/* The series whose intervals are far too narrow or wide, by the one that is most so. */
static void say_far_series(const lstm_dataset *data, const judgement *judged)
{
    const coverage *held = &judged->held;
    char more[96] = "";
    double most = 0;
    int64_t n = 0, at = 0, l = held->L - 1;
    for (int64_t s = 0; s < held->n_series && held->n_series > 1 && l >= 0; s++) {
        double distance = distance_of(judged, s);
        n += distance > FAR_OFF;
        at = distance > most ? s : at;
        most = fmax(distance, most);
    }
    if (n == 0)
        return;
    if (n > 1)
        snprintf(more, sizeof more, "; %lld more series %s more than 10 points off",
                 (long long)n - 1, n == 2 ? "is" : "are");
    message_note("Note: the %.4g %% intervals held %.0f %% of the values of series %s, which has "
                 "%lld rows%s (lstmts backtest --by series).",
                 100 * held->levels[l], 100 * coverage_share(held, l, at, LSTM_ALL, LSTM_ALL, NULL),
                 lstm_dataset_name(data, at), (long long)lstm_dataset_rows(data, at), more);
}

void words_say(const source *from, const chosen *what, const judgement *judged)
{
    char table[160], lack[LACK_TEXT], season[64] = "no season";
    if (what->season > 1)
        snprintf(season, sizeof season, "season of %lld rows", (long long)what->season);
    message_note("%s, %s; forecast by %s (%s).", words_table(table, sizeof table, from), season,
                 what->by, what->because);
    if (parts_lack_choice(lack, sizeof lack, from->data, judged->horizon))
        message_note("Note: %s.", lack);
    if (judged->backtest == NULL) {
        message_note("How good it is cannot be said: %s.",
                     parts_lack_test(lack, sizeof lack, from->data, judged->horizon)
                         ? lack
                         : "the table has no test part");
        return;
    }
    if (strcmp(judged->metric, "MASE") != 0)
        message_note("MASE is undefined, since the change over a season is 0.");
    else
        say_undefined(from->data, judged);
    say_errors(judged);
    say_coverage(judged);
    say_far_series(from->data, judged);
    advise(what, judged);
}
