/* SPDX-License-Identifier: MIT */
/*
 * The figures of finished trainings beside those of the article's own code:
 *
 *     sine_compare ARTICLE_FOLDER... -- CLOSED_LOOP_FOLDER...
 *
 * For folders of sine_learn and of sine_closed_loop, one each or one for each of several seeds. The
 * ranges are the lowest and highest of 12 runs of the article's code with different seeds. The exit
 * status is 1 if a median of the article's recipe lies outside its range, or the closed loop's
 * median at recursion 20 above 0.02; 2 if there was no comparison.
 */
#include "sine.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RUNS = 64, N_TOTAL = 4, N_LINE = 3 * N_TOTAL + 2, N_LOOP = N_TOTAL + 1 };

enum { IN_RANGE = 0, OUT_OF_RANGE = 1, FAILED = 2 }; /* exit status */

/* One line of the table: what is measured, and what 12 runs of the article's code gave. */
typedef struct line {
    int epochs;
    const char *what;
    double median, lowest, highest;
} line;

static const line lines[N_LINE] = {
    {10, "Total at recursion 1", .105, .085, .124},
    {10, "Total at recursion 5", .181, .164, .219},
    {10, "Total at recursion 10", .320, .254, .481},
    {10, "Total at recursion 20", .619, .457, .793},
    {50, "Total at recursion 1", .0306, .0270, .0330},
    {50, "Total at recursion 5", .121, .102, .144},
    {50, "Total at recursion 10", .281, .212, .339},
    {50, "Total at recursion 20", .541, .340, .612},
    {100, "Total at recursion 1", .0223, .0208, .0268},
    {100, "Total at recursion 5", .0986, .0878, .119},
    {100, "Total at recursion 10", .264, .187, .338},
    {100, "Total at recursion 20", .526, .358, .631},
    {100, "pred, steps 10-48", .249, .117, .578},
    {100, "loss of last 10 updates", 4.2e-5, 1.4e-5, 3.4e-4},
};
static const int recursions[N_TOTAL] = {1, 5, 10, 20};
static const double loop_limit = 0.02; /* of the closed loop at recursion 20 */

static int updates(const line *l)
{
    return l->epochs * (SINE_UPDATES / 100);
}

/* Of one recipe: values[i] are all runs' figures of line i. */
typedef struct runs {
    size_t n;
    double values[N_LINE][MAX_RUNS];
    double seconds[MAX_RUNS];
} runs;

static bool add_scores(runs *r, const char *folder, int update, size_t first_line, double *pred)
{
    lstm_model *model = NULL;
    sine_scores scores;
    bool fine = sine_load_snapshot(&model, folder, update) && sine_score(model, &scores);
    for (size_t i = 0; i < N_TOTAL && fine; ++i)
        r->values[first_line + i][r->n] = scores.total[recursions[i] - 1];
    if (fine)
        *pred = scores.pred;
    lstm_model_free(model);
    return fine;
}

static bool add_article(runs *r, const char *folder, const sine_log *log)
{
    double sum = 0;
    for (size_t i = 0; i < 3 * N_TOTAL; i += N_TOTAL)
        if (!add_scores(r, folder, updates(&lines[i]), i, &r->values[N_LINE - 2][r->n]))
            return false;
    for (size_t i = log->n - 10; i < log->n; ++i)
        sum += log->loss[i];
    r->values[N_LINE - 1][r->n] = sum / 10;
    return true;
}

static bool add_run(runs *r, const char *folder, bool closed_loop)
{
    sine_log log;
    if (!sine_read_log(&log, folder))
        return false;
    if (log.n != SINE_UPDATES) {
        fprintf(stderr, "%s: the log has %zu updates, not %d\n", folder, log.n, SINE_UPDATES);
        return false;
    }
    if (r->n == MAX_RUNS) {
        fprintf(stderr, "more than %d folders of one recipe\n", MAX_RUNS);
        return false;
    }
    bool fine = closed_loop ? add_scores(r, folder, SINE_UPDATES, 0, &r->values[N_TOTAL][r->n])
                            : add_article(r, folder, &log);
    r->seconds[r->n++] = log.seconds;
    return fine;
}

