/* SPDX-License-Identifier: MIT */
#include "score/loss_options.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

#define KIND(kind) (1u << (kind))

/* A number, the kinds that use it, its default, and its range low <= value <= high. */
typedef struct number {
    const char *name;
    size_t from, to; /* offsets in lstm_loss_options and lts_loss */
    unsigned kinds;
    double by_default, low, high;
} number;

#define FIELD(field) #field, offsetof(lstm_loss_options, field), offsetof(lts_loss, field)

/* The least number of degrees of freedom whose variance is finite in float arithmetic. */
#define ABOVE_TWO (2 + 0x1p-20)

static const number numbers[] = {
    {FIELD(delta), KIND(LSTM_LOSS_HUBER), 1, 1e-30, 1e30},
    {FIELD(scale_floor), KIND(LSTM_LOSS_GAUSSIAN) | KIND(LSTM_LOSS_STUDENT_T), 1e-3, 1e-6, 1e6},
    {FIELD(freedom_floor), KIND(LSTM_LOSS_STUDENT_T), 2.1, ABOVE_TWO, 1e6},
    {FIELD(dispersion_floor), KIND(LSTM_LOSS_NEGATIVE_BINOMIAL), 1e-4, 1e-6, 1e6},
};
enum { N_NUMBER = sizeof numbers / sizeof *numbers };

static const double default_levels[] = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95};
enum { N_DEFAULT_LEVEL = sizeof default_levels / sizeof *default_levels };

static lstm_status read_number(lts_loss *loss, const lstm_loss_options *options, const number *f)
{
    double value;
    memcpy(&value, (const char *)options + f->from, sizeof value);
    if ((f->kinds & KIND(loss->kind)) == 0) {
        if (value != 0)
            return lts_fail(LSTM_E_ARGUMENT, "%s is %g, expected 0: this loss does not use it",
                            f->name, value);
        return LSTM_OK;
    }
    if (value == 0)
        value = f->by_default;
    if (!(value >= f->low && value <= f->high))
        return lts_fail(LSTM_E_ARGUMENT, "%s is %.9g, expected %.9g .. %.9g", f->name, value,
                        f->low, f->high);
    memcpy((char *)loss + f->to, &value, sizeof value);
    return LSTM_OK;
}

/* Checks an array of options: its length, and that each value is low .. high. */
static lstm_status check_array(const char *count_name, int64_t n, const char *name,
                               const double *values, double low, double high)
{
    LTS_TRY(lts_check_at_least(count_name, n, 0));
    if ((n > 0) != (values != NULL))
        return lts_fail(LSTM_E_ARGUMENT, "%s is %s, %s is %lld", name,
                        values == NULL ? "NULL" : "not NULL", count_name, (long long)n);
    for (int64_t i = 0; i < n; i++)
        if (!(values[i] >= low && values[i] <= high))
            return lts_fail(LSTM_E_ARGUMENT, "%s[%lld] is %g, expected %g .. %g", name,
                            (long long)i, values[i], low, high);
    return LSTM_OK;
}

/* Checks an array of weights, one of which at least must be above 0. */
static lstm_status check_weights(const char *count_name, int64_t n, const char *name,
                                 const double *values)
{
    LTS_TRY(check_array(count_name, n, name, values, 0, 1e6));
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += values[i];
    if (n > 0 && sum == 0)
        return lts_fail(LSTM_E_ARGUMENT, "all %lld of %s are 0", (long long)n, name);
    return LSTM_OK;
}

/* A field and an array that only one kind uses. */
static lstm_status check_used(const char *count_name, int64_t n, const char *name,
                              const double *values)
{
    if (n != 0 || values != NULL)
        return lts_fail(LSTM_E_ARGUMENT,
                        "%s is %lld and %s is %s, expected 0 and NULL: this loss does not use them",
                        count_name, (long long)n, name, values == NULL ? "NULL" : "not NULL");
    return LSTM_OK;
}

static lstm_status read_levels(lts_loss *loss, const lstm_loss_options *options)
{
    if (loss->kind != LSTM_LOSS_QUANTILE)
        return check_used("n_level", options->n_level, "levels", options->levels);
    LTS_TRY(check_array("n_level", options->n_level, "levels", options->levels, 0, 1));
    if (options->n_level > LTS_MAX_LEVELS)
        return lts_fail(LSTM_E_ARGUMENT, "n_level is %lld, expected 0 .. %d",
                        (long long)options->n_level, LTS_MAX_LEVELS);
    loss->n_level = options->n_level == 0 ? N_DEFAULT_LEVEL : options->n_level;
    loss->levels = options->n_level == 0 ? default_levels : options->levels;
    loss->median = -1;
    double last = 0;
    for (int64_t i = 0; i < loss->n_level; i++) {
        double level = loss->levels[i];
        if (!(level > last && level < 1))
            return lts_fail(LSTM_E_ARGUMENT, "levels[%lld] is %g, expected above %g and below 1",
                            (long long)i, level, last);
        if (level == 0.5)
            loss->median = i;
        last = level;
    }
    if (loss->median < 0)
        return lts_fail(LSTM_E_ARGUMENT, "none of the %lld levels is 0.5",
                        (long long)loss->n_level);
    return LSTM_OK;
}

