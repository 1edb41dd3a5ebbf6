/* SPDX-License-Identifier: MIT */
/*
 * Saving a run and going back to it. Resume reads everything into rooms of its own and verifies it
 * first; from the first change on nothing can fail.
 */
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"
#include "store/checkpoint.h"
#include "train/recipe.h"
#include "train/trainer.h"

#include <stdio.h>
#include <string.h>

/* Blocks of a checkpoint: parameters, best parameters, moments. */
enum { MAX_BLOCKS = 2 + LTS_MAX_MOMENTS, PREFIX_SIZE = 24 };
_Static_assert((int)MAX_BLOCKS <= (int)LTS_MAX_BLOCKS,
               "a checkpoint could be written and not read");

typedef struct block_list {
    int64_t n;
    char prefix[MAX_BLOCKS][PREFIX_SIZE];
    real *values[MAX_BLOCKS]; /**< where the block lives in the trainer, updater or model */
} block_list;

static void add_block(block_list *list, const char *prefix, real *values)
{
    snprintf(list->prefix[list->n], PREFIX_SIZE, "%s", prefix);
    list->values[list->n++] = values;
}

/* Whether there are parameters to go back to: of the best validation, or of the start. */
static bool has_best(const lstm_trainer *trainer, double best_score)
{
    return isfinite(best_score) || trainer->options.on_divergence == LSTM_DIVERGENCE_RETURN;
}

static void list_blocks(const lstm_trainer *trainer, bool with_best, block_list *list)
{
    const lts_optimizer *optimizer = &trainer->updater->optimizer;
    list->n = 0;
    add_block(list, "", trainer->updater->model->values);
    for (int64_t i = 0; i < optimizer->n_moment; i++) {
        char prefix[PREFIX_SIZE];
        snprintf(prefix, sizeof prefix, "optimizer.%s.", optimizer->names[i]);
        add_block(list, prefix, optimizer->moments[i]);
    }
    if (with_best)
        add_block(list, "best.", trainer->best);
}

/* The numbers of a checkpoint: counters and scores, as they are named in its metadata. */
typedef struct numbers {
    uint64_t iteration, log_size, line_start;
    lstm_iter_position position;
    lts_run run;
    uint64_t start; /**< of the updater, as is the factor */
    double rate_factor;
} numbers;

/* The last keys of either kind came with the policy on divergence: files without one lack them. */
enum { N_WHOLE = 9, N_SCORE = 4, N_OLD_WHOLE = 7, N_OLD_SCORE = 3 };

static const char *const whole_keys[N_WHOLE] = {
    "iteration", "iter.iteration", "iter.drawn",         "iter.pass_start", "log_size",
    "log_line",  "not_better",     "divergence.returns", "divergence.start"};
static const char *const score_keys[N_SCORE] = {"elapsed", "last_score", "best_score",
                                                "divergence.rate_factor"};

static void list_numbers(numbers *n, uint64_t *whole[N_WHOLE], double *score[N_SCORE])
{
    uint64_t *const wholes[N_WHOLE] = {
        &n->iteration,           &n->position.iteration, &n->position.drawn,
        &n->position.pass_start, &n->log_size,           &n->line_start,
        &n->run.not_better,      &n->run.n_return,       &n->start};
    double *const scores[N_SCORE] = {&n->run.elapsed, &n->run.last_score, &n->run.best_score,
                                     &n->rate_factor};
    memcpy(whole, wholes, sizeof wholes);
    memcpy(score, scores, sizeof scores);
}

static lstm_status collect_numbers(const lstm_trainer *trainer, numbers *n)
{
    const lstm_updater *updater = trainer->updater;
    int64_t log_size = 0;
    if (trainer->log != NULL)
        LTS_TRY(lts_log_size(trainer->log, &log_size));
    /* a batch whose gradient was never applied counts as not drawn */
    *n = (numbers){.iteration = updater->iteration,
                   .log_size = (uint64_t)log_size,
                   .line_start = (uint64_t)trainer->line_start,
                   .position = updater->pending ? updater->position : updater->iter->position,
                   .run = trainer->run,
                   .start = updater->start,
                   .rate_factor = updater->rate_factor};
    n->run.elapsed = lts_trainer_elapsed(trainer);
    return LSTM_OK;
}

