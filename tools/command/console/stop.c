/* SPDX-License-Identifier: MIT */
#include "command/console/stop.h"
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t came; /* number of the signal; 0 = none */
static lstm_forecaster *volatile fitted;

static void end_by(int number)
{
    struct sigaction action;
    sigset_t set;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
    _exit(128 + number);
}

static void on_signal(int number)
{
    if (came != 0)
        end_by(number);
    came = number;
    lstm_forecaster_cancel(fitted);
}

void stop_watch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal; /* no SA_RESTART: a read of a pipe ends, too */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void stop_cancels(lstm_forecaster *forecaster)
{
    fitted = forecaster;
    if (came != 0)
        lstm_forecaster_cancel(forecaster);
}

bool stop_wanted(void)
{
    return came != 0;
}

void stop_now(void)
{
    if (came != 0)
        end_by(came);
}
