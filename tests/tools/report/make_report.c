/* SPDX-License-Identifier: MIT */
/*
 * Writes the report of a table, with the forecaster of the defaults or of some updates:
 *
 *     make_report TABLE.csv HORIZON SEASON REPORT.html [UPDATES]
 *
 * The last fifth of the rows is the test part.
 */
#include "report/gather.h"
#include "report/progress.h"
#include "table/table.h"

#include <lstmts/lstmts.h>
#include <stdio.h>
#include <stdlib.h>

enum { METHODS = 4 };

typedef struct parts {
    table_frame *frame;
    lstm_dataset *dataset;
    lstm_forecaster *forecaster;
    lstm_method *methods[METHODS];
    lstm_backtest *backtest;
    coverage held;
    report_progress progress;
    report_gathered *gathered;
    report_text text;
} parts;

static int record(const lstm_fit_progress *progress, void *user)
{
    return report_progress_record(user, progress) ? 0 : 1;
}

static int read_data(parts *p, const char *path)
{
    table_error error = {0};
    if (table_read_file(&p->frame, path, NULL, &error) != LSTM_OK)
        return fprintf(stderr, "%s\n", error.message), 1;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.missing = LSTM_MISSING_MASK;
    lstm_status status = table_dataset(&p->dataset, p->frame, &options, &error);
    if (status != LSTM_OK)
        return fprintf(stderr, "%s\n", error.message), 1;
    return lstm_dataset_split_fraction(p->dataset, LSTM_ALL_SERIES, 0.65, 0.15);
}

static int judge(parts *p, int64_t horizon, int64_t season, int64_t n_update)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = horizon, options.n_update = n_update;
    options.on_progress = record, options.progress_user = &p->progress;
    lstm_baseline_options naive = LSTM_BASELINE_OPTIONS_INIT, drift = LSTM_BASELINE_OPTIONS_INIT;
    naive.kind = LSTM_BASELINE_SEASONAL_NAIVE, naive.season_len = season;
    drift.kind = LSTM_BASELINE_SEASONAL_DRIFT, drift.season_len = season;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = horizon, test.season_len = season, test.stride = 1 + horizon / 24;
    return lstm_forecaster_new(&p->forecaster, &options) ||
           lstm_forecaster_method(&p->methods[0], p->forecaster, "forecaster") ||
           lstm_baseline_new(&p->methods[1], &naive) || lstm_baseline_new(&p->methods[2], &drift) ||
           lstm_baseline_new(&p->methods[3], NULL) ||
           lstm_backtest_run(&p->backtest, p->methods, METHODS, p->dataset, &test) ||
           coverage_count(&p->held, p->forecaster, p->dataset, test.stride);
}

static int write_report(parts *p, const char *path, const char *command)
{
    const report_fact seed = {"Seed", "0"};
    const report_sources sources = {.forecaster = p->forecaster,
                                    .dataset = p->dataset,
                                    .backtest = p->backtest,
                                    .methods = p->methods,
                                    .n_method = METHODS,
                                    .held = &p->held,
                                    .seasonal_naive = 2,
                                    .n_curve = p->progress.n_curve,
                                    .curves = p->progress.curves,
                                    .settings = &seed,
                                    .n_setting = 1,
                                    .command = command};
    if (report_gather(&p->gathered, &sources) != LSTM_OK ||
        !report_write(&p->text, report_gathered_data(p->gathered)))
        return 1;
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return 1;
    size_t n = fwrite(p->text.bytes, 1, p->text.length, file);
    return (fclose(file) != 0) | (n != p->text.length);
}

int main(int argc, char **argv)
{
    parts p = {0};
    char command[2000];
    if (argc < 5)
        return fprintf(stderr, "usage: make_report TABLE HORIZON SEASON REPORT.html [UPDATES]\n"),
               2;
    snprintf(command, sizeof command, "make_report %s %s %s %s%s%s", argv[1], argv[2], argv[3],
             argv[4], argc > 5 ? " " : "", argc > 5 ? argv[5] : "");
    int failed = read_data(&p, argv[1]) ||
                 judge(&p, atoll(argv[2]), atoll(argv[3]), argc > 5 ? atoll(argv[5]) : 0) ||
                 write_report(&p, argv[4], command);
    if (failed)
        fprintf(stderr, "make_report: %s\n", lstm_last_error());
    report_text_free(&p.text);
    report_gathered_free(p.gathered);
    report_progress_free(&p.progress);
    lstm_backtest_free(p.backtest);
    coverage_free(&p.held);
    for (int m = 0; m < METHODS; m++)
        lstm_method_free(p.methods[m]);
    lstm_forecaster_free(p.forecaster);
    lstm_dataset_free(p.dataset);
    table_free(p.frame);
    return failed;
}
