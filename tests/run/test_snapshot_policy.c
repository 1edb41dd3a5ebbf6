/* SPDX-License-Identifier: MIT */
/*
 * When a snapshot is due and which are kept, without training or files: a folder is a set of
 * iterations, and the duration of an update is in a table.
 */
#include "assert_status.h"
#include "run/snapshot_policy.h"

#include <stdio.h>

enum { MOST = 128, PER_EPOCH = 3 }; /* updates of an epoch */

typedef struct world {
    lts_snapshot_policy policy;
    bool files[MOST]; /**< [iteration]                                       */
    double elapsed;
    double update_takes, snapshot_takes;
    bool cannot_remove;
} world;

static void begin(world *w, lstm_trigger trigger, int64_t keep)
{
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.snapshot = trigger;
    options.keep = keep;
    *w = (world){.update_takes = 10};
    lts_snapshot_policy_init(&w->policy, &options);
}

/* As snapshots.c does it with files. */
static void prune(world *w, uint64_t now)
{
    lts_snapshot_policy *p = &w->policy;
    uint64_t iterations[MOST];
    int64_t n = 0;
    if (!p->prune_pending || w->cannot_remove)
        return;
    for (uint64_t i = MOST; i-- > 0;)
        if (w->files[i])
            iterations[n++] = i;
    if (p->keep > 0)
        for (int64_t i = lts_snapshot_policy_n_kept(p, iterations, n, now); i < n; i++)
            w->files[iterations[i]] = false;
    else if (p->replaced != LTS_NO_SNAPSHOT)
        w->files[p->replaced] = false;
    p->replaced = LTS_NO_SNAPSHOT;
    p->prune_pending = false;
}

static void write_snapshot(world *w, uint64_t iteration)
{
    lts_snapshot_policy *p = &w->policy;
    if (lts_snapshot_policy_is_new_file(p, iteration))
        lts_snapshot_policy_note_file(p, iteration, w->files[iteration]);
    w->files[iteration] = true;
    lts_snapshot_policy_note_written(p, iteration);
    prune(w, iteration);
    lts_snapshot_policy_note_cost(p, w->elapsed, w->snapshot_takes);
}

/* Updates first .. last; without a snapshot at the end. */
static void run(world *w, uint64_t first, uint64_t last)
{
    for (uint64_t i = first; i <= last; i++) {
        lts_moment moment = {i, (i - 1) / PER_EPOCH, i / PER_EPOCH};
        w->elapsed += w->update_takes;
        if (lts_snapshot_policy_is_due(&w->policy, &moment, w->elapsed))
            write_snapshot(w, i);
    }
}

static void assert_files_at(const world *w, const char *wanted, int line)
{
    char found[400] = "";
    for (int i = 0; i < MOST; i++)
        if (w->files[i])
            snprintf(found + strlen(found), sizeof found - strlen(found), "%s%d",
                     found[0] == '\0' ? "" : " ", i);
    if (strcmp(found, wanted) != 0) {
        print_error("there are \"%s\", not \"%s\"\n", found, wanted);
        _fail(__FILE__, line);
    }
}

#define assert_files(w, wanted) assert_files_at(w, wanted, __LINE__)

static void a_table_of_policies(void **fixture)
{
    (void)fixture;
    static const struct {
        lstm_trigger trigger;
        int64_t keep;
        double update_takes, snapshot_takes;
        uint64_t updates;
        const char *wanted;
    } table[] = {
        {{0, LSTM_ITERATIONS}, 0, 10, 0, 50, ""},
        {{5, LSTM_ITERATIONS}, 0, 10, 0, 21, "5 10 15 20"},
        {{5, LSTM_ITERATIONS}, 1, 10, 0, 21, "20"},
        {{5, LSTM_ITERATIONS}, 3, 10, 0, 21, "10 15 20"},
        {{5, LSTM_ITERATIONS}, 9, 10, 0, 21, "5 10 15 20"},
        {{2, LSTM_EPOCHS}, 0, 10, 0, 20, "6 12 18"},
        {{2, LSTM_EPOCHS}, 2, 10, 0, 20, "12 18"},
        {{60, LSTM_SECONDS}, 0, 10, 0, 5, ""},
        {{60, LSTM_SECONDS}, 0, 10, 0, 6, "6"},
        {{60, LSTM_SECONDS}, 0, 10, 0, 27, "18 24"}, /* two, by default */
        {{60, LSTM_SECONDS}, 3, 10, 0, 27, "12 18 24"},
        {{60, LSTM_SECONDS}, 9, 70, 0, 4, "1 2 3 4"},
        {{60, LSTM_SECONDS}, 9, 10, 0.5, 27, "6 12 18 24"}, /* 50 s are less than a minute */
        {{6, LSTM_SECONDS}, 9, 1, 0.25, 60, "6 31 56"},     /* 25 s are more than 6 */
        {{6, LSTM_ITERATIONS}, 9, 1, 5, 20, "6 12 18"},     /* not by time */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        world w;
        begin(&w, table[i].trigger, table[i].keep);
        w.update_takes = table[i].update_takes;
        w.snapshot_takes = table[i].snapshot_takes;
        run(&w, 1, table[i].updates);
        assert_files(&w, table[i].wanted);
    }
}

