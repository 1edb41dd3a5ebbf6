/* SPDX-License-Identifier: MIT */
/**
 * @file trainer.h
 * lstm_trainer: a whole training. It runs an updater until a limit is reached, and writes a log,
 * validates, writes snapshots, keeps the best model, stops early, handles divergence and resumes.
 *
 * After each update it does, in this order: validation, log, snapshot, progress callback; then it
 * checks the limits.
 *
 * A run that is stopped after any update and resumed from its snapshot computes the same bits as an
 * uninterrupted run, with any number of threads, if it is resumed with the same kernels: the same
 * device, kernel set and folding (LSTM_OTHER_KERNELS if not); with a BLAS (lstmts.h), only if the
 * BLAS repeats its own bits. Resuming a finished run does nothing.
 *
 * Snapshots and best.safetensors are replaced atomically, even if the process is killed, and have a
 * checksum of the whole file. Temporary files left behind by killed processes are removed by the
 * next save.
 */
#ifndef LSTMTS_TRAINER_H
#define LSTMTS_TRAINER_H

#include <lstmts/forecast.h>
#include <lstmts/updater.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A trainer. Opaque. It borrows its updater and its validation series or view, which must exist as
 * long as the trainer.
 *
 * Thread-safety: one thread at a time, except lstm_trainer_stop(). During lstm_trainer_run() and
 * lstm_trainer_resume() no other thread may use updater, iterator or model. Functions that take a
 * const trainer may run at the same time as each other.
 */
typedef struct lstm_trainer lstm_trainer;

/** What a trigger counts. */
typedef enum lstm_trigger_unit {
    LSTM_ITERATIONS = 0, /**< updates                                    */
    LSTM_EPOCHS = 1,     /**< epochs of the iterator, by its window rule */
    /**
     * Seconds of training; for snapshots only. A snapshot is due when `every` seconds have passed
     * since the last one, and at least 100 times the duration of writing it. So snapshots take
     * about 1 % of the time at most, apart from the one at the end of a run. The times at which
     * they are written do not influence the results.
     */
    LSTM_SECONDS = 2,
} lstm_trigger_unit;

/**
 * What a run does at a divergence. A divergence is an update or a validation that returns
 * LSTM_E_NUMERIC, or a validation whose score is more than `divergence_ratio` times the best score.
 * An update that returns LSTM_E_NUMERIC changes nothing.
 */
typedef enum lstm_divergence {
    /** End with LSTM_E_NUMERIC, and write no snapshot. The message says what diverged. */
    LSTM_DIVERGENCE_STOP = 0,
    /**
     * Roll back: restore the best validated parameters (the initial ones before the first
     * validation), reset the optimizer, multiply the learning rate by `divergence_factor`, and
     * continue at the same position in the data. The log gets the line {"iteration",
     * "divergence": the message, "returns": rollbacks so far, "rate_factor": product of the
     * factors so far}. Checkpoints contain both numbers. After `divergence_limit` rollbacks, as
     * LSTM_DIVERGENCE_STOP.
     */
    LSTM_DIVERGENCE_ROLL_BACK = 1,
} lstm_divergence;

/**
 * What may differ from the run that wrote a checkpoint, for a continued training. The parameters,
 * their moments and average, and the number of updates are always those of the checkpoint. The
 * kinds of optimizer and unroll, average_decay and divergence options may never differ, nor may
 * columns and roles.
 */
typedef enum lstm_differ {
    /** Rows, series and parts. If they differ, the iterator is reset: epochs count from 0, and
        carried states are 0. */
    LSTM_DIFFER_DATA = 1,
    /** All options of iterator and view, support_len and feedback_lag. The iterator is reset. */
    LSTM_DIFFER_WINDOWS = 2,
    /** Learning rate and schedule; see lstm_schedule_options.begin. */
    LSTM_DIFFER_SCHEDULE = 4,
    /** The optimizer's other constants, tensor rules, hooks. */
    LSTM_DIFFER_OPTIMIZER = 8,
    /** loss, loss_fn, sampling, dropout, seed, curriculum, n_accumulate. */
    LSTM_DIFFER_LOSS = 16,
    /** Series, view and options of the validation, and whether there is one. If they differ,
        scores, patience, best model and best.safetensors are reset. */
    LSTM_DIFFER_VALIDATION = 32,
} lstm_differ;

