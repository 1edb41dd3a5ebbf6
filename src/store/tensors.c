/* SPDX-License-Identifier: MIT */
#include "store/tensors.h"

#include "base/status.h"

#include <math.h>
#include <stdio.h>

/* Elements one by one, since a file's data need not be aligned. */
static lstm_status check_finite(const lts_stored *stored)
{
    const unsigned char *at = stored->data;
    int64_t size = strcmp(stored->dtype, "F64") == 0 ? 8 : 4;
    for (int64_t i = 0; i < stored->n_byte / size; i++, at += size) {
        float narrow;
        double wide;
        memcpy(&narrow, at, sizeof narrow);
        if (size == 8)
            memcpy(&wide, at, sizeof wide);
        else
            wide = (double)narrow;
        if (!isfinite(wide))
            return lts_fail(LSTM_E_NUMERIC, "element %lld of %s is %g", (long long)i, stored->name,
                            wide);
    }
    return LSTM_OK;
}

lstm_status lts_tensors_take_any(lts_tensors *t, const char *prefix, const char *name,
                                 const char *dtype, int64_t n_dim, const int64_t *dim,
                                 const lts_stored **found)
{
    char text[LTS_TENSOR_NAME], is[LTS_SHAPE_TEXT], wanted[LTS_SHAPE_TEXT];
    snprintf(text, sizeof text, "%s.%s", prefix, name);
    const lts_stored *stored = lts_safetensors_find(t->file, text);
    if (stored == NULL)
        return lts_fail(LSTM_E_NAME, "there is no tensor %s", text);
    if (strcmp(stored->dtype, dtype) != 0)
        return lts_fail(LSTM_E_DTYPE, "%s has elements of type %s, not %s", text, stored->dtype,
                        dtype);
    if (stored->n_dim != n_dim || memcmp(stored->dim, dim, (size_t)n_dim * sizeof *dim) != 0) {
        lts_shape_text(is, stored->n_dim, stored->dim);
        lts_shape_text(wanted, n_dim, dim);
        return lts_fail(LSTM_E_SHAPE, "%s is %s, expected %s", text, is, wanted);
    }
    t->n_taken++;
    *found = stored;
    return LSTM_OK;
}

lstm_status lts_tensors_take(lts_tensors *t, const char *prefix, const char *name,
                             const char *dtype, int64_t n_dim, const int64_t *dim,
                             const void **values)
{
    const lts_stored *stored;
    LTS_TRY(lts_tensors_take_any(t, prefix, name, dtype, n_dim, dim, &stored));
    *values = stored->data;
    return check_finite(stored);
}

lstm_status lts_tensors_take_doubles(lts_tensors *t, const char *prefix, const char *name,
                                     int64_t n, double *values)
{
    const void *data;
    if (n == 0)
        return LSTM_OK;
    LTS_TRY(lts_tensors_take(t, prefix, name, "F64", 1, &n, &data));
    memcpy(values, data, (size_t)n * sizeof *values);
    return LSTM_OK;
}

lstm_status lts_tensors_length(const lts_tensors *t, const char *name, int64_t *n)
{
    const lts_stored *stored = lts_safetensors_find(t->file, name);
    if (stored == NULL)
        return lts_fail(LSTM_E_NAME, "there is no tensor %s", name);
    if (stored->n_dim != 1 || stored->dim[0] < 1)
        return lts_fail(LSTM_E_SHAPE, "%s is no vector", name);
    *n = stored->dim[0];
    return LSTM_OK;
}