/*
 * No run comes here. A counter near the end of its type would wrap, and what were saved then could
 * not be resumed; so what is beyond is neither read nor written.
 */
static lstm_status check_whole(const char *key, uint64_t value)
{
    if (value > UINT64_C(1) << 62)
        return lts_fail(LSTM_E_LIMIT, "%s is %llu, no run comes beyond 2^62", key,
                        (unsigned long long)value);
    return LSTM_OK;
}

const char lts_before_key[] = "snapshot.before", lts_replaced_key[] = "snapshot.replaced";

/* Room for these two. */
typedef struct chain {
    char before[LTS_NUMBER_SIZE], replaced[LTS_NUMBER_SIZE];
} chain;

static int name_chain(const lstm_trainer *trainer, chain *room, lts_text *texts)
{
    const uint64_t *written = trainer->written;
    uint64_t iteration = trainer->updater->iteration;
    bool again = written[0] == iteration;
    uint64_t before = written[again ? 1 : 0];
    lts_print_uint(room->before, before == LTS_NO_SNAPSHOT ? iteration : before);
    texts[0] = (lts_text){lts_before_key, room->before};
    if (again || written[1] == LTS_NO_SNAPSHOT)
        return 1;
    lts_print_uint(room->replaced, written[1]);
    texts[1] = (lts_text){lts_replaced_key, room->replaced};
    return 2;
}

static lstm_status write_with(const lstm_trainer *trainer, const char *path, const char *recipe,
                              bool replaces)
{
    numbers n;
    uint64_t *whole[N_WHOLE];
    double *score[N_SCORE];
    char text[N_WHOLE + N_SCORE][LTS_NUMBER_SIZE];
    chain room;
    lts_text texts[4 + N_WHOLE + N_SCORE] = {{"recipe", recipe}, {"log_head", trainer->line_head}};
    LTS_TRY(lts_updater_settle(trainer->updater));
    LTS_TRY(collect_numbers(trainer, &n));
    list_numbers(&n, whole, score);
    bool returns = trainer->options.on_divergence == LSTM_DIVERGENCE_RETURN;
    int n_text = 2;
    for (int i = 0; i < (returns ? N_WHOLE : N_OLD_WHOLE); i++) {
        LTS_TRY(check_whole(whole_keys[i], *whole[i]));
        lts_print_uint(text[i], *whole[i]);
        texts[n_text++] = (lts_text){whole_keys[i], text[i]};
    }
    for (int i = 0; i < (returns ? N_SCORE : N_OLD_SCORE); i++) {
        lts_print_double(text[N_WHOLE + i], *score[i]);
        texts[n_text++] = (lts_text){score_keys[i], text[N_WHOLE + i]};
    }
    if (replaces)
        n_text += name_chain(trainer, &room, texts + n_text);
    block_list list;
    lts_block blocks[MAX_BLOCKS];
    list_blocks(trainer, has_best(trainer, trainer->run.best_score), &list);
    for (int64_t i = 0; i < list.n; i++)
        blocks[i] = (lts_block){list.prefix[i], list.values[i]};
    return lts_checkpoint_write(path, &trainer->updater->model->params, blocks, list.n, texts,
                                n_text);
}

lstm_status lts_trainer_write(lstm_trainer *trainer, const char *path, bool replaces)
{
    LTS_TRY(lts_trainer_settled(trainer));
    char *recipe = lts_recipe_text(trainer);
    if (recipe == NULL)
        return LSTM_E_NOMEM;
    lts_divergence_begin(trainer);
    lstm_status status = write_with(trainer, path, recipe, replaces);
    lts_free(recipe);
    return status;
}

lstm_status lstm_trainer_save(lstm_trainer *trainer, const char *path)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(trainer);
    LTS_NOT_NULL(path);
    return lts_trainer_write(trainer, path, false);
}

