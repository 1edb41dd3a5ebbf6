/* SPDX-License-Identifier: MIT */
/*
 * make_released PREFIX: writes PREFIXmodel.safetensors and PREFIXcheckpoint.safetensors with the
 * present library, for tests/released. Run it once per format version, before its release.
 */
#include "released.h"

#include <stdio.h>

static void write_files(void **prefix)
{
    char path[512];
    released_training t;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    released_start(&t, &options);
    snprintf(path, sizeof path, "%smodel.safetensors", (const char *)*prefix);
    assert_ok(lstm_model_save(t.model, path));
    assert_ok(lstm_trainer_run(t.trainer));
    released_fill(t.model);
    snprintf(path, sizeof path, "%scheckpoint.safetensors", (const char *)*prefix);
    assert_ok(lstm_trainer_save(t.trainer, path));
    released_free(&t);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(write_files, argv[1])};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
