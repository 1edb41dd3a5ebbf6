/* SPDX-License-Identifier: MIT */
#include "evaluate/interval_backtest.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/status.h"
#include "evaluate/selection.h"
#include "evaluate/text.h"

void lstm_interval_backtest_free(lstm_interval_backtest *b)
{
    if (b == NULL)
        return;
    lts_free(b->levels);
    lts_free(b->sums);
    lts_free(b);
}

static double metric(const lts_interval_sums *sums, int64_t kind, double level)
{
    double n = (double)sums->n;
    if (sums->n == 0)
        return (double)NAN;
    if (kind == LSTM_INTERVAL_COVERAGE)
        return (double)sums->covered / n;
    if (kind == LSTM_INTERVAL_WIDTH)
        return sums->width / n;
    return (sums->width + 2 / (1 - level) * sums->distance) / n;
}

typedef struct selection {
    lts_range series, steps, columns;
} selection;

/* Adds the sums of the steps of a series and column; sums [H]. */
static void add_steps(const lts_interval_sums *sums, lts_range steps, lts_interval_sums *total)
{
    for (int64_t h = steps.first; h < steps.end; h++) {
        total->n += sums[h].n;
        total->covered += sums[h].covered;
        total->width += sums[h].width;
        total->distance += sums[h].distance;
    }
}

static lts_interval_sums sum_up(const lstm_interval_backtest *b, int64_t calibration, int64_t level,
                                const selection *q)
{
    lts_interval_sums total = {0};
    for (int64_t s = q->series.first; s < q->series.end; s++)
        for (int64_t k = q->columns.first; k < q->columns.end; k++) {
            int64_t at = ((s * LTS_CALIBRATIONS + calibration) * b->K + k) * b->L + level;
            add_steps(b->sums + at * b->H, q->steps, &total);
        }
    return total;
}

lstm_status lstm_interval_backtest_value(const lstm_interval_backtest *b, int64_t kind,
                                         int64_t calibration, int64_t level, int64_t series,
                                         int64_t step, int64_t column, double *value,
                                         int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    selection q;
    if (b == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "backtest is NULL");
    LTS_NOT_NULL(value);
    LTS_TRY(lts_check_one_of("kind", kind, LSTM_INTERVAL_SCORE + 1,
                             "LSTM_INTERVAL_COVERAGE, _WIDTH or _SCORE"));
    LTS_TRY(lts_check_one_of("calibration", calibration, LTS_CALIBRATIONS,
                             "LSTM_CALIBRATION_ONCE, _ROLLING or _ADAPTIVE"));
    LTS_TRY(lts_check_item("level", level, b->L));
    LTS_TRY(lts_read_range("series", series, b->n_series, &q.series));
    LTS_TRY(lts_read_range("step", step, b->H, &q.steps));
    LTS_TRY(lts_read_range("column", column, b->K, &q.columns));
    lts_interval_sums sums = sum_up(b, calibration, level, &q);
    *value = metric(&sums, kind, b->levels[level]);
    if (counted != NULL)
        *counted = sums.n;
    return LSTM_OK;
}

lstm_status lstm_interval_backtest_table(const lstm_interval_backtest *b, char *text, int64_t size,
                                         int64_t *length)
{
    LTS_FLOAT_SCOPE();
    LTS_C_LOCALE_SCOPE();
    static const char *const names[LTS_CALIBRATIONS] = {"once", "rolling", "adaptive"};
    lts_text t = {.text = text, .size = size};
    if (b == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "backtest is NULL");
    LTS_TRY(lts_text_check(text, size));
    const selection all = {{0, b->n_series}, {0, b->H}, {0, b->K}};
    lts_text_add(&t, "calibrated  level  coverage       width       score\n");
    for (int64_t l = 0; l < b->L; l++)
        for (int64_t m = 0; m < LTS_CALIBRATIONS; m++) {
            lts_interval_sums sums = sum_up(b, m, l, &all);
            lts_text_add(&t, "%-10s %6.4g %9.4f %11.5g %11.5g\n", names[m], b->levels[l],
                         metric(&sums, LSTM_INTERVAL_COVERAGE, b->levels[l]),
                         metric(&sums, LSTM_INTERVAL_WIDTH, b->levels[l]),
                         metric(&sums, LSTM_INTERVAL_SCORE, b->levels[l]));
        }
    if (length != NULL)
        *length = t.length;
    return LSTM_OK;
}
