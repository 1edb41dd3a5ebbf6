/* SPDX-License-Identifier: MIT */
/*
 * The table of a view, read as a device reads it, against the processor's own reading: the same
 * float for every element of every window.
 */
#include "../../cuda/view_rows.h"
#include "effort.h"
#include "failing_allocator.h"
#include "view/view.h"
#include "view_case.h"

enum { N_CASE = 400 / TEST_FEWER };

/* The numbers that both make; the table's are float in either build. */
static void assert_same(const char *name, const char *what, float got, lstm_real want)
{
    if (got == (float)want || (isnan(got) && isnan(want)))
        return;
    if (sizeof(lstm_real) > sizeof(float) && fabs((double)got - (double)want) <= 1e-4)
        return;
    fail_msg("%s: %s is %.9g, on the processor %.9g", name, what, (double)got, (double)want);
}

static void compare_window(const view_case *c, const lts_view_table *table, int64_t number)
{
    lts_level levels[CASE_MAX_COLUMN];
    lts_table_level own[CASE_MAX_COLUMN];
    lstm_real x[REFERENCE_MAX], target[REFERENCE_MAX], weight[REFERENCE_MAX];
    int64_t T = c->reference.o.context_len + c->reference.o.horizon - 1;
    const lts_place place = lts_view_place(c->view, number);
    const lts_table_place at = lts_table_place_of(table, number);
    assert_int_equal(at.series, place.series);
    assert_int_equal(at.channel, place.channel);
    assert_int_equal(at.origin, place.origin);
    assert_int_equal(at.end, place.limit);
    lts_view_levels(c->view, &place, levels);
    for (int64_t j = 0; j < table->n_base; j++) {
        own[j] = lts_table_level_of(table, &at, j);
        assert_same(c->name, "a base", own[j].base, levels[j].base);
        assert_same(c->name, "a spread", own[j].spread, levels[j].spread);
    }
    for (int64_t t = 0; t < T; t++) {
        lts_view_inputs(c->view, &place, levels, t, x);
        lts_view_targets(c->view, &place, levels, t, target, weight);
        for (int64_t d = 0; d < table->D; d++)
            assert_same(c->name, "an input", lts_table_input(table, &at, own, t, d), x[d]);
        for (int64_t k = 0; k < table->K; k++) {
            float scored;
            assert_same(c->name, "a target", lts_table_scored(table, &at, own, t, k, &scored),
                        target[k]);
            assert_same(c->name, "a weight", scored, weight[k]);
        }
    }
}

/* A season, where there are values enough for one. */
static void add_season(view_case *c)
{
    lstm_view *other;
    lstm_view_options options = c->options;
    options.season = LSTM_SEASON_HARMONICS;
    options.season_len = 5;
    options.n_harmonic = 1;
    if (lstm_view_new(&other, c->data, &options) < 0)
        return;
    lstm_view_free(c->view);
    c->view = other;
}

static void windows_are_those_of_the_view(void **state)
{
    (void)state;
    int64_t n_season = 0, n_gap = 0;
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_case c;
        lts_view_table table;
        view_case_open(&c, number);
        if (c.view != NULL && number % 3 == 0)
            add_season(&c);
        int64_t T = c.reference.o.context_len + c.reference.o.horizon - 1;
        if (c.view != NULL) {
            assert_ok(lts_view_table_init(&table, c.view, T));
            for (int64_t i = 0; i < lstm_view_windows(c.view); i++)
                compare_window(&c, &table, i);
            n_season += c.view->season.values != NULL;
            n_gap += table.n_piece > 0;
            lts_view_table_clear(&table);
        }
        view_case_close(&c);
    }
    assert_true(n_season > 10);
    assert_true(n_gap > N_CASE / 4);
}

static lstm_status make_table(void *context)
{
    lts_view_table table;
    lstm_status status = lts_view_table_init(&table, context, 3);
    if (status >= 0)
        lts_view_table_clear(&table);
    return status;
}

/* Its data set has gaps, so that it has all arrays. */
static void each_allocation_may_fail(void **state)
{
    (void)state;
    view_case c;
    failing_allocator memory;
    failing_allocator_install(&memory);
    uint64_t number = 0;
    lts_view_table table = {0};
    for (view_case_open(&c, number);; view_case_open(&c, ++number)) {
        if (c.view != NULL)
            assert_ok(lts_view_table_init(&table, c.view, 3));
        bool found = table.n_piece > 0;
        lts_view_table_clear(&table);
        if (found)
            break;
        view_case_close(&c);
    }
    int64_t live = memory.live;
    for (int64_t first = 1;; first++) {
        failing_allocator_fail(&memory, first, 1);
        lstm_status status = make_table(c.view);
        assert_int_equal(memory.live, live);
        if (status >= 0)
            break;
        assert_int_equal(status, LSTM_E_NOMEM);
        assert_true(first < 20);
    }
    failing_allocator_fail(&memory, 0, 0);
    view_case_close(&c);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_those_of_the_view),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
