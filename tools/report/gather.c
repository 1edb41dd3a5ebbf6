/* SPDX-License-Identifier: MIT */
#include "report/gather.h"

#include "report/gather_parts.h"
#include "table/memory.h"

#include <lstmts/library.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct report_block {
    report_block *next;
    max_align_t memory[];
};

void *report_gathered_allocate(report_gathered *gathered, int64_t n, size_t size)
{
    if (n < 0 || (uint64_t)n > (SIZE_MAX - sizeof(report_block)) / size)
        return NULL;
    report_block *block = table_allocate((int64_t)(sizeof *block + (size_t)n * size), 1);
    if (block == NULL)
        return NULL;
    block->next = gathered->blocks;
    gathered->blocks = block;
    return block->memory;
}

const char *report_gathered_print(report_gathered *gathered, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *text = size < 0 ? NULL : report_gathered_allocate(gathered, size + 1, 1);
    if (text != NULL)
        vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

static lstm_status gather_configuration(report_gathered *gathered, const report_sources *sources)
{
    int64_t length = 0;
    lstm_status status = lstm_forecaster_describe(sources->forecaster, NULL, 0, &length);
    if (status != LSTM_OK)
        return status;
    char *text = report_gathered_allocate(gathered, length + 1, 1);
    if (text == NULL)
        return LSTM_E_NOMEM;
    gathered->data.configuration = text;
    return lstm_forecaster_describe(sources->forecaster, text, length + 1, NULL);
}

static lstm_status gather_settings(report_gathered *gathered, const report_sources *sources)
{
    const int64_t n = sources->n_setting;
    report_fact *settings = report_gathered_allocate(gathered, n + 1, sizeof *settings);
    if (settings == NULL)
        return LSTM_E_NOMEM;
    settings[0] = (report_fact){"lstmts", lstm_version()};
    if (n > 0)
        memcpy(settings + 1, sources->settings, (size_t)n * sizeof *settings);
    gathered->data.settings = settings;
    gathered->data.n_setting = n + 1;
    gathered->data.title = sources->title;
    gathered->data.command = sources->command;
    gathered->data.lacking = sources->lacking;
    gathered->data.curves = sources->curves;
    gathered->data.n_curve = sources->n_curve;
    return LSTM_OK;
}

lstm_status report_gather(report_gathered **gathered, const report_sources *sources)
{
    static lstm_status (*const parts[])(report_gathered *, const report_sources *) = {
        report_gather_rows,      report_gather_facts,  report_gather_forecasts,
        report_gather_residuals, report_gather_scores, gather_configuration,
        gather_settings,
    };
    report_gathered *made = table_allocate(1, sizeof *made);
    lstm_status status = made == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (size_t i = 0; status == LSTM_OK && i < sizeof parts / sizeof *parts; i++)
        status = parts[i](made, sources);
    if (status != LSTM_OK) {
        report_gathered_free(made);
        return status;
    }
    *gathered = made;
    return LSTM_OK;
}

const report_data *report_gathered_data(const report_gathered *gathered)
{
    return &gathered->data;
}

void report_gathered_free(report_gathered *gathered)
{
    if (gathered == NULL)
        return;
    for (report_block *block = gathered->blocks, *next; block != NULL; block = next) {
        next = block->next;
        table_release(block);
    }
    table_release(gathered);
}
