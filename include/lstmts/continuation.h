/* SPDX-License-Identifier: MIT */
/**
 * @file continuation.h
 * A fitted forecaster learns from new rows, without choosing anything again.
 */
#ifndef LSTMTS_CONTINUATION_H
#define LSTMTS_CONTINUATION_H

#include <lstmts/forecaster.h>
#include <lstmts/optimizer.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of a continuation. */
typedef struct lstm_continue_options {
    uint64_t struct_size; /**< set by LSTM_CONTINUE_OPTIONS_INIT                               */
    int64_t n_update;     /**< updates of each network, >= 0                                   */
    /** Of Adam; 0 = a tenth of that of the fit, since networks begin near an optimum. */
    double learning_rate;
    /** NULL = that of a fit: a warm-up of n_update / 20 updates, then a cosine to 0. */
    const lstm_schedule_options *schedule;
    /**
     * Path of an existing folder for the files of the trainings, as in the options of a forecaster:
     * a continuation that was cancelled or killed is continued by the same call on the forecaster
     * as it was before. The folder has the trainings of one continuation: use another one for the
     * next. NULL = no files, also if the forecaster has a folder.
     */
    const char *folder;
    /**
     * Where networks are trained, as of an updater; not kept. NULL = the device of the forecaster's
     * options; of a loaded forecaster, "cpu"
     */
    const char *device;
    /** NULL = that of the forecaster, with its progress_user; a loaded one has none. */
    lstm_fit_progress_fn on_progress;
    void *progress_user; /**< passed to on_progress of these options                            */
    int64_t n_threads;   /**< as of an updater; 0 = that of the forecaster                      */
} lstm_continue_options;

#define LSTM_CONTINUE_OPTIONS_INIT                                                                 \
    {                                                                                              \
        sizeof(lstm_continue_options), 0, 0, 0, 0, 0, 0, 0, 0                                      \
    }

/**
 * Set options as LSTM_CONTINUE_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_continue_options_init(lstm_continue_options *options, uint64_t size);

/**
 * Continue the fit of a forecaster, also of a loaded one, with other rows of the same columns,
 * usually the same series with new rows. What was chosen stays, also the scales and seasons of the
 * networks. Ridge is fitted again, with its scales. Each network is trained from its parameters by
 * n_update more updates; moments begin at 0, or where the fit ended if the forecaster has kept them
 * (keep_moments). Rows that the forecaster has not seen are scored for the intervals before the
 * members learn from them. If several series have more forecasts than scores are kept, the scored
 * forecasts are spread evenly over the series. The test part is not read. Members learn from
 * training and validation part, also after a fit with skip_refit. With n_update 0, and neither a
 * new series nor rows after those of the fit, nothing changes, not even ridge.
 * lstm_forecaster_describe() says, as "continued", how often ridge was fitted again, the updates of
 * each network since the fit, and the rate of the last ones.
 *
 * @param dataset   not kept. Its series are found in the fit as by lstm_forecaster_predict(), in
 *                  any order; series of the fit may be missing. Others are new. Where each series
 *                  has scales of its own (scale_series of the view), those of a new series are
 *                  fitted now, for networks to its latest rows and for ridge to all of its rows,
 *                  and stay.
 * @param options   NULL = the defaults: no update
 * @return as lstm_forecaster_fit(); LSTM_E_ORDER before a fit; LSTM_E_SHAPE also if the data set
 *         does not fit the forecaster; LSTM_E_DEVICE if there is no library for the device.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_continue(lstm_forecaster *forecaster,
                                              const lstm_dataset *dataset,
                                              const lstm_continue_options *options);

#ifdef __cplusplus
}
#endif

#endif
