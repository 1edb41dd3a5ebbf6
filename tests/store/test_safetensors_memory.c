/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing the container when memory is exhausted, the library's or Jansson's.
 */
#include "safetensors_fixture.h"

static lstm_status write_it(void *context)
{
    (void)context;
    return write_two("a");
}

static lstm_status open_it(void *context)
{
    lts_safetensors *file = NULL;
    lstm_status status = lts_safetensors_open(&file, lts_at_path(scratch(context)));
    assert_int_equal(file == NULL, status != LSTM_OK);
    lts_safetensors_free(file);
    return status;
}

static void out_of_memory_at_any_allocation_is_reported(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    char name[] = "a";
    failing_allocator_install(&memory);
    assert_true(failing_allocator_sweep(&memory, write_it, NULL) >= 3);
    assert_true(failing_allocator_sweep(&memory, open_it, name) >= 4);
    failing_allocator_remove(&memory);
}

/* Lack of memory comes before the check that finds the damage. */
static lstm_status open_damaged(void *context)
{
    lts_safetensors *file = NULL;
    lstm_status status = lts_safetensors_open(&file, lts_at_path(scratch(context)));
    assert_null(file);
    return status == LSTM_E_CHECKSUM ? LSTM_OK : status;
}

static void a_damaged_file_without_memory_is_told_by_the_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    size_t size;
    char name[] = "a";
    assert_ok(write_two(name));
    unsigned char *bytes = scratch_read(name, &size);
    bytes[size - 1] ^= 1;
    scratch_write(name, bytes, size);
    free(bytes);
    failing_allocator_install(&memory);
    assert_true(failing_allocator_sweep(&memory, open_damaged, name) >= 4);
    failing_allocator_remove(&memory);
}

/* The JSON library's memory: the allocations numbered first .. first + count - 1 fail, and so do
 * those beyond the budget. */
static struct {
    int64_t calls, first, count, live;
    size_t used, budget;
} json;

static void *json_allocate(size_t size)
{
    json.calls++;
    if (json.first > 0 && json.calls >= json.first && json.calls - json.first < json.count)
        return NULL;
    if (json.budget > 0 && json.used + size > json.budget)
        return NULL;
    size_t *block = malloc(size + 16);
    assert_non_null(block);
    block[0] = size;
    json.used += size;
    json.live++;
    return block + 2;
}

static void json_release(void *block)
{
    if (block == NULL)
        return;
    json.used -= ((size_t *)block)[-2];
    json.live--;
    free((size_t *)block - 2);
}

static void sweep_json(lstm_status (*attempt)(void *), void *context)
{
    memset(&json, 0, sizeof json);
    json_set_alloc_funcs(json_allocate, json_release);
    lstm_status status = attempt(context);
    int64_t needed = json.calls;
    for (json.first = 1; json.first <= needed; json.first++)
        for (int once = 0; once <= 1; once++) {
            json.calls = 0;
            json.count = once ? 1 : INT64_MAX;
            assert_status(attempt(context), LSTM_E_NOMEM, "out of memory");
            assert_int_equal(json.live, 0);
        }
    json_set_alloc_funcs(malloc, free);
    assert_int_equal(status, LSTM_OK);
    assert_true(needed > 10);
}

static void the_json_library_s_memory_failing_is_reported_by_the_writer(void **fixture)
{
    (void)fixture;
    sweep_json(write_it, NULL);
    assert_int_equal(scratch_entries(0), 1);
}

/* No token longer than 14 bytes: with longer ones, a single failure makes Jansson lose bytes. */
static void the_json_library_s_memory_failing_is_reported_by_the_reader(void **fixture)
{
    (void)fixture;
    char name[] = "made";
    make("{\"__metadata__\":{\"k\":\"v\",\"\":\"w\"},\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],"
         "\"data_offsets\":[0,4]}}",
         4);
    sweep_json(open_it, name);
}

static void a_reader_short_of_memory_neither_crashes_nor_misreads(void **fixture)
{
    (void)fixture;
    char long_name[] = "made";
    make("{\"__metadata__\":{\"a key of many bytes\":\"0123456789012345678901234567890123456789\"},"
         "\"a tensor with a name that is long\":{\"dtype\":\"F32\",\"shape\":[1,1],"
         "\"data_offsets\":[0,4]}}",
         4);
    memset(&json, 0, sizeof json);
    json_set_alloc_funcs(json_allocate, json_release);
    lstm_status status = LSTM_E_NOMEM;
    bool others = false;
    int refused = 0;
    for (json.budget = 16; status != LSTM_OK && json.budget < 100000; json.budget += 16) {
        status = open_it(long_name);
        others |= status != LSTM_OK && status != LSTM_E_NOMEM;
        refused += status == LSTM_E_NOMEM;
        others |= json.live != 0;
    }
    json_set_alloc_funcs(malloc, free);
    assert_int_equal(status, LSTM_OK);
    assert_false(others);
    assert_true(refused > 100);
}

/* Asserts that a malformed file is rejected with at most `budget` bytes allocated by Jansson. */
static void refuse_within(const char *header, size_t budget)
{
    memset(&json, 0, sizeof json);
    json.budget = budget;
    json_set_alloc_funcs(json_allocate, json_release);
    lts_safetensors *file = NULL;
    lstm_status status = lts_safetensors_open(&file, lts_at_path(make(header, 0)));
    json_set_alloc_funcs(malloc, free);
    assert_int_equal(status, LSTM_E_FORMAT);
    assert_int_equal(json.live, 0);
}

/* The most expensive headers: the memory reserved beforehand must be enough for each. */
static void the_parser_takes_no_more_than_was_asked_for_beforehand(void **fixture)
{
    (void)fixture;
    static char header[8000];
    static const char *const items[] = {"{}", "[]", "1", "\"\"", "[{}]", "{\"\":{}}", "0.5", "[1]"};
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        size_t nodes = 3, quotes = 0;
        strcpy(header, "{\"a\":[");
        while (strlen(header) < 7900) {
            strcat(strcat(header, items[i]), ",");
            for (const char *c = items[i]; *c != '\0'; c++)
                if (*c == '{' || *c == '[')
                    nodes++;
                else
                    quotes += *c == '"';
        }
        strcpy(header + strlen(header) - 1, "]}");
        refuse_within(header, 32 * strlen(header) + 240 * (nodes + quotes / 2) + 16384);
    }
}

/* Short and distinct keys. */
static void an_object_takes_no_more_than_was_asked_for_beforehand(void **fixture)
{
    (void)fixture;
    static char header[8000];
    size_t at = (size_t)snprintf(header, sizeof header, "{");
    unsigned n = 0;
    for (; at < 7900; n++)
        at += (size_t)snprintf(header + at, sizeof header - at, "\"%x\":1,", n);
    header[at - 1] = '}';
    refuse_within(header, 32 * at + 240 * (n + 1) + 16384);
}

#define TEST(name) cmocka_unit_test_setup(name, scratch_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(out_of_memory_at_any_allocation_is_reported),
        TEST(a_damaged_file_without_memory_is_told_by_the_memory),
        TEST(the_json_library_s_memory_failing_is_reported_by_the_writer),
        TEST(the_json_library_s_memory_failing_is_reported_by_the_reader),
        TEST(a_reader_short_of_memory_neither_crashes_nor_misreads),
        TEST(the_parser_takes_no_more_than_was_asked_for_beforehand),
        TEST(an_object_takes_no_more_than_was_asked_for_beforehand),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
