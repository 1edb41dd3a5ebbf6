/* SPDX-License-Identifier: MIT */
/* Fits that are continued with new rows. */
#include "effort.h"
#include "failing_allocator.h"
#include "saved_fixture.h"
#include "scratch.h"

#include <stdbool.h>

enum { NEW_ROWS = 24, SIZE = HORIZON * TARGETS };

static void assert_nothing_changes(lstm_forecaster *forecaster, int64_t missing)
{
    lstm_dataset *data = data_of(ROWS, FUTURE, missing);
    lstm_forecaster *clone = clone_of(forecaster);
    assert_ok(continue_by(clone, data, 0));
    assert_same(forecaster, clone, data);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    data = data_of(ROWS, FUTURE, missing);
    assert_ok(continue_by(clone, data, 0)); /* what it was cloned from is freed */
    lstm_forecaster_free(clone);
    lstm_dataset_free(data);
}

static void without_rows_and_updates_nothing_changes(void **fixture)
{
    (void)fixture;
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        assert_nothing_changes(fitted(use), LSTM_MISSING_REFUSE);
        assert_nothing_changes(rich(use), LSTM_MISSING_MASK);
    }
}

static void describe(const lstm_forecaster *forecaster, char text[1 << 14])
{
    assert_ok(lstm_forecaster_describe(forecaster, text, 1 << 14, NULL));
}

/* Takes out of a description what four updates by a tenth of the rate have added to it. */
static void take_continued(int64_t use, char *text)
{
    char want[100], *begin = strstr(text, "\"continued\"");
    bool networks = use == LSTM_USE_MEAN || use == LSTM_USE_NETWORKS;
    if (use == LSTM_USE_BASELINE) {
        assert_null(begin);
        return;
    }
    snprintf(want, sizeof want,
             "\"continued\":{\"n_refit\":%d,\"n_update\":%d,\"learning_rate\":%s},",
             use != LSTM_USE_NETWORKS, networks ? 4 : 0, networks ? "0.0003" : "0.0");
    assert_non_null(begin);
    assert_memory_equal(begin, want, strlen(want));
    memmove(begin, begin + strlen(want), strlen(begin + strlen(want)) + 1);
}

/* A forecaster of another process, and one with other threads, learn the same. */
static void a_loaded_forecaster_continues_to_the_same_bits(void **fixture)
{
    (void)fixture;
    lstm_dataset *data = data_of(ROWS + NEW_ROWS, FUTURE, LSTM_MISSING_MASK);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster *forecaster = rich(use), *before = clone_of(forecaster), *loaded = NULL;
        const char *path = scratch("a");
        lstm_real old[SERIES * SIZE], new[SERIES * SIZE];
        char text[2][1 << 14];
        assert_ok(lstm_forecaster_save(forecaster, path));
        assert_ok(lstm_forecaster_load(&loaded, path));
        assert_ok(continue_by(forecaster, data, 4));
        assert_ok(continue_by(loaded, data, 4));
        assert_same(forecaster, loaded, data);
        describe(before, text[0]);
        describe(forecaster, text[1]);
        take_continued(use, text[1]);
        assert_string_equal(text[0], text[1]);
        forecast_all(before, data, old);
        forecast_all(forecaster, data, new);
        if (use == LSTM_USE_BASELINE)
            assert_memory_equal(old, new, sizeof old);
        else
            assert_memory_not_equal(old, new, sizeof old);
        assert_ok(lstm_forecaster_save(forecaster, path)); /* a continued one is like any other */
        lstm_forecaster_free(loaded);
        assert_ok(lstm_forecaster_load(&loaded, path));
        assert_same(forecaster, loaded, data);
        lstm_forecaster_free(before);
        lstm_forecaster_free(forecaster);
        lstm_forecaster_free(loaded);
    }
    lstm_dataset_free(data);
}

