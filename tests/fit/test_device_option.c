/* SPDX-License-Identifier: MIT */
/* The device of a forecaster, as far as one without a device can tell. */
#include "forecaster/forecaster.h"

#include "folder_fixture.h"

/* Networks alone forecast, so that what is seen is what was trained on the device. */
static lstm_forecaster *new_of_networks(const char *device)
{
    const lstm_view_options view = short_view();
    lstm_forecaster_options options = auto_options();
    options.use = LSTM_USE_NETWORKS, options.view = &view, options.device = device;
    return new_forecaster(&options);
}

/* Its string is overwritten and freed at once. */
static lstm_forecaster *new_on_cpu(void)
{
    const char name[] = "cpu";
    char *device = malloc(sizeof name);
    assert_non_null(device);
    memcpy(device, name, sizeof name);
    lstm_forecaster *forecaster = new_of_networks(device);
    memset(device, 'x', sizeof name - 1);
    free(device);
    return forecaster;
}

/* Fits and frees it. */
static void fit_and_look(lstm_forecaster *forecaster, sight *s)
{
    lstm_dataset *dataset = new_data(0);
    assert_ok(lstm_forecaster_fit(forecaster, dataset));
    look(forecaster, dataset, s);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static void cpu_is_the_default_to_the_bit(void **fixture)
{
    (void)fixture;
    sight named, unnamed;
    fit_and_look(new_on_cpu(), &named);
    fit_and_look(new_of_networks(NULL), &unnamed);
    assert_memory_equal(&named, &unnamed, sizeof named);
    assert_non_null(strstr(named.text, "\"device\":\"cpu\""));
}

static void a_clone_has_a_device_of_its_own(void **fixture)
{
    (void)fixture;
    sight source_shows, clone_shows;
    lstm_forecaster *source = new_on_cpu(), *clone = NULL;
    assert_ok(lstm_forecaster_clone(&clone, source));
    assert_string_equal(clone->options.device, "cpu");
    assert_ptr_not_equal(clone->options.device, source->options.device);
    fit_and_look(source, &source_shows);
    fit_and_look(clone, &clone_shows);
    assert_memory_equal(&source_shows, &clone_shows, sizeof source_shows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu_is_the_default_to_the_bit),
        cmocka_unit_test(a_clone_has_a_device_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
