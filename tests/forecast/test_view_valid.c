/* SPDX-License-Identifier: MIT */
/* Errors over the validation part of a view, compared with a plain loop over its windows. */
#include "assert_close.h"
#include "effort.h"
#include "failing_allocator.h"
#include "forecast/view_valid.h"
#include "score/loss_options.h"
#include "view_training.h"

enum { N_CASE = 200 / TEST_FEWER, MAX_T = 3, MAX_ORIGIN = 100, MAX_X = 512 };

static lts_loss read_loss(int64_t kind)
{
    lts_loss loss;
    lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;
    options.kind = kind;
    assert_ok(lts_loss_read(&loss, &options));
    return loss;
}

/* All origins whose horizon lies in the validation part, after a row that is known. */
static int64_t list_origins(const view_training *t, lts_place *places)
{
    const lstm_view_options *o = &t->c.view->options;
    int64_t n = 0;
    for (int64_t s = 0; s < lstm_dataset_series(t->c.data); s++) {
        int64_t train_end, valid_end;
        assert_ok(lstm_dataset_parts(t->c.data, s, &train_end, &valid_end));
        for (int64_t origin = train_end; origin <= valid_end; origin++) {
            int64_t needed = o->difference + (o->skip_short ? o->context_len * o->segment_len : 1);
            bool inside = origin + o->horizon * o->segment_len <= valid_end;
            if (inside && origin >= needed)
                places[n++] = (lts_place){s, 0, origin, origin};
            assert_true(n < MAX_ORIGIN);
        }
    }
    return n;
}

/* Adds the squared errors of one channel of a window, and the number of those that are scored. */
static void add_errors(const view_training *t, const lts_loss *loss, lts_place place, double *sum,
                       double *count)
{
    const lstm_view *view = t->c.view;
    int64_t K = view->columns.K, T = view->options.horizon, train_end, valid_end;
    real x[MAX_X], target[MAX_X], weight[MAX_X];
    lts_level levels[CASE_MAX_COLUMN];
    const lts_view_forecast one = {.model = t->random.model,
                                   .view = view,
                                   .loss = loss,
                                   .places = &place,
                                   .n = 1,
                                   .n_segment = T,
                                   .n_thread = 1};
    assert_ok(lts_view_forecast_run(&one, x));
    lts_view_levels(view, &place, levels);
    assert_ok(lstm_dataset_parts(t->c.data, place.series, &train_end, &valid_end));
    const lts_place known = {place.series, place.channel, place.origin, valid_end};
    for (int64_t h = 0; h < T; h++) {
        lts_view_targets(view, &known, levels, view->options.context_len - 1 + h, target, weight);
        for (int64_t k = 0; k < K; k++) {
            double e = (double)(x[h * K + k] - target[k]);
            sum[h] += weight[k] > 0 ? e * e : 0;
            count[h] += weight[k] > 0;
        }
    }
}

/* Returns whether each step has a target. */
static bool expect_total(const view_training *t, const lts_loss *loss, const lts_place *places,
                         int64_t n, int64_t stride, int64_t max_windows, double *total)
{
    int64_t n_left = n == 0 ? 0 : (n - 1) / stride + 1;
    int64_t n_used = max_windows > 0 && max_windows < n_left ? max_windows : n_left;
    double sum[MAX_T] = {0}, count[MAX_T] = {0};
    for (int64_t i = 0; i < n_used; i++)
        for (int64_t c = 0; c < t->c.view->n_channel; c++) {
            lts_place place = places[i * n_left / n_used * stride];
            place.channel = c;
            add_errors(t, loss, place, sum, count);
        }
    bool scored = true;
    for (int64_t h = 0; h < t->c.view->options.horizon; h++) {
        total[h] = sqrt(sum[h] / count[h]);
        scored = scored && count[h] > 0;
    }
    return scored;
}

static int64_t check_case(view_training *t, const lts_loss *loss, uint64_t number)
{
    lts_place places[MAX_ORIGIN];
    lts_view_valid valid;
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    double want[MAX_T], got[MAX_T];
    options.stride = (int64_t)(number % 4);
    options.max_windows = (int64_t)(number % 3) * 2;
    options.n_threads = 1 + (int64_t)(number % 2);
    int64_t n = list_origins(t, places), T = t->c.view->options.horizon;
    bool scored = expect_total(t, loss, places, n, options.stride == 0 ? 1 : options.stride,
                               options.max_windows, want);
    lstm_status status = lts_view_valid_init(&valid, t->c.view, loss, t->random.model, &options);
    if (n == 0 || !scored) {
        assert_status(status, LSTM_E_SHAPE, n == 0 ? "in its validation part" : "is scored");
        lts_view_valid_clear(&valid);
        return 0;
    }
    assert_ok(status);
    assert_int_equal(valid.T, T);
    assert_ok(lts_view_valid_run(&valid, t->random.model, got));
    for (int64_t h = 0; h < T; h++)
        assert_close(t->random.name, "total", h, got[h], want[h], 1e-5 * (1 + want[h]));
    lts_view_valid_clear(&valid);
    return 1;
}

