/* SPDX-License-Identifier: MIT */
/*
 * The golden cases on the device. What is held against them is the error relative to an array's
 * norm: each case runs on the processor first, which says what float32 makes of it.
 */
#include "check.h"
#include "golden_check.h"
#include "tally.h"
#include <stdio.h>
#include <stdlib.h>

/* The errors of the processor's run, in order, and the place of the device's in it. */
struct golden_tally {
    tally *tally;
    double *in_float;
    int64_t n, at;
};

static const char *const cases[] = {
#define CASE_NAME(name) #name,
    GOLDEN_CASES(CASE_NAME)};

/* One layer in each form, and two layers. */
static const char *const small_cases[] = {"c02_clean_n3h7", "c03_seed_n3h7", "c04_support0_pred2",
                                          "c08_two_layers"};

static const char *const quantities[] = {
#define QUANTITY_TEXT(name, text) text,
    GOLDEN_QUANTITIES(QUANTITY_TEXT)};

static void note_in_float(const golden_run *run, const golden_numbers *numbers)
{
    golden_tally *notes = run->tally;
    notes->in_float = realloc(notes->in_float, (size_t)(notes->n + 1) * sizeof *notes->in_float);
    assert_non_null(notes->in_float);
    notes->in_float[notes->n++] = tally_error(numbers->n, numbers->got, numbers->want);
}

static void compare(const golden_run *run, const golden_numbers *numbers)
{
    golden_tally *notes = run->tally;
    char context[128];
    assert_true(notes->at < notes->n);
    snprintf(context, sizeof context, "%s %s[%lld]", run->golden->name, numbers->what,
             (long long)numbers->first);
    tally_add(notes->tally, quantities[numbers->quantity], context,
              tally_error(numbers->n, numbers->got, numbers->want), notes->in_float[notes->at++]);
}

static void run_case(const char *name, const char *device, int64_t precision, golden_compare *how,
                     golden_tally *notes)
{
    golden_run run = {.device = device, .precision = precision};
    golden_run_open(&run, name);
    run.tally = notes;
    run.compare = how;
    golden_check_training(&run);
    golden_check_forecasts(&run);
    golden_run_close(&run);
}

static void golden_cases(int64_t precision)
{
    const char *const *names = check.small ? small_cases : cases;
    size_t n =
        check.small ? sizeof small_cases / sizeof *small_cases : sizeof cases / sizeof *cases;
    char title[64];
    tally *all = tally_new(check_asked(precision));
    for (size_t i = 0; i < n; i++) {
        golden_tally notes = {.tally = all};
        run_case(names[i], "cpu", LSTM_PRECISION_HIGHEST, note_in_float, &notes);
        run_case(names[i], check.device, precision, compare, &notes);
        assert_int_equal(notes.at, notes.n);
        free(notes.in_float);
    }
    snprintf(title, sizeof title, "golden cases at %s", check_precision_name(precision));
    tally_report(all, title);
}

void golden_cases_at_highest(void **state)
{
    (void)state;
    golden_cases(LSTM_PRECISION_HIGHEST);
}

void golden_cases_at_high(void **state)
{
    (void)state;
    golden_cases(LSTM_PRECISION_HIGH);
}

void golden_cases_at_medium(void **state)
{
    (void)state;
    golden_cases(LSTM_PRECISION_MEDIUM);
}
