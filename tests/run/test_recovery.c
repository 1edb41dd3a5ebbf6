/* SPDX-License-Identifier: MIT */
/* Resuming where the newest snapshot cannot be read, or was written with other kernels. */
#include "failing_allocator.h"
#include "files/io.h"
#include "snapshot_fixture.h"
#include "spoil.h"

#include <errno.h>
#include <stdlib.h>

static void flip(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, -1, SEEK_CUR), 0);
    fputc(byte ^ 4, file);
    assert_int_equal(fclose(file), 0);
}

static void cut(const char *path, off_t size)
{
    assert_int_equal(truncate(path, size), 0);
}

static char *read_bytes(const char *path, size_t *length)
{
    static char whole[1 << 17];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    *length = fread(whole, 1, sizeof whole, file);
    assert_in_range(*length, 100, sizeof whole - 1);
    fclose(file);
    char *bytes = malloc(*length);
    assert_non_null(bytes);
    memcpy(bytes, whole, *length);
    return bytes;
}

static void assert_resumes(const char *folder, lstm_status status, uint64_t iteration,
                           const char *part)
{
    training_recipe recipe;
    training t, whole;
    lstm_progress progress;
    snapshot_recipe(&recipe, folder, 0);
    recipe.trainer.max_iteration = 30;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, NULL), status, part);
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, iteration);
    if (iteration > 0) {
        assert_ok(lstm_trainer_run(t.trainer));
        recipe.trainer.folder = NULL;
        recipe.trainer.snapshot.every = 0;
        training_begin_and_run(&whole, &recipe);
        assert_same_training(&t, &whole);
        training_free(&whole);
    }
    training_free(&t);
}

static void a_damaged_snapshot_is_passed_over_and_said_so(void **fixture)
{
    const char *folder = *fixture;
    train(folder, 0, 25, false);
    flip(snapshot(folder, 25), -100);
    assert_resumes(folder, LSTM_RECOVERED, 20,
                   "resumed from iteration 20, passing over 1 newer snapshots: ");
    train(folder, 0, 25, true); /* the run is at 30: no update */
    assert_resumes(folder, LSTM_OK, 30, NULL);
}

static void every_damage_is_passed_over_to_the_newest_intact_snapshot(void **fixture)
{
    const char *folder = *fixture;
    char part[300];
    train(folder, 0, 30, false);
    cut(snapshot(folder, 30), 5000);
    cut(snapshot(folder, 25), 0);
    flip(snapshot(folder, 20), 3);
    flip(snapshot(folder, 15), 100);
    snprintf(part, sizeof part, "iteration 10, passing over 4 newer snapshots: %s",
             snapshot(folder, 30));
    assert_resumes(folder, LSTM_RECOVERED, 10, part);
}

static void with_no_intact_snapshot_the_newest_is_named_and_nothing_changes(void **fixture)
{
    const char *folder = *fixture;
    train(folder, 0, 10, false);
    flip(snapshot(folder, 10), -4);
    cut(snapshot(folder, 5), 100);
    assert_resumes(folder, LSTM_E_CHECKSUM, 0, snapshot(folder, 10));
}

static void assert_another_recipe_is_refused(const char *folder)
{
    training_recipe recipe;
    training t;
    snapshot_recipe(&recipe, folder, 0);
    recipe.optimizer.learning_rate *= 2;
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, NULL), LSTM_E_MISMATCH, "learning_rate");
    training_free(&t);
}

/* Another recipe is not damage: older snapshots would have it too. */
static void another_recipe_is_not_passed_over(void **fixture)
{
    const char *folder = *fixture;
    train(folder, 0, 10, false);
    assert_another_recipe_is_refused(folder);
}

static void another_recipe_is_not_resumed_from_an_older_snapshot_either(void **fixture)
{
    const char *folder = *fixture;
    train(folder, 0, 10, false);
    flip(snapshot(folder, 10), -4);
    assert_another_recipe_is_refused(folder);
}

