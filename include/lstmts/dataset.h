/* SPDX-License-Identifier: MIT */
/**
 * @file dataset.h
 * lstm_dataset: one or many series with the same named columns, their times, missing values and
 * parts.
 *
 * Shapes: C stored columns, which are those of the options; after them the calendar columns of
 * lstm_dataset_add_calendar(), which are computed when they are read. Series, rows and columns are
 * counted from 0. Row r of a series is r steps after its start; rows from n_row on are the future.
 *
 * A value is missing if it is NaN; infinite values are refused. Rows are kept as one copy in the
 * units of the data, with one bit per value for series with filled values. Messages name the
 * series, the row and the column.
 */
#ifndef LSTMTS_DATASET_H
#define LSTMTS_DATASET_H

#include <lstmts/series.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A data set. Opaque.
 *
 * Thread-safety: any number of threads may read it. Functions that take a data set that is not
 * const need exclusive access.
 */
typedef struct lstm_dataset lstm_dataset;

/** In place of a series: all series of a data set. */
#define LSTM_ALL_SERIES (-1)

/** The unit of the time between two rows. */
typedef enum lstm_step_unit {
    LSTM_STEP_ROWS = 0,    /**< rows have no times (default)                                    */
    LSTM_STEP_SECONDS = 1, /**< a fixed number of seconds: 3600 is hourly, 86400 daily          */
    LSTM_STEP_MONTHS = 2,  /**< a number of months: 1 is monthly, 3 quarterly, 12 yearly. Rows
                                keep the start's time and day of the month; where a month is
                                shorter, its last day is taken: 31 January, 28 February, 31 March */
} lstm_step_unit;

/**
 * What happens to missing values.
 *
 * A gap at the start takes the first value after it, a gap at the end the last one before it,
 * unless SEASONAL finds a value. Filled targets are not scored, nor do they count in scales and
 * seasons. What this library forecasts from an origin within a gap reads values that are filled
 * without later rows.
 */
typedef enum lstm_missing {
    LSTM_MISSING_REFUSE = 0,   /**< LSTM_E_NUMERIC (default)                                    */
    LSTM_MISSING_FORWARD = 1,  /**< the last value before the gap                               */
    LSTM_MISSING_LINEAR = 2,   /**< the line between the values before and after the gap        */
    LSTM_MISSING_SEASONAL = 3, /**< the value one season before, which may be filled itself, or else
                                    one season after; or else as LINEAR                         */
    LSTM_MISSING_MASK = 4,     /**< stays NaN in targets: it is not scored, and as an input it is
                                    replaced by the network's own prediction. Covariates, which no
                                    network predicts, are filled as by FORWARD                  */
} lstm_missing;

/** Calendar columns; a sum of them chooses several. A sine and a cosine are two columns. */
typedef enum lstm_calendar {
    LSTM_CALENDAR_HOUR = 1,     /**< hour_sin, hour_cos: the time of the day                      */
    LSTM_CALENDAR_WEEKDAY = 2,  /**< weekday_sin, weekday_cos: 0 on Monday                        */
    LSTM_CALENDAR_YEARDAY = 4,  /**< yearday_sin, yearday_cos: the day in a year of 365 or 366    */
    LSTM_CALENDAR_MONTH = 8,    /**< month_sin, month_cos: 0 in January                           */
    LSTM_CALENDAR_WORKDAY = 16, /**< workday: 1 from Monday to Friday, except on holidays; else 0 */
    LSTM_CALENDAR_HOLIDAY = 32, /**< holiday: 1 on the days that the caller lists; else 0         */
} lstm_calendar;

/** Options of a data set. */
typedef struct lstm_dataset_options {
    uint64_t struct_size;     /**< set by LSTM_DATASET_OPTIONS_INIT                             */
    int64_t n_column;         /**< C, >= 1; required                                            */
    const char *const *names; /**< [C] unique, UTF-8, 1 .. 255 bytes without control characters;
                                   NULL, or NULL for one of them = "0", "1", ...                */
    const int64_t *roles;     /**< [C] lstm_role, of which one is a target; NULL = LSTM_ROLE_BOTH */
    int64_t step_unit;        /**< lstm_step_unit                                               */
    int64_t step;             /**< units from row to row, >= 1; 0 = 1                           */
    int64_t missing;          /**< lstm_missing                                                 */
    int64_t season_len;       /**< rows of a season, >= 1; required for LSTM_MISSING_SEASONAL,
                                   else without effect                                          */
    const char *const *static_names; /**< [n_static] as names                                   */
    int64_t n_static; /**< number of static features of a series, >= 0                  */
} lstm_dataset_options;

#define LSTM_DATASET_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(lstm_dataset_options), 0, 0, 0, 0, 0, 0, 0, 0, 0                                    \
    }

