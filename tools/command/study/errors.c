/* SPDX-License-Identifier: MIT */
#include "command/study/errors.h"
#include "command/output/name.h"
#include <math.h>
#include <string.h>

/* What a row is about; LSTM_ALL = all. */
typedef struct place {
    int64_t series, step, column;
} place;

/* Nothing for NaN. */
static void print_value(double value, FILE *file)
{
    fputc(',', file);
    if (isfinite(value))
        fprintf(file, "%.6g", value);
}

/* Only the forecaster has intervals. */
static void print_coverage(const judgement *judged, bool has_intervals, place at, FILE *file)
{
    for (int64_t l = 0; l < judged->held.L; l++)
        print_value(has_intervals
                        ? coverage_share(&judged->held, l, at.series, at.step, at.column, NULL)
                        : (double)NAN,
                    file);
}

static void print_rows(const judgement *judged, const lstm_dataset *data, place at, FILE *file)
{
    static const int64_t kinds[] = {LSTM_METRIC_MASE, LSTM_METRIC_MAE, LSTM_METRIC_RMSE,
                                    LSTM_METRIC_SMAPE};
    for (int m = 0; m < judged->n_method; m++) {
        name_csv(file, judged->names[m], "");
        fputc(',', file);
        name_csv(file, at.series < 0 ? "all" : lstm_dataset_name(data, at.series), "");
        fputc(',', file);
        name_csv(file, at.column < 0 ? "all" : judge_target(data, at.column), "");
        if (at.step < 0)
            fputs(",all", file);
        else
            fprintf(file, ",%lld", (long long)at.step + 1);
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            double value = (double)NAN;
            lstm_backtest_value(judged->backtest, kinds[i], m, at.series, at.step, at.column,
                                &value, NULL);
            print_value(value, file);
        }
        print_coverage(judged, m == 0, at, file);
        fputc('\n', file);
    }
}

void errors_csv(const judgement *judged, const lstm_dataset *data, const char *by, FILE *file)
{
    place at = {LSTM_ALL, LSTM_ALL, LSTM_ALL};
    fputs("method,series,column,step,MASE,MAE,RMSE,sMAPE", file);
    for (int64_t l = 0; l < judged->held.L; l++)
        fprintf(file, ",coverage_%g", 100 * judged->held.levels[l]);
    fputc('\n', file);
    print_rows(judged, data, at, file);
    if (by == NULL)
        return;
    bool is_series = strcmp(by, "series") == 0, is_step = strcmp(by, "step") == 0;
    int64_t n = is_series ? lstm_dataset_series(data)
                : is_step ? judged->horizon
                          : lstm_dataset_targets(data);
    for (int64_t i = 0; i < n; i++) {
        *(is_series ? &at.series : is_step ? &at.step : &at.column) = i;
        print_rows(judged, data, at, file);
    }
}
