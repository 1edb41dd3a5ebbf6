/* SPDX-License-Identifier: MIT */
#include "random_plan.h"
#include "assert_status.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* SplitMix64: Steele, Lea, Flood, Fast splittable pseudorandom number generators (2014). */
static uint64_t random_bits(random_stream *stream)
{
    uint64_t z = *stream += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

int64_t random_int(random_stream *stream, int64_t low, int64_t high)
{
    return low + (int64_t)(random_bits(stream) % (uint64_t)(high - low + 1));
}

double random_real(random_stream *stream, double low, double high)
{
    double unit = (double)(random_bits(stream) >> 11) / 9007199254740992.0;
    return (double)(float)(low + (high - low) * unit);
}

/* Draws roles with at least one input and one target. */
static void draw_roles(random_plan *random, random_stream *stream)
{
    int64_t n = random->plan.n_column = random_int(stream, 1, RANDOM_MAX_COLUMNS);
    bool plain = random_int(stream, 0, 3) == 0;
    do {
        random->D = random->K = 0;
        for (int64_t c = 0; c < n; c++) {
            int64_t role = random->role[c] = plain ? LSTM_ROLE_BOTH : random_int(stream, 0, 3);
            random->D += role != LSTM_ROLE_TARGET;
            random->K += role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET;
        }
    } while (random->D == 0 || random->K == 0);
}

static void draw_plan(random_plan *random, random_stream *stream)
{
    reference_plan *plan = &random->plan;
    draw_roles(random, stream);
    random->B = random_int(stream, 1, RANDOM_MAX_BATCH);
    random->H = random_int(stream, 1, 7);
    random->L = random_int(stream, 1, REFERENCE_MAX_LAYERS);
    plan->T = random_int(stream, 1, 9);
    plan->pred = random_int(stream, 1, 3);
    plan->article = random_int(stream, 0, 3) == 0;
    int64_t support[] = {0, LSTM_TEACHER_FORCED, random_int(stream, 0, plan->T)};
    plan->support_len = support[random_int(stream, 0, 2)];
    plan->lag = plan->article ? 0 : random_int(stream, 0, 3);
    plan->n_row = plan->T + plan->pred + random_int(stream, 2, 8);
    assert_in_range(plan->n_row, 1, RANDOM_MAX_ROWS);
    for (int64_t i = 0; i < plan->n_row * plan->n_column; i++)
        random->rows[i] = random_real(stream, -1, 1);
    plan->rows = random->rows;
    plan->role = random->role;
    for (int64_t b = 0; b < random->B; b++)
        random->offsets[b] = random_int(stream, 0, plan->n_row - plan->T - plan->pred);
}

static void name_plan(random_plan *random, uint64_t number)
{
    const reference_plan *plan = &random->plan;
    char support[32] = "never closed", roles[RANDOM_MAX_COLUMNS + 1] = "";
    if (plan->support_len != LSTM_TEACHER_FORCED)
        snprintf(support, sizeof support, "support %" PRId64, plan->support_len);
    for (int64_t c = 0; c < plan->n_column; c++)
        roles[c] = "bitk"[random->role[c]];
    snprintf(random->name, sizeof random->name,
             "case %" PRIu64 " (%s, columns %s, H %" PRId64 ", L %" PRId64 ", B %" PRId64
             ", T %" PRId64 ", pred %" PRId64 ", %s, lag %" PRId64 ")",
             number, plan->article ? "article" : "loop", roles, random->H, random->L, random->B,
             plan->T, plan->pred, support, plan->lag);
}

static void make_series(random_plan *random)
{
    const reference_plan *plan = &random->plan;
    assert_ok(lstm_series_new_double(&random->series, plan->rows, plan->n_row, plan->n_column));
    for (int64_t c = 0; c < plan->n_column; c++)
        assert_ok(lstm_series_set_role(random->series, c, random->role[c]));
    assert_int_equal(lstm_series_inputs(random->series), random->D);
    assert_int_equal(lstm_series_targets(random->series), random->K);
}

/* Biases are random too, so that an error in one is visible. */
static void make_model(random_plan *random, int64_t n_output, random_stream *stream)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = random->D;
    options.n_output = n_output;
    options.n_hidden = random->H;
    options.n_layer = random->L;
    assert_ok(lstm_model_new(&random->model, &options));
    int64_t size = random_plan_size(random);
    double *parameters = malloc((size_t)size * sizeof *parameters);
    assert_non_null(parameters);
    for (int64_t i = 0; i < size; i++)
        parameters[i] = random_real(stream, -0.9, 0.9);
    random_plan_set(random, parameters);
    free(parameters);
}

static int same_windows(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n_offset,
                        void *user)
{
    (void)iteration;
    (void)n_window;
    memcpy(offsets, user, (size_t)n_offset * sizeof *offsets);
    return 0;
}

static lstm_iter_options iter_options(const random_plan *random)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = random->plan.T;
    options.batch_size = random->B;
    options.pred = random->plan.pred;
    return options;
}

static void make_iter(random_plan *random)
{
    lstm_iter_options options = iter_options(random);
    options.sampler = same_windows;
    options.sampler_user = random->offsets;
    assert_ok(lstm_iter_new(&random->iter, random->series, &options));
}

void random_plan_shorten(random_plan *random, int64_t T)
{
    random->plan.T = T;
    lstm_iter_free(random->iter);
    make_iter(random);
}

