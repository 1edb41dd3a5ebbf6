/* SPDX-License-Identifier: MIT */
/* Continuations that begin with the moments of the fit. */
#include "forecaster/forecaster.h"
#include "train/updater.h"

#include "failing_allocator.h"
#include "folder_fixture.h"

enum { N_UPDATE = 7, NEW = 5 };

static int64_t parameters_of(const lstm_model *model, lstm_real *values, int64_t most)
{
    int64_t n = 0;
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_true(n + info.size <= most);
        assert_ok(lstm_model_get(model, info.name, values + n, info.size));
        n += info.size;
    }
    return n;
}

/* All updates by one updater, or after n_first of them by another one, which takes its moments. */
static void train(int64_t n_first, lstm_real *values, int64_t most)
{
    lstm_dataset *dataset = new_data(0);
    const lstm_view_options layout = short_view();
    lstm_iter_options batches = LSTM_ITER_OPTIONS_INIT;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_view *view = NULL;
    lstm_iter *iter = NULL;
    lstm_model *model = NULL;
    batches.batch_size = 4, sizes.n_hidden = 3;
    assert_ok(lstm_view_new(&view, dataset, &layout));
    assert_ok(lstm_iter_new_view(&iter, view, &batches));
    sizes.n_input = lstm_view_inputs(view), sizes.n_output = lstm_view_targets(view);
    assert_ok(lstm_model_new(&model, &sizes));
    int64_t total = model->params.total;
    lstm_real *moments = new_rows(2 * total);
    for (int64_t n = 0; n < N_UPDATE;) {
        int64_t end = n < n_first ? n_first : N_UPDATE;
        lstm_updater *updater = NULL;
        assert_ok(lstm_updater_new(&updater, model, iter, NULL));
        if (n > 0)
            lts_updater_take_moments(updater, moments, (uint64_t)n);
        for (; n < end; n++)
            assert_ok(lstm_updater_update(updater));
        assert_ok(lts_updater_settle(updater));
        assert_int_equal(lts_updater_age(updater), n);
        for (int64_t i = 0; i < 2; i++)
            memcpy(moments + i * total, updater->optimizer.moments[i],
                   (size_t)total * sizeof *moments);
        lstm_updater_free(updater);
    }
    memset(values, 0, (size_t)most * sizeof *values);
    parameters_of(model, values, most);
    free(moments);
    lstm_model_free(model);
    lstm_iter_free(iter);
    lstm_view_free(view);
    lstm_dataset_free(dataset);
}

static void two_updaters_make_the_updates_of_one(void **fixture)
{
    (void)fixture;
    enum { MOST = 500 };
    lstm_real one[MOST], two[MOST];
    train(0, one, MOST);
    train(3, two, MOST);
    assert_memory_equal(one, two, sizeof one);
}

static lstm_forecaster_options options_of(const lstm_view_options *view, int64_t keep)
{
    lstm_forecaster_options options = auto_options();
    options.view = view, options.use = LSTM_USE_NETWORKS, options.n_network = 2;
    options.n_update = N_UPDATE, options.keep_moments = keep;
    return options;
}

static lstm_status continue_by(lstm_forecaster *forecaster, const lstm_dataset *dataset,
                               const char *folder)
{
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    options.n_update = NEW, options.folder = folder;
    return lstm_forecaster_continue(forecaster, dataset, &options);
}

static void assert_age(const lstm_forecaster *forecaster, int64_t want)
{
    for (int64_t i = 0; i < forecaster->fitted.n_network; i++) {
        assert_int_equal(forecaster->fitted.networks[i].moments.n_update, want);
        assert_int_equal(forecaster->fitted.networks[i].moments.values != NULL, want > 0);
    }
}

static void a_continuation_begins_with_them(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    const lstm_view_options view = short_view();
    sight fit[2], after[2];
    for (int64_t keep = 0; keep < 2; keep++) {
        const lstm_forecaster_options options = options_of(&view, keep);
        lstm_forecaster *f = fit_new(&options, dataset);
        look(f, dataset, &fit[keep]);
        assert_age(f, keep * N_UPDATE);
        assert_ok(continue_by(f, dataset, NULL));
        look(f, dataset, &after[keep]);
        assert_age(f, keep * (N_UPDATE + NEW));
        lstm_forecaster_free(f);
    }
    assert_memory_equal(fit[0].y, fit[1].y, sizeof fit[0].y);
    assert_memory_not_equal(after[0].y, after[1].y, sizeof after[0].y);
    lstm_dataset_free(dataset);
}

