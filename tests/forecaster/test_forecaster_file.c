/* SPDX-License-Identifier: MIT */
/* Saved forecasters: the same bits come back, and a file that is not one is refused. */
#include "saved_fixture.h"
#include "spoil.h"

#include <fcntl.h>
#include <lstmts/model.h>

static const int64_t uses[] = {LSTM_USE_MEAN, LSTM_USE_NETWORKS, LSTM_USE_RIDGE, LSTM_USE_BASELINE};
enum { N_USE = 4 };

/* A save, a load, and a save of what was loaded. */
static void round_trip(lstm_forecaster *f, int64_t missing)
{
    lstm_forecaster *loaded = NULL, *other = NULL;
    size_t size;
    lstm_dataset *data = data_of(ROWS, FUTURE, missing);
    assert_ok(lstm_forecaster_save(f, scratch("one")));
    assert_ok(lstm_forecaster_load(&loaded, scratch("one")));
    assert_same(f, loaded, data);
    assert_ok(lstm_forecaster_save(loaded, scratch("two")));
    unsigned char *bytes = scratch_read("one", &size);
    assert_sealed(bytes, size);
    scratch_holds("two", bytes, size);
    free(bytes);
    assert_ok(lstm_forecaster_clone(&other, loaded));
    assert_ok(lstm_forecaster_fit(f, data)); /* the options are there, too: a new fit is the same */
    assert_ok(lstm_forecaster_fit(loaded, data));
    assert_same(f, loaded, data);
    lstm_forecaster_free(loaded);
    lstm_forecaster_free(other);
    lstm_dataset_free(data);
    lstm_forecaster_free(f);
}

static void it_forecasts_the_same_bits_after_a_load(void **state)
{
    (void)state;
    for (int i = 0; i < N_USE; i++)
        round_trip(fitted(uses[i]), LSTM_MISSING_REFUSE);
    for (int i = 0; i < N_USE - 1; i++)
        round_trip(joined(fitted(uses[i]), LSTM_BASELINE_SEASONAL_DRIFT), LSTM_MISSING_REFUSE);
}

static void every_option_comes_back(void **state)
{
    (void)state;
    round_trip(rich(LSTM_USE_MEAN), LSTM_MISSING_MASK);
}

/* With the view that is chosen from the data, whose base may be longer than one row. */
static void chosen_views_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < N_USE; i++) {
        const lstm_forecaster_options options = options_of(uses[i]);
        round_trip(fitted_by(&options, LSTM_MISSING_REFUSE), LSTM_MISSING_REFUSE);
    }
}

static void it_must_be_fitted(void **state)
{
    (void)state;
    lstm_forecaster *f = NULL;
    const lstm_forecaster_options options = options_of(LSTM_USE_AUTO);
    assert_ok(lstm_forecaster_new(&f, &options));
    assert_status(lstm_forecaster_save(f, scratch("no")), LSTM_E_ORDER, "not fitted");
    assert_status(lstm_forecaster_save(NULL, scratch("no")), LSTM_E_ARGUMENT, "forecaster");
    assert_status(lstm_forecaster_save(f, NULL), LSTM_E_ARGUMENT, "path");
    assert_status(lstm_forecaster_load(NULL, "x"), LSTM_E_ARGUMENT, "forecaster");
    lstm_forecaster_free(f);
}

static void save_the(int64_t use)
{
    lstm_forecaster *f = use == LSTM_USE_BASELINE ? fitted(use) : rich(use);
    assert_ok(lstm_forecaster_save(f, scratch("model")));
    lstm_forecaster_free(f);
}

static void refuse(const char *path, lstm_status status, const char *part)
{
    lstm_forecaster *f = NULL;
    assert_status(lstm_forecaster_load(&f, path), status, part);
    assert_null(f);
}

