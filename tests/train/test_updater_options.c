/* SPDX-License-Identifier: MIT */
/* Options of an updater and of what it is made from: ranges, LSTM_ZERO, context and horizon. */
#include "refused.h"

#include <math.h>
#include <stdbool.h>

/* Sizes of the common training: T, K, H. */
enum { T = 5, K = 2, H = 6 };

/* An updater of the training t is refused after a change of its options. */
#define CHANGED_IS_REFUSED(change, status, part)                                                   \
    do {                                                                                           \
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;                                  \
        lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;                            \
        lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;                               \
        lstm_hook hook = {LSTM_HOOK_CLIP, 1};                                                      \
        options.schedule = &schedule;                                                              \
        options.optimizer = &optimizer;                                                            \
        options.hooks = &hook;                                                                     \
        options.n_hook = 1;                                                                        \
        change;                                                                                    \
        REFUSED(status, part, lstm_updater_new(&out.updater, t.model, t.iter, &options));          \
    } while (0)

static void options_out_of_range_are_refused_by_name(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    CHANGED_IS_REFUSED(options.unroll = 2, LSTM_E_ARGUMENT, "unroll is 2");
    CHANGED_IS_REFUSED(options.support_len = -1, LSTM_E_ARGUMENT, "support_len is -1");
    CHANGED_IS_REFUSED(options.support_len = T + 1, LSTM_E_ARGUMENT,
                       "support_len is 6, expected 0 .. 5");
    CHANGED_IS_REFUSED(options.feedback_lag = -1, LSTM_E_ARGUMENT, "feedback_lag is -1");
    CHANGED_IS_REFUSED((options.unroll = LSTM_UNROLL_ARTICLE, options.feedback_lag = 1),
                       LSTM_E_ARGUMENT, "feedback_lag is 1");
    CHANGED_IS_REFUSED(options.n_threads = -2, LSTM_E_ARGUMENT, "n_threads is -2");
    CHANGED_IS_REFUSED(options.n_threads = 1025, LSTM_E_ARGUMENT, "n_threads is 1025");
    CHANGED_IS_REFUSED(options.n_hook = -1, LSTM_E_ARGUMENT, "n_hook is -1");
    CHANGED_IS_REFUSED(options.hooks = NULL, LSTM_E_ARGUMENT, "hooks is NULL");
    CHANGED_IS_REFUSED(hook.kind = 0, LSTM_E_ARGUMENT, "kind of hook 0 is 0");
    CHANGED_IS_REFUSED(hook.value = 0, LSTM_E_ARGUMENT, "value of hook 0 is 0");
    CHANGED_IS_REFUSED(hook.value = INFINITY, LSTM_E_ARGUMENT, "value of hook 0");
    CHANGED_IS_REFUSED((options.schedule = &schedule, schedule.warmup = -1), LSTM_E_ARGUMENT,
                       "warmup is -1");
    CHANGED_IS_REFUSED(options.struct_size += 4, LSTM_E_OPTIONS,
                       "initialize it with LSTM_UPDATER_OPTIONS_INIT");
    training_free(&t);
}

