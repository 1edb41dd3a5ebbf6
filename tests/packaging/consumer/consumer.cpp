/* SPDX-License-Identifier: MIT */
/*
 * A user's C++ program: it sees only the installed headers and library. It checks that a zero
 * model returns its bias, that training lowers the loss, that a file gives the model back, and that
 * a failure throws. Its exit code is 0 if all is right.
 */
#include <cmath>
#include <cstdio>
#include <lstmts/lstmts.hpp>

static int failures;

static void check(bool right, const char *what)
{
    if (!right) {
        std::fprintf(stderr, "consumer: %s\n", what);
        failures++;
    }
}

static lstmts::model new_model(std::int64_t n_hidden)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = 1;
    options.n_hidden = n_hidden;
    return lstmts::model(options);
}

static void a_zero_model_returns_its_bias()
{
    lstmts::model model = new_model(3);
    model.set_values("output.weight", {0, 0, 0});
    model.set_values("output.bias", {0.625f});
    lstmts::state state(model);
    check(state.step({0.5f}) == std::vector<float>{0.625f}, "the output is not the bias");
}

static void training_lowers_the_loss()
{
    std::vector<double> rows;
    for (int i = 0; i < 100; i++)
        rows.push_back(std::sin(0.3 * i));
    lstmts::series series = lstmts::series::from_double(rows, 1);
    lstmts::model model = new_model(16);
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    windows.window_len = 10;
    lstmts::iter iter(series, windows);
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.support_len = LSTM_TEACHER_FORCED;
    lstmts::updater updater(model, iter, options);

    check(updater.update(), "there is no first update");
    double first = updater.info().loss;
    for (int i = 1; i < 200; i++)
        check(updater.update(), "an update is missing");
    check(first > 0 && updater.info().loss < first / 4, "the loss did not fall to a quarter");

    model.save("consumer.safetensors");
    lstmts::model loaded = lstmts::model::load("consumer.safetensors");
    check(loaded.values("lstm.0.bias") == model.values("lstm.0.bias"), "the file differs");
    std::remove("consumer.safetensors");
}

static void a_failure_throws_its_status()
{
    try {
        new_model(-7);
        check(false, "-7 hidden units were not refused");
    } catch (const lstmts::error &error) {
        check(error.status() == LSTM_E_ARGUMENT, "not LSTM_E_ARGUMENT");
        check(std::string(error.what()).find("-7") != std::string::npos, "no -7 in the message");
    }
}

int main()
{
    a_zero_model_returns_its_bias();
    training_lowers_the_loss();
    a_failure_throws_its_status();
    if (failures == 0)
        std::printf("consumer of lstmts %s: right\n", lstm_version());
    return failures != 0;
}
