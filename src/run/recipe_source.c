/* SPDX-License-Identifier: MIT */
#include "run/recipe_source.h"

#include "base/memory.h"
#include "files/hash.h"
#include "files/json_text.h"

static json_t *describe_roles(const int64_t *values, int64_t n)
{
    json_t *roles = json_array();
    for (int64_t j = 0; j < n && roles != NULL; j++)
        roles = lts_json_appended(roles, json_integer(values[j]));
    return roles;
}

json_t *lts_describe_series(const lstm_series *series)
{
    char hash[LTS_HASH_SIZE];
    lts_hash_text(series->rows, series->n_row * series->n_column * (int64_t)sizeof(real), hash);
    json_t *described = json_pack("{s:I, s:I}", "rows", (json_int_t)series->n_row, "columns",
                                  (json_int_t)series->n_column);
    described = lts_json_with(described, "roles", describe_roles(series->roles, series->n_column));
    return lts_json_with(described, "data", json_string(hash));
}

/* The values of a series, with the known ones of future rows, and which of them were filled. */
static void add_chunks(const lstm_dataset *d, int64_t series, lts_chunk *chunks)
{
    const lts_dataset_series *m = &d->series[series];
    int64_t n_value = m->n_row * d->n_column;
    int64_t n_bits = (n_value + LTS_FILLED_BITS - 1) / LTS_FILLED_BITS;
    const real *statics = lstm_dataset_static(d, series);
    chunks[0] =
        (lts_chunk){m->values, (m->n_row + m->n_future) * d->n_column * (int64_t)sizeof *m->values};
    chunks[1] = (lts_chunk){m->filled, m->filled == NULL ? 0 : n_bits * 8};
    chunks[2] = (lts_chunk){statics, statics == NULL ? 0 : d->statics.n * (int64_t)sizeof *statics};
}

/* A digest of all that a view reads, except the parts and the calendar. */
static json_t *digest_rows(const lstm_dataset *d)
{
    char digest[LTS_DIGEST_SIZE];
    lts_chunk *chunks = lts_alloc(3 * d->names.n, sizeof *chunks);
    if (chunks == NULL)
        return NULL;
    for (int64_t s = 0; s < d->names.n; s++)
        add_chunks(d, s, chunks + 3 * s);
    lstm_status status = lts_digest_text(chunks, 3 * d->names.n, digest);
    lts_free(chunks);
    return status < 0 ? NULL : json_string(digest);
}

static json_t *digest_holidays(const lts_calendar *calendar)
{
    char hash[LTS_HASH_SIZE];
    if (calendar->n_holiday == 0)
        return json_null();
    lts_hash_text(calendar->holidays, calendar->n_holiday * (int64_t)sizeof *calendar->holidays,
                  hash);
    return json_string(hash);
}

/* A digest of where the parts of all series end, of their lengths and their starts. */
static json_t *digest_parts(const lstm_dataset *d)
{
    char digest[LTS_DIGEST_SIZE];
    int64_t *numbers = lts_alloc(5 * d->names.n, sizeof *numbers);
    if (numbers == NULL)
        return NULL;
    for (int64_t s = 0; s < d->names.n; s++) {
        const lts_dataset_series *m = &d->series[s];
        const int64_t of_series[] = {m->n_row, m->n_future, m->start, lts_train_end(m),
                                     lts_valid_end(m)};
        memcpy(numbers + 5 * s, of_series, sizeof of_series);
    }
    const lts_chunk chunk = {numbers, 5 * d->names.n * (int64_t)sizeof *numbers};
    lstm_status status = lts_digest_text(&chunk, 1, digest);
    lts_free(numbers);
    return status < 0 ? NULL : json_string(digest);
}

static json_t *describe_dataset(const lstm_dataset *d)
{
    json_t *described =
        json_pack("{s:I, s:I, s:I, s:I, s:I}", "series", (json_int_t)d->names.n, "columns",
                  (json_int_t)d->n_column, "step_unit", (json_int_t)d->step_unit, "step",
                  (json_int_t)d->step, "calendar", (json_int_t)d->calendar.features);
    described = lts_json_with(described, "roles", describe_roles(d->roles, d->columns.n));
    described = lts_json_with(described, "holidays", digest_holidays(&d->calendar));
    described = lts_json_with(described, "parts", digest_parts(d));
    return lts_json_with(described, "data", digest_rows(d));
}

#define INTEGER(field)                                                                             \
    {                                                                                              \
#field, offsetof(lstm_view_options, field), false                                          \
    }
#define NUMBER(field)                                                                              \
    {                                                                                              \
#field, offsetof(lstm_view_options, field), true                                           \
    }

/* All fields of a view's options are of 8 bytes. */
static const struct {
    const char *name;
    size_t offset;
    bool is_double;
} view_fields[] = {
    INTEGER(segment_len),  INTEGER(context_len),    INTEGER(horizon),      INTEGER(channels),
    INTEGER(column_input), INTEGER(transform),      NUMBER(lambda),        INTEGER(difference),
    INTEGER(scaling),      INTEGER(scale_series),   INTEGER(base),         INTEGER(base_len),
    NUMBER(spread_floor),  INTEGER(season),         INTEGER(season_len),   INTEGER(n_harmonic),
    INTEGER(past),         INTEGER(missing_input),  INTEGER(skip_context), INTEGER(part),
    INTEGER(skip_short),   INTEGER(skip_transform),
};
enum { N_VIEW_FIELD = sizeof view_fields / sizeof view_fields[0] };
_Static_assert(sizeof(lstm_view_options) == (N_VIEW_FIELD + 1) * sizeof(int64_t),
               "a field is not described");

static json_t *describe_view_options(const lstm_view_options *options)
{
    json_t *described = json_object();
    for (int i = 0; i < N_VIEW_FIELD; i++) {
        const char *field = (const char *)options + view_fields[i].offset;
        int64_t integer;
        double number;
        memcpy(&integer, field, sizeof integer);
        memcpy(&number, field, sizeof number);
        described =
            lts_json_with(described, view_fields[i].name,
                          view_fields[i].is_double ? json_real(number) : json_integer(integer));
    }
    return described;
}

json_t *lts_describe_source(const lts_source *source)
{
    if (source->view == NULL)
        return lts_describe_series(source->series);
    return lts_json_with(describe_dataset(source->view->dataset), "view",
                         describe_view_options(&source->view->options));
}
