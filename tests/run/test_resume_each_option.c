/* SPDX-License-Identifier: MIT */
/*
 * A line for each value of an enum and each field of optimizer, schedule, losses, sampling, windows
 * and view: a run that has it has other bits than one that has not, resumes to its own bits from
 * anywhere, and refuses the checkpoint of the other. What does not change the parameters, or needs
 * arrays: test_resume_training.c.
 */
#include "training.h"

#include <stdbool.h>
#include <stddef.h>

enum { UPDATES = 14 };

/* A training whose loss and sampling are set by offsets, as all options. */
typedef struct trial {
    training_recipe recipe;
    lstm_loss_options loss;
    lstm_sampling_options sampling;
} trial;

/* A field of a trial, of 8 bytes; 0 = none. */
typedef struct setting {
    size_t field;
    union {
        int64_t whole;
        double number;
        const void *pointer;
    } value;
} setting;

#define SET(place, v)                                                                              \
    {                                                                                              \
        offsetof(trial, place),                                                                    \
        {                                                                                          \
            .whole = (v)                                                                           \
        }                                                                                          \
    }
#define NUM(place, v)                                                                              \
    {                                                                                              \
        offsetof(trial, place),                                                                    \
        {                                                                                          \
            .number = (v)                                                                          \
        }                                                                                          \
    }
#define PTR(place, v)                                                                              \
    {                                                                                              \
        offsetof(trial, place),                                                                    \
        {                                                                                          \
            .pointer = (v)                                                                         \
        }                                                                                          \
    }
#define VIEW(field, v)     SET(recipe.view.field, v)
#define VIEW_NUM(field, v) NUM(recipe.view.field, v)
#define LOSS(v)            SET(loss.kind, LSTM_LOSS_##v)
#define SAMPLING(v)        SET(sampling.kind, LSTM_SAMPLING_##v)
#define OPTIMIZER(v)       SET(recipe.optimizer.kind, LSTM_##v)
#define RATE(field, v)     NUM(recipe.optimizer.field, v)
#define SCHEDULE(v)        SET(recipe.schedule.kind, LSTM_SCHEDULE_##v)
#define COUNTS             LOSS(NEGATIVE_BINOMIAL)
#define CHANNELS           VIEW(channels, LSTM_CHANNELS_INDEPENDENT)

static const double weights[] = {1, .5, .25, 2, .125}, levels[] = {.2, .5, .9};

/* What a line is about: `changed` is added to what `both` has, to a plain series or a view. */
typedef struct line {
    const char *name;
    enum { SERIES, OVER_VIEW } of;
    setting both[3], changed[3];
} line;

