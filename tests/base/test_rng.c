/* SPDX-License-Identifier: MIT */
/*
 * The statistical tests are deterministic, since seeds are fixed. A correct generator exceeds a
 * bound for one in a million seeds (z = 4.75, one-sided), so a failure is a defect.
 */
#include "assert_status.h"

#include "base/philox.h"
#include "base/rng.h"

#include <math.h>
#ifdef LTS_RANDOM123
#include <Random123/philox.h>
#endif

static const double z_million = 4.753424;

/* Published results of philox4x32-10 (Random123's kat_vectors), counter words 0 .. 3 as
 * counter and stream, key words 0 and 1 as seed, low word first. */
static const struct {
    uint64_t seed, stream, counter;
    uint32_t answer[4];
} known[] = {
    {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {UINT64_MAX, UINT64_MAX, UINT64_MAX, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {0x299f31d0a4093822,
     0x0370734413198a2e,
     0x85a308d3243f6a88,
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};
enum { N_KNOWN = sizeof known / sizeof known[0] };

/* The upper 64 bits of a b */
static uint64_t upper_product(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)a * b >> 64);
#else
    uint64_t a0 = a & UINT32_MAX, a1 = a >> 32, b0 = b & UINT32_MAX, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (middle & UINT32_MAX);
    return a1 * b1 + (middle >> 32) + (other >> 32);
#endif
}

/* Of the library's own Philox, also where Random123 takes its place. */
static void own_random_bits_are_the_published_ones(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_KNOWN; i++) {
        const uint32_t key[] = {(uint32_t)known[i].seed, (uint32_t)(known[i].seed >> 32)};
        uint32_t word[] = {(uint32_t)known[i].counter, (uint32_t)(known[i].counter >> 32),
                           (uint32_t)known[i].stream, (uint32_t)(known[i].stream >> 32)};
        lts_philox(word, key);
        assert_memory_equal(word, known[i].answer, sizeof word);
    }
}

#ifdef LTS_RANDOM123
/* A chain: each counter and key is made of the bits before it. */
static void own_random_bits_are_those_of_random123(void **fixture)
{
    (void)fixture;
    uint32_t word[4] = {0}, key[2] = {0};
    for (int i = 0; i < 100000; i++) {
        philox4x32_ctr_t counter = {{word[0], word[1], word[2], word[3]}};
        philox4x32_key_t words = {{key[0], key[1]}};
        philox4x32_ctr_t other = philox4x32(counter, words);
        lts_philox(word, key);
        assert_memory_equal(word, other.v, sizeof word);
        key[0] = word[3] + (uint32_t)i;
        key[1] ^= word[1];
    }
}
#endif

static void draws_below_n_come_from_the_published_bits(void **fixture)
{
    (void)fixture;
    /* the powers of two show the high bits, 2^63 - 1 every bit down to the lowest */
    const int64_t n[] = {1, 2, 10, 150, 1000003, INT64_C(1) << 32, INT64_C(1) << 62, INT64_MAX};
    for (int i = 0; i < N_KNOWN; i++) {
        uint64_t bits = (uint64_t)known[i].answer[1] << 32 | known[i].answer[0];
        for (size_t j = 0; j < sizeof n / sizeof n[0]; j++)
            assert_int_equal(lts_rng_below(known[i].seed, known[i].stream, known[i].counter, n[j]),
                             (int64_t)upper_product(bits, (uint64_t)n[j]));
    }
}

static void normal_draws_come_from_the_published_bits(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_KNOWN; i++) {
        const uint32_t *word = known[i].answer;
        /* two uniforms of 53 bits, from the high bits of words 1:0 and 3:2 */
        double first = word[1] * 0x1p-32 + (word[0] >> 11) * 0x1p-53;
        double second = word[3] * 0x1p-32 + (word[2] >> 11) * 0x1p-53;
        double expected = sqrt(-2 * log(first + 0x1p-54)) * cos(2 * acos(-1.0) * second);
        double got = lts_rng_normal(known[i].seed, known[i].stream, known[i].counter);
        assert_true(fabs(got - expected) < 1e-14);
    }
}

static void draws_stay_below_n_and_reach_both_ends(void **fixture)
{
    (void)fixture;
    for (int64_t n = 1; n <= 40; n++) {
        bool low = false, high = false;
        /* 1000 draws miss an end with a chance of at most (39/40)^1000 = 1e-11 */
        for (uint64_t counter = 0; counter < 1000; counter++) {
            int64_t drawn = lts_rng_below(5, 1, counter, n);
            assert_in_range(drawn, 0, n - 1);
            low = low || drawn == 0;
            high = high || drawn == n - 1;
        }
        assert_true(low && high);
    }
}

/* Chi-square of `n_bin` equally likely bins within bounds; Wilson and Hilferty's approximation. */
static void assert_uniform(const int64_t *count, int n_bin)
{
    double total = 0, chi = 0, df = n_bin - 1;
    for (int i = 0; i < n_bin; i++)
        total += (double)count[i];
    for (int i = 0; i < n_bin; i++)
        chi += pow((double)count[i] - total / n_bin, 2) / (total / n_bin);
    double width = z_million * sqrt(2 / (9 * df));
    double low = df * pow(1 - 2 / (9 * df) - width, 3);
    double high = df * pow(1 - 2 / (9 * df) + width, 3);
    if (chi < low || chi > high)
        fail_msg("chi-square of %d bins is %g, not within %g .. %g", n_bin, chi, low, high);
}

