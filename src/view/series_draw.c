/* SPDX-License-Identifier: MIT */
#include "view/series_draw.h"

#include "base/memory.h"
#include "base/rng.h"

lstm_status lts_series_draw_init(lts_series_draw *draw, const lstm_view *view)
{
    int64_t n_series = view->dataset->names.n;
    *draw = (lts_series_draw){.first = view->first};
    draw->series = lts_alloc(n_series, sizeof *draw->series);
    if (draw->series == NULL)
        return LSTM_E_NOMEM;
    for (int64_t s = 0; s < n_series; s++)
        if (view->first[s + 1] > view->first[s])
            draw->series[draw->n++] = s;
    return LSTM_OK;
}

void lts_series_draw_clear(lts_series_draw *draw)
{
    lts_free(draw->series);
    *draw = (lts_series_draw){0};
}

int64_t lts_series_draw_window(const lts_series_draw *draw, uint64_t seed, uint64_t number)
{
    uint64_t of_series = lts_rng_part(LTS_RNG_SERIES, 0);
    uint64_t of_windows = lts_rng_part(LTS_RNG_WINDOWS, 0);
    int64_t s = draw->series[lts_rng_below(seed, of_series, number, draw->n)];
    int64_t first = draw->first[s], n = draw->first[s + 1] - first;
    return first + lts_rng_below(seed, of_windows, number, n);
}
