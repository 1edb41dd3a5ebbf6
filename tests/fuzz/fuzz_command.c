/* SPDX-License-Identifier: MIT */
/*
 * Arguments of the command, a recipe, a list of days and a table, up to where a fit would begin. The
 * input is a number of options, each with a byte for its name and a value that ends in 0; the recipe,
 * which is the list of days as well and ends in 0; and the table. Whatever is refused has a message;
 * what is not makes a data set, whose parts lie in its rows, and a command line.
 */
#define _GNU_SOURCE /* memfd_create() */
#include "fuzz.h"

#include "command/cells.h"
#include "command/console/message.h"
#include "command/options/arguments.h"
#include "command/options/line.h"
#include "command/options/options.h"
#include "command/source/parts.h"
#include "command/source/profile.h"
#include "command/source/source.h"

#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MOST_OPTIONS = 8, MOST_TEXT = 256 };

static struct {
    const uint8_t *table;
    size_t size;
    int recipe;      /* descriptor of a file in memory */
    char path[64];   /* of that file                   */
    int64_t n_error; /* messages                       */
} world = {.recipe = -1};

/* In place of those of the command, which would be printed. */
int message_error(const char *format, ...)
{
    char text[2000];
    va_list list;
    va_start(list, format);
    FUZZ_HOLDS(vsnprintf(text, sizeof text, format, list) > 0);
    va_end(list);
    world.n_error++;
    return EXIT_FAILED;
}

int message_library(const char *doing)
{
    FUZZ_HOLDS(doing != NULL && lstm_last_error()[0] != '\0');
    world.n_error++;
    return EXIT_FAILED;
}

void message_note(const char *format, ...)
{
    (void)format;
}

lstm_status __wrap_table_read_file(table_frame **frame, const char *path,
                                   const table_options *options, table_error *error);

lstm_status __wrap_table_read_file(table_frame **frame, const char *path,
                                   const table_options *options, table_error *error)
{
    table_options small = *options;
    small.max_values = 1 << 14;
    small.max_columns = 64;
    return table_read_memory(frame, world.table, world.size, path, &small, error);
}

static void write_recipe(const char *text)
{
    if (world.recipe < 0) {
        world.recipe = (int)memfd_create("recipe", 0);
        FUZZ_HOLDS(world.recipe >= 0);
        snprintf(world.path, sizeof world.path, "/proc/self/fd/%d", world.recipe);
    }
    ssize_t size = (ssize_t)strlen(text);
    FUZZ_HOLDS(ftruncate(world.recipe, 0) == 0);
    FUZZ_HOLDS(pwrite(world.recipe, text, (size_t)size, 0) == size);
}

/* The next text of an input: up to a 0, and at most MOST_TEXT - 1 bytes. */
static const char *take_text(fuzz_input *input, char out[MOST_TEXT])
{
    size_t n = 0;
    for (uint8_t byte; (byte = fuzz_byte(input)) != 0;)
        if (n + 1 < MOST_TEXT)
            out[n++] = (char)byte;
    out[n] = '\0';
    return out;
}

/* "--name=value". The only file that is read is the recipe. */
static void make_option(char *out, size_t size, fuzz_input *input)
{
    char text[MOST_TEXT];
    size_t n;
    const option_row *rows = options_all(&n);
    const option_row *row = &rows[fuzz_byte(input) % n];
    const char *value = take_text(input, text);
    if (row->argument != NULL && strcmp(row->argument, "FILE") == 0)
        value = world.path;
    if (row->kind == OPTION_FLAG)
        snprintf(out, size, "--%s", row->name);
    else
        snprintf(out, size, "--%s=%s", row->name, value);
}

static void check_line(const settings *set)
{
    char *line = line_write(set);
    FUZZ_HOLDS(line != NULL && strncmp(line, "lstmts forecast ", 16) == 0);
    free(line);
}

