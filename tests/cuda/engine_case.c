/* SPDX-License-Identifier: MIT */
#include "engine_case.h"
#include "assert_status.h"
#include "base/memory.h"
#include "base/status.h"
#include "network/model.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static const lts_services services = {sizeof services, lts_alloc, lts_free, lts_fail};

tested_companion companion_open(int argc, char **argv)
{
    tested_companion opened = {.precision = LSTM_PRECISION_HIGHEST, .tolerance = 1e-5};
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    void *symbol = library == NULL ? NULL : dlsym(library, LTS_COMPANION_SYMBOL);
    if (symbol == NULL) {
        fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "which companion?");
        exit(1);
    }
    lts_companion *entry;
    memcpy(&entry, &symbol, sizeof entry);
    opened.device = entry(LTS_DEVICE_LAYOUT, &services);
    opened.control = dlsym(library, "lts_twin_control");
    if (opened.control != NULL)
        opened.control->poison = true;
    if (argc > 2 && strcmp(argv[2], "high") == 0) {
        opened.precision = LSTM_PRECISION_HIGH;
        opened.tolerance = 1e-3;
    } else if (argc > 2 && strcmp(argv[2], "medium") == 0) {
        opened.precision = LSTM_PRECISION_MEDIUM;
        opened.tolerance = 2e-2;
    }
    return opened;
}

/* The library's arrays are of the test's real, the companion's of float. */
static real *as_real(float *array)
{
    return (real *)(void *)array;
}

static void copy_values(engine_case *c)
{
    for (int64_t i = 0; i < c->params.n_tensor; i++) {
        const lts_tensor *tensor = &c->params.tensors[i];
        const real *from = c->random.model->values;
        const lts_tensor *there = lts_params_find(&c->random.model->params, tensor->name);
        for (int64_t e = 0; e < tensor->size; e++)
            c->values[tensor->offset + e] = (float)from[there->offset + e];
    }
}

/*
 * Where tensors lie depends on the size of a real: the table is made anew for float, as the
 * library that the companion belongs to would have it.
 */
static void make_table(engine_case *c)
{
    const int64_t line = LTS_ALIGNMENT / (int64_t)sizeof(float);
    assert_ok(lts_params_init(&c->params, c->random.D, c->random.K, c->random.H, c->random.L));
    int64_t total = 0, moved[3 * REFERENCE_MAX_LAYERS + 4];
    for (int64_t i = 0; i < c->params.n_tensor; i++) {
        lts_tensor *tensor = &c->params.tensors[i];
        tensor->offset = moved[i] = total;
        total += (tensor->size + line - 1) / line * line;
    }
    c->params.total = total;
    c->params.input_weight = moved[0];
    c->params.input_bias = moved[1];
    for (int64_t l = 0; l < c->params.L; l++)
        c->params.layers[l] =
            (lts_layer_layout){moved[2 + 3 * l], moved[3 + 3 * l], moved[4 + 3 * l]};
    c->params.output_weight = moved[c->params.n_tensor - 2];
    c->params.output_bias = moved[c->params.n_tensor - 1];
    assert_in_range(total, 1, CASE_MAX_SIZE);
}

static void make_plan(engine_case *c)
{
    const reference_plan *plan = &c->random.plan;
    if (plan->article)
        assert_ok(lts_plan_init_article(&c->plan, plan->T, plan->support_len));
    else
        assert_ok(lts_plan_init_loop(&c->plan, plan->T, plan->support_len,
                                     plan->lag == 0 ? plan->pred : plan->lag));
}

void engine_case_make(engine_case *c, const tested_companion *companion, uint64_t number,
                      int64_t n_moment)
{
    memset(c, 0, sizeof *c);
    random_plan_open(&c->random, number);
    const lstm_series *series = c->random.series;
    make_table(c);
    make_plan(c);
    copy_values(c);
    assert_ok(lts_columns_init(&c->columns, series, c->random.plan.pred));
    for (int64_t i = 0; i < series->n_row * series->n_column; i++)
        c->rows[i] = (float)series->rows[i];
    c->series = *series;
    c->series.rows = as_real(c->rows);
    c->device = companion->device;
    c->options = (lts_engine_options){
        .params = &c->params,
        .source = {&c->columns, &c->series, c->random.plan.pred, NULL},
        .plan = &c->plan,
        .host = {.values = as_real(c->values),
                 .gradient = as_real(c->gradient),
                 .n_moment = n_moment,
                 .moments = {as_real(c->moments[0]), as_real(c->moments[1]),
                             as_real(c->moments[2])}},
        .B = c->random.B,
        .precision = companion->precision,
        .folded = lts_fold_pays(c->params.D, c->params.H, c->plan.n_call * c->random.B)};
}

void engine_case_open(engine_case *c, const tested_companion *companion, uint64_t number,
                      int64_t n_moment)
{
    engine_case_make(c, companion, number, n_moment);
    assert_ok(c->device->open(&c->engine, &c->options));
    assert_ok(c->device->load(c->engine));
}

lstm_status engine_case_backward(engine_case *c, double *step_loss, double *norm)
{
    const lts_batch batch = {.offsets = c->random.offsets, .B = c->random.B};
    return c->device->backward(c->engine, &batch, step_loss, norm);
}

void engine_case_close(engine_case *c)
{
    c->device->close(c->engine);
    lts_plan_clear(&c->plan);
    lts_columns_clear(&c->columns);
    lts_params_clear(&c->params);
    random_plan_close(&c->random);
}

double distance(const float *a, const double *b, int64_t n, double *norm)
{
    double error = 0, square = 0;
    for (int64_t i = 0; i < n; i++) {
        error += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        square += b[i] * b[i];
    }
    *norm = sqrt(square);
    return sqrt(error);
}
