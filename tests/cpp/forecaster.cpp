// SPDX-License-Identifier: MIT
// Forecasters and streams.
#include "training.hpp"

#include <functional>
#include <new>

static lstm_forecaster_options ridge_options()
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = 3, options.use = LSTM_USE_RIDGE, options.season_len = 4;
    return options;
}

static lstmts::forecaster fitted(const lstmts::dataset &data)
{
    lstmts::forecaster forecaster(ridge_options());
    CHECK(forecaster.fit(data) == LSTM_OK);
    return forecaster;
}

TEST(a_forecaster_is_fitted_and_predicts)
{
    const lstmts::dataset data = column_data();
    lstmts::forecaster forecaster(ridge_options());
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", forecaster.predict(data, 0));
    CHECK(forecaster.targets() == 0);
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", forecaster.frame());
    CHECK(forecaster.fit(data) == LSTM_OK);
    const std::vector<lstm_real> y = forecaster.predict(data, 0);
    CHECK(y.size() == 3 && forecaster.model(0) == nullptr && forecaster.view(0) == nullptr);
    CHECK(forecaster.predict(data, 0, {30, 40}, 2).size() == 4);
    CHECK(forecaster.predict(data) == y && forecaster.predict(data, {0, 0}).size() == 6);
    CHECK_THROWS(LSTM_E_ARGUMENT, "n is 0", forecaster.predict(data, std::vector<std::int64_t>{}));
    CHECK(forecaster.describe().find("\"forecast_by\":\"ridge\"") != std::string::npos);
    CHECK(forecaster.horizon() == 3 && forecaster.targets() == 1);
    CHECK(forecaster.levels() == std::vector<double>{0.9});
    lstmts::dataset frame = forecaster.frame();
    frame.add("another", {data.data(0), data.data(0) + 40});
    CHECK(forecaster.predict(frame, 0) == y);
    forecaster.cancel();
}

TEST(a_forecaster_is_cloned_continued_and_saved)
{
    const lstmts::dataset data = column_data();
    const lstmts::forecaster forecaster = fitted(data);
    const std::vector<lstm_real> y = forecaster.predict(data, 0);
    CHECK(forecaster.clone().predict(data, 0) == y);
    lstmts::forecaster continued = forecaster.clone();
    lstm_continue_options further = LSTM_CONTINUE_OPTIONS_INIT;
    CHECK(continued.continue_fit(data, further) == LSTM_OK && continued.predict(data, 0) == y);
    further.n_update = -1;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_update is -1", continued.continue_fit(data, further));
    CHECK_THROWS(LSTM_E_IO, "no/folder", forecaster.save("no/folder/a"));
    CHECK_THROWS(LSTM_E_IO, "no/file", lstmts::forecaster::load("no/file"));
}

TEST(messages_name_what_a_list_lacks)
{
    const lstmts::dataset data = column_data();
    const lstmts::forecaster forecaster = fitted(data);
    lstmts::dataset frame = forecaster.frame();
    CHECK_THROWS(LSTM_E_ARGUMENT, "the data set has no series", forecaster.predict(frame));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n is 0", forecaster.predict(data, {}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_origin is 0", forecaster.predict(data, 0, {}, 3));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_origin is 0", forecaster.intervals(data, 0, {}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_level is 0", forecaster.quantiles(data, 0, {40}, 3, {}));
    const lstmts::dataset moved = std::move(frame);
    CHECK_THROWS(LSTM_E_ARGUMENT, "dataset is NULL", forecaster.predict(frame));
    CHECK_THROWS(LSTM_E_ARGUMENT, "dataset is NULL", frame.set_static(0, {1}));
}

