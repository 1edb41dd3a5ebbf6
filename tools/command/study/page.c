/* SPDX-License-Identifier: MIT */
#include "command/study/page.h"
#include "command/console/message.h"
#include "command/console/sink.h"
#include "command/options/line.h"
#include "table/step.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FACTS = 40, MOST_COVARIATES = 20 };

static int failure(lstm_status status)
{
    return status == LSTM_E_NOMEM ? message_error("report: out of memory")
                                  : message_library("report");
}

/* "Forecast of sales.csv". */
static char *title_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    size_t size = strlen(name) + sizeof "Forecast of ";
    char *title = malloc(size);
    if (title != NULL && strcmp(path, "-") == 0)
        snprintf(title, size, "Forecast");
    else if (title != NULL)
        snprintf(title, size, "Forecast of %s", name);
    return title;
}

/* Columns that are read and not forecast. The names are those of the data set. */
static int64_t add_covariates(report_fact *facts, const lstm_dataset *data)
{
    int64_t n = 0;
    for (int64_t c = 0; c < lstm_dataset_width(data) && n < MOST_COVARIATES; c++) {
        const int64_t role = lstm_dataset_role(data, c);
        if (role == LSTM_ROLE_KNOWN || role == LSTM_ROLE_INPUT)
            facts[n++] = (report_fact){role == LSTM_ROLE_KNOWN ? "Known in advance" : "Covariate",
                                       lstm_dataset_column_name(data, c)};
    }
    return n;
}

/* The covariates, the step, and what the reader has remarked. */
static int64_t add_facts(report_fact *facts, char step[48], const source *from)
{
    const table_frame *frame = from->frame;
    int64_t n = add_covariates(facts, from->data);
    if (frame->step > 0) {
        const table_step found = {frame->step_unit, frame->step};
        table_step_print(step, &found);
        facts[n++] = (report_fact){"Step", step};
    }
    for (int64_t i = 0; i < frame->remarks.n && n < MOST_FACTS; i++)
        facts[n++] = (report_fact){"Table", frame->remarks.items[i].text};
    return n;
}

static int gather(page *made, const study *of, const settings *set)
{
    report_fact facts[MOST_FACTS];
    *made = (page){.command = line_write(set), .title = title_of(set->data)};
    snprintf(made->seed, sizeof made->seed, "%lld", (long long)set->seed);
    const report_fact seed = {"Seed", made->seed};
    if (made->command == NULL || made->title == NULL)
        return failure(LSTM_E_NOMEM);
    if (set->folder != NULL &&
        losses_read(&made->logged, set->folder, of->what.n_network) != EXIT_OK)
        return EXIT_FAILED;
    bool is_logged = set->folder != NULL;
    const report_sources sources = {
        .forecaster = of->forecaster,
        .dataset = of->from.data,
        .backtest = of->judged.backtest,
        .methods = of->judged.methods,
        .n_method = of->judged.n_method,
        .held = of->judged.backtest == NULL ? NULL : &of->judged.held,
        .seasonal_naive = of->judged.season > 1 ? 2 : 0,
        .n_curve = is_logged ? made->logged.n : of->losses.n_curve,
        .curves = is_logged ? made->logged.curves : of->losses.curves,
        .n_fact = add_facts(facts, made->step, &of->from),
        .facts = facts,
        .n_setting = 1,
        .settings = &seed,
        .title = made->title,
        .command = made->command,
    };
    lstm_status status = report_gather(&made->gathered, &sources);
    return status < 0 ? failure(status) : EXIT_OK;
}

int page_complete(page *made, study *of, const settings *set, bool wanted)
{
    *made = (page){0};
    int code = wanted ? gather(made, of, set) : EXIT_OK;
    if (code == EXIT_OK)
        code = study_complete(of, set);
    if (code != EXIT_OK || !wanted)
        return code;
    lstm_status status = report_gather_last(made->gathered, of->forecaster, of->from.data);
    return status < 0 ? failure(status) : EXIT_OK;
}

static const char lacking[] =
    "This is the report of a saved forecaster. It has no errors beside simple methods, no "
    "residuals "
    "and no coverage of the intervals, since the forecaster has learned from the rows of its fit: "
    "lstmts report DATA fits one without the last rows and has them.";
static const char lacking_losses[] =
    " It has no training curve, which is in the folder of the fit (--folder).";

/* The losses in the folder of the fit, which must be one. */
static int read_losses(page *made, const lstm_forecaster *forecaster, const settings *set)
{
    chosen what = {0};
    if (set->folder == NULL)
        return EXIT_OK;
    if (fitting_chosen(&what, forecaster) != EXIT_OK ||
        losses_read(&made->logged, set->folder, what.n_network) != EXIT_OK)
        return EXIT_FAILED;
    return made->logged.n > 0 || what.n_network == 0
               ? EXIT_OK
               : message_error("--folder: %s has no training", set->folder);
}

int page_saved(page *made, const lstm_forecaster *forecaster, const source *from,
               const settings *set)
{
    report_fact facts[MOST_FACTS];
    const report_fact model = {"Forecaster", set->saved};
    *made = (page){.command = line_write(set), .title = title_of(set->data)};
    if (made->command == NULL || made->title == NULL)
        return failure(LSTM_E_NOMEM);
    if (read_losses(made, forecaster, set) != EXIT_OK)
        return EXIT_FAILED;
    snprintf(made->lacking, sizeof made->lacking, "%s%s", lacking,
             made->logged.n > 0 ? "" : lacking_losses);
    const report_sources sources = {
        .forecaster = forecaster,
        .dataset = from->data,
        .n_curve = made->logged.n,
        .curves = made->logged.curves,
        .n_fact = add_facts(facts, made->step, from),
        .facts = facts,
        .n_setting = 1,
        .settings = &model,
        .title = made->title,
        .command = made->command,
        .lacking = made->lacking,
    };
    lstm_status status = report_gather(&made->gathered, &sources);
    return status < 0 ? failure(status) : EXIT_OK;
}

int page_write(const page *made, const char *path)
{
    sink out;
    report_text text = {0};
    int code =
        report_write(&text, report_gathered_data(made->gathered)) ? EXIT_OK : failure(LSTM_E_NOMEM);
    if (code == EXIT_OK)
        code = sink_open(&out, path);
    if (code == EXIT_OK) {
        fwrite(text.bytes, 1, text.length, out.file);
        code = sink_close(&out);
    }
    report_text_free(&text);
    return code;
}

void page_close(page *made)
{
    report_gathered_free(made->gathered);
    losses_free(&made->logged);
    free(made->command);
    free(made->title);
    *made = (page){0};
}