/* The scores of new rows are those that intervals of the present forecaster have. */
static void intervals_continue_with_the_scores_of_new_rows(void **fixture)
{
    (void)fixture;
    const int64_t n_row = ROWS + NEW_ROWS;
    lstm_dataset *data = data_of(n_row, FUTURE, LSTM_MISSING_REFUSE);
    lstm_forecaster *before = fitted(LSTM_USE_BASELINE), *after = clone_of(before);
    lstm_real lower[3][SIZE], upper[3][SIZE];
    assert_ok(lstm_forecaster_intervals(before, data, 0, &n_row, 1, NULL, lower[0], upper[0]));
    lstm_dataset *one = data_of(n_row, FUTURE, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_split(one, 1, ROWS, ROWS)); /* series 1 has no new rows */
    assert_ok(continue_by(after, one, 0));
    assert_ok(lstm_forecaster_intervals(after, data, 0, &n_row, 1, NULL, lower[1], upper[1]));
    assert_memory_equal(lower[0], lower[1], sizeof lower[0]);
    assert_memory_equal(upper[0], upper[1], sizeof upper[0]);
    lstm_forecaster *both = clone_of(before); /* series share their scores */
    assert_ok(continue_by(both, data, 0));
    assert_ok(lstm_forecaster_intervals(both, data, 0, &n_row, 1, NULL, lower[2], upper[2]));
    assert_memory_not_equal(lower[1], lower[2], sizeof lower[0]);
    lstm_forecaster_free(before);
    lstm_forecaster_free(after);
    lstm_forecaster_free(both);
    lstm_dataset_free(data);
    lstm_dataset_free(one);
}

/* One column of a period of 8 rows; from row ROWS on it is one of 5. */
static lstm_dataset *two_periods(int64_t n_row)
{
    lstm_dataset *data = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    lstm_real rows[2 * ROWS];
    options.n_column = 1;
    assert_ok(lstm_dataset_new(&data, &options));
    for (int64_t t = 0; t < n_row; t++)
        rows[t] = (lstm_real)(sin((double)t * 6.283185307179586 / (t < ROWS ? 8 : 5)) +
                              0.05 * sin(37.7 * (double)t));
    assert_ok(lstm_dataset_add(data, NULL, rows, n_row, 0));
    return data;
}

/* Mean absolute error of the last rows, which the forecaster has not seen. */
static double error_of(const lstm_forecaster *forecaster, const lstm_dataset *data)
{
    const int64_t origin = lstm_dataset_rows(data, 0) - HORIZON;
    const lstm_real *rows = lstm_dataset_data(data, 0);
    lstm_real y[HORIZON];
    double error = 0;
    assert_ok(lstm_forecaster_predict_from(forecaster, data, 0, &origin, 1, HORIZON, y));
    for (int64_t h = 0; h < HORIZON; h++)
        error += fabs((double)y[h] - (double)rows[origin + h]) / HORIZON;
    return error;
}

static void members_learn_from_new_rows(void **fixture)
{
    (void)fixture;
    for (int64_t use = LSTM_USE_NETWORKS; use <= LSTM_USE_RIDGE; use++) {
        lstm_dataset *first = two_periods(ROWS), *all = two_periods(2 * ROWS);
        lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
        lstm_forecaster_options options = options_of(use);
        lstm_forecaster *forecaster = NULL;
        lstm_continue_options further = LSTM_CONTINUE_OPTIONS_INIT;
        further.n_update = 200, further.learning_rate = 3e-3; /* the period is another one */
        view.context_len = 4, view.horizon = HORIZON;
        options.view = &view;
        options.n_hidden = 16, options.n_update = 200, options.batch_size = 16;
        assert_ok(lstm_dataset_split(all, 0, 2 * ROWS - HORIZON, 2 * ROWS - HORIZON));
        assert_ok(lstm_forecaster_new(&forecaster, &options));
        assert_ok(lstm_forecaster_fit(forecaster, first));
        double before = error_of(forecaster, all);
        assert_ok(lstm_forecaster_continue(forecaster, all, &further));
        double after = error_of(forecaster, all);
        if (!(after < before / 2))
            fail_msg("use %d: %g before, %g after", (int)use, before, after);
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(first);
        lstm_dataset_free(all);
    }
}