/* The view has 4 targets of a step. */
static const line lines[] = {
    {"MAE", SERIES, {{0}}, {LOSS(MAE)}},
    {"Huber", SERIES, {{0}}, {LOSS(HUBER)}},
    {"quantile", SERIES, {{0}}, {LOSS(QUANTILE)}},
    {"Gaussian", SERIES, {{0}}, {LOSS(GAUSSIAN)}},
    {"Student", SERIES, {{0}}, {LOSS(STUDENT_T)}},
    {"counts", OVER_VIEW, {{0}}, {COUNTS}},
    {"delta", SERIES, {LOSS(HUBER)}, {NUM(loss.delta, .1)}},
    {"levels", SERIES, {LOSS(QUANTILE)}, {SET(loss.n_level, 3), PTR(loss.levels, levels)}},
    {"scale_floor", SERIES, {LOSS(GAUSSIAN)}, {NUM(loss.scale_floor, .5)}},
    {"scale_floor of t", SERIES, {LOSS(STUDENT_T)}, {NUM(loss.scale_floor, .5)}},
    {"freedom_floor", SERIES, {LOSS(STUDENT_T)}, {NUM(loss.freedom_floor, 9)}},
    {"dispersion_floor", OVER_VIEW, {COUNTS}, {NUM(loss.dispersion_floor, .5)}},
    {"units", OVER_VIEW, {COUNTS}, {SET(loss.n_unit, 4), PTR(loss.units, weights)}},
    {"reduction", SERIES, {{0}}, {SET(loss.reduction, LSTM_REDUCTION_MEAN)}},
    {"column_weights",
     SERIES,
     {{0}},
     {SET(loss.n_column_weight, 2), PTR(loss.column_weights, weights)}},
    {"column_weights of a view",
     OVER_VIEW,
     {LOSS(HUBER)},
     {SET(loss.n_column_weight, 4), PTR(loss.column_weights, weights)}},
    {"step_weights", SERIES, {{0}}, {SET(loss.n_step_weight, 5), PTR(loss.step_weights, weights)}},
    {"constant sampling", SERIES, {{0}}, {SAMPLING(CONSTANT), NUM(sampling.final_share, .5)}},
    {"linear sampling", SERIES, {{0}}, {SAMPLING(LINEAR), SET(sampling.period, 9)}},
    {"exponential sampling", SERIES, {{0}}, {SAMPLING(EXPONENTIAL), NUM(sampling.k, .8)}},
    {"sigmoid sampling", SERIES, {{0}}, {SAMPLING(SIGMOID), NUM(sampling.k, 4)}},
    {"period of linear sampling",
     SERIES,
     {SAMPLING(LINEAR), SET(sampling.period, 9)},
     {SET(sampling.period, 2)}},
    {"period of sigmoid sampling",
     SERIES,
     {SAMPLING(SIGMOID), NUM(sampling.k, 4)},
     {SET(sampling.period, 2)}},
    {"final_share",
     SERIES,
     {SAMPLING(LINEAR), SET(sampling.period, 1)},
     {NUM(sampling.final_share, .5)}},
    {"sampling over a view", OVER_VIEW, {{0}}, {SAMPLING(SIGMOID), NUM(sampling.k, 2)}},
    {"dropout", SERIES, {{0}}, {NUM(recipe.updater.dropout, .4)}},
    {"seed", SERIES, {NUM(recipe.updater.dropout, .4)}, {SET(recipe.updater.seed, 13)}},
    {"Adam", SERIES, {{0}}, {OPTIMIZER(ADAM)}},
    {"SGD", SERIES, {{0}}, {OPTIMIZER(SGD)}},
    {"momentum SGD", SERIES, {{0}}, {OPTIMIZER(MOMENTUM)}},
    {"RMSprop", SERIES, {{0}}, {OPTIMIZER(RMSPROP)}},
    {"AdaGrad", SERIES, {{0}}, {OPTIMIZER(ADAGRAD)}},
    {"AdamW", SERIES, {{0}}, {OPTIMIZER(ADAMW_DECOUPLED)}},
    {"learning_rate", SERIES, {{0}}, {RATE(learning_rate, .04)}},
    {"beta1", SERIES, {{0}}, {RATE(beta1, .5)}},
    {"beta2", SERIES, {{0}}, {RATE(beta2, .9)}},
    {"eps", SERIES, {{0}}, {RATE(eps, 1e-3)}},
    {"eta", SERIES, {{0}}, {RATE(eta, .5)}},
    {"weight_decay", SERIES, {{0}}, {RATE(weight_decay, .1)}},
    {"momentum", SERIES, {OPTIMIZER(MOMENTUM)}, {RATE(momentum, .5)}},
    {"decay", SERIES, {OPTIMIZER(RMSPROP)}, {RATE(decay, .5)}},
    {"eps_inside", SERIES, {OPTIMIZER(RMSPROP)}, {SET(recipe.optimizer.eps_inside, 1)}},
    {"constant rate", SERIES, {{0}}, {SCHEDULE(CONSTANT), SET(recipe.schedule.period, 0)}},
    {"steps of the rate", SERIES, {{0}}, {SCHEDULE(STEP), SET(recipe.schedule.period, 3)}},
    {"exponential rate", SERIES, {{0}}, {SCHEDULE(EXPONENTIAL), NUM(recipe.schedule.gamma, .5)}},
    {"gamma",
     SERIES,
     {SCHEDULE(EXPONENTIAL), NUM(recipe.schedule.gamma, .5)},
     {NUM(recipe.schedule.gamma, .25)}},
    {"warmup", SERIES, {{0}}, {SET(recipe.schedule.warmup, 2)}},
    {"period of the rate", SERIES, {{0}}, {SET(recipe.schedule.period, 20)}},
    {"final_factor", SERIES, {{0}}, {NUM(recipe.schedule.final_factor, .5)}},
    {"begin", SERIES, {{0}}, {SET(recipe.schedule.begin, 3)}},
    {"no decay of weights", SERIES, {{0}}, {SET(recipe.updater.n_hook, 1)}},
    {"limit of a clip", SERIES, {{0}}, {NUM(recipe.hooks[0].value, .1)}},
    {"the article's form", SERIES, {{0}}, {SET(recipe.updater.unroll, LSTM_UNROLL_ARTICLE)}},
    {"support_len", SERIES, {{0}}, {SET(recipe.updater.support_len, 3)}},
    {"feedback_lag", SERIES, {{0}}, {SET(recipe.updater.feedback_lag, 2)}},
    {"window_len", SERIES, {{0}}, {SET(recipe.iter.window_len, 4)}},
    {"pred", SERIES, {{0}}, {SET(recipe.iter.pred, 2)}},
    {"window_rule", SERIES, {{0}}, {SET(recipe.iter.window_rule, LSTM_WINDOWS_ARTICLE)}},
    {"context_len of windows",
     SERIES,
     {{0}},
     {SET(recipe.iter.window_len, 0), SET(recipe.iter.context_len, 3),
      SET(recipe.iter.horizon, 4)}},
    {"n_layer", SERIES, {{0}}, {SET(recipe.model.n_layer, 1)}},
    {"random order", SERIES, {{0}}, {SET(recipe.iter.order, LSTM_ORDER_RANDOM)}},
    {"sequential order", SERIES, {{0}}, {SET(recipe.iter.order, LSTM_ORDER_SEQUENTIAL)}},
    {"consecutive order", SERIES, {{0}}, {SET(recipe.iter.order, LSTM_ORDER_CONSECUTIVE)}},
    {"seed of windows", SERIES, {{0}}, {SET(recipe.iter.seed, 10)}},
    {"batch_size", SERIES, {{0}}, {SET(recipe.iter.batch_size, 3)}},
    {"draw",
     OVER_VIEW,
     {SET(recipe.iter.order, LSTM_ORDER_RANDOM)},
     {SET(recipe.iter.draw, LSTM_DRAW_SERIES)}},
    {"segment_len", OVER_VIEW, {{0}}, {VIEW(segment_len, 3)}},
    {"context_len", OVER_VIEW, {{0}}, {VIEW(context_len, 3)}},
    {"horizon", OVER_VIEW, {{0}}, {VIEW(horizon, 3)}},
    {"channels", OVER_VIEW, {{0}}, {CHANNELS}},
    {"column_input", OVER_VIEW, {CHANNELS}, {VIEW(column_input, 1)}},
    {"logarithm", OVER_VIEW, {{0}}, {VIEW(transform, LSTM_TRANSFORM_LOG)}},
    {"square root", OVER_VIEW, {{0}}, {VIEW(transform, LSTM_TRANSFORM_SQRT)}},
    {"Box-Cox", OVER_VIEW, {{0}}, {VIEW(transform, LSTM_TRANSFORM_BOXCOX), VIEW_NUM(lambda, .3)}},
    {"lambda",
     OVER_VIEW,
     {VIEW(transform, LSTM_TRANSFORM_BOXCOX), VIEW_NUM(lambda, .3)},
     {VIEW_NUM(lambda, -.5)}},
    {"difference", OVER_VIEW, {{0}}, {VIEW(difference, 3)}},
    {"standard scaling", OVER_VIEW, {{0}}, {VIEW(scaling, LSTM_SCALING_STANDARD)}},
    {"minmax scaling", OVER_VIEW, {{0}}, {VIEW(scaling, LSTM_SCALING_MINMAX)}},
    {"robust scaling", OVER_VIEW, {{0}}, {VIEW(scaling, LSTM_SCALING_ROBUST)}},
    {"scale_series", OVER_VIEW, {VIEW(scaling, LSTM_SCALING_STANDARD)}, {VIEW(scale_series, 1)}},
    {"base last", OVER_VIEW, {{0}}, {VIEW(base, LSTM_BASE_LAST)}},
    {"base mean", OVER_VIEW, {{0}}, {VIEW(base, LSTM_BASE_MEAN)}},
    {"base_len", OVER_VIEW, {VIEW(base, LSTM_BASE_MEAN)}, {VIEW(base_len, 3)}},
    {"spread_floor", OVER_VIEW, {{0}}, {VIEW_NUM(spread_floor, .5)}},
    {"phases", OVER_VIEW, {{0}}, {VIEW(season, LSTM_SEASON_PHASES), VIEW(season_len, 3)}},
    {"season_len",
     OVER_VIEW,
     {VIEW(season, LSTM_SEASON_PHASES), VIEW(season_len, 3)},
     {VIEW(season_len, 5)}},
    {"harmonics",
     OVER_VIEW,
     {{0}},
     {VIEW(season, LSTM_SEASON_HARMONICS), VIEW(season_len, 7), VIEW(n_harmonic, 1)}},
    {"n_harmonic",
     OVER_VIEW,
     {VIEW(season, LSTM_SEASON_HARMONICS), VIEW(season_len, 7), VIEW(n_harmonic, 1)},
     {VIEW(n_harmonic, 2)}},
    {"year", OVER_VIEW, {{0}}, {VIEW(season, LSTM_SEASON_YEAR), VIEW(n_harmonic, 1)}},
    {"past",
     OVER_VIEW,
     {{0}},
     {VIEW(past, LSTM_PAST_HOLD), SET(recipe.covariate, LSTM_ROLE_INPUT)}},
    {"missing_input", OVER_VIEW, {{0}}, {VIEW(missing_input, 1)}},
    {"skip_context", OVER_VIEW, {{0}}, {VIEW(skip_context, 1)}},
    {"training and validation part",
     OVER_VIEW,
     {SET(recipe.valid_view, 1)},
     {VIEW(part, LSTM_PART_TRAIN_VALID)}},
    {"all rows", OVER_VIEW, {SET(recipe.valid_view, 1)}, {VIEW(part, LSTM_PART_ALL)}},
    {"skip_short", OVER_VIEW, {{0}}, {VIEW(skip_short, 1)}},
    {"skip_transform",
     OVER_VIEW,
     {SET(recipe.outside, 1)},
     {VIEW(transform, LSTM_TRANSFORM_LOG), VIEW(skip_transform, 1)}}, /* needed with outside */
};
enum { N_LINE = sizeof lines / sizeof *lines };

