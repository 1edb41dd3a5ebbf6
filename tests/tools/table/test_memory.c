/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail, one after the other: the linker redirects those of tools/table, which also
 * serve libcsv and zlib, to the functions here.
 */
#include "table_case.h"

#include <stdlib.h>
#include <zlib.h>

void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static int64_t calls, first_failing, last_failing;

static bool fails(void)
{
    calls++;
    return calls >= first_failing && calls <= last_failing;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

/* Leaks are found by valgrind and by sanitizers. */
static void assert_no_memory_is_survived(const void *bytes, size_t size,
                                         const table_options *options)
{
    for (int sticky = 0; sticky <= 1; sticky++)
        for (int64_t k = 1;; k++) {
            table_frame *frame = NULL;
            table_error error;
            calls = 0;
            first_failing = k;
            last_failing = sticky ? INT64_MAX : k;
            lstm_status status = table_read_memory(&frame, bytes, size, "test", options, &error);
            first_failing = INT64_MAX;
            if (status == LSTM_OK) {
                table_free(frame);
                assert_true(calls < k || !sticky); /* libcsv tries again, with less memory */
                if (calls < k)
                    break;
                continue;
            }
            assert_int_equal(status, LSTM_E_NOMEM);
            assert_string_equal(error.message, "test: out of memory");
            assert_null(frame);
        }
}

static void text_tables_survive_it(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "date,load,temp,weather\n2020-01-01,1.5,2,rain\n2020-01-02,-3,,sun\n2020-01-05,3,,sun\n",
        ("unique_id,ds,y,e\nb,2020-01-02,1,\na,2020-01-02,2,\nb,2020-01-01,3,\na,2020-01-01,4,\n"
         "b,2020-01-02,1,\n"),
        "year,quarter,y\n2020,1,5\n2020,2,5\n",
        "t;y\n2020-10-25 01:00;1,5\n2020-10-25 02:00;1\n2020-10-25 02:00;1\n2020-10-25 03:00;1\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_no_memory_is_survived(texts[i], strlen(texts[i]),
                                     &(table_options){.duplicates = TABLE_MEAN});
}

static void arrays_survive_it(void **state)
{
    (void)state;
    static const char array[] = "\x93NUMPY\1\0\x3C\0"
                                "{'descr': '|u1', 'fortran_order': True , 'shape': (2, 2, 2)}"
                                "abcdefgh";
    assert_no_memory_is_survived(array, sizeof array - 1, NULL);
}

static void gzip_survives_it(void **state)
{
    (void)state;
    static const char text[] = "a,b\n1,2\n3,4\n";
    unsigned char packed[200];
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    stream.next_in = (z_const Bytef *)text;
    stream.avail_in = sizeof text - 1;
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    assert_no_memory_is_survived(packed, sizeof packed - stream.avail_out, NULL);
}

static int begin(void **state)
{
    (void)state;
    first_failing = INT64_MAX;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_tables_survive_it),
        cmocka_unit_test(arrays_survive_it),
        cmocka_unit_test(gzip_survives_it),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
