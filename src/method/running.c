/* SPDX-License-Identifier: MIT */
#include "method/running.h"

#include "base/memory.h"
#include "base/status.h"

#include <lstmts/baseline.h>
#include <string.h>

lstm_status lts_running_init(lts_running *running, int64_t m)
{
    *running = (lts_running){.m = m, .first = {0, -1}, .last = {0, -1}};
    running->recent = lts_alloc(m, sizeof *running->recent);
    running->phases = lts_alloc(m, sizeof *running->phases);
    if (running->recent == NULL || running->phases == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < m; i++)
        running->phases[i].row = -1;
    return LSTM_OK;
}

void lts_running_clear(lts_running *running)
{
    lts_free(running->recent);
    lts_free(running->phases);
    memset(running, 0, sizeof *running);
}

void lts_running_copy(lts_running *to, const lts_running *from)
{
    double *recent = to->recent;
    lts_running_value *phases = to->phases;
    *to = *from;
    to->recent = recent;
    to->phases = phases;
    memcpy(recent, from->recent, (size_t)from->m * sizeof *recent);
    memcpy(phases, from->phases, (size_t)from->m * sizeof *phases);
}

void lts_running_take(lts_running *r, double x)
{
    int64_t phase = r->n % r->m;
    if (r->n >= r->m && !isnan(x) && !isnan(r->recent[phase])) {
        r->sum += x - r->recent[phase];
        r->count++;
    }
    r->recent[phase] = x;
    if (!isnan(x)) {
        r->phases[phase] = r->last = (lts_running_value){x, r->n};
        if (r->first.row < 0)
            r->first = r->last;
    }
    r->n++;
}

static double slope_of(const lts_running *r, int64_t kind)
{
    if (kind == LSTM_BASELINE_DRIFT && r->first.row != r->last.row)
        return (r->last.value - r->first.value) / (double)(r->last.row - r->first.row);
    if (kind == LSTM_BASELINE_SEASONAL_DRIFT && r->count > 0)
        return r->sum / (double)r->count / (double)r->m;
    return 0;
}

void lts_running_forecast(const lts_running *r, int64_t kind, int64_t H, double *y)
{
    bool seasonal = kind == LSTM_BASELINE_SEASONAL_NAIVE || kind == LSTM_BASELINE_SEASONAL_DRIFT;
    double slope = slope_of(r, kind);
    for (int64_t h = 0; h < H; h++) {
        const lts_running_value *from = seasonal ? &r->phases[(r->n + h) % r->m] : &r->last;
        if (from->row < 0)
            from = &r->last;
        y[h] = r->last.row < 0               ? (double)NAN
               : kind == LSTM_BASELINE_NAIVE ? from->value
                                             : from->value + slope * (double)(r->n + h - from->row);
    }
}
