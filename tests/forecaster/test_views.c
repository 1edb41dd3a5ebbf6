/* SPDX-License-Identifier: MIT */
/* Networks that see the data through several views, as members of one forecaster. */
#include "forecaster/forecaster_text.h"
#include "saved_fixture.h"
#include "scratch.h"

enum { N_NETWORK = 3, N_BIAS = 12 };

/* Two networks that are told the column, and one that is not and reads shorter segments. */
static const lstm_view_options *const *three_views(void)
{
    static lstm_view_options views[2];
    static const lstm_view_options *const all[] = {&views[0], &views[0], &views[1]};
    views[0] = views[1] = rich_view();
    views[1].column_input = 0, views[1].segment_len = 2, views[1].context_len = 5;
    views[1].base = LSTM_BASE_LAST, views[1].base_len = 0;
    return all;
}

static lstm_forecaster_options options_with(int64_t use, int64_t n_view)
{
    lstm_forecaster_options options = options_of(use);
    options.n_network = N_NETWORK;
    options.views = three_views(), options.n_view = n_view;
    return options;
}

static lstm_forecaster *fitted_with(int64_t use, int64_t n_view)
{
    const lstm_forecaster_options options = options_with(use, n_view);
    return fitted_by(&options, LSTM_MISSING_MASK);
}

static void get_bias(const lstm_forecaster *f, int64_t i, lstm_real bias[N_BIAS])
{
    assert_ok(lstm_model_get(lstm_forecaster_model(f, i), "lstm.0.bias", bias, N_BIAS));
}

/* Network i of a single view is the one of that number where others have other views. */
static void networks_take_the_views_in_turn(void **state)
{
    (void)state;
    for (int64_t n_view = 1; n_view <= N_NETWORK; n_view++) {
        lstm_forecaster *f = fitted_with(LSTM_USE_NETWORKS, n_view);
        for (int64_t i = 0; i < N_NETWORK; i++) {
            lstm_forecaster_options options = options_of(LSTM_USE_NETWORKS);
            options.n_network = N_NETWORK, options.view = three_views()[i % n_view];
            lstm_forecaster *other = fitted_by(&options, LSTM_MISSING_MASK);
            lstm_real one[N_BIAS], same[N_BIAS];
            get_bias(f, i, one);
            get_bias(other, i, same);
            assert_memory_equal(one, same, sizeof one);
            assert_int_equal(lstm_view_inputs(lstm_forecaster_view(f, i)),
                             lstm_view_inputs(lstm_forecaster_view(other, i)));
            lstm_forecaster_free(other);
        }
        lstm_forecaster_free(f);
    }
}

static void the_forecast_is_the_mean_of_all(void **state)
{
    (void)state;
    lstm_forecaster *f = fitted_with(LSTM_USE_NETWORKS, N_NETWORK);
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_MASK);
    lstm_real y[HORIZON * TARGETS], one[HORIZON * TARGETS];
    double sum[HORIZON * TARGETS] = {0};
    const int64_t series = 1, origin = ROWS;
    for (int64_t i = 0; i < N_NETWORK; i++) {
        const lstm_loss_options loss = lts_loss_options_of(&f->loss);
        assert_ok(lstm_view_forecast(lstm_forecaster_view(f, i), lstm_forecaster_model(f, i), &loss,
                                     data, &series, &origin, 1, HORIZON, 1, one));
        for (int j = 0; j < HORIZON * TARGETS; j++)
            sum[j] += (double)one[j] / N_NETWORK;
    }
    assert_ok(lstm_forecaster_predict(f, data, series, y));
    for (int j = 0; j < HORIZON * TARGETS; j++)
        assert_true(fabs((double)y[j] - sum[j]) < 1e-4);
    lstm_dataset_free(data);
    lstm_forecaster_free(f);
}