static void check_parts(const source *from, const settings *set)
{
    for (int64_t s = 0; s < lstm_dataset_series(from->data); s++) {
        int64_t train, valid;
        FUZZ_OK(lstm_dataset_parts(from->data, s, &train, &valid));
        FUZZ_HOLDS(train >= 0 && train <= valid && valid <= lstm_dataset_rows(from->data, s));
    }
    for (int64_t c = 0; c < from->frame->n_column; c++) {
        profile of;
        FUZZ_HOLDS(profile_column(&of, from->frame, c));
        FUZZ_HOLDS(of.n + of.missing == from->frame->n_row);
    }
    profile_peak peaks[PROFILE_PEAKS];
    int64_t *roles = calloc((size_t)from->frame->n_column, sizeof *roles);
    FUZZ_HOLDS(roles != NULL && source_roles(roles, from->frame, set) == EXIT_OK);
    int64_t n = profile_peaks(peaks, from->frame, roles);
    FUZZ_HOLDS(n >= 0 && n <= PROFILE_PEAKS);
    for (int64_t i = 0; i < n; i++)
        FUZZ_HOLDS(peaks[i].lag >= 2 && peaks[i].height > 0);
    free(roles);
}

/* The lines of the table as rows of a filter. */
static void check_cells(const source *from, const settings *set)
{
    cells of = {0};
    int64_t width = lstm_dataset_width(from->data);
    lstm_real *row = calloc((size_t)width, sizeof *row);
    char line[MOST_TEXT];
    fuzz_input rest = {world.table, world.size};
    int code = cells_open(&of, from->data, NULL, set);
    for (int64_t number = 1; rest.size > 0 && code == EXIT_OK; number++) {
        take_text(&rest, line);
        if (number == 1 && cells_header(&of, line) != 0)
            continue;
        code = cells_read(&of, line, number, row);
        for (int64_t c = 0; c < width && code == EXIT_OK; c++)
            FUZZ_HOLDS(!isinf(row[c]));
    }
    cells_close(&of);
    free(row);
}

static int use_table(const settings *set)
{
    source from = {0};
    int code = source_read(&from, set);
    if (code == EXIT_OK)
        code = source_dataset(&from, set);
    if (code == EXIT_OK)
        code = source_check_future(&from, set->horizon, set->quiet);
    if (code == EXIT_OK)
        code = parts_split_test(from.data, set->horizon);
    if (code == EXIT_OK) {
        check_parts(&from, set);
        check_cells(&from, set);
    }
    source_close(&from);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const command forecast = {.name = "forecast", .of = OF_FORECAST, .arguments = "DATA"};
    char texts[MOST_OPTIONS][MOST_TEXT + 64], recipe[MOST_TEXT * 4] = "", table[] = "table",
                                                                 name[] = "forecast";
    char *arguments[MOST_OPTIONS + 3] = {name};
    fuzz_input input = {data, size};
    settings set;
    int n = 1, n_option = fuzz_byte(&input) % (MOST_OPTIONS + 1);
    write_recipe("");
    for (int i = 0; i < n_option; i++) {
        make_option(texts[i], sizeof texts[i], &input);
        arguments[n++] = texts[i];
    }
    arguments[n++] = table;
    size_t used = 0;
    for (uint8_t byte; (byte = fuzz_byte(&input)) != 0 && used + 1 < sizeof recipe;)
        recipe[used++] = (char)byte;
    write_recipe(recipe);
    world.table = input.data;
    world.size = input.size;
    world.n_error = 0;
    int code = arguments_read(&set, &forecast, n, arguments);
    /* A recipe may name any path. */
    bool is_safe = set.holidays == NULL || strcmp(set.holidays, world.path) == 0;
    if (code == EXIT_OK && !set.help && is_safe) {
        set.horizon = set.horizon == 0 ? 1 : set.horizon;
        check_line(&set);
        code = use_table(&set);
    }
    FUZZ_HOLDS(code == EXIT_OK || world.n_error > 0);
    json_decref(set.recipe);
    return 0;
}
