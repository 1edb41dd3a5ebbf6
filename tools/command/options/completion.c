/* SPDX-License-Identifier: MIT */
#include "command/options/completion.h"
#include "command/console/message.h"
#include "command/options/options.h"
#include <stdio.h>
#include <string.h>

/* What an option is for, without its default and without what a shell would read. */
static void print_help(const option_row *row)
{
    int size = (int)strcspn(row->help, "[':");
    while (size > 0 && row->help[size - 1] == ' ')
        size--;
    printf("%.*s", size, row->help);
}

/* Whether an option has this argument, such as FILE. */
static bool has_argument(const option_row *row, const char *name)
{
    return row->argument != NULL && strcmp(row->argument, name) == 0;
}

/* The choices of an option with a character between them. */
static void print_choices(const char *choices, char between)
{
    for (; *choices != '\0'; choices++)
        putchar(*choices == '|' ? between : *choices);
}

static void print_names(const command *commands, int n)
{
    for (int i = 0; i < n; i++)
        printf("%s ", commands[i].name);
    printf("completion help");
}

/* The commands with what they do, each between two texts, and those that have no options. */
static void print_summaries(const command *commands, int n, const char *before, const char *between,
                            const char *behind)
{
    for (int c = 0; c < n; c++)
        printf("%s%s%s%.*s%s", before, commands[c].name, between,
               (int)strcspn(commands[c].summary, ":.\n'"), commands[c].summary, behind);
    printf("%scompletion%sPrint the completion of a shell%s", before, between, behind);
    printf("%shelp%sShow the options of a command%s", before, between, behind);
}

static void print_bash_case(const char *name, const char *option, const char *choices)
{
    printf("    %s' --%s') COMPREPLY=($(compgen -W \"", name, option);
    print_choices(choices, ' ');
    printf("\" -- \"$word\")); return ;;\n");
}

/* The values of an option. Those of a command come before those of all. */
static void print_bash_values(const option_row *row, const command *commands, int n)
{
    if (has_argument(row, "FOLDER"))
        printf("    *' --%s') compopt -o filenames; COMPREPLY=($(compgen -d -- \"$word\")); return "
               ";;\n",
               row->name);
    if (row->choices == NULL)
        return;
    for (int c = 0; c < n; c++)
        if (strcmp(option_choices(row, commands[c].of), row->choices) != 0)
            print_bash_case(commands[c].name, row->name, option_choices(row, commands[c].of));
    print_bash_case("*", row->name, row->choices);
}

static void print_bash(const command *commands, int n)
{
    size_t n_row;
    const option_row *rows = options_all(&n_row);
    printf("# bash completion of lstmts\n_lstmts() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
           "    COMPREPLY=()\n"
           "    if [ \"$COMP_CWORD\" = 1 ]; then\n        COMPREPLY=($(compgen -W \"");
    print_names(commands, n);
    printf(" --help --version\" -- \"$word\"))\n        return\n    fi\n"
           "    case \"${COMP_WORDS[1]} $before\" in\n");
    for (size_t i = 0; i < n_row; i++)
        print_bash_values(&rows[i], commands, n);
    printf("    esac\n    case ${COMP_WORDS[1]} in\n"
           "    completion) COMPREPLY=($(compgen -W \"bash zsh fish\" -- \"$word\")); return ;;\n"
           "    help) COMPREPLY=($(compgen -W \"");
    print_names(commands, n);
    printf("\" -- \"$word\")); return ;;\n");
    for (int c = 0; c < n; c++) {
        printf("    %s) options=\"", commands[c].name);
        for (size_t i = 0; i < n_row; i++)
            if ((rows[i].commands & commands[c].of) != 0)
                printf("--%s ", rows[i].name);
        printf("\" ;;\n");
    }
    printf("    esac\n    if [[ $word == -* ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n    else\n"
           "        compopt -o filenames\n"
           "        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
           "complete -F _lstmts lstmts\n");
}

