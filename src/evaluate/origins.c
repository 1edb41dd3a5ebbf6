/* SPDX-License-Identifier: MIT */
#include "evaluate/origins.h"

int64_t lts_origin_first(const lstm_backtest_options *options, const lstm_dataset *dataset,
                         int64_t series)
{
    int64_t end = lts_valid_end(&dataset->series[series]);
    if (options->first_origin > 0)
        return options->first_origin;
    return end > 0 ? end : 1;
}

int64_t lts_origin_count(const lstm_backtest_options *options, const lstm_dataset *dataset,
                         int64_t series)
{
    int64_t first = lts_origin_first(options, dataset, series);
    int64_t last = dataset->series[series].n_row - options->horizon;
    if (options->last_origin > 0 && options->last_origin < last)
        last = options->last_origin;
    return last < first ? 0 : (last - first) / options->stride + 1;
}

void lts_parts_view_move(lts_parts_view *view, const lstm_backtest_options *options,
                         const lstm_dataset *dataset, int64_t index)
{
    for (int64_t s = 0; s < dataset->names.n; s++) {
        const lts_dataset_series *member = &dataset->series[s];
        int64_t length = lts_valid_end(member) - lts_train_end(member);
        int64_t first = lts_origin_first(options, dataset, s), end = member->n_row;
        /* compared so that nothing overflows */
        if (first < end && index < (end - first) / options->stride + 1)
            end = first + index * options->stride;
        view->series[s].valid_end = end;
        view->series[s].train_end = end > length ? end - length : 0;
    }
}
