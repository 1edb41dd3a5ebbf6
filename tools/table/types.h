/* SPDX-License-Identifier: MIT */
/*
 * What tools/table reads: a table of numbers and times, how it was to be read, and what was found.
 *
 * Everything in this folder has the prefix table_ or TABLE_. The folder uses public headers of
 * lstmts only. Its objects belong to the thread that uses them; there is no global state.
 */
#ifndef TOOLS_TABLE_TYPES_H
#define TOOLS_TABLE_TYPES_H

#include <lstmts/dataset.h>
#include <lstmts/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TABLE_MESSAGE = 512,   /* bytes of a message with its 0                     */
    TABLE_MOST_PARTS = 5,  /* columns that make a time: year, month, day, ...   */
    TABLE_MOST_NAME = 255, /* bytes of a name, as in dataset.h                  */
};

/** The last error of a call. Messages are "NAME: line 7, column 3: ...". */
typedef struct table_error {
    lstm_status status;
    int64_t line;   /**< from 1; 0 = the error has no line (a file as a whole, NPY)         */
    int64_t column; /**< of the file, from 1; 0 = none                                      */
    char message[TABLE_MESSAGE];
    const char *source; /**< the name of the input, for messages                            */
    const char *option; /**< the field of table_options by which the table may be read; or NULL */
} table_error;

/** What a remark is about. */
typedef enum table_topic {
    TABLE_FORMAT,     /**< how the bytes were read: delimiter, header, gzip; the form of times  */
    TABLE_COLUMNS,    /**< which columns were left out, and why                                 */
    TABLE_ORDER,      /**< rows that were not in order of time                                  */
    TABLE_DUPLICATES, /**< rows with the same time                                              */
    TABLE_GAPS,       /**< times without a row                                                  */
    TABLE_CLOCK,      /**< daylight saving; offsets from UTC                                    */
    TABLE_STEP,       /**< the step between rows                                                */
} table_topic;

/** Something that the user should know, in a line of text. */
typedef struct table_remark {
    table_topic topic;
    int64_t count; /**< rows, gaps or columns concerned; 0 = does not apply                     */
    int64_t line;  /**< of the first of them in the file; 0 = none                              */
    char text[TABLE_MESSAGE];
} table_remark;

typedef struct table_remarks {
    table_remark *items;
    int64_t n, capacity;
} table_remarks;

/** What happens to times that are not regular. 0 is the default of each field. */
typedef enum table_policy {
    TABLE_DEFAULT = 0,
    TABLE_REFUSE, /**< an error with line and column                                           */
    TABLE_SORT,   /**< rows are sorted by time                                                 */
    TABLE_FILL,   /**< rows of missing values are inserted                                     */
    TABLE_FIRST,  /**< the first of several rows is kept                                       */
    TABLE_LAST,   /**< the last one                                                            */
    TABLE_MEAN,   /**< the mean of their values that are not missing                           */
} table_policy;

/** Whether the first row has names. */
typedef enum table_header {
    TABLE_HEADER_DETECT = 0, /**< it has if none of its cells is a number or a time             */
    TABLE_HEADER_YES,
    TABLE_HEADER_NO,
} table_header;

/** How to read. All 0 is the default. Strings are borrowed during the call. */
typedef struct table_options {
    char delimiter;            /**< 0 = one of , ; tab | is detected                             */
    char decimal;              /**< '.' or ','; 0 = detected                                     */
    table_header header;       /**< of a text table                                              */
    const char *missing;       /**< one more marker of missing values; NULL = none               */
    const char *time_column;   /**< name, or number from 1; "" = none; NULL = detected           */
    const char *time_format;   /**< as of strftime(), see date.h; NULL = detected                */
    const char *id_column;     /**< name or number of the series ids of a long table; "" = none  */
    const char *const *values; /**< [n_value] names or numbers; NULL = all columns of numbers   */
    int64_t n_value;
    table_policy disorder;   /**< SORT (default), REFUSE                                        */
    table_policy duplicates; /**< REFUSE (default), FIRST, LAST, MEAN                           */
    table_policy gaps;       /**< FILL (default), REFUSE                                        */
    table_policy clock_back; /**< of the hour that is there twice when clocks are set back: MEAN
                                  (default), FIRST, LAST, REFUSE                                */
    int64_t max_bytes;       /**< of the decompressed input; 0 = 2^33                           */
    int64_t max_record;      /**< bytes of a row of text; 0 = 2^24                              */
    int64_t max_columns;     /**< 0 = 10,000                                                    */
    int64_t max_values;      /**< of the result with inserted rows; 0 = 2^30                    */
} table_options;

/** The rows of a series: n_row rows from `first` on. */
typedef struct table_series {
    const char *name; /**< NULL in a wide table                                                 */
    int64_t first, n_row;
} table_series;

/** How the bytes were read. */
typedef struct table_form {
    bool npy, gzip;
    bool header, decimal_comma, bom; /**< of a text table                                       */
    char delimiter;                  /**< of a text table; 0 = it has a single column           */
    const char *times;               /**< "ISO 8601", "Unix milliseconds", ...; NULL = no times */
} table_form;

/**
 * A table of C = n_column columns. Series lie one after the other; each has its rows in order of
 * time, one per step if the step is known.
 */
typedef struct table_frame {
    int64_t n_column, n_row, n_series;
    char **names;         /**< [n_column] unique, UTF-8, 1 .. 255 bytes                         */
    double *values;       /**< [n_row, n_column]; NaN = missing, never infinite                 */
    int64_t *times;       /**< [n_row] seconds since 1970-01-01; NULL = no times                */
    table_series *series; /**< [n_series]; in a wide table one                                  */
    char *series_names;   /**< memory of their names                                            */
    char *time_name;      /**< name of the column of times; NULL if there is none, or several   */
    lstm_step_unit step_unit; /**< LSTM_STEP_ROWS if there are no times, or only one            */
    int64_t step;             /**< units from row to row; 0 with LSTM_STEP_ROWS                 */
    table_form form;
    table_remarks remarks;
} table_frame;

#endif
