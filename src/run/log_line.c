/* SPDX-License-Identifier: MIT */
#include "run/log_line.h"

#include "files/json_text.h"

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

static json_t *describe_update(const lstm_updater *updater, double elapsed)
{
    json_t *line =
        json_pack("{s:I, s:I, s:f}", "iteration", (json_int_t)updater->iteration, "epoch",
                  (json_int_t)lstm_iter_epoch(updater->iter), "loss", updater->loss);
    line = lts_json_with(line, "step_loss", number_array(updater->step_loss, updater->plan.T, 1));
    line = lts_json_with(line, "gradient_norm", json_real(updater->gradient_norm));
    line = lts_json_with(line, "learning_rate", json_real(updater->learning_rate));
    return lts_json_with(line, "elapsed", json_real(elapsed));
}

static json_t *with_validation(json_t *line, const lts_validation *validation)
{
    int64_t K = validation->plan.K;
    json_t *total = number_array(validation->rmse + K, validation->plan.window.T, K + 1);
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

char *lts_log_line_update(const lstm_updater *updater, double elapsed,
                          const lts_validation *validation)
{
    json_t *line = describe_update(updater, elapsed);
    return line_text(validation == NULL ? line : with_validation(line, validation));
}

char *lts_log_line_rollback(const lts_unlogged_rollback *rollback, uint64_t n_rollback,
                            double rate_factor)
{
    return line_text(json_pack("{s:I, s:s, s:I, s:f}", "iteration", (json_int_t)rollback->iteration,
                               "divergence", rollback->why, "returns", (json_int_t)n_rollback,
                               "rate_factor", rate_factor));
}