/* What no run can have come to. */
static lstm_status check_numbers(const lstm_trainer *trainer, const numbers *n)
{
    double elapsed = n->run.elapsed, last = n->run.last_score, best = n->run.best_score;
    bool scored = !isnan(last) || !isnan(best);
    if (n->start > n->iteration)
        return lts_fail(LSTM_E_FORMAT, "divergence.start is %llu, beyond iteration, %llu",
                        (unsigned long long)n->start, (unsigned long long)n->iteration);
    if (!(n->rate_factor > 0 && n->rate_factor <= 1))
        return lts_fail(LSTM_E_NUMERIC,
                        "divergence.rate_factor is %g, it must be above 0 and at most 1",
                        n->rate_factor);
    if (n->position.pass_start > n->position.drawn)
        return lts_fail(LSTM_E_FORMAT, "iter.pass_start is %llu, beyond iter.drawn, %llu",
                        (unsigned long long)n->position.pass_start,
                        (unsigned long long)n->position.drawn);
    if (!(elapsed >= 0) || signbit(elapsed) || !isfinite(elapsed))
        return lts_fail(LSTM_E_NUMERIC, "elapsed is %g, it must be finite and at least 0", elapsed);
    if (scored && !(last >= 0 && isfinite(last) && best >= 0 && isfinite(best)))
        return lts_fail(
            LSTM_E_NUMERIC,
            "last_score is %g and best_score %g: both must be finite and at least 0, or "
            "both NaN, before the first validation",
            last, best);
    if (scored && trainer->options.validate.every == 0)
        return lts_fail(LSTM_E_FORMAT, "the checkpoint has a best model, the recipe no validation");
    return LSTM_OK;
}

static lstm_status read_numbers(const lstm_trainer *trainer, const lts_checkpoint *checkpoint,
                                numbers *n)
{
    uint64_t *whole[N_WHOLE];
    double *score[N_SCORE];
    const char *recipe = lts_checkpoint_text(checkpoint, "recipe");
    if (recipe == NULL)
        return lts_fail(LSTM_E_FORMAT, "the checkpoint has no recipe");
    LTS_TRY(lts_recipe_match(trainer, recipe));
    list_numbers(n, whole, score);
    bool returns = trainer->options.on_divergence == LSTM_DIVERGENCE_RETURN;
    *n = (numbers){.rate_factor = 1};
    for (int i = 0; i < (returns ? N_WHOLE : N_OLD_WHOLE); i++) {
        LTS_TRY(lts_checkpoint_uint(checkpoint, whole_keys[i], whole[i]));
        LTS_TRY(check_whole(whole_keys[i], *whole[i]));
    }
    for (int i = 0; i < (returns ? N_SCORE : N_OLD_SCORE); i++)
        LTS_TRY(lts_checkpoint_double(checkpoint, score_keys[i], score[i]));
    if (lts_checkpoint_text(checkpoint, "log_head") == NULL)
        return lts_fail(LSTM_E_FORMAT, "the checkpoint has no log_head");
    return check_numbers(trainer, n);
}

/*
 * A log that does not hold the checkpoint's last line where it stood is another run's, and is left
 * alone.
 */
static lstm_status is_to_be_cut(const lstm_trainer *trainer, const char *head, const numbers *n,
                                bool *yes)
{
    int64_t size;
    LTS_TRY(lts_log_size(trainer->log, &size));
    *yes = head[0] != 0 && (uint64_t)size > n->log_size;
    return *yes ? lts_log_holds(trainer->log, (int64_t)n->line_start, head, yes) : LSTM_OK;
}

/* A best model of after a checkpoint that has none is of updates that are taken back. */
static lstm_status restore_best(const lstm_trainer *trainer, const real *best)
{
    const lts_block block = {"", best};
    char path[PATH_MAX];
    if (trainer->options.validate.every == 0)
        return LSTM_OK; /* nor will this run write it */
    LTS_TRY(lts_trainer_path(trainer, "best.safetensors", path));
    if (best == NULL)
        return lts_file_remove(path);
    return lts_blocks_write(path, "model", &trainer->updater->model->params, &block, 1, NULL, 0);
}

/*
 * The log and best.safetensors go back to the checkpoint's moment. Writing the one is the last step
 * that can fail: a log that cannot be cut now is cut before its next line.
 */