/* A file and a clone have all views: also a fit of the loaded one has the same bits. */
static void views_are_saved_and_cloned(void **state)
{
    (void)state;
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_MASK);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_RIDGE; use++) {
        lstm_forecaster *f = fitted_with(use, N_NETWORK), *clone = clone_of(f), *loaded = NULL;
        assert_ok(lstm_forecaster_save(f, scratch("f")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("f")));
        assert_same(f, clone, data);
        assert_same(f, loaded, data);
        assert_ok(lstm_forecaster_fit(clone, data));
        assert_ok(lstm_forecaster_fit(loaded, data));
        assert_same(f, clone, data);
        assert_same(f, loaded, data);
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(clone);
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(data);
}

static void assert_refused(const lstm_forecaster_options *options, lstm_status want,
                           const char *part)
{
    lstm_forecaster *f = NULL;
    assert_status(lstm_forecaster_new(&f, options), want, part);
    assert_null(f);
}

static void wrong_views_are_refused(void **state)
{
    (void)state;
    lstm_view_options wrong = rich_view();
    const lstm_view_options *const second_wrong[] = {three_views()[0], &wrong};
    const lstm_view_options *const none[] = {three_views()[0], NULL};
    lstm_forecaster_options options = options_with(LSTM_USE_MEAN, 0);
    assert_refused(&options, LSTM_E_ARGUMENT, "n_view is 0, expected 1 .. n_network (3)");
    options.n_view = N_NETWORK + 1;
    assert_refused(&options, LSTM_E_ARGUMENT, "n_view is 4, expected 1 .. n_network (3)");
    options.n_view = -1;
    assert_refused(&options, LSTM_E_ARGUMENT, "n_view is -1");
    options.n_view = 2, options.view = &wrong;
    assert_refused(&options, LSTM_E_ARGUMENT, "one of them must be NULL");
    options.view = NULL, options.views = NULL;
    assert_refused(&options, LSTM_E_ARGUMENT, "n_view is 2, but views is NULL");
    options.views = none;
    assert_refused(&options, LSTM_E_ARGUMENT, "views[1] is NULL");
    options.views = second_wrong;
    wrong.context_len = 0;
    assert_refused(&options, LSTM_E_ARGUMENT, "context_len");
    wrong.context_len = 3, wrong.struct_size = 3;
    assert_refused(&options, LSTM_E_OPTIONS, "lstm_view_options");
    lstm_loss_options counts = LSTM_LOSS_OPTIONS_INIT;
    counts.kind = LSTM_LOSS_NEGATIVE_BINOMIAL;
    wrong = rich_view();
    options.loss = &counts;
    assert_refused(&options, LSTM_E_ARGUMENT, "needs counts");
}

static void assert_text_refused(json_t *json, const char *part)
{
    lts_forecaster_text text;
    assert_status(lts_forecaster_text_read(&text, json), LSTM_E_FORMAT, part);
    lts_forecaster_text_clear(&text);
}

static void what_a_file_says_of_views_is_verified(void **state)
{
    (void)state;
    lstm_forecaster *f = fitted_with(LSTM_USE_RIDGE, 2);
    json_t *json = lts_forecaster_json(f), *views = json_object_get(json, "views");
    assert_int_equal(json_array_size(views), 2);
    json_t *first = json_deep_copy(json_array_get(views, 0));
    json_object_set(json, "view", first);
    assert_text_refused(json, "beside view");
    json_object_del(json, "view");
    json_array_append_new(views, json_integer(3));
    assert_text_refused(json, "views");
    json_array_clear(views);
    json_array_append(views, first);
    assert_text_refused(json, "no array of 2 .. 64");
    for (int i = 0; i < LTS_MOST_NETWORKS; i++)
        json_array_append(views, first);
    assert_text_refused(json, "no array of 2 .. 64");
    json_object_set_new(json, "views", json_object());
    assert_text_refused(json, "no array of 2 .. 64");
    json_decref(first);
    json_decref(json);
    lstm_forecaster_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_take_the_views_in_turn),
        cmocka_unit_test(the_forecast_is_the_mean_of_all),
        cmocka_unit_test(views_are_saved_and_cloned),
        cmocka_unit_test(wrong_views_are_refused),
        cmocka_unit_test(what_a_file_says_of_views_is_verified),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
