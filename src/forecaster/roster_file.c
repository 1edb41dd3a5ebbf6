/* SPDX-License-Identifier: MIT */
#include "forecaster/roster_file.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/json_text.h"

#include <math.h>
#include <string.h>

json_t *lts_roster_json(const lts_roster *roster)
{
    json_t *array = json_array();
    for (int64_t s = 0; s < roster->n; s++)
        array = lts_json_appended(array, json_string_nocheck(lts_names_get(&roster->names, s)));
    return array;
}

static lstm_status take_names(lts_roster *roster, const json_t *names)
{
    if (names != NULL && (!json_is_array(names) || (int64_t)json_array_size(names) != roster->n))
        return lts_fail(LSTM_E_FORMAT, "series is no array of %lld names", (long long)roster->n);
    for (int64_t s = 0; s < roster->n; s++) {
        const char *name = json_string_value(json_array_get(names, (size_t)s));
        if (names != NULL && name == NULL)
            return lts_fail(LSTM_E_FORMAT, "series: name %lld is not a string", (long long)s);
        LTS_TRY(lts_names_add(&roster->names, "series", name));
    }
    return LSTM_OK;
}

/* Doubles that must be whole numbers of at least `least`. */
static lstm_status take_integers(lts_tensors *tensors, const char *name, double least, int64_t n,
                                 int64_t *values)
{
    const void *data;
    LTS_TRY(lts_tensors_take(tensors, "series", name, "F64", 1, &n, &data));
    for (int64_t s = 0; s < n; s++) {
        double value;
        memcpy(&value, (const char *)data + s * (int64_t)sizeof value, sizeof value);
        if (!(value >= least && value <= 0x1p53 && value == floor(value)))
            return lts_fail(LSTM_E_NUMERIC, "element %lld of series.%s is %g", (long long)s, name,
                            value);
        values[s] = (int64_t)value;
    }
    return LSTM_OK;
}

static lstm_status take_scales(lts_roster *roster, lts_tensors *tensors)
{
    const int64_t dim[] = {roster->n, roster->K};
    const void *data;
    LTS_TRY(lts_tensors_take(tensors, "series", "scales", "F64", 2, dim, &data));
    memcpy(roster->scales, data, (size_t)(dim[0] * dim[1]) * sizeof *roster->scales);
    for (int64_t i = 0; i < dim[0] * dim[1]; i++)
        if (!(roster->scales[i] > 0))
            return lts_fail(LSTM_E_NUMERIC, "element %lld of series.scales is %g, expected above 0",
                            (long long)i, roster->scales[i]);
    lts_roster_average(roster);
    return LSTM_OK;
}

lstm_status lts_roster_load(lts_roster *roster, lts_tensors *tensors, const json_t *names,
                            const lstm_dataset *frame)
{
    int64_t n, K = 0;
    LTS_TRY(lts_tensors_length(tensors, "series.known_rows", &n));
    for (int64_t c = 0; c < frame->n_column; c++)
        K += lts_role_is_target(frame->roles[c]);
    LTS_TRY(lts_roster_init(roster, n, K));
    LTS_TRY(take_names(roster, names));
    LTS_TRY(take_integers(tensors, "known_rows", 0, n, roster->known_rows));
    if (frame->step_unit != LSTM_STEP_ROWS)
        LTS_TRY(take_integers(tensors, "known_until", -0x1p53, n, roster->known_until));
    return take_scales(roster, tensors);
}
