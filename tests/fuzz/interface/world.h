/* SPDX-License-Identifier: MIT */
/*
 * The objects that a program of fuzz_interface.c works on, and what is asserted about each call.
 * Not instrumented: the fuzzer looks at the library alone.
 *
 * An operation takes what it needs from the input; bytes that are zero, as those beyond its end
 * are, make it valid. It says what it may have changed, and the dispatcher asserts that.
 */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "../fuzz.h"

enum {
    N_EACH = 3, /* objects of each kind */
    MAX_ROWS = 24,
    MAX_COLUMNS = 3,
    MAX_BLOCK = 64 << 10,
    MAX_UPDATES = 40,
    MAX_OPERATIONS = 48,
    MAX_PATH = 128
};

typedef struct world {
    fuzz_input input;
    uint64_t digest; /**< of all statuses, messages and results                    */
    bool timed;      /**< results depend on the time: a thread stopped a run       */
    int n_operation, n_update;
    int64_t seconds; /**< of the clock that the library sees; may go back           */
    lstm_series *series[N_EACH];
    lstm_model *models[N_EACH];
    lstm_iter *iters[N_EACH];
    lstm_updater *updaters[N_EACH];
    lstm_trainer *trainers[N_EACH];
    lstm_state *states[N_EACH];
    /** What they borrow: indices, or -1. A dead one may only be freed. */
    int iter_series[N_EACH], updater_model[N_EACH], updater_iter[N_EACH];
    int trainer_updater[N_EACH], trainer_series[N_EACH], state_model[N_EACH];
    bool dead_updater[N_EACH], dead_state[N_EACH];
    int running; /**< the trainer whose callback this is, or -1 */
} world;

extern world w;

/* world.c */

/** Free an object with those that must go before it. */
void free_series(int i);
void free_model(int i);
void free_iter(int i);
void free_updater(int i);
void free_trainer(int i);
void free_state(int i);
void free_all(void);
bool nothing_exists(void);

/** Hashes of what the objects hold. */
typedef struct prints {
    uint64_t series, models, positions, updaters, states, trainers;
} prints;
void look(prints *p);
void expect_same(const char *after_what, const prints *before, const prints *after);

/* call.c */

#define E(status) (UINT32_C(1) << -LSTM_E_##status)

/**
 * Call a function: its status must be a success or among the errors `allowed`, a failure must have
 * a message, and a success must leave errno.
 */
#define CALL(allowed, call) call_end((call_begin(), (call)), (allowed), #call)
void call_begin(void);
lstm_status call_end(lstm_status status, uint32_t allowed, const char *what);

void digest(const void *bytes, size_t size);

/** An array for results, of exactly that size; a call that fails must not touch it. */
typedef struct output {
    void *at;
    size_t size;
} output;
typedef enum content { ANY_BYTES, REALS, DOUBLES } content;
output output_new(int64_t count, size_t size);
/** Assert, add to the digest, and free. Numbers must be finite. */
void output_done(output *o, lstm_status status, content what);

/** Install an allocator that counts, limits a block to MAX_BLOCK, and can fail. */
void allocator_install(void);
void allocator_fail(int64_t in); /**< the allocation of that number from here, from 1; 0 = none */
int64_t allocator_live(void);
int64_t allocator_calls(void);

/* spoil.c */

/** A number of an options struct at a value that may be at an edge. */
uint64_t odd_bits(void);
int64_t odd_int(void);

/**
 * A copy of options, in a block of their exact size, in which up to three numbers and struct_size
 * may be odd. Bit i of `fixed` keeps field i. The caller frees it.
 */
void *spoiled(const void *options, size_t size, uint32_t fixed);
#define SPOILED(options, fixed) spoiled(&(options), sizeof(options), (fixed))

int pick(int n);
/** One of these objects, rarely one that does not exist. */
int used_of(unsigned exist);
/** A place for a new one; -1 if there is none. One that is taken may be told to be freed. */
int free_of(unsigned exist, bool *to_free);
#define EXIST(objects)                                                                             \
    ((unsigned)((objects)[0] != NULL) | (unsigned)((objects)[1] != NULL) << 1 |                    \
     (unsigned)((objects)[2] != NULL) << 2)
#define USED(objects)         used_of(EXIST(objects))
#define UNUSED(objects, free) free_of(EXIST(objects), (free))
/** `size`, or rarely one more or less. */
int64_t about(int64_t size);
int64_t number_of_threads(void);

/* Operations. */

typedef enum change {
    SAME,                   /**< no object changed */
    ALL_BUT_POSITIONS_SAME, /**< iterators may have moved */
    MAY_DIFFER
} change;

change op_series(void);
change op_model(void);
change op_parameters(void);
change op_iter_new(void);
change op_iter(void);
change op_updater_new(void);
change op_updater(void);
change op_results(void);
change op_trainer_new(void);
change op_run(void);
change op_save(void);
change op_resume(void);
change op_trainer(void);
change op_state(void);
change op_forecast(void);
change op_library(void);
change op_files(void);
change op_threads(void);
change op_trainings(void);

/** In a callback: an operation that callbacks may do, and those that are refused there. */
void op_in_callback(void);

/* folder.c */

/** Make the folders, or empty them. */
void folders_begin(void);
void folders_end(void);
const char *folder_path(int which);    /**< 0, 1 */
void choose_path(char path[MAX_PATH]); /**< of a file */
lstm_status check_saved(const char *path, const lstm_model *model);

/** Let the library see the clock of the world, in this thread, and let a system call fail. */
void system_begin(void);
void system_fail(int64_t in, int error);
void system_end(void);

#endif
