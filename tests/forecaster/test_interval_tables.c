/* SPDX-License-Identifier: MIT */
/* The shares that intervals of a forecaster cover in the test parts of four tables. */
#include "forecaster_fixture.h"

#include <stdio.h>

enum { MOST_ROWS = 3000, MOST_COLUMNS = 3, MOST_HORIZON = 14, LINE = 400 };

typedef struct table {
    const char *file;
    int64_t n_column, columns[MOST_COLUMNS]; /**< of the file */
    int64_t season_len, H;
    double near; /**< of all columns: |share - 0.9| at most */
} table;

/* Of macrodata 20 windows of the test part do not overlap: two standard errors of 0.9 are 0.13. */
static const table tables[] = {
    {"co2.csv", 1, {1}, 52, 13, 0.02},
    {"seattle-weather.csv", 3, {2, 3, 4}, LSTM_NO_SEASON, 14, 0.02},
    {"sunspots.csv", 1, {1}, 11, 5, 0.02},
    {"macrodata.csv", 3, {2, 3, 12}, LSTM_NO_SEASON, 4, 0.13},
};

/* Empty fields are missing. */
static void read_line(char *line, const table *t, lstm_real *row)
{
    int64_t field = 0;
    for (char *at = line, *next; at != NULL; at = next, field++) {
        next = strchr(at, ',');
        if (next != NULL)
            *next++ = 0;
        for (int64_t c = 0; c < t->n_column; c++)
            if (t->columns[c] == field) {
                char *end;
                double value = strtod(at, &end);
                row[c] = (lstm_real)(end == at ? (double)NAN : value);
            }
    }
}

static int64_t read_table(const table *t, lstm_real *rows)
{
    char path[1000], line[LINE];
    int64_t n = 0;
    snprintf(path, sizeof path, "%s/%s", TEST_TABLES, t->file);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (n < MOST_ROWS && fgets(line, sizeof line, file) != NULL)
        read_line(line, t, rows + n++ * t->n_column);
    fclose(file);
    return n;
}

/* Bounds from every origin of the last 40 %: [n_origin, H, K]. */
static int64_t compute_bounds(const table *t, lstm_dataset *data, int64_t n, int64_t *origins,
                              lstm_real *lower, lstm_real *upper)
{
    int64_t begin = n * 6 / 10, n_origin = n - t->H - begin + 1;
    lstm_forecaster_options options = small_options(t->H);
    options.use = LSTM_USE_RIDGE, options.season_len = t->season_len;
    assert_ok(lstm_dataset_split(data, 0, n * 45 / 100, begin));
    lstm_forecaster *f = fit_new(&options, data);
    for (int64_t i = 0; i < n_origin; i++)
        origins[i] = begin + i;
    assert_ok(lstm_forecaster_intervals(f, data, 0, origins, n_origin, NULL, lower, upper));
    lstm_forecaster_free(f);
    return n_origin;
}

static void assert_share(const char *file, double n_hit, double n, double near)
{
    if (!(fabs(n_hit / n - 0.9) <= near))
        fail_msg("%s: %.3f of %.0f values are covered", file, n_hit / n, n);
}

static void assert_covered(const table *t, lstm_dataset *data, int64_t n)
{
    static lstm_real lower[MOST_ROWS * MOST_HORIZON * MOST_COLUMNS],
        upper[MOST_ROWS * MOST_HORIZON * MOST_COLUMNS];
    static int64_t origins[MOST_ROWS];
    double hits[MOST_COLUMNS] = {0}, counts[MOST_COLUMNS] = {0}, n_hit = 0, count = 0;
    int64_t K = t->n_column, n_origin = compute_bounds(t, data, n, origins, lower, upper);
    for (int64_t i = 0; i < n_origin * t->H * K; i++) {
        lstm_real truth;
        assert_ok(lstm_dataset_value(data, 0, origins[i / K / t->H] + i / K % t->H, i % K, &truth));
        counts[i % K] += !isnan(truth);
        hits[i % K] += truth >= lower[i] && truth <= upper[i];
    }
    for (int64_t k = 0; k < K; k++) {
        assert_share(t->file, hits[k], counts[k], t->near > 0.06 ? t->near : 0.06);
        n_hit += hits[k], count += counts[k];
    }
    assert_share(t->file, n_hit, count, t->near);
}

static void nine_of_ten_are_covered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        lstm_real *rows = new_rows(MOST_ROWS * MOST_COLUMNS);
        int64_t n = read_table(&tables[i], rows);
        lstm_dataset *data = new_dataset(tables[i].n_column, NULL, LSTM_MISSING_MASK);
        add_rows(data, rows, n);
        assert_covered(&tables[i], data, n);
        lstm_dataset_free(data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nine_of_ten_are_covered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
