/* SPDX-License-Identifier: MIT */
/*
 * Prints a forecast for every row as soon as it is read:
 *
 *     state MODEL.safetensors < rows
 *
 * Each line of standard input holds the model's D inputs, separated by spaces or commas. For each
 * the program prints a line with the K outputs. Any other line ends the program: after a missing
 * row the model's state would no longer describe the stream.
 *
 * Error handling to copy: handles start as NULL; each call goes through ok(), which reports a
 * failure where it happens; one place frees everything, and freeing NULL does nothing.
 */
#include <lstmts/lstmts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 65536 };

typedef struct stream {
    lstm_model *model;
    lstm_state *state;
    float *x; /* [D] */
    float *y; /* [K] */
    char line[LINE_SIZE];
    long line_number;
} stream;

static bool ok(lstm_status status, const char *what)
{
    if (status < 0)
        fprintf(stderr, "state: %s: %s\n", what, lstm_last_error());
    return status >= 0;
}

static bool refuse(const stream *s, const char *why)
{
    fprintf(stderr, "state: line %ld: %s\n", s->line_number, why);
    return false;
}

static bool open_stream(stream *s, const char *path)
{
    if (!ok(lstm_model_load(&s->model, path), path) ||
        !ok(lstm_state_new(&s->state, s->model, 1), "state"))
        return false;
    s->x = calloc((size_t)lstm_model_inputs(s->model), sizeof *s->x);
    s->y = calloc((size_t)lstm_model_outputs(s->model), sizeof *s->y);
    bool done = s->x != NULL && s->y != NULL;
    if (!done)
        fputs("state: out of memory\n", stderr);
    return done;
}

/* Reads the line's numbers into s->x, with decimal points, as nobody has called setlocale(). */
static bool parse_row(stream *s)
{
    const char *blank = " \t\r\n";
    int64_t n_input = lstm_model_inputs(s->model), n = 0;
    char *at = s->line + strspn(s->line, blank);
    for (bool comma = false; *at != '\0' || comma; n++) {
        char *end;
        float value = strtof(at, &end);
        char *next = end + strspn(end, blank);
        comma = *next == ',';
        if (end == at || (!comma && next == end && *next != '\0'))
            return refuse(s, "not a row of numbers");
        if (n < n_input)
            s->x[n] = value;
        at = next + comma;
    }
    if (n == n_input)
        return true;
    fprintf(stderr, "state: line %ld: numbers found: %lld; the model takes %lld\n", s->line_number,
            (long long)n, (long long)n_input);
    return false;
}

static bool print_forecast(stream *s)
{
    if (strchr(s->line, '\n') == NULL && !feof(stdin))
        return refuse(s, "not a line of text, or too long");
    if (!parse_row(s))
        return false;
    if (lstm_state_step(s->state, s->x, s->y) < 0)
        return refuse(s, lstm_last_error());
    for (int64_t k = 0; k < lstm_model_outputs(s->model); ++k)
        printf("%s%.9g", k == 0 ? "" : " ", (double)s->y[k]);
    putchar('\n');
    if (fflush(stdout) == 0)
        return true;
    perror("state: standard output");
    return false;
}

int main(int argc, char **argv)
{
    static stream s;
    if (argc != 2) {
        fputs("usage: state MODEL.safetensors < rows\n", stderr);
        return 2;
    }
    bool done = open_stream(&s, argv[1]);
    while (done && fgets(s.line, LINE_SIZE, stdin) != NULL) {
        ++s.line_number;
        done = print_forecast(&s);
    }
    if (done && ferror(stdin)) {
        perror("state: standard input");
        done = false;
    }
    free(s.y);
    free(s.x);
    lstm_state_free(s.state);
    lstm_model_free(s.model);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
