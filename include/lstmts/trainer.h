/* SPDX-License-Identifier: MIT */
/**
 * @file trainer.h
 * lstm_trainer: runs an updater until a limit, and does beside it what a training needs: a log,
 * progress, validation, snapshots, the best model, early stop, resume.
 *
 * After each update, in this order: validate, log, snapshot, progress callback; then the limits.
 *
 * A run that is stopped after any update and resumed from its snapshot gives the same bits as one
 * that never stopped (with a BLAS, see lstmts.h, if its own bits repeat). Resuming a finished run
 * does nothing.
 *
 * Files appear whole or not at all, whenever the process is killed, and each has a checksum of all
 * of it. What a killed process left of an unfinished one is removed with the next save.
 */
#ifndef LSTMTS_TRAINER_H
#define LSTMTS_TRAINER_H

#include <lstmts/forecast.h>
#include <lstmts/updater.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque. One thread at a time, but for lstm_trainer_stop(). Borrows its updater. */
typedef struct lstm_trainer lstm_trainer;

/** What a trigger counts. */
enum {
    LSTM_ITERATIONS = 0, /**< updates                                     */
    LSTM_EPOCHS = 1,     /**< epochs of the iterator, by its window rule  */
    /**
     * Seconds of training, of snapshots alone: one is due when so many have passed since the last,
     * and a hundred times what the last one took. So they take about 1 % of
     * the time at most, beside the one at the end or a stop, and a kill loses no more than that
     * interval. No result depends on when they are written.
     */
    LSTM_SECONDS = 2,
};

/**
 * What a run does at a divergence: an update, or a validation, that answers LSTM_E_NUMERIC, or a
 * validation by `divergence_ratio`. An update that answers so has changed nothing.
 */
enum {
    /** End with LSTM_E_NUMERIC; nothing is saved after it. The sentence says where. */
    LSTM_DIVERGENCE_STOP = 0,
    /**
     * Take the parameters of the best validation, before the first those with which the run began;
     * begin the optimizer anew, with moments 0; multiply the learning rate by `divergence_factor`;
     * and go on from the same place in the data. The log gets a line {"iteration", "divergence":
     * the sentence, "returns": so far, "rate_factor": so far}. After `divergence_limit` returns, as
     * LSTM_DIVERGENCE_STOP. Returns and factor are in checkpoints.
     */
    LSTM_DIVERGENCE_RETURN = 1,
};

/** As `every` of a trigger: not even by default. */
#define LSTM_NEVER (-1)

/** "every n updates", "every n epochs" or "every n seconds". */
typedef struct lstm_trigger {
    int64_t every; /**< n; 0 = never, unless said otherwise           */
    int64_t unit;  /**< LSTM_ITERATIONS, LSTM_EPOCHS or LSTM_SECONDS  */
} lstm_trigger;

/** Where a run stands. */
typedef struct lstm_progress {
    uint64_t iteration;   /**< updates done                                             */
    uint64_t epoch;       /**< epochs done                                              */
    double fraction;      /**< done of the run's limit, 0 .. 1                          */
    double loss;          /**< of the last update, summed over steps; NaN before the first */
    double last_loss;     /**< of its last step                                         */
    double learning_rate; /**< of the last update                                       */
    double valid_score;   /**< of the last validation; NaN before the first             */
    double rate;          /**< updates per second of this call of lstm_trainer_run()    */
    double elapsed;       /**< seconds of training, over all resumed parts              */
    double remaining;     /**< estimated seconds until the limit                        */
} lstm_progress;

/** Sees progress after every update. Return 0 to go on, else the run stops with LSTM_STOPPED. */
typedef int (*lstm_progress_fn)(const lstm_progress *progress, void *user);

/**
 * Takes one line of the log, once it is in the file, if there is one, and never twice: a JSON
 * object without line end. Return 0 to go on, else the run stops with LSTM_STOPPED.
 */
typedef int (*lstm_log_fn)(const char *line, void *user);

