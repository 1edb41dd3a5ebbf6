// SPDX-License-Identifier: MIT
// Options and objects that most cases need.
#ifndef TESTS_CPP_TRAINING_HPP
#define TESTS_CPP_TRAINING_HPP

#include "cases.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

inline std::vector<lstm_real> sine_rows(int n_row)
{
    std::vector<lstm_real> rows;
    for (int i = 0; i < n_row; i++) {
        rows.push_back(static_cast<lstm_real>(0.8 * std::sin(0.25 * i)));
        rows.push_back(static_cast<lstm_real>(0.8 * std::cos(0.125 * i)));
    }
    return rows;
}

inline lstm_model_options model_options(std::int64_t n_hidden = 5)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = 2;
    options.n_hidden = n_hidden;
    options.seed = 7;
    return options;
}

inline lstm_iter_options iter_options(std::int64_t order = LSTM_ORDER_RANDOM)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = 6;
    options.batch_size = 4;
    options.order = order;
    options.seed = 3;
    return options;
}

inline lstm_trainer_options trainer_options(std::int64_t max_iteration)
{
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = max_iteration;
    return options;
}

/** Objects of most tests, in order of creation. */
struct training {
    lstmts::series series;
    lstmts::model model;
    lstmts::iter iter;
    lstmts::updater updater;

    explicit training(lstmts::sampler_function sampler = {},
                      lstm_iter_options options = iter_options())
        : series(sine_rows(40), 2), model(model_options()),
          iter(series, options, std::move(sampler)), updater(model, iter)
    {
    }
};

/** A series of one column, with a season of 4 rows. */
inline lstmts::dataset column_data(int n_row = 40)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 1;
    lstmts::dataset data(options);
    std::vector<lstm_real> rows;
    for (int i = 0; i < n_row; i++)
        rows.push_back(static_cast<lstm_real>(i % 4 + i * i % 7));
    data.add("series", rows);
    return data;
}

/** A new path for each call. */
inline std::filesystem::path scratch_path()
{
    return std::filesystem::temp_directory_path() / ("lstmts-cpp-" + std::to_string(std::rand()));
}

/** Replace the first `from` in a file by `to`, which has the same length. */
inline void change(const std::string &path, const std::string &from, const std::string &to)
{
    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const std::size_t at = bytes.find(from);
    CHECK(at != std::string::npos && from.size() == to.size());
    bytes.replace(at, from.size(), to);
    std::ofstream(path, std::ios::binary) << bytes;
}

#endif