static void the_default_is_a_minute_where_there_is_a_folder(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *folder;
        lstm_trigger given, then;
    } table[] = {
        {"folder", {0, LSTM_ITERATIONS}, {60, LSTM_SECONDS}},
        {"folder", {0, LSTM_EPOCHS}, {60, LSTM_SECONDS}},
        {"folder", {7, LSTM_EPOCHS}, {7, LSTM_EPOCHS}},
        {"folder", {LSTM_NEVER, LSTM_SECONDS}, {0, LSTM_SECONDS}},
        {NULL, {0, LSTM_ITERATIONS}, {0, LSTM_ITERATIONS}},
        {NULL, {LSTM_NEVER, LSTM_ITERATIONS}, {0, LSTM_ITERATIONS}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
        options.folder = table[i].folder;
        options.snapshot = table[i].given;
        assert_ok(lts_snapshot_policy_check(&options));
        assert_memory_equal(&options.snapshot, &table[i].then, sizeof(lstm_trigger));
    }
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.snapshot = (lstm_trigger){1, LSTM_ITERATIONS};
    assert_status(lts_snapshot_policy_check(&options), LSTM_E_ARGUMENT, "need a folder");
    options.folder = "folder";
    options.keep = -1;
    assert_status(lts_snapshot_policy_check(&options), LSTM_E_ARGUMENT, "keep is -1");
}