/* A file of a later release is not damaged: resuming from an older one would lose updates. */
static void a_snapshot_of_a_later_version_is_not_passed_over(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    size_t size;
    train(folder, 0, 10, false);
    snprintf(scratch_folder, sizeof scratch_folder, "%s", folder);
    unsigned char *bytes = spoilt("snapshot_00000010.safetensors", "\"format_version\":\"2\"",
                                  "\"format_version\":\"3\"", &size);
    scratch_write("snapshot_00000010.safetensors", bytes, size);
    free(bytes);
    snapshot_recipe(&recipe, folder, 0);
    training_begin(&t, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, NULL), LSTM_E_VERSION, "version 3");
    training_free(&t);
}

/*
 * A snapshot that a broken disk, or somebody, made larger than memory: with zeros, with the first
 * bytes of a snapshot, and with all of them.
 */
static void a_huge_file_is_passed_over_before_it_is_read(void **fixture)
{
    const char *folder = *fixture;
    static const off_t sizes[] = {(off_t)15 << 40, (off_t)4 << 30};
    static const size_t fronts[] = {0, 64, SIZE_MAX};
    train(folder, 0, 10, false);
    size_t length;
    char *bytes = read_bytes(snapshot(folder, 10), &length);
    for (size_t i = 0; i < 6; i++) {
        failing_allocator memory;
        size_t front = fronts[i % 3] < length ? fronts[i % 3] : length;
        FILE *file = fopen(snapshot(folder, 99), "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, front, file), front);
        assert_int_equal(fclose(file), 0);
        int fits = truncate(snapshot(folder, 99), sizes[i / 3]);
        if (fits != 0) /* the file system's files end before */
            assert_int_equal(truncate(snapshot(folder, 99), (off_t)1 << 40), 0);
        failing_allocator_install(&memory);
        assert_resumes(folder, LSTM_RECOVERED, 10, "passing over 1 newer snapshots: ");
        assert_true(atomic_load(&memory.peak) < 4 << 20);
        failing_allocator_remove(&memory);
        for (int later = 15; later <= 30; later += 5)
            assert_int_equal(unlink(snapshot(folder, later)), 0);
    }
    free(bytes);
}

/* Opening the newest snapshot fails in this way. */
static int open_error;

static int do_open(int folder, const char *name, int flags, mode_t mode)
{
    if (strstr(name, "snapshot_00000010") == NULL)
        return lts_io_system.open(folder, name, flags, mode);
    errno = open_error;
    return -1;
}

static void assert_resumes_when_opening_fails(const char *folder, int error, lstm_status status,
                                              uint64_t iteration)
{
    training_recipe recipe;
    training t;
    lstm_progress progress;
    lts_io table = lts_io_system;
    table.open = do_open;
    open_error = error;
    snapshot_recipe(&recipe, folder, 0);
    training_begin(&t, &recipe);
    lts_io_use(&table);
    lstm_status got = lstm_trainer_resume(t.trainer, NULL);
    lts_io_use(NULL);
    assert_int_equal(got, status);
    assert_non_null(strstr(lstm_last_error(), "cannot open"));
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, iteration);
    training_free(&t);
}

/* A file that the disk cannot read is lost; one without permission may become readable. */
static void only_the_disks_errors_are_damage(void **fixture)
{
    const char *folder = *fixture;
    static const int not_the_disks[] = {EMFILE, ENFILE, ENOMEM, EACCES, EPERM};
    train(folder, 0, 10, false);
    assert_resumes_when_opening_fails(folder, EIO, LSTM_RECOVERED, 5);
    assert_resumes_when_opening_fails(folder, ENOENT, LSTM_RECOVERED, 5);
    assert_resumes_when_opening_fails(folder, EBADMSG, LSTM_RECOVERED, 5);
#ifdef EUCLEAN
    assert_resumes_when_opening_fails(folder, EUCLEAN, LSTM_RECOVERED, 5);
#endif
    for (size_t i = 0; i < sizeof not_the_disks / sizeof *not_the_disks; i++)
        assert_resumes_when_opening_fails(folder, not_the_disks[i], LSTM_E_IO, 0);
}