/**
 * Set options as LSTM_DATASET_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_options_init(lstm_dataset_options *options, uint64_t size);

/**
 * Create a data set without series.
 *
 * @param[out] dataset  free it with lstm_dataset_free().
 * @param options       copied.
 * @return LSTM_OK; LSTM_E_ARGUMENT (the message names the field); LSTM_E_OPTIONS; LSTM_E_LIMIT;
 *         LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_new(lstm_dataset **dataset, const lstm_dataset_options *options);

/**
 * Free a data set; NULL is allowed. No object that borrows it may be used afterwards.
 *
 * @since 0.1
 */
LSTM_API void lstm_dataset_free(lstm_dataset *dataset);

/**
 * Add a series. Its number is the number of series before it.
 *
 * @param name   unique, as the names of the columns; NULL = the number of the series.
 * @param rows   [n_row, C] row-major; NaN = missing; copied.
 * @param n_row  >= 1
 * @param start  time of row 0 in seconds since 1970-01-01 00:00:00 (lstm_utc_time()), in the years
 *               1 to 9999. With LSTM_STEP_ROWS it has no effect. Times have no zone: for calendar
 *               columns in local time, pass local times as if they were UTC.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC if a value is infinite, or missing under
 *         LSTM_MISSING_REFUSE, or a column that is to be filled has no value at all; LSTM_E_LIMIT
 *         if the size overflows or a row lies outside of the years 1 to 9999; LSTM_E_NOMEM. On
 *         failure the data set is unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_add(lstm_dataset *dataset, const char *name,
                                      const lstm_real *rows, int64_t n_row, int64_t start);

/**
 * Add a series from an array of doubles, each of which is rounded to lstm_real.
 *
 * @return as lstm_dataset_add(); LSTM_E_NUMERIC also if a value is too large for lstm_real.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_add_double(lstm_dataset *dataset, const char *name,
                                             const double *rows, int64_t n_row, int64_t start);

/**
 * Append rows to a series: new observations. They take the place of future rows. Afterwards missing
 * values are filled as if all rows had been added at once; parts that were set by a split keep
 * their ends.
 *
 * @param rows   [n_row, C]; copied.
 * @param n_row  >= 1
 * @return as lstm_dataset_add().
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_append(lstm_dataset *dataset, int64_t series,
                                         const lstm_real *rows, int64_t n_row);

/**
 * Set the rows after the last one, of which only the columns with LSTM_ROLE_KNOWN are read: a
 * forecast needs their true values. They replace earlier future rows. A missing value is refused or
 * filled as in any row; a forecast is refused if no value is in the future rows that it needs.
 *
 * @param rows   [n_row, C]; copied. NULL is allowed if n_row is 0.
 * @param n_row  >= 0; 0 removes the future rows.
 * @return as lstm_dataset_add(); LSTM_E_ARGUMENT also if no column of the options is known.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_set_future(lstm_dataset *dataset, int64_t series,
                                             const lstm_real *rows, int64_t n_row);

/**
 * Set the static features of a series.
 *
 * @param values  [n_static], finite; copied.
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if the data set has none; LSTM_E_NUMERIC.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_set_static(lstm_dataset *dataset, int64_t series,
                                             const lstm_real *values);

/**
 * Add columns with LSTM_ROLE_KNOWN that are computed from a row's time, after the stored columns
 * and in the order of lstm_calendar. They take no memory per row. Call it once, before other
 * objects use the data set.
 *
 * @param features   sum of lstm_calendar
 * @param holidays   [n_holiday] any time of each holiday, in seconds since 1970-01-01; copied. NULL
 *                   is allowed if n_holiday is 0.
 * @param n_holiday  >= 0; >= 1 for LSTM_CALENDAR_HOLIDAY
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if rows have no times or a column has the name of another;
 *         LSTM_E_ORDER if the data set has calendar columns already; LSTM_E_NOMEM. On failure the
 *         data set is unchanged.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_add_calendar(lstm_dataset *dataset, int64_t features,
                                               const int64_t *holidays, int64_t n_holiday);

/**
 * Split a series into parts by time: rows before train_end are the training part, those from there
 * to valid_end - 1 the validation part, the others the test part. A window belongs to the part that
 * has its targets; its context may reach into earlier parts. At first all rows, also those appended
 * later, are in the training part.
 *
 * @param series     its number, or LSTM_ALL_SERIES.
 * @param train_end  0 .. valid_end
 * @param valid_end  train_end .. number of rows
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE if a series has fewer rows. On failure no series
 *         is split.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_split(lstm_dataset *dataset, int64_t series, int64_t train_end,
                                        int64_t valid_end);
/**
 * Split by fractions of the rows of each series, rounded to whole rows.
 *
 * @param train  fraction of the training part, 0 .. 1
 * @param valid  fraction of the validation part; train + valid <= 1
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_split_fraction(lstm_dataset *dataset, int64_t series,
                                                 double train, double valid);
/**
 * Split by time: a row is in the training part if its time is before train_end, and else in the
 * validation part if it is before valid_end.
 *
 * @param train_end  seconds since 1970-01-01
 * @param valid_end  >= train_end
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if rows have no times.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_split_time(lstm_dataset *dataset, int64_t series,
                                             int64_t train_end, int64_t valid_end);
/**
 * Get where the parts of a series end.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_parts(const lstm_dataset *dataset, int64_t series,
                                        int64_t *train_end, int64_t *valid_end);
/**
 * Number of series; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_series(const lstm_dataset *dataset);
/**
 * Number of columns with those of the calendar; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_columns(const lstm_dataset *dataset);
/**
 * Number of stored columns, C; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_width(const lstm_dataset *dataset);
/**
 * Number of static features of a series; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_statics(const lstm_dataset *dataset);
/**
 * Number of columns that are inputs, with those of the calendar; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_inputs(const lstm_dataset *dataset);
/**
 * Number of columns that are targets; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_targets(const lstm_dataset *dataset);
/**
 * The name of a series, valid until a series is added or the data set is freed.
 *
 * @return the name; NULL if there is no such series.
 * @since 0.1
 */
