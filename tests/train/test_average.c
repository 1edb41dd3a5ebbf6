/* SPDX-License-Identifier: MIT */
/* Averaged parameters: lstm_updater_average(). */
#include "assert_close.h"
#include "refused.h"

#include <math.h>

enum { SIZE = 12, N_UPDATE = 9 }; /* output.weight [2, 6] */

static void read_weight(const lstm_model *model, double values[SIZE])
{
    lstm_real read[SIZE];
    assert_ok(lstm_model_get(model, "output.weight", read, SIZE));
    for (int i = 0; i < SIZE; i++)
        values[i] = (double)read[i];
}

static void read_average(const training *t, double values[SIZE])
{
    lstm_model *average;
    assert_ok(lstm_updater_average(t->updater, &average));
    read_weight(average, values);
    lstm_model_free(average);
}

/* sum of d^(t-i) p_i / sum of d^(t-i), from the parameters after each update. */
static void the_average_is_that_of_the_formula(void **state)
{
    (void)state;
    const double decays[] = {1e-3, 0.5, 0.98};
    for (int c = 0; c < 3; c++) {
        training t;
        training_recipe recipe;
        double after[N_UPDATE][SIZE], average[SIZE];
        training_recipe_init(&recipe);
        recipe.updater.average_decay = decays[c];
        training_make(&t, &recipe);
        for (int n = 0; n < N_UPDATE; n++) {
            assert_ok(lstm_updater_update(t.updater));
            read_weight(t.model, after[n]);
            read_average(&t, average);
            for (int i = 0; i < SIZE; i++) {
                double sum = 0, weights = 0;
                for (int m = 0; m <= n; m++) {
                    sum += pow(decays[c], n - m) * after[m][i];
                    weights += pow(decays[c], n - m);
                }
                assert_close("average", "output.weight", i, average[i], sum / weights,
                             2e-6 * fmax(1, fabs(sum)));
            }
        }
        training_free(&t);
    }
}

static void before_any_update_it_is_the_model(void **state)
{
    (void)state;
    training t;
    training_recipe recipe;
    lstm_model *average;
    training_recipe_init(&recipe);
    recipe.updater.average_decay = 0.9;
    training_make(&t, &recipe);
    assert_ok(lstm_updater_average(t.updater, &average));
    assert_same_model(t.model, average);
    lstm_model_free(average);
    training_free(&t);
}

static void it_does_not_change_the_training(void **state)
{
    (void)state;
    training t[2];
    training_recipe recipe;
    for (int i = 0; i < 2; i++) {
        training_recipe_init(&recipe);
        recipe.updater.average_decay = 0.9 * i;
        training_make(&t[i], &recipe);
        for (int n = 0; n < N_UPDATE; n++)
            assert_ok(lstm_updater_update(t[i].updater));
    }
    assert_same_model(t[0].model, t[1].model);
    training_free(&t[0]);
    training_free(&t[1]);
}

static void wrong_use_is_refused(void **state)
{
    (void)state;
    training t;
    training_recipe recipe;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    REFUSED(LSTM_E_ORDER, "without average_decay", lstm_updater_average(t.updater, &out.model));
    REFUSED(LSTM_E_ARGUMENT, "updater", lstm_updater_average(NULL, &out.model));
    REFUSED(LSTM_E_ARGUMENT, "model", lstm_updater_average(t.updater, NULL));
    const struct {
        double decay;
        const char *shown;
    } wrong[] = {{1, "average_decay is 1,"},
                 {-0.1, "average_decay is -0.1"},
                 {(double)NAN, "average_decay is nan"}};
    for (int i = 0; i < 3; i++) {
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        options.average_decay = wrong[i].decay;
        REFUSED(LSTM_E_ARGUMENT, wrong[i].shown,
                lstm_updater_new(&out.updater, t.model, t.iter, &options));
    }
    training_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_average_is_that_of_the_formula),
        cmocka_unit_test(before_any_update_it_is_the_model),
        cmocka_unit_test(it_does_not_change_the_training),
        cmocka_unit_test(wrong_use_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
