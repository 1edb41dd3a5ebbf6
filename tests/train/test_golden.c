/* SPDX-License-Identifier: MIT */
/*
 * The golden cases (golden/README.md): trainings recorded from another implementation, based on the
 * article's framework. Each case runs through the public headers, with a sampler that replays its
 * windows, and every recorded number is compared.
 */
#include "assert_close.h"
#include "golden_check.h"
#include <stdio.h>
#include <stdlib.h>

#ifdef TEST_GOLDEN_SHORT
#define CASES GOLDEN_SHORT_CASES
#else
#define CASES GOLDEN_CASES
#endif

/* Results over all cases. */
struct golden_tally {
    int64_t n_compared[GOLDEN_N_QUANTITY];
    double largest[GOLDEN_N_QUANTITY];
    double of_size[GOLDEN_N_QUANTITY]; /* largest error relative to expected values above 1 */
};

/*
 * The norm of a gradient late in a float training is affected by the rounding of all updates
 * before: with parameters rounded to float and all else in double, a norm of 6.7 is already off by
 * up to 1.4e-5. For norms above 1 the tolerance of the float build is therefore relative, 1e-5.
 * That of the double build is 1e-12 as everywhere.
 */
static double tolerance_of(golden_quantity quantity, double want)
{
    bool in_float = sizeof(lstm_real) == sizeof(float);
    return in_float && quantity == GOLDEN_GRADIENT_NORM ? TOLERANCE * fmax(1, want) : TOLERANCE;
}

static void compare_one(const golden_run *run, const golden_numbers *numbers, int64_t i)
{
    golden_quantity quantity = numbers->quantity;
    double got = numbers->got[i], want = numbers->want[i];
    double error =
        assert_close(run->golden->name, numbers->what, numbers->first + i * numbers->every, got,
                     want, tolerance_of(quantity, want));
    run->tally->n_compared[quantity]++;
    run->tally->largest[quantity] = fmax(run->tally->largest[quantity], error);
    run->tally->of_size[quantity] =
        fmax(run->tally->of_size[quantity], isnan(want) ? 0 : error / fmax(1, fabs(want)));
}

static void compare(const golden_run *run, const golden_numbers *numbers)
{
    for (int64_t i = 0; i < numbers->n; i++)
        compare_one(run, numbers, i);
}

static void check_case(const char *name, golden_tally *tally)
{
    golden_run run = {0};
    golden_run_open(&run, name);
    run.tally = tally;
    run.compare = compare;
    golden_check_training(&run);
    golden_check_forecasts(&run);
    golden_run_close(&run);
}

static int open_tally(void **state)
{
    *state = calloc(1, sizeof(golden_tally));
    return *state == NULL;
}

static int report_tally(void **state)
{
    static const char *const texts[] = {
#define QUANTITY_TEXT(name, text) text,
        GOLDEN_QUANTITIES(QUANTITY_TEXT)};
    const golden_tally *tally = *state;
    for (int q = 0; q < GOLDEN_N_QUANTITY; q++)
        print_message("%-18s %8" PRId64 " compared, largest error %.2g, of numbers above 1 by "
                      "their size %.2g; allowed %.0e\n",
                      texts[q], tally->n_compared[q], tally->largest[q], tally->of_size[q],
                      TOLERANCE);
    free(*state);
    return 0;
}

#define CASE_TEST(name)                                                                            \
    static void golden_case_##name##_is_reproduced(void **state)                                   \
    {                                                                                              \
        check_case(#name, *state);                                                                 \
    }
CASES(CASE_TEST)

int main(void)
{
#define CASE_ENTRY(name) cmocka_unit_test(golden_case_##name##_is_reproduced),
    const struct CMUnitTest tests[] = {CASES(CASE_ENTRY)};
    return cmocka_run_group_tests(tests, open_tally, report_tally);
}
