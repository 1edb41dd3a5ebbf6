/* SPDX-License-Identifier: MIT */
/*
 * Series with scales of their own, of sizes that are far apart: a fit is continued with them in
 * another order, without some, and with new ones.
 */
#include "effort.h"
#include "failing_allocator.h"
#include "series_fixture.h"

#include <lstmts/continuation.h>

static const int64_t uses[] = {LSTM_USE_NETWORKS, LSTM_USE_RIDGE, LSTM_USE_MEAN};
enum { N_USE = sizeof uses / sizeof *uses, QUITO = SERIES };

static lstm_forecaster *new_fit(int64_t use)
{
    lstm_dataset *known = new_fleet(LSTM_STEP_SECONDS);
    for (int64_t s = 0; s < SERIES; s++)
        add_part(known, names[s], s, 0, KNOWN);
    lstm_forecaster *forecaster = fit_fleet(known, use);
    lstm_dataset_free(known);
    return forecaster;
}

/* Whole series by their numbers; all rows are to be learned. */
static lstm_dataset *new_part(const int64_t *series, int64_t n)
{
    lstm_dataset *part = new_fleet(LSTM_STEP_SECONDS);
    for (int64_t i = 0; i < n; i++) {
        add_part(part, names[series[i]], series[i], 0, ROWS);
        assert_ok(lstm_dataset_split(part, i, KNOWN, ROWS));
    }
    return part;
}

static lstm_forecaster *new_continued(const lstm_forecaster *from, const lstm_dataset *dataset,
                                      int64_t n_update)
{
    lstm_forecaster *continued = NULL;
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    options.n_update = n_update;
    assert_ok(lstm_forecaster_clone(&continued, from));
    assert_ok(lstm_forecaster_continue(continued, dataset, &options));
    return continued;
}

/* A forecast in scales of another series would be several times too large or too small. */
static void assert_of_size(const lstm_forecaster *forecaster, const lstm_dataset *all)
{
    for (int64_t s = 0; s <= QUITO; s++) {
        const answer a = ask(forecaster, all, s, ROWS);
        for (int64_t h = 0; h < H; h++) {
            const double y = (double)a.y[h] / sizes[s];
            if (!(y > 1.5 && y < 4.5)) /* the values are 3 +- 1.3 */
                fail_msg("%s: %g times its size", names[s], y);
        }
    }
}

static void the_order_of_series_does_not_matter(void **state)
{
    (void)state;
    static const int64_t order[] = {0, 1, 2}, other[] = {2, 0, 1};
    for (int i = 0; i < N_USE; i++) {
        lstm_forecaster *fit = new_fit(uses[i]);
        lstm_dataset *one = new_part(order, SERIES), *two = new_part(other, SERIES);
        lstm_forecaster *a = new_continued(fit, one, 0), *b = new_continued(fit, two, 0);
        for (int64_t s = 0; s < SERIES; s++) {
            const answer x = ask(a, two, s, ROWS), y = ask(b, two, s, ROWS);
            for (int64_t h = 0; h < H; h++) /* sums of ridge are in another order */
                assert_true(fabs((double)x.y[h] - (double)y.y[h]) <= 1e-4 * sizes[other[s]]);
        }
        lstm_forecaster_free(fit);
        lstm_forecaster_free(a);
        lstm_forecaster_free(b);
        lstm_dataset_free(one);
        lstm_dataset_free(two);
    }
}

/* With updates: new ones first, some not there; those keep their scales. */
static void series_keep_their_scales(void **state)
{
    (void)state;
    static const int64_t few[] = {QUITO, 2}, again[] = {1, QUITO, 0}, every[] = {0, 1, 2, QUITO};
    lstm_dataset *all = new_part(every, SERIES + 1);
    lstm_dataset *first = new_part(few, 2), *second = new_part(again, 3);
    for (int i = 0; i < N_USE; i++) {
        lstm_forecaster *fit = new_fit(uses[i]);
        lstm_forecaster *once = new_continued(fit, first, 4);
        lstm_forecaster *twice = new_continued(once, second, 4);
        assert_of_size(once, all);
        assert_of_size(twice, all);
        lstm_forecaster_free(fit);
        lstm_forecaster_free(once);
        lstm_forecaster_free(twice);
    }
    lstm_dataset_free(all);
    lstm_dataset_free(first);
    lstm_dataset_free(second);
}

/* Networks that do not learn see a new series as before: in scales of its latest rows. */
static void a_new_series_has_the_scales_of_a_forecast(void **state)
{
    (void)state;
    static const int64_t quito[] = {QUITO};
    lstm_forecaster *fit = new_fit(LSTM_USE_NETWORKS);
    lstm_dataset *part = new_part(quito, 1);
    lstm_forecaster *continued = new_continued(fit, part, 0);
    lstm_real before[H], after[H];
    assert_ok(lstm_forecaster_predict(fit, part, 0, before));
    assert_ok(lstm_forecaster_predict(continued, part, 0, after));
    assert_memory_equal(before, after, sizeof before);
    lstm_forecaster_free(fit);
    lstm_forecaster_free(continued);
    lstm_dataset_free(part);
}

static void nothing_is_lost_without_memory(void **state)
{
    (void)state;
    static const int64_t order[] = {QUITO, 1};
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *part = new_part(order, 2);
    lstm_forecaster *fit = new_fit(LSTM_USE_MEAN), *tried = new_continued(fit, part, 0);
    const answer before = ask(tried, part, 0, ROWS);
    failing_allocator_fail(&memory, 0, 0);
    lstm_forecaster_free(new_continued(tried, part, 0));
    const int64_t needed = atomic_load(&memory.calls), live = atomic_load(&memory.live);
    for (int64_t first = 1; first <= needed; first = TEST_NEXT(first)) {
        failing_allocator_fail(&memory, first, first % 2 == 0 ? 1 : INT64_MAX);
        lstm_status status = lstm_forecaster_continue(tried, part, NULL);
        if (status >= 0)
            break; /* the clone was counted, too */
        assert_int_equal(status, LSTM_E_NOMEM);
        assert_int_equal(atomic_load(&memory.live), live);
    }
    failing_allocator_fail(&memory, 0, 0);
    const answer after = ask(tried, part, 0, ROWS);
    assert_memory_equal(before.y, after.y, sizeof before.y);
    lstm_forecaster_free(fit);
    lstm_forecaster_free(tried);
    lstm_dataset_free(part);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_series_does_not_matter),
        cmocka_unit_test(series_keep_their_scales),
        cmocka_unit_test(a_new_series_has_the_scales_of_a_forecast),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
