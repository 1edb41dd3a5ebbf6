/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "device_draw.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_COLUMNS = 40, N_UPDATE = 3 };

/* What a training has beside an optimizer and hooks. */
typedef enum extra {
    NOTHING,
    ACCUMULATION,
    RULES,
    CURRICULUM,
    STATES,
    N_EXTRA,
} extra;

/* A training. */
typedef struct plan {
    int64_t D, K, H, L, B, T, pred, support_len, lag, n_row, n_column;
    bool article;
    int64_t role[MAX_COLUMNS], *offsets;
    lstm_optimizer_options optimizer;
    lstm_hook hooks[2];
    int64_t n_hook;
    extra extra;
    lstm_tensor_rule rules[2];
    lstm_curriculum_options curriculum;
    int64_t horizon; /* of the first update */
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
} plan;

static void draw_roles(plan *p, random_stream *stream)
{
    bool plain = random_int(stream, 0, 1) == 0;
    do {
        p->D = p->K = 0;
        for (int64_t c = 0; c < p->n_column; c++) {
            int64_t role = p->role[c] = plain ? LSTM_ROLE_BOTH : random_int(stream, 0, 3);
            p->D += role != LSTM_ROLE_TARGET;
            p->K += role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET;
        }
    } while (p->D == 0 || p->K == 0);
}

/* Few enough windows and steps that the processor takes a fraction of a second in double. */
static void limit_work(plan *p, double most)
{
    while ((double)(p->L * p->B * p->T * p->H) * (double)p->H > most && p->B * p->T > 1) {
        int64_t *larger = p->T > p->B ? &p->T : &p->B;
        *larger = (*larger + 1) / 2;
    }
}

static void draw_sizes(plan *p, random_stream *stream, const device_request *request)
{
    static const int64_t most_B[] = {4, 70, 128, 64}, most_T[] = {9, 40, 50, 30},
                         most_columns[] = {6, 12, 8, MAX_COLUMNS};
    uint64_t kind = request->number % (request->small ? 2 : 4);
    p->H = device_draw_hidden(stream, kind);
    int64_t deep = random_int(stream, 2, p->H > 300 ? 2 : 3);
    p->L = random_int(stream, 0, p->H > 300 ? 5 : 2) == 0 ? deep : 1;
    p->B = random_int(stream, 1, most_B[kind]);
    p->T = random_int(stream, 1, most_T[kind]);
    p->n_column = random_int(stream, 1, most_columns[kind]);
    limit_work(p, request->small ? 1e6 : 2e7);
}

static void draw_unroll(plan *p, random_stream *stream)
{
    p->pred = random_int(stream, 1, 3);
    p->article = p->extra < CURRICULUM && random_int(stream, 0, 2) == 0;
    int64_t support[] = {0, LSTM_TEACHER_FORCED, random_int(stream, 0, p->T)};
    p->support_len = support[random_int(stream, 0, 2)];
    p->lag = p->article ? 0 : random_int(stream, 0, 3);
    p->n_row = (p->extra == STATES ? 3 * p->B : 1) * p->T + p->pred + random_int(stream, 2, 30);
    p->offsets = calloc((size_t)p->B, sizeof *p->offsets);
    assert_non_null(p->offsets);
    for (int64_t b = 0; b < p->B; b++)
        p->offsets[b] = random_int(stream, 0, p->n_row - p->T - p->pred);
}

static void draw_recipe(plan *p, random_stream *stream)
{
    p->optimizer = (lstm_optimizer_options)LSTM_OPTIMIZER_OPTIONS_INIT;
    p->optimizer.kind = random_int(stream, LSTM_ADAM, LSTM_ADAGRAD);
    if (p->extra == ACCUMULATION || p->extra == STATES) /* other batches: gradients that cancel */
        p->optimizer.kind = LSTM_SGD + p->optimizer.kind % 2;
    if (p->optimizer.kind <= LSTM_ADAMW_DECOUPLED)
        p->optimizer.weight_decay = random_int(stream, 0, 1) == 0 ? 0 : 0.01;
    if (p->optimizer.kind == LSTM_RMSPROP)
        p->optimizer.eps_inside = random_int(stream, 0, 1);
    /* The first steps of some move all weights of a unit by ten times the rate, in one direction. */
    p->optimizer.learning_rate = p->H < 64 ? 0.001 : 0.064 / (double)p->H;
    lstm_hook clip = {LSTM_HOOK_CLIP, 0.3}, decay = {LSTM_HOOK_WEIGHT_DECAY, 0.02};
    bool clip_first = random_int(stream, 0, 1) == 0;
    p->hooks[0] = clip_first ? clip : decay;
    p->hooks[1] = clip_first ? decay : clip;
    p->n_hook = random_int(stream, 0, 2);
}

