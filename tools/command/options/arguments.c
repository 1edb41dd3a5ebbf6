/* SPDX-License-Identifier: MIT */
#include "command/options/arguments.h"
#include "command/console/message.h"
#include "command/options/guess.h"
#include "command/options/options.h"
#include "command/options/recipe.h"
#include <getopt.h>
#include <stdio.h>
#include <string.h>

enum { MOST_OPTIONS = 64, MOST_NAME = 64, FIRST_CODE = 256 };

/* The options of a command in the form of getopt_long(): codes are FIRST_CODE + number of row. All 0
   before make_forms(). */
typedef struct forms {
    struct option longs[MOST_OPTIONS];
    char letters[3 * MOST_OPTIONS];
} forms;

static void make_forms(forms *made, int of)
{
    size_t n, used = 0;
    char *at = made->letters;
    const option_row *rows = options_all(&n);
    *at++ = ':';
    for (size_t i = 0; i < n && used < MOST_OPTIONS - 1; i++) {
        if ((rows[i].commands & of) == 0)
            continue;
        int has_value = rows[i].kind == OPTION_FLAG ? no_argument : required_argument;
        made->longs[used++] = (struct option){rows[i].name, has_value, NULL, FIRST_CODE + (int)i};
        if (rows[i].letter != 0) {
            *at++ = rows[i].letter;
            if (has_value == required_argument)
                *at++ = ':';
        }
    }
}

/* The row of a code of getopt_long(): a letter, or FIRST_CODE + number. */
static const option_row *row_of(int code)
{
    size_t n;
    const option_row *rows = options_all(&n);
    if (code >= FIRST_CODE)
        return &rows[code - FIRST_CODE];
    for (size_t i = 0; i < n; i++)
        if (rows[i].letter == code)
            return &rows[i];
    return NULL;
}

static int wrong_use(const command *cmd)
{
    message_note("Try 'lstmts %s --help'.", cmd->name);
    return EXIT_USAGE;
}

/* The option "--horizn" or "--horizn=28" that a command does not have, and one like it. */
static void report_name(const command *cmd, const char *given)
{
    size_t n;
    char name[MOST_NAME] = "";
    const option_row *rows = options_all(&n);
    guess near = {.word = name};
    int size = (int)strcspn(given, "=");
    const char *others = "";
    if (strncmp(given, "--", 2) == 0)
        snprintf(name, sizeof name, "%.*s", size - 2, given + 2);
    for (size_t i = 0; i < n; i++)
        if ((rows[i].commands & cmd->of) != 0)
            guess_try(&near, rows[i].name);
    if (option_find(name, OF_ALL) != NULL)
        others = ", which other commands have";
    if (near.name != NULL && *others == '\0')
        message_error("'lstmts %s' has no option '%.*s'; did you mean --%s?", cmd->name, size,
                      given, near.name);
    else
        message_error("'lstmts %s' has no option '%.*s'%s", cmd->name, size, given, others);
}

static int report_unknown(const command *cmd, int code, char **argv)
{
    const char *given = argv[optind - 1];
    if (code == ':')
        message_error("option '%s' needs a value", given);
    else if (optopt >= FIRST_CODE)
        message_error("option '--%s' takes no value", row_of(optopt)->name);
    else if (optopt != 0)
        message_error("'lstmts %s' has no option '-%c'", cmd->name, optopt);
    else
        report_name(cmd, given);
    return wrong_use(cmd);
}

static int read_options(settings *set, const command *cmd, int argc, char **argv)
{
    forms made = {0};
    make_forms(&made, cmd->of);
    opterr = 0;
    optind = 0; /* begin anew, also the permutation */
    for (int code; (code = getopt_long(argc, argv, made.letters, made.longs, NULL)) != -1;) {
        if (code == '?' || code == ':')
            return report_unknown(cmd, code, argv);
        if (!option_set(set, row_of(code), optarg))
            return wrong_use(cmd);
    }
    return EXIT_OK;
}

static int read_words(settings *set, const command *cmd, int argc, char **argv)
{
    int at = optind;
    bool has_model = strstr(cmd->arguments, "MODEL") != NULL;
    bool has_data = strstr(cmd->arguments, "DATA") != NULL;
    if (has_model && at < argc)
        set->saved = argv[at++];
    if (has_data && at < argc)
        set->data = argv[at++];
    if (at < argc) {
        bool is_number = argv[at][strspn(argv[at], "0123456789")] == '\0';
        bool has_horizon = option_find("horizon", cmd->of) != NULL && set->horizon == 0;
        if (is_number && has_horizon)
            message_error("'%s' is one argument too many; did you mean --horizon %s?", argv[at],
                          argv[at]);
        else
            message_error("'%s' is one argument too many", argv[at]);
        return wrong_use(cmd);
    }
    if ((has_model && set->saved == NULL) ||
        (has_data && set->data == NULL && strstr(cmd->arguments, "[DATA]") == NULL)) {
        message_error("'lstmts %s' needs %s", cmd->name, cmd->arguments);
        return wrong_use(cmd);
    }
    return EXIT_OK;
}

int arguments_read(settings *set, const command *cmd, int argc, char **argv)
{
    memset(set, 0, sizeof *set);
    int code = read_options(set, cmd, argc, argv);
    if (code != EXIT_OK || set->help)
        return code;
    if (set->resume && set->folder == NULL) {
        message_error("--resume needs --folder");
        return wrong_use(cmd);
    }
    if (set->config != NULL || set->resume) {
        settings recipe = {.command = cmd->name};
        code = recipe_read(&recipe, set->config, set->folder, cmd->of);
        *set = recipe; /* which owns the JSON, also on failure */
        if (code == EXIT_OK)
            code = read_options(set, cmd, argc, argv);
    }
    if (code == EXIT_OK && set->max_seconds > 0 && set->folder != NULL) {
        message_error("--max-seconds cannot be used with --folder: a fit that can be resumed has "
                      "its time");
        return wrong_use(cmd);
    }
    set->command = cmd->name;
    set->verbose = set->verbose && !set->quiet;
    return code == EXIT_OK ? read_words(set, cmd, argc, argv) : code;
}

void arguments_help(const command *cmd)
{
    size_t n;
    const option_row *rows = options_all(&n);
    printf("Example: %s\n\nUsage: lstmts %s [OPTIONS]%s%s\n\n%s\n\nOptions:\n", cmd->example,
           cmd->name, *cmd->arguments == '\0' ? "" : " ", cmd->arguments, cmd->summary);
    for (size_t i = 0; i < n; i++) {
        if ((rows[i].commands & cmd->of) == 0)
            continue;
        char head[64], letter[8] = "    ";
        if (rows[i].letter != 0)
            snprintf(letter, sizeof letter, "-%c, ", rows[i].letter);
        snprintf(head, sizeof head, "  %s--%s%s%s", letter, rows[i].name,
                 rows[i].argument == NULL ? "" : " ",
                 rows[i].argument == NULL ? "" : rows[i].argument);
        printf("%-26s %s\n", head, rows[i].help);
        const char *choices = option_choices(&rows[i], cmd->of);
        if (choices != NULL && strchr(choices, '|') != NULL)
            printf("%-26s %s\n", "", choices);
    }
    printf("\nExit codes: 0 success, 1 failure, 2 wrong use. See lstmts(1).\n");
}
