/* SPDX-License-Identifier: MIT */
/* What the columns of a text table are. */
#ifndef TOOLS_TABLE_TEXT_LAYOUT_H
#define TOOLS_TABLE_TEXT_LAYOUT_H

#include "table/text/clock.h"
#include "table/text/dialect.h"

/** What a column of the file is. */
typedef enum table_use {
    TABLE_USE_VALUE, /**< numbers                                     */
    TABLE_USE_TIME,  /**< the time of the row                         */
    TABLE_USE_CLOCK, /**< the time of day beside a column of dates    */
    TABLE_USE_ID,    /**< the series of the row                       */
    TABLE_USE_PART,  /**< a part of the time: its year, month, ...    */
    TABLE_USE_SKIP,  /**< not read                                    */
} table_use;

/** Parts of a time, in the order of table_layout.parts. */
typedef enum table_part {
    TABLE_PART_YEAR,
    TABLE_PART_MONTH, /**< or the quarter */
    TABLE_PART_DAY,
    TABLE_PART_HOUR,
    TABLE_PART_MINUTE,
} table_part;

typedef struct table_field {
    table_use use;
    int64_t number; /**< of a value: its column in the table; of a part: table_part       */
    char *name;     /**< its header, or its number in the file                            */
} table_field;

typedef struct table_layout {
    table_field *fields; /**< [n_field] */
    int64_t n_field, n_value;
    int64_t first_row;   /**< of the sample that has data: 1 with a header                    */
    int64_t time_field;  /**< -1 = none                                                       */
    int64_t clock_field; /**< the time of day beside time_field; -1 = none                   */
    int64_t id_field;    /**< -1 = the table is wide                                          */
    int64_t n_part;      /**< 0 = the time is in one column                                   */
    bool has_quarters;
    table_clock clock;
} table_layout;

/**
 * Find out what the columns are.
 *
 * Header: the first row, if none of its cells is a number or a time. Time: the column of the
 * options; else the first with a usual name (ds, date, datetime, timestamp, time, period, unix,
 * epoch) and times in more than half of its cells in the sample; else the first with times that are
 * not plain numbers; else columns named year and quarter or month (and day, hour, minute); else a
 * column named year; else a first column of rising Unix times. Beside dates without a time of day,
 * a column named time, or without a header the next one, may have it. The column of the options, or
 * one named ds, that counts the rows is left out with a remark, and there are no times. Ids: a column named
 * unique_id, item_id, series_id or ts_id. Values: the columns of the options; else all others that
 * have numbers or nothing in the sample. Text is left out with a remark.
 *
 * @param[out] layout   close it in any case
 * @return LSTM_OK; LSTM_E_FORMAT; LSTM_E_ARGUMENT if the options name a column that is not there;
 *         LSTM_E_NOMEM.
 */
lstm_status table_layout_find(table_layout *layout, const table_sample *sample,
                              const table_dialect *dialect, const table_options *options,
                              table_remarks *remarks, table_error *error);

void table_layout_close(table_layout *layout);

/** Find the column of the time: table_layout.time_field, parts and clock. layout_time.c. */
lstm_status table_layout_find_time(table_layout *layout, const table_sample *sample,
                                   const table_options *options, table_remarks *remarks,
                                   table_error *error);

/** The field with a name or number. @return -1 if there is none. */
int64_t table_layout_field(const table_layout *layout, const char *name);

/** Whether the name of a field is one of a list, in any case of letters. */
bool table_layout_named(const table_field *field, const char *const *names, int64_t n);

#endif