static void the_test_part_is_not_read(void **fixture)
{
    (void)fixture;
    lstm_dataset *data = data_of(ROWS + NEW_ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_dataset *less = data_of(ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_forecaster *one = fitted(LSTM_USE_MEAN), *other = clone_of(one);
    assert_ok(lstm_dataset_split(data, LSTM_ALL_SERIES, ROWS - 10, ROWS));
    assert_ok(continue_by(one, data, 2));
    assert_ok(continue_by(other, less, 2));
    assert_same(one, other, less);
    lstm_forecaster_free(one);
    lstm_forecaster_free(other);
    lstm_dataset_free(data);
    lstm_dataset_free(less);
}

/* What a callback has seen of a continuation, and after how many calls it cancels. */
typedef struct watched {
    bool continues;
    int64_t n, last;
    double fraction;
} watched;

static int watch(const lstm_fit_progress *progress, void *user)
{
    watched *w = user;
    if (!w->continues)
        return 0;
    assert_true(strncmp(progress->stage, "network ", 8) == 0);
    assert_true(progress->fraction >= w->fraction && progress->fraction <= 1);
    w->fraction = progress->fraction;
    return ++w->n == w->last;
}

static void a_cancelled_continuation_leaves_the_forecaster_as_before(void **fixture)
{
    (void)fixture;
    enum { N_UPDATE = 3, N_NETWORK = 2 };
    watched w = {0};
    lstm_dataset *data = data_of(ROWS + NEW_ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
    view.context_len = 4;
    options.view = &view, options.on_progress = watch, options.progress_user = &w;
    lstm_forecaster *forecaster = fitted_by(&options, LSTM_MISSING_REFUSE);
    lstm_forecaster *before = clone_of(forecaster);
    lstm_forecaster_cancel(forecaster); /* the next one stops at once */
    assert_int_equal(continue_by(forecaster, data, N_UPDATE), LSTM_STOPPED);
    for (int64_t last = 1; last <= N_UPDATE * N_NETWORK; last++) {
        w = (watched){.continues = true, .last = last};
        assert_int_equal(continue_by(forecaster, data, N_UPDATE), LSTM_STOPPED);
        assert_int_equal(w.n, last);
        assert_same(before, forecaster, data);
    }
    w = (watched){.continues = true};
    assert_ok(continue_by(forecaster, data, N_UPDATE));
    assert_true(w.n == N_UPDATE * N_NETWORK && w.fraction == 1);
    lstm_forecaster_free(before);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
}

static void assert_refused(lstm_forecaster *forecaster, const lstm_dataset *data, int64_t n_update,
                           lstm_status want, const char *part)
{
    assert_status(continue_by(forecaster, data, n_update), want, part);
}

static void assert_options_are_refused(lstm_forecaster *forecaster, const lstm_dataset *data)
{
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_continue_options plain = LSTM_CONTINUE_OPTIONS_INIT, o;
    plain.n_update = 1;
    o = plain, o.learning_rate = -0.1;
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_ARGUMENT, "rate is -0.1");
    o = plain, o.learning_rate = (double)INFINITY;
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_ARGUMENT, "rate is inf");
    o = plain, o.schedule = &schedule, schedule.kind = LSTM_SCHEDULE_COSINE; /* no period */
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_ARGUMENT, "period is 0");
    o = plain, o.folder = scratch("missing");
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_IO, "missing");
    o = plain, o.n_threads = -2;
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_ARGUMENT, "threads is -2");
    o = plain, o.n_threads = 1025;
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_ARGUMENT, "is 1025");
    o = plain, o.device = "gpu:x";
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_ARGUMENT, "gpu:x");
    o = plain, o.device = "nothing:0";
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_DEVICE,
                  "liblstmts-nothing");
    o = plain, o.struct_size = 3;
    assert_status(lstm_forecaster_continue(forecaster, data, &o), LSTM_E_OPTIONS, "continue");
}

