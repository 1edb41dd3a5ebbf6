/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "progress.h"
#include "sine.h"
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BAR_WIDTH = 40 };

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static void clear_bar(const sine_progress *shown)
{
    if (shown->terminal)
        fputs("\r\033[K", stdout);
}

static void draw_bar(const lstm_progress *p)
{
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; ++i)
        bar[i] = (i + 1) <= p->fraction * BAR_WIDTH ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    printf("\r[%s] %3.0f %%  %5.0f updates/s  %4.1f s left\033[K", bar, 100 * p->fraction, p->rate,
           p->remaining);
}

int sine_progress_show(const lstm_progress *progress, void *user)
{
    sine_progress *shown = user;
    int percent = (int)(100 * progress->fraction);

    if (progress->iteration % (SINE_UPDATES / SINE_SNAPSHOTS) == 0) {
        clear_bar(shown);
        printf("%-11llu %-11llu %.3e\n", (unsigned long long)progress->iteration,
               (unsigned long long)progress->epoch, progress->last_loss);
        shown->percent = -1;
    }
    if (shown->terminal && percent != shown->percent) {
        draw_bar(progress);
        shown->percent = percent;
    }
    fflush(stdout);
    return interrupted;
}

static bool report_end(const lstm_trainer *trainer)
{
    lstm_progress p;
    struct rusage used;

    if (!sine_ok(lstm_trainer_progress(trainer, &p), "progress") ||
        getrusage(RUSAGE_SELF, &used) != 0)
        return false;
    if (p.fraction < 1)
        printf("stopped at update %llu; the same command resumes from there\n",
               (unsigned long long)p.iteration);
    else
        printf("%llu updates in %.2f s, peak memory %.1f MB\n", (unsigned long long)p.iteration,
               p.elapsed, (double)used.ru_maxrss / 1024);
    return true;
}

bool sine_progress_run(sine_progress *shown, lstm_trainer *trainer)
{
    *shown = (sine_progress){isatty(STDOUT_FILENO) != 0, -1};
    signal(SIGINT, on_interrupt);
    lstm_progress before;
    if (!sine_ok(lstm_trainer_progress(trainer, &before), "progress"))
        return false;
    if (before.iteration > 0)
        printf("resuming after update %llu\n", (unsigned long long)before.iteration);
    printf("%-11s %-11s %s\n", "iteration", "epoch", "loss of the last step");
    bool fine = sine_ok(lstm_trainer_run(trainer), "training");
    clear_bar(shown);
    return fine && report_end(trainer);
}
