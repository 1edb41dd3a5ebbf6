/* SPDX-License-Identifier: MIT */
/**
 * The data of a report from a fitted forecaster, its data set and a backtest:
 *
 *     report_sources sources = {.forecaster = forecaster, .dataset = dataset, .command = "...",
 *                               .backtest = backtest, .methods = methods, .n_method = 4};
 *     report_gathered *gathered = NULL;
 *     report_text text = {0};
 *     if (report_gather(&gathered, &sources) == LSTM_OK &&
 *         report_write(&text, report_gathered_data(gathered)))
 *         fwrite(text.bytes, 1, text.length, file);
 *     report_text_free(&text);
 *     report_gathered_free(gathered);
 *
 * Forecasts, residuals and coverage come from the test part, which the fit has not read; without
 * one there is the forecast from the last row alone.
 */
#ifndef TOOLS_REPORT_GATHER_H
#define TOOLS_REPORT_GATHER_H

#include "report/coverage.h"
#include "report/report.h"

#include <lstmts/backtest.h>
#include <lstmts/forecaster.h>

/** What a report is made of. Nothing is kept but texts, curves and facts, which must outlive it. */
typedef struct report_sources {
    const lstm_forecaster *forecaster; /**< fitted                                              */
    const lstm_dataset *dataset;
    const lstm_backtest *backtest; /**< with the horizon of the forecaster; NULL = no errors    */
    lstm_method *const *methods;   /**< [n_method] of the backtest; number 0 = the forecaster */
    int64_t n_method;
    const coverage *held;   /**< from the origins of the backtest; NULL = no coverage           */
    int64_t seasonal_naive; /**< number of that method + 1; 0 = none                            */
    int64_t n_curve;
    const report_curve *curves; /**< progress.h                                                 */
    int64_t n_fact;
    const report_fact *facts; /**< more of the data                                             */
    int64_t n_setting;
    const report_fact *settings; /**< more settings: seed, time, ...                            */
    const char *title, *command, *lacking; /**< as of report_data                               */
} report_sources;

/** Gathered data. Opaque. */
typedef struct report_gathered report_gathered;

/**
 * Gather the data of a report. It takes forecasts from some hundred rows of the test part.
 *
 * @param[out] gathered  free it with report_gathered_free().
 * @return LSTM_OK; LSTM_E_NOMEM, which sets no message; an error of the library, whose message is
 *         that of lstm_last_error(). On failure nothing is returned.
 */
lstm_status report_gather(report_gathered **gathered, const report_sources *sources);

/**
 * Replace the forecasts from the last row of each series by those of a forecaster that has learned
 * more, such as the test part.
 *
 * @param forecaster  of the same columns, horizon and levels
 * @return as report_gather(). On failure the data must not be used.
 */
lstm_status report_gather_last(report_gathered *gathered, const lstm_forecaster *forecaster,
                               const lstm_dataset *dataset);

/** The data, valid until they are freed. */
const report_data *report_gathered_data(const report_gathered *gathered);

/** NULL is allowed. */
void report_gathered_free(report_gathered *gathered);

#endif