enum { N_DRAW = 100000, MANY_BINS = 150, FEW_BINS = 12 };

static void draws_are_uniform_along_counters_streams_and_seeds(void **fixture)
{
    (void)fixture;
    int64_t by_counter[MANY_BINS] = {0}, by_stream[MANY_BINS] = {0}, by_seed[MANY_BINS] = {0};
    for (uint64_t i = 0; i < N_DRAW; i++) {
        by_counter[lts_rng_below(1, 1, i, MANY_BINS)]++;
        by_stream[lts_rng_below(1, i, 0, MANY_BINS)]++;
        by_seed[lts_rng_below(i, 1, 0, MANY_BINS)]++;
    }
    assert_uniform(by_counter, MANY_BINS);
    assert_uniform(by_stream, MANY_BINS);
    assert_uniform(by_seed, MANY_BINS);
}

static void neighbouring_draws_are_independent(void **fixture)
{
    (void)fixture;
    int64_t counters[FEW_BINS * FEW_BINS] = {0}, streams[FEW_BINS * FEW_BINS] = {0};
    int64_t seeds[FEW_BINS * FEW_BINS] = {0};
    for (uint64_t i = 0; i < 2 * N_DRAW; i += 2) {
        counters[lts_rng_below(7, 2, i, FEW_BINS) * FEW_BINS +
                 lts_rng_below(7, 2, i + 1, FEW_BINS)]++;
        streams[lts_rng_below(7, i, 3, FEW_BINS) * FEW_BINS +
                lts_rng_below(7, i + 1, 3, FEW_BINS)]++;
        seeds[lts_rng_below(i, 2, 3, FEW_BINS) * FEW_BINS + lts_rng_below(i + 1, 2, 3, FEW_BINS)]++;
    }
    assert_uniform(counters, FEW_BINS * FEW_BINS);
    assert_uniform(streams, FEW_BINS * FEW_BINS);
    assert_uniform(seeds, FEW_BINS * FEW_BINS);
}

/* The moments of N normal draws have these standard deviations: mean 1/sqrt(N), variance
 * sqrt(2/N), skewness sqrt(15/N) about 0 (known mean and variance), kurtosis sqrt(96/N). */
static void normal_draws_have_the_moments_of_a_standard_normal(void **fixture)
{
    (void)fixture;
    double m1 = 0, m2 = 0, m3 = 0, m4 = 0, n = N_DRAW;
    for (uint64_t i = 0; i < N_DRAW; i++) {
        double x = lts_rng_normal(11, 0, i);
        assert_true(isfinite(x));
        m1 += x / n;
        m2 += x * x / n;
        m3 += x * x * x / n;
        m4 += x * x * x * x / n;
    }
    assert_true(fabs(m1) < z_million / sqrt(n));
    assert_true(fabs(m2 - 1) < z_million * sqrt(2 / n));
    assert_true(fabs(m3) < z_million * sqrt(15 / n));
    assert_true(fabs(m4 - 3) < z_million * sqrt(96 / n));
}

static void normal_draws_have_the_distribution_of_a_standard_normal(void **fixture)
{
    (void)fixture;
    int64_t count[MANY_BINS] = {0};
    for (uint64_t i = 0; i < N_DRAW; i++) {
        double probability = erfc(-lts_rng_normal(13, 4, i) / sqrt(2)) / 2;
        int bin = (int)(probability * MANY_BINS);
        count[bin < MANY_BINS ? bin : MANY_BINS - 1]++;
    }
    assert_uniform(count, MANY_BINS);
}

static void streams_and_their_parts_never_coincide(void **fixture)
{
    (void)fixture;
    const enum lts_rng_stream streams[] = {LTS_RNG_WEIGHTS, LTS_RNG_WINDOWS, LTS_RNG_SHUFFLE};
    const uint64_t last = (UINT64_C(1) << 56) - 1;
    for (int i = 0; i < 3; i++) {
        assert_true(lts_rng_part(streams[i], 0) != lts_rng_part(streams[i], 1));
        assert_true(lts_rng_part(streams[i], 0) == (uint64_t)streams[i] << 56);
        for (int j = 0; j < i; j++)
            assert_true(lts_rng_part(streams[j], last) < lts_rng_part(streams[i], 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_random_bits_are_the_published_ones),
#ifdef LTS_RANDOM123
        cmocka_unit_test(own_random_bits_are_those_of_random123),
#endif
        cmocka_unit_test(draws_below_n_come_from_the_published_bits),
        cmocka_unit_test(normal_draws_come_from_the_published_bits),
        cmocka_unit_test(draws_stay_below_n_and_reach_both_ends),
        cmocka_unit_test(draws_are_uniform_along_counters_streams_and_seeds),
        cmocka_unit_test(neighbouring_draws_are_independent),
        cmocka_unit_test(normal_draws_have_the_moments_of_a_standard_normal),
        cmocka_unit_test(normal_draws_have_the_distribution_of_a_standard_normal),
        cmocka_unit_test(streams_and_their_parts_never_coincide),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
