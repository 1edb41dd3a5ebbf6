/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <lstmts/lstmts.h>
#include <stdio.h>

static const double PEAK_SECONDS = 0.2;

bool bench_report_open(bench_report *report, double seconds)
{
    report->set = bench_peak_select();
    report->seconds = seconds;
    report->lines = json_array();
    report->flops = bench_peak_flops(report->set, 1, PEAK_SECONDS);
    report->flops_of_2 = bench_peak_flops(report->set, 2, PEAK_SECONDS);
    printf("lstmts %s, %s: %.0f GFLOP/s on one thread, %.0f on two\n", lstm_version(),
           report->set->name, report->flops, report->flops_of_2);
    printf("%-10s %7s %14s %14s %8s %7s\n", "workload", "threads", "median ns", "minimum ns",
           "repeats", "% peak");
    return report->lines != NULL;
}

void bench_report_close(bench_report *report)
{
    json_decref(report->lines);
}

static double peak_of(const bench_report *report, int64_t n_thread)
{
    return n_thread == 1   ? report->flops
           : n_thread == 2 ? report->flops_of_2
                           : report->flops * (double)n_thread;
}

static json_t *print_line(bench_report *report, const char *name, const bench_shape *s,
                          double steps, const bench_time *time)
{
    double flops = steps * bench_step_flops(s) / time->median_ns;
    double share = flops / peak_of(report, s->n_thread);
    const char *device = s->device == NULL ? "cpu" : s->device;
    printf("%-10s %7lld %14.0f %14.0f %8lld %7.1f", name, (long long)s->n_thread, time->median_ns,
           time->minimum_ns, (long long)time->repeats, 100 * share);
    if (s->device != NULL)
        printf("  %s, precision %lld, %.0f GFLOP/s", device, (long long)s->precision, flops);
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:I, s:f}", "workload",
                     name, "device", device, "precision", (json_int_t)s->precision, "threads",
                     (json_int_t)s->n_thread, "n", (json_int_t)s->n, "H", (json_int_t)s->H, "B",
                     (json_int_t)s->B, "T", (json_int_t)s->T, "median_ns", time->median_ns,
                     "minimum_ns", time->minimum_ns, "repeats", (json_int_t)time->repeats,
                     "share_of_peak", share);
}

void bench_report_add(bench_report *report, const char *name, const bench_shape *shape,
                      double steps, const bench_time *time)
{
    json_t *line = print_line(report, name, shape, steps, time);
    putchar('\n');
    fflush(stdout);
    json_array_append_new(report->lines, line);
}

void bench_report_add_stream(bench_report *report, const char *name, const bench_shape *shape,
                             const bench_time *time)
{
    json_t *line = print_line(report, name, shape, 1, time);
    int64_t bytes = 4 * shape->H * shape->H * (int64_t)sizeof(float);
    double possible = bench_peak_read(report->set, bytes, PEAK_SECONDS);
    double rate = (double)bytes / time->median_ns;
    printf("   weights at %.0f of %.0f GB/s\n", rate, possible);
    fflush(stdout);
    json_object_set_new(line, "weights_gb_per_s", json_real(rate));
    json_object_set_new(line, "readable_gb_per_s", json_real(possible));
    json_array_append_new(report->lines, line);
}

bool bench_report_write(const bench_report *report, const char *path)
{
    json_t *all =
        json_pack("{s:s, s:s, s:f, s:f, s:f, s:O}", "version", lstm_version(), "instruction_set",
                  report->set->name, "seconds", report->seconds, "gflops_1_thread", report->flops,
                  "gflops_2_threads", report->flops_of_2, "measurements", report->lines);
    bool written = all != NULL && json_dump_file(all, path, JSON_INDENT(1)) == 0;
    json_decref(all);
    if (!written)
        fprintf(stderr, "lstmts-bench: %s cannot be written\n", path);
    return written;
}
