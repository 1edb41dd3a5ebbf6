/* SPDX-License-Identifier: MIT */
/*
 * The log: one JSON object per line, to log.jsonl in the folder and to the caller.
 */
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/json_text.h"
#include "train/trainer.h"

#include <stdio.h>

/* [n] numbers, `stride` apart. NULL if there was no memory. */
static json_t *number_array(const double *values, int64_t n, int64_t stride)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++)
        if (json_array_append_new(array, json_real(values[i * stride])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *describe_update(const lstm_trainer *trainer)
{
    const lstm_updater *updater = trainer->updater;
    json_t *line =
        json_pack("{s:I, s:I, s:f}", "iteration", (json_int_t)updater->iteration, "epoch",
                  (json_int_t)lstm_iter_epoch(updater->iter), "loss", updater->loss);
    line = lts_json_with(line, "step_loss", number_array(updater->step_loss, updater->plan.T, 1));
    line = lts_json_with(line, "gradient_norm", json_real(updater->gradient_norm));
    line = lts_json_with(line, "learning_rate", json_real(updater->learning_rate));
    return lts_json_with(line, "elapsed", json_real(lts_trainer_elapsed(trainer)));
}

static json_t *with_validation(const lstm_trainer *trainer, json_t *line)
{
    const lts_valid_plan *valid = &trainer->valid;
    int64_t K = valid->K;
    json_t *total = number_array(trainer->valid_rmse + K, valid->window.T, K + 1);
    line = lts_json_with(line, "valid_score", json_real(trainer->run.last_score));
    return lts_json_with(line, "valid_total", total);
}

static lstm_status write_line(lstm_trainer *trainer, const char *text)
{
    int64_t start;
    LTS_TRY(lts_log_mend(trainer->log));
    LTS_TRY(lts_log_size(trainer->log, &start));
    LTS_TRY(lts_log_write(trainer->log, text));
    trainer->line_start = start;
    snprintf(trainer->line_head, sizeof trainer->line_head, "%s", text);
    return LSTM_OK;
}

/* Takes over `line`, which is NULL if there was no memory for it, as is then the text. */
static char *text_of(json_t *line)
{
    char *text = lts_json_text(line, 9);
    json_decref(line);
    return text;
}

static char *update_text(const lstm_trainer *trainer, bool validated)
{
    LTS_FLOAT_SCOPE();
    json_t *line = describe_update(trainer);
    return text_of(validated ? with_validation(trainer, line) : line);
}

static char *return_text(const lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    const lts_untold *untold = &trainer->untold;
    return text_of(json_pack("{s:I, s:s, s:I, s:f}", "iteration", (json_int_t)untold->iteration,
                             "divergence", untold->why, "returns",
                             (json_int_t)trainer->run.n_return, "rate_factor",
                             trainer->updater->rate_factor));
}

/*
 * Takes over `text`. The user's function gets it last, since a line that could not be written comes
 * again; it runs in the user's floating-point environment.
 */
static lstm_status emit(lstm_trainer *trainer, char *text)
{
    if (text == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = trainer->log == NULL ? LSTM_OK : write_line(trainer, text);
    if (status >= 0 && trainer->options.on_log != NULL &&
        trainer->options.on_log(text, trainer->options.log_user) != 0)
        atomic_store(&trainer->stop, true);
    lts_free(text);
    return status;
}

static bool is_logged(const lstm_trainer *trainer)
{
    return trainer->log != NULL || trainer->options.on_log != NULL;
}

lstm_status lts_trainer_log(lstm_trainer *trainer, bool validated)
{
    return is_logged(trainer) ? emit(trainer, update_text(trainer, validated)) : LSTM_OK;
}

lstm_status lts_trainer_log_return(lstm_trainer *trainer)
{
    if (!trainer->untold.due)
        return LSTM_OK;
    if (is_logged(trainer))
        LTS_TRY(emit(trainer, return_text(trainer)));
    trainer->untold.due = false;
    return LSTM_OK;
}
