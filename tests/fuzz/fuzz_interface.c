/* SPDX-License-Identifier: MIT */
/*
 * The whole public interface as a state machine. The input is a program of operations on a few
 * shared objects, valid and invalid ones, with callbacks that call back, files in two folders,
 * others who change these files, memory and system calls that fail, and threads. After each
 * operation what it did not change must be as before; in the end nothing may be left; and the same
 * program must give the same results once more.
 */
#include "interface/world.h"

#include <errno.h>

static const struct operation {
    const char *name;
    change (*run)(void);
    int weight;
} operations[] = {
    {"series", op_series, 3},
    {"model", op_model, 3},
    {"parameters", op_parameters, 2},
    {"iter_new", op_iter_new, 3},
    {"iter", op_iter, 3},
    {"updater_new", op_updater_new, 3},
    {"updater", op_updater, 6},
    {"results", op_results, 2},
    {"trainer_new", op_trainer_new, 3},
    {"run", op_run, 5},
    {"save", op_save, 4},
    {"resume", op_resume, 3},
    {"trainer", op_trainer, 2},
    {"state", op_state, 6},
    {"forecast", op_forecast, 4},
    {"library", op_library, 1},
    {"files", op_files, 4},
    {"threads", op_threads, 1},
    {"trainings", op_trainings, 1},
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

/* Threads do not know of failures: those of memory would come to whichever is first. */
static void arm_failures(const struct operation *operation)
{
    static const int errors[] = {EIO, ENOSPC, EACCES, EMFILE};
    uint8_t failure = fuzz_byte(&w.input);
    bool alone = operation->run != op_threads && operation->run != op_trainings;
    allocator_fail(alone && failure >= 224 && failure < 240 ? 1 + pick(32) : 0);
    system_fail(alone && failure >= 240 ? 1 + pick(32) : 0, errors[failure % 4]);
}

static void operate(void)
{
    prints before, after;
    const struct operation *operation = choose_operation();
    arm_failures(operation);
    look(&before);
    change may = operation->run();
    allocator_fail(0);
    system_fail(0, 0);
    if (may == MAY_DIFFER)
        return;
    look(&after);
    if (may == ALL_BUT_POSITIONS_SAME)
        after.positions = before.positions;
    expect_same(operation->name, &before, &after);
}

/* Mostly a training with a folder, from zeros: what the operations make of them is valid. */
static void begin_with_a_training(void)
{
    fuzz_input program = w.input;
    static change (*const making[])(void) = {op_series,      op_model,       op_iter_new,
                                             op_updater_new, op_trainer_new, op_run};
    uint8_t choice = fuzz_byte(&w.input);
    int n = choice < 224 ? 6 : choice % 6;
    for (int i = 0; i < n; i++) {
        w.input = (fuzz_input){NULL, 0};
        making[i]();
        if (i == 0)
            FUZZ_OK(lstm_series_set_role(w.series[0], MAX_COLUMNS - 1, choice % 4));
    }
    FUZZ_HOLDS(n < 5 || w.trainers[0] != NULL);
    w.input = program;
    fuzz_byte(&w.input);
}

static uint64_t run(const uint8_t *data, size_t size, bool *timed)
{
    w = (world){.input = {data, size}, .running = -1};
    folders_begin();
    system_begin();
    begin_with_a_training();
    while (w.input.size > 0 && w.n_operation++ < MAX_OPERATIONS)
        operate();
    free_all();
    system_end();
    folders_end();
    FUZZ_HOLDS(allocator_live() == 0);
    *timed = w.timed;
    return w.digest;
}

/* The last byte says whether the program runs twice. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool timed = false;
    allocator_install();
    uint64_t first = run(data, size, &timed);
    if (size > 0 && data[size - 1] % 4 == 0 && !timed)
        FUZZ_HOLDS(run(data, size, &timed) == first);
    return 0;
}