static void totals_are_those_of_a_plain_loop(void **state)
{
    (void)state;
    for (int64_t kind = LSTM_LOSS_MSE; kind <= LSTM_LOSS_GAUSSIAN; kind += LSTM_LOSS_GAUSSIAN) {
        int64_t n_checked = 0;
        lts_loss loss = read_loss(kind);
        for (uint64_t number = 0; number < N_CASE; number++) {
            view_training t;
            if (!view_training_open(&t, number, loss.n_out))
                continue;
            n_checked += check_case(&t, &loss, number);
            view_training_close(&t);
        }
        assert_true(n_checked > N_CASE / 10);
    }
}

/* A case with several origins in its validation part. */
static void open_case(view_training *t)
{
    lts_place places[MAX_ORIGIN];
    for (uint64_t number = 0;; number++) {
        if (!view_training_open(t, number, 1))
            continue;
        if (list_origins(t, places) > 3 && t->c.missing != LSTM_MISSING_MASK)
            return;
        view_training_close(t);
    }
}

static void threads_do_not_change_bits(void **state)
{
    (void)state;
    view_training t;
    lts_loss loss = read_loss(LSTM_LOSS_MSE);
    double one[MAX_T], more[MAX_T];
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    open_case(&t);
    for (options.n_threads = 1; options.n_threads <= 4; options.n_threads += 3) {
        lts_view_valid valid;
        assert_ok(lts_view_valid_init(&valid, t.c.view, &loss, t.random.model, &options));
        assert_ok(lts_view_valid_run(&valid, t.random.model, options.n_threads == 1 ? one : more));
        lts_view_valid_clear(&valid);
    }
    assert_memory_equal(one, more, (size_t)t.c.view->options.horizon * sizeof *one);
    view_training_close(&t);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    view_training t;
    lts_loss loss = read_loss(LSTM_LOSS_MSE), gaussian = read_loss(LSTM_LOSS_GAUSSIAN);
    lts_view_valid valid;
    open_case(&t);
#define REFUSED(change, message)                                                                   \
    do {                                                                                           \
        lstm_valid_options o = LSTM_VALID_OPTIONS_INIT;                                            \
        change;                                                                                    \
        assert_status(lts_view_valid_init(&valid, t.c.view, &loss, t.random.model, &o),            \
                      LSTM_E_ARGUMENT, message);                                                   \
        lts_view_valid_clear(&valid);                                                              \
    } while (0)
    REFUSED(o.window_len = 3, "window_len is 3, expected 0: valid_view has the windows");
    REFUSED(o.support_len = 1, "support_len is 1");
    REFUSED(o.pred = 1, "pred is 1");
    REFUSED(o.feedback_lag = 1, "feedback_lag is 1");
    REFUSED(o.window_rule = 1, "window_rule is 1");
    REFUSED(o.context_len = 1, "context_len is 1");
    REFUSED(o.horizon = 1, "horizon is 1");
    REFUSED(o.stride = -1, "stride is -1");
    REFUSED(o.max_windows = -1, "max_windows is -1");
    REFUSED(o.n_threads = 1025, "n_threads is 1025");
#undef REFUSED
    assert_status(lts_view_valid_init(&valid, t.c.view, &gaussian, t.random.model, NULL),
                  LSTM_E_SHAPE, "outputs");
    lts_view_valid_clear(&valid);
    view_training_close(&t);
}

typedef struct attempt {
    const view_training *t;
    const lts_loss *loss;
} attempt;

static lstm_status validate(void *context)
{
    const attempt *a = context;
    lts_view_valid valid;
    double total[MAX_T];
    lstm_status status =
        lts_view_valid_init(&valid, a->t->c.view, a->loss, a->t->random.model, NULL);
    if (status >= 0)
        status = lts_view_valid_run(&valid, a->t->random.model, total);
    lts_view_valid_clear(&valid);
    return status;
}

static void out_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    failing_allocator memory;
    view_training t;
    lts_loss loss = read_loss(LSTM_LOSS_MSE);
    failing_allocator_install(&memory);
    open_case(&t);
    attempt a = {&t, &loss};
    assert_ok(validate(&a)); /* the model keeps its packed parameters */
    assert_true(failing_allocator_sweep(&memory, validate, &a) >= 15);
    view_training_close(&t);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_are_those_of_a_plain_loop),
        cmocka_unit_test(threads_do_not_change_bits),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
