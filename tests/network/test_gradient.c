/* SPDX-License-Identifier: MIT */
/*
 * Gradients, hooks and optimizers of random models; double build only.
 * support/gradient_case.h says how gradients are compared.
 */
#include "assert_close.h"
#include "gradient_case.h"
#include <stdlib.h>

#ifndef LSTMTS_TEST_DOUBLE
#error "differences of a loss in float say nothing about a gradient"
#endif

enum { N_PLAN = 250, N_RECIPE = 300, MAX_SIZE = GRADIENT_MAX_SIZE };

static void open_gradient_case(gradient_case *c, uint64_t number, const random_recipe *recipe)
{
    gradient_case_open(c, number, recipe);
    gradient_case_take(c);
}

static void gradients_equal_differences_of_the_loss(void **state)
{
    (void)state;
    random_census census = {0};
    double largest_element = 0, largest_direction = 0;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        gradient_case c;
        random_stream stream = number;
        open_gradient_case(&c, number, NULL);
        largest_element = fmax(largest_element, gradient_case_check_elements(&c, &stream));
        largest_direction = fmax(largest_direction, gradient_case_check_direction(&c, &stream));
        random_census_add(&census, &c.random);
        random_plan_close(&c.random);
    }
    random_census_check(&census);
    print_message(
        "gradients of %d plans: largest error %.2g of what is allowed by element, %.2g along a "
        "direction; %.2g of |G| where that is 1e-3 or more\n",
        N_PLAN, largest_element, largest_direction, gradient_largest_relative);
}

static void the_gradient_of_a_smaller_last_batch_equals_differences(void **state)
{
    (void)state;
    int64_t n_smaller = 0;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        gradient_case c;
        random_stream stream = number;
        c.step = 1.0 / 512;
        random_plan_open(&c.random, number);
        random_plan_sequential(&c.random);
        random_plan_train(&c.random, NULL);
        int64_t n_window = lstm_iter_windows(c.random.iter), B = c.random.B;
        if (n_window > B && n_window % B != 0) {
            for (int64_t batch = 0; batch < n_window / B; batch++)
                assert_ok(lstm_updater_backward(c.random.updater));
            gradient_case_take(&c);
            gradient_case_check_direction(&c, &stream);
            n_smaller++;
        }
        random_plan_close(&c.random);
    }
    assert_in_range(n_smaller, 50, N_PLAN);
}

/* What is drawn is a function of the batch, so differences of the loss see the same. */
static void gradients_with_dropout_and_sampling_equal_differences(void **state)
{
    (void)state;
    lstm_sampling_options sampling = LSTM_SAMPLING_OPTIONS_INIT;
    sampling.kind = LSTM_SAMPLING_CONSTANT;
    sampling.final_share = 0.5;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        gradient_case c;
        random_stream stream = number;
        random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT, .dropout = 0.4};
        c.step = 1.0 / 1024; /* dropout makes the loss steeper */
        random_plan_open(&c.random, number);
        recipe.sampling = c.random.plan.article ? NULL : &sampling;
        random_plan_train(&c.random, &recipe);
        gradient_case_take(&c);
        gradient_case_check_elements(&c, &stream);
        gradient_case_check_direction(&c, &stream);
        random_plan_close(&c.random);
    }
}

static void the_reported_norm_is_that_of_the_plain_gradient(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        gradient_case c;
        lstm_update_info info;
        const random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT,
                                      .hooks = {{LSTM_HOOK_CLIP, 1e-3}},
                                      .n_hook = 1};
        open_gradient_case(&c, number, &recipe);
        assert_ok(lstm_updater_apply(c.random.updater));
        assert_ok(lstm_updater_info(c.random.updater, &info));
        double want = gradient_norm(c.gradient, c.size);
        assert_close(c.random.name, "gradient norm", 0, info.gradient_norm, want,
                     TOLERANCE * fmax(1, want));
        random_plan_close(&c.random);
    }
}

/* With probability 1/2 the default, which is 0. */
static double draw_constant(random_stream *stream, double low, double high)
{
    return random_int(stream, 0, 1) == 0 ? 0 : random_real(stream, low, high);
}

static void draw_optimizer(lstm_optimizer_options *options, random_stream *stream)
{
    int64_t kind = options->kind = random_int(stream, LSTM_ADAM, LSTM_ADAGRAD);
    options->learning_rate = draw_constant(stream, 1e-3, 0.1);
    if (kind != LSTM_SGD && kind != LSTM_MOMENTUM)
        options->eps = draw_constant(stream, 1e-6, 1e-2);
    if (kind == LSTM_ADAM || kind == LSTM_AMSGRAD || kind == LSTM_ADAMW_DECOUPLED) {
        options->beta1 = draw_constant(stream, 0.5, 0.95);
        options->beta2 = draw_constant(stream, 0.5, 0.999);
        options->weight_decay = draw_constant(stream, 1e-3, 0.1);
    }
    if (kind == LSTM_ADAM || kind == LSTM_AMSGRAD)
        options->eta = draw_constant(stream, 0.3, 1.5);
    if (kind == LSTM_MOMENTUM)
        options->momentum = draw_constant(stream, 0.3, 0.95);
    if (kind == LSTM_RMSPROP) {
        options->decay = draw_constant(stream, 0.5, 0.99);
        options->eps_inside = random_int(stream, 0, 1);
    }
}

