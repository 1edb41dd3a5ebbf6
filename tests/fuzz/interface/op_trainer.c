/* SPDX-License-Identifier: MIT */
/* Trainers and their callbacks. */
#include "world.h"

#include "run/trainer.h"

#include <jansson.h>
#include <pthread.h>

#define FIELD(type, field) (1u << offsetof(type, field) / 8)

static int n_line;

static int user_of(const void *user)
{
    int i = (int)((const int *)user - w.trainer_updater);
    FUZZ_HOLDS(i >= 0 && i < N_EACH && w.trainers[i] != NULL && w.running == i);
    return i;
}

static int on_progress(const lstm_progress *now, void *user)
{
    user_of(user);
    FUZZ_HOLDS(now->fraction >= 0 && now->fraction <= 1 && now->elapsed >= 0);
    FUZZ_HOLDS(isfinite(now->elapsed) && now->rate >= 0);
    digest(now, sizeof *now);
    w.seconds += (int64_t)fuzz_byte(&w.input) % 8 * 20 - 20;
    if (pick(4) == 1)
        op_in_callback();
    return ++w.n_update >= MAX_UPDATES || pick(16) == 15;
}

static int on_log(const char *line, void *user)
{
    user_of(user);
    json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_HOLDS(json_is_integer(json_object_get(json, "iteration")) && strchr(line, '\n') == NULL);
    json_decref(json);
    call_begin(); /* Jansson changes errno */
    digest(line, strlen(line));
    if (pick(4) == 1)
        op_in_callback();
    return ++n_line % 24 == 0;
}

static lstm_status trainer_new(int i, int updater, int series)
{
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    uint8_t choice = fuzz_byte(&w.input), more = fuzz_byte(&w.input);
    valid.window_len = 3 + choice % 3;
    options.max_iteration = 2 + more % 8;
    options.folder = choice % 4 < 2 ? folder_path(choice % 4) : choice == 255 ? "/nowhere" : NULL;
    options.validate = (lstm_trigger){choice / 16 % 4 == 3 ? 0 : 1, choice / 64 % 2};
    options.valid_series = w.series[series];
    if (more >= 128)
        options.snapshot = (lstm_trigger){1 + more % 3, more / 8 % 3};
    options.keep = more / 16 % 4;
    options.patience = more % 16 == 1 ? 2 : 0;
    options.on_divergence = more / 4 % 2;
    options.divergence_ratio = more % 4 == 3 && options.validate.every > 0 ? 1.01 : 0;
    options.unchecked = more % 2;
    options.log_step_loss = choice / 8 % 2;
    options.on_log = on_log;
    options.on_progress = on_progress;
    options.log_user = options.progress_user = &w.trainer_updater[i];
    void *odd_valid = SPOILED(valid, 0);
    options.valid = options.validate.every == 0 ? NULL : odd_valid;
    void *odd = SPOILED(
        options,
        FIELD(lstm_trainer_options, folder) | FIELD(lstm_trainer_options, valid_series) |
            FIELD(lstm_trainer_options, valid) | FIELD(lstm_trainer_options, on_log) |
            FIELD(lstm_trainer_options, log_user) | FIELD(lstm_trainer_options, on_progress) |
            FIELD(lstm_trainer_options, progress_user) | FIELD(lstm_trainer_options, valid_view));
    uint64_t size;
    memcpy(&size, odd, sizeof size);
    if (size <= offsetof(lstm_trainer_options, progress_user))
        memset(odd, 0, sizeof size); /* without callbacks nothing would end a long run */
    lstm_updater *live = w.dead_updater[updater] ? NULL : w.updaters[updater];
    lstm_status status =
        CALL(E(ARGUMENT) | E(OPTIONS) | E(SHAPE) | E(IO) | E(LOCKED) | E(LIMIT) | E(NOMEM),
             lstm_trainer_new(&w.trainers[i], live, odd));
    free(odd);
    free(odd_valid);
    return status;
}

change op_trainer_new(void)
{
    bool to_free;
    int i = UNUSED(w.trainers, &to_free), updater = USED(w.updaters), series = USED(w.series);
    if (to_free)
        free_trainer(i);
    if (i < 0 || to_free)
        return to_free ? MAY_DIFFER : SAME;
    lstm_status status = trainer_new(i, updater, series);
    FUZZ_HOLDS((status >= 0) == (w.trainers[i] != NULL));
    w.trainer_updater[i] = updater;
    w.trainer_series[i] = series;
    return status >= 0 ? MAY_DIFFER : SAME;
}

static void *stop(void *trainer)
{
    lstm_trainer_stop(trainer);
    return NULL;
}

