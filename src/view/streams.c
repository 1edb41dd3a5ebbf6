/* SPDX-License-Identifier: MIT */
#include "view/streams.h"

#include "base/memory.h"
#include "base/status.h"

/* Windows of one chain of a series with n windows in each chain's channel. */
static int64_t chain_len(const lts_streams *streams, int64_t series)
{
    int64_t n = streams->first[series + 1] - streams->first[series];
    return n == 0 ? 0 : (n - 1) / streams->stride + 1;
}

static lstm_status count(lts_streams *streams, const lts_source *source, int64_t n_window)
{
    int64_t n_series = streams->n_series;
    streams->first = lts_alloc(n_series + 1, sizeof *streams->first);
    streams->link = lts_alloc(n_series + 1, sizeof *streams->link);
    if (streams->first == NULL || streams->link == NULL)
        return LSTM_E_NOMEM;
    streams->first[1] = n_window;
    if (source->view != NULL)
        memcpy(streams->first, source->view->first, (size_t)(n_series + 1) * sizeof(int64_t));
    for (int64_t s = 0; s < n_series; s++)
        streams->link[s + 1] = streams->link[s] + chain_len(streams, s) * streams->n_channel;
    streams->len = streams->link[n_series] / streams->B;
    if (streams->len == 0)
        return lts_fail(LSTM_E_SHAPE,
                        "batch_size is %lld, but there are %lld windows that follow each other",
                        (long long)streams->B, (long long)streams->link[n_series]);
    return LSTM_OK;
}

lstm_status lts_streams_init(lts_streams *streams, const lts_source *source, int64_t T,
                             int64_t n_window, int64_t B)
{
    const lstm_view *view = source->view;
    *streams = (lts_streams){.n_channel = 1, .n_series = 1, .B = B};
    int64_t rows = 1;
    if (view != NULL) {
        streams->n_channel = view->n_channel;
        streams->n_series = view->dataset->names.n;
        rows = view->options.segment_len;
    }
    if (!lts_multiply(T, rows, &streams->stride) ||
        !lts_multiply(streams->stride, streams->n_channel, &streams->stride))
        streams->stride = INT64_MAX;
    lstm_status status = count(streams, source, n_window);
    if (status < 0)
        lts_streams_clear(streams);
    return status;
}

void lts_streams_clear(lts_streams *streams)
{
    lts_free(streams->first);
    lts_free(streams->link);
    *streams = (lts_streams){0};
}

/* The series with link number `at`. */
static int64_t series_of(const lts_streams *streams, int64_t at)
{
    int64_t low = 0, high = streams->n_series;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (streams->link[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t lts_streams_window(const lts_streams *streams, int64_t b, int64_t at, bool *begins)
{
    int64_t link = b * streams->len + at, series = series_of(streams, link);
    int64_t in_series = link - streams->link[series], len = chain_len(streams, series);
    /* a series with a link has a chain; NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
    int64_t channel = in_series / len, in_chain = in_series % len;
    *begins = at == 0 || in_chain == 0;
    return streams->first[series] + channel + in_chain * streams->stride;
}
