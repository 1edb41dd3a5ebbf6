/* SPDX-License-Identifier: MIT */
/* A network as a member of a forecaster: a model and the view through which it sees data. */
#ifndef LTS_MEMBERS_NETWORK_PART_H
#define LTS_MEMBERS_NETWORK_PART_H

#include "forecast/view_forecast.h"
#include "members/own_scales.h"
#include "network/model.h"
#include "score/loss_options.h"
#include <lstmts/forecaster.h>
#include <lstmts/iter.h>
#include <stdatomic.h>

/** Bytes of the name of a device that lts_device_find() has found, with the 0. */
enum { LTS_DEVICE_NAME = 64 };

/** How a network is trained. */
typedef struct lts_training {
    int64_t n_hidden, n_layer, n_update, batch_size;
    double learning_rate, dropout, average_decay;
    int64_t draw; /**< lstm_draw */
    uint64_t seed;
    int64_t n_thread;
    char device[LTS_DEVICE_NAME]; /**< as of an updater; "" = "cpu" */
    bool keeps_moments;
} lts_training;

/**
 * Find a device before the training that needs it. The errors of lts_device_check(), and
 * LSTM_E_ARGUMENT if its name is too long for a training.
 */
lstm_status lts_training_check_device(const char *device);

/** Set the device of a training, which was checked; NULL = "cpu". */
void lts_training_set_device(lts_training *training, const char *device);

/** Moments of Adam, with which a training is continued. */
typedef struct lts_moments {
    int64_t n_update; /**< that they have seen                                             */
    real *values;     /**< [LTS_N_MOMENT, total], m and v as the parameter block; NULL = none */
} lts_moments;

enum { LTS_N_MOMENT = 2 };

typedef struct lts_network_part {
    lstm_model *model;
    lstm_view *view; /**< in a fitted forecaster its data set is the frame: see lts_view_on() */
    lts_moments moments;
} lts_network_part;

/** What the trainings of a fit share. */
typedef struct lts_trainings {
    const char *folder; /**< for their files; NULL = none */
    int64_t n;          /**< trainings begun so far: the number of the next one */
    const lstm_schedule_options *schedule; /**< NULL = a warm-up of a twentieth, a cosine to 0 */
    /** Receives the share of the updates that is done and the last loss. Returns false to stop. */
    bool (*watch)(void *user, double fraction, double loss);
    void *user;
} lts_trainings;

/**
 * Train a network from its initial parameters, or continue a training that the folder has.
 * @param options  of the view
 * @return LSTM_OK; LSTM_STOPPED; LSTM_E_SHAPE if there is no window; LSTM_E_NUMERIC; LSTM_E_LIMIT;
 *         LSTM_E_NOMEM. Unless it is LSTM_OK there is nothing to clear.
 */
lstm_status lts_network_part_train(lts_network_part *part, const lstm_dataset *dataset,
                                   const lstm_view_options *options, const lts_loss *loss,
                                   const lts_training *training, lts_trainings *trainings);
/**
 * Train a network further, from the parameters of `from`, and from its moments if it has them. Its
 * view keeps its scales and seasons.
 * @param map       the series of the data set in the fit
 * @param training  n_update may be 0
 * @return as lts_network_part_train()
 */
lstm_status lts_network_part_continue(lts_network_part *part, const lts_network_part *from,
                                      const lstm_dataset *dataset, const lts_loss *loss,
                                      const lts_series_map *map, const lts_training *training,
                                      lts_trainings *trainings);
void lts_network_part_clear(lts_network_part *part);

/**
 * Forecast n windows.
 * @param shares          of quantiles; the loss must have a distribution. NULL = none
 * @param series, origin  [n]
 * @param[out] y          [1 + shares, n, H, K]: locations, and how far each quantile is from them
 */
lstm_status lts_network_part_predict(const lts_network_part *part, const lts_loss *loss,
                                     const lts_shares *shares, const lstm_dataset *dataset,
                                     const int64_t *series, const int64_t *origin, int64_t n,
                                     int64_t H, int64_t n_thread, real *y);

/** Random numbers of samples. */
typedef struct lts_draws {
    uint64_t seed;
    /** A number below 2^56. The n windows use it and the n * n_channel - 1 after it. */
    uint64_t first;
} lts_draws;

/**
 * Draw a sample of each of n windows from the distribution of the outputs, and feed it back; the
 * loss must have a distribution.
 * @param[out] y  [n, H, K]; the first windows are those of a call with fewer
 */
lstm_status lts_network_part_sample(const lts_network_part *part, const lts_loss *loss,
                                    const lstm_dataset *dataset, const int64_t *series,
                                    const int64_t *origin, int64_t n, int64_t H,
                                    const lts_draws *draws, int64_t n_thread, real *y);

/** What a network needs to forecast one series again and again without allocating. */
typedef struct lts_network_work {
    lstm_view view;
    const lts_network_part *part;
    const lts_own_scales *own;
    int64_t number; /**< of the series in the fit; -1 = new    */
    lts_view_forecast forecast;
    lts_view_worker *worker;
    lts_place *places; /**< [n_channel]                         */
    lts_level *levels; /**< [n_base]                            */
    real *x;           /**< [slabs, n_channel, n_segment w, n_base] */
} lts_network_work;

/**
 * For forecasts of H rows of the one series of `live`, which has this number in the fit, or -1;
 * everything is borrowed, also `work` itself,
 * which must stay where it is.
 * @return LSTM_OK; LSTM_E_SHAPE; LSTM_E_LIMIT; LSTM_E_NOMEM. Clear it in each case.
 */
lstm_status lts_network_work_init(lts_network_work *work, const lts_network_part *part,
                                  const lts_loss *loss, const lts_shares *shares,
                                  const lstm_dataset *live, const lts_own_scales *own,
                                  int64_t number, int64_t H);
void lts_network_work_clear(lts_network_work *work);

/** Forecast from row `origin`: y [slabs, H, K], the bits of lts_network_part_predict(). */
lstm_status lts_network_work_run(lts_network_work *work, int64_t origin, int64_t H, real *y);

#endif
