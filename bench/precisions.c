/* SPDX-License-Identifier: MIT */
/*
 * What the precisions of a training and the stored weights of forecasts change in errors
 * (docs/numerics.md, section 15):
 *
 *     lstmts-precisions [split=TRAIN,VALID,ROWS] [seeds=N] [updates=N] FILE.csv HORIZON
 *
 * The article's model, after 1500 updates, forecasts 10 rows from 10; then one network of the
 * recipe of docs/forecasting.md, after N updates, forecasts HORIZON rows of the table from every
 * 24th row of its test part, in MSE and MAE of standardized values. LSTMTS_KERNELS=amx_twin has the
 * products in parts of the set `amx` on any processor with AVX-512, slowly.
 */
#include "task.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 200, TRAIN = 150, WINDOW = 10, AHEAD = 10, N_WINDOW = ROWS - TRAIN - WINDOW - AHEAD };
enum { ARTICLE_UPDATES = 1500, STRIDE = 24, N_KIND = 3 };

static const char *const precisions[N_KIND] = {"HIGHEST", "HIGH", "MEDIUM"};
static const char *const weights[N_KIND] = {"FLOAT32", "BFLOAT16", "INT8"};

static bool ok(lstm_status status)
{
    if (status < 0)
        fprintf(stderr, "lstmts-precisions: %s\n", lstm_last_error());
    return status >= 0;
}

static void sine_row(int t, float row[2])
{
    double x = 8 * 3.14159265358979 * t / ROWS;
    row[0] = (float)(0.8 * sin(2 * x)), row[1] = (float)(0.8 * cos(x));
}

/* RMSE over all windows of the test rows. */
static bool sine_error(const lstm_model *model, const lstm_series *all, int64_t kind, double *error)
{
    static lstm_real y[N_WINDOW][AHEAD][2];
    lstm_series *slices[N_WINDOW] = {NULL};
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    options.n_step = AHEAD, options.weights = kind;
    bool fine = true;
    for (int q = 0; q < N_WINDOW && fine; q++)
        fine = ok(lstm_series_slice(&slices[q], all, TRAIN + q, WINDOW));
    fine = fine && ok(lstm_forecast(model, (const lstm_series *const *)slices, N_WINDOW, &options,
                                    y[0][0]));
    double sum = 0;
    for (int q = 0; q < N_WINDOW; q++) {
        for (int t = 0; t < AHEAD; t++) {
            float row[2];
            sine_row(TRAIN + q + WINDOW + t, row);
            sum += pow((double)(y[q][t][0] - row[0]), 2) + pow((double)(y[q][t][1] - row[1]), 2);
        }
        lstm_series_free(slices[q]);
    }
    *error = sqrt(sum / (2.0 * N_WINDOW * AHEAD));
    return fine;
}

/* errors [3 + 3]: one for each precision, then of HIGHEST for each form of the weights. */
static bool run_article(int64_t seed, double *errors)
{
    static float rows[ROWS][2];
    lstm_series *all = NULL, *train = NULL;
    for (int t = 0; t < ROWS; t++)
        sine_row(t, rows[t]);
    bool fine =
        ok(lstm_series_new(&all, rows[0], ROWS, 2)) && ok(lstm_series_slice(&train, all, 0, TRAIN));
    for (int64_t kind = 0; kind < N_KIND && fine; kind++) {
        lstm_model *model = NULL;
        lstm_iter *iter = NULL;
        lstm_updater *updater = NULL;
        lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
        lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        sizes.n_input = 2, sizes.n_hidden = 100, sizes.seed = windows.seed = (uint64_t)seed;
        windows.window_len = WINDOW, windows.batch_size = 10;
        options.support_len = LSTM_TEACHER_FORCED, options.precision = kind;
        fine = ok(lstm_model_new(&model, &sizes)) && ok(lstm_iter_new(&iter, train, &windows)) &&
               ok(lstm_updater_new(&updater, model, iter, &options));
        for (int i = 0; i < ARTICLE_UPDATES && fine; i++)
            fine = ok(lstm_updater_update(updater));
        fine = fine && sine_error(model, all, LSTM_WEIGHTS_FLOAT32, &errors[kind]);
        for (int64_t form = 0; form < N_KIND && kind == 0 && fine; form++)
            fine = sine_error(model, all, form, &errors[N_KIND + form]);
        lstm_updater_free(updater);
        lstm_iter_free(iter);
        lstm_model_free(model);
    }
    lstm_series_free(train);
    lstm_series_free(all);
    return fine;
}

