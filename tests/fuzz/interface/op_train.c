/* SPDX-License-Identifier: MIT */
/* Updaters. */
#include "world.h"

#include "train/updater.h"

#define FIELD(type, field) (1u << offsetof(type, field) / 8)

/* Pointers with their counts, callbacks, threads and device: what must not be any number. */
static const unsigned updater_pointers =
    FIELD(lstm_updater_options, n_hook) | FIELD(lstm_updater_options, hooks) |
    FIELD(lstm_updater_options, optimizer) | FIELD(lstm_updater_options, schedule) |
    FIELD(lstm_updater_options, sampling) | FIELD(lstm_updater_options, loss) |
    FIELD(lstm_updater_options, curriculum) | FIELD(lstm_updater_options, n_tensor_rule) |
    FIELD(lstm_updater_options, loss_fn) | FIELD(lstm_updater_options, loss_user) |
    FIELD(lstm_updater_options, tensor_rules) | FIELD(lstm_updater_options, n_threads) |
    FIELD(lstm_updater_options, device);

static lstm_status updater_new(int i, int model, int iter)
{
    static const char *const devices[] = {NULL, NULL, NULL, "cpu", "", "cpu:1", "gpu", "cuda:-1"};
    static const int64_t kinds[] = {LSTM_ADAM,     LSTM_SGD,     LSTM_RMSPROP,         LSTM_AMSGRAD,
                                    LSTM_MOMENTUM, LSTM_ADAGRAD, LSTM_ADAMW_DECOUPLED, LSTM_ADAM};
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_hook *hooks = calloc(65, sizeof *hooks);
    FUZZ_HOLDS(hooks != NULL);
    for (int j = 0; j < 65; j++)
        hooks[j] = (lstm_hook){1 + j % 2, j % 2 == 0 ? 1 : 1e-4};
    uint8_t choice = fuzz_byte(&w.input);
    if (choice >= 240)
        memcpy(&hooks[0].value, &(uint64_t){odd_bits()}, 8);
    optimizer.kind = kinds[pick(8)];
    optimizer.learning_rate = choice % 8 == 7 ? 1e30 : 0;
    schedule.kind = pick(8) % 4;
    schedule.period = schedule.kind == 0 ? 0 : 4;
    schedule.gamma = schedule.kind == LSTM_SCHEDULE_EXPONENTIAL ? 0.5 : 0;
    void *odd_optimizer = SPOILED(optimizer, 0), *odd_schedule = SPOILED(schedule, 0);
    options.unroll = choice % 16 == 9;
    options.support_len = choice % 16 == 9 ? 0 : choice / 64;
    options.n_hook = pick(8) == 7 ? odd_int() : choice % 3;
    options.n_hook = options.n_hook > 65 && options.n_hook < 1024 ? 65 : options.n_hook;
    options.hooks = options.n_hook == 0 ? NULL : hooks;
    options.optimizer = pick(4) == 0 ? NULL : odd_optimizer;
    options.schedule = pick(4) != 3 ? NULL : odd_schedule;
    options.n_threads = number_of_threads();
    options.device = devices[pick(8)];
    void *odd = SPOILED(options, updater_pointers);
    lstm_status status =
        CALL(E(ARGUMENT) | E(OPTIONS) | E(SHAPE) | E(LIMIT) | E(NOMEM) | E(DEVICE),
             lstm_updater_new(&w.updaters[i], w.models[model], w.iters[iter], odd));
    free(odd);
    free(odd_schedule);
    free(odd_optimizer);
    free(hooks);
    return status;
}

change op_updater_new(void)
{
    bool to_free;
    int i = UNUSED(w.updaters, &to_free), model = USED(w.models), iter = USED(w.iters);
    if (to_free)
        free_updater(i);
    if (i < 0 || to_free)
        return to_free ? MAY_DIFFER : SAME;
    lstm_status status = updater_new(i, model, iter);
    FUZZ_HOLDS((status >= 0) == (w.updaters[i] != NULL));
    w.updater_model[i] = model;
    w.updater_iter[i] = iter;
    w.dead_updater[i] = false;
    return status >= 0 ? MAY_DIFFER : SAME;
}

static lstm_updater *live_updater(void)
{
    int i = USED(w.updaters);
    return w.dead_updater[i] ? NULL : w.updaters[i];
}

