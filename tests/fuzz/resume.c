/* SPDX-License-Identifier: MIT */
#include "small_run.h"

#include "run/trainer.h"

#include <float.h>

static small_run runs[SMALL_KINDS];

/* Everything that a resume changes. */
typedef struct moment {
    real values[512];
    uint64_t iteration;
    lstm_iter_position position;
    double elapsed, last_score, best_score;
    uint64_t not_better, n_rollback;
    double rate_factor;
} moment;

static void look(moment *m, const small_run *run)
{
    memset(m, 0, sizeof *m);
    int64_t total = run->model->params.total;
    FUZZ_HOLDS(total <= (int64_t)(sizeof m->values / sizeof *m->values));
    memcpy(m->values, run->model->values, (size_t)total * sizeof(real));
    m->iteration = run->updater->iteration;
    m->position = run->iter->position;
    m->elapsed = run->trainer->clock.before;
    if (m->elapsed < DBL_MIN) /* the library computes with denormals as 0 */
        m->elapsed = 0;
    m->last_score = run->trainer->validation.last_score;
    m->best_score = run->trainer->validation.best_score;
    m->not_better = run->trainer->validation.not_better;
    m->n_rollback = run->trainer->divergence.n_rollback;
    m->rate_factor = run->updater->rate_factor;
}

static bool beyond(uint64_t counter)
{
    return counter > UINT64_C(1) << 62;
}

/* Trains, saves, and resumes to the same; then the trainer continues to its limit. */
static void continue_training(small_run *run)
{
    moment saved, resumed;
    lstm_progress progress;
    FUZZ_HOLDS(lts_first_nonfinite(run->model->values, run->model->params.total) < 0);
    FUZZ_OK(lstm_trainer_progress(run->trainer, &progress));
    lstm_status status = lstm_updater_update(run->updater);
    FUZZ_HOLDS(status == LSTM_OK || status == LSTM_END || status == LSTM_E_NUMERIC);
    status = lstm_trainer_save(run->trainer, "fuzz");
    if (status == LSTM_E_NUMERIC)
        return; /* a large step made parameters infinite */
    look(&saved, run);
    if (status == LSTM_E_LIMIT) { /* a counter reached its limit */
        FUZZ_HOLDS(beyond(saved.iteration) || beyond(saved.position.iteration) ||
                   beyond(saved.position.drawn));
        return;
    }
    FUZZ_OK(status);
    fuzz_file_written();
    FUZZ_OK(lstm_trainer_resume(run->trainer, "fuzz"));
    look(&resumed, run);
    FUZZ_HOLDS(memcmp(&saved, &resumed, sizeof saved) == 0);
    status = lstm_trainer_run(run->trainer);
    FUZZ_HOLDS(status >= 0 || status == LSTM_E_NUMERIC || status == LSTM_E_LIMIT);
}

lstm_status fuzz_resume(const uint8_t *data, size_t size, small_run_kind kind, size_t one_in)
{
    small_run *run = &runs[kind];
    moment before, after;
    fuzz_json_begin(data, size);
    if (run->trainer == NULL)
        small_run_make(run, kind);
    look(&before, run);
    fuzz_file(data, size);
    lstm_status status = lstm_trainer_resume(run->trainer, "fuzz");
    if (status < 0) {
        look(&after, run);
        FUZZ_HOLDS(memcmp(&before, &after, sizeof before) == 0);
    } else if (size % one_in == 0) { /* else the next resume overwrites everything */
        continue_training(run);
        small_run_free(run);
    }
    return status;
}