static bool new_view(lstm_view **view, const bench_task *t)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.segment_len = options.base_len = 24;
    options.context_len = 21, options.horizon = 8;
    options.channels = LSTM_CHANNELS_INDEPENDENT, options.column_input = 1;
    options.scaling = LSTM_SCALING_STANDARD, options.base = LSTM_BASE_MEAN;
    return ok(lstm_view_new(view, t->dataset, &options));
}

/* MSE and MAE of standardized values. */
static bool table_error(const bench_task *t, const lstm_view *view, const lstm_model *model,
                        const lstm_loss_options *loss, double *errors)
{
    int64_t n = (t->n_origin - t->H) / STRIDE + 1, C = t->table.C, size = t->H * C;
    int64_t *series = calloc((size_t)n, sizeof *series),
            *origins = malloc((size_t)n * sizeof *origins);
    lstm_real *y = malloc((size_t)(n * size) * sizeof *y);
    bool fine = series != NULL && origins != NULL && y != NULL;
    for (int64_t i = 0; i < n && fine; i++)
        origins[i] = t->origins[i * STRIDE];
    fine = fine &&
           ok(lstm_view_forecast(view, model, loss, NULL, series, origins, n, t->H, t->threads, y));
    errors[0] = errors[1] = 0;
    for (int64_t i = 0; i < n * size && fine; i++) {
        int64_t row = origins[i / size] + i % size / C, c = i % C;
        double e = (double)(y[i] - t->table.rows[row * C + c]) / t->deviation[c];
        errors[0] += e * e / (double)(n * size);
        errors[1] += fabs(e) / (double)(n * size);
    }
    free(series);
    free(origins);
    free(y);
    return fine;
}

static bool run_recipe(const bench_task *t, int64_t seed, int64_t kind, double *errors)
{
    const lstm_hook clip = {LSTM_HOOK_CLIP, 1};
    lstm_view *view = NULL;
    lstm_iter *iter = NULL;
    lstm_model *model = NULL, *mean = NULL;
    lstm_updater *updater = NULL;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options batches = LSTM_ITER_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_optimizer_options adam = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    bool fine = new_view(&view, t);
    batches.batch_size = 192, batches.seed = sizes.seed = options.seed = (uint64_t)seed;
    sizes.n_input = lstm_view_inputs(view), sizes.n_output = lstm_view_targets(view);
    sizes.n_hidden = 128;
    loss.kind = LSTM_LOSS_HUBER, loss.reduction = LSTM_REDUCTION_MEAN;
    adam.learning_rate = 2e-3;
    options.loss = &loss, options.optimizer = &adam, options.hooks = &clip, options.n_hook = 1;
    options.dropout = 0.3, options.average_decay = 0.98, options.precision = kind;
    fine = fine && ok(lstm_model_new(&model, &sizes)) &&
           ok(lstm_iter_new_view(&iter, view, &batches)) &&
           ok(lstm_updater_new(&updater, model, iter, &options));
    for (int64_t i = 0; i < t->updates && fine; i++)
        fine = ok(lstm_updater_update(updater));
    fine = fine && ok(lstm_updater_average(updater, &mean)) &&
           table_error(t, view, mean, &loss, errors);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_model_free(mean);
    lstm_view_free(view);
    return fine;
}

int main(int n, char **arguments)
{
    bench_task t;
    if (!bench_task_begin(&t, n, arguments))
        return 2;
    bench_task_print(&t);
    bool fine = true;
    puts("seed  | article, RMSE:  precisions, then weights");
    for (int64_t seed = 0; seed < t.seeds && fine; seed++) {
        double errors[2 * N_KIND];
        fine = run_article(seed, errors);
        for (int i = 0; i < 2 * N_KIND && fine; i++)
            printf("%lld %-8s %.6f\n", (long long)seed,
                   i < N_KIND ? precisions[i] : weights[i - N_KIND], errors[i]);
    }
    puts("seed  | recipe: MSE, MAE");
    for (int64_t seed = 0; seed < t.seeds && fine; seed++)
        for (int64_t kind = 0; kind < N_KIND && fine; kind++) {
            double errors[2];
            fine = run_recipe(&t, seed, kind, errors);
            if (fine)
                printf("%lld %-8s %.4f %.4f\n", (long long)seed, precisions[kind], errors[0],
                       errors[1]);
            fflush(stdout);
        }
    bench_task_end(&t);
    return fine ? 0 : 1;
}
