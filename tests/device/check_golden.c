/* SPDX-License-Identifier: MIT */
/*
 * The golden cases on the device. What is held against them is the error relative to an array's
 * norm: each case runs on the processor first, which says what float32 makes of it.
 */
#include "check.h"
#include "golden_check.h"
#include "tally.h"
#include <math.h>
#include <stdio.h>

/*
 * The largest error of each quantity in the processor's run. Not number by number: what is left of
 * an update's roundings after a hundred more is as good as random, small here by chance and there
 * not.
 */
struct golden_tally {
    tally *tally;
    double in_float[GOLDEN_N_QUANTITY];
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
    double *largest = &run->tally->in_float[numbers->quantity];
    *largest = fmax(*largest, tally_error(numbers->n, numbers->got, numbers->want));
}

/* Whether these numbers come after an update. */
static bool is_late(const golden_numbers *numbers)
{
    switch (numbers->quantity) {
    case GOLDEN_STEP_LOSS:
    case GOLDEN_LOSS:
    case GOLDEN_GRADIENT_NORM:
        return numbers->first > 0;
    case GOLDEN_PARAMETER:
    case GOLDEN_MOMENT:
    case GOLDEN_VALID:
    case GOLDEN_PRED:
        return true;
    default:
        return false;
    }
}

/*
 * At a lower precision a training of many updates is another training, near as it may stay: its
 * numbers are shown, and only those of the first update are judged.
 */
static void show_late(const golden_run *run, const golden_numbers *numbers, double error)
{
    char kind[32];
    snprintf(kind, sizeof kind, "(%s)", quantities[numbers->quantity]);
    tally_add(run->tally->tally, kind, run->golden->name, error, 1, INFINITY);
}

static void compare(const golden_run *run, const golden_numbers *numbers)
{
    char context[128];
    double error = tally_error(numbers->n, numbers->got, numbers->want);
    if (run->precision != LSTM_PRECISION_HIGHEST && is_late(numbers)) {
        show_late(run, numbers, error);
        return;
    }
    snprintf(context, sizeof context, "%s %s[%lld]", run->golden->name, numbers->what,
             (long long)numbers->first);
    tally_add(run->tally->tally, quantities[numbers->quantity], context, error, 1,
              run->tally->in_float[numbers->quantity]);
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
    size_t n = check.tiny    ? 1
               : check.small ? sizeof small_cases / sizeof *small_cases
                             : sizeof cases / sizeof *cases;
    char title[64];
    tally *all = tally_new(check_asked(precision));
    for (size_t i = 0; i < n; i++) {
        golden_tally notes = {.tally = all};
        run_case(names[i], "cpu", LSTM_PRECISION_HIGHEST, note_in_float, &notes);
        run_case(names[i], check.device, precision, compare, &notes);
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
