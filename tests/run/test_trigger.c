/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "run/pending.h"

#include <stdio.h>

static bool fires(int64_t every, int64_t unit, uint64_t iteration, uint64_t before, uint64_t after)
{
    return lts_trigger_fires(&(lstm_trigger){every, unit}, &(lts_moment){iteration, before, after});
}

static void iterations_are_counted_from_the_first_update(void **fixture)
{
    (void)fixture;
    for (uint64_t i = 1; i <= 12; i++) {
        assert_true(fires(1, LSTM_ITERATIONS, i, 0, 0));
        assert_int_equal(fires(5, LSTM_ITERATIONS, i, 0, 0), i == 5 || i == 10);
        assert_false(fires(13, LSTM_ITERATIONS, i, 0, 0));
    }
}

/* A batch may cross several epochs, or none. */
static void epochs_fire_when_one_of_them_ends(void **fixture)
{
    (void)fixture;
    assert_false(fires(1, LSTM_EPOCHS, 5, 0, 0));
    assert_true(fires(1, LSTM_EPOCHS, 5, 0, 1));
    assert_true(fires(1, LSTM_EPOCHS, 5, 3, 7));
    assert_false(fires(3, LSTM_EPOCHS, 5, 0, 2));
    assert_true(fires(3, LSTM_EPOCHS, 5, 2, 3));
    assert_false(fires(3, LSTM_EPOCHS, 6, 3, 5));
    assert_true(fires(3, LSTM_EPOCHS, 6, 2, 8));
}

static void every_0_is_never(void **fixture)
{
    (void)fixture;
    assert_false(fires(0, LSTM_ITERATIONS, 1, 0, 1));
    assert_false(fires(0, LSTM_EPOCHS, 1, 0, 1));
}

static void what_is_none_is_refused_by_name(void **fixture)
{
    (void)fixture;
    static const struct {
        lstm_trigger trigger;
        int64_t last_unit;
        const char *message; /**< NULL: it is one */
    } table[] = {
        {{0, LSTM_ITERATIONS}, LSTM_EPOCHS, NULL},
        {{9, LSTM_EPOCHS}, LSTM_EPOCHS, NULL},
        {{9, LSTM_SECONDS}, LSTM_SECONDS, NULL},
        {{-1, LSTM_ITERATIONS}, LSTM_EPOCHS, "x.every is -1"},
        {{1, -1}, LSTM_SECONDS, "x.unit is -1"},
        {{1, LSTM_SECONDS}, LSTM_EPOCHS, "x.unit is 2, expected LSTM_ITERATIONS or LSTM_EPOCHS"},
        {{1, 3},
         LSTM_SECONDS,
         "x.unit is 3, expected LSTM_ITERATIONS, LSTM_EPOCHS or LSTM_SECONDS"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_status(lts_trigger_check("x", &table[i].trigger, table[i].last_unit),
                      table[i].message == NULL ? LSTM_OK : LSTM_E_ARGUMENT, table[i].message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iterations_are_counted_from_the_first_update),
        cmocka_unit_test(epochs_fire_when_one_of_them_ends),
        cmocka_unit_test(every_0_is_never),
        cmocka_unit_test(what_is_none_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
