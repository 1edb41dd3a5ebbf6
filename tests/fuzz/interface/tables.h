/* SPDX-License-Identifier: MIT */
/* The objects of fuzz_tables.c: data sets, and what views, judges and forecasts them. */
#ifndef TESTS_FUZZ_TABLES_H
#define TESTS_FUZZ_TABLES_H

#include "world.h"

enum {
    TABLE_ROWS = 48,
    SPARE_ROWS = 20,
    TABLE_COLUMNS = 3,
    N_METHOD = 4,
    MOST_STEPS = 8,
    MOST_TABLE_LEVELS = 3
};

typedef struct tables {
    lstm_dataset *datasets[2];
    lstm_view *view; /**< borrows datasets[0], iter borrows view */
    lstm_iter *iter;
    lstm_method *methods[N_METHOD]; /**< a combination borrows those before it */
    lstm_forecaster *forecasters[2];
    lstm_stream *stream; /**< of a fit that the forecaster may no longer have */
    int64_t stream_targets;
    lstm_interval *interval;
} tables;

extern tables t;

/** All that functions which fit or forecast may return. */
#define ANY_ERROR                                                                                  \
    (E(ARGUMENT) | E(OPTIONS) | E(SHAPE) | E(LIMIT) | E(NUMERIC) | E(NOMEM) | E(ORDER))

/** The bit of a field, of those that are to be as they are (SPOILED). */
#define FIELD(type, field) (UINT32_C(1) << offsetof(type, field) / 8)

/** Fill rows [n, C] with small numbers, rarely with a missing or an odd one. */
void fill_rows(lstm_real *rows, int64_t n, int64_t C);

/** One of the data sets, rarely NULL; a series, rarely one that does not exist. */
lstm_dataset *some_dataset(void);
int64_t some_series(const lstm_dataset *dataset);
/** 1 .. rows, rarely another number. */
int64_t some_origin(const lstm_dataset *dataset, int64_t series);
const double *some_levels(int64_t *n);

/** What all data sets hold. */
uint64_t print_datasets(void);
void free_view(void);
void free_methods(void);
void free_tables(void);

/** Operations; those of data sets alone may change one. */
void op_dataset(void);
void op_rows(void);
void op_read(void);
void op_view(void);
void op_method(void);
void op_backtest(void);
void op_interval(void);
void op_fit(void);
void op_predict(void);
void op_stream(void);

#endif
