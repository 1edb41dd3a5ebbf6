/* SPDX-License-Identifier: MIT */
/*
 * A file whose header is full of names that its model could have: it is rejected by their number.
 * Nothing is timed: the message has the name at which the reader stopped.
 */
#include "failing_allocator.h"
#include "model_of.h"
#include "spoil.h"
#include <lstmts/lstmts.h>

/* The deepest model has 3,076 tensors; the reader checks at most eight blocks of them. */
enum { DEEPEST = 1024, MOST = 8 * (3 * DEEPEST + 4), N_NAME = 80000, ENTRY = 96 };

static void save_deepest(void)
{
    lstm_model *model = model_of(1, 1, 1, DEEPEST, 0);
    assert_ok(lstm_model_save(model, scratch("deepest")));
    lstm_model_free(model);
}

/* Entries of biases of blocks that an optimizer could have, followed by `behind`. */
static char *entries(int64_t n, size_t begin, const char *behind)
{
    char *text = malloc((size_t)n * ENTRY + strlen(behind) + 1);
    assert_non_null(text);
    size_t at = 0;
    for (int64_t i = 0; i < n; i++, begin += sizeof(lstm_real))
        at += (size_t)snprintf(text + at, ENTRY,
                               "\"optimizer.%lld.output.bias\":{\"dtype\":\"%s\",\"shape\":[1],"
                               "\"data_offsets\":[%zu,%zu]},",
                               (long long)i, sizeof(lstm_real) == 4 ? "F32" : "F64", begin,
                               begin + sizeof(lstm_real));
    memcpy(text + at, behind, strlen(behind) + 1);
    return text;
}

/* The deepest model as a checkpoint, with n more tensors. */
static const char *with_names(int64_t n)
{
    static const lstm_real zeros[N_NAME];
    size_t size, header = 0;
    unsigned char *bytes = scratch_read("deepest", &size);
    for (int i = 0; i < 8; i++)
        header |= (size_t)bytes[i] << 8 * i;
    free(bytes);
    char *text = entries(n, size - 8 - header, "\"input.weight\"");
    bytes = spoilt("deepest", "\"input.weight\"", text, &size);
    bytes = with_data(bytes, &size, zeros, (size_t)n * sizeof *zeros);
    scratch_write("many", bytes, size);
    free(bytes);
    free(text);
    return spoil("many", "\"kind\":\"model\"", "\"kind\":\"checkpoint\"");
}

static void a_header_full_of_names_is_refused_at_the_first_that_is_too_many(void **fixture)
{
    lstm_model *model = NULL;
    char part[80];
    (void)fixture;
    save_deepest();
    assert_status(lstm_model_load(&model, with_names(N_NAME)), LSTM_E_LIMIT,
                  "the header's objects, arrays and strings are more than 200000");
    assert_null(model);
    snprintf(part, sizeof part, "has %d tensors, expected at most %d", MOST + 1, MOST);
    assert_status(lstm_model_load(&model, with_names(MOST - 3 * DEEPEST - 4 + 1)), LSTM_E_FORMAT,
                  part);
    assert_null(model);
    assert_ok(lstm_model_load(&model, with_names(MOST - 3 * DEEPEST - 4)));
    lstm_model_free(model);
}

/* A header of `n` members that are not tensors. */
static const char *with_members(unsigned n)
{
    unsigned char *bytes = calloc(n + 1, 16);
    assert_non_null(bytes);
    size_t at = 8 + (size_t)snprintf((char *)bytes + 8, 16, "{");
    for (unsigned i = 0; i < n; i++)
        at += (size_t)snprintf((char *)bytes + at, 16, "\"%x\":1,", i);
    bytes[at - 1] = '}';
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)((at - 8) >> 8 * i);
    const char *path = scratch_write("members", bytes, at);
    free(bytes);
    return path;
}

/* An array with an element for each would need 13 times the size of the file. */
static void members_that_are_no_tensors_are_refused_before_there_is_a_table(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    struct stat info;
    lstm_model *model = NULL;
    lstm_load_options unchecked = LSTM_LOAD_OPTIONS_INIT;
    unchecked.unchecked = 1;
    const char *path = with_members(150000);
    assert_int_equal(stat(path, &info), 0);
    failing_allocator_install(&memory);
    assert_status(lstm_model_load_with(&model, path, &unchecked), LSTM_E_FORMAT,
                  "its entry is not an object");
    assert_true(atomic_load(&memory.peak) <= (int64_t)info.st_size + (1 << 20));
    failing_allocator_remove(&memory);
    assert_status(lstm_model_load_with(&model, with_members(200000), &unchecked), LSTM_E_LIMIT,
                  "the header's objects, arrays and strings are more than 200000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_full_of_names_is_refused_at_the_first_that_is_too_many),
        cmocka_unit_test(members_that_are_no_tensors_are_refused_before_there_is_a_table),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