static void want_of_memory_is_no_damage(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    lstm_progress progress;
    failing_allocator memory;
    int64_t n = 0;
    train(folder, 0, 10, false);
    failing_allocator_install(&memory);
    snapshot_recipe(&recipe, folder, 0);
    training_begin(&t, &recipe);
    for (lstm_status status = LSTM_E_NOMEM; status != LSTM_OK;) {
        failing_allocator_fail(&memory, ++n, 1);
        status = lstm_trainer_resume(t.trainer, NULL);
        failing_allocator_fail(&memory, 0, 0);
        assert_ok(lstm_trainer_progress(t.trainer, &progress));
        assert_true(status == LSTM_OK || status == LSTM_E_NOMEM);
        assert_int_equal(progress.iteration, status == LSTM_OK ? 10 : 0);
    }
    assert_true(n > 10);
    training_free(&t);
    failing_allocator_remove(&memory);
}

/* The same run, resumed with each folding. */
/* Begins a training whose input layer is folded or not, whatever the environment says. */
static void begin_folded(training *t, const training_recipe *recipe, bool folded)
{
    const char *before = getenv("LSTMTS_FOLD");
    char kept[8];
    snprintf(kept, sizeof kept, "%s", before == NULL ? "" : before);
    setenv("LSTMTS_FOLD", folded ? "1" : "0", 1);
    training_begin(t, recipe);
    if (before != NULL)
        setenv("LSTMTS_FOLD", kept, 1);
    else
        unsetenv("LSTMTS_FOLD");
}

static void a_resume_with_other_kernels_says_so(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    lstm_progress progress;
    training_recipe_init(&recipe);
    recipe.trainer.max_iteration = 5;
    for (int folded = 0; folded <= 1; folded++) {
        training t;
        begin_folded(&t, &recipe, folded);
        if (!folded) {
            assert_ok(lstm_trainer_run(t.trainer));
            assert_ok(lstm_trainer_save(t.trainer, in_folder(folder, "c")));
        }
        assert_status(lstm_trainer_resume(t.trainer, in_folder(folder, "c")),
                      folded ? LSTM_OTHER_KERNELS : LSTM_OK,
                      folded ? ", folded\": its results agree to rounding" : NULL);
        assert_ok(lstm_trainer_progress(t.trainer, &progress));
        assert_int_equal(progress.iteration, 5);
        training_free(&t);
    }
}

static void an_older_snapshot_with_other_kernels_says_both(void **fixture)
{
    const char *folder = *fixture;
    training_recipe recipe;
    training t;
    snapshot_recipe(&recipe, folder, 0);
    recipe.trainer.max_iteration = 10;
    begin_folded(&t, &recipe, false);
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
    flip(snapshot(folder, 10), -100);
    begin_folded(&t, &recipe, true);
    assert_status(lstm_trainer_resume(t.trainer, NULL), LSTM_RECOVERED,
                  ", folded\": its results agree to rounding only): ");
    assert_non_null(strstr(lstm_last_error(), "passing over 1 newer snapshots ("));
    training_free(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder_fixture, remove_folder_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_damaged_snapshot_is_passed_over_and_said_so),
        TEST(every_damage_is_passed_over_to_the_newest_intact_snapshot),
        TEST(with_no_intact_snapshot_the_newest_is_named_and_nothing_changes),
        TEST(another_recipe_is_not_passed_over),
        TEST(another_recipe_is_not_resumed_from_an_older_snapshot_either),
        TEST(a_snapshot_of_a_later_version_is_not_passed_over),
        TEST(a_huge_file_is_passed_over_before_it_is_read),
        TEST(only_the_disks_errors_are_damage),
        TEST(want_of_memory_is_no_damage),
        TEST(a_resume_with_other_kernels_says_so),
        TEST(an_older_snapshot_with_other_kernels_says_both),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
