/* SPDX-License-Identifier: MIT */
#include "forecaster/stream.h"

#include "base/memory.h"
#include "base/status.h"

/* Seasons of a baseline; 1 if it has none. */
static int64_t season_of(const lts_choice *choice)
{
    bool seasonal = choice->baseline == LSTM_BASELINE_SEASONAL_NAIVE ||
                    choice->baseline == LSTM_BASELINE_SEASONAL_DRIFT;
    return seasonal ? choice->season_len : 1;
}

static lstm_status init_baseline(lstm_stream *s)
{
    s->dropped = lts_alloc(s->K, sizeof *s->dropped);
    s->all = lts_alloc(s->K, sizeof *s->all);
    s->values = lts_alloc(s->H, sizeof *s->values);
    if (s->dropped == NULL || s->all == NULL || s->values == NULL)
        return LSTM_E_NOMEM;
    for (int64_t k = 0; k < s->K; k++) {
        LTS_TRY(lts_running_init(&s->dropped[k], season_of(&s->fitted.choice)));
        LTS_TRY(lts_running_init(&s->all[k], season_of(&s->fitted.choice)));
    }
    return LSTM_OK;
}

lstm_status lts_stream_init_members(lstm_stream *s)
{
    const lts_fitted *fitted = &s->fitted;
    if (lts_has_baseline(&fitted->choice))
        LTS_TRY(init_baseline(s));
    if (lts_has_ridge(&fitted->choice))
        LTS_TRY(lts_ridge_work_init(&s->ridge, &fitted->ridge, s->live, &s->own, s->number, s->H));
    s->networks = lts_alloc(fitted->n_network, sizeof *s->networks);
    if (s->networks == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < fitted->n_network; i++)
        LTS_TRY(lts_network_work_init(&s->networks[i], &fitted->networks[i], &s->loss, &s->shares,
                                      s->live, &s->own, s->number, s->H));
    return LSTM_OK;
}

static void free_running(lts_running *running, int64_t n)
{
    for (int64_t k = 0; running != NULL && k < n; k++)
        lts_running_clear(&running[k]);
    lts_free(running);
}

void lts_stream_clear_members(lstm_stream *s)
{
    for (int64_t i = 0; s->networks != NULL && i < s->fitted.n_network; i++)
        lts_network_work_clear(&s->networks[i]);
    lts_free(s->networks);
    lts_ridge_work_clear(&s->ridge);
    free_running(s->dropped, s->K);
    free_running(s->all, s->K);
    lts_free(s->values);
}

/* Target columns of a row, as the dropped rows or all of them are taken. */
static void take_row(const lstm_dataset *live, int64_t row, lts_running *running)
{
    const real *values = live->series[0].values + row * live->n_column;
    for (int64_t c = 0; c < live->n_column; c++)
        if (lts_role_is_target(live->roles[c]))
            lts_running_take(running++, (double)values[c]);
}

void lts_stream_drop(lstm_stream *s, int64_t n)
{
    for (int64_t i = 0; i < n && s->dropped != NULL; i++)
        take_row(s->live, i, s->dropped);
}

static void forecast_baseline(lstm_stream *s, real *y)
{
    for (int64_t k = 0; k < s->K; k++)
        lts_running_copy(&s->all[k], &s->dropped[k]);
    for (int64_t row = 0; row < s->live->series[0].n_row; row++)
        take_row(s->live, row, s->all);
    for (int64_t k = 0; k < s->K; k++) {
        lts_running_forecast(&s->all[k], s->fitted.choice.baseline, s->H, s->values);
        for (int64_t h = 0; h < s->H; h++)
            y[h * s->K + k] = (real)s->values[h];
    }
}

/* The mean of the networks, as predict.c. */
static lstm_status forecast_networks(lstm_stream *s, int64_t origin, real *y)
{
    int64_t size = (1 + s->shares.n) * s->H * s->K;
    memset(y, 0, (size_t)size * sizeof *y);
    for (int64_t i = 0; i < s->fitted.n_network; i++) {
        LTS_TRY(lts_network_work_run(&s->networks[i], origin, s->H, s->one));
        for (int64_t j = 0; j < size; j++)
            y[j] += s->one[j];
    }
    for (int64_t j = 0; j < size; j++)
        y[j] /= (real)s->fitted.n_network;
    return LSTM_OK;
}

lstm_status lts_stream_run(lstm_stream *s, real *y)
{
    const lts_choice *choice = &s->fitted.choice;
    int64_t origin = s->live->series[0].n_row;
    if (lts_has_networks(choice))
        LTS_TRY(forecast_networks(s, origin, y));
    if (choice->use == LSTM_USE_RIDGE)
        lts_ridge_work_run(&s->ridge, origin, s->H, y);
    if (choice->use == LSTM_USE_MEAN) {
        lts_ridge_work_run(&s->ridge, origin, s->H, s->one);
        for (int64_t j = 0; j < s->H * s->K; j++)
            y[j] = (y[j] + s->one[j]) / 2;
    }
    if (choice->use == LSTM_USE_BASELINE)
        forecast_baseline(s, y);
    if (choice->joined != 0) {
        forecast_baseline(s, s->one);
        lts_join_baseline(s->H * s->K, s->one, y);
    }
    return LSTM_OK;
}
