/* SPDX-License-Identifier: MIT */
/* Names of snapshots, and the list of those in a folder. */
#include "scratch.h"

#include "store/checkpoint.h"

static void snapshots_are_listed_newest_first_and_nothing_else(void **fixture)
{
    (void)fixture;
    char made[LTS_SNAPSHOT_NAME];
    lts_snapshots found;
    static const char *const others[] = {"snapshot_99999999.safetensors.tmp",
                                         "snapshot_9999999.safetensors",
                                         "snapshot_999999999999999999999999.safetensors",
                                         "snapshot_0999999999.safetensors",
                                         "snapshot_99999999.txt",
                                         "snapshot_9999999x.safetensors",
                                         "best.safetensors",
                                         "log.jsonl",
                                         "xsnapshot_99999999.safetensors",
                                         "snapshot_-9999999.safetensors",
                                         "snapshot_18446744073709551616.safetensors"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        scratch_write(others[i], "", 0);
    assert_ok(lts_snapshots_list(&found, lts_at_path(scratch_folder)));
    assert_int_equal(found.n, 0);
    lts_snapshots_free(&found);
    const uint64_t iterations[] = {UINT64_MAX, 100000000, 99999999, 80, 7, 0};
    static const char *const names[] = {"snapshot_18446744073709551615.safetensors",
                                        "snapshot_100000000.safetensors",
                                        "snapshot_99999999.safetensors",
                                        "snapshot_00000080.safetensors",
                                        "snapshot_00000007.safetensors",
                                        "snapshot_00000000.safetensors"};
    for (int i = 0; i < 6; i++) {
        int shuffled = i * 5 % 6;
        scratch_write(names[shuffled], "", 0);
        lts_snapshot_name(iterations[shuffled], made);
        assert_string_equal(made, names[shuffled]);
    }
    assert_ok(lts_snapshots_list(&found, lts_at_path(scratch_folder)));
    assert_int_equal(found.n, 6);
    for (int i = 0; i < 6; i++)
        assert_true(found.iterations[i] == iterations[i]);
    lts_snapshots_free(&found);
}

static void many_snapshots_are_listed(void **fixture)
{
    (void)fixture;
    enum { MANY = 100 };
    lts_snapshots found;
    char name[LTS_SNAPSHOT_NAME];
    for (int i = 0; i < MANY; i++) {
        lts_snapshot_name((uint64_t)(i * 37 % MANY), name);
        scratch_write(name, "", 0);
    }
    assert_ok(lts_snapshots_list(&found, lts_at_path(scratch_folder)));
    assert_int_equal(found.n, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(found.iterations[i], MANY - 1 - i);
    lts_snapshots_free(&found);
}

static void a_folder_that_is_named_like_a_snapshot_is_ignored(void **fixture)
{
    (void)fixture;
    lts_snapshots found;
    scratch_write("snapshot_00000005.safetensors", "", 0);
    assert_int_equal(mkdir(scratch("snapshot_00000009.safetensors"), 0777), 0);
    lstm_status status = lts_snapshots_list(&found, lts_at_path(scratch_folder));
    rmdir(scratch("snapshot_00000009.safetensors"));
    assert_int_equal(status, LSTM_OK);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.iterations[0], 5);
    lts_snapshots_free(&found);
}

static void a_folder_that_cannot_be_listed_is_refused(void **fixture)
{
    (void)fixture;
    lts_snapshots found = {NULL, 77};
    assert_status(lts_snapshots_list(&found, lts_at_path(scratch("none"))), LSTM_E_IO,
                  "No such file");
    scratch_write("snapshot_00000005.safetensors", "", 0);
    assert_status(lts_snapshots_list(&found, lts_at_path(scratch("snapshot_00000005.safetensors"))),
                  LSTM_E_IO, "Not a directory");
    assert_int_equal(found.n, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(snapshots_are_listed_newest_first_and_nothing_else, scratch_clean),
        cmocka_unit_test_setup(many_snapshots_are_listed, scratch_clean),
        cmocka_unit_test_setup(a_folder_that_is_named_like_a_snapshot_is_ignored, scratch_clean),
        cmocka_unit_test_setup(a_folder_that_cannot_be_listed_is_refused, scratch_clean),
    };
    return cmocka_run_group_tests_name("snapshot list", tests, scratch_make, scratch_remove);
}
