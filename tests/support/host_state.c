/* SPDX-License-Identifier: MIT */
#include "host_state.h"
#include "assert_status.h"

#include <dirent.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static uint32_t float_control(void)
{
#if defined(__x86_64__)
    return __builtin_ia32_stmxcsr() & ~0x3fu;
#elif defined(__aarch64__)
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return (uint32_t)fpcr;
#elif defined(__arm__)
    return __builtin_arm_get_fpscr() & 0x07ffff00u; /* no flags */
#elif defined(__s390x__)
    uint32_t fpc;
    __asm__ volatile("stfpc %0" : "=Q"(fpc));
    return fpc & 0xff0000ffu;     /* no flags */
#elif defined(__i386__)
    uint32_t mxcsr;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    return mxcsr & ~0x3fu;
#else
#error "how does one read the floating-point environment here?"
#endif
}

static uint32_t x87_control(void)
{
    uint16_t word = 0;
#if defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("fnstcw %0" : "=m"(word));
#endif
    return word;
}

static uint64_t entries(const char *path)
{
    uint64_t n = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        n++;
    closedir(folder);
    return n;
}

uint64_t host_state_threads(uint64_t expected)
{
    const struct timespec moment = {0, 1000000};
    uint64_t n = 0;
    for (int i = 0; i < 10000; i++) {
        n = entries("/proc/self/task") - 2;
        if (n == expected)
            break;
        nanosleep(&moment, NULL);
    }
    return n;
}

static void read_signals(host_state *s)
{
    sigset_t blocked;
    assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &blocked), 0);
    for (int i = 1; i < HOST_SIGNALS; i++) {
        struct sigaction action;
        s->blocked |= (uint64_t)(sigismember(&blocked, i) == 1) << (i - 1);
        if (sigaction(i, NULL, &action) == 0) {
            memcpy(&s->handlers[i], &action.sa_handler, sizeof action.sa_handler);
            s->flags[i] = (uint64_t)(unsigned)action.sa_flags;
        }
    }
}

void host_state_read(host_state *s)
{
    memset(s, 0, sizeof *s);
    snprintf(s->locale, sizeof s->locale, "%s", setlocale(LC_ALL, NULL));
    assert_non_null(getcwd(s->folder, sizeof s->folder));
    s->control = float_control();
    s->x87 = x87_control();
    s->rounding = fegetround();
    read_signals(s);
    s->file_mask = umask(0);
    umask((mode_t)s->file_mask);
    s->descriptors = entries("/proc/self/fd");
}

void host_state_assert_equal(const host_state *a, const host_state *b, const char *where)
{
    const char *changed = NULL;
#define COMPARE(field)                                                                             \
    if (memcmp(&a->field, &b->field, sizeof a->field) != 0)                                        \
    changed = #field
    COMPARE(locale);
    COMPARE(folder);
    COMPARE(control);
    COMPARE(x87);
    COMPARE(rounding);
    COMPARE(blocked);
    COMPARE(handlers);
    COMPARE(flags);
    COMPARE(file_mask);
    COMPARE(descriptors);
#undef COMPARE
    if (changed != NULL)
        fail_msg("%s: the host's %s changed", where, changed);
}

static int output[2] = {-1, -1};

void host_state_hide_output(const char *path)
{
    fflush(stdout);
    int file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    assert_true(file >= 0);
    for (int i = 0; i < 2; i++) {
        output[i] = dup(1 + i);
        assert_true(output[i] >= 0 && dup2(file, 1 + i) >= 0);
    }
    close(file);
}

void host_state_show_output(void)
{
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        assert_true(dup2(output[i], 1 + i) >= 0);
        close(output[i]);
    }
}

void host_state_flush_to_zero(bool flush)
{
#if defined(__x86_64__)
    const uint32_t bits = 0x8040; /* FTZ, DAZ */
    uint32_t now = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(flush ? now | bits : now & ~bits);
#elif defined(__aarch64__)
    const uint64_t bit = 1 << 24; /* FZ */
    uint64_t now;
    __asm__ volatile("mrs %0, fpcr" : "=r"(now));
    __asm__ volatile("msr fpcr, %0" : : "r"(flush ? now | bit : now & ~bit));
#elif defined(__arm__)
    const uint32_t bit = 1 << 24;                   /* FZ */
    uint32_t now = __builtin_arm_get_fpscr();
    __builtin_arm_set_fpscr(flush ? now | bit : now & ~bit);
#elif defined(__i386__)
    const uint32_t bits = 0x8040; /* FTZ, DAZ */
    uint32_t word;
    __asm__ volatile("stmxcsr %0" : "=m"(word));
    word = flush ? word | bits : word & ~bits;
    __asm__ volatile("ldmxcsr %0" : : "m"(word));
#else
    (void)flush;
#endif
}