static double lowest(const double *values, size_t n)
{
    double low = values[0];
    for (size_t i = 1; i < n; ++i)
        low = fmin(low, values[i]);
    return low;
}

static double highest(const double *values, size_t n)
{
    double high = values[0];
    for (size_t i = 1; i < n; ++i)
        high = fmax(high, values[i]);
    return high;
}

static void print_spread(const double *values, size_t n)
{
    char text[64];
    if (n == 1)
        snprintf(text, sizeof text, "%.3g", values[0]);
    else
        snprintf(text, sizeof text, "%.3g [%.3g, %.3g]", sine_median(values, n), lowest(values, n),
                 highest(values, n));
    printf("%-30s", text);
}

static void print_figure(const runs *r, size_t value, const line *l)
{
    char range[64];
    snprintf(range, sizeof range, "%.3g [%.3g, %.3g]", l->median, l->lowest, l->highest);
    printf("%7d  %-24s", updates(l), l->what);
    print_spread(r->values[value], r->n);
    printf("%-30s", range);
}

/* Prints a line of the article's recipe; returns whether the median lies in the range. */
static bool print_article_line(const runs *r, size_t value, const line *l)
{
    double median = sine_median(r->values[value], r->n);
    print_figure(r, value, l);
    puts(median < l->lowest    ? "below the range"
         : median > l->highest ? "above the range"
                               : "in the range");
    return median >= l->lowest && median <= l->highest;
}

/* Another recipe is not expected in the range: its error is divided by the article's. */
static void print_loop_line(const runs *r, size_t value, const line *l)
{
    print_figure(r, value, l);
    printf("%.2g times the article's\n", sine_median(r->values[value], r->n) / l->median);
}

static void print_head(const char *recipe, const runs *r)
{
    printf("\n%s, %zu run%s, 1500 updates in ", recipe, r->n, r->n == 1 ? "" : "s");
    if (r->n == 1)
        printf("%.2f s\n", r->seconds[0]);
    else
        printf("%.2f s [%.2f, %.2f]\n", sine_median(r->seconds, r->n), lowest(r->seconds, r->n),
               highest(r->seconds, r->n));
    printf("updates  %-24s%-30s%s\n", "RMSE on the test rows",
           r->n == 1 ? "here" : "median [lowest, highest]", "the article's code");
}

static bool print_all(const runs *article, const runs *loop)
{
    int outside = 0;
    print_head("Article's recipe", article);
    for (size_t i = 0; i < N_LINE; ++i)
        outside += !print_article_line(article, i, &lines[i]);

    print_head("Closed-loop recipe", loop);
    for (size_t i = 0; i < N_LOOP; ++i)
        print_loop_line(loop, i, &lines[2 * N_TOTAL + i]);

    double last = sine_median(loop->values[N_TOTAL - 1], loop->n);
    printf("\nArticle's recipe: %d of %d figures in the range", N_LINE - outside, N_LINE);
    if (outside > 0 && article->n == 1)
        printf(" of 12 runs, which one more run may leave");
    printf(".\nClosed-loop recipe at recursion 20: %.3g, %s %.2f.\n", last,
           last <= loop_limit ? "at most" : "ABOVE", loop_limit);
    return outside == 0 && last <= loop_limit;
}

int main(int argc, char **argv)
{
    runs *all = calloc(2, sizeof *all); /* the article's recipe, then the closed loop */
    bool closed_loop = false, fine = all != NULL;
    int status = FAILED;
    for (int i = 1; i < argc && fine; ++i) {
        if (strcmp(argv[i], "--") == 0)
            closed_loop = true;
        else
            fine = add_run(&all[closed_loop], argv[i], closed_loop);
    }
    if (fine && all[0].n > 0 && all[1].n > 0)
        status = print_all(&all[0], &all[1]) ? IN_RANGE : OUT_OF_RANGE;
    else if (fine)
        fprintf(stderr, "usage: %s ARTICLE_FOLDER... -- CLOSED_LOOP_FOLDER...\n", argv[0]);
    free(all);
    return status;
}
