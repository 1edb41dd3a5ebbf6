/* SPDX-License-Identifier: MIT */
/**
 * @file model.h
 * lstm_model: the parameters of the network Linear(D -> H), L stacked LSTM(H -> H), Linear(H -> K).
 *
 *     u_t = W_in x_t + b_in
 *     z_t = W_x u_t + W_h h_{t-1} + b          i, f, o = sigm(z_i, z_f, z_o);  g = tanh(z_g)
 *     c_t = f c_{t-1} + i g;   h_t = o tanh(c_t)      (for layers 2..L, u is h of the layer below)
 *     y_t = W_out h_t + b_out
 *
 * A model is a table of named tensors, all row-major:
 *
 *     input.weight      [H, D]     input.bias      [H]
 *     lstm.N.weight_x   [4H, H]    lstm.N.bias     [4H]     N = 0 .. L-1; one block of H rows for
 *     lstm.N.weight_h   [4H, H]                             each gate, in the order i, f, g, o
 *     output.weight     [K, H]     output.bias     [K]
 *
 * A model does not contain h and c. They are kept in an lstm_state.
 */
#ifndef LSTMTS_MODEL_H
#define LSTMTS_MODEL_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A model. Opaque.
 *
 * After updates on a GPU (device.h), a function that reads the parameters first copies them from
 * the GPU, and may return LSTM_E_DEVICE.
 *
 * Thread-safety: any number of threads may read a model and forecast with it. lstm_model_set(),
 * lstm_model_free() and an updater need exclusive access. To forecast during a training, use a
 * clone.
 */
typedef struct lstm_model lstm_model;

/** Sizes and seed of a new model. */
typedef struct lstm_model_options {
    uint64_t struct_size; /**< set by LSTM_MODEL_OPTIONS_INIT                       */
    int64_t n_input;      /**< D, >= 1; required                                    */
    int64_t n_output;     /**< K, >= 1; 0 = D                                       */
    int64_t n_hidden;     /**< H, >= 1; required                                    */
    int64_t n_layer;      /**< L, 1 .. 1024; 0 = 1                                  */
    uint64_t seed;        /**< seed for the initial weights; any value, including 0 */
} lstm_model_options;

#define LSTM_MODEL_OPTIONS_INIT                                                                    \
    {                                                                                              \
        sizeof(lstm_model_options), 0, 0, 0, 0, 0                                                  \
    }

/**
 * Set options as LSTM_MODEL_OPTIONS_INIT does, for programs in other languages.
 *
 * @param[out] options  its first `size` bytes are set.
 * @param size          sizeof(lstm_model_options) in the caller's release.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_OPTIONS if this cannot be the size.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_options_init(lstm_model_options *options, uint64_t size);

/** How strictly a file is verified. */
typedef struct lstm_load_options {
    uint64_t struct_size; /**< set by LSTM_LOAD_OPTIONS_INIT */
    /**
     * 1 = accept files without a checksum, whose damage may go unnoticed: those of format version
     * 1, and those of other safetensors writers. Files from other writers need no metadata and must
     * not carry `format: lstmts`. 0 = reject them with LSTM_E_CHECKSUM.
     */
    int64_t unchecked;
} lstm_load_options;

#define LSTM_LOAD_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_load_options), 0                                                               \
    }

/**
 * Set options as LSTM_LOAD_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_load_options_init(lstm_load_options *options, uint64_t size);

/**
 * How a state or a forecast stores the weights of the LSTM layers while it runs. The model itself
 * is not changed, and all states of a model share each form. Only the matrices [4H, H] are rounded;
 * biases, the linear layers, sums, gates, h and c remain float32. Large layers (H of 512 and more)
 * at few streams step faster with fewer bytes, which they read from memory in each step; small ones
 * do not. docs/numerics.md (section 15) has the bounds of the errors.
 */
typedef enum lstm_weights {
    LSTM_WEIGHTS_FLOAT32 = 0,  /**< as they are (default)                                      */
    LSTM_WEIGHTS_BFLOAT16 = 1, /**< 2 bytes: 8 significant bits, each within 2^-8 of itself    */
    LSTM_WEIGHTS_INT8 = 2,     /**< 1 byte: each within 1/254 of the largest weight of its row */
} lstm_weights;

