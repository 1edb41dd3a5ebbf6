/* SPDX-License-Identifier: MIT */
#include "network/trace.h"

#include "base/memory.h"
#include "base/status.h"

#include <limits.h>
#include <string.h>

static lstm_status check_row_count(int64_t n_call, int64_t B)
{
    int64_t rows;
    if (!lts_multiply(n_call + 1, B, &rows) || rows > INT_MAX)
        return lts_fail(LSTM_E_LIMIT,
                        "calls of the model x windows: %lld x %lld are more than 2^31 - 1 rows",
                        (long long)n_call, (long long)B);
    return LSTM_OK;
}

/* Allocates zeroed rows. If the number of elements overflows, lts_alloc(INT64_MAX) fails. */
static real *allocate_rows(int64_t rows, int64_t columns)
{
    int64_t size;
    return lts_alloc(lts_multiply(rows, columns, &size) ? size : INT64_MAX, sizeof(real));
}

lstm_status lts_trace_init(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B,
                           int64_t n_ahead)
{
    memset(trace, 0, sizeof *trace);
    LTS_TRY(check_row_count(n_call + n_ahead, B));
    int64_t rows = n_call * B, Hp = packed->Hp, L = packed->L;
    trace->L = L;
    trace->n_call = n_call;
    trace->B_max = trace->B = B;
    trace->from_zero = true;
    trace->x = allocate_rows(rows + n_ahead * B, packed->D);
    trace->y = allocate_rows(rows, packed->K);
    trace->layers = lts_alloc(L, sizeof *trace->layers);
    bool complete = trace->x && trace->y && trace->layers;
    if (complete && (!packed->folded || !packed->training)) {
        trace->u = allocate_rows(rows, Hp);
        complete = trace->u != NULL;
    }
    if (complete && packed->parts != NULL) {
        trace->workspace = lts_alloc(B * lts_part_row(packed), sizeof *trace->workspace);
        complete = trace->workspace != NULL;
    }
    for (int64_t l = 0; complete && l < L; l++) {
        lts_layer_trace *layer = &trace->layers[l];
        layer->c = allocate_rows(rows + B, Hp);
        layer->h = allocate_rows(rows + B, Hp);
        complete = layer->c && layer->h;
        if (complete && packed->training) {
            layer->gates = allocate_rows(rows, packed->G);
            complete = layer->gates != NULL;
        }
    }
    if (!complete)
        lts_trace_clear(trace);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

lstm_status lts_trace_set_dropout(lts_trace *trace, const lts_packed *packed,
                                  const lts_dropout *dropout)
{
    trace->dropout = *dropout;
    for (int64_t l = 0; dropout->threshold > 0 && l < trace->L; l++) {
        lts_layer_trace *layer = &trace->layers[l];
        layer->out = allocate_rows(trace->n_call * trace->B_max, packed->Hp);
        layer->kept = lts_alloc(trace->n_call * trace->B_max * packed->Hp, 1);
        if (layer->out == NULL || layer->kept == NULL)
            return LSTM_E_NOMEM;
    }
    return LSTM_OK;
}

void lts_trace_clear(lts_trace *trace)
{
    for (int64_t l = 0; trace->layers != NULL && l < trace->L; l++) {
        lts_free(trace->layers[l].gates);
        lts_free(trace->layers[l].c);
        lts_free(trace->layers[l].h);
        lts_free(trace->layers[l].out);
        lts_free(trace->layers[l].kept);
    }
    lts_free(trace->layers);
    lts_free(trace->x);
    lts_free(trace->u);
    lts_free(trace->y);
    lts_free(trace->workspace);
    memset(trace, 0, sizeof *trace);
}

lstm_status lts_adjoint_init(lts_adjoint *adjoint, const lts_packed *packed, int64_t n_call,
                             int64_t B, int64_t n_dy, bool with_dx)
{
    memset(adjoint, 0, sizeof *adjoint);
    LTS_TRY(check_row_count(n_call, B));
    int64_t L = adjoint->L = packed->L;
    adjoint->dy = allocate_rows(n_dy * B, packed->K);
    adjoint->dh = allocate_rows(n_call * B, packed->Hp);
    adjoint->dx = with_dx ? allocate_rows(n_call * B, packed->D) : NULL;
    adjoint->carry = lts_alloc(L, sizeof *adjoint->carry);
    adjoint->dc = lts_alloc(L, sizeof *adjoint->dc);
    bool complete =
        adjoint->dy && adjoint->dh && (!with_dx || adjoint->dx) && adjoint->carry && adjoint->dc;
    for (int64_t l = 0; complete && l < L; l++) {
        adjoint->carry[l] = allocate_rows(B, packed->Hp);
        adjoint->dc[l] = allocate_rows(B, packed->Hp);
        complete = adjoint->carry[l] && adjoint->dc[l];
    }
    if (!complete)
        lts_adjoint_clear(adjoint);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_adjoint_clear(lts_adjoint *adjoint)
{
    for (int64_t l = 0; l < adjoint->L; l++) {
        if (adjoint->carry != NULL)
            lts_free(adjoint->carry[l]);
        if (adjoint->dc != NULL)
            lts_free(adjoint->dc[l]);
    }
    lts_free(adjoint->carry);
    lts_free(adjoint->dc);
    lts_free(adjoint->dy);
    lts_free(adjoint->dh);
    lts_free(adjoint->dx);
    memset(adjoint, 0, sizeof *adjoint);
}

void lts_trace_restart(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B)
{
    size_t bytes = (size_t)(B * packed->Hp) * sizeof(real);
    trace->n_call = n_call;
    trace->B = B;
    trace->flipped = false;
    trace->from_zero = true;
    for (int64_t l = 0; l < packed->L; l++) {
        memset(trace->layers[l].c, 0, bytes);
        memset(trace->layers[l].h, 0, bytes);
    }
}

void lts_adjoint_restart(lts_adjoint *adjoint, const lts_packed *packed, int64_t B)
{
    size_t bytes = (size_t)(B * packed->Hp) * sizeof(real);
    for (int64_t l = 0; l < packed->L; l++) {
        memset(adjoint->carry[l], 0, bytes);
        memset(adjoint->dc[l], 0, bytes);
    }
}