static void print_zsh_option(const command *cmd, const option_row *row)
{
    const char *choices = option_choices(row, cmd->of), *equals = row->argument == NULL ? "" : "=";
    printf(" \\\n            ");
    if (row->letter != 0)
        printf("'(-%c --%s)'{-%c,--%s%s}'[", row->letter, row->name, row->letter, row->name,
               equals);
    else
        printf("'--%s%s[", row->name, equals);
    print_help(row);
    putchar(']');
    if (choices != NULL) {
        printf(":%s:(", row->argument);
        print_choices(choices, ' ');
        putchar(')');
    } else if (row->argument != NULL) {
        printf(":%s:%s", row->argument,
               has_argument(row, "FILE")     ? "_files"
               : has_argument(row, "FOLDER") ? "_files -/"
                                             : " ");
    }
    putchar('\'');
}

static void print_zsh(const command *commands, int n)
{
    size_t n_row;
    const option_row *rows = options_all(&n_row);
    printf("#compdef lstmts\n_lstmts() {\n    local name=${words[2]}\n    local -a commands=(\n");
    print_summaries(commands, n, "        '", ":", "'\n");
    printf("    )\n    if ((CURRENT == 2)) && [[ $PREFIX == -* ]]; then\n"
           "        compadd -- --help --version\n        return\n    elif ((CURRENT == 2)); then\n"
           "        name=help\n    fi\n    shift words\n    ((CURRENT--))\n    case $name in\n"
           "    completion) compadd bash zsh fish ;;\n"
           "    help) _describe command commands ;;\n");
    for (int c = 0; c < n; c++) {
        printf("    %s)\n        _arguments", commands[c].name);
        for (size_t i = 0; i < n_row; i++)
            if ((rows[i].commands & commands[c].of) != 0)
                print_zsh_option(&commands[c], &rows[i]);
        printf(" \\\n            '*:file:_files'\n        ;;\n");
    }
    printf("    esac\n}\nif [ \"${funcstack[1]}\" = _lstmts ]; then\n    _lstmts \"$@\"\nelse\n"
           "    compdef _lstmts lstmts\nfi\n");
}

static void print_fish_option(const command *cmd, const option_row *row)
{
    const char *choices = option_choices(row, cmd->of);
    printf("complete -c lstmts -n '__lstmts_is %s' -l %s", cmd->name, row->name);
    if (row->letter != 0)
        printf(" -s %c", row->letter);
    if (choices != NULL) {
        printf(" -x -a '");
        print_choices(choices, ' ');
        putchar('\'');
    } else if (row->argument != NULL) {
        printf(has_argument(row, "FILE")     ? " -r"
               : has_argument(row, "FOLDER") ? " -x -a '(__fish_complete_directories)'"
                                             : " -x");
    }
    printf(" -d '");
    print_help(row);
    printf("'\n");
}

static void print_fish(const command *commands, int n)
{
    size_t n_row;
    const option_row *rows = options_all(&n_row);
    printf("# fish completion of lstmts\nfunction __lstmts_is --description 'Its command is the "
           "argument, or not yet there'\n    set -l words (commandline -opc)\n"
           "    test \"$words[2]\" = \"$argv[1]\"\nend\n");
    print_summaries(commands, n, "complete -c lstmts -n __lstmts_is -f -a ", " -d '", "'\n");
    print_summaries(commands, n, "complete -c lstmts -n '__lstmts_is help' -f -a ", " -d '", "'\n");
    printf("complete -c lstmts -n __lstmts_is -l help -d 'show the commands'\n"
           "complete -c lstmts -n __lstmts_is -l version -d 'show the version'\n"
           "complete -c lstmts -n '__lstmts_is completion' -f -a 'bash zsh fish'\n");
    for (int c = 0; c < n; c++)
        for (size_t i = 0; i < n_row; i++)
            if ((rows[i].commands & commands[c].of) != 0)
                print_fish_option(&commands[c], &rows[i]);
}

void completion_help(void)
{
    printf("Example: eval \"$(lstmts completion bash)\"\n\nUsage: lstmts completion SHELL\n\n"
           "Print the completion of a shell: bash, zsh or fish.\n");
}

int completion_print(const char *shell, const command *commands, int n)
{
    if (shell != NULL && strcmp(shell, "bash") == 0)
        print_bash(commands, n);
    else if (shell != NULL && strcmp(shell, "zsh") == 0)
        print_zsh(commands, n);
    else if (shell != NULL && strcmp(shell, "fish") == 0)
        print_fish(commands, n);
    else {
        message_error("'lstmts completion' needs bash, zsh or fish");
        return EXIT_USAGE;
    }
    return EXIT_OK;
}
