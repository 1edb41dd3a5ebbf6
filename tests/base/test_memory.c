/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "failing_allocator.h"

#include "base/asan.h"
#include "base/memory.h"
#include <lstmts/series.h>

#include <stdio.h>

static void multiplication_tells_overflow(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t a, b;
        bool fits;
    } cases[] = {
        {0, 0, true},
        {0, INT64_MAX, true},
        {INT64_MAX, 0, true},
        {INT64_MAX, 1, true},
        {1, INT64_MAX, true},
        {3037000499, 3037000499, true},
        {INT64_MAX / 3, 3, true},
        {INT64_MAX, 2, false},
        {2, INT64_MAX, false},
        {3037000500, 3037000500, false},
        {INT64_C(1) << 32, INT64_C(1) << 31, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t product = -1;
        assert_int_equal(lts_multiply(cases[i].a, cases[i].b, &product), cases[i].fits);
        if (cases[i].fits)
            assert_int_equal(product, cases[i].a * cases[i].b);
    }
}

static void a_block_is_zeroed_aligned_and_as_large_as_asked(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory); /* its blocks are filled with garbage */
    for (int64_t count = 0; count <= 130; count++)
        for (size_t size = 1; size <= 24; size += 23) {
            unsigned char *block = lts_alloc(count, size);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % LTS_ALIGNMENT, 0);
            for (size_t i = 0; i < (size_t)count * size; i++)
                assert_int_equal(block[i], 0);
            memset(block, 0xFF, (size_t)count * size);
            lts_free(block);
        }
    failing_allocator_remove(&memory);
}

#ifdef LTS_ASAN
static void what_alignment_leaves_over_is_poisoned(void **fixture)
{
    (void)fixture;
    for (int64_t size = 1; size <= 200; size++) {
        unsigned char *block = lts_alloc(size, 1);
        assert_non_null(block);
        assert_null(__asan_region_is_poisoned(block, (size_t)size));
        assert_true(__asan_address_is_poisoned(block + size));
        assert_true(__asan_address_is_poisoned(block - 32));
        lts_free(block);
    }
}
#endif

/* Allocates blocks at each offset within a cache line that malloc's alignment allows. */
typedef struct shifting {
    _Alignas(64) unsigned char buffer[1024];
    size_t shift;
    int live;
} shifting;

static void *allocate_shifted(size_t size, void *user)
{
    shifting *s = user;
    if (s->live > 0 || s->shift + size > sizeof s->buffer)
        return NULL;
    s->live++;
    memset(s->buffer, 0xA5, sizeof s->buffer);
    return s->buffer + s->shift;
}

static void release_shifted(void *block, void *user)
{
    shifting *s = user;
    if (block == s->buffer + s->shift)
        s->live--;
}

static void a_block_lies_within_what_the_allocator_gave_wherever_that_begins(void **fixture)
{
    (void)fixture;
    static shifting s;
    lstm_allocator allocator = {allocate_shifted, release_shifted, &s};
    assert_ok(lstm_set_allocator(&allocator));
    for (s.shift = 0; s.shift < 128; s.shift += _Alignof(max_align_t)) {
        enum { SIZE = 100, GIVEN = SIZE + 2 * LTS_ALIGNMENT };
        unsigned char *block = lts_alloc(SIZE, 1);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % LTS_ALIGNMENT, 0);
        assert_true(block >= s.buffer + s.shift + sizeof(void *));
        assert_true(block + SIZE <= s.buffer + s.shift + GIVEN);
        memset(block, 0xFF, SIZE);
        for (size_t i = 0; i < sizeof s.buffer; i++)
            if (i < s.shift || i >= s.shift + GIVEN)
                assert_int_equal(s.buffer[i], 0xA5);
        lts_free(block);
        assert_int_equal(s.live, 0);
    }
    assert_ok(lstm_set_allocator(NULL));
}

static void a_size_out_of_range_is_no_memory_and_asks_nobody(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    assert_null(lts_alloc(INT64_MAX, 2));
    assert_non_null(strstr(lstm_last_error(), "9223372036854775807"));
    assert_null(lts_alloc(INT64_MAX, 1));
    assert_null(lts_alloc(INT64_MAX / 8 + 1, 8));
    assert_int_equal(memory.calls, 0);
    failing_allocator_remove(&memory);
}

static void a_string_is_copied_with_its_end(void **fixture)
{
    (void)fixture;
    const char *texts[] = {"", "a", "a longer text than the others"};
    for (int i = 0; i < 3; i++) {
        char *copy = lts_strdup(texts[i]);
        assert_non_null(copy);
        assert_ptr_not_equal(copy, texts[i]);
        assert_string_equal(copy, texts[i]);
        lts_free(copy);
    }
    lts_free(NULL);
}

static void an_allocator_without_its_functions_is_refused_and_the_old_one_kept(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    shifting s;
    const lstm_allocator no_allocate = {NULL, release_shifted, &s};
    const lstm_allocator no_release = {allocate_shifted, NULL, &s};
    failing_allocator_install(&memory);
    assert_status(lstm_set_allocator(&no_allocate), LSTM_E_ARGUMENT, "allocate");
    assert_status(lstm_set_allocator(&no_release), LSTM_E_ARGUMENT, "release");
    void *block = lts_alloc(1, 1);
    assert_int_equal(memory.live, 1);
    lts_free(block);
    failing_allocator_remove(&memory);
}

static void the_allocator_cannot_change_while_an_object_is_alive(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    const lstm_real row = 1;
    lstm_series *series = NULL;
    failing_allocator_install(&memory);
    assert_ok(lstm_series_new(&series, &row, 1, 1));
    assert_status(lstm_set_allocator(NULL), LSTM_E_ORDER, NULL);
    int64_t live = memory.live;
    char named[32];
    snprintf(named, sizeof named, "%lld blocks", (long long)live);
    assert_true(live > 0);
    assert_non_null(strstr(lstm_last_error(), named));
    lstm_series_free(series);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplication_tells_overflow),
        cmocka_unit_test(a_block_is_zeroed_aligned_and_as_large_as_asked),
#ifdef LTS_ASAN
        cmocka_unit_test(what_alignment_leaves_over_is_poisoned),
#endif
        cmocka_unit_test(a_block_lies_within_what_the_allocator_gave_wherever_that_begins),
        cmocka_unit_test(a_size_out_of_range_is_no_memory_and_asks_nobody),
        cmocka_unit_test(a_string_is_copied_with_its_end),
        cmocka_unit_test(an_allocator_without_its_functions_is_refused_and_the_old_one_kept),
        cmocka_unit_test(the_allocator_cannot_change_while_an_object_is_alive),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
