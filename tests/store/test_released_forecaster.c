/* SPDX-License-Identifier: MIT */
/* Forecasters of every format version can be read, and have the contents of released_forecaster.h. */
#include "released_forecaster.h"

#include "assert_close.h"
#include "failing_allocator.h"
#include "forecaster/forecaster.h"
#include "scratch.h"

enum { MOST_BYTES = 1 << 16 };

static const char *released_path(const released_case *c, const char *suffix)
{
    static char path[512];
    snprintf(path, sizeof path, TEST_RELEASED "/v3_%s%s", c->file, suffix);
    return path;
}

static lstm_forecaster *released_forecaster(const released_case *c)
{
    lstm_forecaster *forecaster = NULL;
    assert_ok(lstm_forecaster_load(&forecaster, released_path(c, ".safetensors")));
    return forecaster;
}

static void assert_has_the_frame(const lstm_forecaster *forecaster, const released_case *c)
{
    lstm_dataset *frame = NULL;
    assert_int_equal(lstm_forecaster_horizon(forecaster), RELEASED_HORIZON);
    assert_int_equal(lstm_forecaster_targets(forecaster), c->n_target);
    assert_ok(lstm_forecaster_frame(&frame, forecaster));
    assert_int_equal(lstm_dataset_statics(frame), c->is_named ? 1 : 0);
    for (int64_t i = 0; i < c->n_column; i++) {
        assert_string_equal(lstm_dataset_column_name(frame, i), released_name(c->columns[i]));
        assert_int_equal(lstm_dataset_role(frame, i), released_role(c->columns[i]));
    }
    lstm_dataset_free(frame);
}

static void assert_has_moments(const lts_network_part *part)
{
    const lts_params *params = &part->model->params;
    for (int64_t m = 0; m < LTS_N_MOMENT; m++)
        for (int64_t t = 0; t < params->n_tensor; t++)
            for (int64_t i = 0; i < params->tensors[t].size; i++)
                assert_true(
                    part->moments.values[m * params->total + params->tensors[t].offset + i] ==
                    released_moment(m, t, i));
}

static void every_file_has_columns_and_networks_by_the_formulas(void **state)
{
    (void)state;
    for (int k = 0; k < RELEASED_CASES; k++) {
        const released_case *c = &released_cases[k];
        lstm_forecaster *f = released_forecaster(c);
        const int64_t n = k == RELEASED_CHOSEN ? 0 : c->n_network; /* ridge was chosen */
        assert_has_the_frame(f, c);
        for (int64_t i = 0; i < n; i++)
            released_assert_parameters(lstm_forecaster_model(f, i));
        assert_null(lstm_forecaster_model(f, n));
        for (int64_t i = 0; i < n; i++)
            if (k == RELEASED_QUANTILES)
                assert_has_moments(&f->fitted.networks[i]);
            else
                assert_null(f->fitted.networks[i].moments.values);
        lstm_forecaster_free(f);
    }
}

/* Options that no other test of a released file sees, and levels. */
static void the_files_have_the_options_with_which_they_were_made(void **state)
{
    (void)state;
    lstm_forecaster *f = released_forecaster(&released_cases[RELEASED_QUANTILES]);
    int64_t n_level;
    const double *levels = lstm_forecaster_levels(f, &n_level);
    assert_int_equal(n_level, 2);
    assert_true(levels[0] == 0.5 && levels[1] == 0.875);
    assert_true(f->options.keep_moments == 1 && f->interval.is_conformalized == 1);
    assert_true(f->loss.step_weights[3] == 2 && f->loss.column_weights[1] == 2);
    assert_int_equal(f->options.n_view, 2);
    lstm_forecaster_free(f);
    f = released_forecaster(&released_cases[RELEASED_STUDENT]);
    assert_true(f->options.skip_refit == 1 && f->options.calibrate_once == 1);
    assert_true(f->interval.is_two_sided == 1 && f->loss.freedom_floor == 3);
    lstm_forecaster_free(f);
    f = released_forecaster(&released_cases[RELEASED_COUNTS]);
    assert_true(f->loss.units[1] == 4 && f->loss.dispersion_floor == 0.015625);
    lstm_forecaster_free(f);
    f = released_forecaster(&released_cases[RELEASED_CHOSEN]);
    assert_true(f->loss.delta == 0.5);
    lstm_forecaster_free(f);
}

/* The errors of what was compared and of all members, as the files have them. */
static void the_files_describe_the_choice(void **state)
{
    (void)state;
    static const char *const parts[RELEASED_CASES][5] = {
        [RELEASED_QUANTILES] = {"\"joined_by\":\"seasonal naive\"", "\"ridge\":0.950789",
                                "\"continued\":{\"n_refit\":1,\"n_update\":4,",
                                "\"transformed\":[\"load\"],\"lambda\":0.5", "\"device\":\"cpu\""},
        [RELEASED_STUDENT] = {"\"16\":0.249278", "\"fitted_to\":\"training part\"",
                              "\"draw\":\"series\"", "\"loss\":\"Student t\""},
        [RELEASED_COUNTS] = {"\"networks\":1.40538", "\"seasonal_naive\":null"},
        [RELEASED_CHOSEN] = {"\"7\":0.565794,\"365\":null",
                             "\"ridge\":{\"context_len\":{\"7\":0.451619", "\"500\":0.601399",
                             "\"square root\":0.887944"},
    };
    for (int k = 0; k < RELEASED_CASES; k++) {
        char text[1 << 14];
        lstm_forecaster *f = released_forecaster(&released_cases[k]);
        assert_ok(lstm_forecaster_describe(f, text, sizeof text, NULL));
        for (int i = 0; i < 5 && parts[k][i] != NULL; i++)
            if (strstr(text, parts[k][i]) == NULL)
                fail_msg("no %s in %s", parts[k][i], text);
        lstm_forecaster_free(f);
    }
}

