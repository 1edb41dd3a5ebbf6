/* SPDX-License-Identifier: MIT */
/*
 * What the engine needs of a device: memory, copies, and the pieces of an unroll. backend.cu gives
 * it for CUDA, twin.c in plain C for tests.
 *
 * All work goes into one stream, in order; nothing is waited for but by lts_gpu_wait() and
 * lts_gpu_open(). The first failure is kept: from then on every function returns at once, having
 * done nothing, and lts_gpu_wait() fails with the message of that first failure. So callers check
 * in one place.
 *
 * Matrices are row-major, and float unless said otherwise. Arrays lie in the device's memory; what
 * is copied to or from it lies in the host's. One thread at a time uses an lts_gpu.
 */
#ifndef LTS_CUDA_BACKEND_H
#define LTS_CUDA_BACKEND_H

#include "network/dropout.h"
#include "network/step.h"
#include "score/loss_kind.h"
#include "view_rows.h"
#include <lstmts/device.h>

struct lts_services;

#ifdef __cplusplus
extern "C" {
#endif

/** A device with a stream of its own. */
typedef struct lts_gpu lts_gpu;

/** The kind of device as options name it: "cuda". */
extern const char lts_gpu_kind[];

/** As lts_device.list. */
lstm_status lts_gpu_list(const struct lts_services *services, lstm_device_info *devices,
                         int64_t size, int64_t *n);

/** LSTM_E_DEVICE, LSTM_E_NOMEM. On failure there is nothing to close. */
lstm_status lts_gpu_open(lts_gpu **gpu, const struct lts_services *services, int64_t index);
/** Waits for its work, leaves, and frees the handle; memory must have been freed. NULL is fine. */
void lts_gpu_close(lts_gpu *gpu);

/**
 * Make this thread use the device, until lts_gpu_leave() makes it use again what it used before:
 * a host has a current device of its own. Whatever is called between may enter and leave again.
 * lts_gpu_open() has entered.
 */
void lts_gpu_enter(lts_gpu *gpu);
void lts_gpu_leave(lts_gpu *gpu);
/** Wait for all work. LSTM_E_NOMEM or LSTM_E_DEVICE with the message of the first failure. */
lstm_status lts_gpu_wait(lts_gpu *gpu);
/** The first failure so far, without waiting; as of lts_gpu_wait(). */
lstm_status lts_gpu_status(lts_gpu *gpu);
/** Keep a failure: `error` of a function of loop.h, 0 for none. */
void lts_gpu_keep(lts_gpu *gpu, int error, const char *what);

/* Memory. */

/** Memory of the device aligned to 256 bytes, its contents undefined. NULL after a failure. */
void *lts_gpu_alloc(lts_gpu *gpu, int64_t bytes);
void lts_gpu_free(lts_gpu *gpu, void *memory);
/** Memory of the host that copies may use while the host does something else. */
void *lts_gpu_alloc_host(lts_gpu *gpu, int64_t bytes);
void lts_gpu_free_host(lts_gpu *gpu, void *memory);
/** Bytes of the device's memory that are free. */
int64_t lts_gpu_free_bytes(lts_gpu *gpu);
/** n floats hold nothing of use any more. The twin may fill them with NaN; CUDA does nothing. */
void lts_gpu_forget(lts_gpu *gpu, float *memory, int64_t n);

/* Copies. The host's side must stay as it is until the next wait. */

/** rows x row_bytes between arrays whose rows are `pitch` bytes apart. */
typedef struct lts_copy {
    void *to;
    int64_t to_pitch;
    const void *from;
    int64_t from_pitch;
    int64_t row_bytes, rows;
} lts_copy;

void lts_gpu_upload(lts_gpu *gpu, void *to, const void *from, int64_t bytes);
void lts_gpu_download(lts_gpu *gpu, void *to, const void *from, int64_t bytes);
void lts_gpu_upload_rows(lts_gpu *gpu, const lts_copy *copy);
/** Within the device. */
void lts_gpu_copy_rows(lts_gpu *gpu, const lts_copy *copy);
void lts_gpu_zero(lts_gpu *gpu, void *memory, int64_t bytes);

/* Repeated work. */

/** A sequence of work that has been recorded. {0} at first. */
typedef struct lts_gpu_graph {
    void *executable;
    int64_t runs;
    bool refused; /**< there was no memory to record it: it is enqueued piece by piece */
} lts_gpu_graph;

/**
 * Run a sequence, which must enqueue the same work every time. The second run is recorded and
 * launched as one, as are later ones. It must not allocate or wait.
 */
void lts_gpu_run(lts_gpu *gpu, lts_gpu_graph *graph, void (*sequence)(void *with), void *with);
void lts_gpu_graph_clear(lts_gpu *gpu, lts_gpu_graph *graph);

/* Products and sums. */

/** C [m, n] = op(A) op(B) + beta C. */
typedef struct lts_product {
    int64_t m, n, k;
    const float *a; /**< [m, k], or [k, m] if transpose_a */
    int64_t lda;    /**< elements from row to row         */
    bool transpose_a;
    const float *b; /**< [k, n], or [n, k] if transpose_b */
    int64_t ldb;
    bool transpose_b;
    float beta; /**< 0: C is not read */
    float *c;
    int64_t ldc;
    int64_t precision; /**< LSTM_PRECISION_* */
} lts_product;

/** Get ready to multiply much, which allocates. Without it products are right, but slow. */
void lts_gpu_prepare_products(lts_gpu *gpu);
/** m, n >= 1; k = 0 only with beta 0, and C becomes 0. */
void lts_gpu_product(lts_gpu *gpu, const lts_product *product);
/** out [m, n]: every row becomes `row` [n]. */
void lts_gpu_fill_rows(lts_gpu *gpu, int64_t m, int64_t n, const float *row, float *out);
/** out[i * stride] = values[i] + beta out[i * stride], n of them; beta 0 or 1. */
void lts_gpu_put_column(lts_gpu *gpu, int64_t n, const float *values, float beta, float *out,
                        int64_t stride);
/** out [n]: the sums of the columns of a [m, n]. work [LTS_SUM_PARTS, n]. */
enum { LTS_SUM_PARTS = 64 };
void lts_gpu_column_sums(lts_gpu *gpu, int64_t m, int64_t n, const float *a, float *work,
                         float *out);

/* Windows. */

/**
 * out [n_call, B, n] = series[offsets[b] + rows[call]][columns[j]]. A column from n_column on is one
 * of a later row.
 */
typedef struct lts_gather_rows {
    const float *series; /**< [.., n_column] */
    int64_t n_column;
    const int64_t *offsets; /**< [B]      */
    const int32_t *rows;    /**< [n_call] */
    const int32_t *columns; /**< [n]      */
    int64_t n_call, B, n;
    float *out;
} lts_gather_rows;

void lts_gpu_gather(lts_gpu *gpu, const lts_gather_rows *gather);

/** Windows of a view: steps `rows` [n_call] as inputs, steps 0 .. T - 1 as targets. */
typedef struct lts_gather_view {
    const lts_view_table *table;   /**< in the host's memory, its arrays in the device's */
    const lts_table_level *levels; /**< [n_window, n_base]                               */
    const int64_t *numbers;        /**< [B] of the windows                               */
    lts_table_place *places;       /**< [B], written                                     */
    const int32_t *rows;           /**< [n_call]                                         */
    int64_t n_call, T, B;
    float *x;               /**< [n_call, B, D]; missing values that may be fed are NaN   */
    float *target, *weight; /**< [T, B, K]                                                */
} lts_gather_view;

/** levels [n_window, n_base] of all windows. */
void lts_gpu_view_levels(lts_gpu *gpu, const lts_view_table *table, lts_table_level *levels);
void lts_gpu_gather_view(lts_gpu *gpu, const lts_gather_view *gather);

/** Inputs of n calls that are fed by outputs y [.., B, K] of earlier ones. */
typedef struct lts_feeding {
    int64_t n, B, D, K;
    const int32_t *feed;        /**< [n] slot of y, or -1                              */
    const int32_t *column_feed; /**< [D] the output that stands for an input, or -1    */
    const int32_t *holes; /**< [n] 1: a call's true row has all but NaN. NULL: none has one  */
    uint8_t *fed;         /**< [n, B, D] where there are holes: which inputs are outputs     */
    bool maps; /**< an output's location is its softplus (LSTM_LOSS_NEGATIVE_BINOMIAL)       */
} lts_feeding;

/**
 * x [n, B, D]: x[call][d] = location of y[feed[call]][column_feed[d]]. With holes, `fed` is written,
 * and an input that is NaN and not fed becomes 0.
 */
void lts_gpu_feed(lts_gpu *gpu, const lts_feeding *feeding, const float *y, float *x);
/** dy[feed[call]][column_feed[d]] += dx[call][d] by the location; dx [n, B, D]. */
void lts_gpu_feed_back(lts_gpu *gpu, const lts_feeding *feeding, const float *y, const float *dx,
                       float *dy);

/* Random numbers of a batch: those of src/network on the processor. */

/** Of a batch, in the device's memory. */
typedef struct lts_numbers {
    uint64_t number, seed; /**< seed of sampling */
    double withheld;
} lts_numbers;

/**
 * Scheduled sampling: the fed columns of x [n_call, B, D] become NaN in the rows that are withheld,
 * of calls with `holes` that have an output to be fed.
 */
void lts_gpu_withhold(lts_gpu *gpu, const lts_feeding *feeding, const lts_numbers *numbers,
                      float *x);
/** Words of a row of H bits, from the lowest on. */
static inline int64_t lts_kept_words(int64_t H)
{
    return (H + 31) / 32;
}

/** kept [rows, lts_kept_words(H)]: whether dropout keeps an output of layer l. */
void lts_gpu_draw_kept(lts_gpu *gpu, const lts_dropout *dropout, const lts_numbers *numbers,
                       int64_t l, int64_t rows, int64_t H, uint32_t *kept);
/** out [rows, H] = scale h where it is kept, else 0; out may be h. */
void lts_gpu_drop(lts_gpu *gpu, int64_t rows, int64_t H, float scale, const uint32_t *kept,
                  const float *h, float *out);

/**
 * Losses: of each call, if target_step[call] = t >= 0, step_loss[t] and dy as by lts_loss_step();
 * otherwise dy = 0.
 */
typedef struct lts_scoring {
    int64_t n_call, T, B, K;    /**< K targets, each of loss.n_out outputs                 */
    const int32_t *target_step; /**< [n_call]                                              */
    const float *y;             /**< [n_call, B, n_out K]                                  */
    const float *target;        /**< [T, B, K]                                             */
    const float *weight;        /**< [T, B, K], or NULL = 1                                */
    lts_loss loss;              /**< its arrays lie in the device's memory                 */
    double *weight_sum;         /**< [T] workspace: lts_loss_weight() of each step         */
    float *dy;                  /**< [n_call, B, n_out K]                                  */
    double *step_loss;          /**< [T]                                                   */
} lts_scoring;

void lts_gpu_score(lts_gpu *gpu, const lts_scoring *scoring);

/** lts_mean_squared_error() suffices. */
static inline bool lts_scoring_is_plain(const lts_scoring *s)
{
    return s->loss.kind == LSTM_LOSS_MSE && s->loss.reduction == LSTM_REDUCTION_STEPS &&
           s->weight == NULL && s->loss.n_column_weight == 0 && s->loss.n_step_weight == 0;
}

/* A layer at one call. Gate blocks i, f, g, o of H columns. */

typedef struct lts_gates {
    int64_t B, H;
    float *gates;      /**< [B, 4H] */
    const float *bias; /**< [4H], forward; bias_stride elements apart */
    int64_t bias_stride;
    const float *c_prev; /**< [B, H] */
    float *c, *h;        /**< [B, H]; h forward alone */
} lts_gates;

/** In: the products of z. Out: gates i, f, g, o of z + bias; c = f c_prev + i g;  h = o tanh(c). */
void lts_gpu_gates_forward(lts_gpu *gpu, const lts_gates *gates);
/**
 * In: dh [B, H], and dc [B, H], which counts as 0 if `last`. Out: dz in the place of the gates, and
 * dc by c_prev.
 */
void lts_gpu_gates_backward(lts_gpu *gpu, const lts_gates *gates, const float *dh, float *dc,
                            bool last);

/* Blocks of the parameter table. */

/** *square = the sum of squares of n values, in double. */
void lts_gpu_sum_squares(lts_gpu *gpu, int64_t n, const float *values, double *square);
/** values *= most / root of *square, if that root is above `most`. */
void lts_gpu_clip(lts_gpu *gpu, int64_t n, double most, const double *square, float *values);
/** y += factor x */
void lts_gpu_add_scaled(lts_gpu *gpu, int64_t n, float factor, const float *x, float *y);
/** average = (1 - weight) average + weight values; the values themselves if weight is 1. */
void lts_gpu_average(lts_gpu *gpu, int64_t n, double weight, const float *values, float *average);
/** *most = the largest magnitude of n values; NaN counts as infinite. */
void lts_gpu_largest(lts_gpu *gpu, int64_t n, const float *values, float *most);
/** *at = the position of the first value that is not finite, or n. */
void lts_gpu_first_nonfinite(lts_gpu *gpu, int64_t n, const float *values, int64_t *at);
/** A step of an optimizer; moments [LTS_MAX_MOMENTS], NULL where it has none. */
void lts_gpu_step(lts_gpu *gpu, const lts_step *step, int64_t n, const float *gradient,
                  float *const *moments, float *values);

#ifdef __cplusplus
}
#endif

#endif
