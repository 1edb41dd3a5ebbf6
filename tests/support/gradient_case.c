/* SPDX-License-Identifier: MIT */
#include "gradient_case.h"
#include "assert_close.h"
#include "assert_status.h"
#include <float.h>

enum { N_ELEMENT = 30 };

static const double STEP = 1.0 / 512;
static const double RELATIVE = 1e-8;

/* The gradient of the next batch. */
void gradient_case_take(gradient_case *c)
{
    assert_ok(lstm_iter_get_position(c->random.iter, &c->before));
    c->size = random_plan_size(&c->random);
    assert_in_range(c->size, 1, GRADIENT_MAX_SIZE);
    random_plan_get(&c->random, c->parameters);
    assert_ok(lstm_updater_backward(c->random.updater));
    random_plan_gradient(&c->random, c->gradient);
    lstm_update_info info;
    assert_ok(lstm_updater_info(c->random.updater, &info));
    c->loss = info.loss;
}

void gradient_case_open(gradient_case *c, uint64_t number, const random_recipe *recipe)
{
    c->step = STEP;
    random_plan_open(&c->random, number);
    random_plan_train(&c->random, recipe);
}

void gradient_case_close(gradient_case *c)
{
    random_plan_close(&c->random);
}

/* The loss at parameters + shift * direction. */
static double loss_at(gradient_case *c, const double *direction, double shift)
{
    double moved[GRADIENT_MAX_SIZE];
    for (int64_t i = 0; i < c->size; i++)
        moved[i] = c->parameters[i] + shift * direction[i];
    random_plan_set(&c->random, moved);
    assert_ok(lstm_iter_set_position(c->random.iter, &c->before));
    assert_ok(lstm_updater_backward(c->random.updater));
    lstm_update_info info;
    assert_ok(lstm_updater_info(c->random.updater, &info));
    return info.loss;
}

static double central(gradient_case *c, const double *direction, double h)
{
    return (loss_at(c, direction, h) - loss_at(c, direction, -h)) / (2 * h);
}

static double difference(gradient_case *c, const double *direction)
{
    return (4 * central(c, direction, c->step / 2) - central(c, direction, c->step)) / 3;
}

double gradient_norm(const double *values, int64_t n)
{
    double square = 0;
    for (int64_t i = 0; i < n; i++)
        square += values[i] * values[i];
    return sqrt(square);
}

/* The largest error relative to |G|, without the allowance r. */
double gradient_largest_relative;

/* Returns the error relative to the tolerance. */
static double check_derivative(gradient_case *c, const char *what, int64_t element,
                               const double *direction, double derivative, double scale)
{
    double allowed = RELATIVE * scale + 8 * DBL_EPSILON * fabs(c->loss) / (c->step / 2);
    double want = difference(c, direction);
    double error = assert_close(c->random.name, what, element, derivative, want, allowed);
    if (scale >= 1e-3)
        gradient_largest_relative = fmax(gradient_largest_relative, error / scale);
    return error / allowed;
}

/* `share` random elements of each tensor, N_ELEMENT or more over all. */
double gradient_case_check_elements(gradient_case *c, random_stream *stream)
{
    double direction[GRADIENT_MAX_SIZE] = {0}, largest = 0;
    int64_t first = 0, n_tensor = lstm_model_parameters(c->random.model);
    for (int64_t p = 0; p < n_tensor; p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(c->random.model, p, &info));
        double scale = gradient_norm(c->gradient + first, info.size);
        for (int64_t share = 0; share < (N_ELEMENT + n_tensor - 1) / n_tensor; share++) {
            int64_t i = random_int(stream, 0, info.size - 1);
            direction[first + i] = 1;
            double error =
                check_derivative(c, info.name, i, direction, c->gradient[first + i], scale);
            direction[first + i] = 0;
            largest = fmax(largest, error);
        }
        first += info.size;
    }
    return largest;
}

double gradient_case_check_direction(gradient_case *c, random_stream *stream)
{
    double direction[GRADIENT_MAX_SIZE], derivative = 0;
    for (int64_t i = 0; i < c->size; i++)
        direction[i] = random_real(stream, -1, 1);
    double length = gradient_norm(direction, c->size);
    for (int64_t i = 0; i < c->size; i++) {
        direction[i] /= length;
        derivative += direction[i] * c->gradient[i];
    }
    return check_derivative(c, "direction", 0, direction, derivative,
                            gradient_norm(c->gradient, c->size));
}
