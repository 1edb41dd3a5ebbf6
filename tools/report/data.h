/* SPDX-License-Identifier: MIT */
/* What a report shows, as plain arrays. report.h has the rules for texts and numbers. */
#ifndef TOOLS_REPORT_DATA_H
#define TOOLS_REPORT_DATA_H

#include <stdbool.h>
#include <stdint.h>

/** One series. K and H are those of the report. */
typedef struct report_series {
    const char *name;
    int64_t n_row;        /**< rows that are known                                              */
    const double *times;  /**< [n_row + H] seconds since 1970, or numbers of rows; ascending    */
    const double *values; /**< [K, n_row]                                                       */
} report_series;

/** A forecast of one series. */
typedef struct report_forecast {
    int64_t series; /**< its number                                                             */
    int64_t origin; /**< rows that were known to it, 1 .. n_row                                 */
    const double *mean, *lower, *upper; /**< [K, H]; no interval: lower and upper are NULL      */
} report_forecast;

/** A line of the training. */
typedef struct report_curve {
    const char *name;
    int64_t n;
    const double *x, *y; /**< [n] updates and losses                                            */
} report_curve;

/** Errors of the forecaster in one series, one step ahead, in the order of time. */
typedef struct report_residuals {
    int64_t series; /**< its number */
    int64_t n;
    const double *times;  /**< [n] as of a series                                               */
    const double *values; /**< [K, n] truth - forecast                                          */
} report_residuals;

/** A name and a value as texts. */
typedef struct report_fact {
    const char *name, *value;
} report_fact;

/** All that a report shows. Every field may be 0 but K and n_series. */
typedef struct report_data {
    const char *title; /**< NULL = "Forecast" */
    bool has_times;    /**< times are seconds since 1970                                        */
    int64_t n_series;
    const report_series *series; /**< [n_series]                                               */
    int64_t n_column;            /**< K, >= 1                                                   */
    const char *const *columns;  /**< [K] names                                                 */
    int64_t horizon;             /**< H                                                         */
    double level;                /**< share that the intervals are to cover                     */
    int64_t n_forecast;
    const report_forecast *forecasts; /**< by series, and then by origin                        */

    int64_t n_method;
    const char *const *methods; /**< [n_method] names; number 0 is the forecaster             */
    int64_t seasonal_naive;     /**< number of that method + 1; 0 = there is none             */
    int64_t n_metric;           /**< metrics of which less is better                          */
    const char *const *metrics; /**< [n_metric] names; number 0 is judged in words            */
    const double *scores;       /**< [n_series, K, n_method, n_metric]                        */
    const double *totals; /**< [n_method, n_metric] of all together, or NULL; a metric without a
                              finite value is left out */
    const char *const *step_metrics; /**< [K + 1] names of the errors by step              */
    int64_t n_step;                  /**< steps that were judged                           */
    const double *step_errors;     /**< [K + 1, n_method, n_step]; number K is all columns       */
    const double *coverage;        /**< [K + 1, n_step] shares, or NULL; as step_errors          */
    const double *coverage_totals; /**< [K + 1] of all steps, if there is coverage         */
    const double *coverage_series; /**< [n_series, K] of all steps, or NULL                */
    const char *verdict; /**< lines of text, such as those of lstm_backtest_words()          */
    const char *lacking; /**< which parts there are not, and why; NULL = nothing              */

    int64_t n_curve;
    const report_curve *curves;
    report_residuals residuals;

    int64_t n_fact;
    const report_fact *facts; /**< of the data                                                  */
    int64_t n_setting;
    const report_fact *settings; /**< seed, versions, ...                                       */
    const char *configuration;   /**< JSON                                                      */
    const char *command;         /**< that makes the report again                               */
} report_data;

enum {
    REPORT_MOST_DRAWN = 16, /**< columns of series that are drawn; the text says how many are not */
    REPORT_MOST_TABLED = 200 /**< columns of series in the table of metrics                       */
};

#endif
