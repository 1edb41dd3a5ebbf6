/* SPDX-License-Identifier: MIT */
/* Methods, backtests and intervals. */
#include "tables.h"

/* An array for one forecast of n_array [horizon, K], if it is one of a size that is computed. */
static output new_forecast(const lstm_dataset *d, int64_t horizon, int64_t n_array)
{
    int64_t n = horizon > 0 && horizon <= MOST_STEPS ? horizon : 0;
    return output_new(n_array * n * lstm_dataset_targets(d), sizeof(lstm_real));
}

/* A horizon for which there is memory, or one that must be refused. */
static int64_t some_horizon(void)
{
    static const int64_t odd[] = {0, -1, INT64_MAX, INT64_MIN, INT64_C(1) << 62};
    uint8_t choice = fuzz_byte(&w.input);
    return choice < 245 ? 1 + choice % MOST_STEPS : odd[choice % 5];
}

static void new_method(int i)
{
    lstm_baseline_options baseline = LSTM_BASELINE_OPTIONS_INIT;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    lstm_ensemble_options ensemble = LSTM_ENSEMBLE_OPTIONS_INIT;
    int what = pick(4);
    baseline.kind = pick(LSTM_BASELINE_NAIVE2 + 1);
    baseline.season_len = 1 + pick(8), baseline.window = 1 + pick(8);
    ridge.context_len = 1 + pick(4), ridge.horizon = MOST_STEPS;
    ensemble.members = t.methods, ensemble.n_member = i, ensemble.kind = pick(3);
    ensemble.horizon = 1 + pick(3);
    void *odd = what == 1   ? SPOILED(ridge, 0)
                : what == 2 ? SPOILED(ensemble, FIELD(lstm_ensemble_options, name) |
                                                    FIELD(lstm_ensemble_options, members) |
                                                    FIELD(lstm_ensemble_options, n_member) |
                                                    FIELD(lstm_ensemble_options, n_threads))
                            : SPOILED(baseline, 0);
    if (what == 1)
        CALL(ANY_ERROR, lstm_ridge_new(&t.methods[i], odd));
    else if (what == 2 && i > 0)
        CALL(ANY_ERROR, lstm_ensemble_new(&t.methods[i], odd));
    else if (what == 3 && t.forecasters[0] != NULL)
        CALL(ANY_ERROR, lstm_forecaster_method(&t.methods[i], t.forecasters[0], "forecaster"));
    else if (what == 0)
        CALL(ANY_ERROR, lstm_baseline_new(&t.methods[i], odd));
    free(odd);
    FUZZ_HOLDS((t.methods[i] == NULL) == (lstm_method_name(t.methods[i]) == NULL));
}

/* The number of methods, without gaps. */
static int n_methods(void)
{
    int n = 0;
    while (n < N_METHOD && t.methods[n] != NULL)
        n++;
    return n;
}

void op_method(void)
{
    int n = n_methods(), what = pick(8);
    lstm_dataset *d = some_dataset();
    if (what == 7 && pick(4) == 0) {
        free_methods();
        return;
    }
    if (n < N_METHOD && (n == 0 || what > 4)) {
        new_method(n);
        return;
    }
    lstm_method *method = t.methods[pick(n == 0 ? 1 : n)];
    int64_t series = some_series(d), origin = some_origin(d, series), horizon = some_horizon();
    int64_t n_level;
    const double *levels = some_levels(&n_level);
    if (what < 2) {
        CALL(ANY_ERROR, lstm_method_fit(method, d));
    } else if (what < 4) {
        output y = new_forecast(d, horizon, 1);
        lstm_status status =
            CALL(ANY_ERROR, lstm_method_predict(method, d, series, origin, horizon, y.at));
        output_done(&y, status, ANY_BYTES);
    } else {
        double weights[64];
        output y = new_forecast(d, horizon, n_level);
        lstm_status status = CALL(ANY_ERROR, lstm_method_quantiles(method, d, series, origin,
                                                                   horizon, levels, n_level, y.at));
        output_done(&y, status, ANY_BYTES);
        CALL(ANY_ERROR, lstm_ensemble_weights(method, weights));
    }
}

static void read_backtest(const lstm_backtest *b)
{
    double value = 7, ratio;
    char text[300];
    const int64_t kinds[] = {pick(9), LSTM_METRIC_MASE};
    int64_t length = 0, counted = -1, step = pick(5) - 1, method = pick(4) - 1,
            column = pick(4) - 1;
    if (CALL(E(ARGUMENT), lstm_backtest_value(b, pick(9), method, pick(4) - 1, step, column, &value,
                                              &counted)) < 0)
        FUZZ_HOLDS(value == 7 && counted == -1);
    else
        FUZZ_HOLDS(counted >= 0);
    CALL(E(ARGUMENT), lstm_backtest_quantile(b, pick(4), method, pick(4) - 1, pick(4) - 1, step,
                                             column, &value, NULL));
    CALL(E(ARGUMENT), lstm_backtest_table(b, kinds, 2, text, about(sizeof text - 2), &length));
    CALL(E(ARGUMENT) | E(NOMEM), lstm_backtest_compare(b, kinds[0], 0, method, &value, &ratio));
    CALL(E(ARGUMENT) | E(NOMEM), lstm_backtest_words(b, kinds[0], method, text, 100, &length));
    FUZZ_HOLDS(lstm_backtest_origins(b, LSTM_ALL) > 0);
}

