/* SPDX-License-Identifier: MIT */
/*
 * Data sets and all that works on them as a state machine, as fuzz_interface.c: the input is a
 * program of valid and invalid calls on data sets, views, methods, backtests, intervals,
 * forecasters and streams, of which any allocation may fail. Only operations of data sets may
 * change one; in the end nothing may be left; and the same program must give the same results once
 * more.
 */
#include "interface/tables.h"

static const struct operation {
    const char *name;
    void (*run)(void);
    int weight;
    bool changes; /* data sets */
} operations[] = {
    {"dataset", op_dataset, 2, true},    {"rows", op_rows, 4, true},
    {"read", op_read, 2, false},         {"view", op_view, 4, false},
    {"method", op_method, 6, false},     {"backtest", op_backtest, 4, false},
    {"interval", op_interval, 4, false}, {"fit", op_fit, 2, false},
    {"predict", op_predict, 4, false},   {"stream", op_stream, 4, false},
};

static const struct operation *choose_operation(void)
{
    static const size_t n = sizeof operations / sizeof *operations;
    int total = 0;
    for (size_t i = 0; i < n; i++)
        total += operations[i].weight;
    int at = pick(total);
    for (size_t i = 0; i < n; i++)
        if ((at -= operations[i].weight) < 0)
            return &operations[i];
    return &operations[0];
}

static void operate(void)
{
    const struct operation *operation = choose_operation();
    uint8_t failure = fuzz_byte(&w.input);
    uint64_t before = print_datasets();
    if (getenv("FUZZ_TRACE") != NULL)
        fprintf(stderr, "%s\n", operation->name);
    allocator_fail(failure >= 232 ? 1 + pick(64) : 0);
    operation->run();
    allocator_fail(0);
    FUZZ_HOLDS(operation->changes || print_datasets() == before);
}

/* A data set, a fitted forecaster of it, a method, a view and intervals, from zeros: all valid. */
static void begin_with_a_forecaster(void)
{
    op_dataset();
    op_fit();
    op_fit();
    op_method();
    op_view();
    op_interval();
    FUZZ_HOLDS(lstm_forecaster_targets(t.forecasters[0]) > 0 && t.methods[0] != NULL);
    FUZZ_HOLDS(t.iter != NULL && t.interval != NULL);
}

static uint64_t run(const uint8_t *data, size_t size)
{
    w = (world){.input = {NULL, 0}, .running = -1};
    begin_with_a_forecaster();
    w.input = (fuzz_input){data, size};
    while (w.input.size > 0 && w.n_operation++ < MAX_OPERATIONS)
        operate();
    free_tables();
    FUZZ_HOLDS(allocator_live() == 0);
    return w.digest;
}

/* The last byte says whether the program runs twice. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    allocator_install();
    uint64_t first = run(data, size);
    if (size > 0 && data[size - 1] % 4 == 0)
        FUZZ_HOLDS(run(data, size) == first);
    return 0;
}
