/* SPDX-License-Identifier: MIT */
/*
 * Sample paths of a process whose distribution is known: x_t = A x_(t-1) + e_t with normal e_t of
 * variance 1. Given x, the h-th row after it is normal with
 *     mean A^h x,    variance sum of A^(2j) over 0 <= j < h,
 * and the sum of the next n rows, in which e_h counts 1 + A + ... + A^(n-h) times, is normal with
 *     mean x sum of A^h,    variance sum of (1 + A + ... + A^(n-h))^2,    h = 1 .. n.
 * So the share of futures within a band is computed, not counted: the paths alone are random.
 */
#include "paths_fixture.h"

static const double A = 0.8;

enum { ALL_ROWS = 8000, FITTED = 3000, STEPS = 4, N_PATH = 1000 };

typedef struct normal {
    double mean, deviation;
} normal;

static normal known_step(double x, int64_t h)
{
    double mean = x, variance = 0;
    for (int64_t j = 0; j < h; j++) {
        variance += pow(A, 2 * (double)j);
        mean *= A;
    }
    return (normal){mean, sqrt(variance)};
}

static normal known_sum(double x, int64_t n)
{
    double mean = 0, variance = 0, counts = 0;
    for (int64_t h = 1; h <= n; h++) { /* the last e first */
        counts += pow(A, (double)(h - 1));
        variance += counts * counts;
        mean += x * pow(A, (double)h);
    }
    return (normal){mean, sqrt(variance)};
}

/* A standard normal number that depends on i alone (Box and Muller). */
static double normal_noise(int64_t i)
{
    double radius = sqrt(-2 * log(1 - (noise(2 * i) + 1) / 2));
    return radius * cos(3.14159265358979324 * noise(2 * i + 1));
}

/* Rows after FITTED are in the test part. */
static lstm_dataset *new_process(void)
{
    lstm_dataset *data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(ALL_ROWS);
    for (int64_t t = 1; t < ALL_ROWS; t++)
        rows[t] = (lstm_real)(A * (double)rows[t - 1] + normal_noise(t));
    add_rows(data, rows, ALL_ROWS);
    assert_ok(lstm_dataset_split(data, 0, 2 * FITTED / 3, FITTED));
    return data;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Share of a distribution between the quantiles .05 and .95 of N_PATH values, which are sorted. */
static double covered(double *values, normal known)
{
    qsort(values, N_PATH, sizeof *values, compare_doubles);
    double low = (values[N_PATH / 20 - 1] - known.mean) / known.deviation;
    double high = (values[N_PATH - N_PATH / 20] - known.mean) / known.deviation;
    return (erfc(-high / sqrt(2)) - erfc(-low / sqrt(2))) / 2;
}

/* Sums of the steps of paths; step h is that of the path h * shift later. */
static double covered_sum(const lstm_real *paths, int64_t shift, normal known)
{
    static double sums[N_PATH];
    for (int64_t p = 0; p < N_PATH; p++) {
        sums[p] = 0;
        for (int64_t h = 0; h < STEPS; h++)
            sums[p] += (double)paths[(p + h * shift) % N_PATH * STEPS + h];
    }
    return covered(sums, known);
}

static double covered_steps(const lstm_real *paths, double x)
{
    static double values[N_PATH];
    double sum = 0;
    for (int64_t h = 0; h < STEPS; h++) {
        for (int64_t p = 0; p < N_PATH; p++)
            values[p] = (double)paths[p * STEPS + h];
        sum += covered(values, known_step(x, h + 1));
    }
    return sum / STEPS;
}

static void assert_between(double least, double share, double most, const char *what)
{
    if (!(share >= least && share <= most))
        fail_msg("%g of %s are covered, expected %g to %g", share, what, least, most);
}

/*
 * Bands of 90 %, the mean of origins `every` rows apart in the test part. Residuals need many origins:
 * each has but 200 of them, which overlap. Sums are covered as rows are if paths keep what their steps
 * have in common. With steps of unrelated paths the deviation of a sum is that of independent rows,
 * .61 of the true one, and .68 of the sums are covered.
 */
static void check_bands(const lstm_forecaster_options *options, int64_t every)
{
    double steps = 0, sum = 0, unrelated = 0;
    int64_t n = 0;
    lstm_dataset *data = new_process();
    lstm_forecaster *f = fit_new(options, data);
    for (int64_t origin = FITTED + every; origin <= ALL_ROWS; origin += every, n++) {
        double x = (double)lstm_dataset_data(data, 0)[origin - 1];
        lstm_real *paths = draw(f, data, 0, origin, STEPS, N_PATH, (uint64_t)origin);
        steps += covered_steps(paths, x);
        sum += covered_sum(paths, 0, known_sum(x, STEPS));
        unrelated += covered_sum(paths, 37, known_sum(x, STEPS));
        free(paths);
    }
    assert_between(0.88, steps / (double)n, 0.92, "the rows");
    assert_between(0.88, sum / (double)n, 0.92, "the sums");
    assert_between(0.65, unrelated / (double)n, 0.71, "the sums by unrelated steps");
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void residuals_cover_what_they_should(void **state)
{
    (void)state;
    lstm_forecaster_options options = small_options(STEPS);
    options.use = LSTM_USE_RIDGE, options.season_len = LSTM_NO_SEASON;
    check_bands(&options, 25);
}

static void likelihoods_cover_what_they_should(void **state)
{
    (void)state;
    for (int64_t kind = LSTM_LOSS_GAUSSIAN; kind <= LSTM_LOSS_STUDENT_T; kind++) {
        lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
        const lstm_loss_options loss = loss_of(kind);
        lstm_forecaster_options options = of_networks(LSTM_USE_NETWORKS, &view, &loss);
        view.context_len = 8, view.scaling = LSTM_SCALING_STANDARD;
        options.horizon = STEPS, options.n_network = 1, options.dropout = LSTM_ZERO;
        options.n_hidden = 8, options.n_update = 600, options.batch_size = 32;
        options.learning_rate = 0.01;
        check_bands(&options, 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residuals_cover_what_they_should),
        cmocka_unit_test(likelihoods_cover_what_they_should),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
