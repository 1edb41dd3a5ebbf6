/* SPDX-License-Identifier: MIT */
/*
 * The floating-point scope, alone and around a step; also runs on machines without files.
 */
#include "assert_status.h"
#include "base/float_env.h"
#include "host_state.h"
#include "model_of.h"

#include <fenv.h>
#include <lstmts/lstmts.h>
#include <math.h>

enum { D = 2, H = 20, STREAMS = 3, STEPS = 30 };

/* Settings of a host. */
static void set_nothing(void)
{
}

static void round_upward(void)
{
    assert_int_equal(fesetround(FE_UPWARD), 0);
}

static void round_downward(void)
{
    assert_int_equal(fesetround(FE_DOWNWARD), 0);
}

static void round_toward_zero(void)
{
    assert_int_equal(fesetround(FE_TOWARDZERO), 0);
}

static void flush_to_zero(void)
{
    host_state_flush_to_zero(true);
}

static void round_upward_and_flush(void)
{
    round_upward();
    flush_to_zero();
}

static void (*const hosts[])(void) = {set_nothing,       round_upward,  round_downward,
                                      round_toward_zero, flush_to_zero, round_upward_and_flush};
enum { N_HOST = sizeof hosts / sizeof *hosts };

/* Whether lts_float_is_default() is more than false. */
#if defined(__x86_64__) || defined(__aarch64__)
enum { KNOWS_THE_DEFAULT = 1 };
#else
enum { KNOWS_THE_DEFAULT = 0 };
#endif

static volatile float one = 1, third = 1.0f / 3, tiny = 1e-30f, denormal = 1e-39f;

static int reset_environment(void **fixture)
{
    (void)fixture;
    host_state_flush_to_zero(false);
    return fesetenv(FE_DFL_ENV);
}

static void check_inside(void)
{
    float up = one + tiny, down = one - tiny;
    assert_true(up == 1 && down == 1);
    if (HOST_CAN_FLUSH)
        assert_true(denormal * one == 0 && denormal == 0);
    assert_true(lts_float_is_default() == KNOWS_THE_DEFAULT);
    assert_int_equal(fegetround(), FE_TONEAREST);
}

static void check_within(void)
{
    LTS_FLOAT_SCOPE();
    check_inside();
}

static void a_scope_has_the_librarys_and_restores_the_hosts(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_HOST; i++) {
        host_state before, after;
        hosts[i]();
        host_state_read(&before);
        {
            LTS_FLOAT_SCOPE();
            check_inside();
            check_within();
            check_inside();
        }
        host_state_read(&after);
        bool ours = lts_float_is_default();
        reset_environment(NULL);
        host_state_assert_equal(&before, &after, "after a scope");
        assert_int_equal(ours, KNOWS_THE_DEFAULT && hosts[i] == flush_to_zero);
    }
    assert_true(denormal * one != 0);
}

static int leave_for_a_callback(lts_float_env *host, int set)
{
    LTS_FLOAT_HOST(host);
    int mode = fegetround();
    assert_int_equal(fesetround(set), 0);
    return mode;
}

static void a_callback_within_a_scope_has_the_environment_of_the_host(void **fixture)
{
    (void)fixture;
    static const int modes[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD};
    for (int before = 0; before < 3; before++)
        for (int set = 0; set < 3; set++) { /* a callback's change must last */
            assert_int_equal(fesetround(modes[before]), 0);
            int mode;
            {
                LTS_FLOAT_SCOPE();
                mode = leave_for_a_callback(&lts_host_floats, modes[set]);
                check_inside();
            }
            int after = fegetround();
            reset_environment(NULL);
            assert_int_equal(mode, modes[before]);
            assert_int_equal(after, modes[set]);
        }
}