static void options_of_the_optimizer_out_of_range_are_refused_by_name(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    CHANGED_IS_REFUSED(optimizer.kind = 7, LSTM_E_ARGUMENT, "kind is 7");
    CHANGED_IS_REFUSED(optimizer.learning_rate = -1, LSTM_E_ARGUMENT, "learning_rate is -1");
    CHANGED_IS_REFUSED(optimizer.learning_rate = NAN, LSTM_E_ARGUMENT, "learning_rate");
    CHANGED_IS_REFUSED(optimizer.beta1 = 1, LSTM_E_ARGUMENT, "beta1 is 1");
    CHANGED_IS_REFUSED(optimizer.beta2 = -0.5, LSTM_E_ARGUMENT, "beta2 is -0.5");
    CHANGED_IS_REFUSED(optimizer.eps = 1e-60, LSTM_E_ARGUMENT, "eps is 1e-60");
    CHANGED_IS_REFUSED(optimizer.eps = 9e-16, LSTM_E_ARGUMENT, "eps is 9e-16");
    CHANGED_IS_REFUSED(optimizer.eps = LSTM_ZERO, LSTM_E_ARGUMENT, "eps is 0,");
    CHANGED_IS_REFUSED(optimizer.learning_rate = LSTM_ZERO, LSTM_E_ARGUMENT, "learning_rate is 0,");
    CHANGED_IS_REFUSED(optimizer.eta = -2, LSTM_E_ARGUMENT, "eta is -2");
    CHANGED_IS_REFUSED(optimizer.weight_decay = -1, LSTM_E_ARGUMENT, "weight_decay is -1");
    CHANGED_IS_REFUSED(
        (optimizer.kind = LSTM_RMSPROP, optimizer.eps_inside = 1, optimizer.eps = 9e-31),
        LSTM_E_ARGUMENT, "eps is 9e-31");
    CHANGED_IS_REFUSED((optimizer.kind = LSTM_MOMENTUM, optimizer.momentum = 1 - 1e-9),
                       LSTM_E_ARGUMENT, "momentum is 0.999999999");
    CHANGED_IS_REFUSED((optimizer.kind = LSTM_RMSPROP, optimizer.decay = 1 - 1e-9), LSTM_E_ARGUMENT,
                       "decay is 0.999999999");
    CHANGED_IS_REFUSED((optimizer.kind = LSTM_MOMENTUM, optimizer.momentum = 1), LSTM_E_ARGUMENT,
                       "momentum is 1");
    CHANGED_IS_REFUSED((optimizer.kind = LSTM_RMSPROP, optimizer.eps_inside = 2), LSTM_E_ARGUMENT,
                       "eps_inside is 2");
    CHANGED_IS_REFUSED(optimizer.struct_size = 4, LSTM_E_OPTIONS, "lstm_optimizer_options");
    training_free(&t);
}

static void options_that_the_optimizer_does_not_use_are_refused_by_name(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    CHANGED_IS_REFUSED(optimizer.momentum = 0.9, LSTM_E_ARGUMENT, "momentum is 0.9, expected 0");
    CHANGED_IS_REFUSED(optimizer.decay = 0.9, LSTM_E_ARGUMENT, "decay is 0.9, expected 0");
    CHANGED_IS_REFUSED(optimizer.eps_inside = 1, LSTM_E_ARGUMENT, "eps_inside is 1");
    CHANGED_IS_REFUSED((optimizer.kind = LSTM_SGD, optimizer.eps = 1e-8), LSTM_E_ARGUMENT,
                       "eps is 1e-08, expected 0");
    CHANGED_IS_REFUSED((optimizer.kind = LSTM_ADAMW_DECOUPLED, optimizer.eta = 1), LSTM_E_ARGUMENT,
                       "eta is 1");
    training_free(&t);
}

static void zero_can_be_chosen_where_it_is_allowed(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t kind;
        size_t offset;
    } zeros[] = {
        {LSTM_ADAM, offsetof(lstm_optimizer_options, beta1)},
        {LSTM_ADAM, offsetof(lstm_optimizer_options, beta2)},
        {LSTM_ADAM, offsetof(lstm_optimizer_options, weight_decay)},
        {LSTM_AMSGRAD, offsetof(lstm_optimizer_options, beta1)},
        {LSTM_ADAMW_DECOUPLED, offsetof(lstm_optimizer_options, beta1)},
        {LSTM_ADAMW_DECOUPLED, offsetof(lstm_optimizer_options, beta2)},
        {LSTM_ADAMW_DECOUPLED, offsetof(lstm_optimizer_options, weight_decay)},
        {LSTM_MOMENTUM, offsetof(lstm_optimizer_options, momentum)},
        {LSTM_RMSPROP, offsetof(lstm_optimizer_options, decay)},
    };
    static const double values[] = {LSTM_ZERO, 1e-60, 0};
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++) {
        training t[3];
        for (int v = 0; v < 3; v++) {
            training_recipe recipe;
            training_recipe_init(&recipe);
            recipe.optimizer.kind = zeros[i].kind;
            memcpy((char *)&recipe.optimizer + zeros[i].offset, &values[v], sizeof values[v]);
            training_make(&t[v], &recipe);
            for (int n = 0; n < 5; n++)
                assert_ok(lstm_updater_update(t[v].updater));
        }
        assert_same_model(t[0].model, t[1].model);
        lstm_real zero[K * H], by_default[K * H];
        assert_ok(lstm_model_get(t[0].model, "output.weight", zero, K * H));
        assert_ok(lstm_model_get(t[2].model, "output.weight", by_default, K * H));
        bool no_default = zeros[i].offset == offsetof(lstm_optimizer_options, weight_decay) &&
                          zeros[i].kind == LSTM_ADAM;
        assert_int_equal(memcmp(zero, by_default, sizeof zero) == 0, no_default);
        for (int v = 0; v < 3; v++)
            training_free(&t[v]);
    }
}

