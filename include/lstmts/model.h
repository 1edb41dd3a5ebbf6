/* SPDX-License-Identifier: MIT */
/**
 * @file model.h
 * lstm_model: the weights of Linear(D -> H), L stacked LSTM(H -> H), Linear(H -> K).
 *
 *     u_t = W_in x_t + b_in
 *     z_t = W_x u_t + W_h h_{t-1} + b          i, f, o = sigm(z_i, z_f, z_o);  g = tanh(z_g)
 *     c_t = f c_{t-1} + i g;   h_t = o tanh(c_t)      (layers 2..L take h of the layer below as u)
 *     y_t = W_out h_t + b_out
 *
 * A model is a table of named tensors, all row-major:
 *
 *     input.weight      [H, D]     input.bias      [H]
 *     lstm.N.weight_x   [4H, H]    lstm.N.bias     [4H]     N = 0 .. L-1; gate blocks of H rows
 *     lstm.N.weight_h   [4H, H]                             in the order i, f, g, o
 *     output.weight     [K, H]     output.bias     [K]
 *
 * A model holds no h and no c: each stream keeps its own in an lstm_state. Any number of threads
 * may forecast with one model while nobody changes it (trains it, or sets a parameter); to serve
 * while training goes on, clone it.
 */
#ifndef LSTMTS_MODEL_H
#define LSTMTS_MODEL_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Opaque. */
typedef struct lstm_model lstm_model;

/** Sizes and seed of a new model. */
typedef struct lstm_model_options {
    uint64_t struct_size; /**< set by LSTM_MODEL_OPTIONS_INIT, not by you          */
    int64_t n_input;      /**< D, >= 1; required                                   */
    int64_t n_output;     /**< K; 0 = D                                            */
    int64_t n_hidden;     /**< H, >= 1; required                                   */
    int64_t n_layer;      /**< L, at most 1024; 0 = 1                             */
    uint64_t seed;        /**< of the initial weights; every seed, 0 too, is valid */
} lstm_model_options;

#define LSTM_MODEL_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(lstm_model_options), 0, 0, 0, 0, 0                                                  \
    }

/** How strictly a file is read. All that is not named here is always verified. */
typedef struct lstm_load_options {
    uint64_t struct_size; /**< set by LSTM_LOAD_OPTIONS_INIT, not by you */
    /**
     * 1 = also read a file without a checksum: of format version 1, or of other safetensors
     * writers. Such a file may have been damaged without anybody noticing, so that nobody should
     * read one by accident. What others write needs no metadata, and must not keep that of a file
     * of this library. 0 = refuse it.
     */
    int64_t unchecked;
} lstm_load_options;

#define LSTM_LOAD_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_load_options), 0                                                               \
    }

/** Name and shape of one parameter tensor. */
typedef struct lstm_parameter_info {
    const char *name; /**< owned by the model                              */
    int64_t n_dim;    /**< 1 or 2                                          */
    int64_t dim[2];   /**< rows, columns; dim[1] is 1 for a bias           */
    int64_t size;     /**< number of elements, dim[0] * dim[1]             */
} lstm_parameter_info;

/**
 * Make a model with fresh weights: each weight ~ N(0, 1/fan_in) in each of its gate blocks, each
 * bias 0 but the forget block's, which is 1 (the initial values of the article's framework). The
 * same seed gives the same weights.
 *
 * Thread-safety: any thread.
 *
 * @param[out] model  free it with lstm_model_free().
 * @param options     not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL or a size < 1; LSTM_E_OPTIONS; LSTM_E_LIMIT if a tensor
 *         would have 2^31 rows, columns or elements, or more; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_new(lstm_model **model, const lstm_model_options *options);

/**
 * Copy a model, as for serving one while the other is trained on.
 *
 * Thread-safety: any thread.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_clone(lstm_model **model, const lstm_model *source);

/**
 * Free a model; NULL is fine. Its states and updaters may only be freed afterwards, not used.
 *
 * Thread-safety: by the last who uses it.
 *
 * @since 0.1
 */
LSTM_API void lstm_model_free(lstm_model *model);

/**
 * D; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_inputs(const lstm_model *model);
/**
 * K; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_outputs(const lstm_model *model);
/**
 * H; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_hidden(const lstm_model *model);
/**
 * L; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_layers(const lstm_model *model);

/**
 * Number of parameter tensors, 3L + 4; 0 for NULL.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_parameters(const lstm_model *model);

/**
 * Describe parameter tensor `index`, 0 .. lstm_model_parameters() - 1.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_parameter(const lstm_model *model, int64_t index,
                                          lstm_parameter_info *info);

/**
 * Copy the parameter `name` into `values`.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @param size  number of elements of `values`; must be the tensor's own.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_NAME; LSTM_E_SHAPE if size differs.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_get(const lstm_model *model, const char *name, lstm_real *values,
                                    int64_t size);

/**
 * Replace the parameter `name`. States made before become stale.
 *
 * Thread-safety: not while another thread uses the model.
 *
 * @return as lstm_model_get(); LSTM_E_NUMERIC if a value is not finite (the tensor keeps its
 *         values).
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_set(lstm_model *model, const char *name, const lstm_real *values,
                                    int64_t size);

/**
 * Write the model to a safetensors file: one F32 tensor per parameter, the sizes as strings in
 * __metadata__, and a checksum of all of it. The file appears whole or not at all: it is written
 * beside `path`, flushed to the disk and renamed over it. What a killed process has left of such a
 * save in the same folder is removed.
 *
 * Thread-safety: any thread, while nobody changes the model.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC if a parameter is not finite (the file that was
 *         there is kept); LSTM_E_IO; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_save(const lstm_model *model, const char *path);

/**
 * Read a model from a file of lstm_model_save(), or the model out of a trainer's snapshot.
 *
 * Thread-safety: any thread.
 *
 * @param[out] model  free it with lstm_model_free().
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_IO if it cannot be read; LSTM_E_CHECKSUM if it is
 *         damaged, or has no checksum; LSTM_E_TRUNC, LSTM_E_FORMAT, LSTM_E_VERSION, LSTM_E_LIMIT if
 *         it is no such file; LSTM_E_SHAPE, LSTM_E_DTYPE, LSTM_E_NAME, LSTM_E_NUMERIC naming the
 *         tensor; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_load(lstm_model **model, const char *path);

/**
 * lstm_model_load(), with options.
 *
 * Thread-safety: any thread.
 *
 * @param[out] model  free it with lstm_model_free().
 * @param options     not kept; NULL = the defaults, as lstm_model_load().
 * @return as lstm_model_load(); LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_load_with(lstm_model **model, const char *path,
                                          const lstm_load_options *options);

#ifdef __cplusplus
}
#endif

#endif