/** Value of lstm_trigger.every that disables snapshots, overriding the default. */
#define LSTM_NEVER (-1)

/** "Every n updates", "every n epochs" or "every n seconds". */
typedef struct lstm_trigger {
    int64_t every; /**< n; 0 = never, unless stated otherwise */
    int64_t unit;  /**< lstm_trigger_unit                     */
} lstm_trigger;

/** Progress of a run. */
typedef struct lstm_progress {
    uint64_t iteration;   /**< updates done                                                     */
    uint64_t epoch;       /**< epochs done                                                      */
    double fraction;      /**< progress towards the nearer limit, 0 .. 1                        */
    double loss;          /**< loss of the last update, summed over steps; NaN before the first */
    double last_loss;     /**< loss of its last step                                            */
    double learning_rate; /**< learning rate of the last update                                 */
    double valid_score;   /**< score of the last validation; NaN before the first               */
    double rate;          /**< updates per second in this call of lstm_trainer_run()            */
    double elapsed;       /**< seconds of training, including those before a resume             */
    double remaining;     /**< estimated seconds until the limit                                */
} lstm_progress;

/** Receives the progress after every update. Returns 0 to continue; otherwise the run stops. */
typedef int (*lstm_progress_fn)(const lstm_progress *progress, void *user);

/**
 * Receives a line of the log: a JSON object without line end. It is called once per line, after
 * the line was written to log.jsonl (if there is a folder). Returns 0 to continue; otherwise
 * the run stops.
 */
typedef int (*lstm_log_fn)(const char *line, void *user);

/** What a run does. At least one of the two limits is required; the first reached ends the run. */
typedef struct lstm_trainer_options {
    uint64_t struct_size;  /**< set by LSTM_TRAINER_OPTIONS_INIT */
    int64_t max_epoch;     /**< limit in epochs; 0 = none        */
    int64_t max_iteration; /**< limit in updates; 0 = none       */
    /**
     * Path of an existing folder for log.jsonl, best.safetensors and the snapshots, named
     * snapshot_NNNNNNNN.safetensors by their iteration; copied. NULL = no files. The trainer locks
     * the folder until lstm_trainer_free() (with the file .lstmts-lock), so that no other trainer
     * uses it. If the process dies, the lock is released once its forked children have ended too.
     * The trainer keeps the folder open, and stays in it when it is moved or the working directory
     * changes. Messages have the path given here.
     */
    const char *folder;
    lstm_trigger log;      /**< when to log, in addition to each validation; every 0 = each
                                update                                                           */
    lstm_trigger snapshot; /**< when to write a snapshot, in addition to the one when a run ends
                                or is stopped; needs `folder`. every 0 = each 60 LSTM_SECONDS if
                                there is a folder; LSTM_NEVER = none, not even at the end. A new
                                run does not start in a folder with snapshots (LSTM_E_ORDER)     */
    lstm_trigger validate; /**< when to validate; needs `valid_series` and `valid`, or
                                `valid_view`                                                     */
    const lstm_series *valid_series; /**< borrowed                                               */
    const lstm_valid_options *valid; /**< copied                                                 */
    /**
     * Instead of valid_series; borrowed: usually the view that is trained on. A validation runs the
     * windows whose whole horizon lies in the validation part of their series (dataset.h), each
     * with all channels. `valid` may be NULL; of it only stride and max_windows, which count
     * origins, and n_threads may be set.
     */
    const lstm_view *valid_view;
    int64_t patience;   /**< early stop: end the run after this number of validations in a row
                             without a better score; 0 = never                                   */
    double min_delta;   /**< a score is better if it is below the best score - min_delta; >= 0   */
    lstm_log_fn on_log; /**< NULL = none                                                         */
    void *log_user;     /**< passed to on_log                                                    */
    lstm_progress_fn on_progress; /**< NULL = none                                               */
    void *progress_user;      /**< passed to on_progress                                         */
    int64_t keep;             /**< number of newest snapshots to keep, up to the present
                                   iteration; the others are deleted after each new one. With 2
                                   or more, one corrupt file can be survived. 0 = keep all, but
                                   by LSTM_SECONDS the newest two, also across resumes           */
    int64_t unchecked;        /**< 1 = resume also from a checkpoint without a checksum, see
                                   lstm_load_options; 0 = reject it                              */
    int64_t on_divergence;    /**< lstm_divergence                                               */
    double divergence_ratio;  /**< a validation whose score is above this multiple of the best
                                   score is a divergence, > 1; 0 = none is. Needs `validate`     */
    double divergence_factor; /**< LSTM_DIVERGENCE_ROLL_BACK: factor on the learning rate at each
                                   rollback, 0 < factor < 1; 0 = 0.5                             */
    int64_t divergence_limit; /**< LSTM_DIVERGENCE_ROLL_BACK: maximum number of rollbacks;
                                   0 = 10                                                        */
    int64_t log_step_loss;    /**< 1 = lines of the log have the loss of each step; 0 = only the
                                   sum and that of the last step                                 */
    int64_t may_differ;       /**< sum of lstm_differ: lstm_trainer_resume() takes a checkpoint of a
                                   run that differs in this                                      */
} lstm_trainer_options;

