/* SPDX-License-Identifier: MIT */
/* Rate, schedule and folder of a fit that is continued. */
#include "folder_fixture.h"

#include <lstmts/continuation.h>

enum { N_UPDATE = 12 };
static const double RATE = 0.02;
static int64_t keep_moments; /* of the fits */

/* A table whose validation part a fit has not seen. */
static lstm_dataset *new_rest(void)
{
    lstm_dataset *dataset = new_data(0);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, ROWS));
    return dataset;
}

static lstm_forecaster *new_fit(const char *folder, lstm_fit_progress_fn on_progress, void *user)
{
    static lstm_view_options view;
    lstm_dataset *dataset = new_data(0);
    lstm_forecaster_options options = auto_options();
    view = short_view();
    options.view = &view, options.use = LSTM_USE_NETWORKS, options.n_network = 2;
    options.learning_rate = RATE, options.folder = folder, options.keep_moments = keep_moments;
    options.on_progress = on_progress, options.progress_user = user;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    lstm_dataset_free(dataset);
    return forecaster;
}

static lstm_continue_options plain_options(void)
{
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    options.n_update = N_UPDATE;
    return options;
}

static void sight_after(const lstm_continue_options *options, sight *s)
{
    lstm_dataset *rest = new_rest();
    lstm_forecaster *forecaster = new_fit(NULL, NULL, NULL);
    assert_ok(lstm_forecaster_continue(forecaster, rest, options));
    look(forecaster, rest, s);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(rest);
}

/* Whether two networks forecast the same. */
static bool is_same(const sight *a, const sight *b)
{
    return memcmp(a->y, b->y, sizeof a->y) == 0;
}

/* The rate is that of the fit / 10, with a warm-up of a twentieth and a cosine to 0. */
static void the_defaults_are_those_of_the_header(void **fixture)
{
    (void)fixture;
    lstm_continue_options options = plain_options();
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    sight plain, given;
    sight_after(&options, &plain);
    schedule.kind = LSTM_SCHEDULE_COSINE, schedule.period = N_UPDATE;
    options.learning_rate = RATE / 10, options.schedule = &schedule;
    sight_after(&options, &given);
    assert_true(is_same(&plain, &given));
    options.learning_rate = RATE;
    sight_after(&options, &given);
    assert_false(is_same(&plain, &given));
    options.learning_rate = 0, schedule.kind = LSTM_SCHEDULE_CONSTANT, schedule.period = 0;
    sight_after(&options, &given);
    assert_false(is_same(&plain, &given));
}

/* At a rate that moves nothing the networks stay. */
static void a_small_rate_keeps_the_forecasts(void **fixture)
{
    (void)fixture;
    lstm_continue_options options = plain_options();
    sight still, without;
    options.learning_rate = 1e-30;
    sight_after(&options, &still);
    sight_after(NULL, &without);
    assert_true(is_same(&still, &without));
}

/* Cancels after so many updates. */
typedef struct watched {
    int64_t n, last;
} watched;

static int watch(const lstm_fit_progress *progress, void *user)
{
    watched *w = user;
    (void)progress;
    return ++w->n == w->last;
}

/* Each part by a new forecaster, as in a new process. Returns the number of parts. */
static int64_t continue_in_parts(const lstm_continue_options *options, int64_t every,
                                 const sight *whole)
{
    lstm_dataset *rest = new_rest();
    lstm_status status = LSTM_STOPPED;
    int64_t n = 0;
    for (; status == LSTM_STOPPED; n++) {
        watched w = {0};
        lstm_forecaster *forecaster = new_fit(NULL, watch, &w);
        assert_true(n < 100);
        w = (watched){.last = every};
        status = lstm_forecaster_continue(forecaster, rest, options);
        if (status == LSTM_OK)
            assert_sight(forecaster, rest, whole);
        lstm_forecaster_free(forecaster);
    }
    assert_ok(status);
    lstm_dataset_free(rest);
    return n;
}

static void a_folder_continues_to_the_same_bits(void **fixture)
{
    (void)fixture;
    lstm_continue_options options = plain_options();
    for (keep_moments = 0; keep_moments < 2; keep_moments++) {
        sight whole;
        options.folder = NULL;
        sight_after(&options, &whole);
        options.folder = scratch_folder;
        for (int64_t every = 5; every < 2 * N_UPDATE; every += 6) {
            assert_true(continue_in_parts(&options, every, &whole) > 1);
            assert_int_equal(continue_in_parts(&options, 1, &whole), 1); /* nothing is left */
            empty_folder();
        }
    }
    keep_moments = 0;
}

