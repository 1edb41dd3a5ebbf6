/* SPDX-License-Identifier: MIT */
/*
 * A user's program: it sees only the installed headers and library. It checks a step
 * against the formula, that training lowers the loss, and that a file gives the model back. Its
 * exit code is 0 if all is right.
 */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>

static int failures;

static void check(int right, const char *what)
{
    if (!right) {
        fprintf(stderr, "consumer: %s (%s)\n", what, lstm_last_error());
        failures++;
    }
}

static double sigm(double x)
{
    return 1 / (1 + exp(-x));
}

static void set(lstm_model *model, const char *name, const float *values, int64_t size)
{
    check(lstm_model_set(model, name, values, size) == LSTM_OK, name);
}

static void a_step_follows_the_formula(void)
{
    const float one[] = {1}, w_x[] = {0.5f, -0.25f, 1, 0.75f}, w_h[] = {0, 0, 0, 0};
    const float bias[] = {0.1f, 1, -0.2f, 0.3f}, zero[] = {0}, out_bias[] = {0.125f};
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    lstm_state *state = NULL;
    float x = 0.6f, y = 0;

    options.n_input = 1;
    options.n_hidden = 1;
    check(lstm_model_new(&model, &options) == LSTM_OK, "lstm_model_new");
    set(model, "input.weight", one, 1);
    set(model, "input.bias", zero, 1);
    set(model, "lstm.0.weight_x", w_x, 4);
    set(model, "lstm.0.weight_h", w_h, 4);
    set(model, "lstm.0.bias", bias, 4);
    set(model, "output.weight", one, 1);
    set(model, "output.bias", out_bias, 1);
    check(lstm_state_new(&state, model, 1) == LSTM_OK, "lstm_state_new");
    check(lstm_state_step(state, &x, &y) == LSTM_OK, "lstm_state_step");

    double c = sigm(0.5 * 0.6 + 0.1) * tanh(0.6 - 0.2);
    double h = sigm(0.75 * 0.6 + 0.3) * tanh(c);
    check(fabs((double)y - (h + 0.125)) < 1e-6, "a step differs from the formula");
    lstm_state_free(state);
    lstm_model_free(model);
}

/* Loss of the first update and of the last. */
static void train(lstm_model *model, const lstm_series *series, double *first, double *last)
{
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    lstm_update_info info = {0};
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;

    windows.window_len = 10;
    options.support_len = LSTM_TEACHER_FORCED;
    check(lstm_iter_new(&iter, series, &windows) == LSTM_OK, "lstm_iter_new");
    check(lstm_updater_new(&updater, model, iter, &options) == LSTM_OK, "lstm_updater_new");
    for (int i = 0; i < 200; i++) {
        check(lstm_updater_update(updater) == LSTM_OK, "lstm_updater_update");
        check(lstm_updater_info(updater, &info) == LSTM_OK, "lstm_updater_info");
        if (i == 0)
            *first = info.loss;
    }
    *last = info.loss;
    lstm_updater_free(updater);
    lstm_iter_free(iter);
}

static void a_file_gives_the_model_back(const lstm_model *model)
{
    const char *path = "consumer.safetensors";
    float before[16 * 4], after[16 * 4] = {0};
    lstm_model *loaded = NULL;

    check(lstm_model_save(model, path) == LSTM_OK, "lstm_model_save");
    check(lstm_model_load(&loaded, path) == LSTM_OK, "lstm_model_load");
    check(lstm_model_get(model, "lstm.0.bias", before, 64) == LSTM_OK, "lstm_model_get");
    check(lstm_model_get(loaded, "lstm.0.bias", after, 64) == LSTM_OK, "lstm_model_get");
    for (int i = 0; i < 64; i++)
        check(before[i] == after[i], "the file gave another value back");
    lstm_model_free(loaded);
    remove(path);
}

static void training_lowers_the_loss(void)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    lstm_series *series = NULL;
    float rows[100];
    double first = 0, last = 0;

    for (int i = 0; i < 100; i++)
        rows[i] = (float)sin(0.3 * i);
    options.n_input = 1;
    options.n_hidden = 16;
    check(lstm_series_new(&series, rows, 100, 1) == LSTM_OK, "lstm_series_new");
    check(lstm_model_new(&model, &options) == LSTM_OK, "lstm_model_new");
    train(model, series, &first, &last);
    check(first > 0 && last < first / 4, "200 updates did not lower the loss to a quarter");
    a_file_gives_the_model_back(model);
    lstm_model_free(model);
    lstm_series_free(series);
}

int main(void)
{
    a_step_follows_the_formula();
    training_lowers_the_loss();
    check(lstm_model_new(NULL, NULL) == LSTM_E_ARGUMENT, "NULL was not refused");
    if (failures == 0)
        printf("consumer of lstmts %s: right\n", lstm_version());
    return failures != 0;
}