/* One tensor stays as it is, another goes slowly, with a decay of its own. */
static void draw_rules(plan *p, random_stream *stream)
{
    static const char *const names[] = {"input.weight", "lstm.0.weight_h", "lstm.0.bias",
                                        "output.bias"};
    bool decays = p->optimizer.kind <= LSTM_ADAMW_DECOUPLED;
    int64_t first = random_int(stream, 0, 3), second = (first + random_int(stream, 1, 3)) % 4;
    p->rules[0] = (lstm_tensor_rule){names[first], 0, 0};
    p->rules[1] = (lstm_tensor_rule){names[second], .5, decays ? .05 : 0};
}

/* A shorter horizon, of each update another one or of all the same. */
static void draw_curriculum(plan *p, random_stream *stream)
{
    p->curriculum = (lstm_curriculum_options)LSTM_CURRICULUM_OPTIONS_INIT;
    if (p->extra != CURRICULUM || p->support_len >= p->T)
        return;
    p->horizon = (p->T - p->support_len + 1) / 2;
    if (random_int(stream, 0, 1) == 0) {
        p->curriculum.kind = LSTM_CURRICULUM_LINEAR;
        p->curriculum.period = 2;
        p->curriculum.first = p->horizon;
    } else {
        p->curriculum.kind = LSTM_CURRICULUM_STAGES;
        p->curriculum.period = N_UPDATE;
        p->curriculum.stages = &p->horizon;
        p->curriculum.n_stage = 1;
    }
}

/* The same for each batch; those that are accumulated begin a row later each. */
static int choose_windows(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n_offset,
                          void *user)
{
    const plan *p = user;
    int64_t later = p->extra == ACCUMULATION ? (int64_t)iteration : 0;
    for (int64_t b = 0; b < n_offset; b++)
        offsets[b] = (p->offsets[b] + later) % n_window;
    return 0;
}

static void open_data(plan *p, random_stream *stream)
{
    double *rows = device_draw_rows(stream, p->n_row, p->n_column);
    assert_ok(lstm_series_new_double(&p->series, rows, p->n_row, p->n_column));
    free(rows);
    for (int64_t c = 0; c < p->n_column; c++)
        assert_ok(lstm_series_set_role(p->series, c, p->role[c]));
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = p->T;
    options.batch_size = p->B;
    options.pred = p->pred;
    if (p->extra == STATES) {
        options.order = LSTM_ORDER_CONSECUTIVE;
    } else {
        options.sampler = choose_windows;
        options.sampler_user = p;
    }
    assert_ok(lstm_iter_new(&p->iter, p->series, &options));
}

static void open_updater(plan *p, random_stream *stream, const device_request *request)
{
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = p->D;
    sizes.n_output = p->K;
    sizes.n_hidden = p->H;
    sizes.n_layer = p->L;
    assert_ok(lstm_model_new(&p->model, &sizes));
    device_draw_model(stream, p->model);
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.unroll = p->article ? LSTM_UNROLL_ARTICLE : LSTM_UNROLL_LOOP;
    options.support_len = p->support_len;
    options.feedback_lag = p->lag;
    options.optimizer = &p->optimizer;
    options.hooks = p->hooks;
    options.n_hook = p->n_hook;
    options.n_accumulate = p->extra == ACCUMULATION ? 3 : 1;
    options.tensor_rules = p->extra == RULES ? p->rules : NULL;
    options.n_tensor_rule = p->extra == RULES ? 2 : 0;
    options.curriculum = &p->curriculum;
    options.n_threads = request->device == NULL ? LSTM_ALL_CORES : 0;
    options.device = request->device;
    options.precision = request->precision;
    assert_ok(lstm_updater_new(&p->updater, p->model, p->iter, &options));
}