/* Against those that the release forecast. They are rounded to float, and sets of kernels differ by
 * more roundings of sums of some tens of terms: 1e-5 of the value allows about a hundred. */
static void every_file_forecasts_what_it_did(void **state)
{
    (void)state;
    for (int k = 0; k < RELEASED_CASES; k++) {
        const released_case *c = &released_cases[k];
        float forecasts[RELEASED_MOST_NUMBERS];
        double want;
        lstm_forecaster *f = released_forecaster(c);
        const int64_t n = released_forecast(f, c, forecasts);
        lstm_forecaster_free(f);
        FILE *file = fopen(released_path(c, ".txt"), "r");
        assert_non_null(file);
        for (int64_t i = 0; i < n; i++) {
            assert_int_equal(fscanf(file, "%lf", &want), 1);
            assert_close(c->file, "number", i, (double)forecasts[i], want, 1e-5 * fabs(want));
        }
        assert_int_equal(fscanf(file, "%lf", &want), EOF);
        fclose(file);
    }
}

/* A file in parts. Before the text of the forecaster are the checksum and the release. */
typedef struct parts {
    char bytes[MOST_BYTES];
    const char *text, *data;
    size_t text_size, data_size;
} parts;

static void read_parts(parts *p, const char *path)
{
    static const char key[] = "\"forecaster\":\"{";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t n = fread(p->bytes, 1, sizeof p->bytes, file);
    fclose(file);
    size_t begin = 8,
           end = 8 + (unsigned char)p->bytes[0] + 256 * (size_t)(unsigned char)p->bytes[1];
    assert_in_range(n, end, sizeof p->bytes - 1);
    p->data = p->bytes + end;
    p->data_size = n - end;
    while (begin < end && strncmp(p->bytes + begin, key, sizeof key - 1) != 0)
        begin++;
    while (end > begin && p->bytes[end - 1] == ' ')
        end--;
    p->text = p->bytes + begin;
    p->text_size = end - begin;
    assert_true(p->text_size > 500 && p->data_size > 500);
}

/* What is read is kept: nothing of a file is without effect. */
static void every_file_is_written_as_it_was_read(void **state)
{
    (void)state;
    static parts before, after;
    for (int k = 0; k < RELEASED_CASES; k++) {
        lstm_forecaster *f = released_forecaster(&released_cases[k]);
        assert_ok(lstm_forecaster_save(f, scratch("a")));
        lstm_forecaster_free(f);
        read_parts(&before, released_path(&released_cases[k], ".safetensors"));
        read_parts(&after, scratch("a"));
        assert_int_equal(before.text_size, after.text_size);
        assert_memory_equal(before.text, after.text, before.text_size);
        assert_int_equal(before.data_size, after.data_size);
        assert_memory_equal(before.data, after.data, before.data_size);
    }
}

typedef struct call {
    const released_case *c;
    const lstm_dataset *data;
} call;

/* All that a loaded forecaster is used for. */
static lstm_status attempt(void *context)
{
    const call *made = context;
    lstm_real y[64], lower[64], upper[64];
    const int64_t origin = lstm_dataset_rows(made->data, 0);
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    lstm_forecaster *f = NULL;
    options.n_update = 1;
    lstm_status status = lstm_forecaster_load(&f, released_path(made->c, ".safetensors"));
    if (status >= 0)
        status = lstm_forecaster_intervals(f, made->data, 1, &origin, 1, y, lower, upper);
    if (status >= 0)
        status = lstm_forecaster_paths(f, made->data, 0, origin, RELEASED_HORIZON, 2, 3, y);
    if (status >= 0)
        status = lstm_forecaster_continue(f, made->data, &options);
    if (status >= 0)
        status = lstm_forecaster_save(f, scratch("a"));
    lstm_forecaster_free(f);
    return status;
}

static void nothing_is_lost_without_memory(void **state)
{
    (void)state;
    failing_allocator memory;
    failing_allocator_install(&memory);
    for (int k = 0; k < RELEASED_CASES; k++) {
        const released_case *c = &released_cases[k];
        lstm_dataset *data = released_frame(c);
        released_add(data, c, 0, RELEASED_FIT_ROWS + RELEASED_NEW_ROWS);
        released_add(data, c, 1, RELEASED_FIT_ROWS + RELEASED_NEW_ROWS);
        assert_in_range(failing_allocator_sweep(&memory, attempt, &(call){c, data}), 100, 100000);
        lstm_dataset_free(data);
    }
    failing_allocator_remove(&memory);
}

#define TEST(name) cmocka_unit_test_setup(name, scratch_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_file_has_columns_and_networks_by_the_formulas),
        TEST(the_files_have_the_options_with_which_they_were_made),
        TEST(the_files_describe_the_choice),
        TEST(every_file_forecasts_what_it_did),
        TEST(every_file_is_written_as_it_was_read),
        TEST(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
