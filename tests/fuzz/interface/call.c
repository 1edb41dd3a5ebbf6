/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <errno.h>
#include <stdatomic.h>
#include <xxhash.h>

enum { ERRNO = 4711, UNTOUCHED = 0xA5 };

void call_begin(void)
{
    errno = ERRNO;
}

static bool is_text(const char *message)
{
    size_t size = strlen(message);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)message[i] < ' ')
            return false;
    return size > 0 && size < 2048;
}

lstm_status call_end(lstm_status status, uint32_t allowed, const char *what)
{
    bool kept = errno == ERRNO;
    bool known = status >= 0 ? status <= LSTM_OTHER_KERNELS : (allowed >> -(int)status & 1) != 0;
    if (!known || (status >= 0 && !kept) || (status < 0 && !is_text(lstm_last_error())))
        fprintf(stderr, "%s is %s, errno %d\n", what, lstm_status_name(status), errno);
    if (getenv("FUZZ_TRACE") != NULL)
        fprintf(stderr, "  %s: %s\n", what, lstm_status_name(status));
    FUZZ_HOLDS(known);
    FUZZ_HOLDS(status < 0 || kept);
    FUZZ_HOLDS(status >= 0 || is_text(lstm_last_error()));
    digest(&status, sizeof status);
    if (status < 0 && status != LSTM_E_NOMEM) /* which of several threads lacks memory is chance */
        digest(lstm_last_error(), strlen(lstm_last_error()));
    errno = ERRNO;
    return status;
}

void digest(const void *bytes, size_t size)
{
    if (size > 0)
        w.digest = XXH3_64bits_withSeed(bytes, size, w.digest);
}

output output_new(int64_t count, size_t size)
{
    output o = {NULL, count > 0 ? (size_t)count * size : 0};
    o.at = malloc(o.size + (o.size == 0));
    FUZZ_HOLDS(o.at != NULL);
    memset(o.at, UNTOUCHED, o.size);
    return o;
}

void output_done(output *o, lstm_status status, content what)
{
    const unsigned char *bytes = o->at;
    const double *doubles = o->at;
    if (status < 0) {
        for (size_t i = 0; i < o->size; i++)
            FUZZ_HOLDS(bytes[i] == UNTOUCHED);
    } else {
        digest(o->at, o->size);
        if (what == REALS)
            FUZZ_HOLDS(lts_first_nonfinite(o->at, (int64_t)(o->size / sizeof(real))) < 0);
        for (size_t i = 0; what == DOUBLES && i < o->size / sizeof(double); i++)
            FUZZ_HOLDS(isfinite(doubles[i]));
    }
    free(o->at);
}

static atomic_int_fast64_t n_live, n_call, fail_at;

static void *allocate(size_t size, void *user)
{
    (void)user;
    int_fast64_t call = atomic_fetch_add(&n_call, 1) + 1;
    if (size > MAX_BLOCK || call == atomic_load(&fail_at))
        return NULL;
    atomic_fetch_add(&n_live, 1);
    return malloc(size);
}

static void release(void *block, void *user)
{
    (void)user;
    atomic_fetch_sub(&n_live, 1);
    free(block);
}

void allocator_install(void)
{
    static const lstm_allocator allocator = {allocate, release, NULL};
    FUZZ_HOLDS(lstm_set_allocator(&allocator) == LSTM_OK);
    allocator_fail(0);
}

void allocator_fail(int64_t in)
{
    atomic_store(&fail_at, in == 0 ? 0 : atomic_load(&n_call) + in);
}

int64_t allocator_live(void)
{
    return atomic_load(&n_live);
}

int64_t allocator_calls(void)
{
    return atomic_load(&n_call);
}
