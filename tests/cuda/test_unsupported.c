/* SPDX-License-Identifier: MIT */
/* What only the processor does: a companion refuses to open an engine for it, and names it. */
#include "assert_status.h"
#include "engine_case.h"
#include "score/loss_options.h"
#include "view/view.h"

static tested_companion under_test;

/* Asserts that a case with a change is refused. */
#define REFUSED(change, part)                                                                      \
    do {                                                                                           \
        engine_case c;                                                                             \
        lts_loss loss;                                                                             \
        lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;                                        \
        engine_case_make(&c, &under_test, 3, 0);                                                   \
        change;                                                                                    \
        assert_ok(lts_loss_read(&loss, &options));                                                 \
        c.options.loss = &loss;                                                                    \
        assert_status(c.device->open(&c.engine, &c.options), LSTM_E_DEVICE, part);                 \
        assert_null(c.engine);                                                                     \
        engine_case_close(&c);                                                                     \
    } while (0)

static void what_only_the_processor_has_is_named(void **state)
{
    (void)state;
    const double weights[1] = {1};
    const lstm_view view = {.holes = true};
    REFUSED(c.options.dropout = lts_dropout_of(.5, 1), "has no dropout; \"cpu\" has");
    REFUSED(c.options.source.view = &view, "has no view; \"cpu\" has");
    REFUSED(c.plan.calls[0].holes = true, "has no sampling; \"cpu\" has");
    REFUSED(options.kind = LSTM_LOSS_HUBER, "has no other loss than LSTM_LOSS_MSE");
    REFUSED(options.reduction = LSTM_REDUCTION_MEAN, "has no other loss than LSTM_LOSS_MSE");
    REFUSED((options.n_column_weight = 1, options.column_weights = weights),
            "has no other loss than LSTM_LOSS_MSE");
    REFUSED((options.n_step_weight = 1, options.step_weights = weights),
            "has no other loss than LSTM_LOSS_MSE");
}

static void the_default_loss_is_accepted(void **state)
{
    (void)state;
    engine_case c;
    lts_loss loss;
    assert_ok(lts_loss_read(&loss, NULL));
    engine_case_make(&c, &under_test, 3, 0);
    c.options.loss = &loss;
    assert_ok(c.device->open(&c.engine, &c.options));
    engine_case_close(&c);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_the_processor_has_is_named),
        cmocka_unit_test(the_default_loss_is_accepted),
    };
    under_test = companion_open(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
