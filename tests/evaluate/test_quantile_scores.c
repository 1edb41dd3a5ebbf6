/* SPDX-License-Identifier: MIT */
/* Scores of quantiles over rolling origins against plain loops, by lstm_metric_pinball() and _crps.
   */
#include "assert_close.h"
#include "backtest_fixture.h"
#include "failing_allocator.h"

#include <stdio.h>

enum { L = 3, MOST = 400 };

static const double levels[L] = {0.9, 0.1, 0.4};

/* The last value, and quantiles around it that widen with the step. */
static lstm_status last_quantiles(void *user, const lstm_dataset *dataset, int64_t series,
                                  int64_t origin, int64_t horizon, const double *quantiles,
                                  int64_t n_quantile, lstm_real *y)
{
    const lstm_real *last = lstm_dataset_data(dataset, series) + (origin - 1) * C;
    const int64_t *fails_from = user;
    if (fails_from != NULL && origin >= *fails_from)
        return LSTM_E_DEVICE;
    for (int64_t i = 0; i < n_quantile * horizon * K; i++) {
        double width = 2 + 0.5 * (double)(i / K % horizon), q = quantiles[i / K / horizon];
        y[i] = (lstm_real)((double)last[targets[i % K]] + width * (q - 0.5));
    }
    return LSTM_OK;
}

static lstm_status last_value(void *user, const lstm_dataset *dataset, int64_t series,
                              int64_t origin, int64_t horizon, lstm_real *y)
{
    static const double middle = 0.5;
    (void)user;
    return last_quantiles(NULL, dataset, series, origin, horizon, &middle, 1, y);
}

/* A method with quantiles between two that have none. */
static void new_three(lstm_method *methods[METHODS], int64_t *fails_from)
{
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = "quantiles", options.predict = last_value, options.quantiles = last_quantiles;
    options.user = fails_from;
    assert_ok(lstm_baseline_new(&methods[0], NULL));
    assert_ok(lstm_method_new(&methods[1], &options));
    assert_ok(lstm_baseline_new(&methods[2], NULL));
}

static lstm_backtest_options with_levels(int64_t stride, int64_t n_threads)
{
    lstm_backtest_options options = options_of(stride, n_threads);
    options.levels = levels, options.n_level = L;
    return options;
}

/* Truth [n] and quantiles [n, L] of a selection. */
typedef struct pairs {
    int64_t n;
    lstm_real truth[MOST], quantiles[MOST * L], one[MOST];
} pairs;

static void add_pairs(pairs *p, const lstm_dataset *dataset, const lstm_method *method, int64_t s,
                      int64_t origin, int64_t step, int64_t column)
{
    lstm_real y[L * H * K];
    assert_ok(lstm_method_quantiles(method, dataset, s, origin, H, levels, L, y));
    for (int64_t i = 0; i < H * K; i++) {
        int64_t row = origin + i / K, c = targets[i % K];
        if ((step >= 0 && i / K != step) || (column >= 0 && i % K != column))
            continue;
        bool observed = lstm_dataset_observed(dataset, s, row, c) != 0;
        p->truth[p->n] = observed ? lstm_dataset_data(dataset, s)[row * C + c] : (lstm_real)NAN;
        for (int64_t l = 0; l < L; l++)
            p->quantiles[p->n * L + l] = y[l * H * K + i];
        p->n++;
    }
    assert_true(p->n < MOST);
}

static void collect(pairs *p, const lstm_dataset *dataset, const lstm_method *method,
                    int64_t series, int64_t step, int64_t column, int64_t stride)
{
    p->n = 0;
    for (int64_t s = 0; s < 2; s++) {
        int64_t train, first;
        assert_ok(lstm_dataset_parts(dataset, s, &train, &first));
        for (int64_t o = first; o + H <= lstm_dataset_rows(dataset, s); o += stride)
            if (series < 0 || s == series)
                add_pairs(p, dataset, method, s, o, step, column);
    }
}

