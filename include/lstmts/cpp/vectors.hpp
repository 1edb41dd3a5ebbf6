/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/vectors.hpp
 * Internal: vectors in place of pointers and counts.
 */
#ifndef LSTMTS_CPP_VECTORS_HPP
#define LSTMTS_CPP_VECTORS_HPP

#include <lstmts/cpp/error.hpp>
#include <lstmts/model.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace lstmts
{

namespace detail
{

/**
 * [a, b, c], but at least one element, so that data() is not NULL. The C call checks a, b and c.
 */
template <class T>
std::vector<T> allocate_matrix(std::int64_t a, std::int64_t b = 1, std::int64_t c = 1)
{
    const auto failure = [a, b, c](lstm_status status) {
        return error(status, "an array of " + std::to_string(a) + " x " + std::to_string(b) +
                                 (c == 1 ? "" : " x " + std::to_string(c)));
    };
    const std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (a < 1 || b < 1 || c < 1)
        a = b = c = 1;
    if (a > most / b || a * b > most / c)
        throw failure(LSTM_E_LIMIT);
    try {
        return std::vector<T>(static_cast<std::size_t>(a * b * c));
    } catch (const std::length_error &) {
        throw failure(LSTM_E_LIMIT);
    } catch (const std::bad_alloc &) {
        throw failure(LSTM_E_NOMEM);
    }
}

template <class T> std::int64_t count(const std::vector<T> &values)
{
    return static_cast<std::int64_t>(values.size());
}

/** Not NULL if there are none, so that the C call names the count and not the pointer. */
template <class T> const T *data_of(const std::vector<T> &values)
{
    static const T none{};
    return values.empty() ? &none : values.data();
}

template <class T> std::int64_t rows_of(const std::vector<T> &values, std::int64_t n_column)
{
    if (values.empty() || n_column < 1 || count(values) % n_column != 0)
        throw error(LSTM_E_SHAPE, std::to_string(values.size()) + " values do not form rows of " +
                                      std::to_string(n_column) + " columns");
    return count(values) / n_column;
}

/** A value that is too large becomes infinite, which C refuses. */
inline std::vector<lstm_real> rounded(const std::vector<double> &values)
{
    std::vector<lstm_real> made;
    made.reserve(values.size());
    for (const double value : values)
        made.push_back(static_cast<lstm_real>(value));
    return made;
}

/** LSTM_E_SHAPE unless there are n values; `noun` names them. */
template <class T> void check_count(const std::vector<T> &values, std::int64_t n, const char *noun)
{
    if (count(values) != n)
        throw error(LSTM_E_SHAPE, std::to_string(values.size()) + " values are not the " +
                                      std::to_string(n) + " of " + noun);
}

/** Text from a call with a buffer, its size, and the length of the text. */
template <class Call> std::string text(Call call)
{
    std::int64_t length = 0;
    check(call(nullptr, 0, &length));
    std::vector<char> buffer = allocate_matrix<char>(length + 1);
    check(call(buffer.data(), length + 1, nullptr));
    return std::string(buffer.data(), static_cast<std::size_t>(length));
}

/** All elements of tensor `name`, by a function that copies them. */
template <class Copy>
std::vector<lstm_real> tensor(const lstm_model *model, const std::string &name, Copy copy)
{
    lstm_parameter_info info = {};
    for (std::int64_t i = 0;
         i < lstm_model_parameters(model) && name != (info.name ? info.name : ""); i++)
        check(lstm_model_parameter(model, i, &info));
    std::vector<lstm_real> values = allocate_matrix<lstm_real>(info.size);
    check(copy(name.c_str(), values.data(), count(values)));
    return values;
}

} // namespace detail

} // namespace lstmts

#endif