/** What a run does. At least one of the two limits is required; the first reached ends it. */
typedef struct lstm_trainer_options {
    uint64_t struct_size;  /**< set by LSTM_TRAINER_OPTIONS_INIT                               */
    int64_t max_epoch;     /**< epochs; 0 = no such limit                                      */
    int64_t max_iteration; /**< updates; 0 = no such limit                                     */
    /**
     * An existing folder for log.jsonl, snapshot_NNNNNNNN.safetensors (N the iteration) and
     * best.safetensors; copied. NULL = no files. From lstm_trainer_new() to lstm_trainer_free() the
     * trainer holds a lock in it, on the file .lstmts-lock, that keeps other trainers out; a
     * process that dies lets go of it, but a child that it has forked and that still runs does not.
     */
    const char *folder;
    lstm_trigger log;      /**< when to log, beside each validation; every 0 = each update     */
    lstm_trigger snapshot; /**< when to write a snapshot, beside when the run ends or is stopped;
                                needs `folder`. every 0 = each 60 LSTM_SECONDS if there is a
                                folder; LSTM_NEVER = no snapshot at all. Where one is written,
                                a second run from the start is LSTM_E_ORDER: resume            */
    lstm_trigger validate; /**< when to validate; needs `valid_series` and `valid`             */
    const lstm_series *valid_series; /**< borrowed                                             */
    const lstm_valid_options *valid; /**< copied                                               */
    int64_t patience;   /**< early stop: end the run after so many validations in a row without
                           a better score; 0 = never                                           */
    double min_delta;   /**< a score is better if it is lower than the best by more; >= 0        */
    lstm_log_fn on_log; /**< NULL = none                                                       */
    void *log_user;
    lstm_progress_fn on_progress; /**< NULL = none                                             */
    void *progress_user;
    int64_t keep;          /**< snapshots kept: of those up to the present iteration the newest so
                            many, and with each new one the others are removed. With 2 or more,
                            one that the disk spoils leaves another. 0 = all; of those by
                            LSTM_SECONDS the newest two, counting those of trainers of which this
                            one resumed a snapshot in the folder                                */
    int64_t unchecked;     /**< 1 = resume from a checkpoint without a checksum, too: one of format
                            version 1; see lstm_load_options. 0 = refuse it                     */
    int64_t on_divergence; /**< LSTM_DIVERGENCE_STOP (0) or LSTM_DIVERGENCE_RETURN          */
    double divergence_ratio;  /**< a validation whose score is above so many times the best is a
                                   divergence too; > 1, 0 = none is; needs `validate`          */
    double divergence_factor; /**< LSTM_DIVERGENCE_RETURN: on the learning rate, at each return;
                                   0 < factor < 1; 0 = 0.5                                     */
    int64_t divergence_limit; /**< LSTM_DIVERGENCE_RETURN: a run goes back so many times, no
                                   more; 0 = 10                                                */
} lstm_trainer_options;

#define LSTM_TRAINER_OPTIONS_INIT                                                                  \
    {                                                                                              \
        sizeof(lstm_trainer_options), 0, 0, 0, {0, 0}, {0, 0}, {0, 0}, 0, 0, 0, 0, 0, 0, 0, 0, 0,  \
            0, 0, 0, 0, 0                                                                          \
    }

/**
 * Make a trainer.
 *
 * The log has one JSON object per line: "iteration", "epoch", "loss" (the sum over steps),
 * "step_loss" (an array [T]), "gradient_norm" (before hooks), "learning_rate", "elapsed" (seconds),
 * and after a validation "valid_score" and "valid_total" (an array [T], the Total column of
 * lstm_valid()). The score of a validation is the root of the mean over steps of Total^2.
 *
 * Thread-safety: any thread.
 *
 * @param[out] trainer  free it with lstm_trainer_free().
 * @param updater       borrowed; it must outlive the trainer.
 * @param options       not kept
 * @return LSTM_OK; LSTM_E_ARGUMENT (the sentence names the field); LSTM_E_OPTIONS; LSTM_E_SHAPE if
 *         the validation does not fit the model; LSTM_E_IO if the folder cannot be written to;
 *         LSTM_E_LOCKED if another trainer has it; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_new(lstm_trainer **trainer, lstm_updater *updater,
                                      const lstm_trainer_options *options);

/**
 * Free a trainer; NULL is fine. The updater lives on.
 *
 * Thread-safety: by the last who uses it.
 *
 * @since 0.1
 */
