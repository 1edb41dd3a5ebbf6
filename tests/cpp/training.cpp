// SPDX-License-Identifier: MIT
// Iterators, updaters and trainers.
#include "training.hpp"

TEST(an_iterator_gives_its_batches_and_then_zero)
{
    const lstmts::series series(sine_rows(40), 2);
    lstmts::iter iter(series, iter_options(LSTM_ORDER_SEQUENTIAL));
    std::vector<lstm_real> x, target;
    std::int64_t seen = 0, n;
    CHECK(iter.windows() == 34);
    while ((n = iter.next()) > 0) {
        const std::vector<std::int64_t> offsets = iter.offsets();
        iter.read(x, target);
        CHECK(offsets.size() == static_cast<std::size_t>(n) && offsets[0] == seen);
        CHECK(x.size() == static_cast<std::size_t>(6 * n * 2) && target.size() == x.size());
        CHECK(x[0] == series.data()[2 * seen] && target[0] == series.data()[2 * seen + 2]);
        seen += n;
    }
    CHECK(seen == 34 && iter.iteration() == 9 && iter.epoch() == 1);
    const lstm_iter_position end = iter.position();
    iter.reset();
    CHECK(iter.next() == 4 && iter.offsets()[0] == 0);
    iter.set_position(end);
    CHECK(iter.next() == 0);
}

TEST(a_batch_of_another_size_that_an_updater_drew_is_not_read_into_too_small_a_buffer)
{
    training t({}, iter_options(LSTM_ORDER_SEQUENTIAL));
    std::vector<lstm_real> x, target;
    while (t.iter.next() == 4) {
    }
    t.iter.reset();
    CHECK(t.updater.update()); // 4 windows, while next() gave 2 at last
    CHECK_THROWS(LSTM_E_SHAPE, "4", t.iter.read(x, target));
}

TEST(an_updater_tells_what_it_computed)
{
    training t;
    CHECK(t.updater.backward());
    double sum = 0;
    for (double loss : t.updater.step_losses())
        sum += loss;
    CHECK(t.updater.step_losses().size() == 6);
    CHECK(std::fabs(sum - t.updater.info().loss) < 1e-9);
    CHECK(t.updater.gradient("lstm.0.weight_h").size() == 100);
    CHECK(t.updater.moment("m", "output.bias") == std::vector<lstm_real>(2));
    t.updater.apply();
    CHECK(t.updater.moment("m", "output.bias") != std::vector<lstm_real>(2));
    std::vector<lstm_real> y(8), state(40);
    std::int64_t target_step = -5;
    t.updater.output(t.updater.calls() - 1, y.data(), 8, &target_step);
    t.updater.state(state.data(), 40);
    CHECK(target_step == 5 && y != std::vector<lstm_real>(8) &&
          state != std::vector<lstm_real>(40));
}

TEST(a_trainer_reports_stops_and_continues)
{
    training t;
    int lines = 0;
    std::uint64_t last = 0;
    lstmts::trainer made(
        t.updater, trainer_options(8),
        [&lines](const char *line) { return line[0] == '{' && ++lines > 0; },
        [&last](const lstm_progress &progress) { return (last = progress.iteration) != 3; });
    lstmts::trainer trainer = std::move(made);
    CHECK(trainer.run() == LSTM_STOPPED && last == 3 && lines == 3);
    CHECK(trainer.run() == LSTM_OK && last == 8 && lines == 8);
    CHECK(trainer.progress().iteration == 8 && trainer.progress().fraction == 1);
    CHECK_THROWS(LSTM_E_ORDER, "", trainer.best());
}

TEST(a_trainer_resumes_from_its_folder_and_keeps_the_best_model)
{
    const std::filesystem::path folder = scratch_path();
    std::filesystem::create_directory(folder);
    const std::string name = folder.string(), elsewhere = (folder / "elsewhere").string();
    {
        training t, again, third;
        lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
        valid.window_len = 6;
        lstm_trainer_options options = trainer_options(6);
        options.folder = name.c_str();
        options.snapshot.every = options.validate.every = 3;
        options.valid = &valid;
        options.valid_series = t.series.get();
        {
            lstmts::trainer trainer(t.updater, options);
            CHECK(trainer.resume() == LSTM_END);
            CHECK(trainer.run() == LSTM_OK);
            CHECK(trainer.best().hidden() == 5);
            trainer.save(elsewhere);
            CHECK_THROWS(LSTM_E_LOCKED, name, lstmts::trainer(again.updater, options));
        }
        {
            lstmts::trainer damaged(again.updater, options);
            CHECK(damaged.resume() == LSTM_OK);
            change(name + "/snapshot_00000006.safetensors", "\"n_layer\"", "\"n_liars\"");
            CHECK(damaged.resume() == LSTM_RECOVERED && damaged.progress().iteration == 3);
            const std::string message = lstm_last_error();
            CHECK(message.find("resumed from iteration 3, passing over 1") == 0);
            change(name + "/snapshot_00000006.safetensors", "\"n_liars\"", "\"n_layer\"");
        }
        lstmts::trainer resumed(again.updater, options);
        options.folder = nullptr;
        options.snapshot.every = 0;
        lstmts::trainer copied(third.updater, options);
        CHECK(resumed.resume() == LSTM_OK);
        CHECK(copied.resume(elsewhere) == LSTM_OK);
        CHECK(resumed.progress().iteration == 6 && copied.progress().iteration == 6);
        CHECK(again.model.values("lstm.0.weight_x") == t.model.values("lstm.0.weight_x"));
        CHECK(third.model.values("lstm.0.weight_x") == t.model.values("lstm.0.weight_x"));
        CHECK_THROWS(LSTM_E_IO, "nothing", copied.resume(name + "/nothing"));
    }
    std::filesystem::remove_all(folder);
}

TEST(a_resume_with_other_kernels_returns_that_status)
{
    const std::filesystem::path folder = scratch_path();
    std::filesystem::create_directory(folder);
    const std::string name = folder.string(), elsewhere = (folder / "elsewhere").string();
    const char *before = std::getenv("LSTMTS_FOLD");
    const std::string kept = before == nullptr ? "" : before;
    setenv("LSTMTS_FOLD", "0", 1);
    training unfolded;
    setenv("LSTMTS_FOLD", "1", 1);
    training folded;
    if (before != nullptr)
        setenv("LSTMTS_FOLD", kept.c_str(), 1);
    else
        unsetenv("LSTMTS_FOLD");
    lstm_trainer_options options = trainer_options(3);
    options.folder = name.c_str();
    {
        lstmts::trainer trainer(unfolded.updater, options);
        CHECK(trainer.run() == LSTM_OK);
        trainer.save(elsewhere);
    }
    {
        lstmts::trainer trainer(folded.updater, options);
        CHECK(trainer.resume() == LSTM_OTHER_KERNELS);
        CHECK(trainer.resume(elsewhere) == LSTM_OTHER_KERNELS);
        CHECK(std::string(lstm_last_error()).find("folded") != std::string::npos);
        CHECK(trainer.progress().iteration == 3);
    }
    std::filesystem::remove_all(folder);
}
