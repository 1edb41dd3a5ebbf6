/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/float_env.h"
#include "base/options.h"
#include "base/status.h"
#include "network/model.h"
#include "store/blocks.h"

lstm_status lstm_model_save(const lstm_model *model, const char *path)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(path);
    LTS_TRY(lts_model_settle(model));
    return lts_blocks_write_model(lts_at_path(path), &model->params, model->values);
}

static lstm_status read_model(const lts_blocks *blocks, lstm_model **out)
{
    const lts_params *params = &blocks->params;
    lstm_model *model;
    LTS_TRY(lts_model_new_zero(&model, params->D, params->K, params->H, params->L));
    lstm_status status = lts_blocks_read(blocks, "", model->values);
    if (status < 0) {
        lstm_model_free(model);
        return status;
    }
    *out = model;
    return LSTM_OK;
}

lstm_status lstm_model_load(lstm_model **model, const char *path)
{
    return lstm_model_load_with(model, path, NULL);
}

lstm_status lstm_model_load_with(lstm_model **model, const char *path,
                                 const lstm_load_options *options)
{
    LTS_FLOAT_SCOPE();
    lts_blocks blocks;
    lstm_load_options read;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(path);
    LTS_READ_OPTIONS(&read, options, lstm_load_options);
    LTS_TRY(lts_check_one_of("unchecked", read.unchecked, 2, "0 or 1"));
    LTS_TRY(lts_blocks_open(&blocks, lts_at_path(path), read.unchecked != 0));
    lstm_status status = read_model(&blocks, model);
    lts_blocks_close(&blocks);
    return status;
}
