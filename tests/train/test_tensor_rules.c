/* SPDX-License-Identifier: MIT */
/* Rates and decays of single tensors, and frozen ones: lstm_tensor_rule. */
#include "assert_close.h"
#include "refused.h"

#include <stdbool.h>

enum { MAX_SIZE = 512, N_UPDATE = 4 };

static const char ruled[] = "lstm.1.weight_x", frozen[] = "lstm.0.weight_h";

static void make(training *t, int64_t kind, double rate, double decay, int64_t n_rule,
                 const lstm_tensor_rule *rules)
{
    training_recipe recipe;
    training_recipe_init(&recipe);
    recipe.optimizer.kind = kind;
    recipe.optimizer.learning_rate = rate;
    recipe.optimizer.weight_decay = decay;
    recipe.schedule.warmup = 0;
    recipe.updater.n_hook = 0;
    recipe.updater.n_tensor_rule = n_rule;
    recipe.updater.tensor_rules = rules;
    training_make(t, &recipe);
}

static bool same(const training *a, const training *b, const lstm_parameter_info *info)
{
    lstm_real x[MAX_SIZE], y[MAX_SIZE];
    assert_ok(lstm_model_get(a->model, info->name, x, info->size));
    assert_ok(lstm_model_get(b->model, info->name, y, info->size));
    return memcmp(x, y, (size_t)info->size * sizeof *x) == 0;
}

/* The tensor of the rule is that of an optimizer of these constants, all others are not. */
static void a_rule_is_an_optimizer_of_its_tensor(void **state)
{
    (void)state;
    for (int64_t kind = LSTM_ADAM; kind <= LSTM_ADAGRAD; kind++) {
        bool decays = kind <= LSTM_ADAMW_DECOUPLED;
        const lstm_tensor_rule rules[] = {{ruled, 0.5, decays ? 0.125 : 0}};
        training with, constants, plain;
        make(&with, kind, 0.01, decays ? 0.25 : 0, 1, rules);
        make(&constants, kind, 0.005, decays ? 0.125 : 0, 0, NULL);
        make(&plain, kind, 0.01, decays ? 0.25 : 0, 0, NULL);
        assert_ok(lstm_updater_update(with.updater));
        assert_ok(lstm_updater_update(constants.updater));
        assert_ok(lstm_updater_update(plain.updater));
        for (int64_t p = 0; p < lstm_model_parameters(with.model); p++) {
            lstm_parameter_info info;
            assert_ok(lstm_model_parameter(with.model, p, &info));
            bool is_ruled = strcmp(info.name, ruled) == 0;
            assert_true(same(&with, is_ruled ? &constants : &plain, &info));
            assert_false(same(&constants, &plain, &info));
        }
        training_free(&with);
        training_free(&constants);
        training_free(&plain);
    }
}

static void weight_decay_0_is_the_optimizers_and_lstm_zero_none(void **state)
{
    (void)state;
    const lstm_tensor_rule rules[2][1] = {{{ruled, 1, 0}}, {{ruled, 1, LSTM_ZERO}}};
    training own, none, plain, without;
    lstm_parameter_info info = {.name = ruled, .size = 4 * 6 * 6};
    make(&own, LSTM_ADAM, 0.01, 0.25, 1, rules[0]);
    make(&none, LSTM_ADAM, 0.01, 0.25, 1, rules[1]);
    make(&plain, LSTM_ADAM, 0.01, 0.25, 0, NULL);
    make(&without, LSTM_ADAM, 0.01, 0, 0, NULL);
    training *all[] = {&own, &none, &plain, &without};
    for (int i = 0; i < 4; i++)
        assert_ok(lstm_updater_update(all[i]->updater));
    assert_true(same(&own, &plain, &info));
    assert_true(same(&none, &without, &info));
    assert_false(same(&none, &plain, &info));
    for (int i = 0; i < 4; i++)
        training_free(all[i]);
}

/* The L2 norm of the gradient of all tensors but the frozen one, whose own must be 0. */
static double norm_of_the_rest(const training *t)
{
    double sum = 0;
    for (int64_t p = 0; p < lstm_model_parameters(t->model); p++) {
        lstm_parameter_info info;
        lstm_real g[MAX_SIZE];
        assert_ok(lstm_model_parameter(t->model, p, &info));
        assert_ok(lstm_updater_gradient(t->updater, info.name, g, info.size));
        for (int64_t i = 0; i < info.size; i++) {
            assert_true(strcmp(info.name, frozen) != 0 || g[i] == 0);
            sum += (double)g[i] * (double)g[i];
        }
    }
    return sqrt(sum);
}

