/* SPDX-License-Identifier: MIT */
/* Series, models and iterators. */
#include "world.h"

#include "data/series.h"
#include "network/model.h"
#include "view/iter.h"

static bool series_is_borrowed(int i)
{
    bool borrowed = false;
    for (int j = 0; j < N_EACH; j++)
        borrowed |= w.iters[j] != NULL && w.iter_series[j] == i;
    for (int j = 0; j < N_EACH; j++)
        borrowed |= w.trainers[j] != NULL && w.trainer_series[j] == i;
    return borrowed;
}

static change series_new(int i)
{
    static const double odd[] = {INFINITY, NAN, 3e38, 1e300, 1e-42, -0.0, 1e-39, 1e10};
    lstm_real rows[MAX_ROWS * MAX_COLUMNS];
    double doubles[MAX_ROWS * MAX_COLUMNS];
    int64_t n_row = MAX_ROWS - pick(MAX_ROWS + 1), n_column = MAX_COLUMNS - pick(MAX_COLUMNS);
    uint8_t seed = fuzz_byte(&w.input), how = fuzz_byte(&w.input);
    for (int64_t j = 0; j < MAX_ROWS * MAX_COLUMNS; j++) {
        doubles[j] = (double)((j * 37 + seed * 11) % 101 - 50) / 40;
        rows[j] = (lstm_real)doubles[j];
    }
    if (how >= 192) {
        doubles[seed % 12] = odd[how % 8];
        rows[seed % 12] = odd[how % 8] > 1e38 ? INFINITY : (lstm_real)odd[how % 8];
    }
    n_column = how == 17 ? odd_int() : n_column;
    n_column = n_row > 0 && n_column > MAX_COLUMNS && n_column < INT64_MAX / 4 ? 1 : n_column;
    uint32_t errors = E(ARGUMENT) | E(LIMIT) | E(NUMERIC) | E(NOMEM);
    lstm_status status =
        how % 2 == 0 ? CALL(errors, lstm_series_new(&w.series[i], rows, n_row, n_column))
                     : CALL(errors, lstm_series_new_double(&w.series[i], doubles, n_row, n_column));
    FUZZ_HOLDS((status >= 0) == (w.series[i] != NULL));
    uint8_t roles = fuzz_byte(&w.input); /* two bits a column, or none */
    for (int j = 0; status >= 0 && roles >= 96 && j < n_column; j++)
        CALL(E(ARGUMENT), lstm_series_set_role(w.series[i], j, roles >> 2 * j & 3));
    return status >= 0 ? MAY_DIFFER : SAME;
}

static change series_slice(int i)
{
    const lstm_series *source = w.series[USED(w.series)];
    int64_t first = pick(8) == 7 ? odd_int() : pick(8),
            n_row = pick(8) == 7 ? odd_int() : 1 + pick(16);
    lstm_status status = CALL(E(ARGUMENT) | E(SHAPE) | E(NOMEM),
                              lstm_series_slice(&w.series[i], source, first, n_row));
    FUZZ_HOLDS((status >= 0) == (w.series[i] != NULL));
    if (status < 0)
        return SAME;
    FUZZ_HOLDS(lstm_series_rows(w.series[i]) == n_row);
    FUZZ_HOLDS(lstm_series_columns(w.series[i]) == lstm_series_columns(source));
    FUZZ_HOLDS(memcmp(lstm_series_data(w.series[i]),
                      lstm_series_data(source) + first * lstm_series_columns(source),
                      (size_t)(n_row * lstm_series_columns(source)) * sizeof(lstm_real)) == 0);
    return MAY_DIFFER;
}

change op_series(void)
{
    bool to_free;
    int i = UNUSED(w.series, &to_free), what = pick(8);
    if (to_free) {
        free_series(i);
        return MAY_DIFFER;
    }
    if (i >= 0 && what < 6)
        return what % 2 == 0 ? series_new(i) : series_slice(i);
    i = USED(w.series);
    int64_t column = pick(4), role = pick(6) - (what == 3);
    if (series_is_borrowed(i)) /* its roles are read already */
        column = -1;
    lstm_status status = CALL(E(ARGUMENT), lstm_series_set_role(w.series[i], column, role));
    int64_t counts[] = {lstm_series_rows(w.series[i]), lstm_series_columns(w.series[i]),
                        lstm_series_inputs(w.series[i]), lstm_series_targets(w.series[i])};
    FUZZ_HOLDS(counts[2] <= counts[1] && counts[3] <= counts[1]);
    digest(counts, sizeof counts);
    return status >= 0 ? MAY_DIFFER : SAME;
}

