/* SPDX-License-Identifier: MIT */
/* Each field of the options of updaters and trainers out of its documented range. */
#include "wrong.h"

static void an_unroll_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    static const wrong_field table[] = {
        {BAD, "unroll is -1", NULL, AT(updater, unroll), -1, 0},
        {BAD, "unroll is 2", NULL, AT(updater, unroll), 2, 0},
        {BAD, "support_len is -1", NULL, AT(updater, support_len), -1, 0},
        {BAD, "feedback_lag is -1", NULL, AT(updater, feedback_lag), -1, 0},
        {BAD, "n_hook is -1", NULL, AT(updater, n_hook), -1, 0},
        {BAD, "hooks is NULL", "1", AT(updater, n_hook), 1, 0},
        {BAD, "n_threads is -2", NULL, AT(updater, n_threads), -2, 0},
        {BAD, "n_threads is " LARGEST, NULL, AT(updater, n_threads), INT64_MAX, 0},
    };
    lstm_updater_options base = LSTM_UPDATER_OPTIONS_INIT;
    EACH_REFUSED(updater, table, base,
                 lstm_updater_new(&out.updater, v->t.model, v->t.iter, &options));
    base.unroll = LSTM_UNROLL_ARTICLE;
    base.feedback_lag = 1;
    REFUSED(BAD, "feedback_lag is 1", lstm_updater_new(&out.updater, v->t.model, v->t.iter, &base));
}

static void a_hook_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    const struct {
        lstm_hook hook;
        const char *shown;
    } table[] = {
        {{0, 1}, "hook 1 is 0"},
        {{3, 1}, "hook 1 is 3"},
        {{-1, 1}, "hook 1 is -1"},
        {{LSTM_HOOK_CLIP, 0}, "hook 1 is 0"},
        {{LSTM_HOOK_CLIP, -2.5}, "hook 1 is -2.5"},
        {{LSTM_HOOK_WEIGHT_DECAY, (double)NAN}, "nan"},
        {{LSTM_HOOK_WEIGHT_DECAY, (double)INFINITY}, "inf"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const lstm_hook hooks[2] = {{LSTM_HOOK_CLIP, 1}, table[i].hook};
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        options.n_hook = 2;
        options.hooks = hooks;
        REFUSED(BAD, table[i].shown,
                lstm_updater_new(&out.updater, v->t.model, v->t.iter, &options));
    }
}

/* The double constants of an optimizer, the kinds that have them (a bit each), and values out of
 * range. */
static const struct {
    const char *name;
    size_t field;
    unsigned kinds;
    double low, high;
} constants[] = {
    {"learning_rate", AT(optimizer, learning_rate), 0x7F, -1e-3, (double)INFINITY},
    {"beta1", AT(optimizer, beta1), 0x07, -0.1, 1},
    {"beta2", AT(optimizer, beta2), 0x07, -0.1, 1},
    {"eps", AT(optimizer, eps), 0x67, -1e-8, (double)INFINITY},
    {"eta", AT(optimizer, eta), 0x03, -1, (double)INFINITY},
    {"weight_decay", AT(optimizer, weight_decay), 0x07, -0.5, (double)INFINITY},
    {"momentum", AT(optimizer, momentum), 0x10, -0.1, 1},
    {"decay", AT(optimizer, decay), 0x20, -0.1, 1},
};

static void assert_constant_refused(const victim *v, int64_t kind, size_t field, double value,
                                    const char *name)
{
    lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    char shown[64];
    optimizer.kind = kind;
    options.optimizer = &optimizer;
    memcpy((char *)&optimizer + field, &value, sizeof value);
    snprintf(shown, sizeof shown, "%s is %g", name, value);
    REFUSED(BAD, shown, lstm_updater_new(&out.updater, v->t.model, v->t.iter, &options));
}

static void a_constant_of_an_optimizer_out_of_range_is_refused(void **fixture)
{
    for (int64_t kind = LSTM_ADAM; kind <= LSTM_ADAGRAD; kind++)
        for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
            const double values[] = {constants[i].low, constants[i].high, (double)INFINITY};
            bool has = (constants[i].kinds >> kind & 1) != 0;
            for (int j = 0; j < 3; j++)
                assert_constant_refused(*fixture, kind, constants[i].field, values[j],
                                        constants[i].name);
            if (!has) /* even one that would be in range */
                assert_constant_refused(*fixture, kind, constants[i].field, 0.5, constants[i].name);
        }
}