static void flags_raised_in_a_scope_are_not_seen_by_the_host(void **fixture)
{
    (void)fixture;
    static void (*const own[])(void) = {set_nothing, round_upward, flush_to_zero};
    static const int raised_before[] = {0, FE_UNDERFLOW};
    for (int i = 0; i < 6; i++) {
        own[i % 3]();
        feclearexcept(FE_ALL_EXCEPT);
        feraiseexcept(raised_before[i / 3]);
        {
            LTS_FLOAT_SCOPE();
            third = one / (third - third);
        }
        int raised = fetestexcept(FE_ALL_EXCEPT);
        reset_environment(NULL);
        assert_int_equal(raised & (FE_UNDERFLOW | FE_DIVBYZERO), raised_before[i / 3]);
    }
}

/* Changed flags make a step of 97 ns take 208 on some processors. */
static void flags_of_the_host_stay_set_in_a_scope(void **fixture)
{
    (void)fixture;
    if (!KNOWS_THE_DEFAULT)
        return;
    int raised;
    feraiseexcept(FE_DIVBYZERO | FE_UNDERFLOW);
    {
        LTS_FLOAT_SCOPE();
        raised = fetestexcept(FE_ALL_EXCEPT);
        check_inside();
    }
    reset_environment(NULL);
    assert_int_equal(raised & (FE_DIVBYZERO | FE_UNDERFLOW), FE_DIVBYZERO | FE_UNDERFLOW);
}

static void fill(lstm_model *model, lstm_real value)
{
    static lstm_real values[4 * H * H];
    lstm_parameter_info info;
    for (int i = 0; i < 4 * H * H; i++)
        values[i] = value;
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_ok(lstm_model_set(model, info.name, values, info.size));
    }
}

static void a_denormal_weight_or_input_counts_as_zero(void **fixture)
{
    static const lstm_real fills[] = {0, (lstm_real)1e-39};
    lstm_real y[2][D], kept[D];
    (void)fixture;
    for (int i = 0; i < 2; i++) {
        const lstm_real bias[D] = {0, (lstm_real)0.5}, x[D] = {fills[i], 2};
        lstm_state *state = NULL;
        lstm_model *model = model_of(D, D, H, 1, 0);
        fill(model, fills[i]);
        assert_ok(lstm_model_set(model, "output.bias", bias, D));
        assert_ok(lstm_state_new(&state, model, 1));
        assert_ok(lstm_state_step(state, x, y[i]));
        assert_ok(lstm_model_set(model, "output.bias", x, D));
        assert_ok(lstm_model_get(model, "output.bias", kept, D));
        assert_memory_equal(kept, x, sizeof x);
        lstm_state_free(state);
        lstm_model_free(model);
    }
    assert_memory_equal(y[0], y[1], sizeof y[0]);
}

static void a_step_has_the_same_bits_in_any_environment(void **fixture)
{
    static lstm_real y[N_HOST][STREAMS][D];
    const lstm_real x[STREAMS][D] = {{(lstm_real)0.3, (lstm_real)0.7}, {(lstm_real)-0.1, 1}};
    (void)fixture;
    for (int i = 0; i < N_HOST; i++) {
        lstm_state *state = NULL;
        hosts[i]();
        lstm_model *model = model_of(D, D, H, 1, 0);
        assert_ok(lstm_state_new(&state, model, STREAMS));
        for (int t = 0; t < STEPS; t++)
            assert_ok(lstm_state_step(state, x[0], y[i][0]));
        reset_environment(NULL);
        assert_memory_equal(y[i], y[0], sizeof y[0]);
        lstm_state_free(state);
        lstm_model_free(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scope_has_the_librarys_and_restores_the_hosts),
        cmocka_unit_test(a_callback_within_a_scope_has_the_environment_of_the_host),
        cmocka_unit_test(flags_raised_in_a_scope_are_not_seen_by_the_host),
        cmocka_unit_test(flags_of_the_host_stay_set_in_a_scope),
        cmocka_unit_test(a_denormal_weight_or_input_counts_as_zero),
        cmocka_unit_test(a_step_has_the_same_bits_in_any_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
