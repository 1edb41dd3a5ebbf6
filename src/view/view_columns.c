/* SPDX-License-Identifier: MIT */
#include "view/view_columns.h"

#include "base/memory.h"
#include "base/status.h"

/* Lists the columns that a predicate takes. */
static lstm_status list_columns(lts_column_list *list, const lstm_dataset *d,
                                bool (*takes)(int64_t))
{
    list->at = lts_alloc(d->columns.n, sizeof *list->at);
    if (list->at == NULL)
        return LSTM_E_NOMEM;
    for (int64_t c = 0; c < d->columns.n; c++)
        if (takes(d->roles[c]))
            list->at[list->n++] = c;
    return LSTM_OK;
}

static bool is_fed(int64_t role)
{
    return role == LSTM_ROLE_BOTH;
}

static bool is_past(int64_t role)
{
    return role == LSTM_ROLE_INPUT;
}

static bool is_known(int64_t role)
{
    return role == LSTM_ROLE_KNOWN;
}

/*
 * Which output replaces input j of the w rows of fed-back columns: the same column's of that row.
 */
static void lay_out_feedback(lstm_view *view)
{
    int64_t w = view->options.segment_len, n = view->independent ? 1 : view->fed.n;
    for (int64_t d = 0; d < view->columns.D; d++)
        view->columns.feed[d] = -1;
    for (int64_t row = 0; row < w; row++)
        for (int64_t j = 0, target = 0; j < n; j++) { /* both lists are in order */
            while (!view->independent && view->targets.at[target] != view->fed.at[j])
                target++;
            view->columns.feed[row * n + j] = row * view->n_base + target;
        }
}

lstm_status lts_view_choose_columns(lstm_view *view)
{
    const lstm_view_options *o = &view->options;
    const lstm_dataset *d = view->dataset;
    LTS_TRY(list_columns(&view->targets, d, lts_role_is_target));
    LTS_TRY(list_columns(&view->fed, d, is_fed));
    LTS_TRY(list_columns(&view->past, d, is_past));
    LTS_TRY(list_columns(&view->known, d, is_known));
    view->independent = o->channels == LSTM_CHANNELS_INDEPENDENT;
    if (view->independent && view->fed.n != view->targets.n)
        return lts_fail(LSTM_E_ARGUMENT,
                        "LSTM_CHANNELS_INDEPENDENT needs LSTM_ROLE_BOTH for all targets: %lld of "
                        "%lld have it",
                        (long long)view->fed.n, (long long)view->targets.n);
    if (view->past.n > 0 && o->past == LSTM_PAST_REFUSE)
        return lts_fail(LSTM_E_ARGUMENT,
                        "column %lld (%.100s) is a past covariate, which a forecast does not know: "
                        "use LSTM_PAST_HOLD, or make it a known covariate or a target",
                        (long long)view->past.at[0], lts_names_get(&d->columns, view->past.at[0]));
    view->n_channel = view->independent ? view->targets.n : 1;
    view->n_base = view->independent ? 1 : view->targets.n;
    return LSTM_OK;
}

lstm_status lts_view_lay_out(lstm_view *view, int64_t D)
{
    const lstm_view_options *o = &view->options;
    const lstm_dataset *d = view->dataset;
    int64_t n_fed = view->independent ? 1 : view->fed.n, of_row, rows, K;
    of_row = n_fed * (1 + o->missing_input) + view->past.n + view->known.n;
    if (!lts_multiply(of_row, o->segment_len, &rows) ||
        !lts_multiply(view->n_base, o->segment_len, &K) || rows > INT64_MAX / 4)
        return lts_fail(LSTM_E_LIMIT, "a segment of %lld rows is too long",
                        (long long)o->segment_len);
    view->columns.D = rows + d->statics.n + o->column_input * view->n_channel;
    view->columns.K = K;
    if (view->columns.D == 0)
        return lts_fail(LSTM_E_SHAPE, "the data set has no input column");
    if (D != 0 && D != view->columns.D)
        return lts_fail(LSTM_E_SHAPE, "a step of the view has %lld inputs, expected %lld",
                        (long long)view->columns.D, (long long)D);
    view->columns.feed = view->columns.input = lts_alloc(view->columns.D, sizeof(int64_t));
    if (view->columns.feed == NULL)
        return LSTM_E_NOMEM;
    lay_out_feedback(view);
    return LSTM_OK;
}