static void a_constant_that_is_nan_is_refused(void **fixture)
{
    const victim *v = *fixture;
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        for (int64_t kind = LSTM_ADAM; kind <= LSTM_ADAGRAD; kind++) {
            lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
            lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
            const double nan_value = (double)NAN;
            optimizer.kind = kind;
            options.optimizer = &optimizer;
            memcpy((char *)&optimizer + constants[i].field, &nan_value, sizeof nan_value);
            REFUSED(BAD, constants[i].name,
                    lstm_updater_new(&out.updater, v->t.model, v->t.iter, &options));
            assert_non_null(strstr(lstm_last_error(), "nan"));
        }
}

static void a_kind_of_optimizer_that_is_none_is_refused(void **fixture)
{
    const victim *v = *fixture;
    static const wrong_field table[] = {
        {BAD, "kind is -1", NULL, AT(optimizer, kind), -1, 0},
        {BAD, "kind is 7", NULL, AT(optimizer, kind), 7, 0},
        {BAD, "kind is " LARGEST, NULL, AT(optimizer, kind), INT64_MAX, 0},
        {BAD, "eps_inside is 1", NULL, AT(optimizer, eps_inside), 1, 0},
        {BAD, "eps_inside is -1", NULL, AT(optimizer, eps_inside), -1, 0},
    };
    lstm_optimizer_options base = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_updater_options outer = LSTM_UPDATER_OPTIONS_INIT;
    EACH_REFUSED(optimizer, table, base,
                 (outer.optimizer = &options,
                  lstm_updater_new(&out.updater, v->t.model, v->t.iter, &outer)));
    base.kind = LSTM_RMSPROP;
    base.eps_inside = 2;
    outer.optimizer = &base;
    REFUSED(BAD, "eps_inside is 2", lstm_updater_new(&out.updater, v->t.model, v->t.iter, &outer));
}

static void a_schedule_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    const wrong_field table[] = {
        {BAD, "kind is -1", NULL, AT(schedule, kind), -1, 0},
        {BAD, "kind is 4", NULL, AT(schedule, kind), 4, 0},
        {BAD, "period is 0", NULL, AT(schedule, kind), LSTM_SCHEDULE_STEP, 0},
        {BAD, "period is 0", NULL, AT(schedule, kind), LSTM_SCHEDULE_COSINE, 0},
        {BAD, "gamma is 0", NULL, AT(schedule, kind), LSTM_SCHEDULE_EXPONENTIAL, 0},
        {BAD, "warmup is -1", NULL, AT(schedule, warmup), -1, 0},
        {BAD, "begin is -1", NULL, AT(schedule, begin), -1, 0},
        {BAD, "period is -2", NULL, AT(schedule, period), -2, 0},
        {BAD, "gamma is -0.5", NULL, AT(schedule, gamma), 0, -0.5},
        {BAD, "gamma is", "nan", AT(schedule, gamma), 0, (double)NAN},
        {BAD, "gamma is inf", NULL, AT(schedule, gamma), 0, (double)INFINITY},
        {BAD, "final_factor is -0.1", NULL, AT(schedule, final_factor), 0, -0.1},
        {BAD, "final_factor is 1.1", NULL, AT(schedule, final_factor), 0, 1.1},
        {BAD, "final_factor is", "nan", AT(schedule, final_factor), 0, (double)NAN},
    };
    lstm_schedule_options base = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_updater_options outer = LSTM_UPDATER_OPTIONS_INIT;
    EACH_REFUSED(schedule, table, base, lstm_schedule_factor(&options, 5, &out.factor));
    EACH_REFUSED(
        schedule, table, base,
        (outer.schedule = &options, lstm_updater_new(&out.updater, v->t.model, v->t.iter, &outer)));
}

