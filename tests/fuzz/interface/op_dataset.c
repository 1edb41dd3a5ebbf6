/* SPDX-License-Identifier: MIT */
/* Data sets, views of them, and their windows. */
#include "tables.h"

static int rarely(int n)
{
    return pick(4) == 3 ? pick(n) : 0;
}

static int64_t some_time(void)
{
    static const int64_t times[] = {0, 86400, 1700000000, -62135596800, 253402300799, INT64_MAX};
    return times[fuzz_byte(&w.input) % 6];
}

/* Mostly of equal distances, with gaps, and rarely in no order. */
static void some_times(int64_t *times, int64_t n)
{
    static const int64_t steps[] = {1, 2, 3600, 86400, 31 * 86400, 0, -1, INT64_C(1) << 40};
    int64_t time = some_time(), step = steps[pick(8)], unit = 7, found = 7;
    for (int64_t i = 0; i < n; i++) {
        times[i] = time;
        time = (int64_t)((uint64_t)time + (uint64_t)(rarely(8) + 1) * (uint64_t)step);
    }
    if (CALL(E(ARGUMENT) | E(LIMIT), lstm_find_step(times, n, &unit, &found)) < 0)
        FUZZ_HOLDS(unit == 7 && found == 7);
    else
        FUZZ_HOLDS(found >= 1 && (unit == LSTM_STEP_SECONDS || unit == LSTM_STEP_MONTHS));
}

static void add_series(lstm_dataset *dataset)
{
    static const char *const names[] = {NULL, NULL, NULL, "a", "b", "", "a\n", "\xff"};
    enum { MOST = TABLE_ROWS + SPARE_ROWS };
    lstm_real rows[MOST * TABLE_COLUMNS];
    double doubles[MOST * TABLE_COLUMNS];
    int64_t times[MOST];
    int64_t n = TABLE_ROWS - pick(TABLE_ROWS + 1), C = lstm_dataset_width(dataset);
    const char *name = names[pick(8)];
    uint32_t errors = E(ARGUMENT) | E(NUMERIC) | E(LIMIT) | E(NOMEM);
    if (C > TABLE_COLUMNS || lstm_dataset_series(dataset) > 3)
        return;
    fill_rows(rows, MOST, TABLE_COLUMNS);
    for (int i = 0; i < MOST * TABLE_COLUMNS; i++)
        doubles[i] = (double)rows[i];
    switch (pick(4)) {
    case 0:
        CALL(errors, lstm_dataset_add(dataset, name, rows, about(n), some_time()));
        break;
    case 1:
        CALL(errors, lstm_dataset_add_double(dataset, name, doubles, n, some_time()));
        break;
    case 2:
        some_times(times, MOST);
        CALL(errors, lstm_dataset_add_times(dataset, name, times, rows, n));
        break;
    default:
        some_times(times, MOST);
        CALL(errors, lstm_dataset_add_times_double(dataset, name, times, doubles, n));
    }
}

/* Replaces data set 0 or 1. Zeros make one of two targets with two series. */
void op_dataset(void)
{
    int i = pick(2);
    uint8_t roles_of = fuzz_byte(&w.input);
    int64_t roles[TABLE_COLUMNS];
    static const char *const statics[] = {"size"};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    free_view();
    lstm_dataset_free(t.datasets[i]);
    t.datasets[i] = NULL;
    for (int c = 0; c < TABLE_COLUMNS; c++)
        roles[c] = c == 0 ? 0 : (roles_of >> 3 * c & 7) % 5;
    options.n_column = roles_of == 0 ? 2 : 1 + roles_of % TABLE_COLUMNS;
    options.roles = roles_of % 4 == 0 ? NULL : roles;
    options.missing = rarely(6), options.season_len = 1 + pick(6);
    options.step_unit = rarely(8), options.static_names = statics;
    options.n_static = pick(4) == 3;
    uint32_t fixed = FIELD(lstm_dataset_options, n_column) | FIELD(lstm_dataset_options, names) |
                     FIELD(lstm_dataset_options, roles) |
                     FIELD(lstm_dataset_options, static_names) |
                     FIELD(lstm_dataset_options, n_static);
    void *odd = SPOILED(options, fixed);
    CALL(E(ARGUMENT) | E(OPTIONS) | E(LIMIT) | E(NOMEM), lstm_dataset_new(&t.datasets[i], odd));
    free(odd);
    add_series(t.datasets[i]);
    add_series(t.datasets[i]);
}

static void split(lstm_dataset *d, int64_t series)
{
    int64_t train = pick(8) == 7 ? odd_int() : TABLE_ROWS / 2 - pick(24);
    int64_t valid = pick(8) == 7 ? odd_int() : TABLE_ROWS / 2 + pick(24);
    double part;
    uint64_t bits = odd_bits();
    memcpy(&part, &bits, sizeof part);
    int how = pick(4);
    if (how == 1)
        CALL(E(ARGUMENT), lstm_dataset_split_fraction(d, series, part, 0.2));
    else if (how == 2)
        CALL(E(ARGUMENT), lstm_dataset_split_time(d, series, some_time(), some_time()));
    else
        CALL(E(ARGUMENT) | E(SHAPE), lstm_dataset_split(d, series, train, valid));
}

