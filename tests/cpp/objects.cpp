// SPDX-License-Identifier: MIT
// What all objects share: moves, assignment, lifetimes.
#include "training.hpp"

#include <stdexcept>
#include <type_traits>

template <class T>
constexpr bool moves_only =
    std::is_nothrow_move_constructible_v<T> &&std::is_nothrow_move_assignable_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(moves_only<lstmts::series> && moves_only<lstmts::model> &&
              moves_only<lstmts::state> && moves_only<lstmts::iter> &&
              moves_only<lstmts::updater> && moves_only<lstmts::trainer> &&
              moves_only<lstmts::method> && moves_only<lstmts::ensemble> &&
              moves_only<lstmts::interval> && moves_only<lstmts::interval_backtest>);
static_assert(std::is_base_of_v<std::runtime_error, lstmts::error>);

/** Whether a T can be constructed from such arguments; a plain type means a temporary. */
template <class T, class... Arguments>
constexpr bool made_from = std::is_constructible_v<T, Arguments...>;
static_assert(made_from<lstmts::state, lstmts::model &> &&
              made_from<lstmts::state, const lstmts::model &, std::int64_t> &&
              !made_from<lstmts::state, lstmts::model> &&
              !made_from<lstmts::state, const lstmts::model> &&
              !made_from<lstmts::state, lstmts::model, std::int64_t>);
static_assert(
    made_from<lstmts::iter, const lstmts::series &, lstm_iter_options> &&
    !made_from<lstmts::iter, lstmts::series, lstm_iter_options> &&
    !made_from<lstmts::iter, const lstmts::series, lstm_iter_options> &&
    !made_from<lstmts::iter, lstmts::series, lstm_iter_options, lstmts::sampler_function>);
static_assert(made_from<lstmts::updater, lstmts::model &, lstmts::iter &> &&
              !made_from<lstmts::updater, lstmts::model, lstmts::iter &> &&
              !made_from<lstmts::updater, lstmts::model &, lstmts::iter>);
static_assert(made_from<lstmts::trainer, lstmts::updater &, lstm_trainer_options> &&
              !made_from<lstmts::trainer, lstmts::updater, lstm_trainer_options>);
static_assert(made_from<lstmts::method, lstmts::forecaster &, const char *> &&
              !made_from<lstmts::method, lstmts::forecaster, const char *>);
using listed_method = lstmts::method_list::value_type;
static_assert(std::is_convertible_v<lstmts::method &, listed_method> &&
              std::is_convertible_v<lstmts::ensemble &, listed_method> &&
              !std::is_convertible_v<lstmts::method, listed_method> &&
              !std::is_convertible_v<lstmts::ensemble, listed_method>);
static_assert(made_from<lstmts::stream, const lstmts::forecaster &> &&
              !made_from<lstmts::stream, const lstmts::forecaster &, int, int>);

TEST(a_training_gives_the_bits_that_c_gives)
{
    training cpp;
    lstm_model *model = nullptr;
    lstm_iter *iter = nullptr;
    lstm_updater *updater = nullptr;
    const lstm_model_options sizes = model_options();
    const lstm_iter_options windows = iter_options();
    CHECK(lstm_model_new(&model, &sizes) == LSTM_OK);
    CHECK(lstm_iter_new(&iter, cpp.series.get(), &windows) == LSTM_OK);
    CHECK(lstm_updater_new(&updater, model, iter, nullptr) == LSTM_OK);
    for (int i = 0; i < 20; i++) {
        CHECK(cpp.updater.update());
        CHECK(lstm_updater_update(updater) == LSTM_OK);
    }
    std::vector<lstm_real> bias(20);
    CHECK(lstm_model_get(model, "lstm.0.bias", bias.data(), 20) == LSTM_OK);
    CHECK(cpp.model.values("lstm.0.bias") == bias);
    CHECK(cpp.updater.info().iteration == 20);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
}

TEST(what_was_moved_from_is_empty_and_refuses)
{
    training t;
    lstmts::state state(t.model);
    lstmts::trainer trainer(t.updater, trainer_options(1));
    const lstmts::series series_now = std::move(t.series);
    const lstmts::model model_now = std::move(t.model);
    lstmts::iter iter_now = std::move(t.iter);
    lstmts::updater updater_now = std::move(t.updater);
    const lstmts::state state_now = std::move(state);
    const lstmts::trainer trainer_now = std::move(trainer);
    CHECK(series_now.rows() == 40 && t.series.get() == nullptr && t.series.rows() == 0);
    CHECK(model_now.hidden() == 5 && t.model.get() == nullptr && t.model.hidden() == 0);
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.series.slice(0, 1));
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.model.clone());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", state.step({1, 2}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.iter.next());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.updater.update());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", trainer.run());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", lstmts::updater(t.model, iter_now));
    trainer.stop();
    CHECK(updater_now.update()); // its series, model and iterator have moved
    CHECK(iter_now.iteration() == 1);
}

TEST(assigning_frees_what_was_held)
{
    lstmts::model model(model_options());
    const long one = live_blocks;
    model = lstmts::model(model_options(9));
    CHECK(live_blocks == one && model.hidden() == 9);
    lstmts::series series(sine_rows(4), 2);
    series = series.slice(1, 2);
    CHECK(series.rows() == 2);
}

namespace
{

/** A program's struct, which does not define the order in which its members are freed. */
struct application {
    lstmts::series series;
    lstmts::model model;
    lstmts::iter iter;
    lstmts::updater updater;
    lstmts::trainer trainer;
    lstmts::state state;

    explicit application(std::int64_t n_hidden)
        : series(sine_rows(40), 2), model(model_options(n_hidden)), iter(series, iter_options()),
          updater(model, iter), trainer(updater, trainer_options(3)), state(model)
    {
        state.step({1, 2});
    }
};

} // namespace

TEST(whole_structs_of_members_move_and_are_assigned)
{
    application now(5), next(9);
    const std::vector<lstm_real> expected = next.state.values();
    now = std::move(next); // member by member: the old series goes first, the old state last
    CHECK(now.model.hidden() == 9 && now.state.values() == expected);
    CHECK(now.trainer.run() == LSTM_OK && now.iter.iteration() == 3);
    now.state.reset();
    CHECK(now.state.step({1, 2}).size() == 2);
    next = application(7);
    std::swap(now, next);
    CHECK(now.model.hidden() == 7 && next.model.hidden() == 9);
    CHECK(now.trainer.run() == LSTM_OK && next.trainer.progress().iteration == 3);
}

TEST(the_library_has_a_version_and_devices)
{
    CHECK(lstmts::version() == LSTM_VERSION_STRING);
    const std::vector<lstm_device_info> devices = lstmts::devices();
    CHECK(!devices.empty() && std::string(devices[0].name) == "cpu");
    CHECK(devices[0].description[0] != '\0' && devices[0].memory == 0);
}