static void a_frozen_tensor_does_not_change_and_does_not_count(void **state)
{
    (void)state;
    static const lstm_tensor_rule rule = {frozen, 0, 0};
    const lstm_parameter_info info = {.name = frozen, .size = 4 * 6 * 6};
    for (int64_t kind = LSTM_ADAM; kind <= LSTM_ADAGRAD; kind++) {
        training_recipe recipe;
        training t, untouched;
        lstm_update_info after;
        training_recipe_init(&recipe);
        recipe.optimizer.kind = kind;
        recipe.optimizer.weight_decay = kind <= LSTM_ADAMW_DECOUPLED ? 0.1 : 0;
        recipe.hooks[0] = (lstm_hook){LSTM_HOOK_WEIGHT_DECAY, 0.5};
        recipe.hooks[1] = (lstm_hook){LSTM_HOOK_CLIP, 1e-3};
        recipe.updater.n_tensor_rule = 1;
        recipe.updater.tensor_rules = &rule;
        training_make(&untouched, &recipe);
        training_make(&t, &recipe);
        for (int i = 0; i < N_UPDATE; i++) {
            assert_ok(lstm_updater_backward(t.updater));
            double norm = norm_of_the_rest(&t);
            assert_ok(lstm_updater_apply(t.updater));
            assert_ok(lstm_updater_info(t.updater, &after));
            assert_close("frozen", "norm", i, after.gradient_norm, norm, 1e-5 * norm);
            assert_close("frozen", "clipped norm", i, norm_of_the_rest(&t), 1e-3, 1e-8);
        }
        assert_true(same(&t, &untouched, &info));
        training_free(&t);
        training_free(&untouched);
    }
}

static void wrong_rules_are_refused_by_name(void **state)
{
    (void)state;
    training t;
    training_recipe recipe;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    const struct {
        lstm_status status;
        const char *shown;
        lstm_tensor_rule rule;
        int64_t kind;
    } wrong[] = {
        {LSTM_E_ARGUMENT, "name of tensor rule 1 is NULL", {NULL, 1, 0}, LSTM_ADAM},
        {LSTM_E_NAME, "lstm.7.bias", {"lstm.7.bias", 1, 0}, LSTM_ADAM},
        {LSTM_E_ARGUMENT, "output.bias, is -1", {"output.bias", -1, 0}, LSTM_ADAM},
        {LSTM_E_ARGUMENT, "is nan", {"output.bias", (double)NAN, 0}, LSTM_ADAM},
        {LSTM_E_ARGUMENT, "is inf", {"output.bias", (double)INFINITY, 0}, LSTM_ADAM},
        {LSTM_E_ARGUMENT, "weight_decay of tensor rule 1", {"output.bias", 1, -1}, LSTM_ADAM},
        {LSTM_E_ARGUMENT, "is nan", {"output.bias", 1, (double)NAN}, LSTM_ADAM},
        {LSTM_E_ARGUMENT, "does not use it", {"output.bias", 1, 0.1}, LSTM_SGD},
        {LSTM_E_ARGUMENT, "two tensor rules are of input.bias", {"input.bias", 1, 0}, LSTM_ADAM},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
        const lstm_tensor_rule rules[] = {{"input.bias", 1, 0}, wrong[i].rule};
        optimizer.kind = wrong[i].kind;
        options.optimizer = &optimizer;
        options.n_tensor_rule = 2;
        options.tensor_rules = rules;
        REFUSED(wrong[i].status, wrong[i].shown,
                lstm_updater_new(&out.updater, t.model, t.iter, &options));
        options.tensor_rules = NULL;
        REFUSED(LSTM_E_ARGUMENT, "tensor_rules is NULL",
                lstm_updater_new(&out.updater, t.model, t.iter, &options));
        options.n_tensor_rule = -1;
        REFUSED(LSTM_E_ARGUMENT, "n_tensor_rule is -1",
                lstm_updater_new(&out.updater, t.model, t.iter, &options));
    }
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_is_an_optimizer_of_its_tensor),
        cmocka_unit_test(weight_decay_0_is_the_optimizers_and_lstm_zero_none),
        cmocka_unit_test(a_frozen_tensor_does_not_change_and_does_not_count),
        cmocka_unit_test(wrong_rules_are_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
