/* SPDX-License-Identifier: MIT */
#include "command/study/defaults.h"
#include "command/console/message.h"
#include "command/source/future.h"
#include "command/source/parts.h"
#include "command/study/fitting.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Shorter series have no parts to choose by. */
enum { LEAST_ROWS = 20 };

static int64_t shortest_series(const table_frame *frame)
{
    int64_t n = INT64_MAX;
    for (int64_t s = 0; s < frame->n_series; s++)
        n = frame->series[s].n_row < n ? frame->series[s].n_row : n;
    return n;
}

/* That of the settings, or else a season, but not more than a tenth of the rows. */
static int64_t horizon_of(const source *from, const settings *set, int64_t season)
{
    int64_t most = shortest_series(from->frame) / 10, wanted = season > 1 ? season : 10;
    return set->horizon > 0 ? set->horizon : wanted < most ? wanted : most;
}

/* What a fit of simple methods has chosen; NULL with a message on failure. */
static char *describe_fit(const source *from, int64_t horizon)
{
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = horizon;
    options.use = LSTM_USE_BASELINE;
    options.n_threads = LSTM_ALL_CORES;
    lstm_status status = lstm_forecaster_new(&forecaster, &options);
    if (status == LSTM_OK)
        status = lstm_forecaster_fit(forecaster, from->data);
    char *text = NULL;
    if (status == LSTM_OK)
        text = fitting_description(forecaster);
    else
        message_library("defaults");
    lstm_forecaster_free(forecaster);
    return text;
}

/* "24 rows 18 % less, 168 rows 5 % more". */
static void print_candidates(const json_t *errors)
{
    const char *rows, *between = "";
    json_t *error;
    json_object_foreach((json_t *)errors, rows, error)
    {
        double gain = 100 * (1 - json_number_value(error));
        if (json_is_number(error))
            printf("%s%s rows %.0f %% %s", between, rows, fabs(gain), gain > 0 ? "less" : "more");
        else
            printf("%s%s rows are too many for the table", between, rows);
        between = ", ";
    }
}

static void print_season(const char *description)
{
    json_t *all = json_loads(description, 0, NULL);
    const json_t *errors = json_object_get(json_object_get(all, "candidates"), "season_len");
    long long season = (long long)json_integer_value(json_object_get(all, "season_len"));
    if (json_object_size(errors) == 0) {
        printf("  season    none: neither the calendar nor the autocorrelation has one to try\n");
    } else {
        if (season > 1)
            printf(
                "  season    %lld rows: to repeat them errs clearly less than the last value and a "
                "trend,\n            and to repeat a longer season not clearly less still",
                season);
        else
            printf("  season    none: to repeat one errs not clearly less than the last value and "
                   "a trend");
        printf("\n            (against the last value: ");
        print_candidates(errors);
        printf(")\n");
    }
    json_decref(all);
}

/* Missing values of targets, or of covariates, before the rows to come. */
static int64_t count_missing(const source *from, bool of_targets)
{
    const table_frame *frame = from->frame;
    int64_t n = 0;
    for (int64_t s = 0; s < frame->n_series; s++)
        for (int64_t i = 0; i < frame->series[s].n_row * frame->n_column; i++) {
            int64_t c = i % frame->n_column;
            bool is_target = lstm_dataset_role(from->data, c) == LSTM_ROLE_BOTH;
            n += is_target == of_targets &&
                 isnan(frame->values[frame->series[s].first * frame->n_column + i]);
        }
    return n;
}

/* With a new line after each colon and semicolon. */
static void print_clauses(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (*at == ' ' && at > text && (at[-1] == ':' || at[-1] == ';'))
            printf("\n            ");
        else
            putchar(*at);
    putchar('\n');
}

/* What a fit compares, or why it cannot. */
static void print_use(const source *from, int64_t horizon)
{
    char lack[LACK_TEXT];
    if (parts_lack_choice(lack, sizeof lack, from->data, horizon)) {
        printf("  use       a simple method:\n            ");
        print_clauses(lack);
    } else {
        printf("  use       auto: networks, ridge, their mean and the best simple method are "
               "compared on\n            the validation part, and the best one forecasts\n");
    }
    if (parts_lack_test(lack, sizeof lack, from->data, horizon)) {
        printf("  errors    none: ");
        print_clauses(lack);
    }
}

