// SPDX-License-Identifier: MIT
// Series, models and states.
#include "training.hpp"

#include <algorithm>
#include <tuple>

static lstm_iter_options iter_options_of_view()
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.batch_size = 1;
    return options;
}

TEST(a_series_has_its_rows_roles_and_slices)
{
    const std::vector<lstm_real> rows = sine_rows(10);
    lstmts::series series(rows, 2);
    series.set_role(1, LSTM_ROLE_INPUT);
    CHECK(series.columns() == 2 && series.inputs() == 2 && series.targets() == 1);
    const lstmts::series slice = series.slice(3, 4);
    CHECK(slice.rows() == 4 && slice.targets() == 1 && slice.data()[0] == rows[6]);
    const lstmts::series rounded = lstmts::series::from_double({0.1, 0.2, 0.3, 0.4}, 4);
    CHECK(rounded.rows() == 1 && rounded.data()[2] == static_cast<lstm_real>(0.3));
}

TEST(a_data_set_has_named_series_times_and_parts)
{
    const char *const names[] = {"load", "temperature"};
    const std::int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 2, options.names = names, options.roles = roles, options.n_static = 1;
    options.step_unit = LSTM_STEP_SECONDS, options.step = 3600;
    options.missing = LSTM_MISSING_FORWARD;
    lstmts::dataset data(options);
    data.add("meter 7", {1, 2, std::nanf(""), 4}, lstmts::utc_time(2024, 2, 29));
    data.add_double("meter 8", {0.1, 0.2});
    CHECK(data.series() == 2 && data.rows(0) == 2 && data.width() == 2);
    CHECK(data.find("meter 8") == 1 && data.find_column("temperature") == 1);
    CHECK(std::string(data.name(0)) == "meter 7" && data.role(1) == LSTM_ROLE_KNOWN);
    CHECK(data.data(0)[2] == 1 && !data.observed(0, 1, 0) && data.observed(0, 1, 1));
    data.append(0, {5, 6, 7, 8});
    data.set_future(0, {0, 9});
    CHECK(data.rows(0) == 4 && data.future_rows(0) == 1 && data.value(0, 4, 1) == 9);
    data.set_future(0, {});
    CHECK(data.future_rows(0) == 0);
    data.set_static(1, {3});
    CHECK(std::string(data.static_name(0)) == "0" && data.static_name(1) == nullptr);
    CHECK(data.static_values(0) == nullptr && data.static_values(1)[0] == 3);
    CHECK_THROWS(LSTM_E_SHAPE, "2 values for 1", data.set_static(1, {3, 4}));
    CHECK_THROWS(LSTM_E_SHAPE, "3 values", data.append(0, {1, 2, 3}));
    data.add_calendar(LSTM_CALENDAR_HOUR | LSTM_CALENDAR_HOLIDAY, {lstmts::utc_time(2024, 2, 29)});
    CHECK(data.columns() == 5 && data.inputs() == 5 && data.targets() == 1);
    CHECK(std::string(data.column_name(4)) == "holiday" && data.value(0, 23, 4) == 1);
    CHECK(data.value(0, 24, 4) == 0 && data.time(0, 1) == lstmts::utc_time(2024, 2, 29, 3600));
    data.split(0, 1, 3);
    CHECK(data.parts(0) == std::make_pair(std::int64_t{1}, std::int64_t{3}));
    data.split_fraction(0, .5, .25);
    CHECK(data.parts(0) == std::make_pair(std::int64_t{2}, std::int64_t{3}));
    data.split_time(LSTM_ALL_SERIES, data.time(0, 1), data.time(0, 2));
    CHECK(data.parts(0) == std::make_pair(std::int64_t{1}, std::int64_t{2}));
}