LSTM_API const char *lstm_dataset_name(const lstm_dataset *dataset, int64_t series);
/**
 * The series with a name.
 *
 * @return its number; -1 if there is none.
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_find(const lstm_dataset *dataset, const char *name);
/**
 * The name of a column, valid until calendar columns are added or the data set is freed.
 *
 * @return the name; NULL if there is no such column.
 * @since 0.1
 */
LSTM_API const char *lstm_dataset_column_name(const lstm_dataset *dataset, int64_t column);
/**
 * The name of a static feature, valid until the data set is freed; NULL if there is no such number.
 *
 * @since 0.1
 */
LSTM_API const char *lstm_dataset_static_name(const lstm_dataset *dataset, int64_t number);
/**
 * The column with a name.
 *
 * @return its number; -1 if there is none.
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_find_column(const lstm_dataset *dataset, const char *name);
/**
 * The role of a column.
 *
 * @return lstm_role; -1 if there is no such column.
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_role(const lstm_dataset *dataset, int64_t column);
/**
 * Number of rows of a series, without future rows; 0 if there is no such series.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_rows(const lstm_dataset *dataset, int64_t series);
/**
 * Number of future rows of a series; 0 if there is no such series.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_dataset_future_rows(const lstm_dataset *dataset, int64_t series);
/**
 * The rows of a series with its future rows, [rows + future rows, C], filled. A value that stays
 * missing, or that is not known in a future row, is NaN. The data set owns the array; it is valid
 * until rows of the series are appended or set.
 *
 * @return the array; NULL if there is no such series.
 * @since 0.1
 */
LSTM_API const lstm_real *lstm_dataset_data(const lstm_dataset *dataset, int64_t series);
/**
 * The static features of a series, [n_static], valid until a series is added.
 *
 * @return the array; NULL if there is no such series, or none were set.
 * @since 0.1
 */
LSTM_API const lstm_real *lstm_dataset_static(const lstm_dataset *dataset, int64_t series);
/**
 * Get a value of any column.
 *
 * @param row     >= 0. Known columns have values in future rows, calendar columns in all rows.
 * @param column  0 .. number of columns - 1
 * @param[out] value  NaN if it stays missing
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE if the column does not have the row; LSTM_E_LIMIT
 *         as lstm_dataset_time().
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_value(const lstm_dataset *dataset, int64_t series, int64_t row,
                                        int64_t column, lstm_real *value);
/**
 * Whether a value was given, also in a future row: it is neither missing nor filled. 0 also if there
 * is no such value. Calendar columns are observed in every row that the series has.
 *
 * @return 1 or 0.
 * @since 0.1
 */
LSTM_API int lstm_dataset_observed(const lstm_dataset *dataset, int64_t series, int64_t row,
                                   int64_t column);
/**
 * Get the time of a row.
 *
 * @param row   >= 0; rows after the last one have times, too.
 * @param[out] time  seconds since 1970-01-01
 * @return LSTM_OK; LSTM_E_ARGUMENT, also if rows have no times; LSTM_E_LIMIT if it lies outside of
 *         the years 1 to 9999.
 * @since 0.1
 */
LSTM_API lstm_status lstm_dataset_time(const lstm_dataset *dataset, int64_t series, int64_t row,
                                       int64_t *time);

/**
 * The time of a date in the Gregorian calendar, for the start of a series, a split or a holiday.
 *
 * @param[out] time  seconds since 1970-01-01 00:00:00, with 86,400 per day
 * @param year    1 .. 9999
 * @param month   1 .. 12
 * @param day     1 .. number of days in the month
 * @param second  seconds since the day began, 0 .. 86399
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_utc_time(int64_t *time, int64_t year, int64_t month, int64_t day,
                                   int64_t second);

#ifdef __cplusplus
}
#endif

#endif