static void context_and_horizon_are_window_and_support(void **fixture)
{
    (void)fixture;
    training_recipe by_window, by_context;
    training a, b;
    double rmse[2][T * (K + 1)];
    training_recipe_init(&by_window);
    by_context = by_window;
    by_window.updater.support_len = by_window.valid.support_len = 2;
    by_window.valid.window_len = T;
    by_context.updater.support_len = by_context.valid.support_len = 0;
    by_context.iter.window_len = by_context.valid.window_len = 0;
    by_context.iter.context_len = by_context.valid.context_len = 3;
    by_context.iter.horizon = by_context.valid.horizon = 3;
    training_make(&a, &by_window);
    training_make(&b, &by_context);
    for (int i = 0; i < 10; i++) {
        assert_ok(lstm_updater_update(a.updater));
        assert_ok(lstm_updater_update(b.updater));
    }
    assert_same_model(a.model, b.model);
    assert_ok(lstm_valid(a.model, a.test, &by_window.valid, rmse[0], T * (K + 1)));
    assert_ok(lstm_valid(b.model, b.test, &by_context.valid, rmse[1], T * (K + 1)));
    assert_memory_equal(rmse[0], rmse[1], sizeof rmse[0]);
#define ITER_IS_REFUSED(change, status, part)                                                      \
    do {                                                                                           \
        lstm_iter_options options = by_context.iter;                                               \
        change;                                                                                    \
        REFUSED(status, part, lstm_iter_new(&out.iter, a.train, &options));                        \
    } while (0)
    ITER_IS_REFUSED(options.horizon = 0, LSTM_E_ARGUMENT, "horizon is 0");
    ITER_IS_REFUSED(options.context_len = -1, LSTM_E_ARGUMENT, "context_len is -1");
    ITER_IS_REFUSED(options.window_len = 5, LSTM_E_ARGUMENT, "window_len is 5");
    ITER_IS_REFUSED(options.horizon = INT64_MAX, LSTM_E_LIMIT, "9223372036854775807");
    ITER_IS_REFUSED(options.horizon = 90, LSTM_E_SHAPE, "window_len 92");
#undef ITER_IS_REFUSED
    training_free(&a);
    training_free(&b);
}

static void a_model_of_other_sizes_than_the_series_is_refused(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    lstm_model *model;
    lstm_updater *updater = NULL;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    recipe.model.n_input = 5;
    assert_ok(lstm_model_new(&model, &recipe.model));
    assert_status(lstm_updater_new(&updater, model, t.iter, NULL), LSTM_E_SHAPE,
                  "3 input columns, the model takes 5");
    lstm_model_free(model);
    recipe.model.n_input = 3;
    recipe.model.n_output = 3;
    assert_ok(lstm_model_new(&model, &recipe.model));
    assert_status(lstm_updater_new(&updater, model, t.iter, NULL), LSTM_E_SHAPE,
                  "2 target columns, the model gives 3");
    lstm_model_free(model);
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_out_of_range_are_refused_by_name),
        cmocka_unit_test(options_of_the_optimizer_out_of_range_are_refused_by_name),
        cmocka_unit_test(options_that_the_optimizer_does_not_use_are_refused_by_name),
        cmocka_unit_test(zero_can_be_chosen_where_it_is_allowed),
        cmocka_unit_test(context_and_horizon_are_window_and_support),
        cmocka_unit_test(a_model_of_other_sizes_than_the_series_is_refused),
    };
    return cmocka_run_group_tests_name("updater options", tests, NULL, NULL);
}
