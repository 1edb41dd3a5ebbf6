/* SPDX-License-Identifier: MIT */
#include "train/counts.h"

#include "base/status.h"
#include "data/known.h"

static lstm_status check_view(const lstm_view *view)
{
    const lstm_dataset *d = view->dataset;
    LTS_TRY(lts_view_check_counts(&view->options));
    for (int64_t s = 0; s < d->names.n; s++)
        for (int64_t row = 0; row < view->end[s]; row++)
            for (int64_t j = 0; j < view->targets.n; j++) {
                int64_t c = view->targets.at[j];
                double value = lts_value_observed(d, &d->series[s], c, row);
                if (value < 0)
                    return lts_fail(LSTM_E_NUMERIC,
                                    "series \"%.100s\", row %lld, column %lld (%.100s) is %g, "
                                    "LSTM_LOSS_NEGATIVE_BINOMIAL needs a count",
                                    lts_names_get(&d->names, s),
                                    (long long)(d->series[s].first + row), (long long)c,
                                    lts_names_get(&d->columns, c), value);
            }
    return LSTM_OK;
}

/* Rows 0 .. pred - 1 are no targets. */
static lstm_status check_series(const lts_source *source)
{
    const lstm_series *series = source->series;
    for (int64_t row = source->pred; row < series->n_row; row++)
        for (int64_t c = 0; c < series->n_column; c++) {
            double value = (double)series->rows[row * series->n_column + c];
            if (value < 0 && lts_role_is_target(series->roles[c]))
                return lts_fail(LSTM_E_NUMERIC,
                                "row %lld, column %lld is %g, LSTM_LOSS_NEGATIVE_BINOMIAL needs a "
                                "count",
                                (long long)row, (long long)c, value);
        }
    return LSTM_OK;
}

lstm_status lts_counts_check(const lts_loss *loss, const lts_source *source)
{
    if (loss->kind != LSTM_LOSS_NEGATIVE_BINOMIAL)
        return LSTM_OK;
    return source->view != NULL ? check_view(source->view) : check_series(source);
}
