/* SPDX-License-Identifier: MIT */
#include "command/output/plot.h"
#include "command/console/message.h"
#include "command/console/sink.h"
#include "command/options/settings.h"
#include "command/output/plot_script.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool ends_in(const char *path, const char *ending)
{
    size_t size = strlen(path), tail = strlen(ending);
    return size > tail && strcmp(path + size - tail, ending) == 0;
}

/* Run gnuplot with these files as standard input and output; -1 is /dev/null. Without the user's
   settings, so that a picture depends on the forecast alone. */
static int run(const char *argument, int input, int output)
{
    char name[] = "gnuplot", plain[] = "--default-settings", other[16];
    char *arguments[] = {name, plain, other, NULL};
    posix_spawn_file_actions_t files;
    pid_t child;
    int status = 0;
    snprintf(other, sizeof other, "%s", argument);
    int error = posix_spawn_file_actions_init(&files);
    if (error != 0)
        return message_error("gnuplot: %s", strerror(error));
    for (int i = 0; i < 2 && error == 0; i++) {
        int from = i == 0 ? input : output;
        error = from >= 0 ? posix_spawn_file_actions_adddup2(&files, from, i)
                          : posix_spawn_file_actions_addopen(&files, i, "/dev/null", O_RDWR, 0);
    }
    if (error == 0)
        error = posix_spawnp(&child, name, &files, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    if (error == ENOENT)
        return message_error("--plot needs the program gnuplot, which is not found on PATH "
                             "(Debian: package gnuplot-nox)");
    if (error != 0)
        return message_error("gnuplot: %s", strerror(error));
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return EXIT_OK;
    return message_error("gnuplot failed: the picture is not drawn");
}

int plot_check(const char *path)
{
    if (path == NULL)
        return EXIT_OK;
    if (!ends_in(path, ".png") && !ends_in(path, ".svg")) {
        message_error("--plot is '%s', expected a name that ends in .png or .svg", path);
        return EXIT_USAGE;
    }
    return run("--version", -1, -1);
}

int plot_write(const forecast *made, const source *from, const settings *set)
{
    sink out;
    const char *path = set->plot;
    if (path == NULL)
        return EXIT_OK;
    FILE *script = tmpfile();
    if (script == NULL)
        return message_error("%s: %s", path, strerror(errno));
    plot_script(script, made, from, ends_in(path, ".svg"));
    int code = EXIT_OK;
    if (fflush(script) != 0 || ferror(script) || fseek(script, 0, SEEK_SET) != 0)
        code = message_error("%s: %s", path, strerror(errno));
    if (code == EXIT_OK)
        code = sink_open(&out, path);
    if (code == EXIT_OK) {
        code = run("-", fileno(script), fileno(out.file));
        if (code == EXIT_OK)
            code = sink_close(&out);
        else
            sink_discard(&out);
    }
    fclose(script);
    int64_t n = made->S * made->K;
    if (code == EXIT_OK && n > MOST_PANELS && !set->quiet)
        message_note("%s has the first %d of %lld %s.", path, MOST_PANELS, (long long)n,
                     made->S == 1   ? "columns"
                     : made->K == 1 ? "series"
                                    : "columns of all series");
    return code;
}
