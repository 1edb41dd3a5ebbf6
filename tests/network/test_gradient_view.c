/* SPDX-License-Identifier: MIT */
/*
 * Gradients over views: missing values that take outputs, targets that are not scored, closed
 * loops. support/gradient_case.h says how gradients are compared.
 */
#include "gradient_case.h"
#include "view_training.h"

enum { N_CASE = 300 };

/* Steps are small: static features reach 500, times h. */
#define STEP (1.0 / 4096)

/* Counts must be seen as they are. */
static bool open_counts(view_training *t, uint64_t number, int64_t n_out)
{
    *t = (view_training){0};
    view_case_open(&t->c, number);
    lstm_view_options *o = &t->c.options;
    o->transform = o->difference = o->scaling = o->scale_series = o->base = o->base_len = 0;
    o->lambda = o->spread_floor = 0;
    const bool has_window = t->c.view != NULL;
    lstm_view_free(t->c.view);
    t->c.view = NULL;
    if (has_window) {
        assert_ok(lstm_view_new(&t->c.view, t->c.data, o));
        view_training_make(t, number, n_out);
    } else {
        view_case_close(&t->c);
    }
    return has_window;
}

static void check_case(uint64_t number, const lstm_updater_options *options, double step,
                       int64_t *n_hole)
{
    view_training t;
    gradient_case c = {.step = step};
    int64_t n_out;
    assert_ok(lstm_loss_outputs(options->loss, &n_out));
    bool of_counts = options->loss != NULL && options->loss->kind == LSTM_LOSS_NEGATIVE_BINOMIAL;
    if (!(of_counts ? open_counts : view_training_open)(&t, number, n_out))
        return;
    random_stream stream = number;
    assert_ok(lstm_updater_new(&t.random.updater, t.random.model, t.random.iter, options));
    c.random = t.random;
    gradient_case_take(&c);
    gradient_case_check_elements(&c, &stream);
    gradient_case_check_direction(&c, &stream);
    lstm_real x[3 * REFERENCE_MAX];
    int64_t n = t.T * 3 * lstm_view_inputs(t.c.view);
    assert_in_range(n, 1, 3 * REFERENCE_MAX);
    assert_ok(lstm_iter_read(t.random.iter, x, NULL));
    bool hole = false;
    for (int64_t i = 0; i < n; i++)
        hole = hole || x[i] != x[i];
    *n_hole += hole;
    view_training_close(&t);
}

static void gradients_over_views_equal_differences(void **state)
{
    (void)state;
    int64_t n_hole = 0;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    for (uint64_t number = 0; number < N_CASE; number++) {
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        loss.reduction = number % 2 == 0 ? LSTM_REDUCTION_STEPS : LSTM_REDUCTION_MEAN;
        options.loss = &loss;
        options.support_len = number % 3 == 0 ? LSTM_TEACHER_FORCED : 0;
        check_case(number, &options, STEP, &n_hole);
    }
    assert_in_range(n_hole, N_CASE / 4, N_CASE);
}

/* What takes the place of a missing value is the location: one of several outputs of a target, or a
 * function of it. */
static void so_do_they_of_every_loss(void **state)
{
    (void)state;
    static const double levels[] = {.1, .5, .7};
    for (int64_t kind = LSTM_LOSS_MAE; kind <= LSTM_LOSS_NEGATIVE_BINOMIAL; kind++) {
        int64_t n_hole = 0;
        const bool has_kink = kind <= LSTM_LOSS_QUANTILE;
        lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
        loss.kind = kind;
        loss.delta = kind == LSTM_LOSS_HUBER ? .3 : 0;
        loss.n_level = kind == LSTM_LOSS_QUANTILE ? 3 : 0;
        loss.levels = kind == LSTM_LOSS_QUANTILE ? levels : NULL;
        for (uint64_t number = 0; number < N_CASE / 3; number++) {
            lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
            options.loss = &loss;
            options.support_len = number % 3 == 0 ? LSTM_TEACHER_FORCED : 0;
            options.dropout = number % 2 == 0 ? .3 : 0;
            check_case(number, &options, has_kink ? 1e-6 : STEP, &n_hole);
        }
        assert_in_range(n_hole, N_CASE / 12, N_CASE / 3);
    }
}

static void so_do_they_with_dropout_and_sampling(void **state)
{
    (void)state;
    int64_t n_hole = 0;
    lstm_sampling_options sampling = LSTM_SAMPLING_OPTIONS_INIT;
    sampling.kind = LSTM_SAMPLING_CONSTANT;
    sampling.final_share = .5;
    for (uint64_t number = 0; number < N_CASE; number++) {
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        options.sampling = &sampling;
        options.dropout = .3;
        options.feedback_lag = (int64_t)(number % 3);
        check_case(number, &options, STEP, &n_hole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_over_views_equal_differences),
        cmocka_unit_test(so_do_they_of_every_loss),
        cmocka_unit_test(so_do_they_with_dropout_and_sampling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