static lstm_status model_new(int i)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    const lstm_series *series = w.series[USED(w.series)];
    options.n_input = series == NULL ? 2 : lstm_series_inputs(series);
    options.n_output = series == NULL ? 0 : lstm_series_targets(series);
    options.n_hidden = 2 + pick(16);
    options.n_layer = pick(3);
    options.seed = fuzz_byte(&w.input);
    void *odd = SPOILED(options, 0);
    lstm_status status =
        CALL(E(ARGUMENT) | E(OPTIONS) | E(LIMIT) | E(NOMEM), lstm_model_new(&w.models[i], odd));
    free(odd);
    return status;
}

static lstm_status model_load(int i)
{
    char path[MAX_PATH];
    lstm_load_options options = LSTM_LOAD_OPTIONS_INIT;
    uint32_t errors = E(ARGUMENT) | E(IO) | E(CHECKSUM) | E(TRUNC) | E(FORMAT) | E(VERSION) |
                      E(LIMIT) | E(SHAPE) | E(DTYPE) | E(NAME) | E(NUMERIC) | E(NOMEM) | E(OPTIONS);
    choose_path(path);
    options.unchecked = pick(2);
    void *odd = SPOILED(options, 0);
    lstm_status status = CALL(errors, lstm_model_load_with(&w.models[i], path, odd));
    free(odd);
    return status;
}

change op_model(void)
{
    bool to_free;
    int i = UNUSED(w.models, &to_free), what = pick(8);
    lstm_status status = LSTM_OK;
    if (to_free)
        free_model(i);
    if (i < 0 || to_free)
        return to_free ? MAY_DIFFER : SAME;
    if (what < 4)
        status = model_new(i);
    else if (what < 6)
        status =
            CALL(E(ARGUMENT) | E(NOMEM), lstm_model_clone(&w.models[i], w.models[USED(w.models)]));
    else
        status = model_load(i);
    FUZZ_HOLDS((status >= 0) == (w.models[i] != NULL));
    return status >= 0 ? MAY_DIFFER : SAME;
}

/* The parameters of a model, one by one or all. */
change op_parameters(void)
{
    static const char *const names[] = {"input.bias", "lstm.0.weight_h", "lstm.1.bias",  "nothing",
                                        "",           "output.weight",   "input.weight", NULL};
    lstm_model *model = w.models[USED(w.models)];
    lstm_parameter_info info = {0};
    int what = pick(8);
    lstm_status status =
        CALL(E(ARGUMENT), lstm_model_parameter(model, what == 7 ? odd_int() : pick(8), &info));
    const char *name = status >= 0 && what < 5 ? info.name : names[pick(8)];
    int64_t size = about(status >= 0 ? info.size : 4);
    uint32_t errors = E(ARGUMENT) | E(NAME) | E(SHAPE);
    output values = output_new(size, sizeof(lstm_real));
    status = CALL(errors, lstm_model_get(model, name, values.at, size));
    if (status < 0 || what % 2 == 0 || w.running >= 0) {
        output_done(&values, status, REALS);
        return SAME;
    }
    static const double odd[] = {0, 1, -1, 1e-42, 3e38, INFINITY, NAN, 100};
    int element = pick(16), value = pick(16);
    if (element < size)
        ((lstm_real *)values.at)[element] = (lstm_real)(value < 8 ? odd[value] : value * 0.1 - 1.2);
    status = CALL(errors | E(NUMERIC), lstm_model_set(model, name, values.at, size));
    free(values.at);
    return status >= 0 ? MAY_DIFFER : SAME;
}

/* Depends on the iteration alone, and is odd for some iterations. */
static int sampler(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n_offset,
                   void *user)
{
    FUZZ_HOLDS(user == &w && n_window >= 1);
    for (int64_t i = 0; i < n_offset; i++)
        offsets[i] = iteration == 5 ? n_window : (int64_t)(iteration + (uint64_t)i) % n_window;
    return iteration == 9;
}