/** Name and shape of one parameter tensor. */
typedef struct lstm_parameter_info {
    const char *name; /**< owned by the model                    */
    int64_t n_dim;    /**< 1 or 2                                */
    int64_t dim[2];   /**< rows, columns; dim[1] is 1 for a bias */
    int64_t size;     /**< number of elements, dim[0] * dim[1]   */
} lstm_parameter_info;

/**
 * Create a model with normally distributed weights, as in Chainer (window.h): a weight matrix with
 * n columns has the variance 1/n; biases are 0, but 1 for forget gates. The same seed produces the
 * same weights.
 *
 * @param[out] model  free it with lstm_model_free().
 * @param options     not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL or a size < 1; LSTM_E_OPTIONS; LSTM_E_LIMIT if a tensor
 *         would have 2^31 rows, columns or elements, or more; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_new(lstm_model **model, const lstm_model_options *options);

/**
 * Copy a model, for example to forecast with the copy while the original is trained.
 *
 * @param[out] model  free it with lstm_model_free().
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_clone(lstm_model **model, const lstm_model *source);

/**
 * Free a model; NULL is allowed. States and updaters that borrow it may afterwards only be freed.
 *
 * @since 0.1
 */
LSTM_API void lstm_model_free(lstm_model *model);

/**
 * Number of inputs, D; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_inputs(const lstm_model *model);
/**
 * Number of outputs, K; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_outputs(const lstm_model *model);
/**
 * Number of hidden units, H; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_hidden(const lstm_model *model);
/**
 * Number of LSTM layers, L; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_layers(const lstm_model *model);

/**
 * Number of parameter tensors, 3L + 4; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_model_parameters(const lstm_model *model);

/**
 * Get name and shape of a parameter tensor.
 *
 * @param index  0 .. lstm_model_parameters() - 1
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_parameter(const lstm_model *model, int64_t index,
                                          lstm_parameter_info *info);

/**
 * Get the values of the parameter tensor `name`.
 *
 * @param[out] values  [size]
 * @param size         must be the number of elements of the tensor.
 * @return LSTM_OK; LSTM_E_ARGUMENT for NULL; LSTM_E_NAME; LSTM_E_SHAPE.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_get(const lstm_model *model, const char *name, lstm_real *values,
                                    int64_t size);

/**
 * Set the values of the parameter tensor `name`. States of the model become stale.
 *
 * @param values  [size]; copied.
 * @param size    must be the number of elements of the tensor.
 * @return as lstm_model_get(); LSTM_E_NUMERIC if a value is not finite.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_set(lstm_model *model, const char *name, const lstm_real *values,
                                    int64_t size);

/**
 * Write the model to a safetensors file: one F32 tensor per parameter tensor, the sizes as strings
 * in __metadata__, and a checksum of the whole file. The file is replaced atomically: the new one
 * is written to a temporary file in the same folder, flushed to the disk and renamed. Temporary
 * files left behind by killed processes are removed. Only a regular file is replaced, and keeps its
 * mode; anything else at `path`, such as a symbolic link or a device, is LSTM_E_IO.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC if a parameter is not finite; LSTM_E_IO;
 *         LSTM_E_NOMEM. On failure an existing file is kept, unless flushing the folder failed:
 *         this is the last step, and the new file may then be in place.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_save(const lstm_model *model, const char *path);

/**
 * Read a model from a file of lstm_model_save() or from a checkpoint of a trainer.
 *
 * @param[out] model  free it with lstm_model_free().
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_IO if the file cannot be read; LSTM_E_CHECKSUM if it is
 *         damaged or has no checksum; LSTM_E_TRUNC, LSTM_E_FORMAT, LSTM_E_VERSION or LSTM_E_LIMIT
 *         if it is not such a file, or its header is damaged; LSTM_E_SHAPE, LSTM_E_DTYPE,
 *         LSTM_E_NAME or LSTM_E_NUMERIC if a tensor is not as expected (the message names it);
 *         LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_load(lstm_model **model, const char *path);

/**
 * Read a model as lstm_model_load(), with options.
 *
 * @param[out] model  free it with lstm_model_free().
 * @param options     not kept; NULL = all defaults.
 * @return as lstm_model_load(); LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_model_load_with(lstm_model **model, const char *path,
                                          const lstm_load_options *options);

#ifdef __cplusplus
}
#endif

#endif
