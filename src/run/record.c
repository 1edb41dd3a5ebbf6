/* SPDX-License-Identifier: MIT */
#include "run/record.h"

#include "base/status.h"

#include <stdio.h>
#include <string.h>

_Static_assert((int)LTS_RECORD_BLOCKS <= (int)LTS_MAX_BLOCKS,
               "a checkpoint could be written and not read");

/* The last keys of each kind are stored only if record.rolled. */
enum { N_COUNTER = 9, N_SCORE = 4, N_BASIC_COUNTER = 7, N_BASIC_SCORE = 3 };

static const char *const counter_keys[N_COUNTER] = {
    "iteration", "iter.iteration", "iter.drawn",         "iter.pass_start", "log_size",
    "log_line",  "not_better",     "divergence.returns", "divergence.start"};
static const char *const score_keys[N_SCORE] = {"elapsed", "last_score", "best_score",
                                                "divergence.rate_factor"};
/* Optional: releases before 0.1.0 did not write them. */
static const char *const last_keys[] = {"last.loss", "last.last_loss", "last.learning_rate"};
static const char kernels_key[] = "kernels";
static const char before_key[] = "snapshot.before", replaced_key[] = "snapshot.replaced";

/* Pointers to the numbers of a record, in the order of their keys. */
typedef struct number_list {
    uint64_t *counters[N_COUNTER];
    double *scores[N_SCORE];
    int n_counter, n_score;
} number_list;

static number_list list_numbers(lts_record *r)
{
    return (number_list){
        .counters = {&r->iteration, &r->position.iteration, &r->position.drawn,
                     &r->position.pass_start, &r->log.size, &r->log.line_start, &r->not_better,
                     &r->n_rollback, &r->start},
        .scores = {&r->elapsed, &r->last_score, &r->best_score, &r->rate_factor},
        .n_counter = r->rolled ? N_COUNTER : N_BASIC_COUNTER,
        .n_score = r->rolled ? N_SCORE : N_BASIC_SCORE,
    };
}

void lts_record_add_block(lts_record *record, const char *prefix, real *values)
{
    lts_record_block *block = &record->blocks[record->n_block++];
    snprintf(block->prefix, sizeof block->prefix, "%s", prefix);
    block->values = values;
}

/*
 * No run reaches this limit. A counter near the maximum of its type would wrap, and the checkpoint
 * could not be resumed; therefore it is neither read nor written.
 */
static lstm_status check_counter(const char *key, uint64_t value)
{
    if (value > UINT64_C(1) << 62)
        return lts_fail(LSTM_E_LIMIT, "%s is %llu, the limit is 2^62", key,
                        (unsigned long long)value);
    return LSTM_OK;
}

enum { N_LAST = 3, N_TEXT = 3 + N_COUNTER + N_SCORE + N_LAST + 2 };

/* The metadata of a checkpoint, and the numbers in it. */
typedef struct text_list {
    int n, n_number;
    lts_text texts[N_TEXT];
    char numbers[N_TEXT][LTS_NUMBER_SIZE];
} text_list;

static void add_text(text_list *list, const char *key, const char *text)
{
    list->texts[list->n++] = (lts_text){key, text};
}

static void add_counter(text_list *list, const char *key, uint64_t value)
{
    char *text = list->numbers[list->n_number++];
    lts_print_uint(text, value);
    add_text(list, key, text);
}

static void add_score(text_list *list, const char *key, double value)
{
    char *text = list->numbers[list->n_number++];
    lts_print_double(text, value);
    add_text(list, key, text);
}

static lstm_status check_scores(const lts_record *record)
{
    double elapsed = record->elapsed, last = record->last_score, best = record->best_score;
    bool scored = !isnan(last) || !isnan(best);
    if (!(elapsed >= 0) || signbit(elapsed) || !isfinite(elapsed))
        return lts_fail(LSTM_E_NUMERIC, "elapsed is %g, expected a finite value of at least 0",
                        elapsed);
    if (scored && !(last >= 0 && isfinite(last) && best >= 0 && isfinite(best)))
        return lts_fail(
            LSTM_E_NUMERIC,
            "last_score is %g and best_score %g, expected both finite and at least 0, or "
            "both NaN before the first validation",
            last, best);
    return LSTM_OK;
}

/* Rejects numbers that no run can have. */
static lstm_status check_numbers(const lts_record *record)
{
    const lstm_iter_position *position = &record->position;
    if (record->start > record->iteration)
        return lts_fail(LSTM_E_FORMAT, "divergence.start is %llu, expected at most iteration, %llu",
                        (unsigned long long)record->start, (unsigned long long)record->iteration);
    if (!(record->rate_factor > 0 && record->rate_factor <= 1))
        return lts_fail(LSTM_E_NUMERIC,
                        "divergence.rate_factor is %g, expected above 0 and at most 1",
                        record->rate_factor);
    if (position->pass_start > position->drawn)
        return lts_fail(LSTM_E_FORMAT, "iter.pass_start is %llu, expected at most iter.drawn, %llu",
                        (unsigned long long)position->pass_start,
                        (unsigned long long)position->drawn);
    return check_scores(record);
}