static void assert_score(const lstm_backtest *backtest, int64_t kind, int64_t level,
                         const int64_t at[3], double want, int64_t n)
{
    double got = -1;
    int64_t counted = -1;
    assert_ok(
        lstm_backtest_quantile(backtest, kind, 1, level, at[0], at[1], at[2], &got, &counted));
    assert_int_equal(counted, n);
    assert_close("selection", "score", kind, got, want, 1e-11 * (1 + fabs(want)));
}

static void assert_selection(const lstm_backtest *backtest, pairs *p, const int64_t at[3])
{
    double want, mean = 0;
    int64_t n;
    for (int64_t l = 0; l < L; l++) {
        int64_t covered = 0;
        for (int64_t i = 0; i < p->n; i++) {
            p->one[i] = p->quantiles[i * L + l];
            covered += p->truth[i] <= p->one[i];
        }
        assert_ok(lstm_metric_pinball(levels[l], p->n, 1, p->truth, p->one, &want, &n));
        assert_score(backtest, LSTM_QUANTILE_PINBALL, l, at, want, n);
        assert_score(backtest, LSTM_QUANTILE_COVERAGE, l, at, (double)covered / (double)n, n);
        mean += want / L;
    }
    assert_score(backtest, LSTM_QUANTILE_PINBALL, LSTM_ALL, at, mean, n);
    assert_ok(lstm_metric_crps_quantiles(p->n, 1, p->truth, levels, L, p->quantiles, &want, &n));
    assert_score(backtest, LSTM_QUANTILE_CRPS, LSTM_ALL, at, want, n);
}

static void scores_are_those_of_a_plain_loop(void **fixture)
{
    (void)fixture;
    const int64_t holes[] = {3, 41, 42, 58};
    static pairs p;
    for (int64_t stride = 1; stride <= 3; stride++) {
        lstm_dataset *dataset = new_data(LSTM_MISSING_LINEAR, holes, 4);
        lstm_method *methods[METHODS];
        lstm_backtest *backtest = NULL;
        lstm_backtest_options options = with_levels(stride, 3);
        new_three(methods, NULL);
        assert_ok(lstm_backtest_run(&backtest, methods, METHODS, dataset, &options));
        for (int64_t series = LSTM_ALL; series < 2; series++)
            for (int64_t step = LSTM_ALL; step < H; step++)
                for (int64_t column = LSTM_ALL; column < K; column++) {
                    const int64_t at[] = {series, step, column};
                    collect(&p, dataset, methods[1], series, step, column, stride);
                    assert_selection(backtest, &p, at);
                }
        lstm_backtest_free(backtest);
        free_methods(methods);
        lstm_dataset_free(dataset);
    }
}

static double score(const lstm_backtest *backtest, int64_t kind, int64_t method, int64_t level,
                    int64_t step)
{
    double value = -1;
    assert_ok(lstm_backtest_quantile(backtest, kind, method, level, LSTM_ALL, step, LSTM_ALL,
                                     &value, NULL));
    return value;
}