static void kinds_are_told_apart(void **state)
{
    (void)state;
    lstm_model *model = NULL;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    save_the(LSTM_USE_MEAN);
    assert_status(lstm_model_load(&model, scratch("model")), LSTM_E_FORMAT,
                  "holds a forecaster: read it with lstm_forecaster_load()");
    options.n_input = options.n_output = 1;
    options.n_hidden = 2;
    assert_ok(lstm_model_new(&model, &options));
    assert_ok(lstm_model_save(model, scratch("model")));
    refuse(scratch("model"), LSTM_E_FORMAT, "holds a model, not a forecaster");
    refuse(scratch("nothing"), LSTM_E_IO, "nothing");
    lstm_model_free(model);
}

/* Cuts file "model" shorter and shorter. */
static void refuse_cuts(size_t stride)
{
    size_t size;
    const char *path = scratch("model");
    free(scratch_read("model", &size));
    for (size_t n_cut = 1; n_cut <= size; n_cut += stride) {
        assert_int_equal(truncate(path, (off_t)(size - n_cut)), 0);
        refuse(path, LSTM_E_TRUNC, NULL);
    }
}

static void a_cut_file_is_truncated(void **state)
{
    (void)state;
    save_the(LSTM_USE_BASELINE);
    refuse_cuts(1);
    save_the(LSTM_USE_MEAN);
    refuse_cuts(211);
}

/* With one bit of file "model" flipped, which has these bytes. */
static void refuse_flip(int file, const unsigned char *bytes, size_t at, int bit)
{
    lstm_forecaster *f = NULL;
    const unsigned char flipped = (unsigned char)(bytes[at] ^ 1 << bit);
    assert_int_equal(pwrite(file, &flipped, 1, (off_t)at), 1);
    lstm_status status = lstm_forecaster_load(&f, scratch("model"));
    if (!seal_names_flip(at, status))
        fail_msg("bit %d of byte %d: %s", bit, (int)at, lstm_status_name(status));
    assert_null(f);
    assert_int_equal(pwrite(file, bytes + at, 1, (off_t)at), 1);
}

/*
 * Every bit up to the end of the checksum, since what is read before it is verified comes first;
 * then one of each byte, which a hash of its place chooses.
 */
static void a_flipped_bit_is_refused(void **state)
{
    (void)state;
    size_t size;
    save_the(LSTM_USE_BASELINE);
    unsigned char *bytes = scratch_read("model", &size);
    const int file = open(scratch("model"), O_WRONLY);
    assert_true(file >= 0);
    for (size_t at = 0; at < size; at++)
        for (int bit = 0; bit < 8; bit++)
            if (at <= SEAL_AT + SEAL_SIZE || bit == (int)(at * 2654435761U >> 16 & 7))
                refuse_flip(file, bytes, at, bit);
    assert_int_equal(close(file), 0);
    scratch_holds("model", bytes, size);
    free(bytes);
}

/* In the header quotation marks of the text are escaped. */
#define Q(name) "\\\"" name "\\\""