static void name_plan(const plan *p, uint64_t number, device_record *record)
{
    static const char *const optimizers[] = {"Adam",     "AMSGrad", "AdamW",  "SGD",
                                             "momentum", "RMSprop", "AdaGrad"};
    static const char *const extras[] = {"", ", accumulated", ", rules", ", curriculum",
                                         ", states"};
    char support[32] = "never closed", roles[MAX_COLUMNS + 1] = "";
    if (p->support_len != LSTM_TEACHER_FORCED)
        snprintf(support, sizeof support, "support %" PRId64, p->support_len);
    for (int64_t c = 0; c < p->n_column; c++)
        roles[c] = "bitk"[p->role[c]];
    snprintf(record->name, sizeof record->name,
             "plan %" PRIu64 " (%s, columns %s, H %" PRId64 ", L %" PRId64 ", B %" PRId64
             ", T %" PRId64 ", pred %" PRId64 ", %s, lag %" PRId64 ", %s, %" PRId64 " hooks%s)",
             number, p->article ? "article" : "loop", roles, p->H, p->L, p->B, p->T, p->pred,
             support, p->lag, optimizers[p->optimizer.kind], p->n_hook, extras[p->extra]);
}

static void plan_open(plan *p, const device_request *request, device_record *record)
{
    random_stream stream = request->number * 7919 + 17;
    *p = (plan){0};
    *record = (device_record){0};
    p->extra = (extra)(request->number % N_EXTRA);
    draw_sizes(p, &stream, request);
    draw_roles(p, &stream);
    draw_unroll(p, &stream);
    draw_recipe(p, &stream);
    draw_rules(p, &stream);
    draw_curriculum(p, &stream);
    name_plan(p, request->number, record);
    open_data(p, &stream);
    open_updater(p, &stream, request);
}

static void plan_close(plan *p)
{
    lstm_updater_free(p->updater);
    lstm_iter_free(p->iter);
    lstm_model_free(p->model);
    lstm_series_free(p->series);
    free(p->offsets);
}

/* Moments of the gradient, and of its squares: all but "m", and the velocity of momentum, "v". */
static void record_moments(const plan *p, device_record *record)
{
    static const char *const moments[] = {"m", "v", "vhat", "s"};
    for (int m = 0; m < 4; m++) {
        bool squares = m > 0 && p->optimizer.kind != LSTM_MOMENTUM;
        for (int64_t i = 0; i < lstm_model_parameters(p->model); i++) {
            lstm_parameter_info info;
            assert_ok(lstm_model_parameter(p->model, i, &info));
            lstm_real *values = device_poisoned(info.size);
            lstm_status has =
                lstm_updater_moment(p->updater, moments[m], info.name, values, info.size);
            if (has == LSTM_OK)
                device_record_add(record, squares ? DEVICE_SQUARES : "moments", info.name,
                                  info.size, values);
            else
                assert_int_equal(has, LSTM_E_NAME);
            free(values);
        }
    }
}

void device_plan_run(const device_request *request, device_record *record)
{
    plan p;
    plan_open(&p, request, record);
    assert_ok(lstm_updater_backward(p.updater));
    device_record_unroll(record, p.updater, p.model);
    device_record_losses(record, "losses", p.updater, p.T);
    device_record_norm(record, p.updater);
    device_record_tensors(record, "gradients", p.updater, p.model);
    assert_ok(lstm_updater_apply(p.updater));
    if (p.n_hook > 0)
        device_record_tensors(record, "hooked gradients", p.updater, p.model);
    for (int update = 1; update < N_UPDATE; update++)
        assert_ok(lstm_updater_update(p.updater));
    device_record_losses(record, "later losses", p.updater, p.T);
    device_record_norm(record, p.updater);
    device_record_tensors(record, "parameters", NULL, p.model);
    record_moments(&p, record);
    plan_close(&p);
}
