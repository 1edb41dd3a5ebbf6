/* SPDX-License-Identifier: MIT */
#include "run/run_log.h"

#include "base/status.h"

#include "files/json_text.h"
#include <stdio.h>

lstm_status lts_run_log_open(lts_run_log *log, const lts_run_folder *folder)
{
    char path[LTS_RUN_PATH];
    return lts_log_open(&log->file, lts_run_folder_file(folder, "log.jsonl", path));
}

void lts_run_log_close(lts_run_log *log, const lts_run_folder *folder)
{
    /* a forked child must not truncate its parent's log */
    if (log->file != NULL && !lts_run_folder_is_ours(folder))
        lts_log_truncate_later(log->file, -1);
    lts_log_close(log->file);
    log->file = NULL;
}

lstm_status lts_run_log_empty(lts_run_log *log)
{
    return log->file == NULL ? LSTM_OK : lts_log_truncate(log->file, 0);
}

lstm_status lts_run_log_write(lts_run_log *log, const char *line)
{
    if (log->file == NULL)
        return LSTM_OK;
    LTS_TRY(lts_log_terminate_line(log->file));
    LTS_TRY(lts_log_write(log->file, line));
    log->line_start = lts_log_line_start(log->file);
    snprintf(log->line_head, sizeof log->line_head, "%s", line);
    return LSTM_OK;
}

lstm_status lts_run_log_position(const lts_run_log *log, lts_log_position *position)
{
    int64_t size = 0;
    if (log->file != NULL)
        LTS_TRY(lts_log_size(log->file, &size));
    *position = (lts_log_position){(uint64_t)size, (uint64_t)log->line_start, log->line_head};
    return LSTM_OK;
}

/* Whether the file has the last line of a position where that says. */
static lstm_status find_position(const lts_run_log *log, const lts_log_position *position,
                                 int64_t size, bool *found)
{
    *found = false;
    if ((uint64_t)size < position->size || position->line_start >= position->size)
        return LSTM_OK;
    int64_t start = (int64_t)position->line_start, end = (int64_t)position->size;
    LTS_TRY(lts_log_matches(log->file, start, position->line_head, found));
    return *found ? lts_log_is_line(log->file, start, end, found) : LSTM_OK;
}

lstm_status lts_run_log_has(const lts_run_log *log, const lts_log_position *position, bool *has)
{
    int64_t size;
    *has = true;
    if (log->file == NULL || position->line_head[0] == '\0')
        return LSTM_OK;
    LTS_TRY(lts_log_size(log->file, &size));
    return find_position(log, position, size, has);
}

/* A log without the checkpoint's last line at its position belongs to another run. */
lstm_status lts_run_log_is_beyond(const lts_run_log *log, const lts_log_position *position,
                                  bool *beyond)
{
    int64_t size;
    *beyond = false;
    if (log->file == NULL || position->line_head[0] == '\0')
        return LSTM_OK;
    LTS_TRY(lts_log_size(log->file, &size));
    if ((uint64_t)size <= position->size)
        return LSTM_OK;
    return find_position(log, position, size, beyond);
}

void lts_run_log_return(lts_run_log *log, const lts_log_position *position, bool truncate)
{
    if (truncate)
        lts_log_truncate_later(log->file, (int64_t)position->size);
    log->line_start = (int64_t)position->line_start;
    snprintf(log->line_head, sizeof log->line_head, "%s", position->line_head);
    log->rollback.active = false;
}

void lts_run_log_note_rollback(lts_run_log *log, uint64_t iteration, const char *why)
{
    log->rollback = (lts_unlogged_rollback){.active = true, .iteration = iteration};
    snprintf(log->rollback.why, sizeof log->rollback.why, "%s", why);
}

/* [n] numbers, `stride` apart; NULL if memory is exhausted. */
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

static json_t *describe_update(const lstm_updater *updater, double elapsed, bool step_loss)
{
    const lts_report *report = &updater->report;
    json_t *line = json_pack("{s:I, s:I, s:f, s:f}", "iteration", (json_int_t)updater->iteration,
                             "epoch", (json_int_t)lstm_iter_epoch(updater->iter), "loss",
                             report->loss, "last_loss", report->step_loss[report->n_step - 1]);
    if (step_loss)
        line = lts_json_with(line, "step_loss", number_array(report->step_loss, updater->T, 1));
    line = lts_json_with(line, "gradient_norm", json_real(report->gradient_norm));
    line = lts_json_with(line, "learning_rate", json_real(report->learning_rate));
    return lts_json_with(line, "elapsed", json_real(elapsed));
}

static json_t *with_validation(json_t *line, const lts_validation *validation)
{
    int64_t K = validation->K;
    json_t *total = number_array(validation->rmse + K, validation->T, K + 1);
    line = lts_json_with(line, "valid_score", json_real(validation->last_score));
    return lts_json_with(line, "valid_total", total);
}

/* Takes ownership of `line`, which is NULL if memory is exhausted. */
static char *line_text(json_t *line)
{
    char *text = lts_json_text(line, 9);
    json_decref(line);
    return text;
}

char *lts_log_line_update(const lstm_updater *updater, double elapsed, bool step_loss,
                          const lts_validation *validation)
{
    json_t *line = describe_update(updater, elapsed, step_loss);
    return line_text(validation == NULL ? line : with_validation(line, validation));
}

char *lts_log_line_rollback(const lts_unlogged_rollback *rollback, uint64_t n_rollback,
                            double rate_factor)
{
    return line_text(json_pack("{s:I, s:s, s:I, s:f}", "iteration", (json_int_t)rollback->iteration,
                               "divergence", rollback->why, "returns", (json_int_t)n_rollback,
                               "rate_factor", rate_factor));
}
