/* SPDX-License-Identifier: MIT */
#ifndef LTS_TRAIN_TRAINER_H
#define LTS_TRAIN_TRAINER_H

#include "files/log.h"
#include "forecast/valid.h"
#include "train/updater.h"
#include <lstmts/trainer.h>

#include <limits.h>
#include <stdatomic.h>
#include <sys/types.h>

/** What a run has come to, beside model, optimizer and iterator: all of it is in a checkpoint. */
typedef struct lts_run {
    double elapsed;      /**< seconds of training up to the present call of run     */
    double last_score;   /**< of the last validation; NaN before the first          */
    double best_score;   /**< NaN before the first validation                       */
    uint64_t not_better; /**< validations in a row that were not better            */
    uint64_t n_return;   /**< divergences after which it went back                 */
} lts_run;

/** What is still to be done after the last update of a run. */
typedef struct lts_after {
    bool due;
    int step;               /**< the first that is not done                                 */
    bool validated, better; /**< what the first steps found                                */
    bool unsaved;           /**< a run that ends here ends with a snapshot, if it writes any */
    uint64_t iteration;     /**< after which it is                                          */
    uint64_t epoch_before;  /**< the epoch before that update                               */
} lts_after;

enum { LTS_LINE_HEAD = 128, LTS_WHY = 256 };

/** A return that the log has yet to be told of: it is made once, however often its line fails. */
typedef struct lts_untold {
    bool due;
    uint64_t iteration; /**< after which it went back */
    char why[LTS_WHY];  /**< the sentence              */
} lts_untold;

#define LTS_NO_SNAPSHOT UINT64_MAX

struct lstm_trainer {
    lstm_updater *updater;         /**< borrowed                                            */
    lstm_trainer_options options;  /**< its pointers are read only where said to be borrowed */
    lts_valid_plan valid;          /**< if options.validate.every > 0                       */
    double *valid_rmse;            /**< [T, K+1] of the last validation                     */
    real *best;                    /**< parameters of the best validation; before the first, if
                                        divergence returns to them, of the start            */
    bool begun;                    /**< then these are set                                  */
    char *folder;                  /**< or NULL                                             */
    lts_log *log;                  /**< log.jsonl in it, or NULL                            */
    int lock;                      /**< on the folder, or -1                                */
    pid_t process;                 /**< that took it                                        */
    int64_t line_start;            /**< where the last line of the log begins               */
    char line_head[LTS_LINE_HEAD]; /**< how it begins: by this a resume knows the log again */
    lts_run run;
    lts_after after;
    lts_untold untold;
    atomic_bool stop;
    uint64_t saved;        /**< iteration of the last snapshot, or LTS_NO_SNAPSHOT          */
    uint64_t written[2];   /**< of the last two that replace each other, the newer first    */
    uint64_t replaced;     /**< and of one that is to be removed                            */
    uint64_t tried;        /**< of the last that it has begun to write                      */
    bool taken;            /**< whether its file was there before, and is not to be removed */
    bool untidy;           /**< whether what is not kept is still to be removed             */
    double saved_at;       /**< lts_trainer_elapsed() after the last snapshot               */
    double save_cost;      /**< seconds that it took                                        */
    double clock_start;    /**< when the present call of run began                          */
    double fraction_start; /**< how far the run was then                                  */
    uint64_t iteration_start;
};

/** Seconds of a clock that only goes forward. */
double lts_trainer_clock(void);

/** Seconds of training until now. */
double lts_trainer_elapsed(const lstm_trainer *trainer);

/** "<folder>/<name>"; LSTM_E_IO if that is too long for a path. */
lstm_status lts_trainer_path(const lstm_trainer *trainer, const char *name, char path[PATH_MAX]);

/** Log the update just made; `validated` if a validation came with it. May set trainer->stop. */
lstm_status lts_trainer_log(lstm_trainer *trainer, bool validated);

/** Log the return that is still untold, if there is one. */
lstm_status lts_trainer_log_return(lstm_trainer *trainer);

/** LSTM_E_ARGUMENT naming the field; fills in the defaults. */
lstm_status lts_divergence_check(lstm_trainer_options *options);

/** Before the first update: keep the parameters of the start, if the policy may return to them. */
void lts_divergence_begin(lstm_trainer *trainer);

/** Whether the last validation's score counts as a divergence: LSTM_E_NUMERIC saying so. */
lstm_status lts_divergence_judge(const lstm_trainer *trainer);

/**
 * After an LSTM_E_NUMERIC: go back, by the policy, or LSTM_E_NUMERIC again. Nothing else can fail;
 * the log is told by lts_trainer_log_return().
 */
lstm_status lts_divergence_handle(lstm_trainer *trainer);

/**
 * LSTM_E_ORDER if something is due that decides the bits of what follows: a checkpoint has no room
 * for it, and a run resumed from one would go on without it.
 */
lstm_status lts_trainer_settled(const lstm_trainer *trainer);

/** A trainer has just been made, or gone back to a checkpoint: `saved`, or LTS_NO_SNAPSHOT. */
void lts_trainer_saved(lstm_trainer *trainer, uint64_t saved);

/** Write the snapshot of the present iteration into the folder, and remove those not kept. */
lstm_status lts_trainer_snapshot(lstm_trainer *trainer);

/** LSTM_E_LOCKED in a forked child: the folder stays with the process that made the trainer. */
lstm_status lts_trainer_check_process(const lstm_trainer *trainer);

/** Remove the snapshots that are not kept, if that could not be done before. */
lstm_status lts_trainer_tidy(lstm_trainer *trainer);

/** As lstm_trainer_save(); with `replaces`, it names the snapshots of `written`. */
lstm_status lts_trainer_write(lstm_trainer *trainer, const char *path, bool replaces);

/** The one before it, or its own iteration; and the one that it replaces, if there is one. */
extern const char lts_before_key[], lts_replaced_key[];

/** LSTM_E_ORDER if another run's snapshots are in the folder: none are mixed with them. */
lstm_status lts_trainer_alone(const lstm_trainer *trainer);

/** Whether the folder takes the files that a run will write. */
lstm_status lts_trainer_probe(const lstm_trainer *trainer);

/** lstm_trainer_resume() from what was read of a checkpoint. */
struct lts_checkpoint;
lstm_status lts_trainer_restore(lstm_trainer *trainer, const struct lts_checkpoint *checkpoint);

#endif