/* The names of the columns of a role, in a line of their own. */
static void print_role(const source *from, int64_t role, const char *title)
{
    int64_t n = 0;
    for (int64_t c = 0; c < from->frame->n_column; c++)
        if (lstm_dataset_role(from->data, c) == role)
            printf("%s%s", n++ == 0 ? title : ", ", from->frame->names[c]);
    if (n > 0)
        putchar('\n');
}

/* Values to come of known covariates, which a forecast of the horizon reads. */
static void print_future(const source *from, int64_t horizon)
{
    int64_t least = INT64_MAX;
    for (int64_t s = 0; s < lstm_dataset_series(from->data); s++) {
        int64_t n = lstm_dataset_future_rows(from->data, s);
        least = n < least ? n : least;
    }
    printf("            %lld rows to come%s, and a forecast reads %lld\n", (long long)least,
           from->frame->n_series > 1 ? " in each series at least" : "", (long long)horizon);
}

static bool has_covariates(const source *from)
{
    return lstm_dataset_targets(from->data) < from->frame->n_column;
}

static void print_roles(const source *from, int64_t horizon)
{
    if (!has_covariates(from)) {
        printf("  target    all columns, unless a fit names some by --target\n");
        return;
    }
    print_role(from, LSTM_ROLE_BOTH, "  target    ");
    print_role(from, LSTM_ROLE_INPUT, "  past      ");
    print_role(from, LSTM_ROLE_KNOWN, "  known     ");
    if (future_known(from->data) != NULL)
        print_future(from, horizon);
}

static void print_fill(const source *from)
{
    long long missing = (long long)count_missing(from, true);
    long long others = (long long)count_missing(from, false);
    if (missing == 0)
        printf("  fill      mask; no value is missing%s\n", others == 0 ? "" : " of the targets");
    else
        printf("  fill      mask: %lld missing values are not scored, and none is made up\n",
               missing);
    if (others > 0)
        printf("            %lld of covariates take the value before them\n", others);
}

static void print_others(const source *from, int64_t n_value, int64_t horizon)
{
    print_roles(from, horizon);
    print_fill(from);
    printf("  networks  %d: the %s %lld values, and %s %d or more take%s one network\n",
           n_value >= MANY_VALUES ? 1 : 3, has_covariates(from) ? "targets have" : "table has",
           (long long)n_value, has_covariates(from) ? "targets of" : "one of", MANY_VALUES,
           has_covariates(from) ? "" : "s");
    print_use(from, horizon);
    printf("  levels    90: one interval for each value\n");
}

static int print_fitted(source *from, const settings *set, int64_t season)
{
    int64_t train = 0, valid = 0;
    int64_t horizon = horizon_of(from, set, season), n_value = fitting_values(from->data);
    char *text = NULL;
    if (parts_split_test(from->data, horizon) != EXIT_OK)
        return EXIT_FAILED;
    if (n_value <= MOST_COMPARED)
        text = describe_fit(from, horizon);
    if (n_value <= MOST_COMPARED && text == NULL)
        return EXIT_FAILED;
    printf("defaults of a fit for a horizon of %lld row%s, and why:\n", (long long)horizon,
           horizon == 1 ? "" : "s");
    if (text != NULL)
        print_season(text);
    else
        printf("  season    compared by the fit: the table has more than %d values\n",
               MOST_COMPARED);
    print_others(from, n_value, horizon);
    if (lstm_dataset_parts(from->data, 0, &train, &valid) == LSTM_OK)
        printf("  parts     %s%lld rows train, %lld choose (15 %%), %lld judge (a fifth, or "
               "the horizon)\n",
               from->frame->n_series > 1 ? "of the first series, " : "", (long long)train,
               (long long)(valid - train), (long long)(lstm_dataset_rows(from->data, 0) - valid));
    free(text);
    return EXIT_OK;
}

int defaults_print(source *from, const settings *set, int64_t season)
{
    bool is_long = shortest_series(from->frame) >= LEAST_ROWS;
    if (is_long && source_dataset(from, set) != EXIT_OK)
        return EXIT_FAILED;
    if (is_long && shortest_series(from->frame) >= LEAST_ROWS) /* without its rows to come */
        return print_fitted(from, set, season);
    printf("defaults of a fit: a series has fewer than %d rows, too few to choose by\n",
           LEAST_ROWS);
    return EXIT_OK;
}
