/* SPDX-License-Identifier: MIT */
#include "model_of.h"
#include "scratch.h"
#include "seal.h"

#include "files/hash.h"
#include "store/checksum.h"

#include <lstmts/lstmts.h>
#include <stdbool.h>

static void save_model(const char *name)
{
    lstm_model *model = model_of(2, 2, 3, 1, 5);
    assert_ok(lstm_model_save(model, scratch(name)));
    lstm_model_free(model);
}

static unsigned char *model_bytes(size_t *size)
{
    save_model("whole");
    return scratch_read("whole", size);
}

/* Loads with and without `unchecked`. Asserts that both fail with the same status; returns it. */
static lstm_status refusal(const char *path)
{
    lstm_model *model = NULL;
    lstm_load_options options = LSTM_LOAD_OPTIONS_INIT;
    options.unchecked = 1;
    lstm_status status = lstm_model_load(&model, path);
    assert_true(status < 0);
    assert_true(lstm_model_load_with(&model, path, &options) < 0);
    assert_non_null(strstr(lstm_last_error(), path));
    assert_null(model);
    return status;
}

/* Values of Python's xxhash, for the bytes in one chunk and in several. */
static void the_digest_is_xxh3_of_128_bits(void **fixture)
{
    (void)fixture;
    unsigned char bytes[1000];
    char text[LTS_DIGEST_SIZE];
    for (int i = 0; i < 1000; i++)
        bytes[i] = (unsigned char)(i * 7 + 3);
    assert_ok(lts_digest_text(NULL, 0, text));
    assert_string_equal(text, "99aa06d3014798d86001c324468d497f");
    const lts_chunk abc[] = {{"a", 1}, {"", 0}, {"bc", 2}};
    assert_ok(lts_digest_text(abc, 3, text));
    assert_string_equal(text, "06b05ab6733a618578af5f94892f3950");
    for (int64_t cut = 0; cut <= 1000; cut += 125) {
        const lts_chunk two[] = {{bytes, cut}, {bytes + cut, 1000 - cut}};
        assert_ok(lts_digest_text(two, 2, text));
        assert_string_equal(text, "6bcc7eff62da44c26c4f14bd97bd9e82");
    }
}

static void a_flipped_bit_is_refused_wherever_it_is(void **fixture)
{
    (void)fixture;
    size_t size;
    unsigned char *bytes = model_bytes(&size);
    assert_sealed(bytes, size);
    for (size_t at = 0; at < size; at++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[at] ^= (unsigned char)(1 << bit);
            lstm_status status = refusal(scratch_write("flipped", bytes, size));
            if (!seal_names_flip(at, status))
                fail_msg("bit %d of byte %zu: %s", bit, at, lstm_status_name(status));
            bytes[at] ^= (unsigned char)(1 << bit);
        }
    free(bytes);
}

static void bytes_that_changed_places_are_refused(void **fixture)
{
    (void)fixture;
    size_t size;
    unsigned char *bytes = model_bytes(&size);
    for (size_t at = size - 160; at < size - 8; at += 4) {
        unsigned char swapped[4];
        if (memcmp(bytes + at, bytes + at + 4, 4) == 0)
            continue;
        memcpy(swapped, bytes + at, 4);
        memmove(bytes + at, bytes + at + 4, 4);
        memcpy(bytes + at + 4, swapped, 4);
        assert_int_equal(refusal(scratch_write("swapped", bytes, size)), LSTM_E_CHECKSUM);
        memcpy(bytes + at + 4, bytes + at, 4);
        memcpy(bytes + at, swapped, 4);
    }
    memset(bytes + size - 64, 0, 64); /* a sector that was never written */
    assert_int_equal(refusal(scratch_write("zeros", bytes, size)), LSTM_E_CHECKSUM);
    free(bytes);
}

static void a_checksum_of_zeros_or_in_capitals_is_wrong(void **fixture)
{
    (void)fixture;
    size_t size;
    unsigned char *bytes = model_bytes(&size);
    bool letters = false;
    for (size_t i = SEAL_AT; i < SEAL_AT + SEAL_SIZE; i++)
        if (bytes[i] >= 'a' && bytes[i] <= 'f') {
            bytes[i] = (unsigned char)(bytes[i] - 'a' + 'A');
            letters = true;
        }
    assert_true(letters);
    assert_int_equal(refusal(scratch_write("a", bytes, size)), LSTM_E_CHECKSUM);
    memset(bytes + SEAL_AT, '0', SEAL_SIZE);
    assert_int_equal(refusal(scratch_write("a", bytes, size)), LSTM_E_CHECKSUM);
    free(bytes);
}

/* As by a writer that keeps metadata which it does not know. */
static void a_checksum_at_another_place_is_refused(void **fixture)
{
    (void)fixture;
    static const char header[] = "{\"__metadata__\":{\"a\":\"b\",\"checksum\":\"xxh3_128:"
                                 "00000000000000000000000000000000\"}}";
    unsigned char bytes[8 + sizeof header - 1] = {sizeof header - 1};
    memcpy(bytes + 8, header, sizeof header - 1);
    assert_int_equal(refusal(scratch_write("a", bytes, sizeof bytes)), LSTM_E_CHECKSUM);
    assert_non_null(strstr(lstm_last_error(), "not where its header begins"));
}

static void a_file_that_cannot_be_loaded_for_another_reason_still_has_its_checksum_first(void **f)
{
    (void)f;
    static const char header[] = "{\"__metadata__\":{\"checksum\":\"xxh3_128:"
                                 "00000000000000000000000000000000\"},\"x\":7}";
    unsigned char bytes[8 + sizeof header - 1] = {sizeof header - 1};
    memcpy(bytes + 8, header, sizeof header - 1);
    assert_int_equal(refusal(scratch_write("a", bytes, sizeof bytes)), LSTM_E_CHECKSUM);
    seal(bytes, sizeof bytes);
    assert_int_equal(refusal(scratch_write("a", bytes, sizeof bytes)), LSTM_E_FORMAT);
    assert_non_null(strstr(lstm_last_error(), "tensor \"x\""));
}

#define TEST(name) cmocka_unit_test_setup(name, scratch_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_digest_is_xxh3_of_128_bits),
        TEST(a_flipped_bit_is_refused_wherever_it_is),
        TEST(bytes_that_changed_places_are_refused),
        TEST(a_checksum_of_zeros_or_in_capitals_is_wrong),
        TEST(a_checksum_at_another_place_is_refused),
        TEST(a_file_that_cannot_be_loaded_for_another_reason_still_has_its_checksum_first),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