LSTM_API void lstm_trainer_free(lstm_trainer *trainer);

/**
 * Train until a limit. A sequential iterator is started again at the end of each pass. A run from
 * the start begins its log anew. A run that writes snapshots or the best model makes sure before
 * its first update that the folder can be written to and has room for them: for all that are kept
 * and one more, or for one if all are kept.
 *
 * What fails after an update, for want of memory or of room on the disk, is made up for by the next
 * call, before it goes on: no validation, line of the log or snapshot is left out.
 *
 * Thread-safety: nobody else may use updater, iterator or model meanwhile.
 *
 * @return LSTM_OK when a limit is reached (at once if it was reached before); LSTM_END after an
 *         early stop, or when the sampler ended; LSTM_STOPPED by lstm_trainer_stop() or a callback:
 *         call again to go on; LSTM_E_LOCKED in a forked child, if there is a folder;
 *         LSTM_E_ORDER if a run from the start finds snapshots of another in
 *         its folder; LSTM_E_IO if the folder has not the room, or a snapshot cannot be written or
 *         an old one not removed; the errors of lstm_updater_update(), lstm_valid() and
 *         lstm_trainer_save().
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_run(lstm_trainer *trainer);

/**
 * Ask a run to stop after the update it is at, or within the shuffle of a long pass. Before a run it
 * ends the next one, before its first update.
 *
 * Thread-safety: from any thread, and from a signal handler. NULL is fine.
 *
 * @since 0.1
 */
LSTM_API void lstm_trainer_stop(lstm_trainer *trainer);

/**
 * Write a checkpoint: a safetensors file with parameters, optimizer moments, best parameters, and,
 * as strings in __metadata__, counters, position, and the recipe.
 *
 * What the last call of lstm_trainer_run() could not do after an update is not in it. A validation
 * or a return from a divergence, without which the resumed run would be another one, must be made
 * up for before (LSTM_E_ORDER); a line of the log is only written by the trainer that could not
 * write it. Callbacks may save, but on_log not at a validation that is a divergence by its score.
 *
 * Thread-safety: one thread at a time per trainer.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER if a validation, or what follows a divergence,
 *         is still due: lstm_trainer_run() makes up for it; LSTM_E_NUMERIC if a parameter or moment
 *         is not finite (the file that was there is kept), LSTM_E_LIMIT if a counter is
 *         above 2^62; LSTM_E_IO; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_save(lstm_trainer *trainer, const char *path);

/**
 * Go back to a checkpoint: model, optimizer, iterator, best model, counters. In the folder
 * best.safetensors goes back too, so it is removed if the run validates and had not yet at that
 * moment; and log.jsonl is cut back to that moment if it is that run's log, before its next line at
 * the latest; another run's log is left alone. Series (their values too), model, iterator, updater
 * and validation must be as in the run that wrote it; limits, triggers, patience, callbacks and
 * n_threads may differ.
 *
 * Thread-safety: one thread at a time per trainer.
 *
 * @param path  a checkpoint; NULL = the newest snapshot in the folder that can be read.
 * @return LSTM_OK; LSTM_RECOVERED if path is NULL and newer snapshots were damaged, so that training
 *         goes on from an older one: lstm_last_error() says from which, and what was wrong;
 *         LSTM_END if path is NULL and the folder has no snapshot: nothing was changed;
 *         LSTM_E_LOCKED in a forked child, if there is a folder;
 *         LSTM_E_MISMATCH naming what differs; LSTM_E_NUMERIC; LSTM_E_LIMIT if a counter is above
 *         2^62; LSTM_E_IO; the errors of lstm_model_load(), of the newest if path is NULL and no
 *         snapshot can be read. On failure nothing has changed; only where the disk fails to flush
 *         the folder, which comes last, best.safetensors may have gone back.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_resume(lstm_trainer *trainer, const char *path);

/**
 * Report where the run stands.
 *
 * Thread-safety: any thread, while nobody changes the trainer.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_trainer_progress(const lstm_trainer *trainer, lstm_progress *progress);

/**
 * A copy of the model as it was at its best validation.
 *
 * Thread-safety: any thread, while nobody changes the trainer.
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