lstm_status lts_record_write(const lts_record *record, lts_location file, const lts_params *params)
{
    lts_record copy = *record; /* list_numbers() needs a record that is not const */
    number_list numbers = list_numbers(&copy);
    text_list list = {0};
    lts_block blocks[LTS_RECORD_BLOCKS];
    LTS_TRY(check_numbers(record));
    add_text(&list, "recipe", record->recipe);
    add_text(&list, "log_head", record->log.line_head);
    if (record->kernels != NULL)
        add_text(&list, kernels_key, record->kernels);
    for (int i = 0; i < numbers.n_counter; i++) {
        LTS_TRY(check_counter(counter_keys[i], *numbers.counters[i]));
        add_counter(&list, counter_keys[i], *numbers.counters[i]);
    }
    for (int i = 0; i < numbers.n_score; i++)
        add_score(&list, score_keys[i], *numbers.scores[i]);
    const lts_last_update *last = &record->last;
    const double last_values[N_LAST] = {last->loss, last->last_loss, last->learning_rate};
    for (int i = 0; i < N_LAST && isfinite(last->loss); i++)
        add_score(&list, last_keys[i], last_values[i]);
    if (record->chained)
        add_counter(&list, before_key, record->chain.before);
    if (record->chained && record->chain.replaced != LTS_NO_SNAPSHOT)
        add_counter(&list, replaced_key, record->chain.replaced);
    for (int64_t i = 0; i < record->n_block; i++)
        blocks[i] = (lts_block){record->blocks[i].prefix, record->blocks[i].values};
    return lts_checkpoint_write(file, params, blocks, record->n_block, &record->state, list.texts,
                                list.n);
}

lstm_status lts_record_read_recipe(lts_record *record, const lts_checkpoint *checkpoint)
{
    record->recipe = lts_checkpoint_text(checkpoint, "recipe");
    if (record->recipe == NULL)
        return lts_fail(LSTM_E_FORMAT, "the checkpoint has no recipe");
    return LSTM_OK;
}

/* A missing or invalid chain is ignored: no result of the run depends on it. */
static void read_chain(lts_record *record, const lts_checkpoint *checkpoint)
{
    lts_snapshot_chain *chain = &record->chain;
    const char *before = lts_checkpoint_text(checkpoint, before_key);
    const char *replaced = lts_checkpoint_text(checkpoint, replaced_key);
    chain->replaced = LTS_NO_SNAPSHOT;
    record->chained = before != NULL && lts_parse_uint(before, &chain->before);
    if (replaced != NULL)
        lts_parse_uint(replaced, &chain->replaced);
}

/* Missing or invalid numbers are NaN: they are only reported. */
static void read_last(lts_record *record, const lts_checkpoint *checkpoint)
{
    double values[N_LAST];
    for (int i = 0; i < N_LAST; i++) {
        const char *text = lts_checkpoint_text(checkpoint, last_keys[i]);
        if (text == NULL || !lts_parse_double(text, &values[i]) || !isfinite(values[i]))
            values[i] = (double)NAN;
    }
    record->last = (lts_last_update){values[0], values[1], values[2]};
}

lstm_status lts_record_read_numbers(lts_record *record, const lts_checkpoint *checkpoint)
{
    record->rolled |= lts_checkpoint_text(checkpoint, "divergence.rate_factor") != NULL;
    number_list numbers = list_numbers(record);
    record->rate_factor = 1;
    record->n_rollback = record->start = 0;
    for (int i = 0; i < numbers.n_counter; i++) {
        LTS_TRY(lts_checkpoint_uint(checkpoint, counter_keys[i], numbers.counters[i]));
        LTS_TRY(check_counter(counter_keys[i], *numbers.counters[i]));
    }
    for (int i = 0; i < numbers.n_score; i++)
        LTS_TRY(lts_checkpoint_double(checkpoint, score_keys[i], numbers.scores[i]));
    record->log.line_head = lts_checkpoint_text(checkpoint, "log_head");
    if (record->log.line_head == NULL)
        return lts_fail(LSTM_E_FORMAT, "the checkpoint has no log_head");
    record->kernels = lts_checkpoint_text(checkpoint, kernels_key);
    read_last(record, checkpoint);
    read_chain(record, checkpoint);
    return check_numbers(record);
}

int64_t lts_record_size(const lts_record *record, const lts_params *params)
{
    int64_t n_stream = record->state.n_stream > 0 ? record->state.n_stream : 0;
    return record->n_block * params->total + params->L * 2 * n_stream * params->H;
}

lstm_status lts_record_read_blocks(lts_record *record, const lts_checkpoint *checkpoint,
                                   const lts_params *params, real *buffer)
{
    const char *prefixes[LTS_RECORD_BLOCKS];
    for (int64_t i = 0; i < record->n_block; i++)
        prefixes[i] = record->blocks[i].prefix;
    LTS_TRY(
        lts_checkpoint_only(checkpoint, params, prefixes, record->n_block, record->state.n_stream));
    for (int64_t i = 0; i < record->n_block; i++)
        LTS_TRY(lts_checkpoint_block(checkpoint, params, prefixes[i], buffer + i * params->total));
    if (record->state.n_stream > 0 && lts_checkpoint_has_state(checkpoint))
        return lts_checkpoint_state(checkpoint, buffer + record->n_block * params->total);
    record->state.n_stream = 0;
    return LSTM_OK;
}
