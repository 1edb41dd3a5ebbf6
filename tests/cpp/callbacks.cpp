// SPDX-License-Identifier: MIT
// Callbacks as std::function, and the exceptions that they throw.
#include "training.hpp"

#include <functional>
#include <memory>
#include <stdexcept>

TEST(a_sampler_lives_in_the_iterator_also_after_it_moved)
{
    const lstmts::series series(sine_rows(40), 2);
    std::uint64_t asked = 99;
    lstmts::iter made(series, iter_options(),
                      [&asked](std::uint64_t iteration, std::int64_t n_window,
                               std::int64_t *offsets, std::int64_t n_offset) {
                          asked = iteration;
                          for (std::int64_t b = 0; b < n_offset; b++)
                              offsets[b] = n_window - 1 - b;
                          return iteration < 2;
                      });
    lstmts::iter iter = std::move(made);
    CHECK(iter.next() == 4 && asked == 0);
    CHECK((iter.offsets() == std::vector<std::int64_t>{33, 32, 31, 30}));
    CHECK(iter.next() == 4 && iter.next() == 0 && asked == 2 && iter.iteration() == 2);
}

TEST(what_a_sampler_throws_is_rethrown_by_whoever_drew)
{
    bool angry = true;
    training t([&angry](std::uint64_t, std::int64_t, std::int64_t *offsets, std::int64_t n) {
        if (angry)
            throw std::domain_error("no windows today");
        for (std::int64_t b = 0; b < n; b++)
            offsets[b] = b;
        return true;
    });
    lstmts::trainer trainer(t.updater, trainer_options(5));
    int caught = 0;
    const auto catches = [&caught](const std::function<void()> &call) {
        try {
            call();
        } catch (const std::domain_error &error) {
            caught += std::string(error.what()) == "no windows today";
        }
    };
    catches([&] { return t.iter.next(); });
    catches([&] { return t.updater.update(); });
    catches([&] { return t.updater.backward(); });
    catches([&] { return trainer.run(); });
    CHECK(caught == 4 && t.iter.iteration() == 0);
    angry = false;
    CHECK(trainer.run() == LSTM_OK && t.iter.iteration() == 5);
}

TEST(an_iterator_that_cannot_be_made_frees_its_sampler)
{
    const lstmts::series series(sine_rows(4), 2);
    const auto kept = std::make_shared<int>(1);
    const auto sampler = [kept](std::uint64_t, std::int64_t, std::int64_t *, std::int64_t) {
        return *kept == 1;
    };
    CHECK_THROWS(LSTM_E_SHAPE, "6", lstmts::iter(series, iter_options(), sampler));
    CHECK(kept.use_count() == 2); // here, and in `sampler`
}

TEST(what_a_callback_of_a_trainer_throws_is_rethrown_by_run)
{
    training t;
    int failures = 0;
    lstmts::trainer trainer(
        t.updater, trainer_options(4),
        [&failures](const char *) {
            if (failures == 0)
                throw std::length_error("log");
            return true;
        },
        [&failures](const lstm_progress &) {
            if (failures == 1)
                throw 42;
            return true;
        });
    try {
        static_cast<void>(trainer.run());
    } catch (const std::length_error &) {
        failures++;
    }
    try {
        static_cast<void>(trainer.run());
    } catch (int number) {
        failures += number == 42;
    }
    CHECK(failures == 2 && trainer.progress().iteration == 2);
    CHECK(trainer.run() == LSTM_OK && trainer.progress().iteration == 4);
}

TEST(of_two_exceptions_in_one_call_the_first_is_rethrown)
{
    training t;
    int calls = 0;
    bool angry = true;
    const auto fail = [&](const char *text) {
        calls++;
        if (angry)
            throw std::runtime_error(text);
        return true;
    };
    lstmts::trainer trainer(
        t.updater, trainer_options(4), [&](const char *) { return fail("from the log"); },
        [&](const lstm_progress &) { return fail("from progress"); });
    std::string first;
    try {
        static_cast<void>(trainer.run());
    } catch (const std::runtime_error &error) {
        first = error.what();
    }
    CHECK(calls == 2 && first == "from the log");
    angry = false; // nothing is left of the second
    CHECK(trainer.run() == LSTM_OK && trainer.progress().iteration == 4);
}

/** A forecaster whose progress counts, and throws std::domain_error at the second call. */
static lstmts::forecaster angry_forecaster(int &calls)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = 2, options.use = LSTM_USE_NETWORKS, options.season_len = 4;
    options.n_network = 1, options.n_hidden = 2, options.n_update = 5, options.n_threads = 2;
    return lstmts::forecaster(options, [&calls](const lstm_fit_progress &progress) {
        if (++calls == 2)
            throw std::domain_error(progress.stage);
        return true;
    });
}

static lstmts::dataset split_data()
{
    lstmts::dataset data = column_data(60);
    data.split(0, 40, 50);
    return data;
}

TEST(what_the_progress_of_a_fit_throws_is_rethrown_by_it)
{
    const lstmts::dataset data = split_data();
    int calls = 0;
    lstmts::forecaster forecaster = angry_forecaster(calls);
    bool caught = false;
    try {
        static_cast<void>(forecaster.fit(data));
    } catch (const std::domain_error &error) {
        caught = error.what()[0] != '\0';
    }
    CHECK(caught && calls == 2 && forecaster.targets() == 0);
    lstmts::forecaster moved = std::move(forecaster);
    CHECK(moved.fit(data) == LSTM_OK && calls > 3);
    const int of_fit = calls;
    lstm_continue_options further = LSTM_CONTINUE_OPTIONS_INIT;
    further.n_update = 2;
    lstmts::forecaster clone = moved.clone();
    moved = angry_forecaster(calls);
    CHECK(clone.continue_fit(data, further) == LSTM_OK && calls > of_fit); // shared, still there
    CHECK(clone.continue_fit(data, further, [](const lstm_fit_progress &) { return false; }) ==
          LSTM_STOPPED);
    caught = false;
    try {
        const auto fails = [](const lstm_fit_progress &) -> bool { throw 42; };
        static_cast<void>(clone.continue_fit(data, further, fails));
    } catch (int number) {
        caught = number == 42;
    }
    CHECK(caught && clone.continue_fit(data, further) == LSTM_OK);
}

TEST(what_the_progress_of_a_fit_throws_passes_methods_and_backtests)
{
    const lstmts::dataset data = split_data();
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = 2, options.n_threads = 2;
    lstm_interval_options intervals = LSTM_INTERVAL_OPTIONS_INIT;
    int calls = 0, caught = 0;
    lstmts::forecaster forecaster = angry_forecaster(calls);
    lstmts::method method(forecaster, "mine");
    const auto catches = [&](const std::function<void()> &call) {
        calls = 0;
        try {
            call();
        } catch (const std::domain_error &) {
            caught++;
        }
    };
    catches([&] { method.fit(data); });
    catches([&] { lstmts::ensemble({method}).fit(data); });
    catches([&] { lstmts::backtest({method}, data, options); });
    catches([&] { lstmts::interval_backtest(method, data, intervals, options); });
    CHECK(caught == 4);
    method.fit(data);
    CHECK(method.predict(data, 0, 60, 2).size() == 2);
}