#define LSTM_TRAINER_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(lstm_trainer_options), 0, 0, 0, {0, 0}, {0, 0}, {0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0,  \
            0, 0, 0, 0, 0, 0, 0, 0                                                                 \
    }

/**
 * Set options as LSTM_TRAINER_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_options_init(lstm_trainer_options *options, uint64_t size);

/**
 * Create a trainer.
 *
 * Each line of the log is a JSON object: "iteration", "epoch", "loss" (the sum over steps),
 * "last_loss" (of the last step), with `log_step_loss` "step_loss" (an array [T]), "gradient_norm"
 * (before hooks), "learning_rate", "elapsed" (seconds), and after a validation "valid_score" and
 * "valid_total" (an array [T], the Total column of lstm_valid()). The score of a validation is the
 * root of the mean over steps of Total^2. With valid_view the steps are the segments of the view's
 * horizon, and Total is the root mean squared error of the location of the updater's loss, in the
 * units that a network sees (x of view.h), over windows, channels and targets that are scored.
 *
 * @param[out] trainer  free it with lstm_trainer_free().
 * @param updater       borrowed.
 * @param options       not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT (the message names the field); LSTM_E_OPTIONS; LSTM_E_SHAPE if
 *         the validation series or view does not fit the model, or valid_view has no window in a
 *         validation part; LSTM_E_IO if the folder cannot be written to; LSTM_E_LOCKED if another
 *         trainer uses it; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_new(lstm_trainer **trainer, lstm_updater *updater,
                                      const lstm_trainer_options *options);

/**
 * Free a trainer; NULL is allowed. Its updater is not freed.
 *
 * @since 0.1
 */
LSTM_API void lstm_trainer_free(lstm_trainer *trainer);

/**
 * Train until a limit is reached.
 *
 * At the end of a pass a sequential iterator starts the next one. A run from the start empties its
 * log. Before its first update it checks that the folder is writable, and that the disk has space
 * for best.safetensors and for the snapshots: as many as it keeps and one more (one if it keeps
 * all).
 *
 * If a validation, a line of the log or a snapshot fails after an update, it remains pending: the
 * next call retries it before it continues. None is omitted.
 *
 * Callbacks may call lstm_trainer_save(), _progress(), _best() and _stop(), and functions that do
 * not change model, iterator or updater. lstm_trainer_free() does nothing in a callback. No C++
 * exception may leave one, nor may longjmp().
 *
 * @return LSTM_OK if a limit is reached, also before the first update; LSTM_END after an early stop
 *         or if the sampler ended the iteration; LSTM_STOPPED after lstm_trainer_stop() or by a
 *         callback: call again to continue; LSTM_E_ORDER in a callback of the trainer, or if the
 *         first run of a trainer that was not resumed finds snapshots in its folder, or
 *         best.safetensors though its updater was trained before; LSTM_E_LOCKED, if there is a
 *         folder, in a forked child and after the lock file was replaced; LSTM_E_IO if the disk
 *         does not have enough space, a file cannot be written or an old snapshot cannot be
 *         removed; the errors of lstm_updater_update(), lstm_valid() and lstm_trainer_save().
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_run(lstm_trainer *trainer);

/**
 * Stop the run after its current update, or while it shuffles a long pass. If no run is in
 * progress, the next one stops before its first update. NULL is allowed.
 *
 * Thread-safety: any thread at any time, and signal handlers.
 *
 * @since 0.1
 */
