/* SPDX-License-Identifier: MIT */
/* A file with numbers that no fit and no continuation writes. */
#include "saved_fixture.h"
#include "spoil.h"

/* In the header quotation marks of the text are escaped. */
#define Q(name)               "\\\"" name "\\\""
#define WITH(member, numbers) "{" Q(member) ":{" numbers "}," Q("options")

static void refuse_with(const char *member, lstm_status want, const char *part)
{
    lstm_forecaster *f = NULL;
    const char *path = spoil("model", "{" Q("options"), member);
    assert_status(lstm_forecaster_load(&f, path), want, part);
    assert_null(f);
}

static void save_the(int64_t use)
{
    lstm_forecaster *f = fitted(use);
    assert_ok(lstm_forecaster_save(f, scratch("model")));
    lstm_forecaster_free(f);
}

static void what_was_continued_is_verified(void **state)
{
    (void)state;
    save_the(LSTM_USE_MEAN);
    refuse_with(WITH("continued", Q("n_update") ":-1"), LSTM_E_FORMAT, "n_update is -1");
    refuse_with(WITH("continued", Q("n_refit") ":-1"), LSTM_E_FORMAT, "n_refit is -1");
    refuse_with(WITH("continued", Q("n") ":1"), LSTM_E_FORMAT, "\"n\"");
    refuse_with(WITH("continued", Q("learning_rate") ":" Q("0x7ff0000000000000")), LSTM_E_NUMERIC,
                "learning_rate is inf");
    refuse_with(WITH("continued", Q("learning_rate") ":" Q("0xbff0000000000000")), LSTM_E_NUMERIC,
                "learning_rate is -1");
}

static void only_members_are_continued(void **state)
{
    (void)state;
    save_the(LSTM_USE_RIDGE);
    refuse_with(WITH("continued", Q("n_update") ":2"), LSTM_E_FORMAT, "n_update is 2");
    save_the(LSTM_USE_NETWORKS);
    refuse_with(WITH("continued", Q("n_refit") ":2"), LSTM_E_FORMAT, "n_refit is 2");
}

/* Beyond these, sums and products of rows could overflow. */
static void options_of_intervals_have_limits(void **state)
{
    (void)state;
    save_the(LSTM_USE_RIDGE);
    refuse_with(WITH("interval_options", Q("stride") ":16777217"), LSTM_E_LIMIT,
                "stride is 16777217");
    refuse_with(WITH("interval_options", Q("stride") ":9223372036854775807"), LSTM_E_LIMIT,
                "stride is 9223372036854775807");
    refuse_with(WITH("interval_options", Q("window") ":92233720368547758"), LSTM_E_LIMIT,
                "window is 92233720368547758");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_continued_is_verified),
        cmocka_unit_test(only_members_are_continued),
        cmocka_unit_test(options_of_intervals_have_limits),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