static void a_folder_of_another_training_is_refused(void **fixture)
{
    (void)fixture;
    lstm_continue_options options = plain_options();
    lstm_dataset *rest = new_rest(), *fewer = new_data(0);
    lstm_forecaster *forecaster = new_fit(NULL, NULL, NULL);
    sight before;
    options.folder = scratch_folder;
    assert_ok(lstm_forecaster_continue(forecaster, rest, &options));
    look(forecaster, rest, &before);
    assert_status(lstm_forecaster_continue(forecaster, fewer, &options), LSTM_E_MISMATCH, "series");
    options.learning_rate = RATE;
    assert_status(lstm_forecaster_continue(forecaster, rest, &options), LSTM_E_MISMATCH, "rate");
    assert_sight(forecaster, rest, &before);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(rest);
    lstm_dataset_free(fewer);
}

/* That of the forecaster is for its fits. */
static void without_a_folder_no_file_is_written(void **fixture)
{
    (void)fixture;
    lstm_continue_options options = plain_options();
    lstm_dataset *rest = new_rest();
    lstm_forecaster *forecaster = new_fit(scratch_folder, NULL, NULL);
    empty_folder();
    assert_ok(lstm_forecaster_continue(forecaster, rest, &options));
    assert_int_equal(scratch_entries(0), 0);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(rest);
}

/* Callbacks and threads are not in a file: options say which a loaded forecaster has. */
static void a_loaded_forecaster_is_continued_as_options_say(void **fixture)
{
    (void)fixture;
    enum { MOST_THREADS = 3 };
    lstm_continue_options options = plain_options();
    lstm_dataset *rest = new_rest();
    lstm_forecaster *saved = new_fit(NULL, NULL, NULL);
    sight whole;
    sight_after(&options, &whole);
    assert_ok(lstm_forecaster_save(saved, scratch("saved")));
    for (options.n_threads = 0; options.n_threads <= MOST_THREADS; options.n_threads++) {
        lstm_forecaster *loaded = NULL;
        watched w = {0};
        options.on_progress = watch, options.progress_user = &w, options.device = "cpu";
        w.last = N_UPDATE + 1;
        assert_ok(lstm_forecaster_load(&loaded, scratch("saved")));
        assert_int_equal(lstm_forecaster_continue(loaded, rest, &options), LSTM_STOPPED);
        assert_int_equal(w.n, N_UPDATE + 1);
        w = (watched){0};
        assert_ok(lstm_forecaster_continue(loaded, rest, &options));
        assert_int_equal(w.n, 2 * N_UPDATE);
        assert_sight(loaded, rest, &whole);
        lstm_forecaster_free(loaded);
    }
    lstm_forecaster_free(saved);
    lstm_dataset_free(rest);
}

/* Without one in the options, that of the forecaster is called. */
static void a_callback_of_the_options_takes_the_place_of_that_of_the_fit(void **fixture)
{
    (void)fixture;
    lstm_continue_options options = plain_options();
    lstm_dataset *rest = new_rest();
    watched of_fit = {0}, of_options = {0};
    lstm_forecaster *forecaster = new_fit(NULL, watch, &of_fit);
    of_fit.n = 0;
    options.progress_user = &of_options; /* of no callback */
    assert_ok(lstm_forecaster_continue(forecaster, rest, &options));
    assert_int_equal(of_fit.n, 2 * N_UPDATE);
    options.on_progress = watch;
    assert_ok(lstm_forecaster_continue(forecaster, rest, &options));
    assert_int_equal(of_fit.n, 2 * N_UPDATE);
    assert_int_equal(of_options.n, 2 * N_UPDATE);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(rest);
}

/* Threads and callbacks do not matter to its trainings. */
static void a_folder_is_continued_with_other_threads(void **fixture)
{
    (void)fixture;
    lstm_continue_options options = plain_options();
    lstm_dataset *rest = new_rest();
    sight whole;
    sight_after(&options, &whole);
    options.folder = scratch_folder;
    for (int64_t n_threads = 1; n_threads <= 2; n_threads++) {
        watched w = {.last = N_UPDATE + 2};
        lstm_forecaster *forecaster = new_fit(NULL, NULL, NULL);
        options.on_progress = NULL;
        if (n_threads == 1)
            options.on_progress = watch, options.progress_user = &w;
        options.n_threads = n_threads;
        lstm_status status = lstm_forecaster_continue(forecaster, rest, &options);
        assert_int_equal(status, n_threads == 1 ? LSTM_STOPPED : LSTM_OK);
        if (status == LSTM_OK)
            assert_sight(forecaster, rest, &whole);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(rest);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_defaults_are_those_of_the_header),
        TEST(a_small_rate_keeps_the_forecasts),
        TEST(a_folder_continues_to_the_same_bits),
        TEST(a_folder_of_another_training_is_refused),
        TEST(without_a_folder_no_file_is_written),
        TEST(a_loaded_forecaster_is_continued_as_options_say),
        TEST(a_callback_of_the_options_takes_the_place_of_that_of_the_fit),
        TEST(a_folder_is_continued_with_other_threads),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