static lstm_status read_units(lts_loss *loss, const lstm_loss_options *options)
{
    if (loss->kind != LSTM_LOSS_NEGATIVE_BINOMIAL)
        return check_used("n_unit", options->n_unit, "units", options->units);
    LTS_TRY(check_array("n_unit", options->n_unit, "units", options->units, 1e-9, 1e9));
    loss->n_unit = options->n_unit;
    loss->units = options->units;
    return LSTM_OK;
}

static const lts_loss_kind *row_of(int64_t kind)
{
    if (kind <= LSTM_LOSS_HUBER)
        return &lts_point_kinds[kind];
    return kind == LSTM_LOSS_QUANTILE ? &lts_quantile_kind
                                      : &lts_likelihood_kinds[kind - LSTM_LOSS_GAUSSIAN];
}

lstm_status lts_loss_read(lts_loss *loss, const lstm_loss_options *options)
{
    lstm_loss_options read;
    memset(loss, 0, sizeof *loss);
    LTS_READ_OPTIONS(&read, options, lstm_loss_options);
    LTS_TRY(lts_check_one_of("loss kind", read.kind, LSTM_LOSS_NEGATIVE_BINOMIAL + 1,
                             "LSTM_LOSS_MSE, _MAE, _HUBER, _QUANTILE, _GAUSSIAN, _STUDENT_T or "
                             "_NEGATIVE_BINOMIAL"));
    LTS_TRY(lts_check_one_of("reduction", read.reduction, LSTM_REDUCTION_MEAN + 1,
                             "LSTM_REDUCTION_STEPS or LSTM_REDUCTION_MEAN"));
    loss->kind = read.kind;
    loss->reduction = read.reduction;
    for (int i = 0; i < N_NUMBER; i++)
        LTS_TRY(read_number(loss, &read, &numbers[i]));
    LTS_TRY(read_levels(loss, &read));
    LTS_TRY(read_units(loss, &read));
    LTS_TRY(check_weights("n_column_weight", read.n_column_weight, "column_weights",
                          read.column_weights));
    LTS_TRY(check_weights("n_step_weight", read.n_step_weight, "step_weights", read.step_weights));
    loss->n_column_weight = read.n_column_weight;
    loss->column_weights = read.column_weights;
    loss->n_step_weight = read.n_step_weight;
    loss->step_weights = read.step_weights;
    loss->row = row_of(read.kind);
    loss->n_out = loss->row->n_out == 0 ? loss->n_level : loss->row->n_out;
    return LSTM_OK;
}

/* Moves one array into the block, and returns what follows it there. */
static double *keep_array(double *to, int64_t n, const double **array)
{
    if (n > 0)
        memcpy(to, *array, (size_t)n * sizeof *to);
    *array = n > 0 ? to : NULL;
    return to + n;
}

lstm_status lts_loss_keep(lts_loss *loss)
{
    int64_t n = loss->n_level + loss->n_unit + loss->n_column_weight + loss->n_step_weight;
    double *next = lts_alloc(n, sizeof *next);
    if (next == NULL)
        return LSTM_E_NOMEM;
    loss->kept = next;
    next = keep_array(next, loss->n_level, &loss->levels);
    next = keep_array(next, loss->n_unit, &loss->units);
    next = keep_array(next, loss->n_column_weight, &loss->column_weights);
    keep_array(next, loss->n_step_weight, &loss->step_weights);
    return LSTM_OK;
}

void lts_loss_clear(lts_loss *loss)
{
    lts_free(loss->kept);
    memset(loss, 0, sizeof *loss);
}

static lstm_status match_count(const char *name, int64_t n, const char *wanted_name, int64_t wanted)
{
    if (n != 0 && n != wanted)
        return lts_fail(LSTM_E_SHAPE, "%s is %lld, expected 0 or %s = %lld", name, (long long)n,
                        wanted_name, (long long)wanted);
    return LSTM_OK;
}

lstm_status lts_loss_match(const lts_loss *loss, int64_t K, int64_t T)
{
    LTS_TRY(match_count("n_unit", loss->n_unit, "K", K));
    LTS_TRY(match_count("n_column_weight", loss->n_column_weight, "K", K));
    return match_count("n_step_weight", loss->n_step_weight, "T", T);
}

lstm_loss_options lts_loss_options_of(const lts_loss *loss)
{
    lstm_loss_options o = LSTM_LOSS_OPTIONS_INIT;
    bool quantile = loss->kind == LSTM_LOSS_QUANTILE;
    o.kind = loss->kind;
    o.reduction = loss->reduction;
    o.delta = loss->delta;
    o.n_level = quantile ? loss->n_level : 0;
    o.levels = quantile ? loss->levels : NULL;
    o.scale_floor = loss->scale_floor;
    o.freedom_floor = loss->freedom_floor;
    o.dispersion_floor = loss->dispersion_floor;
    o.n_unit = loss->n_unit;
    o.units = loss->units;
    o.n_column_weight = loss->n_column_weight;
    o.column_weights = loss->column_weights;
    o.n_step_weight = loss->n_step_weight;
    o.step_weights = loss->step_weights;
    return o;
}
