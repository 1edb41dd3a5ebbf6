/* SPDX-License-Identifier: MIT */
#include "peak.h"

#include "timing.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_THREADS = 64 };

extern const bench_peak_set bench_peak_generic;
#ifdef BENCH_X86
extern const bench_peak_set bench_peak_avx2, bench_peak_avx512;
#endif

const bench_peak_set *bench_peak_select(void)
{
    const bench_peak_set *best = &bench_peak_generic;
#ifdef BENCH_X86
    const char *cap = getenv("LSTMTS_KERNELS");
    if (cap != NULL && strcmp(cap, "generic") == 0)
        return best;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        best = &bench_peak_avx2;
    if (cap != NULL && strcmp(cap, "avx2") == 0)
        return best;
    if (__builtin_cpu_supports("avx512f"))
        best = &bench_peak_avx512;
#endif
    return best;
}

typedef struct multiplier {
    const bench_peak_set *set;
    double seconds;
    double rate;
} multiplier;

typedef struct reader {
    const bench_peak_set *set;
    const float *values;
    int64_t n;
} reader;

static bool multiply(void *what)
{
    const multiplier *m = what;
    m->set->multiply_add(10000);
    return true;
}

static void *run_multiplier(void *what)
{
    multiplier *m = what;
    bench_time time;
    double work = m->set->multiply_add(10000);
    m->rate = bench_measure(multiply, m, m->seconds, &time) ? work / time.median_ns : 0;
    return NULL;
}

double bench_peak_flops(const bench_peak_set *set, int64_t n_thread, double seconds)
{
    multiplier multipliers[MOST_THREADS];
    pthread_t threads[MOST_THREADS];
    double rate = 0;
    int64_t made = 1;
    n_thread = n_thread > MOST_THREADS ? MOST_THREADS : n_thread;
    for (int64_t i = 0; i < n_thread; i++)
        multipliers[i] = (multiplier){set, seconds, 0};
    while (made < n_thread &&
           pthread_create(&threads[made], NULL, run_multiplier, &multipliers[made]) == 0)
        made++;
    run_multiplier(&multipliers[0]);
    for (int64_t i = 1; i < made; i++)
        pthread_join(threads[i], NULL);
    for (int64_t i = 0; i < made; i++)
        rate += multipliers[i].rate;
    return made == n_thread ? rate : 0;
}

static bool read_block(void *what)
{
    const reader *r = what;
    r->set->read_all(r->values, r->n);
    return true;
}

double bench_peak_read(const bench_peak_set *set, int64_t bytes, double seconds)
{
    bench_time time;
    int64_t n = bytes / (int64_t)sizeof(float);
    float *values = aligned_alloc(64, ((size_t)bytes + 63) / 64 * 64);
    if (values == NULL)
        return 0;
    for (int64_t i = 0; i < n; i++)
        values[i] = 1;
    reader r = {set, values, n};
    double rate =
        bench_measure(read_block, &r, seconds, &time) ? (double)bytes / time.median_ns : 0;
    free(values);
    return rate;
}
