/* SPDX-License-Identifier: MIT */
/*
 * Fits with a folder: one that is cancelled or killed is continued to the bits of an uninterrupted
 * one, a finished one is not trained again, and one of other data or options is refused.
 */
#include "folder_fixture.h"

#include <signal.h>
#include <sys/wait.h>

/* Cancels, or kills its process, after so many calls. */
typedef struct watched {
    int64_t n, last, updates;
    bool kills;
} watched;

static int watch(const lstm_fit_progress *progress, void *user)
{
    watched *w = user;
    w->updates += !isnan(progress->loss);
    if (++w->n != w->last)
        return 0;
    if (w->kills)
        raise(SIGKILL);
    return 1;
}

static lstm_forecaster *new_watched(const lstm_forecaster_options *options, watched *w)
{
    lstm_forecaster_options watched_options = *options;
    watched_options.folder = scratch_folder;
    watched_options.on_progress = watch;
    watched_options.progress_user = w;
    return new_forecaster(&watched_options);
}

/* Cancels each fit after `every` calls, until one ends, which it returns. */
static lstm_forecaster *fit_parts(const lstm_forecaster_options *options,
                                  const lstm_dataset *dataset, int64_t every, int64_t *n_fit)
{
    for (*n_fit = 1;; ++*n_fit) {
        watched w = {.last = every};
        lstm_forecaster *forecaster = new_watched(options, &w);
        lstm_status status = lstm_forecaster_fit(forecaster, dataset);
        if (status == LSTM_OK)
            return forecaster;
        assert_int_equal(status, LSTM_STOPPED);
        lstm_forecaster_free(forecaster);
        assert_true(*n_fit < 1000);
    }
}

/* Returns the number of fits, the last of which shows what `whole` does. */
static int64_t fit_in_parts(const lstm_forecaster_options *options, const lstm_dataset *dataset,
                            int64_t every, const sight *whole)
{
    int64_t n;
    lstm_forecaster *forecaster = fit_parts(options, dataset, every, &n);
    assert_sight(forecaster, dataset, whole);
    lstm_forecaster_free(forecaster);
    return n;
}

static void a_cancelled_fit_is_continued_to_the_same_bits(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    const lstm_forecaster_options options = auto_options();
    sight whole;
    sight_of(&options, dataset, &whole);
    static const int64_t every[] = {2, 3, 4, 7, 20}; /* the first call is before all trainings */
    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        assert_true(fit_in_parts(&options, dataset, every[i], &whole) > 1);
        empty_folder();
    }
    lstm_dataset_free(dataset);
}

/* The whole schedules, whose snapshots are in the middle of a training. */
static void a_cancelled_schedule_is_continued(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    lstm_forecaster_options options = auto_options();
    lstm_view_options view = short_view();
    sight whole;
    options.view = &view, options.n_update = 0, options.use = LSTM_USE_NETWORKS;
    sight_of(&options, dataset, &whole);
    assert_true(fit_in_parts(&options, dataset, 333, &whole) > 3);
    lstm_dataset_free(dataset);
}

static void a_killed_fit_is_continued_to_the_same_bits(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    const lstm_forecaster_options options = auto_options();
    sight whole;
    sight_of(&options, dataset, &whole);
    static const int64_t calls[] = {1, 2, 7, 13, 22};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        watched w = {.last = calls[i], .kills = true};
        int status;
        pid_t child = fork();
        if (child == 0)
            _exit(lstm_forecaster_fit(new_watched(&options, &w), dataset) == LSTM_OK);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        assert_int_equal(fit_in_parts(&options, dataset, 0, &whole), 1);
        empty_folder();
    }
    lstm_dataset_free(dataset);
}