/* Changes a data set. */
void op_rows(void)
{
    lstm_real rows[8 * TABLE_COLUMNS];
    lstm_dataset *d = some_dataset();
    int64_t series = some_series(d), n = 1 + pick(8);
    const int64_t holidays[] = {some_time(), some_time()};
    uint32_t errors = E(ARGUMENT) | E(NUMERIC) | E(LIMIT) | E(NOMEM);
    free_view();
    fill_rows(rows, 8, TABLE_COLUMNS);
    switch (lstm_dataset_width(d) > TABLE_COLUMNS ? 5 : pick(6)) {
    case 0:
        split(d, pick(4) == 0 ? LSTM_ALL_SERIES : series);
        break;
    case 1:
        CALL(errors, lstm_dataset_append(d, series, rows, n));
        break;
    case 2:
        CALL(errors, lstm_dataset_set_future(d, series, rows, n));
        break;
    case 3:
        CALL(E(ARGUMENT) | E(NUMERIC), lstm_dataset_set_static(d, series, rows));
        break;
    case 4:
        CALL(E(ARGUMENT) | E(ORDER) | E(NOMEM),
             lstm_dataset_add_calendar(d, odd_int(), holidays, pick(3)));
        break;
    default:
        add_series(d);
    }
}

void op_read(void)
{
    const lstm_dataset *d = some_dataset();
    int64_t s = some_series(d), row = some_origin(d, s), time = 7, column = pick(9) - 1;
    int64_t ends[2] = {7, 7};
    lstm_real value = 7;
    if (CALL(E(ARGUMENT) | E(SHAPE) | E(LIMIT), lstm_dataset_value(d, s, row, column, &value)) < 0)
        FUZZ_HOLDS(value == 7);
    if (CALL(E(ARGUMENT) | E(LIMIT), lstm_dataset_time(d, s, row, &time)) < 0)
        FUZZ_HOLDS(time == 7);
    if (CALL(E(ARGUMENT), lstm_dataset_parts(d, s, &ends[0], &ends[1])) >= 0)
        FUZZ_HOLDS(ends[0] >= 0 && ends[0] <= ends[1] && ends[1] <= lstm_dataset_rows(d, s));
    CALL(E(ARGUMENT), lstm_utc_time(&time, odd_int(), odd_int(), odd_int(), odd_int()));
    int observed = lstm_dataset_observed(d, s, row, column);
    FUZZ_HOLDS(observed == 0 || observed == 1);
    const char *name = lstm_dataset_name(d, s), *of_column = lstm_dataset_column_name(d, column);
    FUZZ_HOLDS(name == NULL || lstm_dataset_find(d, name) == s);
    FUZZ_HOLDS(of_column == NULL || lstm_dataset_find_column(d, of_column) == column);
    FUZZ_HOLDS((lstm_dataset_role(d, column) >= 0) == (of_column != NULL));
    FUZZ_HOLDS(lstm_dataset_future_rows(d, s) >= 0 && lstm_dataset_inputs(d) >= 0);
    FUZZ_HOLDS((lstm_dataset_data(d, s) != NULL) == (name != NULL));
    FUZZ_HOLDS(lstm_dataset_static(d, s) == NULL || lstm_dataset_statics(d) > 0);
}

static void read_windows(void)
{
    lstm_view_window window;
    int64_t n = lstm_view_windows(t.view);
    lstm_status status = CALL(E(ARGUMENT), lstm_view_window_at(t.view, odd_int(), &window));
    if (status >= 0)
        FUZZ_HOLDS(window.series >= 0 && window.series < lstm_dataset_series(t.datasets[0]));
    FUZZ_HOLDS(status < 0 || n > 0);
    if (t.iter != NULL)
        CALL(E(NUMERIC) | E(NOMEM) | E(SHAPE), lstm_iter_next(t.iter, NULL));
}

/* A view of data set 0, and its windows. */
void op_view(void)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    lstm_iter_options order = LSTM_ITER_OPTIONS_INIT;
    if (t.view != NULL && pick(4) != 0) {
        read_windows();
        return;
    }
    free_view();
    options.context_len = 1 + pick(4), options.segment_len = rarely(4), options.horizon = rarely(3);
    options.channels = rarely(2), options.transform = rarely(5), options.scaling = rarely(4);
    options.base = rarely(4), options.season = rarely(4);
    options.season_len = options.season == 1 || options.season == 2 ? 4 : 0;
    options.n_harmonic = options.season >= 2, options.past = rarely(2),
    options.missing_input = rarely(2);
    options.difference = rarely(3), options.scale_series = rarely(2), options.part = rarely(3);
    options.skip_context = rarely(2), options.skip_short = rarely(2),
    options.column_input = rarely(2);
    order.batch_size = 1 + pick(4);
    void *odd = SPOILED(options, 0);
    CALL(ANY_ERROR, lstm_view_new(&t.view, t.datasets[0], odd));
    free(odd);
    if (t.view == NULL)
        return;
    FUZZ_HOLDS(lstm_view_inputs(t.view) > 0 && lstm_view_targets(t.view) > 0);
    CALL(ANY_ERROR, lstm_iter_new_view(&t.iter, t.view, &order));
}
