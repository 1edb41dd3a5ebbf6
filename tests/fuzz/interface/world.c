/* SPDX-License-Identifier: MIT */
#include "world.h"

#include "data/series.h"
#include "forecast/state.h"
#include "network/model.h"
#include "run/trainer.h"
#include "train/updater.h"
#include "view/iter.h"

#include <xxhash.h>

world w;

void free_trainer(int i)
{
    lstm_trainer_free(w.trainers[i]);
    w.trainers[i] = NULL;
}

static void free_trainers_of(int updater)
{
    for (int i = 0; i < N_EACH; i++)
        if (w.trainers[i] != NULL && w.trainer_updater[i] == updater)
            free_trainer(i);
}

void free_updater(int i)
{
    free_trainers_of(i);
    lstm_updater_free(w.updaters[i]);
    w.updaters[i] = NULL;
    w.dead_updater[i] = false;
}

void free_state(int i)
{
    lstm_state_free(w.states[i]);
    w.states[i] = NULL;
    w.dead_state[i] = false;
}

/* Updaters and states that borrow it may afterwards only be freed. */
void free_model(int i)
{
    for (int j = 0; j < N_EACH; j++)
        if (w.updaters[j] != NULL && w.updater_model[j] == i) {
            free_trainers_of(j);
            w.dead_updater[j] = true;
            w.updater_model[j] = -1;
        }
    for (int j = 0; j < N_EACH; j++)
        if (w.states[j] != NULL && w.state_model[j] == i) {
            w.dead_state[j] = true;
            w.state_model[j] = -1;
        }
    lstm_model_free(w.models[i]);
    w.models[i] = NULL;
}

void free_iter(int i)
{
    for (int j = 0; j < N_EACH; j++)
        if (w.updaters[j] != NULL && w.updater_iter[j] == i) {
            free_trainers_of(j);
            w.dead_updater[j] = true;
            w.updater_iter[j] = -1;
        }
    lstm_iter_free(w.iters[i]);
    w.iters[i] = NULL;
}

void free_series(int i)
{
    for (int j = 0; j < N_EACH; j++)
        if (w.trainers[j] != NULL && w.trainer_series[j] == i)
            free_trainer(j);
    for (int j = 0; j < N_EACH; j++)
        if (w.iters[j] != NULL && w.iter_series[j] == i)
            free_iter(j);
    lstm_series_free(w.series[i]);
    w.series[i] = NULL;
}

void free_all(void)
{
    for (int i = 0; i < N_EACH; i++)
        free_trainer(i);
    for (int i = 0; i < N_EACH; i++)
        free_updater(i);
    for (int i = 0; i < N_EACH; i++)
        free_state(i);
    for (int i = 0; i < N_EACH; i++)
        free_iter(i);
    for (int i = 0; i < N_EACH; i++)
        free_model(i);
    for (int i = 0; i < N_EACH; i++)
        free_series(i);
}

bool nothing_exists(void)
{
    const world none = {0};
    return memcmp(w.series, none.series, sizeof w.series) == 0 &&
           memcmp(w.models, none.models, sizeof w.models) == 0 &&
           memcmp(w.iters, none.iters, sizeof w.iters) == 0 &&
           memcmp(w.updaters, none.updaters, sizeof w.updaters) == 0 &&
           memcmp(w.trainers, none.trainers, sizeof w.trainers) == 0 &&
           memcmp(w.states, none.states, sizeof w.states) == 0;
}

static void add(uint64_t *print, const void *bytes, size_t size)
{
    *print = size == 0 ? *print : XXH3_64bits_withSeed(bytes, size, *print);
}
#define ADD(print, value) add(print, &(value), sizeof(value))

static void look_at_updater(uint64_t *print, const lstm_updater *updater)
{
    const lts_optimizer *optimizer = &updater->optimizer;
    size_t size = (size_t)updater->model->params.total * sizeof(real);
    ADD(print, updater->iteration);
    ADD(print, updater->start);
    ADD(print, updater->rate_factor);
    for (int64_t m = 0; m < optimizer->n_moment; m++)
        add(print, optimizer->moments[m], size);
}

static void look_at_trainer(uint64_t *print, const lstm_trainer *trainer)
{
    const lts_validation *validation = &trainer->validation;
    size_t size = (size_t)trainer->updater->model->params.total * sizeof(real);
    ADD(print, validation->last_score);
    ADD(print, validation->best_score);
    ADD(print, validation->not_better);
    ADD(print, trainer->divergence.n_rollback);
    if (!isnan(validation->best_score))
        add(print, validation->best, size);
}

static void look_at_state(uint64_t *print, const lstm_state *state)
{
    real values[4096];
    int64_t size = lstm_state_size(state);
    if (size <= 4096) {
        FUZZ_OK(lstm_state_get(state, values, size));
        add(print, values, (size_t)size * sizeof(real));
    }
}

void look(prints *p)
{
    *p = (prints){0};
    for (int i = 0; i < N_EACH; i++)
        if (w.series[i] != NULL) {
            const lstm_series *s = w.series[i];
            add(&p->series, s->rows, (size_t)(s->n_row * s->n_column) * sizeof(real));
            add(&p->series, s->roles, (size_t)s->n_column * sizeof *s->roles);
        }
    for (int i = 0; i < N_EACH; i++)
        if (w.models[i] != NULL)
            add(&p->models, w.models[i]->values, (size_t)w.models[i]->params.total * sizeof(real));
    for (int i = 0; i < N_EACH; i++)
        if (w.iters[i] != NULL)
            ADD(&p->positions, w.iters[i]->position);
    for (int i = 0; i < N_EACH; i++)
        if (w.updaters[i] != NULL && !w.dead_updater[i])
            look_at_updater(&p->updaters, w.updaters[i]);
    for (int i = 0; i < N_EACH; i++)
        if (w.trainers[i] != NULL)
            look_at_trainer(&p->trainers, w.trainers[i]);
    for (int i = 0; i < N_EACH; i++)
        if (w.states[i] != NULL && !w.dead_state[i])
            look_at_state(&p->states, w.states[i]);
}

void expect_same(const char *after_what, const prints *before, const prints *after)
{
    if (memcmp(before, after, sizeof *before) == 0)
        return;
    fprintf(stderr, "%s changed%s%s%s%s%s%s\n", after_what,
            before->series == after->series ? "" : " series",
            before->models == after->models ? "" : " models",
            before->positions == after->positions ? "" : " positions",
            before->updaters == after->updaters ? "" : " updaters",
            before->states == after->states ? "" : " states",
            before->trainers == after->trainers ? "" : " trainers");
    abort();
}