static void a_finished_folder_makes_no_update(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    const lstm_forecaster_options options = auto_options();
    watched w = {0};
    sight whole;
    lstm_forecaster *clone = NULL, *forecaster = new_watched(&options, &w);
    sight_of(&options, dataset, &whole);
    assert_ok(lstm_forecaster_fit(forecaster, dataset));
    assert_true(w.updates > 10 * options.n_update); /* probes, too */
    for (int again = 0; again < 2; again++) {       /* the same forecaster, and a new one */
        w = (watched){0};
        assert_ok(lstm_forecaster_fit(forecaster, dataset));
        assert_int_equal(w.updates, 0);
        assert_sight(forecaster, dataset, &whole);
        lstm_forecaster_free(forecaster);
        forecaster = new_watched(&options, &w);
    }
    assert_ok(lstm_forecaster_fit(forecaster, dataset));
    assert_ok(lstm_forecaster_clone(&clone, forecaster));
    empty_folder();
    assert_ok(lstm_forecaster_fit(clone, dataset)); /* a clone has no folder */
    assert_int_equal(scratch_entries(0), 0);
    assert_sight(clone, dataset, &whole);
    lstm_forecaster_free(clone);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* Interrupts and continues a fit of these options, which must differ from `before`. */
static void assert_continued(const lstm_forecaster_options *options, const lstm_dataset *dataset,
                             const sight *before)
{
    sight whole;
    sight_of(options, dataset, &whole);
    if (before != NULL)
        assert_memory_not_equal(whole.y, before->y, sizeof whole.y);
    assert_true(fit_in_parts(options, dataset, 4, &whole) > 1);
    empty_folder();
}

/* Every option that a training reads. */
static void all_options_are_continued_to_the_same_bits(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    lstm_view_options view = short_view();
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_forecaster_options plain = auto_options(), o;
    sight before;
    plain.view = &view, plain.use = LSTM_USE_NETWORKS, plain.n_network = 2;
    sight_of(&plain, dataset, &before);
    assert_continued(&plain, dataset, NULL);
    o = plain, o.n_network = 3, assert_continued(&o, dataset, &before);
    o = plain, o.n_hidden = 5, assert_continued(&o, dataset, &before);
    o = plain, o.n_layer = 2, assert_continued(&o, dataset, &before);
    o = plain, o.n_update = 4, assert_continued(&o, dataset, &before);
    o = plain, o.batch_size = 3, assert_continued(&o, dataset, &before);
    o = plain, o.learning_rate = 0.01, assert_continued(&o, dataset, &before);
    o = plain, o.n_layer = 2, o.dropout = 0.4, assert_continued(&o, dataset, &before);
    o = plain, o.average_decay = 0.9, assert_continued(&o, dataset, &before);
    o = plain, o.skip_refit = 1, assert_continued(&o, dataset, &before);
    o = plain, o.seed = 9, assert_continued(&o, dataset, &before);
    o = plain, o.use = LSTM_USE_MEAN, assert_continued(&o, dataset, &before);
    o = plain, o.n_threads = 2, assert_continued(&o, dataset, NULL);
    loss.kind = LSTM_LOSS_QUANTILE;
    o = plain, o.loss = &loss, assert_continued(&o, dataset, &before);
    view.transform = LSTM_TRANSFORM_LOG, assert_continued(&plain, dataset, &before);
    lstm_dataset_free(dataset);
}

/* Saves and frees it. Returns the bytes of its file, which is removed. */
static unsigned char *bytes_of(lstm_forecaster *forecaster, size_t *size)
{
    assert_ok(lstm_forecaster_save(forecaster, scratch("saved")));
    lstm_forecaster_free(forecaster);
    unsigned char *bytes = scratch_read("saved", size);
    assert_int_equal(unlink(scratch("saved")), 0);
    return bytes;
}

/* An interrupted fit has the file of an uninterrupted one, byte by byte. */
static void assert_saved_alike(const lstm_forecaster_options *options, const lstm_dataset *dataset)
{
    size_t size, of_parts;
    int64_t n;
    unsigned char *whole = bytes_of(fit_new(options, dataset), &size);
    unsigned char *parts = bytes_of(fit_parts(options, dataset, 4, &n), &of_parts);
    assert_true(n > 1);
    assert_int_equal(size, of_parts);
    assert_memory_equal(whole, parts, size);
    free(whole);
    free(parts);
    empty_folder();
}

/* What a forecast does not show is in the file: moments, views, states of intervals. */
static void files_of_interrupted_fits_are_those_of_whole_ones(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    lstm_view_options view = short_view(), other = short_view();
    const lstm_view_options *views[] = {&view, &other};
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_forecaster_options plain = auto_options(), o;
    plain.view = &view, plain.use = LSTM_USE_MEAN, plain.n_network = 2;
    assert_saved_alike(&plain, dataset);
    o = plain, o.keep_moments = 1, assert_saved_alike(&o, dataset);
    o = plain, o.skip_refit = 1, assert_saved_alike(&o, dataset);
    o.keep_moments = 1, assert_saved_alike(&o, dataset);
    other.context_len = 4, other.transform = LSTM_TRANSFORM_LOG;
    o = plain, o.view = NULL, o.views = views, o.n_view = 2, assert_saved_alike(&o, dataset);
    interval.window = 20, interval.stride = 2, interval.is_two_sided = 1;
    o = plain, o.interval = &interval, assert_saved_alike(&o, dataset);
    loss.kind = LSTM_LOSS_GAUSSIAN, interval.is_conformalized = 1;
    o.loss = &loss, assert_saved_alike(&o, dataset);
    o.calibrate_once = 1, assert_saved_alike(&o, dataset);
    lstm_dataset_free(dataset);
}

static void assert_refused(const lstm_forecaster_options *options, const lstm_dataset *dataset,
                           lstm_status want, const char *part)
{
    lstm_real y[H * K];
    lstm_forecaster *forecaster = new_forecaster(options);
    assert_status(lstm_forecaster_fit(forecaster, dataset), want, part);
    assert_status(lstm_forecaster_predict(forecaster, dataset, 0, y), LSTM_E_ORDER, "not fitted");
    lstm_forecaster_free(forecaster);
}

static void a_folder_of_another_fit_is_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0), *other = new_data(1);
    lstm_view_options view = short_view();
    lstm_forecaster_options options = auto_options(), o;
    options.view = &view, options.folder = scratch_folder, options.use = LSTM_USE_NETWORKS;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    sight before;
    look(forecaster, dataset, &before);
    assert_refused(&options, other, LSTM_E_MISMATCH, "series.data");
    o = options, o.seed = 1, assert_refused(&o, dataset, LSTM_E_MISMATCH, "seed");
    o = options, o.n_hidden = 5, assert_refused(&o, dataset, LSTM_E_MISMATCH, "checkpoint");
    o = options, o.batch_size = 5, assert_refused(&o, dataset, LSTM_E_MISMATCH, "batch_size");
    o = options, o.learning_rate = 0.1, assert_refused(&o, dataset, LSTM_E_MISMATCH, "rate");
    view.scaling = LSTM_SCALING_ROBUST;
    assert_refused(&options, dataset, LSTM_E_MISMATCH, "checkpoint");
    assert_status(lstm_forecaster_fit(forecaster, other), LSTM_E_MISMATCH, "series.data");
    assert_sight(forecaster, dataset, &before);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
    lstm_dataset_free(other);
}