static void a_run_out_of_range_is_refused(void **fixture)
{
    const victim *v = *fixture;
    const wrong_field table[] = {
        {BAD, "max_iteration 0", "max_epoch is 0", AT(trainer, max_iteration), 0, 0},
        {BAD, "max_iteration -1", NULL, AT(trainer, max_iteration), -1, 0},
        {BAD, "max_epoch is -1", NULL, AT(trainer, max_epoch), -1, 0},
        {BAD, "log.every is -1", NULL, AT(trainer, log.every), -1, 0},
        {BAD, "log.unit is 2", NULL, AT(trainer, log.unit), 2, 0},
        {BAD, "snapshot.every is -2", NULL, AT(trainer, snapshot.every), -2, 0},
        {BAD, "snapshot.unit is 3", NULL, AT(trainer, snapshot.unit), 3, 0},
        {BAD, "snapshot.unit is -1", NULL, AT(trainer, snapshot.unit), -1, 0},
        {BAD, "validate.every is -1", NULL, AT(trainer, validate.every), -1, 0},
        {BAD, "validate.unit is 2", NULL, AT(trainer, validate.unit), 2, 0},
        {BAD, "folder", "NULL", AT(trainer, snapshot.every), 1, 0},
        {BAD, "valid_series", "NULL", AT(trainer, validate.every), 1, 0},
        {BAD, "patience is -1", NULL, AT(trainer, patience), -1, 0},
        {BAD, "patience is 3", "expected 0 without validation", AT(trainer, patience), 3, 0},
        {BAD, "min_delta is -0.5", NULL, AT(trainer, min_delta), 0, -0.5},
        {BAD, "min_delta is", "nan", AT(trainer, min_delta), 0, (double)NAN},
        {BAD, "min_delta is inf", NULL, AT(trainer, min_delta), 0, (double)INFINITY},
        {BAD, "keep is -1", NULL, AT(trainer, keep), -1, 0},
        {BAD, "unchecked is 2", NULL, AT(trainer, unchecked), 2, 0},
        {BAD, "unchecked is -1", NULL, AT(trainer, unchecked), -1, 0},
        {BAD, "log_step_loss is 2", NULL, AT(trainer, log_step_loss), 2, 0},
        {BAD, "may_differ is 64", NULL, AT(trainer, may_differ), 64, 0},
        {BAD, "may_differ is -1", NULL, AT(trainer, may_differ), -1, 0},
        {BAD, "log_step_loss is -1", NULL, AT(trainer, log_step_loss), -1, 0},
    };
    lstm_trainer_options base = LSTM_TRAINER_OPTIONS_INIT;
    base.max_iteration = 1;
    EACH_REFUSED(trainer, table, base, lstm_trainer_new(&out.trainer, v->t.updater, &options));
    base.validate.every = 1;
    base.valid_series = v->t.test;
    REFUSED(BAD, "valid, but it is NULL", lstm_trainer_new(&out.trainer, v->t.updater, &base));
}

static void a_folder_that_is_not_there_is_refused_by_name(void **fixture)
{
    const victim *v = *fixture;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = 1;
    options.folder = scratch("nowhere");
    REFUSED(LSTM_E_IO, "nowhere", lstm_trainer_new(&out.trainer, v->t.updater, &options));
    options.folder = "";
    REFUSED(BAD, "folder is \"\"", lstm_trainer_new(&out.trainer, v->t.updater, &options));
}

/* After all of the above. */
static void nothing_that_was_refused_has_left_a_trace(void **fixture)
{
    assert_unharmed(*fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unroll_out_of_range_is_refused),
        cmocka_unit_test(a_hook_out_of_range_is_refused),
        cmocka_unit_test(a_constant_of_an_optimizer_out_of_range_is_refused),
        cmocka_unit_test(a_constant_that_is_nan_is_refused),
        cmocka_unit_test(a_kind_of_optimizer_that_is_none_is_refused),
        cmocka_unit_test(a_schedule_out_of_range_is_refused),
        cmocka_unit_test(a_run_out_of_range_is_refused),
        cmocka_unit_test(a_folder_that_is_not_there_is_refused_by_name),
        cmocka_unit_test(nothing_that_was_refused_has_left_a_trace),
    };
    return cmocka_run_group_tests_name("wrong training options", tests, make_victim_and_folder,
                                       free_victim_and_folder);
}