/* A run that resumed snapshot 20 of a folder, with this chain or none, writes two more. */
static void a_table_of_what_is_inherited(void **fixture)
{
    (void)fixture;
    static const struct {
        bool chained;
        lts_snapshot_chain chain;
        int64_t keep;
        const char *first, *second; /**< files after each of the two */
    } table[] = {
        {false, {0, 0}, 0, "8 14 20 26", "8 14 20 26 32"},
        {true, {14, 8}, 0, "20 26", "26 32"},                         /* 8 was to be removed */
        {true, {14, LTS_NO_SNAPSHOT}, 0, "8 20 26", "8 26 32"},       /* 8 is another run's */
        {true, {20, LTS_NO_SNAPSHOT}, 0, "8 14 20 26", "8 14 26 32"}, /* 20 was the first */
        {true, {14, 14}, 0, "8 20 26", "8 26 32"},                    /* no run writes this */
        {true, {14, 8}, 4, "8 14 20 26", "14 20 26 32"},
        {true, {14, 8}, 1, "26", "32"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        world w;
        begin(&w, (lstm_trigger){60, LSTM_SECONDS}, table[i].keep);
        w.files[8] = w.files[14] = w.files[20] = true;
        w.elapsed = 200;
        lts_snapshot_policy_reset(&w.policy, 20, w.elapsed);
        if (table[i].chained)
            lts_snapshot_policy_inherit(&w.policy, &table[i].chain);
        prune(&w, 20);
        run(&w, 21, 26);
        assert_files(&w, table[i].first);
        run(&w, 27, 32);
        assert_files(&w, table[i].second);
    }
}

/* The chain in a snapshot is inherited by the next trainer. */
static void a_chain_names_the_one_before_and_the_replaced_one(void **fixture)
{
    (void)fixture;
    world w;
    lts_snapshot_chain chain;
    begin(&w, (lstm_trigger){60, LSTM_SECONDS}, 0);
    assert_true(lts_snapshot_policy_chain(&w.policy, 6, &chain));
    assert_true(chain.before == 6 && chain.replaced == LTS_NO_SNAPSHOT);
    run(&w, 1, 6);
    assert_true(lts_snapshot_policy_chain(&w.policy, 12, &chain));
    assert_true(chain.before == 6 && chain.replaced == LTS_NO_SNAPSHOT);
    run(&w, 7, 12);
    assert_true(lts_snapshot_policy_chain(&w.policy, 18, &chain));
    assert_true(chain.before == 6 + 6 && chain.replaced == 6);
    assert_true(lts_snapshot_policy_chain(&w.policy, 12, &chain)); /* written again */
    assert_true(chain.before == 6 && chain.replaced == LTS_NO_SNAPSHOT);
    begin(&w, (lstm_trigger){60, LSTM_SECONDS}, 2);
    assert_false(lts_snapshot_policy_chain(&w.policy, 6, &chain));
    begin(&w, (lstm_trigger){6, LSTM_ITERATIONS}, 0);
    assert_false(lts_snapshot_policy_chain(&w.policy, 6, &chain));
}

static void a_file_that_existed_is_not_replaced(void **fixture)
{
    (void)fixture;
    world w;
    lts_snapshot_chain chain;
    begin(&w, (lstm_trigger){60, LSTM_SECONDS}, 0);
    w.files[12] = true;
    run(&w, 1, 12);
    assert_false(lts_snapshot_policy_chain(&w.policy, 12, &chain));
    run(&w, 13, 18);
    assert_files(&w, "6 12 18");
    run(&w, 19, 30);
    assert_files(&w, "12 24 30");
}

/* A file left by the run's own failed attempt may be replaced like any other. */
static void an_attempt_that_is_made_again_finds_no_other_s_file(void **fixture)
{
    (void)fixture;
    world w;
    begin(&w, (lstm_trigger){60, LSTM_SECONDS}, 0);
    assert_true(lts_snapshot_policy_is_new_file(&w.policy, 6));
    lts_snapshot_policy_note_file(&w.policy, 6, false);
    w.files[6] = true;
    assert_false(lts_snapshot_policy_is_new_file(&w.policy, 6));
    run(&w, 1, 18);
    assert_files(&w, "12 18");
}

static void what_cannot_be_removed_stays_to_be_removed(void **fixture)
{
    (void)fixture;
    static const struct {
        lstm_trigger trigger;
        int64_t keep;
        const char *before, *after;
    } table[] = {
        {{60, LSTM_SECONDS}, 0, "6 12 18", "12 18"},
        {{6, LSTM_ITERATIONS}, 1, "6 12 18", "18"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        world w;
        begin(&w, table[i].trigger, table[i].keep);
        w.cannot_remove = true;
        run(&w, 1, 18);
        assert_files(&w, table[i].before);
        assert_true(w.policy.prune_pending);
        w.cannot_remove = false;
        prune(&w, 18);
        assert_files(&w, table[i].after);
        assert_false(w.policy.prune_pending);
    }
}

/* Later snapshots belong to updates that a resume discarded: they are not counted. */
static void of_those_up_to_now_the_newest_are_kept(void **fixture)
{
    (void)fixture;
    static const uint64_t iterations[] = {30, 20, 15, 10, 5};
    static const struct {
        int64_t keep;
        uint64_t now;
        int64_t kept;
    } table[] = {{2, 15, 4}, {2, 30, 2}, {1, 19, 3}, {2, 4, 5}, {3, 10, 5}, {9, 15, 5}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        lts_snapshot_policy p = {.keep = table[i].keep};
        assert_int_equal(lts_snapshot_policy_n_kept(&p, iterations, 5, table[i].now),
                         table[i].kept);
    }
}

static void what_passed_before_a_resume_does_not_count(void **fixture)
{
    (void)fixture;
    world w;
    begin(&w, (lstm_trigger){60, LSTM_SECONDS}, 9);
    lts_snapshot_policy_reset(&w.policy, 10, 1e6);
    w.elapsed = 1e6;
    run(&w, 11, 15);
    assert_files(&w, "");
    run(&w, 16, 16);
    assert_files(&w, "16");
}

static void there_is_space_for_those_that_will_be_kept_and_one_more(void **fixture)
{
    (void)fixture;
    static const struct {
        lstm_trigger trigger;
        int64_t keep, n_now;
        uint64_t updates;
        int64_t to_come;
    } table[] = {
        {{60, LSTM_SECONDS}, 0, 0, 0, 3},
        {{60, LSTM_SECONDS}, 0, 7, 0, 3},
        {{60, LSTM_SECONDS}, 0, 7, 6, 2},
        {{60, LSTM_SECONDS}, 0, 7, 12, 1},
        {{60, LSTM_SECONDS}, 4, 2, 0, 3},
        {{5, LSTM_ITERATIONS}, 0, 2, 0, 1},
        {{5, LSTM_ITERATIONS}, 2, 5, 0, 1},
        {{5, LSTM_ITERATIONS}, INT64_MAX, 0, 0, INT64_C(1) + INT32_MAX},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        world w;
        begin(&w, table[i].trigger, table[i].keep);
        run(&w, 1, table[i].updates);
        assert_int_equal(lts_snapshot_policy_to_come(&w.policy, table[i].n_now), table[i].to_come);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_policies),
        cmocka_unit_test(the_default_is_a_minute_where_there_is_a_folder),
        cmocka_unit_test(a_table_of_what_is_inherited),
        cmocka_unit_test(a_chain_names_the_one_before_and_the_replaced_one),
        cmocka_unit_test(a_file_that_existed_is_not_replaced),
        cmocka_unit_test(an_attempt_that_is_made_again_finds_no_other_s_file),
        cmocka_unit_test(what_cannot_be_removed_stays_to_be_removed),
        cmocka_unit_test(of_those_up_to_now_the_newest_are_kept),
        cmocka_unit_test(what_passed_before_a_resume_does_not_count),
        cmocka_unit_test(there_is_space_for_those_that_will_be_kept_and_one_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