static lstm_status restore_folder(lstm_trainer *trainer, const lts_checkpoint *checkpoint,
                                  const numbers *n, const real *best)
{
    bool cut;
    if (trainer->log == NULL)
        return LSTM_OK;
    LTS_TRY(is_to_be_cut(trainer, lts_checkpoint_text(checkpoint, "log_head"), n, &cut));
    LTS_TRY(restore_best(trainer, best));
    if (cut)
        lts_log_forget(trainer->log, (int64_t)n->log_size);
    return LSTM_OK;
}

static void commit(lstm_trainer *trainer, const numbers *n, const char *head,
                   const block_list *list, const real *room)
{
    lstm_updater *updater = trainer->updater;
    int64_t total = updater->model->params.total;
    lts_updater_overwrite(updater);
    for (int64_t i = 0; i < list->n; i++)
        memcpy(list->values[i], room + i * total, (size_t)total * sizeof *room);
    lts_model_changed(updater->model);
    updater->iteration = n->iteration;
    updater->start = n->start;
    updater->rate_factor = n->rate_factor;
    updater->computed = updater->pending = false;
    lstm_iter_set_position(updater->iter, &n->position);
    trainer->run = n->run;
    trainer->begun = true;
    lts_trainer_saved(trainer, n->iteration);
    trainer->after = (lts_after){0};
    trainer->untold.due = false;
    trainer->line_start = (int64_t)n->line_start;
    snprintf(trainer->line_head, sizeof trainer->line_head, "%s", head);
}

/* Moments that are sums or means of squares: of a negative one the next update takes the root. */
static lstm_status check_squares(const lstm_trainer *trainer, const block_list *list,
                                 const real *room)
{
    const lts_optimizer *optimizer = &trainer->updater->optimizer;
    const lts_params *params = &trainer->updater->model->params;
    char place[LTS_PLACE_SIZE];
    if (optimizer->options.kind == LSTM_MOMENTUM)
        return LSTM_OK;
    for (int64_t m = 0; m < optimizer->n_moment; m++) {
        const real *moment = room + (1 + m) * params->total; /* behind the parameters */
        for (int64_t i = 0; strcmp(optimizer->names[m], "m") != 0 && i < params->total; i++)
            if (moment[i] < 0) {
                lts_params_place(params, i, place);
                return lts_fail(LSTM_E_NUMERIC, "%s%s is %g, which is no mean of squares",
                                list->prefix[1 + m], place, (double)moment[i]);
            }
    }
    return LSTM_OK;
}

/* Whatever else is in the file, no release has written for such a run. */
static lstm_status check_blocks(const lstm_trainer *trainer, const lts_checkpoint *checkpoint,
                                const block_list *list)
{
    const char *prefixes[MAX_BLOCKS];
    for (int64_t i = 0; i < list->n; i++)
        prefixes[i] = list->prefix[i];
    return lts_checkpoint_only(checkpoint, &trainer->updater->model->params, prefixes, list->n);
}

lstm_status lts_trainer_restore(lstm_trainer *trainer, const lts_checkpoint *checkpoint)
{
    const lts_params *params = &trainer->updater->model->params;
    numbers n;
    block_list list;
    LTS_TRY(read_numbers(trainer, checkpoint, &n));
    list_blocks(trainer, has_best(trainer, n.run.best_score), &list);
    LTS_TRY(check_blocks(trainer, checkpoint, &list));
    real *room = lts_alloc(list.n * params->total, sizeof *room);
    lstm_status status = room == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t i = 0; i < list.n && status >= 0; i++)
        status = lts_checkpoint_block(checkpoint, params, list.prefix[i], room + i * params->total);
    if (status >= 0)
        status = check_squares(trainer, &list, room);
    bool with_best = isfinite(n.run.best_score); /* then it is the last block */
    if (status >= 0)
        status = restore_folder(trainer, checkpoint, &n,
                                with_best ? room + (list.n - 1) * params->total : NULL);
    if (status >= 0)
        commit(trainer, &n, lts_checkpoint_text(checkpoint, "log_head"), &list, room);
    lts_free(room);
    return status;
}
