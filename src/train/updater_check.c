/* SPDX-License-Identifier: MIT */
/*
 * Checks for non-finite losses and gradients. The messages name the row of the series, so that a
 * user can find the cause in the data.
 */
#include "base/status.h"
#include "train/updater.h"

#include <stdio.h>

/* The call whose output is scored at step t. */
static int64_t call_of(const lts_plan *plan, int64_t t)
{
    int64_t call = plan->n_call - 1;
    while (call > 0 && plan->calls[call].target_step != t)
        call--;
    return call;
}

/* Whether target i, in the order of [B, K], or an output for it may have made a loss non-finite. */
static bool is_suspect(const lstm_updater *updater, int64_t i, int64_t *output)
{
    int64_t n_out = updater->loss.n_out, n_output = updater->model->params.K, K = n_output / n_out;
    for (int64_t o = 0; o < n_out; o++) {
        *output = o * K + i % K;
        real y = updater->output[i / K * n_output + *output];
        if (!isfinite(y) || (o == 0 && !isfinite(y - updater->target[i])))
            return true;
    }
    return false;
}

enum { WINDOW_SIZE = 160 };

/* Where the window `number` begins. */
static void describe_window(const lstm_updater *updater, int64_t number, char window[WINDOW_SIZE])
{
    const lstm_view *view = updater->iter->source.view;
    if (view == NULL) {
        snprintf(window, WINDOW_SIZE, "row %lld of the series", (long long)number);
        return;
    }
    lts_place place = lts_view_place(view, number);
    snprintf(window, WINDOW_SIZE, "row %lld of series \"%.100s\"",
             (long long)lts_view_row(view, &place, 0),
             lts_names_get(&view->dataset->names, place.series));
}

/* The row of target k of a window at step t. */
static int64_t row_of_target(const lstm_updater *updater, int64_t number, int64_t t, int64_t k)
{
    const lstm_view *view = updater->iter->source.view;
    if (view == NULL)
        return number + t + updater->iter->window.pred;
    lts_place place = lts_view_place(view, number);
    return lts_view_row(view, &place, t + 1) + k / view->n_base;
}

/*
 * Finds the output that makes the loss of step t non-finite: not finite, or too far from its
 * target.
 */
static lstm_status report_nonfinite_loss(const lstm_updater *updater, int64_t t)
{
    if (updater->caller_loss.fn != NULL)
        return lts_fail(LSTM_E_NUMERIC, "loss_fn made the loss of step %lld %g in update %llu",
                        (long long)t, updater->batch_loss[t],
                        (unsigned long long)updater->iteration + 1);
    const lts_device *device = updater->engine->device;
    int64_t n_output = updater->model->params.K, K = n_output / updater->loss.n_out;
    int64_t i = 0, output = 0;
    LTS_TRY(device->read_output(updater->engine, call_of(&updater->plan, t), updater->output));
    LTS_TRY(device->read_target(updater->engine, t, updater->target));
    while (!is_suspect(updater, i, &output) && i < updater->B * K - 1)
        i++;
    char window[WINDOW_SIZE];
    describe_window(updater, updater->iter->offsets[i / K], window);
    return lts_fail(
        LSTM_E_NUMERIC,
        "the loss of step %lld is %g in update %llu: in the window from %s, output %lld "
        "is %g, its target, in row %lld, %g",
        (long long)t, updater->batch_loss[t], (unsigned long long)updater->iteration + 1, window,
        (long long)output, (double)updater->output[i / K * n_output + output],
        (long long)row_of_target(updater, updater->iter->offsets[i / K], t, i % K),
        (double)updater->target[i]);
}

lstm_status lts_check_loss(const lstm_updater *updater)
{
    for (int64_t t = 0; t < updater->plan.T; t++)
        if (!isfinite(updater->batch_loss[t]))
            return report_nonfinite_loss(updater, t);
    return LSTM_OK;
}

/*
 * If all elements are finite, so is the norm, summed in double: only otherwise are they searched.
 */
lstm_status lts_check_gradient(const lstm_updater *updater, double norm)
{
    const lts_params *params = &updater->model->params;
    char place[LTS_PLACE_SIZE];
    if (isfinite(norm))
        return LSTM_OK;
    LTS_TRY(lts_updater_read(updater, LTS_READ_GRADIENT));
    int64_t bad = lts_first_nonfinite(updater->gradient, params->total);
    if (bad < 0)
        return LSTM_OK;
    lts_params_place(params, bad, place);
    return lts_fail(LSTM_E_NUMERIC, "the gradient of %s is %g in update %llu", place,
                    (double)updater->gradient[bad], (unsigned long long)updater->iteration + 1);
}
