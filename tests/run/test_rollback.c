/* SPDX-License-Identifier: MIT */
/* The policy on divergence without a run: which scores diverge, and what a rollback changes. */
#include "run/divergence.h"
#include "training.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static void a_score_above_ratio_times_the_best_diverges(void **fixture)
{
    (void)fixture;
    static const struct {
        double ratio, score, best;
        bool diverges;
    } table[] = {
        {2, 3.5, 2, false},   {2, 4, 2, false},  {2, 4.5, 2, true},
        {0, 1e300, 1, false}, {1.5, 1, 0, true}, {1.5, 0, 0, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        lts_divergence d = {.ratio = table[i].ratio};
        bool diverges = table[i].diverges;
        assert_status(lts_divergence_check_score(&d, table[i].score, table[i].best, 12),
                      diverges ? LSTM_E_NUMERIC : LSTM_OK,
                      diverges ? "of the validation after update 12" : NULL);
    }
    lts_divergence d = {.ratio = 2};
    assert_ok(lts_divergence_check_score(&d, 5, (double)NAN, 12)); /* the best is not known */
}

static void the_factor_falls_until_the_limit_or_until_nothing_moves(void **fixture)
{
    (void)fixture;
    lts_divergence d = {.policy = LSTM_DIVERGENCE_ROLL_BACK, .factor = 0.5, .limit = 2};
    assert_true(lts_divergence_rolls_back(&d));
    assert_true(lts_divergence_next_factor(&d, 1, 0.1) == 0.5);
    d.n_rollback = 1;
    assert_true(lts_divergence_next_factor(&d, 0.5, 0.1) == 0.25);
    d.n_rollback = 2;
    assert_true(lts_divergence_next_factor(&d, 0.25, 0.1) == 0);
    d.n_rollback = 0;
    assert_true(lts_divergence_next_factor(&d, DBL_TRUE_MIN, 0.1) == 0); /* the product is 0 */
    assert_true(lts_divergence_next_factor(&d, DBL_MIN, DBL_MIN) == 0);
    assert_true(lts_divergence_next_factor(&d, 1, 0) == 0);
}

/* A training after some updates, and parameters to roll back to. */
typedef struct diverged {
    training_recipe recipe;
    training t;
    lts_divergence d;
    real *best;
    size_t bytes;
} diverged;

static void begin(diverged *x, uint64_t limit)
{
    *x = (diverged){.d = {LSTM_DIVERGENCE_ROLL_BACK, 0, 0.25, limit, 0}};
    training_recipe_init(&x->recipe);
    training_make(&x->t, &x->recipe);
    x->bytes = (size_t)x->t.model->params.total * sizeof(real);
    x->best = malloc(x->bytes);
    assert_non_null(x->best);
    memcpy(x->best, x->t.model->values, x->bytes);
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_updater_update(x->t.updater));
}

static void end(diverged *x)
{
    free(x->best);
    training_free(&x->t);
}

static bool moments_are_0(const lstm_updater *updater)
{
    for (int64_t m = 0; m < updater->optimizer.n_moment; m++)
        for (int64_t i = 0; i < updater->model->params.total; i++)
            if (updater->optimizer.moments[m][i] != 0)
                return false;
    return true;
}

static void a_rollback_takes_the_best_parameters_and_resets_the_optimizer(void **fixture)
{
    (void)fixture;
    diverged x;
    begin(&x, 10);
    lstm_updater *updater = x.t.updater;
    uint64_t drawn = updater->iter->position.drawn;
    uint_fast64_t version = atomic_load(&x.t.model->version);
    assert_false(moments_are_0(updater));
    assert_ok(lts_divergence_roll_back(&x.d, updater, x.best, "why"));
    assert_memory_equal(x.t.model->values, x.best, x.bytes);
    assert_true(atomic_load(&x.t.model->version) != version); /* states notice */
    assert_true(moments_are_0(updater));
    assert_true(updater->rate_factor == 0.25);
    assert_int_equal(updater->start, 3);     /* the optimizer counts from here */
    assert_int_equal(updater->iteration, 3); /* the run continues there */
    assert_int_equal(updater->iter->position.drawn, drawn);
    assert_int_equal(x.d.n_rollback, 1);
    assert_ok(lstm_updater_update(updater));
    assert_ok(lts_divergence_roll_back(&x.d, updater, x.best, "why"));
    assert_true(updater->rate_factor == 0.0625);
    end(&x);
}

static void one_beyond_the_limit_changes_nothing_and_says_why(void **fixture)
{
    (void)fixture;
    diverged x;
    begin(&x, 1);
    assert_ok(lts_divergence_roll_back(&x.d, x.t.updater, x.best, "why"));
    assert_ok(lstm_updater_update(x.t.updater));
    uint_fast64_t version = atomic_load(&x.t.model->version);
    assert_status(lts_divergence_roll_back(&x.d, x.t.updater, x.best, "the loss is inf"),
                  LSTM_E_NUMERIC, "the loss is inf; the run has rolled back 1 times before");
    assert_true(atomic_load(&x.t.model->version) == version);
    assert_int_not_equal(memcmp(x.t.model->values, x.best, x.bytes), 0);
    assert_false(moments_are_0(x.t.updater));
    assert_true(x.t.updater->rate_factor == 0.25);
    assert_int_equal(x.d.n_rollback, 1);
    end(&x);
}

/* Start and rate of the updater are stored by any trainer of it. */
static void a_trainer_that_does_not_roll_back_keeps_the_rate_of_one_that_did(void **fixture)
{
    const char *folder = *fixture;
    diverged x;
    training resumed;
    begin(&x, 10);
    assert_ok(lts_divergence_roll_back(&x.d, x.t.updater, x.best, "why"));
    training_start(&x.t, &x.recipe);
    assert_ok(lstm_trainer_save(x.t.trainer, in_folder(folder, "saved")));
    training_resume(&resumed, &x.recipe, in_folder(folder, "saved"));
    assert_true(resumed.updater->rate_factor == 0.25);
    assert_int_equal(resumed.updater->start, 3);
    assert_ok(lstm_updater_update(x.t.updater));
    assert_ok(lstm_updater_update(resumed.updater));
    assert_same_model(x.t.model, resumed.model);
    training_free(&resumed);
    end(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_score_above_ratio_times_the_best_diverges),
        cmocka_unit_test(the_factor_falls_until_the_limit_or_until_nothing_moves),
        cmocka_unit_test(a_rollback_takes_the_best_parameters_and_resets_the_optimizer),
        cmocka_unit_test(one_beyond_the_limit_changes_nothing_and_says_why),
        cmocka_unit_test_setup_teardown(
            a_trainer_that_does_not_roll_back_keeps_the_rate_of_one_that_did, make_folder_fixture,
            remove_folder_fixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
