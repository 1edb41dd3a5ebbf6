/* SPDX-License-Identifier: MIT */
/**
 * @file cpp/series.hpp
 * Rows of measurements; see series.h.
 */
#ifndef LSTMTS_CPP_SERIES_HPP
#define LSTMTS_CPP_SERIES_HPP

#include <lstmts/cpp/object.hpp>
#include <lstmts/cpp/vectors.hpp>
#include <lstmts/series.h>

#include <cstdint>
#include <vector>

namespace lstmts
{

/** Rows of measurements; see series.h. */
class series : public detail::object<lstm_series, lstm_series_free>
{
public:
    /** rows [n_row, n_column]; copied. */
    series(const lstm_real *rows, std::int64_t n_row, std::int64_t n_column)
    {
        hold(detail::make(lstm_series_new, rows, n_row, n_column));
    }
    /** rows [size / n_column, n_column]; copied. LSTM_E_SHAPE unless they form whole rows. */
    series(const std::vector<lstm_real> &rows, std::int64_t n_column)
        : series(rows.data(), detail::rows_of(rows, n_column), n_column)
    {
    }
    /** As the constructor, from doubles, which are rounded. */
    [[nodiscard]] static series from_double(const double *rows, std::int64_t n_row,
                                            std::int64_t n_column)
    {
        return series(detail::make(lstm_series_new_double, rows, n_row, n_column));
    }
    [[nodiscard]] static series from_double(const std::vector<double> &rows, std::int64_t n_column)
    {
        return from_double(rows.data(), detail::rows_of(rows, n_column), n_column);
    }
    /** A copy of rows first .. first + n_row - 1. */
    [[nodiscard]] series slice(std::int64_t first, std::int64_t n_row) const
    {
        return series(detail::make(lstm_series_slice, get(), first, n_row));
    }
    void set_role(std::int64_t column, std::int64_t role)
    {
        detail::check(lstm_series_set_role(get(), column, role));
    }
    std::int64_t rows() const noexcept { return lstm_series_rows(get()); }
    std::int64_t columns() const noexcept { return lstm_series_columns(get()); }
    std::int64_t inputs() const noexcept { return lstm_series_inputs(get()); }
    std::int64_t targets() const noexcept { return lstm_series_targets(get()); }
    /** [rows(), columns()], valid as long as the series. */
    const lstm_real *data() const noexcept { return lstm_series_data(get()); }

private:
    explicit series(lstm_series *made) noexcept : object(made) {}
};

} // namespace lstmts

#endif