static void what_the_text_says_is_verified(void **state)
{
    (void)state;
    static const spoiling cases[] = {
        {"\"format_version\":\"3\"", "\"format_version\":\"4\"", LSTM_E_VERSION, "version 4"},
        {"\"format_version\":\"3\"", "\"format_version\":\"2\"", LSTM_E_VERSION, "version 2"},
        {"\"kind\":\"forecaster\"", "\"kind\":\"forecastor\"", LSTM_E_FORMAT, "forecastor"},
        {"\"format\":\"lstmts\"", "\"format\":\"other\"", LSTM_E_FORMAT, "not a file of this"},
        {"\"forecaster\":\"", "\"forecaster\":\"x", LSTM_E_FORMAT, "\"forecaster\" in its"},
        {"\"forecaster\":\"", "\"forecastex\":\"", LSTM_E_FORMAT, "no \"forecaster\""},
        {"{" Q("options"), "{" Q("news") ":1," Q("options"), LSTM_E_FORMAT, "\"news\""},
        {"{" Q("options"), "{" Q("aptions"), LSTM_E_FORMAT, "\"aptions\""},
        {Q("horizon") ":5", Q("horizon") ":-5", LSTM_E_FORMAT, "horizon is -5"},
        {Q("horizon") ":5", Q("horizon") ":5.5", LSTM_E_FORMAT, "\"horizon\" is not a number"},
        {"\\\"seed\\\":\\\"9", "\\\"seed\\\":\\\"09", LSTM_E_FORMAT, "\"seed\" is not a number"},
        {Q("n_level") ":3", Q("n_level") ":2", LSTM_E_SHAPE, "loss.levels is [3], expected [2]"},
        {Q("kind") ":3", Q("kind") ":77", LSTM_E_FORMAT, "loss kind is 77"},
        {Q("step") ":3600", Q("step") ":-1", LSTM_E_FORMAT, "step is -1"},
        {Q("calendar") ":", Q("calendar") ":9999", LSTM_E_FORMAT, "features is 9999"},
        {Q("holidays") ":[", Q("holidays") ":[9223372036854775807,", LSTM_E_FORMAT, "holiday 0"},
        {"[" Q("load"), "[7," Q("load"), LSTM_E_FORMAT, "4 names and 3 roles"},
        {Q("load"), Q("heat"), LSTM_E_FORMAT, "heat"},
        {Q("roles") ":[0,0,3]", Q("roles") ":[0,0,9]", LSTM_E_FORMAT, "role of column 2"},
        {Q("roles") ":[0,0,3]", Q("roles") ":[0,2,3]", LSTM_E_FORMAT, "LSTM_CHANNELS_INDEPENDENT"},
        {Q("roles") ":[0,0,3]", Q("roles") ":[0,3,3]", LSTM_E_SHAPE,
         "series.scales is [2, 2], expected [2, 1]"},
        {"{" Q("options"), "{" Q("series") ":[" Q("a") "]," Q("options"), LSTM_E_FORMAT,
         "no array of 2 names"},
        {"{" Q("options"), "{" Q("series") ":{}," Q("options"), LSTM_E_FORMAT, "no array of 2"},
        {"{" Q("options"), "{" Q("series") ":[" Q("a") ",7]," Q("options"), LSTM_E_FORMAT,
         "name 1 is not a string"},
        {"{" Q("options"), "{" Q("series") ":[" Q("a") "," Q("a") "]," Q("options"), LSTM_E_FORMAT,
         "\"a\""},
    };
    save_the(LSTM_USE_MEAN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(spoil("model", cases[i].from, cases[i].to), cases[i].status, cases[i].part);
}

static void sizes_and_tensors_must_agree(void **state)
{
    (void)state;
    static const spoiling cases[] = {
        {Q("choice") ":{", Q("choice") ":{" Q("season_lem") ":1,", LSTM_E_FORMAT, "season_lem"},
        {Q("use") ":1,", Q("use") ":9,", LSTM_E_FORMAT, "use is 9"},
        {Q("choice") ":{", Q("choice") ":{" Q("joined") ":2,", LSTM_E_FORMAT, "joined is 2"},
        {Q("choice") ":{", Q("choice") ":{" Q("block_len") ":99,", LSTM_E_FORMAT,
         "block_len is 99"},
        {Q("networks") ":[{" Q("n_hidden") ":3", Q("networks") ":[{" Q("n_hidden") ":4",
         LSTM_E_SHAPE, "network.0.input.weight is [3, "},
        {Q("networks") ":[{" Q("n_hidden") ":3", Q("networks") ":[{" Q("n_hidden") ":99999999999",
         LSTM_E_LIMIT, "too large"},
        {Q("networks") ":[", Q("networks") ":[{},", LSTM_E_FORMAT, "network 0"},
        {"\"ridge.weights\"",
         "\"x\":{\"dtype\":\"F64\",\"shape\":[0],\"data_offsets\":[0,0]},"
         "\"ridge.weights\"",
         LSTM_E_FORMAT, "1 of "},
        {"\"series.known_rows\"", "\"series.known_rowz\"", LSTM_E_NAME, "series.known_rows"},
        {"\"series.known_until\"", "\"series.known_untix\"", LSTM_E_NAME, "series.known_until"},
        {"\"ridge.weights\"", "\"ridge.weighty\"", LSTM_E_NAME, "no tensor ridge.weights"},
        {"\"ridge.scales\"", "\"ridge.scalex\"", LSTM_E_NAME, "no tensor ridge.scales"},
        {"\"residuals.ends\"", "\"residuals.end\"", LSTM_E_NAME, "no tensor residuals.ends"},
        {"\"residuals.values\"", "\"residuals.value\"", LSTM_E_FORMAT, "2 of "},
        {"\"residuals.values\"",
         "\"residuals.values\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
         "\"residuals.value\"",
         LSTM_E_SHAPE, "residuals.values are not 1 .. 512 forecasts"},
        {"\"residuals.values\":{\"dtype\":\"F32\"", "\"residuals.values\":{\"dtype\":\"I32\"",
         LSTM_E_DTYPE, "residuals.values"},
        {"\"network.1.season\"", "\"network.2.season\"", LSTM_E_NAME, "network.1.season"},
        {"\"network.1.season\":{\"dtype\":\"F32\"", "\"network.1.season\":{\"dtype\":\"I32\"",
         LSTM_E_DTYPE, "network.1.season"},
    };
    save_the(LSTM_USE_MEAN);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(spoil("model", cases[i].from, cases[i].to), cases[i].status, cases[i].part);
}

static void a_baseline_does_not_join_itself(void **state)
{
    (void)state;
    save_the(LSTM_USE_BASELINE);
    refuse(spoil("model", Q("choice") ":{", Q("choice") ":{" Q("joined") ":1,"), LSTM_E_FORMAT,
           "joined is 1 where use is 4");
}

static void a_tensor_must_be_finite(void **state)
{
    (void)state;
    size_t size;
    save_the(LSTM_USE_MEAN);
    unsigned char *bytes = scratch_read("model", &size);
    memset(bytes + size - 8, 0xff, 8); /* the last tensor is one of the loss, in double */
    seal(bytes, size);
    refuse(scratch_write("nan", bytes, size), LSTM_E_NUMERIC, "of loss.column_weights is");
    free(bytes);
}

/* With a tensor that begins with these bytes. */
static void refuse_elements(const char *name, const void *elements, size_t n_byte, const char *part)
{
    size_t size;
    unsigned char *bytes = scratch_read("model", &size);
    memcpy(elements_of(bytes, name), elements, n_byte);
    seal(bytes, size);
    refuse(scratch_write("spoilt", bytes, size), LSTM_E_NUMERIC, part);
    free(bytes);
}

static void a_unit_must_be_above_0(void **state)
{
    (void)state;
    const double none[] = {0, 0}, below[] = {0, -1};
    save_the(LSTM_USE_MEAN);
    refuse_elements("ridge.scales", none, sizeof none, "unit of column 0 is 0, expected above 0");
    refuse_elements("network.0.scales", below, sizeof below, "unit of column 0 is -1, expected");
}

static void residuals_must_be_those_of_a_fit(void **state)
{
    (void)state;
    static const double wrong[][2] = {{-1, 9},  {SERIES, 9}, {0.5, 9}, {0, HORIZON - 1},
                                      {0, 9.5}, {0, 1e300},  {0, -9}};
    const lstm_real infinite = (lstm_real)INFINITY;
    const double unknown[2] = {0, (double)NAN};
    save_the(LSTM_USE_MEAN);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuse_elements("residuals.ends", wrong[i], sizeof wrong[i], "row 0 of residuals.ends is");
    refuse_elements("residuals.ends", unknown, sizeof unknown,
                    "element 1 of residuals.ends is nan");
    refuse_elements("residuals.values", &infinite, sizeof infinite,
                    "element 0 of residuals.values is inf");
}

/* A data set must be that of the fit: names, roles, step, static features. */
static void another_data_set_is_refused(void **state)
{
    (void)state;
    lstm_real y[HORIZON * TARGETS];
    lstm_forecaster *f = rich(LSTM_USE_NETWORKS);
    static const char *const names[] = {"load", "cold", "tariff"}, *const fit[] = {"load", "heat",
                                                                                   "tariff"};
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    const lstm_real rows[3 * COLUMNS] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const struct {
        const char *const *names;
        int64_t n_static, step;
        const char *part;
    } cases[] = {{fit, 0, 3600, "0 static features"},
                 {fit, 1, 60, "a step of 60 seconds, that of the fit had 3600 seconds"},
                 {names, 1, 3600, "column 1 is cold, in the fit it was heat"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lstm_dataset *data = NULL;
        lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
        const int64_t holiday = 0;
        options.n_column = COLUMNS;
        options.names = cases[i].names;
        options.roles = roles;
        options.step_unit = LSTM_STEP_SECONDS;
        options.step = cases[i].step;
        options.n_static = cases[i].n_static;
        assert_ok(lstm_dataset_new(&data, &options));
        assert_ok(lstm_dataset_add(data, NULL, rows, 3, 0));
        assert_ok(lstm_dataset_add_calendar(data, LSTM_CALENDAR_HOUR | LSTM_CALENDAR_HOLIDAY,
                                            &holiday, 1));
        assert_status(lstm_forecaster_predict(f, data, 0, y), LSTM_E_SHAPE, cases[i].part);
        lstm_dataset_free(data);
    }
    lstm_forecaster_free(f);
}

/* A clone forecasts the same; then each is fitted and freed without the other. */
static void a_clone_is_independent(void **state)
{
    (void)state;
    lstm_forecaster *f = fitted(LSTM_USE_MEAN), *clone = NULL, *again = NULL, *other = NULL;
    lstm_dataset *data = data_of(ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_dataset *longer = data_of(2 * ROWS, FUTURE, LSTM_MISSING_REFUSE);
    lstm_real before[SERIES * HORIZON * TARGETS], after[SERIES * HORIZON * TARGETS];
    forecast_all(f, data, before);
    assert_ok(lstm_forecaster_clone(&clone, f));
    assert_ok(lstm_forecaster_clone(&again, clone));
    assert_same(f, clone, data);
    assert_ok(lstm_forecaster_fit(clone, longer));
    forecast_all(f, data, after);
    assert_memory_equal(before, after, sizeof before);
    forecast_all(clone, data, after);
    assert_memory_not_equal(before, after, sizeof before);
    lstm_forecaster_free(f);
    forecast_all(again, data, after);
    assert_memory_equal(before, after, sizeof before);
    const lstm_forecaster_options options = options_of(LSTM_USE_AUTO);
    assert_ok(lstm_forecaster_new(&f, &options));
    assert_ok(lstm_forecaster_clone(&other, f));
    assert_status(lstm_forecaster_predict(other, data, 0, after), LSTM_E_ORDER, "not fitted");
    lstm_forecaster_free(f);
    lstm_forecaster_free(other);
    lstm_forecaster_free(again);
    lstm_forecaster_free(clone);
    lstm_dataset_free(longer);
    lstm_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_forecasts_the_same_bits_after_a_load),
        cmocka_unit_test(every_option_comes_back),
        cmocka_unit_test(chosen_views_come_back),
        cmocka_unit_test(it_must_be_fitted),
        cmocka_unit_test(kinds_are_told_apart),
        cmocka_unit_test(a_cut_file_is_truncated),
        cmocka_unit_test(a_flipped_bit_is_refused),
        cmocka_unit_test(what_the_text_says_is_verified),
        cmocka_unit_test(sizes_and_tensors_must_agree),
        cmocka_unit_test(a_baseline_does_not_join_itself),
        cmocka_unit_test(a_tensor_must_be_finite),
        cmocka_unit_test(a_unit_must_be_above_0),
        cmocka_unit_test(residuals_must_be_those_of_a_fit),
        cmocka_unit_test(another_data_set_is_refused),
        cmocka_unit_test(a_clone_is_independent),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