static void files_copies_and_folders_have_them(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    const lstm_view_options view = short_view();
    lstm_forecaster_options options = options_of(&view, 1);
    for (options.average_decay = 0; options.average_decay < 1; options.average_decay += 0.9) {
        lstm_forecaster *loaded = NULL, *clone = NULL, *f = fit_new(&options, dataset);
        sight want;
        assert_ok(lstm_forecaster_save(f, scratch("saved")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("saved")));
        assert_int_equal(unlink(scratch("saved")), 0);
        assert_ok(lstm_forecaster_clone(&clone, f));
        assert_age(loaded, N_UPDATE);
        assert_ok(continue_by(f, dataset, NULL));
        look(f, dataset, &want);
        assert_ok(continue_by(loaded, dataset, scratch_folder));
        assert_sight(loaded, dataset, &want);
        assert_ok(continue_by(clone, dataset, scratch_folder)); /* finished trainings */
        assert_sight(clone, dataset, &want);
        assert_age(clone, N_UPDATE + NEW);
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(clone);
        lstm_forecaster_free(f);
        empty_folder();
    }
    lstm_dataset_free(dataset);
}

typedef struct call {
    const lstm_forecaster_options *options;
    const lstm_dataset *dataset;
} call;

/* Fits, continues, saves and loads. */
static lstm_status attempt(void *context)
{
    const call *c = context;
    lstm_forecaster *f = NULL, *loaded = NULL;
    lstm_status status = lstm_forecaster_new(&f, c->options);
    if (status >= 0)
        status = lstm_forecaster_fit(f, c->dataset);
    if (status >= 0)
        status = continue_by(f, c->dataset, NULL);
    if (status >= 0)
        status = lstm_forecaster_save(f, scratch("saved"));
    if (status >= 0)
        status = lstm_forecaster_load(&loaded, scratch("saved"));
    lstm_forecaster_free(f);
    lstm_forecaster_free(loaded);
    return status;
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_data(0);
    const lstm_view_options view = short_view();
    const lstm_forecaster_options options = options_of(&view, 1);
    call c = {&options, dataset};
    int64_t live = atomic_load(&memory.live);
    failing_allocator_fail(&memory, 0, 0);
    assert_ok(attempt(&c));
    int64_t needed = atomic_load(&memory.calls);
    for (int64_t first = 1; first <= needed; first += 3) {
        failing_allocator_fail(&memory, first, INT64_MAX);
        assert_status(attempt(&c), LSTM_E_NOMEM, "memory");
        assert_int_equal(atomic_load(&memory.live), live);
    }
    failing_allocator_fail(&memory, 0, 0);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

static void a_value_out_of_range_is_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(0);
    const lstm_view_options view = short_view();
    const lstm_forecaster_options options = options_of(&view, 1);
    lstm_forecaster *loaded = NULL, *f = fit_new(&options, dataset);
    lts_moments *moments = &f->fitted.networks[1].moments;
    int64_t total = f->fitted.networks[1].model->params.total;
    moments->values[total + 3] = -1;
    assert_ok(lstm_forecaster_save(f, scratch("saved")));
    assert_status(lstm_forecaster_load(&loaded, scratch("saved")), LSTM_E_NUMERIC,
                  "element 3 of network.1.v is -1");
    moments->values[total + 3] = (lstm_real)NAN;
    assert_status(lstm_forecaster_save(f, scratch("saved")), LSTM_E_NUMERIC, "network.1.v");
    moments->values[total + 3] = 0, moments->n_update = -1;
    assert_ok(lstm_forecaster_save(f, scratch("saved")));
    assert_status(lstm_forecaster_load(&loaded, scratch("saved")), LSTM_E_FORMAT, "-1 updates");
    moments->n_update = 0; /* tensors that nobody asks for */
    assert_ok(lstm_forecaster_save(f, scratch("saved")));
    assert_status(lstm_forecaster_load(&loaded, scratch("saved")), LSTM_E_FORMAT, "tensors");
    assert_null(loaded);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

static void it_is_0_or_1(void **fixture)
{
    (void)fixture;
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = small_options(H);
    for (options.keep_moments = -1; options.keep_moments <= 2; options.keep_moments += 3)
        assert_status(lstm_forecaster_new(&forecaster, &options), LSTM_E_ARGUMENT, "keep_moments");
    assert_null(forecaster);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_updaters_make_the_updates_of_one), TEST(a_continuation_begins_with_them),
        TEST(files_copies_and_folders_have_them),   TEST(nothing_is_lost_without_memory),
        TEST(a_value_out_of_range_is_refused),      TEST(it_is_0_or_1),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