change op_updater(void)
{
    lstm_updater *updater = live_updater();
    int what = pick(4);
    uint32_t errors = E(ARGUMENT) | E(LIMIT) | E(NUMERIC);
    if (w.n_update++ >= MAX_UPDATES)
        return SAME;
    uint64_t before = updater == NULL ? 0 : updater->iteration;
    int64_t calls = allocator_calls();
    lstm_status status = what == 1   ? CALL(errors, lstm_updater_backward(updater))
                         : what == 2 ? CALL(errors | E(ORDER), lstm_updater_apply(updater))
                                     : CALL(errors, lstm_updater_update(updater));
    FUZZ_HOLDS(allocator_calls() == calls);
    if (updater != NULL)
        FUZZ_HOLDS(updater->iteration == before + (status == LSTM_OK && what != 1));
    if (updater != NULL && status == LSTM_OK)
        FUZZ_HOLDS(lts_first_nonfinite(updater->model->values, updater->model->params.total) < 0);
    if (status == LSTM_OK)
        return MAY_DIFFER;
    return what == 2 && status != LSTM_E_ORDER ? ALL_BUT_POSITIONS_SAME : SAME;
}

static void outputs(const lstm_updater *updater)
{
    const lstm_model *model = updater == NULL ? NULL : updater->model;
    int64_t B = lstm_updater_batch(updater), K = lstm_model_outputs(model), target_step = -7;
    int64_t call = pick(8) == 7 ? odd_int() : pick(8), size = about(B * K);
    uint32_t errors = E(ARGUMENT) | E(SHAPE) | E(ORDER);
    output y = output_new(size, sizeof(lstm_real));
    lstm_status status = CALL(errors, lstm_updater_output(updater, call, y.at, size, &target_step));
    FUZZ_HOLDS((status < 0) == (target_step == -7));
    output_done(&y, status, ANY_BYTES); /* not finite after an update that was refused for it */
    size = about(lstm_model_layers(model) * 2 * B * lstm_model_hidden(model));
    output values = output_new(size, sizeof(lstm_real));
    status = CALL(errors, lstm_updater_state(updater, values.at, size));
    output_done(&values, status, ANY_BYTES);
}

static void report(const lstm_updater *updater)
{
    uint32_t errors = E(ARGUMENT) | E(SHAPE) | E(ORDER);
    output info = output_new(1, sizeof(lstm_update_info));
    lstm_status status = CALL(errors, lstm_updater_info(updater, info.at));
    const lstm_update_info *now = info.at;
    double loss = status < 0 ? 0 : now->loss;
    FUZZ_HOLDS(status < 0 || (isfinite(now->loss) && isfinite(now->gradient_norm)));
    output_done(&info, status, ANY_BYTES);
    int64_t T = updater == NULL ? 1 : updater->iter->window.T, size = about(T);
    output losses = output_new(size, sizeof(double));
    lstm_status also = CALL(errors, lstm_updater_step_losses(updater, losses.at, size));
    FUZZ_HOLDS(also == LSTM_E_SHAPE || also == status);
    double sum = 0;
    for (int64_t t = 0; also >= 0 && t < T; t++)
        sum += ((const double *)losses.at)[t];
    FUZZ_HOLDS(also < 0 || fabs(sum - loss) <= 1e-9 * loss);
    output_done(&losses, also, DOUBLES);
}

static void gradients(const lstm_updater *updater)
{
    static const char *const moments[] = {"m", "v", "vhat", "s", "x", NULL};
    const lstm_model *model = updater == NULL ? NULL : updater->model;
    lstm_parameter_info info = {.name = "input.bias"};
    if (CALL(E(ARGUMENT), lstm_model_parameter(model, pick(12), &info)) < 0)
        info.size = 1;
    int64_t size = about(info.size);
    const char *name = pick(8) == 7 ? "nothing" : info.name;
    output values = output_new(size, sizeof(lstm_real));
    lstm_status status = CALL(E(ARGUMENT) | E(NAME) | E(SHAPE) | E(ORDER),
                              lstm_updater_gradient(updater, name, values.at, size));
    output_done(&values, status, ANY_BYTES);
    values = output_new(size, sizeof(lstm_real));
    status = CALL(E(ARGUMENT) | E(NAME) | E(SHAPE),
                  lstm_updater_moment(updater, moments[pick(6)], name, values.at, size));
    output_done(&values, status, REALS);
}

/* Everything that can be read of an updater. */
change op_results(void)
{
    const lstm_updater *updater = live_updater();
    int64_t counts[] = {lstm_updater_batch(updater), lstm_updater_calls(updater)};
    digest(counts, sizeof counts);
    report(updater);
    outputs(updater);
    gradients(updater);
    return SAME;
}
