/* SPDX-License-Identifier: MIT */
/* The command lstmts: finds the command that the first argument names. */
#include "command/console/message.h"
#include "command/options/arguments.h"
#include "command/options/commands.h"
#include "command/options/completion.h"
#include "command/options/guess.h"
#include "command/options/options.h"
#include <lstmts/library.h>
#include <stdio.h>
#include <string.h>

static const command commands[] = {
    {"forecast", OF_FORECAST, "DATA",
     "Forecast the next rows of a table: fits a forecaster, compares it with simple methods on\n"
     "the last rows, and writes the forecast with intervals. DATA is CSV, TSV or NPY, also by\n"
     "gzip; - is standard input.",
     "lstmts forecast sales.csv --horizon 28", cmd_forecast},
    {"train", OF_TRAIN, "DATA",
     "Fit a forecaster and save it: as forecast, without a forecast. lstmts predict uses it.",
     "lstmts train sales.csv --horizon 28 --model sales.safetensors", cmd_train},
    {"predict", OF_PREDICT, "MODEL DATA",
     "Forecast a table by a saved forecaster: columns are found by their names.",
     "lstmts predict sales.safetensors sales.csv", cmd_predict},
    {"backtest", OF_BACKTEST, "DATA",
     "Compare with simple methods: fits a forecaster without the last rows of a table, and writes\n"
     "the errors of all methods there as CSV, and what its intervals held.",
     "lstmts backtest sales.csv --horizon 28 --by step", cmd_backtest},
    {"report", OF_REPORT, "DATA",
     "Write a report as HTML: fits a forecaster as forecast does, and shows its forecasts, its\n"
     "errors beside those of simple methods, its residuals and intervals in one file that needs\n"
     "nothing else.",
     "lstmts report sales.csv --horizon 28 --output sales.html", cmd_report},
    {"step", OF_STEP, "MODEL [DATA]",
     "Forecast after each row of standard input: a filter. Rows are CSV, in the order of the\n"
     "columns of the model or with a header; after each a line is written. DATA has the\n"
     "rows that came before.",
     "tail -f sales.csv | lstmts step sales.safetensors", cmd_step},
    {"describe", OF_DESCRIBE, "DATA",
     "Show what a table holds: columns, step, gaps, missing values, outliers, seasons; and which\n"
     "defaults a fit would take, and why.",
     "lstmts describe sales.csv", cmd_describe},
    {"inspect", OF_INSPECT, "MODEL",
     "Show what a file holds: its configuration, tensors, history and checksum, as JSON. MODEL is "
     "a\n"
     "forecaster, a network or a checkpoint, or the folder of a run or its log.jsonl.",
     "lstmts inspect sales.safetensors", cmd_inspect},
    {"bench", OF_BENCH, "",
     "Show how fast this machine is: milliseconds of an update of a training, and microseconds of "
     "a\n"
     "row with its forecast, for networks of the three sizes that fits choose.",
     "lstmts bench --jobs 1", cmd_bench},
};
enum { N_COMMAND = sizeof commands / sizeof *commands };

static void print_help(void)
{
    printf("Example: lstmts forecast DATA.csv --horizon 48\n\n"
           "Usage: lstmts COMMAND [OPTIONS] ARGUMENTS\n\nCommands:\n");
    for (int i = 0; i < N_COMMAND; i++) {
        int size = (int)strcspn(commands[i].summary, ":.\n");
        printf("  %-12s%.*s\n", commands[i].name, size, commands[i].summary);
    }
    printf("  %-12s%s\n", "completion", "Print the completion of bash, zsh or fish");
    printf("  %-12s%s\n", "help", "Show the options of a command");
    printf(
        "\n'lstmts help COMMAND' or 'lstmts COMMAND --help' shows the options of a command.\n"
        "'lstmts --version' shows the version. Exit codes: 0 success, 1 failure, 2 wrong use.\n");
}

static int run(const command *cmd, int argc, char **argv)
{
    settings set;
    int code = arguments_read(&set, cmd, argc, argv);
    if (code == EXIT_OK && set.help)
        arguments_help(cmd);
    else if (code == EXIT_OK)
        code = cmd->run(&set);
    json_decref(set.recipe);
    if (code == EXIT_OK && (fflush(stdout) != 0 || ferror(stdout)))
        code = message_error("standard output: cannot be written");
    return code;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static bool is_version(const char *word)
{
    return strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 ||
           strcmp(word, "version") == 0;
}

static const command *find_command(const char *name)
{
    for (int i = 0; i < N_COMMAND; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

static int report_unknown(const char *name)
{
    guess near = {.word = name};
    for (int i = 0; i < N_COMMAND; i++)
        guess_try(&near, commands[i].name);
    guess_try(&near, "completion");
    guess_try(&near, "help");
    if (*name == '\0')
        message_error("which command? 'lstmts --help' lists them");
    else if (*name == '-')
        message_error("'%s' comes behind the command: lstmts forecast DATA --horizon 48", name);
    else if (near.name != NULL)
        message_error("'%s' is not a command; did you mean '%s'? 'lstmts --help' lists all", name,
                      near.name);
    else
        message_error("'%s' is not a command; 'lstmts --help' lists them", name);
    return EXIT_USAGE;
}

/* "help", "help forecast". */
static int run_help(const char *name)
{
    const command *cmd = name == NULL ? NULL : find_command(name);
    if (name == NULL || is_help(name))
        print_help();
    else if (strcmp(name, "completion") == 0)
        completion_help();
    else if (cmd == NULL)
        return report_unknown(name);
    else
        arguments_help(cmd);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    const char *name = argc < 2 ? "" : argv[1];
    if (is_version(name)) {
        printf("lstmts %s\n", lstm_version());
        return EXIT_OK;
    }
    if (is_help(name))
        return run_help(argc > 2 ? argv[2] : NULL);
    if (strcmp(name, "completion") == 0 && argc == 3 && is_help(argv[2]))
        return run_help(name);
    if (strcmp(name, "completion") == 0)
        return completion_print(argc == 3 ? argv[2] : NULL, commands, N_COMMAND);
    const command *cmd = find_command(name);
    return cmd == NULL ? report_unknown(name) : run(cmd, argc - 1, argv + 1);
}