change op_iter_new(void)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    bool to_free;
    int i = UNUSED(w.iters, &to_free), series = USED(w.series);
    if (to_free)
        free_iter(i);
    if (i < 0 || to_free)
        return to_free ? MAY_DIFFER : SAME;
    options.window_len = 3 + pick(4);
    options.batch_size = 2 + pick(4);
    options.order = pick(3);
    options.seed = fuzz_byte(&w.input);
    if (pick(4) == 3) {
        options.context_len = options.window_len - pick(2);
        options.horizon = 1 + pick(3);
        options.window_len = pick(4) == 0 ? options.window_len : 0;
    }
    options.sampler = pick(4) == 3 ? sampler : NULL;
    options.sampler_user = &w;
    void *odd = SPOILED(options, 1u << offsetof(lstm_iter_options, sampler) / 8 |
                                     1u << offsetof(lstm_iter_options, sampler_user) / 8);
    uint64_t size;
    memcpy(&size, odd, sizeof size);
    if (size <= offsetof(lstm_iter_options, sampler_user))
        memset(odd, 0, sizeof size); /* a sampler without its argument */
    lstm_status status = CALL(E(ARGUMENT) | E(OPTIONS) | E(SHAPE) | E(LIMIT) | E(NOMEM),
                              lstm_iter_new(&w.iters[i], w.series[series], odd));
    free(odd);
    FUZZ_HOLDS((status >= 0) == (w.iters[i] != NULL));
    w.iter_series[i] = series;
    return status >= 0 ? MAY_DIFFER : SAME;
}

static void read_batch(const lstm_iter *iter)
{
    uint32_t errors = E(ARGUMENT) | E(ORDER);
    int64_t drawn = iter == NULL ? 1 : iter->n_drawn, T = iter == NULL ? 1 : iter->window.T;
    int64_t size = about(drawn);
    output offsets = output_new(size, sizeof(int64_t));
    output_done(&offsets, CALL(errors | E(SHAPE), lstm_iter_offsets(iter, offsets.at, size)), 0);
    int64_t D = iter == NULL ? 1 : iter->source.columns->D;
    int64_t K = iter == NULL ? 1 : iter->source.columns->K;
    output x = output_new(T * drawn * D, sizeof(lstm_real));
    output target = output_new(T * drawn * K, sizeof(lstm_real));
    lstm_status status = CALL(errors, lstm_iter_read(iter, x.at, target.at));
    output_done(&x, status, REALS);
    output_done(&target, status, REALS);
}

change op_iter(void)
{
    int what = pick(8);
    lstm_iter *iter = w.iters[USED(w.iters)];
    lstm_iter_position position = {0};
    int64_t n_window = -1, calls = allocator_calls();
    lstm_status status;
    switch (what) {
    case 0:
    case 1:
        status = CALL(E(ARGUMENT) | E(LIMIT), lstm_iter_next(iter, what == 1 ? NULL : &n_window));
        FUZZ_HOLDS(allocator_calls() == calls);
        FUZZ_HOLDS(what == 1 || (n_window >= 1) == (status == LSTM_OK));
        return status == LSTM_OK ? MAY_DIFFER : SAME;
    case 2:
        status = CALL(E(ARGUMENT), lstm_iter_reset(iter));
        return status >= 0 ? MAY_DIFFER : SAME;
    case 3:
        position = (lstm_iter_position){odd_bits(), odd_bits(), odd_bits()};
        position.pass_start = pick(2) == 0 ? 0 : position.pass_start;
        status = CALL(E(ARGUMENT), lstm_iter_set_position(iter, &position));
        return status >= 0 ? MAY_DIFFER : SAME;
    case 4:
        status = CALL(E(ARGUMENT), lstm_iter_get_position(iter, &position));
        FUZZ_HOLDS(status < 0 || (position.pass_start <= position.drawn &&
                                  position.iteration == lstm_iter_iteration(iter)));
        return SAME;
    default:
        read_batch(iter);
        return SAME;
    }
}