TEST(a_data_set_takes_arrays_and_doubles)
{
    const std::int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN}, days[] = {0, 2 * 86400};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 2, options.roles = roles, options.missing = LSTM_MISSING_FORWARD;
    options.step_unit = LSTM_STEP_SECONDS, options.step = 86400;
    lstmts::dataset data(options);
    const lstm_real rows[] = {1, 2, 3, 4};
    const double doubles[] = {.1, .2, .3, .4};
    data.add("a", rows, 2, 86400);
    data.add_double("b", doubles, 2, 0);
    data.add_times("c", days, rows, 2);
    data.add_times_double("d", days, doubles, 2);
    CHECK(data.rows(0) == 2 && data.time(0, 0) == 86400 && data.rows(2) == 3);
    CHECK(data.value(1, 1, 0) == static_cast<lstm_real>(.3));
    CHECK(data.value(3, 2, 1) == static_cast<lstm_real>(.4));
    data.append(0, rows + 2, 1);
    data.append_double(0, {.5, .6});
    CHECK(data.value(0, 2, 0) == 3 && data.value(0, 3, 0) == static_cast<lstm_real>(.5));
    data.set_future(0, rows, 2);
    CHECK(data.future_rows(0) == 2 && data.value(0, 5, 1) == 4);
    data.set_future_double(0, {.7, .8});
    CHECK(data.future_rows(0) == 1 && data.value(0, 4, 1) == static_cast<lstm_real>(.8));
    data.set_future(0, nullptr, 0);
    CHECK(data.future_rows(0) == 0);
    CHECK_THROWS(LSTM_E_NUMERIC, "row 4, column 0", data.append_double(0, {1e300, 1}));
    CHECK_THROWS(LSTM_E_SHAPE, "3 values", data.append_double(0, {1, 2, 3}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "rows is NULL", data.append(0, nullptr, 1));
    const lstmts::dataset moved = std::move(data);
    CHECK_THROWS(LSTM_E_ARGUMENT, "moved from", data.add("e", {1, 2}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "moved from", data.set_future(0, {1, 2}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", data.append(0, rows, 1));
    CHECK(moved.rows(0) == 4);
}

TEST(rows_with_times_lie_on_a_grid)
{
    const std::vector<std::int64_t> times = {lstmts::utc_time(2024, 1, 31),
                                             lstmts::utc_time(2024, 2, 29),
                                             lstmts::utc_time(2024, 4, 30)};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    std::tie(options.step_unit, options.step) = lstmts::find_step(times);
    options.n_column = 1, options.missing = LSTM_MISSING_FORWARD;
    CHECK(options.step_unit == LSTM_STEP_MONTHS && options.step == 1);
    lstmts::dataset data(options);
    data.add_times("a", times, {1, 2, 4});
    data.add_times_double("b", times, {.5, .25, .125});
    CHECK(data.rows(0) == 4 && data.value(0, 2, 0) == 2 && !data.observed(0, 2, 0));
    CHECK(data.rows(1) == 4 && data.value(1, 3, 0) == .125F && data.time(1, 3) == times[2]);
    CHECK_THROWS(LSTM_E_SHAPE, "3 times for 2 rows", data.add_times("c", times, {1, 2}));
    CHECK_THROWS(LSTM_E_SHAPE, "3 times for 1 rows", data.add_times_double("c", times, {1}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_row is 1", lstmts::find_step({0}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "a duplicate", lstmts::find_step({0, 0}));
    CHECK(data.series() == 2);
}

TEST(a_view_gives_an_iterator_its_windows)
{
    lstm_dataset_options of_data = LSTM_DATASET_OPTIONS_INIT;
    of_data.n_column = 1;
    lstmts::dataset data(of_data);
    data.add("a", {1, 2, 3, 4, 5, 6, 7, 8});
    lstm_view_options of_view = LSTM_VIEW_OPTIONS_INIT;
    of_view.segment_len = 2, of_view.context_len = 2, of_view.horizon = 2;
    of_view.base = LSTM_BASE_LAST;
    const lstmts::view view(data, of_view);
    CHECK(view.inputs() == 2 && view.targets() == 2 && view.windows() == 3);
    CHECK(view.skipped() == 0);
    CHECK(view.window_at(2).origin == 6 && view.window_at(2).series == 0);
    CHECK_THROWS(LSTM_E_ARGUMENT, "number is 3", view.window_at(3));
    lstmts::iter last(view, iter_options_of_view(), [](auto, auto n, auto *offsets, auto n_offset) {
        std::fill(offsets, offsets + n_offset, n - 1);
        return true;
    });
    std::vector<lstm_real> x, target;
    CHECK(last.next() == 1);
    last.read(x, target);
    CHECK((x == std::vector<lstm_real>{-3, -2, -1, 0, 1, 2}));
    CHECK((target == std::vector<lstm_real>{-1, 0, 1, 2, 0, 0}));
    CHECK((last.weights() == std::vector<lstm_real>{1, 1, 1, 1, 0, 0}));
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = sizes.n_output = 2, sizes.n_hidden = 3;
    const lstmts::model model(sizes);
    const std::vector<lstm_real> y = view.forecast(model, data, 0, {4, 8}, 3);
    CHECK(y.size() == 6 && view.forecast(model, data, 0, {8}, 1).at(0) == y.at(3));
    CHECK_THROWS(LSTM_E_SHAPE, "origin is 9", view.forecast(model, data, 0, {9}, 1));
    lstm_iter_options wrong = iter_options_of_view();
    wrong.pred = 1;
    CHECK_THROWS(LSTM_E_ARGUMENT, "pred is 1", lstmts::iter(view, wrong));
    of_view.base = 9;
    CHECK_THROWS(LSTM_E_ARGUMENT, "base is 9", lstmts::view(data, of_view));
}

TEST(an_iterator_of_a_context_and_a_horizon_reads_all_its_steps)
{
    const lstmts::series series(sine_rows(10), 2);
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.batch_size = 1, options.context_len = 3, options.horizon = 2;
    lstmts::iter iter(series, options);
    std::vector<lstm_real> x, target;
    iter.next();
    iter.read(x, target);
    CHECK(x.size() == 8 && target.size() == 8 && iter.weights() == std::vector<lstm_real>(8, 1));
}

TEST(a_model_is_read_written_cloned_and_kept_in_a_file)
{
    lstmts::model model(model_options());
    CHECK(model.inputs() == 2 && model.outputs() == 2 && model.layers() == 1);
    CHECK(model.parameters() == 7 && std::string(model.parameter(6).name) == "output.bias");
    CHECK_THROWS(LSTM_E_ARGUMENT, "7", model.parameter(7));
    const lstmts::model clone = model.clone();
    model.set_values("output.bias", {1, 2});
    CHECK((model.values("output.bias") == std::vector<lstm_real>{1, 2}));
    CHECK((clone.values("output.bias") == std::vector<lstm_real>{0, 0}));
    const std::string path = scratch_path();
    model.save(path);
    const lstmts::model loaded = lstmts::model::load(path);
    std::filesystem::remove(path);
    for (std::int64_t i = 0; i < model.parameters(); i++) {
        const std::string name = model.parameter(i).name;
        CHECK(loaded.values(name) == model.values(name));
    }
}

TEST(a_file_without_a_checksum_is_loaded_if_asked_for)
{
    const lstmts::model model(model_options());
    const std::string path = scratch_path();
    lstm_load_options unchecked = LSTM_LOAD_OPTIONS_INIT;
    unchecked.unchecked = 1;
    model.save(path);
    change(path, "\"checksum\"", "\"checksun\"");
    change(path, "\"format_version\":\"2\"", "\"format_version\":\"1\"");
    CHECK_THROWS(LSTM_E_CHECKSUM, "set `unchecked`", lstmts::model::load(path));
    const lstmts::model loaded = lstmts::model::load(path, unchecked);
    CHECK(loaded.values("input.weight") == model.values("input.weight"));
    unchecked.unchecked = 2;
    CHECK_THROWS(LSTM_E_ARGUMENT, "unchecked is 2", lstmts::model::load(path, unchecked));
    std::filesystem::remove(path);
}

TEST(a_state_stores_weights_as_its_options_say)
{
    lstmts::model model(model_options());
    lstm_state_options options = LSTM_STATE_OPTIONS_INIT;
    lstmts::state exact(model, 1), same(model, options);
    options.weights = LSTM_WEIGHTS_BFLOAT16;
    lstmts::state rounded(model, options);
    exact.step({1, 2});
    rounded.step({1, 2});
    CHECK(same.step({1, 2}).size() == 2 && same.values() == exact.values());
    CHECK(rounded.step({1, 2}) != exact.step({1, 2}));
    options.weights = 3;
    CHECK_THROWS(LSTM_E_ARGUMENT, "weights is 3", lstmts::state(model, options));
}

TEST(a_state_steps_copies_and_grows_stale)
{
    lstmts::model model(model_options());
    lstmts::state state(model, 2), other(model, 2);
    const std::vector<lstm_real> y = state.step({1, 2, 3, 4});
    CHECK(y.size() == 4 && state.values().size() == 20);
    CHECK_THROWS(LSTM_E_SHAPE, "3 values", state.step({1, 2, 3}));
    CHECK_THROWS(LSTM_E_NUMERIC, "stream 1, column 0", state.step({1, 2, std::nanf(""), 4}));
    other.copy_from(state);
    std::vector<lstm_real> in_place = {5, 6, 7, 8};
    other.step(in_place.data(), in_place.data());
    CHECK(state.step({5, 6, 7, 8}) == in_place);
    const std::vector<lstm_real> present = state.values();
    const std::vector<lstm_real> ahead = state.forecast(3);
    CHECK(ahead.size() == 12 && std::equal(in_place.begin(), in_place.end(), ahead.begin()));
    CHECK(state.values() == present);
    const std::vector<lstm_real> replayed = {1, 2, 3, 4, 5, 6, 7, 8};
    other.reset();
    other.warm(replayed.data(), 2);
    CHECK(other.values() == present);
    CHECK_THROWS(LSTM_E_ARGUMENT, "n is 0", state.forecast(0));
    state.reset();
    CHECK(state.values() == std::vector<lstm_real>(20) && state.step({1, 2, 3, 4}) == y);
    state.set_values(present);
    CHECK(state.values() == present);
    model.set_values("output.bias", {1, 2});
    CHECK_THROWS(LSTM_E_STALE, "", state.step({1, 2, 3, 4}));
}