static void folders_that_cannot_be_used_are_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    lstm_view_options view = short_view();
    lstm_forecaster_options options = auto_options();
    options.view = &view, options.use = LSTM_USE_NETWORKS;
    options.folder = scratch("missing");
    assert_refused(&options, dataset, LSTM_E_IO, "missing");
    options.folder = scratch_write("file", "x", 1);
    assert_refused(&options, dataset, LSTM_E_IO, "file");
    assert_int_equal(unlink(options.folder), 0);
    options.folder = scratch_folder;
    scratch_write("training-000", "x", 1);
    assert_refused(&options, dataset, LSTM_E_IO, "training-000");
    options.use = LSTM_USE_RIDGE; /* trains nothing */
    lstm_forecaster_free(fit_new(&options, dataset));
    lstm_dataset_free(dataset);
}

/* Fits to other rows one after the other, as a backtest does, beside the training of another fit. */
static void a_method_ignores_the_folder(void **fixture)
{
    (void)fixture;
    lstm_dataset *data[] = {new_data(0), new_data(1)};
    lstm_view_options view = short_view();
    lstm_forecaster_options options = auto_options(), no_folder;
    options.view = &view, options.use = LSTM_USE_NETWORKS;
    no_folder = options;
    options.folder = scratch_folder;
    lstm_forecaster *forecaster = fit_new(&options, data[0]);
    const int64_t n_entry = scratch_entries(0);
    lstm_method *method = NULL;
    assert_ok(lstm_forecaster_method(&method, forecaster, "forecaster"));
    for (int i = 0; i < 4; i++) {
        sight whole;
        sight_of(&no_folder, data[i % 2], &whole);
        assert_ok(lstm_method_fit(method, data[i % 2]));
        assert_sight(forecaster, data[i % 2], &whole);
        assert_int_equal(scratch_entries(0), n_entry);
    }
    assert_ok(lstm_forecaster_fit(forecaster, data[0])); /* still has the folder */
    assert_status(lstm_forecaster_fit(forecaster, data[1]), LSTM_E_MISMATCH, "series.data");
    lstm_method_free(method);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data[0]);
    lstm_dataset_free(data[1]);
}

/* What a fit that is in progress has locked. */
typedef struct rival {
    const lstm_dataset *dataset;
    lstm_forecaster_options options;
    int n;
} rival;

static int fit_beside(const lstm_fit_progress *progress, void *user)
{
    rival *r = user;
    if (!isnan(progress->loss) && r->n++ == 0)
        assert_refused(&r->options, r->dataset, LSTM_E_LOCKED, "training-000");
    return 0;
}

static void a_folder_in_use_is_locked(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    lstm_view_options view = short_view();
    rival r = {.dataset = dataset, .options = auto_options()};
    r.options.view = &view, r.options.use = LSTM_USE_NETWORKS, r.options.folder = scratch_folder;
    lstm_forecaster_options options = r.options;
    options.on_progress = fit_beside, options.progress_user = &r;
    lstm_forecaster_free(fit_new(&options, dataset));
    assert_true(r.n > 0);
    lstm_dataset_free(dataset);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cancelled_fit_is_continued_to_the_same_bits),
        TEST(a_cancelled_schedule_is_continued),
        TEST(a_killed_fit_is_continued_to_the_same_bits),
        TEST(a_finished_folder_makes_no_update),
        TEST(all_options_are_continued_to_the_same_bits),
        TEST(files_of_interrupted_fits_are_those_of_whole_ones),
        TEST(a_folder_of_another_fit_is_refused),
        TEST(folders_that_cannot_be_used_are_refused),
        TEST(a_method_ignores_the_folder),
        TEST(a_folder_in_use_is_locked),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
