/* SPDX-License-Identifier: MIT */
#include "train/curriculum.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

static lstm_status check_horizon(const char *name, int64_t horizon, int64_t last)
{
    if (horizon < 1 || horizon > last)
        return lts_fail(LSTM_E_ARGUMENT,
                        "%s of the curriculum is %lld, expected 1 .. %lld, the steps after the "
                        "support",
                        name, (long long)horizon, (long long)last);
    return LSTM_OK;
}

static lstm_status check_unused(const lstm_curriculum_options *o)
{
    const struct {
        const char *name;
        int64_t value, kind; /* the only one that uses it; 0 = all but none */
    } fields[] = {{"period", o->period, 0},
                  {"first", o->first, LSTM_CURRICULUM_LINEAR},
                  {"n_stage", o->n_stage, LSTM_CURRICULUM_STAGES}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        bool used =
            fields[i].kind == 0 ? o->kind != LSTM_CURRICULUM_NONE : o->kind == fields[i].kind;
        if (!used && fields[i].value != 0)
            return lts_fail(LSTM_E_ARGUMENT,
                            "%s of the curriculum is %lld, expected 0: this kind does not use it",
                            fields[i].name, (long long)fields[i].value);
    }
    return LSTM_OK;
}

static lstm_status check_stages(const lstm_curriculum_options *o, int64_t last)
{
    LTS_TRY(lts_check_at_least("n_stage of the curriculum", o->n_stage, 1));
    if (o->stages == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "stages is NULL, n_stage is %lld", (long long)o->n_stage);
    for (int64_t i = 0; i < o->n_stage; i++)
        LTS_TRY(check_horizon("a stage", o->stages[i], last));
    return LSTM_OK;
}

static lstm_status read_options(lstm_curriculum_options *read,
                                const lstm_curriculum_options *options, int64_t last)
{
    LTS_READ_OPTIONS(read, options, lstm_curriculum_options);
    LTS_TRY(lts_check_one_of("curriculum kind", read->kind, LSTM_CURRICULUM_STAGES + 1,
                             "LSTM_CURRICULUM_NONE, _LINEAR or _STAGES"));
    LTS_TRY(check_unused(read));
    if (read->kind == LSTM_CURRICULUM_NONE)
        return LSTM_OK;
    LTS_TRY(lts_check_at_least("period of the curriculum", read->period, 1));
    if (last < 1)
        return lts_fail(LSTM_E_ARGUMENT,
                        "a curriculum needs steps after the support, but support_len has all");
    if (read->kind == LSTM_CURRICULUM_LINEAR)
        return check_horizon("first", read->first, last);
    return check_stages(read, last);
}

lstm_status lts_curriculum_init(lts_curriculum *curriculum, int64_t T, int64_t support_len,
                                const lstm_curriculum_options *options)
{
    lstm_curriculum_options read;
    int64_t last = support_len < T ? T - support_len : 0; /* it may be LSTM_TEACHER_FORCED */
    LTS_TRY(read_options(&read, options, last));
    *curriculum = (lts_curriculum){read.kind, read.period, last, read.first, read.n_stage, NULL};
    if (read.n_stage == 0)
        return LSTM_OK;
    curriculum->stages = lts_alloc(read.n_stage, sizeof *curriculum->stages);
    if (curriculum->stages == NULL)
        return LSTM_E_NOMEM;
    memcpy(curriculum->stages, read.stages, (size_t)read.n_stage * sizeof *read.stages);
    return LSTM_OK;
}

void lts_curriculum_clear(lts_curriculum *curriculum)
{
    lts_free(curriculum->stages);
    *curriculum = (lts_curriculum){0};
}

int64_t lts_curriculum_horizon(const lts_curriculum *curriculum, uint64_t iteration)
{
    uint64_t stage = iteration / (uint64_t)curriculum->period;
    if (curriculum->kind == LSTM_CURRICULUM_STAGES)
        return stage < (uint64_t)curriculum->n_stage ? curriculum->stages[stage] : curriculum->last;
    if (stage >= 1)
        return curriculum->last;
    double part = (double)iteration / (double)curriculum->period; /* a product might overflow */
    return curriculum->first + (int64_t)((double)(curriculum->last - curriculum->first) * part);
}
