/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/dataset.hpp
 * Many series with the same named columns; see dataset.h and times.h.
 */
#ifndef LSTMTS_CPP_DATASET_HPP
#define LSTMTS_CPP_DATASET_HPP

#include <lstmts/cpp/object.hpp>
#include <lstmts/cpp/vectors.hpp>
#include <lstmts/dataset.h>
#include <lstmts/times.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lstmts
{

/** Many series with the same named columns; see dataset.h. */
class dataset : public detail::object<lstm_dataset, lstm_dataset_free>
{
public:
    explicit dataset(const lstm_dataset_options &options)
    {
        hold(detail::make(lstm_dataset_new, &options));
    }
    /** Owns a data set that was made in C. */
    explicit dataset(lstm_dataset *made) noexcept : object(made) {}
    /** rows [size / width(), width()]. LSTM_E_SHAPE unless they form whole rows. */
    void add(const std::string &name, const std::vector<lstm_real> &rows, std::int64_t start = 0)
    {
        add(name, rows.data(), rows_of(rows), start);
    }
    /** rows [n_row, width()] */
    void add(const std::string &name, const lstm_real *rows, std::int64_t n_row, std::int64_t start)
    {
        detail::check(lstm_dataset_add(get(), name.c_str(), rows, n_row, start));
    }
    /** As add(), from doubles, which are rounded. */
    void add_double(const std::string &name, const std::vector<double> &rows,
                    std::int64_t start = 0)
    {
        add_double(name, rows.data(), rows_of(rows), start);
    }
    void add_double(const std::string &name, const double *rows, std::int64_t n_row,
                    std::int64_t start)
    {
        detail::check(lstm_dataset_add_double(get(), name.c_str(), rows, n_row, start));
    }
    /** As add(), with a time for each row. LSTM_E_SHAPE unless there are as many times as rows. */
    void add_times(const std::string &name, const std::vector<std::int64_t> &times,
                   const std::vector<lstm_real> &rows)
    {
        add_times(name, times.data(), rows.data(), timed_rows(times, rows));
    }
    /** times [n_row], rows [n_row, width()] */
    void add_times(const std::string &name, const std::int64_t *times, const lstm_real *rows,
                   std::int64_t n_row)
    {
        detail::check(lstm_dataset_add_times(get(), name.c_str(), times, rows, n_row));
    }
    /** As add_times(), from doubles, which are rounded. */
    void add_times_double(const std::string &name, const std::vector<std::int64_t> &times,
                          const std::vector<double> &rows)
    {
        add_times_double(name, times.data(), rows.data(), timed_rows(times, rows));
    }
    void add_times_double(const std::string &name, const std::int64_t *times, const double *rows,
                          std::int64_t n_row)
    {
        detail::check(lstm_dataset_add_times_double(get(), name.c_str(), times, rows, n_row));
    }
    void append(std::int64_t series, const std::vector<lstm_real> &rows)
    {
        append(series, rows.data(), rows_of(rows));
    }
    /** rows [n_row, width()] */
    void append(std::int64_t series, const lstm_real *rows, std::int64_t n_row)
    {
        detail::check(lstm_dataset_append(get(), series, rows, n_row));
    }
    /** As append(), from doubles, which are rounded. */
    void append_double(std::int64_t series, const std::vector<double> &rows)
    {
        append(series, detail::rounded(rows));
    }
    /** No rows remove the future rows. */
    void set_future(std::int64_t series, const std::vector<lstm_real> &rows)
    {
        set_future(series, rows.data(), rows.empty() ? 0 : rows_of(rows));
    }
    /** rows [n_row, width()] */
    void set_future(std::int64_t series, const lstm_real *rows, std::int64_t n_row)
    {
        detail::check(lstm_dataset_set_future(get(), series, rows, n_row));
    }
    /** As set_future(), from doubles, which are rounded. */
    void set_future_double(std::int64_t series, const std::vector<double> &rows)
    {
        set_future(series, detail::rounded(rows));
    }
    /** LSTM_E_SHAPE unless there are n_static values. */
    void set_static(std::int64_t series, const std::vector<lstm_real> &values)
    {
        if (get() != nullptr && detail::count(values) != statics())
            throw error(LSTM_E_SHAPE, std::to_string(values.size()) + " values for " +
                                          std::to_string(statics()) + " static features");
        detail::check(lstm_dataset_set_static(get(), series, values.data()));
    }
    void add_calendar(std::int64_t features, const std::vector<std::int64_t> &holidays = {})
    {
        detail::check(
            lstm_dataset_add_calendar(get(), features, holidays.data(), detail::count(holidays)));
    }
    void split(std::int64_t series, std::int64_t train_end, std::int64_t valid_end)
    {
        detail::check(lstm_dataset_split(get(), series, train_end, valid_end));
    }
    void split_fraction(std::int64_t series, double train, double valid)
    {
        detail::check(lstm_dataset_split_fraction(get(), series, train, valid));
    }
    void split_time(std::int64_t series, std::int64_t train_end, std::int64_t valid_end)
    {
        detail::check(lstm_dataset_split_time(get(), series, train_end, valid_end));
    }
    /** Ends of the training and of the validation part. */
    std::pair<std::int64_t, std::int64_t> parts(std::int64_t series) const
    {
        std::pair<std::int64_t, std::int64_t> ends;
        detail::check(lstm_dataset_parts(get(), series, &ends.first, &ends.second));
        return ends;
    }
    std::int64_t series() const noexcept { return lstm_dataset_series(get()); }
    std::int64_t columns() const noexcept { return lstm_dataset_columns(get()); }
    std::int64_t width() const noexcept { return lstm_dataset_width(get()); }
    std::int64_t statics() const noexcept { return lstm_dataset_statics(get()); }
    std::int64_t inputs() const noexcept { return lstm_dataset_inputs(get()); }
    std::int64_t targets() const noexcept { return lstm_dataset_targets(get()); }
    /** NULL if there is no such series; valid until a series is added. */
    const char *name(std::int64_t series) const noexcept
    {
        return lstm_dataset_name(get(), series);
    }
    std::int64_t find(const std::string &name) const noexcept
    {
        return lstm_dataset_find(get(), name.c_str());
    }
    const char *column_name(std::int64_t column) const noexcept
    {
        return lstm_dataset_column_name(get(), column);
    }
    const char *static_name(std::int64_t number) const noexcept
    {
        return lstm_dataset_static_name(get(), number);
    }
    std::int64_t find_column(const std::string &name) const noexcept
    {
        return lstm_dataset_find_column(get(), name.c_str());
    }
    std::int64_t role(std::int64_t column) const noexcept
    {
        return lstm_dataset_role(get(), column);
    }
    std::int64_t rows(std::int64_t series) const noexcept
    {
        return lstm_dataset_rows(get(), series);
    }
    std::int64_t future_rows(std::int64_t series) const noexcept
    {
        return lstm_dataset_future_rows(get(), series);
    }
    /** [rows() + future_rows(), width()]; valid until rows of the series are appended or set. */
    const lstm_real *data(std::int64_t series) const noexcept
    {
        return lstm_dataset_data(get(), series);
    }
    const lstm_real *static_values(std::int64_t series) const noexcept
    {
        return lstm_dataset_static(get(), series);
    }
    lstm_real value(std::int64_t series, std::int64_t row, std::int64_t column) const
    {
        lstm_real value = 0;
        detail::check(lstm_dataset_value(get(), series, row, column, &value));
        return value;
    }
    bool observed(std::int64_t series, std::int64_t row, std::int64_t column) const noexcept
    {
        return lstm_dataset_observed(get(), series, row, column) != 0;
    }
    std::int64_t time(std::int64_t series, std::int64_t row) const
    {
        std::int64_t time = 0;
        detail::check(lstm_dataset_time(get(), series, row, &time));
        return time;
    }

private:
    template <class T> std::int64_t rows_of(const std::vector<T> &rows) const
    {
        if (get() == nullptr)
            throw error(LSTM_E_ARGUMENT, "the data set was moved from");
        return detail::rows_of(rows, width());
    }
    template <class T>
    std::int64_t timed_rows(const std::vector<std::int64_t> &times,
                            const std::vector<T> &rows) const
    {
        const std::int64_t n_row = rows_of(rows);
        if (n_row != detail::count(times))
            throw error(LSTM_E_SHAPE, std::to_string(times.size()) + " times for " +
                                          std::to_string(n_row) + " rows");
        return n_row;
    }
};

/** The time of a date; see lstm_utc_time(). */
inline std::int64_t utc_time(std::int64_t year, std::int64_t month, std::int64_t day,
                             std::int64_t second = 0)
{
    std::int64_t time = 0;
    detail::check(lstm_utc_time(&time, year, month, day, second));
    return time;
}

/** The unit (lstm_step_unit) and the step of times; see lstm_find_step(). */
inline std::pair<std::int64_t, std::int64_t> find_step(const std::vector<std::int64_t> &times)
{
    std::pair<std::int64_t, std::int64_t> found;
    detail::check(
        lstm_find_step(detail::data_of(times), detail::count(times), &found.first, &found.second));
    return found;
}

} // namespace lstmts

#endif
