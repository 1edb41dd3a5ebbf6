/* SPDX-License-Identifier: MIT */
#include "device_draw.h"
#include "assert_status.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void device_record_add(device_record *record, const char *what, const char *parameter, int64_t n,
                       const lstm_real *values)
{
    size_t size = (size_t)(record->n + 1) * sizeof *record->numbers;
    record->numbers = realloc(record->numbers, size);
    assert_non_null(record->numbers);
    device_numbers *numbers = &record->numbers[record->n++];
    *numbers = (device_numbers){.n = n, .values = malloc((size_t)n * sizeof(double))};
    assert_non_null(numbers->values);
    snprintf(numbers->name, sizeof numbers->name, "%s%s%s", what, parameter == NULL ? "" : " of ",
             parameter == NULL ? "" : parameter);
    for (int64_t i = 0; i < n; i++)
        numbers->values[i] = (double)values[i];
}

int64_t device_draw_hidden(random_stream *stream, uint64_t kind)
{
    static const int64_t edges[] = {127, 128, 256, 257, 384, 500, 512, 513, 640, 1024};
    switch (kind % 4) {
    case 0:
        return random_int(stream, 1, 7);
    case 1:
        return random_int(stream, 8, 130);
    case 2:
        return 16 * random_int(stream, 1, 16);
    default:
        return edges[random_int(stream, 0, 9)];
    }
}

double *device_draw_rows(random_stream *stream, int64_t n_row, int64_t n_column)
{
    double *rows = malloc((size_t)(n_row * n_column) * sizeof *rows);
    assert_non_null(rows);
    for (int64_t i = 0; i < n_row * n_column; i++)
        rows[i] = random_real(stream, -1, 1);
    return rows;
}

void device_draw_model(random_stream *stream, lstm_model *model)
{
    for (int64_t p = 0; p < lstm_model_parameters(model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(model, p, &info));
        double most = info.n_dim == 1 ? 0.5 : 1.5 / sqrt((double)info.dim[1]);
        lstm_real *values = malloc((size_t)info.size * sizeof *values);
        assert_non_null(values);
        for (int64_t i = 0; i < info.size; i++)
            values[i] = (lstm_real)random_real(stream, -most, most);
        assert_ok(lstm_model_set(model, info.name, values, info.size));
        free(values);
    }
}

lstm_real *device_poisoned(int64_t n)
{
    lstm_real *values = malloc((size_t)n * sizeof *values);
    assert_non_null(values);
    for (int64_t i = 0; i < n; i++)
        values[i] = (lstm_real)NAN;
    return values;
}

void device_record_unroll(device_record *record, const lstm_updater *updater,
                          const lstm_model *model)
{
    int64_t n_call = lstm_updater_calls(updater), B = lstm_updater_batch(updater);
    int64_t size = B * lstm_model_outputs(model);
    int64_t n = lstm_model_layers(model) * 2 * B * lstm_model_hidden(model);
    lstm_real *y = device_poisoned(n_call * size), *state = device_poisoned(n);
    for (int64_t call = 0; call < n_call; call++)
        assert_ok(lstm_updater_output(updater, call, y + call * size, size, NULL));
    device_record_add(record, "outputs", NULL, n_call * size, y);
    assert_ok(lstm_updater_state(updater, state, n));
    device_record_add(record, "state", NULL, n, state);
    free(y);
    free(state);
}

void device_record_losses(device_record *record, const char *what, const lstm_updater *updater,
                          int64_t T)
{
    double *losses = malloc((size_t)T * sizeof *losses);
    lstm_real *values = device_poisoned(T + 1);
    lstm_update_info info;
    assert_non_null(losses);
    assert_ok(lstm_updater_step_losses(updater, losses, T));
    assert_ok(lstm_updater_info(updater, &info));
    for (int64_t t = 0; t < T; t++)
        values[t] = (lstm_real)losses[t];
    values[T] = (lstm_real)info.loss;
    device_record_add(record, what, NULL, T + 1, values);
    free(losses);
    free(values);
}

void device_record_norm(device_record *record, const lstm_updater *updater)
{
    lstm_update_info info;
    assert_ok(lstm_updater_info(updater, &info));
    lstm_real norm = (lstm_real)info.gradient_norm;
    device_record_add(record, "gradient norms", NULL, 1, &norm);
}

void device_record_tensors(device_record *record, const char *what, const lstm_updater *updater,
                           const lstm_model *model)
{
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(model, i, &info));
        lstm_real *values = device_poisoned(info.size);
        if (updater != NULL)
            assert_ok(lstm_updater_gradient(updater, info.name, values, info.size));
        else
            assert_ok(lstm_model_get(model, info.name, values, info.size));
        device_record_add(record, what, info.name, info.size, values);
        free(values);
    }
}
