// SPDX-License-Identifier: MIT
// A service that forecasts a load of the next 24 hours while its model is replaced:
//
//     serve [UPDATES]
//
// Three threads forecast. A request brings its latest rows, so that requests share only the model.
// After each week the first thread clones the model, continues its fit with the new rows, saves it,
// and puts it in place of the old one, which is freed after its last request.
#include <lstmts/lstmts.hpp>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

using model_ptr = std::shared_ptr<const lstmts::forecaster>;
constexpr std::int64_t week = 168, first_weeks = 8, last_week = 11;

// Rows [from, to) of the load, by hour, in place of a database: days, weekends and some noise.
static std::vector<float> load(std::int64_t from, std::int64_t to)
{
    std::vector<float> rows;
    for (std::int64_t t = from; t < to; t++) {
        const double x = double(t), weekend = t % week < 120 ? 0 : -8;
        rows.push_back(float(50 + 10 * std::sin(x * 0.2618) + weekend + 2 * std::sin(x * x)));
    }
    return rows;
}

static void add_load(lstmts::dataset &data, std::int64_t from, std::int64_t to)
{
    data.add("load", load(from, to), lstmts::utc_time(2026, 1, 5) + 3600 * from);
}

// What the threads share. A request keeps the model with which it began.
struct service {
    std::mutex mutex;
    model_ptr model;
    std::atomic<long> weeks{first_weeks}, requests{0}, failures{0};

    model_ptr current()
    {
        const std::lock_guard<std::mutex> lock(mutex);
        return model;
    }
};

// The 24 hours from `now` on.
static std::vector<float> forecast(const lstmts::forecaster &model, std::int64_t now)
{
    lstmts::dataset request = model.frame(); // empty, with the columns of the model
    add_load(request, now - 2 * week, now);
    return model.predict(request, 0);
}

// Serves requests. One that fails does not end the service.
static void serve(service &shared)
{
    for (std::int64_t i = 0; shared.weeks < last_week; i++, shared.requests++)
        try {
            forecast(*shared.current(), shared.weeks * week + i % week);
        } catch (const std::exception &error) {
            std::fprintf(stderr, "serve: %s\n", error.what());
            shared.failures++;
        }
}

// A new model each week. If one cannot be made, the old one serves on.
static void improve(service &shared, std::int64_t updates)
{
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    options.n_update = updates;
    for (; shared.weeks < last_week; shared.weeks++)
        try {
            auto next = std::make_shared<lstmts::forecaster>(shared.current()->clone());
            lstmts::dataset rows = next->frame();
            add_load(rows, 0, (shared.weeks + 1) * week);
            static_cast<void>(next->continue_fit(rows, options)); // which nobody cancels
            next->save("serve.safetensors");                      // for load() after a restart
            model_ptr in_use = std::move(next);
            const std::lock_guard<std::mutex> lock(shared.mutex);
            shared.model.swap(in_use);
        } catch (const std::exception &error) {
            std::fprintf(stderr, "serve: %s\n", error.what());
            shared.failures++;
        }
}

int main(int argc, char **argv)
try {
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = 1, columns.step_unit = LSTM_STEP_SECONDS, columns.step = 3600;
    lstmts::dataset rows(columns);
    add_load(rows, 0, first_weeks * week);
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.n_update = argc > 1 ? std::stoll(argv[1]) : 150;
    options.horizon = 24, options.n_network = 1;
    auto first = std::make_shared<lstmts::forecaster>(options);
    static_cast<void>(first->fit(rows)); // nobody cancels it
    service shared;
    shared.model = std::move(first);
    std::thread threads[3];
    for (std::thread &thread : threads)
        thread = std::thread(serve, std::ref(shared));
    improve(shared, options.n_update);
    for (std::thread &thread : threads)
        thread.join();
    const std::int64_t now = last_week * week;
    const std::vector<float> next = forecast(*shared.current(), now), truth = load(now, now + 24);
    std::printf("%ld requests\nhour  forecast    true\n", shared.requests.load());
    for (std::size_t h = 0; h < 24; h += 4)
        std::printf("%4zu %9.1f %7.1f\n", h, next[h], truth[h]);
    return shared.failures > 0;
} catch (const std::exception &error) {
    std::fprintf(stderr, "serve: %s\n", error.what());
    return 1;
}
