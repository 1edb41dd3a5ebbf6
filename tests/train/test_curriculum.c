/* SPDX-License-Identifier: MIT */
/* A horizon that grows with the updates: lstm_curriculum_options. */
#include "assert_close.h"
#include "random_plan.h"
#include "refused.h"
#include "train/curriculum.h"

enum { N_PLAN = 200, MAX_SIZE = 2048, MAX_STEP = 32 };

static const lstm_curriculum_options NONE = LSTM_CURRICULUM_OPTIONS_INIT;
static const int64_t stages[] = {1, 3, 2};

static lstm_curriculum_options linear(int64_t first, int64_t period)
{
    lstm_curriculum_options options = NONE;
    options.kind = LSTM_CURRICULUM_LINEAR;
    options.first = first;
    options.period = period;
    return options;
}

static lstm_curriculum_options staged(int64_t n_stage, int64_t period)
{
    lstm_curriculum_options options = NONE;
    options.kind = LSTM_CURRICULUM_STAGES;
    options.n_stage = n_stage;
    options.stages = stages;
    options.period = period;
    return options;
}

static void horizons_are_those_of_the_formulas(void **state)
{
    (void)state;
    const struct {
        lstm_curriculum_options options;
        uint64_t iteration;
        int64_t want; /* of 10 steps after the support */
    } cases[] = {
        {linear(2, 16), 0, 2},   {linear(2, 16), 1, 2},
        {linear(2, 16), 2, 3},   {linear(2, 16), 15, 9},
        {linear(2, 16), 16, 10}, {linear(2, 16), UINT64_MAX, 10},
        {linear(10, 5), 0, 10},  {linear(1, INT64_MAX), 1000, 1},
        {staged(3, 4), 0, 1},    {staged(3, 4), 3, 1},
        {staged(3, 4), 4, 3},    {staged(3, 4), 11, 2},
        {staged(3, 4), 12, 10},  {staged(1, 1), UINT64_MAX, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lts_curriculum curriculum;
        assert_ok(lts_curriculum_init(&curriculum, 14, 4, &cases[i].options));
        assert_int_equal(lts_curriculum_horizon(&curriculum, cases[i].iteration), cases[i].want);
        lts_curriculum_clear(&curriculum);
    }
}

static void what_is_out_of_range_is_refused_by_name(void **state)
{
    (void)state;
    training t;
    training_recipe recipe;
    lstm_curriculum_options c;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
#define WRONG(made, change, shown)                                                                 \
    do {                                                                                           \
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;                                  \
        options.support_len = 2;                                                                   \
        c = (made);                                                                                \
        options.curriculum = &c;                                                                   \
        change;                                                                                    \
        REFUSED(LSTM_E_ARGUMENT, shown,                                                            \
                lstm_updater_new(&out.updater, t.model, t.iter, &options));                        \
    } while (0)
    WRONG(NONE, c.kind = 3, "curriculum kind is 3");
    WRONG(NONE, c.period = 3, "period of the curriculum is 3, expected 0");
    WRONG(linear(1, 5), c.n_stage = 1, "n_stage of the curriculum is 1, expected 0");
    WRONG(staged(3, 5), c.first = 1, "first of the curriculum is 1, expected 0");
    WRONG(linear(1, 0), , "period of the curriculum is 0");
    WRONG(linear(0, 5), , "first of the curriculum is 0, expected 1 .. 3");
    WRONG(linear(4, 5), , "first of the curriculum is 4, expected 1 .. 3");
    WRONG(staged(0, 5), , "n_stage of the curriculum is 0");
    WRONG(staged(3, 5), c.stages = NULL, "stages is NULL, n_stage is 3");
    WRONG(staged(3, 5), options.support_len = 3, "a stage of the curriculum is 3, expected 1 .. 2");
    WRONG(linear(1, 5), options.support_len = 5, "curriculum needs steps after the support");
    WRONG(linear(1, 5), options.support_len = LSTM_TEACHER_FORCED, "needs steps after the support");
    WRONG(linear(1, 5), options.unroll = LSTM_UNROLL_ARTICLE, "LSTM_UNROLL_ARTICLE has no curric");
#undef WRONG
    training_free(&t);
}

typedef struct result {
    lstm_update_info info;
    double step_loss[MAX_STEP], gradient[MAX_SIZE];
} result;

/* A gradient of a case's batch. */
static void train_once(random_plan *random, const lstm_curriculum_options *curriculum, result *r)
{
    const random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT,
                                  .n_threads = 2,
                                  .dropout = 0.25,
                                  .curriculum = curriculum};
    random_plan_train(random, &recipe);
    assert_in_range(random_plan_size(random), 1, MAX_SIZE);
    assert_ok(lstm_updater_backward(random->updater));
    assert_ok(lstm_updater_info(random->updater, &r->info));
    assert_ok(lstm_updater_step_losses(random->updater, r->step_loss, random->plan.T));
    random_plan_gradient(random, r->gradient);
}

static void open_case(random_plan *random, uint64_t number)
{
    random_plan_open(random, number);
    random->plan.article = false;
    random->plan.support_len %= random->plan.T;
}

static void a_short_horizon_is_a_shorter_window(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        random_plan random;
        static result cut, short_window;
        open_case(&random, number);
        int64_t last = random.plan.T - random.plan.support_len, h = 1 + (int64_t)number % last;
        const lstm_curriculum_options curriculum = linear(h, 1000);
        train_once(&random, &curriculum, &cut);
        int64_t T = random.plan.support_len + h, n_call = lstm_updater_calls(random.updater);
        assert_int_equal(n_call, T);
        for (int64_t t = T; t < random.plan.T; t++)
            assert_true(cut.step_loss[t] == 0);
        random_plan_close(&random);
        open_case(&random, number);
        random_plan_shorten(&random, T);
        train_once(&random, NULL, &short_window);
        double tolerance = TOLERANCE * fmax(1, short_window.info.loss);
        assert_close(random.name, "loss", 0, cut.info.loss, short_window.info.loss, tolerance);
        assert_close(random.name, "last_loss", 0, cut.info.last_loss, short_window.info.last_loss,
                     tolerance);
        for (int64_t i = 0; i < random_plan_size(&random); i++)
            assert_close(random.name, "gradient", i, cut.gradient[i], short_window.gradient[i],
                         TOLERANCE * fmax(1, fabs(short_window.gradient[i])));
        random_plan_close(&random);
    }
}

/* Updates 0 .. of stages 1, 3, 2: the number of calls of each. */
static void the_horizon_follows_the_updates_and_not_the_batches(void **state)
{
    (void)state;
    training t;
    training_recipe recipe;
    const lstm_curriculum_options curriculum = staged(3, 1);
    const int64_t want[] = {3, 5, 4, 5, 5};
    training_recipe_init(&recipe);
    recipe.updater.support_len = 2;
    recipe.updater.curriculum = &curriculum;
    training_make(&t, &recipe);
    assert_int_equal(lstm_updater_calls(t.updater), 5);
    for (int n = 0; n < 5; n++) {
        assert_ok(lstm_updater_backward(t.updater)); /* a batch that is not applied */
        assert_int_equal(lstm_updater_calls(t.updater), want[n]);
        assert_ok(lstm_updater_update(t.updater));
        assert_int_equal(lstm_updater_calls(t.updater), want[n]);
    }
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(horizons_are_those_of_the_formulas),
        cmocka_unit_test(what_is_out_of_range_is_refused_by_name),
        cmocka_unit_test(a_short_horizon_is_a_shorter_window),
        cmocka_unit_test(the_horizon_follows_the_updates_and_not_the_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