TEST(a_forecaster_streams)
{
    const lstmts::dataset data = column_data();
    const lstmts::forecaster forecaster = fitted(data);
    const std::vector<lstm_real> y = forecaster.predict(data, 0);
    lstmts::stream stream(forecaster, data, 0);
    CHECK(stream.forecast() == y && stream.rows() == 40 && stream.horizon() == 3);
    lstmts::stream empty(forecaster);
    CHECK_THROWS(LSTM_E_ORDER, "no row", empty.forecast());
    CHECK_THROWS(LSTM_E_SHAPE, "2 values are not one row of 1", empty.push({1, 2}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_row is 4", empty.set_future({1, 2, 3, 4}));
    empty.set_future({});
    for (std::int64_t i = 0; i < 40; i++)
        empty.push({data.data(0)[i]});
    CHECK(empty.forecast() == y && empty.context() > 0);
}

TEST(a_stream_has_the_columns_of_the_fit)
{
    const std::int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = 2, columns.roles = roles;
    lstmts::dataset data(columns);
    std::vector<lstm_real> rows;
    for (int i = 0; i < 40; i++) {
        rows.push_back(static_cast<lstm_real>(i % 4 + i * i % 7));
        rows.push_back(static_cast<lstm_real>(i % 3));
    }
    data.add("series", rows);
    data.set_future(0, {0, 1, 0, 2, 0, 0});
    lstmts::forecaster forecaster(ridge_options());
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", lstmts::stream(forecaster));
    CHECK(forecaster.fit(data) == LSTM_OK);
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    options.dataset = data.get();
    lstmts::stream stream(forecaster, options);
    CHECK(stream.forecast() == forecaster.predict(data, 0) && stream.forecast().size() == 3);
    CHECK_THROWS(LSTM_E_SHAPE, "1 values are not one row of 2", stream.push({1}));
    CHECK_THROWS(LSTM_E_SHAPE, "3 values do not form rows of 2", stream.set_future({1, 2, 3}));
    stream.push({1, 2});
    CHECK(stream.rows() == 41);
}

TEST(a_stream_has_intervals_if_asked_for)
{
    const lstmts::dataset data = column_data();
    const lstmts::forecaster forecaster = fitted(data);
    const std::vector<lstm_real> y = forecaster.predict(data, 0);
    lstmts::stream without(forecaster, data, 0);
    std::vector<lstm_real> lower, upper;
    CHECK_THROWS(LSTM_E_ORDER, "option intervals", without.intervals(lower, upper));
    lstm_stream_options with_intervals = LSTM_STREAM_OPTIONS_INIT;
    with_intervals.intervals = 1;
    lstmts::stream scored(forecaster, data, 0, with_intervals);
    CHECK(scored.intervals(lower, upper) == y && lower.size() == 3 && upper.size() == 3);
    for (std::size_t h = 0; h < 3; h++)
        CHECK(lower[h] <= y[h] && y[h] <= upper[h]);
}

TEST(a_forecaster_gives_intervals_and_paths)
{
    const lstmts::dataset data = column_data();
    const double levels[] = {0.5, 0.9};
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = 3, options.use = LSTM_USE_RIDGE, options.season_len = 4;
    options.levels = levels, options.n_level = 2;
    lstmts::forecaster forecaster(options);
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", forecaster.intervals(data, 0, {40}));
    CHECK_THROWS(LSTM_E_ORDER, "not fitted", forecaster.paths(data, 0, 40, 3, 5));
    CHECK(forecaster.fit(data) == LSTM_OK);
    std::vector<lstm_real> y;
    const lstmts::interval_bounds bounds = forecaster.intervals(data, 0, {39, 40}, &y);
    CHECK(bounds.lower.size() == 2 * 2 * 3 && bounds.upper.size() == 2 * 2 * 3);
    CHECK(y == forecaster.predict(data, 0, {39, 40}, 3));
    for (std::size_t i = 0; i < 12; i++)
        CHECK(bounds.lower[i] <= y[i / 6 * 3 + i % 3] && y[i / 6 * 3 + i % 3] <= bounds.upper[i]);
    const std::vector<lstm_real> paths = forecaster.paths(data, 0, 40, 2, 5, 7);
    CHECK(paths.size() == 10 && paths == forecaster.clone().paths(data, 0, 40, 2, 5, 7));
    CHECK(paths != forecaster.paths(data, 0, 40, 2, 5, 8));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_path is 0", forecaster.paths(data, 0, 40, 3, 0));
    const std::vector<lstm_real> quantiles = forecaster.quantiles(data, 0, {39, 40}, 2, {.1, .5});
    CHECK(quantiles.size() == 8 && quantiles[4] < quantiles[6] && quantiles[5] < quantiles[7]);
    CHECK_THROWS(LSTM_E_ARGUMENT, "levels[0]", forecaster.quantiles(data, 0, {40}, 2, {1}));
    CHECK_THROWS(LSTM_E_LIMIT, " x ", forecaster.paths(data, 0, 40, INT64_MAX / 2, 3));
    const std::string path = scratch_path();
    forecaster.save(path);
    const lstmts::forecaster loaded = lstmts::forecaster::load(path);
    std::filesystem::remove(path);
    CHECK(loaded.intervals(data, 0, {40}).lower.size() == 6);
}

/** Refuses the first allocation of a call, then only the second, and so on. Returns their number. */
static long refuse_each_allocation(const std::function<void()> &call)
{
    for (long passed = 0;; passed++) {
        allocations_to_pass = passed, allocations_to_fail = 1;
        bool refused = false;
        try {
            call();
        } catch (const std::bad_alloc &) {
            refused = true;
        } catch (const lstmts::error &error) {
            refused = error.status() == LSTM_E_NOMEM;
        }
        const bool complete = allocations_to_fail == 1;
        allocations_to_pass = allocations_to_fail = 0;
        CHECK(refused != complete);
        if (complete)
            return passed;
    }
}

TEST(missing_memory_throws_bad_alloc_or_an_error)
{
    const lstmts::dataset data = column_data();
    const lstmts::forecaster forecaster = fitted(data);
    CHECK(refuse_each_allocation([&] { return forecaster.predict(data, 0); }) >= 1);
    CHECK(refuse_each_allocation([&] { return forecaster.intervals(data, 0, {40}); }) >= 4);
    CHECK(refuse_each_allocation([&] { return forecaster.describe(); }) >= 2);
    CHECK(refuse_each_allocation([&] {
              lstmts::forecaster(ridge_options(), [](const lstm_fit_progress &) { return true; });
          }) >= 1);
    CHECK(refuse_each_allocation([&] { lstmts::stream(forecaster, data, 0); }) == 0);
}

TEST(a_stream_with_buffers_of_the_caller_allocates_nothing)
{
    const lstmts::dataset data = column_data();
    const lstmts::forecaster forecaster = fitted(data);
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    options.intervals = 1;
    lstmts::stream stream(forecaster, data, 0, options);
    const lstm_real rows[] = {5, 6};
    lstm_real forecast[3], lower[3], upper[3];
    std::vector<lstm_real> y, low, high;
    const auto allocations = refuse_each_allocation;
    CHECK(allocations([&] { stream.push(rows, 1); }) == 0 && stream.rows() == 41);
    CHECK(allocations([&] { stream.forecast(forecast); }) == 0);
    CHECK(allocations([&] { stream.intervals(forecast, lower, upper); }) == 0);
    stream.intervals(y, low, high);
    CHECK(allocations([&] { stream.intervals(y, low, high); }) == 0);
    CHECK(allocations([&] { stream.forecast(y); }) == 0);
    for (std::size_t h = 0; h < 3; h++)
        CHECK(y[h] == forecast[h] && low[h] == lower[h] && high[h] == upper[h]);
    CHECK(y == stream.forecast() && y == stream.intervals(low, high));
    CHECK_THROWS(LSTM_E_SHAPE, "2 values are not one row of 1", stream.push(rows, 2));
    CHECK_THROWS(LSTM_E_ARGUMENT, "row is NULL", stream.push(nullptr, 1));
    const lstmts::stream moved = std::move(stream);
    CHECK_THROWS(LSTM_E_ARGUMENT, "stream is NULL", stream.push(rows, 1));
    CHECK_THROWS(LSTM_E_ARGUMENT, "stream is NULL", stream.forecast(y));
    CHECK(moved.rows() == 41);
}
