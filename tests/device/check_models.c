/* SPDX-License-Identifier: MIT */
#include "check.h"
#include "tally.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void check_make_recipe(training_recipe *recipe, const char *device)
{
    training_recipe_init(recipe);
    recipe->optimizer.learning_rate = 0.005;
    recipe->updater.device = device;
}

static double *parameter_of(const lstm_model *model, const lstm_parameter_info *info)
{
    lstm_real *values = malloc((size_t)info->size * sizeof *values);
    double *wide = malloc((size_t)info->size * sizeof *wide);
    assert_non_null(values);
    assert_non_null(wide);
    assert_ok(lstm_model_get(model, info->name, values, info->size));
    for (int64_t i = 0; i < info->size; i++)
        wide[i] = (double)values[i];
    free(values);
    return wide;
}

double check_model_error(const lstm_model *got, const lstm_model *want)
{
    double largest = 0;
    for (int64_t p = 0; p < lstm_model_parameters(want); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(want, p, &info));
        double *a = parameter_of(got, &info), *b = parameter_of(want, &info);
        largest = fmax(largest, tally_error(info.size, a, b));
        free(a);
        free(b);
    }
    return largest;
}

void check_close_models(const char *what, const lstm_model *got, const lstm_model *want,
                        double allowed)
{
    double error = check_model_error(got, want);
    print_message("  %s: parameters off by %.2g, allowed %.0e\n", what, error, allowed);
    if (!(error <= allowed))
        fail_msg("%s: parameters off by %.3g, allowed %.0e", what, error, allowed);
}