static void test_intervals(const lstm_dataset *d, const void *options)
{
    lstm_interval_backtest *b = NULL;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    double value = 7;
    char text[200];
    int64_t length = 0;
    interval.window = 1 + pick(8);
    void *odd = SPOILED(interval, FIELD(lstm_interval_options, levels) |
                                      FIELD(lstm_interval_options, n_level));
    CALL(ANY_ERROR, lstm_interval_backtest_run(&b, t.methods[0], d, odd, options));
    free(odd);
    if (b == NULL)
        return;
    CALL(E(ARGUMENT), lstm_interval_backtest_value(b, pick(4), pick(4), pick(2), pick(4) - 1,
                                                   pick(4) - 1, pick(4) - 1, &value, NULL));
    CALL(E(ARGUMENT), lstm_interval_backtest_table(b, text, sizeof text, &length));
    lstm_interval_backtest_free(b);
}

/* Fits that fail change no method, so a backtest may end at any allocation. */
void op_backtest(void)
{
    const lstm_dataset *d = some_dataset();
    lstm_backtest *b = NULL;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    int n = n_methods();
    options.horizon = 1 + pick(4), options.stride = 1 + pick(8);
    options.first_origin = pick(4) * 8, options.refit = pick(4) - 1;
    options.season_len = pick(5), options.standardized = pick(2);
    options.n_threads = number_of_threads();
    options.levels = pick(2) == 0 ? NULL : some_levels(&options.n_level);
    void *odd = SPOILED(options, FIELD(lstm_backtest_options, n_threads) |
                                     FIELD(lstm_backtest_options, levels) |
                                     FIELD(lstm_backtest_options, n_level));
    if (pick(4) == 3) {
        test_intervals(d, odd);
    } else {
        CALL(ANY_ERROR, lstm_backtest_run(&b, t.methods, n, d, odd));
        if (b != NULL)
            read_backtest(b);
        lstm_backtest_free(b);
    }
    free(odd);
}

static void new_interval(void)
{
    lstm_interval_options options = LSTM_INTERVAL_OPTIONS_INIT;
    options.horizon = 1 + pick(3), options.n_column = 1 + pick(2), options.window = 1 + pick(4);
    options.levels = some_levels(&options.n_level);
    options.is_two_sided = pick(2), options.is_conformalized = pick(2);
    lstm_interval_free(t.interval);
    t.interval = NULL;
    /* horizon and columns are those of the arrays below */
    void *odd = SPOILED(
        options, FIELD(lstm_interval_options, horizon) | FIELD(lstm_interval_options, n_column) |
                     FIELD(lstm_interval_options, levels) | FIELD(lstm_interval_options, n_level));
    CALL(ANY_ERROR, lstm_interval_new(&t.interval, odd));
    free(odd);
}

static void get_and_set(void)
{
    int64_t length = lstm_interval_state_len(t.interval);
    output state = output_new(length, sizeof(lstm_real));
    lstm_real *values = state.at;
    CALL(E(ARGUMENT), lstm_interval_get_state(t.interval, values));
    if (length > 0 && pick(2) == 1)
        values[fuzz_byte(&w.input) % length] = (lstm_real)odd_int();
    CALL(E(ARGUMENT) | E(SHAPE) | E(NUMERIC),
         lstm_interval_set_state(t.interval, values, about(length)));
    free(values);
}

void op_interval(void)
{
    lstm_real low[MOST_STEPS * TABLE_COLUMNS * MOST_TABLE_LEVELS], high[sizeof low / sizeof *low];
    lstm_real lower[sizeof low / sizeof *low], upper[sizeof low / sizeof *low];
    int what = pick(8);
    fill_rows(low, MOST_STEPS * MOST_TABLE_LEVELS, TABLE_COLUMNS);
    fill_rows(high, MOST_STEPS * MOST_TABLE_LEVELS, TABLE_COLUMNS);
    const lstm_real *other = pick(2) == 0 ? NULL : high;
    if (t.interval == NULL || what == 7)
        new_interval();
    else if (what < 2)
        CALL(E(ARGUMENT) | E(ORDER), lstm_interval_expect(t.interval, low, other));
    else if (what < 4)
        CALL(E(ARGUMENT), lstm_interval_observe(t.interval, high));
    else if (what == 4)
        CALL(E(ARGUMENT), lstm_interval_bounds(t.interval, low, other, lower, upper));
    else if (what == 5)
        get_and_set();
    else
        CALL(E(ARGUMENT), lstm_interval_restart(t.interval));
    FUZZ_HOLDS(lstm_interval_scores(t.interval, pick(4), pick(3)) >= 0);
}