/* With struct_size. A new field needs a line above, or in test_resume_training.c. */
#define HAS_FIELDS(type, n)                                                                        \
    _Static_assert(sizeof(void *) != 8 || sizeof(type) == 8 * (n),                                 \
                   "a field of " #type " has no line")
HAS_FIELDS(lstm_view_options, 23);
HAS_FIELDS(lstm_loss_options, 15);
HAS_FIELDS(lstm_sampling_options, 5);
HAS_FIELDS(lstm_optimizer_options, 11);
HAS_FIELDS(lstm_schedule_options, 7);
HAS_FIELDS(lstm_iter_options, 12);
HAS_FIELDS(lstm_updater_options, 22);
HAS_FIELDS(lstm_curriculum_options, 6);
#undef HAS_FIELDS

static void apply(trial *t, const setting *settings, int n)
{
    for (int i = 0; i < n; i++)
        if (settings[i].field != 0)
            memcpy((char *)t + settings[i].field, &settings[i].value, sizeof settings[i].value);
}

/* The trial must stay where it is. */
static void make_trial(trial *t, const line *l, bool changed)
{
    t->loss = (lstm_loss_options)LSTM_LOSS_OPTIONS_INIT;
    t->sampling = (lstm_sampling_options)LSTM_SAMPLING_OPTIONS_INIT;
    training_recipe_init(&t->recipe);
    if (l->of == OVER_VIEW)
        training_recipe_plain_view(&t->recipe);
    t->recipe.updater.seed = 12;
    t->recipe.updater.loss = &t->loss;
    t->recipe.updater.sampling = &t->sampling;
    apply(t, l->both, 3);
    trial with = *t;
    apply(&with, l->changed, 3);
    if (with.sampling.kind != LSTM_SAMPLING_NONE) /* which is of the support */
        t->recipe.updater.support_len = LSTM_TEACHER_FORCED;
    apply(t, l->changed, changed ? 3 : 0);
}

static bool has_same_bits(const training *a, const training *b)
{
    lstm_real x[64], y[64];
    lstm_parameter_info info;
    assert_ok(lstm_model_parameter(a->model, 1, &info)); /* as large in any view */
    assert_in_range(info.size, 1, 64);
    assert_ok(lstm_model_get(a->model, info.name, x, info.size));
    assert_ok(lstm_model_get(b->model, info.name, y, info.size));
    return memcmp(x, y, (size_t)info.size * sizeof *x) == 0;
}

/* Without this, the tests below could compare runs that do not use the option. */
static void each_option_changes_the_bits(void **fixture)
{
    (void)fixture;
    for (const line *l = lines; l < lines + N_LINE; l++) {
        trial with, without;
        training a, b;
        make_trial(&with, l, true);
        make_trial(&without, l, false);
        training_run(&a, &with.recipe, UPDATES, NULL, NULL);
        training_run(&b, &without.recipe, UPDATES, NULL, NULL);
        if (has_same_bits(&a, &b))
            fail_msg("%s does nothing", l->name);
        training_free(&a);
        training_free(&b);
    }
}

static void each_option_resumes_to_the_same_bits(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    for (const line *l = lines; l < lines + N_LINE; l++)
        for (int64_t stop = 4; stop < UPDATES; stop += 7) {
            trial t;
            training whole, rest;
            make_trial(&t, l, true);
            training_run(&whole, &t.recipe, UPDATES, NULL, NULL);
            training_run_and_free(&t.recipe, stop, NULL, path);
            t.recipe.model.seed = 77; /* shows anything that a resume does not restore */
            training_run(&rest, &t.recipe, UPDATES, path, NULL);
            assert_same_training(&whole, &rest);
            training_free(&rest);
            training_free(&whole);
        }
}

/* By the recipe; or by the shape of a tensor, if the sizes of the network differ. */
static void each_option_refuses_the_checkpoint_of_a_run_without_it(void **fixture)
{
    const char *folder = *fixture, *path = in_folder(folder, "checkpoint");
    for (const line *l = lines; l < lines + N_LINE; l++) {
        trial with, without;
        training t;
        make_trial(&with, l, true);
        make_trial(&without, l, false);
        training_run_and_free(&without.recipe, 2, NULL, path);
        training_begin(&t, &with.recipe);
        lstm_status status = lstm_trainer_resume(t.trainer, path);
        if (status != LSTM_E_MISMATCH && status != LSTM_E_SHAPE)
            fail_msg("%s: %s", l->name, lstm_status_name(status));
        training_free(&t);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_option_changes_the_bits),
        TEST(each_option_resumes_to_the_same_bits),
        TEST(each_option_refuses_the_checkpoint_of_a_run_without_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