/* Runs; a second thread may stop it at any time. */
change op_run(void)
{
    int i = USED(w.trainers);
    bool stopped_by_thread = fuzz_byte(&w.input) >= 240;
    uint32_t errors =
        E(ARGUMENT) | E(ORDER) | E(LOCKED) | E(IO) | E(LIMIT) | E(NUMERIC) | E(SHAPE) | E(NOMEM);
    lstm_trainer *trainer = w.trainers[i];
    pthread_t thread;
    if (w.n_update >= MAX_UPDATES)
        return SAME;
    if (trainer != NULL && stopped_by_thread) {
        w.timed = true;
        FUZZ_HOLDS(pthread_create(&thread, NULL, stop, trainer) == 0);
    }
    n_line = 0;
    w.running = i;
    CALL(errors, lstm_trainer_run(trainer));
    w.running = -1;
    if (trainer != NULL && stopped_by_thread)
        FUZZ_HOLDS(pthread_join(thread, NULL) == 0);
    if (trainer != NULL)
        FUZZ_HOLDS(lts_first_nonfinite(trainer->updater->model->values,
                                       trainer->updater->model->params.total) < 0);
    return MAY_DIFFER;
}

change op_save(void)
{
    char path[MAX_PATH];
    uint32_t errors = E(ARGUMENT) | E(ORDER) | E(NUMERIC) | E(LIMIT) | E(IO) | E(NOMEM);
    int i = w.running >= 0 ? w.running : USED(w.trainers), what = pick(4);
    const lstm_model *model = w.models[USED(w.models)];
    choose_path(path);
    if (what == 3) {
        if (CALL(E(ARGUMENT) | E(NUMERIC) | E(IO) | E(NOMEM), lstm_model_save(model, path)) >= 0)
            check_saved(path, model);
    } else if (CALL(errors, lstm_trainer_save(w.trainers[i], path)) >= 0) {
        check_saved(path, w.models[w.updater_model[w.trainer_updater[i]]]);
        prints before, after;
        bool pending = w.trainers[i]->updater->pending;
        look(&before);
        if (w.running < 0 && what == 2 &&
            CALL(E(IO) | E(NOMEM) | E(LOCKED), lstm_trainer_resume(w.trainers[i], path)) >= 0) {
            look(&after);
            if (pending) /* a batch without its update is not in a checkpoint */
                after.positions = before.positions;
            expect_same("saving and resuming", &before, &after);
            return pending ? ALL_BUT_POSITIONS_SAME : SAME;
        }
    }
    return SAME;
}

change op_resume(void)
{
    char path[MAX_PATH];
    uint32_t errors = E(ARGUMENT) | E(LOCKED) | E(ORDER) | E(MISMATCH) | E(NUMERIC) | E(LIMIT) |
                      E(IO) | E(CHECKSUM) | E(TRUNC) | E(FORMAT) | E(VERSION) | E(SHAPE) |
                      E(DTYPE) | E(NAME) | E(NOMEM);
    bool newest = pick(2) == 0;
    choose_path(path);
    lstm_status status =
        CALL(errors, lstm_trainer_resume(w.trainers[USED(w.trainers)], newest ? NULL : path));
    return status >= 0 && status != LSTM_END ? MAY_DIFFER : SAME;
}

/* Reading a trainer, and stopping it. */
change op_trainer(void)
{
    lstm_trainer *trainer = w.trainers[w.running >= 0 ? w.running : USED(w.trainers)];
    lstm_model *best = NULL;
    output now = output_new(1, sizeof(lstm_progress));
    lstm_status status = CALL(E(ARGUMENT), lstm_trainer_progress(trainer, now.at));
    output_done(&now, status, ANY_BYTES);
    status = CALL(E(ARGUMENT) | E(ORDER) | E(NOMEM), lstm_trainer_best(trainer, &best));
    FUZZ_HOLDS((status >= 0) == (best != NULL));
    lstm_model_free(best);
    if (pick(4) == 3)
        lstm_trainer_stop(trainer);
    return SAME;
}

/* What a callback may do, and what is refused to it. */
void op_in_callback(void)
{
    static change (*const allowed[])(void) = {op_parameters, op_save,    op_trainer, op_state,
                                              op_forecast,   op_library, op_results, op_trainer};
    lstm_trainer *trainer = w.trainers[w.running];
    int what = pick(12);
    prints before, after;
    look(&before);
    change may = SAME;
    if (what < 8)
        may = allowed[what]();
    else if (what == 8)
        FUZZ_HOLDS(CALL(E(ORDER), lstm_trainer_run(trainer)) == LSTM_E_ORDER);
    else if (what == 9)
        FUZZ_HOLDS(CALL(E(ORDER), lstm_trainer_resume(trainer, NULL)) == LSTM_E_ORDER);
    else
        lstm_trainer_free(trainer);
    look(&after);
    if (may == MAY_DIFFER)
        after.states = before.states; /* nothing else may have changed */
    expect_same("a callback", &before, &after);
}