static void wrong_use_is_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_REFUSE), *other = two_periods(ROWS);
    lstm_dataset *empty = NULL;
    lstm_forecaster_options options = options_of(LSTM_USE_MEAN);
    lstm_forecaster *forecaster = fitted(LSTM_USE_MEAN), *before = clone_of(forecaster);
    lstm_forecaster *unfitted = NULL;
    assert_ok(lstm_forecaster_new(&unfitted, &options));
    assert_ok(lstm_forecaster_frame(&empty, forecaster));
    assert_refused(NULL, data, 1, LSTM_E_ARGUMENT, "forecaster is NULL");
    assert_refused(forecaster, NULL, 1, LSTM_E_ARGUMENT, "dataset is NULL");
    assert_refused(forecaster, data, -1, LSTM_E_ARGUMENT, "n_update is -1");
    assert_options_are_refused(forecaster, data);
    assert_refused(unfitted, data, 1, LSTM_E_ORDER, "lstm_forecaster_fit()");
    lstm_forecaster_cancel(forecaster); /* ends with the calls that fail */
    assert_refused(forecaster, empty, 1, LSTM_E_SHAPE, "no series");
    assert_ok(continue_by(forecaster, data, 0));
    lstm_forecaster_cancel(forecaster);
    assert_status(lstm_forecaster_fit(forecaster, empty), LSTM_E_SHAPE, "no series");
    assert_ok(continue_by(forecaster, data, 0));
    assert_refused(forecaster, other, 1, LSTM_E_SHAPE, "1 columns, that of the fit had 3");
    assert_same(before, forecaster, data);
    lstm_forecaster_free(unfitted);
    lstm_forecaster_free(before);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    lstm_dataset_free(other);
    lstm_dataset_free(empty);
}

typedef struct call {
    lstm_forecaster *forecaster;
    const lstm_dataset *data;
} call;

static lstm_status attempt(void *context)
{
    const call *c = context;
    return continue_by(c->forecaster, c->data, 1);
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_MASK);
    call c = {rich(LSTM_USE_MEAN), data};
    assert_ok(attempt(&c)); /* there are packed copies of weights from now on */
    lstm_forecaster *before = NULL;
    assert_ok(lstm_forecaster_clone(&before, c.forecaster));
    failing_allocator_fail(&memory, 0, 0);
    lstm_forecaster *counted = clone_of(before);
    call count = {counted, data};
    failing_allocator_fail(&memory, 0, 0);
    assert_ok(attempt(&count));
    int64_t needed = atomic_load(&memory.calls), live = atomic_load(&memory.live);
    for (int64_t first = 1; first <= needed; first = TEST_NEXT(first)) {
        failing_allocator_fail(&memory, first, first % 2 == 0 ? 1 : INT64_MAX);
        assert_status(attempt(&c), LSTM_E_NOMEM, "memory");
        assert_int_equal(atomic_load(&memory.live), live);
    }
    failing_allocator_fail(&memory, 0, 0);
    assert_same(before, c.forecaster, data);
    lstm_forecaster_free(counted);
    lstm_forecaster_free(before);
    lstm_forecaster_free(c.forecaster);
    lstm_dataset_free(data);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rows_and_updates_nothing_changes),
        cmocka_unit_test(a_loaded_forecaster_continues_to_the_same_bits),
        cmocka_unit_test(intervals_continue_with_the_scores_of_new_rows),
        cmocka_unit_test(members_learn_from_new_rows),
        cmocka_unit_test(the_test_part_is_not_read),
        cmocka_unit_test(a_cancelled_continuation_leaves_the_forecaster_as_before),
        cmocka_unit_test(wrong_use_is_refused),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