void random_plan_sequential(random_plan *random)
{
    lstm_iter_options options = iter_options(random);
    options.order = LSTM_ORDER_SEQUENTIAL;
    lstm_iter_free(random->iter);
    assert_ok(lstm_iter_new(&random->iter, random->series, &options));
}

void random_plan_open(random_plan *random, uint64_t number)
{
    *random = (random_plan){0};
    random_stream stream = number * 1000;
    draw_plan(random, &stream);
    name_plan(random, number);
    make_series(random);
    make_model(random, random->K, &stream);
    make_iter(random);
}

void random_plan_for_loss(random_plan *random, const lstm_loss_options *loss, bool counts)
{
    random_stream stream = 1;
    int64_t n_out;
    assert_ok(lstm_loss_outputs(loss, &n_out));
    random_plan_close(random);
    for (int64_t i = 0; counts && i < random->plan.n_row * random->plan.n_column; i++)
        random->rows[i] = fabs(random->rows[i]);
    make_series(random);
    make_model(random, n_out * random->K, &stream);
    make_iter(random);
}

void random_plan_train(random_plan *random, const random_recipe *recipe)
{
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.unroll = random->plan.article ? LSTM_UNROLL_ARTICLE : LSTM_UNROLL_LOOP;
    options.support_len = random->plan.support_len;
    options.feedback_lag = random->plan.lag;
    if (recipe != NULL) {
        options.optimizer = &recipe->optimizer;
        options.hooks = recipe->hooks;
        options.n_hook = recipe->n_hook;
        options.n_threads = recipe->n_threads;
        options.dropout = recipe->dropout;
        options.sampling = recipe->sampling;
        options.curriculum = recipe->curriculum;
        options.loss_fn = recipe->loss_fn;
        options.loss = recipe->loss;
        options.seed = 7;
    }
    assert_ok(lstm_updater_new(&random->updater, random->model, random->iter, &options));
}

void random_plan_close(random_plan *random)
{
    lstm_updater_free(random->updater);
    lstm_iter_free(random->iter);
    lstm_model_free(random->model);
    lstm_series_free(random->series);
}

int64_t random_plan_size(const random_plan *random)
{
    int64_t size = 0;
    for (int64_t p = 0; p < lstm_model_parameters(random->model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(random->model, p, &info));
        size += info.size;
    }
    return size;
}

/* Reads all parameters, or all gradients, in the order of the tensors. */
static void read_all(const random_plan *random, bool gradient, double *values)
{
    for (int64_t p = 0; p < lstm_model_parameters(random->model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(random->model, p, &info));
        lstm_real *tensor = malloc((size_t)info.size * sizeof *tensor);
        assert_non_null(tensor);
        if (gradient)
            assert_ok(lstm_updater_gradient(random->updater, info.name, tensor, info.size));
        else
            assert_ok(lstm_model_get(random->model, info.name, tensor, info.size));
        for (int64_t i = 0; i < info.size; i++)
            *values++ = (double)tensor[i];
        free(tensor);
    }
}

void random_plan_get(const random_plan *random, double *parameters)
{
    read_all(random, false, parameters);
}

void random_plan_gradient(const random_plan *random, double *gradient)
{
    read_all(random, true, gradient);
}

void random_plan_set(random_plan *random, const double *parameters)
{
    for (int64_t p = 0; p < lstm_model_parameters(random->model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(random->model, p, &info));
        lstm_real *tensor = malloc((size_t)info.size * sizeof *tensor);
        assert_non_null(tensor);
        for (int64_t i = 0; i < info.size; i++)
            tensor[i] = (lstm_real)*parameters++;
        assert_ok(lstm_model_set(random->model, info.name, tensor, info.size));
        free(tensor);
    }
}

void random_census_add(random_census *census, const random_plan *random)
{
    const reference_plan *plan = &random->plan;
    int64_t lag = plan->article ? 1 : plan->lag == 0 ? plan->pred : plan->lag;
    bool leaves = plan->support_len < plan->T - 1, both = false;
    for (int64_t c = 0; c < plan->n_column; c++) {
        both |= random->role[c] == LSTM_ROLE_BOTH;
        census->covariates += leaves && random->role[c] == LSTM_ROLE_INPUT;
        census->target_only += random->role[c] == LSTM_ROLE_TARGET;
        census->known += leaves && random->role[c] == LSTM_ROLE_KNOWN;
    }
    bool closed = leaves && both && plan->T > lag;
    census->article += plan->article && closed;
    census->closed += closed;
    census->teacher_forced += plan->support_len == LSTM_TEACHER_FORCED;
    census->support_zero += closed && plan->support_len == 0;
    census->lagged += closed && lag > 1;
    census->waiting += closed && plan->support_len + 1 < lag;
    census->deep += closed && random->L == REFERENCE_MAX_LAYERS;
    census->no_feedback += leaves && !both;
    census->far += closed && plan->pred > 1;
}

void random_census_check(const random_census *census)
{
    const int64_t counts[] = {census->article,      census->closed,      census->teacher_forced,
                              census->support_zero, census->lagged,      census->waiting,
                              census->deep,         census->no_feedback, census->far,
                              census->covariates,   census->target_only, census->known};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i] < 10)
            fail_msg("kind %zu of case came up %" PRId64 " times only", i, counts[i]);
}
