/* SPDX-License-Identifier: MIT */
/*
 * The loss against the iteration, from the log of a training:
 *
 *     sine_check FOLDER
 *
 * Writes FOLDER/loss.csv: the loss of the last step of each update, which is what the article's log
 * shows, with rolling medians over 10 and 100 updates (empty where there are fewer). loss.gp draws
 * it.
 */
#include "sine.h"
#include <stdlib.h>

static const size_t windows[] = {10, 100};

static bool write_csv(const sine_log *log, const char *folder)
{
    FILE *csv = sine_create(folder, "loss.csv");
    if (csv == NULL)
        return false;
    fputs("iteration,last_loss,median of 10,median of 100\n", csv);
    for (size_t i = 0; i < log->n; ++i) {
        fprintf(csv, "%zu,%.9g", i + 1, log->loss[i]);
        for (size_t w = 0; w < 2; ++w) {
            fputc(',', csv);
            if (i + 1 >= windows[w])
                fprintf(csv, "%.9g", sine_median(log->loss + i + 1 - windows[w], windows[w]));
        }
        fputc('\n', csv);
    }
    return sine_close(csv, "loss.csv");
}

int main(int argc, char **argv)
{
    sine_log log;
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    if (!sine_read_log(&log, argv[1]) || !write_csv(&log, argv[1]))
        return EXIT_FAILURE;
    printf("%zu updates", log.n);
    for (size_t first = 10; first <= log.n; first *= 10)
        printf("; median loss of updates %zu-%zu: %.2e", first - 9, first,
               sine_median(log.loss + first - 10, 10));
    if (log.n >= 10)
        printf("; of the last 10: %.2e", sine_median(log.loss + log.n - 10, 10));
    putchar('\n');
    return EXIT_SUCCESS;
}
