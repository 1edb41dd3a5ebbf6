/* SPDX-License-Identifier: MIT */
/*
 * A model, and the parts of its file, which a test may spoil before writing them.
 */
#ifndef TESTS_MODEL_FILE_FIXTURE_H
#define TESTS_MODEL_FILE_FIXTURE_H

#include "failing_allocator.h"
#include "model_of.h"
#include "scratch.h"
#include "seal.h"
#include "training.h"

#include "base/real.h"
#include "store/safetensors.h"

#include <lstmts/lstmts.h>

#ifdef LSTMTS_TEST_DOUBLE
#define TYPE       "F64"
#define OTHER_TYPE "I64"
#else
#define TYPE       "F32"
#define OTHER_TYPE "I32"
#endif

enum { D = 2, K = 3, H = 4, L = 2, N_TENSOR = 3 * L + 4, MOST = 64 };

static inline void assert_same(const lstm_model *a, const lstm_model *b)
{
    assert_int_equal(lstm_model_inputs(a), lstm_model_inputs(b));
    assert_int_equal(lstm_model_outputs(a), lstm_model_outputs(b));
    assert_int_equal(lstm_model_hidden(a), lstm_model_hidden(b));
    assert_int_equal(lstm_model_layers(a), lstm_model_layers(b));
    assert_same_model(a, b);
}

/* The parts of a model file. */
typedef struct parts {
    lstm_model *model;
    real values[N_TENSOR + 2][MOST];
    lts_stored tensors[N_TENSOR + 2];
    int64_t n_tensor;
    lts_text texts[8];
    int64_t n_text;
} parts;

static inline int make_parts(void **fixture)
{
    static parts made;
    memset(&made, 0, sizeof made);
    made.model = model_of(D, K, H, L, 7);
    made.n_tensor = N_TENSOR;
    for (int64_t i = 0; i < N_TENSOR; i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(made.model, i, &info));
        assert_ok(lstm_model_get(made.model, info.name, made.values[i], info.size));
        made.tensors[i] = (lts_stored){.name = info.name,
                                       .n_dim = info.n_dim,
                                       .dim = {info.dim[0], info.dim[1]},
                                       .data = made.values[i]};
    }
    const lts_text texts[] = {{"format", "lstmts"}, {"format_version", "2"},   {"kind", "model"},
                              {"n_input", "2"},     {"n_output", "3"},         {"n_hidden", "4"},
                              {"n_layer", "2"},     {"library_version", "any"}};
    memcpy(made.texts, texts, sizeof texts);
    made.n_text = 8;
    *fixture = &made;
    return scratch_clean(NULL);
}

static inline int free_parts(void **fixture)
{
    lstm_model_free(((parts *)*fixture)->model);
    return 0;
}

static inline void write_parts(parts *file)
{
    assert_ok(lts_safetensors_write(lts_at_path(scratch("a")), file->tensors, file->n_tensor,
                                    file->texts, file->n_text));
}

static inline void assert_refuses(const char *path, lstm_status status, const char *part)
{
    lstm_model *model = NULL;
    assert_status(lstm_model_load(&model, path), status, part);
    assert_null(model);
}

static inline void assert_parts_refused(parts *file, lstm_status status, const char *part)
{
    write_parts(file);
    assert_refuses(scratch("a"), status, part);
}

#endif