LSTM_API void lstm_trainer_stop(lstm_trainer *trainer);

/**
 * Write a checkpoint: a safetensors file with parameters, optimizer moments, best parameters, and,
 * as strings in __metadata__, counters, position of the iterator and the recipe (the sizes and
 * options that determine the results).
 *
 * A failed lstm_trainer_run() may leave work pending. A pending validation, rollback or stop makes
 * this function return LSTM_E_ORDER. A pending line of the log is not saved: a trainer that resumes
 * from the checkpoint does not write it. Callbacks may call this function, but not on_log with the
 * line of a validation that is a divergence by `divergence_ratio`.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER if a validation, or the rollback or stop after a
 *         divergence, is pending: call lstm_trainer_run() first; LSTM_E_NUMERIC if a parameter or
 *         moment is not finite; LSTM_E_LIMIT if a counter is above 2^62; LSTM_E_IO; LSTM_E_NOMEM.
 *         On failure an existing file is kept, as with lstm_model_save().
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_save(lstm_trainer *trainer, const char *path);

/**
 * Return to a checkpoint: restore model, optimizer, iterator, best model and counters.
 *
 * best.safetensors in the folder is restored too. It is removed if the run validates and had not
 * yet validated at the checkpoint. log.jsonl is truncated to the lines up to the checkpoint; this
 * may be delayed until the next line is written. A log of another run is not changed.
 *
 * Series (including their values), model, iterator, updater and validation, including min_delta and
 * the divergence options, must be as in the run that wrote the checkpoint, except what `may_differ`
 * has: then the run continues from it, and its own checkpoints are those of this run. Limits,
 * triggers, patience, keep, callbacks, folder and n_threads may differ. Device and precision may
 * differ too, but then results agree to rounding only.
 *
 * @param path  a checkpoint; NULL = the newest snapshot in the folder that can be read.
 * @return LSTM_OK; LSTM_RECOVERED if path is NULL and newer snapshots are damaged, so that an older
 *         one was used: lstm_last_error() contains its iteration and the error of the newest;
 *         LSTM_OTHER_KERNELS if the checkpoint was written with another kernel set, folding or
 *         device, so that the run continues with other bits: lstm_last_error() contains both. If
 *         an older snapshot was used as well, LSTM_RECOVERED with both messages;
 *         LSTM_END if path is NULL and the folder has no snapshot: nothing was changed;
 *         LSTM_E_LOCKED and LSTM_E_ORDER as lstm_trainer_run(); LSTM_E_MISMATCH if the checkpoint
 *         is from another run (the message names the difference); LSTM_E_NUMERIC; LSTM_E_LIMIT if a
 *         counter is above 2^62; LSTM_E_IO; the errors of lstm_model_load() (if path is NULL and no
 *         snapshot can be read, those of the newest). On failure nothing is changed, unless
 *         flushing the folder failed: this is the last step, and best.safetensors may already be
 *         restored.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_resume(lstm_trainer *trainer, const char *path);

/**
 * Get the progress of the run.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_progress(const lstm_trainer *trainer, lstm_progress *progress);

/**
 * Get a copy of the model with the parameters of its best validation.
 *
 * @param[out] model  free it with lstm_model_free().
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before any validation; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_best(const lstm_trainer *trainer, lstm_model **model);

#ifdef __cplusplus
}
#endif

#endif