/* Up to three hooks in any order; a clip may or may not be active, depending on the norm. */
static void draw_hooks(random_recipe *recipe, double gradient_norm, random_stream *stream)
{
    recipe->n_hook = random_int(stream, 0, 3);
    for (int64_t i = 0; i < recipe->n_hook; i++) {
        bool clip = random_int(stream, 0, 1) == 0;
        recipe->hooks[i].kind = clip ? LSTM_HOOK_CLIP : LSTM_HOOK_WEIGHT_DECAY;
        recipe->hooks[i].value =
            clip ? gradient_norm * random_real(stream, 0.2, 1.6) : random_real(stream, 1e-3, 0.2);
    }
}

/* The same training by the reference. */
typedef struct hand_training {
    double p[MAX_SIZE], g[MAX_SIZE];
    double m[MAX_SIZE], v[MAX_SIZE], vhat[MAX_SIZE], s[MAX_SIZE];
} hand_training;

typedef struct recipe_errors {
    double hooked, parameter, moment;
} recipe_errors;

static double check_all(const gradient_case *c, const char *what, const double *got,
                        const double *want)
{
    double largest = 0;
    for (int64_t i = 0; i < c->size; i++)
        largest = fmax(largest, assert_close(c->random.name, what, i, got[i], want[i], TOLERANCE));
    return largest;
}

/* Compares a moment of the optimizer; one that it does not have must be LSTM_E_NAME. */
static void check_moment(gradient_case *c, const char *moment, bool has, const double *want,
                         double *largest)
{
    int64_t first = 0;
    for (int64_t p = 0; p < lstm_model_parameters(c->random.model); p++) {
        lstm_parameter_info info;
        double got[MAX_SIZE];
        assert_ok(lstm_model_parameter(c->random.model, p, &info));
        lstm_status status =
            lstm_updater_moment(c->random.updater, moment, info.name, got, info.size);
        assert_int_equal(status, has ? LSTM_OK : LSTM_E_NAME);
        for (int64_t i = 0; has && i < info.size; i++)
            *largest = fmax(*largest, assert_close(c->random.name, moment, first + i, got[i],
                                                   want[first + i], TOLERANCE));
        first += info.size;
    }
}

static void check_moments(gradient_case *c, int64_t kind, const hand_training *hand,
                          double *largest)
{
    bool adam = kind == LSTM_ADAM || kind == LSTM_AMSGRAD || kind == LSTM_ADAMW_DECOUPLED;
    check_moment(c, "m", adam, hand->m, largest);
    check_moment(c, "v", adam || kind == LSTM_MOMENTUM, hand->v, largest);
    check_moment(c, "vhat", kind == LSTM_AMSGRAD, hand->vhat, largest);
    check_moment(c, "s", kind == LSTM_RMSPROP || kind == LSTM_ADAGRAD, hand->s, largest);
}

/* Compares one to three updates of the library with the reference. */
static void check_updates(gradient_case *c, const random_recipe *recipe, int64_t n_update,
                          recipe_errors *largest)
{
    hand_training hand = {0};
    reference_moments moments = {hand.m, hand.v, hand.vhat, hand.s};
    memcpy(hand.p, c->parameters, sizeof hand.p);
    for (int64_t t = 1; t <= n_update; t++) {
        if (t > 1)
            assert_ok(lstm_updater_backward(c->random.updater));
        random_plan_gradient(&c->random, hand.g);
        assert_ok(lstm_updater_apply(c->random.updater));
        reference_hooks(recipe->hooks, recipe->n_hook, c->size, hand.p, hand.g);
        random_plan_gradient(&c->random, c->gradient);
        largest->hooked =
            fmax(largest->hooked, check_all(c, "hooked gradient", c->gradient, hand.g));
        reference_optimize(&recipe->optimizer, t, c->size, hand.p, hand.g, &moments);
        random_plan_get(&c->random, c->parameters);
        largest->parameter =
            fmax(largest->parameter, check_all(c, "parameters", c->parameters, hand.p));
        check_moments(c, recipe->optimizer.kind, &hand, &largest->moment);
    }
}

static double plain_norm(uint64_t number)
{
    gradient_case c;
    open_gradient_case(&c, number, NULL);
    double length = gradient_norm(c.gradient, c.size);
    random_plan_close(&c.random);
    return length;
}

static void hooks_and_optimizers_equal_the_formulas(void **state)
{
    (void)state;
    recipe_errors largest = {0};
    int64_t n_kind[LSTM_ADAGRAD + 1] = {0};
    for (uint64_t number = 0; number < N_RECIPE; number++) {
        gradient_case c;
        random_stream stream = number;
        random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT};
        draw_optimizer(&recipe.optimizer, &stream);
        draw_hooks(&recipe, plain_norm(number), &stream);
        open_gradient_case(&c, number, &recipe);
        check_updates(&c, &recipe, random_int(&stream, 1, 3), &largest);
        n_kind[recipe.optimizer.kind]++;
        random_plan_close(&c.random);
    }
    for (int64_t kind = LSTM_ADAM; kind <= LSTM_ADAGRAD; kind++)
        assert_in_range(n_kind[kind], 20, N_RECIPE);
    print_message("largest errors: hooked gradients %.2g, parameters %.2g, moments %.2g; allowed "
                  "%.0e\n",
                  largest.hooked, largest.parameter, largest.moment, TOLERANCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_equal_differences_of_the_loss),
        cmocka_unit_test(the_gradient_of_a_smaller_last_batch_equals_differences),
        cmocka_unit_test(gradients_with_dropout_and_sampling_equal_differences),
        cmocka_unit_test(the_reported_norm_is_that_of_the_plain_gradient),
        cmocka_unit_test(hooks_and_optimizers_equal_the_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