/* Points are scored as without levels; other methods have no scores of quantiles. */
static void only_methods_with_quantiles_are_scored(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *plain = NULL, *backtest = NULL;
    lstm_backtest_options options = options_of(1, 1);
    const int64_t kinds[] = {LSTM_METRIC_MAE};
    char text[400], crps[20];
    new_three(methods, NULL);
    assert_ok(lstm_backtest_run(&plain, methods, METHODS, dataset, &options));
    options = with_levels(1, 1);
    assert_ok(lstm_backtest_run(&backtest, methods, METHODS, dataset, &options));
    for (int64_t m = 0; m < METHODS; m++) {
        assert_true(value_of(plain, LSTM_METRIC_MAE, m, LSTM_ALL, LSTM_ALL, LSTM_ALL) ==
                    value_of(backtest, LSTM_METRIC_MAE, m, LSTM_ALL, LSTM_ALL, LSTM_ALL));
        for (int64_t kind = 0; kind <= LSTM_QUANTILE_CRPS; kind++) {
            int64_t level = kind == LSTM_QUANTILE_CRPS ? LSTM_ALL : 0;
            assert_true(isnan(score(backtest, kind, m, level, LSTM_ALL)) == (m != 1));
        }
    }
    assert_ok(lstm_backtest_table(backtest, kinds, 1, text, sizeof text, NULL));
    snprintf(crps, sizeof crps, " %11.5g\n",
             score(backtest, LSTM_QUANTILE_CRPS, 1, LSTM_ALL, LSTM_ALL));
    assert_non_null(strstr(text, "MAE        CRPS\n"));
    assert_non_null(strstr(text, crps));
    assert_non_null(strstr(text, "nan\n"));
    lstm_backtest_free(plain);
    lstm_backtest_free(backtest);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

static void standardized_scores_are_divided_by_the_deviation(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *plain = NULL, *backtest = NULL;
    lstm_backtest_options options = with_levels(2, 1);
    double variance = 0, mean = 0, before, after, deviation;
    new_three(methods, NULL);
    assert_ok(lstm_backtest_run(&plain, methods, METHODS, dataset, &options));
    options.standardized = 1;
    assert_ok(lstm_backtest_run(&backtest, methods, METHODS, dataset, &options));
    const lstm_real *x = lstm_dataset_data(dataset, 1) + targets[1];
    for (int64_t t = 0; t < TRAIN; t++)
        mean += (double)x[t * C] / TRAIN;
    for (int64_t t = 0; t < TRAIN; t++)
        variance += pow((double)x[t * C] - mean, 2) / TRAIN;
    deviation = sqrt(variance);
    for (int64_t kind = 0; kind <= LSTM_QUANTILE_CRPS; kind++) {
        int64_t level = kind == LSTM_QUANTILE_CRPS ? LSTM_ALL : 2;
        assert_ok(lstm_backtest_quantile(plain, kind, 1, level, 1, 2, 1, &before, NULL));
        assert_ok(lstm_backtest_quantile(backtest, kind, 1, level, 1, 2, 1, &after, NULL));
        double by = kind == LSTM_QUANTILE_COVERAGE ? 1 : deviation;
        assert_close("standardized", "score", kind, after, before / by, 1e-10);
    }
    lstm_backtest_free(plain);
    lstm_backtest_free(backtest);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

static void threads_and_refits_do_not_change_a_bit(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *one = NULL;
    lstm_backtest_options options = with_levels(1, 1);
    new_three(methods, NULL);
    options.first_origin = 10; /* many origins */
    assert_ok(lstm_backtest_run(&one, methods, METHODS, dataset, &options));
    options.refit = 7; /* there is nothing to fit */
    for (options.n_threads = 2; options.n_threads <= 7; options.n_threads++) {
        lstm_backtest *more = NULL;
        assert_ok(lstm_backtest_run(&more, methods, METHODS, dataset, &options));
        for (int64_t step = LSTM_ALL; step < H; step++)
            for (int64_t level = LSTM_ALL; level < L; level++)
                assert_true(score(one, LSTM_QUANTILE_PINBALL, 1, level, step) ==
                            score(more, LSTM_QUANTILE_PINBALL, 1, level, step));
        lstm_backtest_free(more);
    }
    lstm_backtest_free(one);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

static void wrong_levels_are_refused(void **fixture)
{
    (void)fixture;
    const double outside[] = {0.5, 1}, nan[] = {(double)NAN};
    int64_t fails_from = 47;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *backtest = NULL;
    new_three(methods, &fails_from);
#define REFUSED(values, number, status, part)                                                      \
    do {                                                                                           \
        lstm_backtest_options options = options_of(1, 2);                                          \
        options.levels = (values), options.n_level = (number);                                     \
        assert_status(lstm_backtest_run(&backtest, methods, METHODS, dataset, &options), status,   \
                      part);                                                                       \
    } while (0)
    REFUSED(NULL, 1, LSTM_E_ARGUMENT, "n_level is 1, levels is NULL");
    REFUSED(levels, 0, LSTM_E_ARGUMENT, "n_level is 0, levels is not NULL");
    REFUSED(levels, -1, LSTM_E_ARGUMENT, "n_level is -1");
    REFUSED(outside, 2, LSTM_E_ARGUMENT, "levels[1] is 1");
    REFUSED(nan, 1, LSTM_E_ARGUMENT, "levels[0] is nan");
    REFUSED(levels, L, LSTM_E_DEVICE,
            "method \"quantiles\", series 0, origin 47: quantiles of the method");
    assert_null(backtest);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

static void wrong_questions_are_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    lstm_method *methods[METHODS];
    lstm_backtest *backtest = NULL, *plain = NULL;
    lstm_backtest_options options = options_of(1, 1);
    double value = 7;
    new_three(methods, NULL);
    assert_ok(lstm_backtest_run(&plain, methods, METHODS, dataset, &options));
    options = with_levels(1, 1);
    assert_ok(lstm_backtest_run(&backtest, methods, METHODS, dataset, &options));
#define REFUSED_SCORE(part, ...)                                                                   \
    assert_status(lstm_backtest_quantile(__VA_ARGS__, &value, NULL), LSTM_E_ARGUMENT, part)
    REFUSED_SCORE("backtest is NULL", NULL, 0, 0, 0, 0, 0, 0);
    REFUSED_SCORE("has no levels", plain, 0, 0, LSTM_ALL, 0, 0, 0);
    REFUSED_SCORE("kind is 3", backtest, 3, 0, 0, 0, 0, 0);
    REFUSED_SCORE("method is 3", backtest, 0, 3, 0, 0, 0, 0);
    REFUSED_SCORE("method is -1", backtest, 0, -1, 0, 0, 0, 0);
    REFUSED_SCORE("level is 3", backtest, 0, 0, 3, 0, 0, 0);
    REFUSED_SCORE("level is -1", backtest, LSTM_QUANTILE_COVERAGE, 0, LSTM_ALL, 0, 0, 0);
    REFUSED_SCORE("level is 0", backtest, LSTM_QUANTILE_CRPS, 0, 0, 0, 0, 0);
    REFUSED_SCORE("series is 2", backtest, 0, 0, 0, 2, 0, 0);
    REFUSED_SCORE("step is 4", backtest, 0, 0, 0, 0, 4, 0);
    REFUSED_SCORE("column is -2", backtest, 0, 0, 0, 0, 0, -2);
    assert_status(lstm_backtest_quantile(backtest, 0, 0, 0, 0, 0, 0, NULL, NULL), LSTM_E_ARGUMENT,
                  "value is NULL");
    assert_true(value == 7);
    lstm_backtest_free(plain);
    lstm_backtest_free(backtest);
    free_methods(methods);
    lstm_dataset_free(dataset);
}

typedef struct call {
    lstm_method *methods[METHODS];
    const lstm_dataset *dataset;
} call;

static lstm_status attempt(void *context)
{
    call *c = context;
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = with_levels(7, 2);
    lstm_status status = lstm_backtest_run(&backtest, c->methods, METHODS, c->dataset, &options);
    lstm_backtest_free(backtest);
    return status;
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_data(LSTM_MISSING_REFUSE, NULL, 0);
    call c = {.dataset = dataset};
    new_three(c.methods, NULL);
    failing_allocator_sweep(&memory, attempt, &c);
    free_methods(c.methods);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_those_of_a_plain_loop),
        cmocka_unit_test(only_methods_with_quantiles_are_scored),
        cmocka_unit_test(standardized_scores_are_divided_by_the_deviation),
        cmocka_unit_test(threads_and_refits_do_not_change_a_bit),
        cmocka_unit_test(wrong_levels_are_refused),
        cmocka_unit_test(wrong_questions_are_refused),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
