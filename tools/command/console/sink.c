/* SPDX-License-Identifier: MIT */
#include "command/console/sink.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int report(const sink *out, int error)
{
    /* The reader of a pipe has what it wants. */
    if (error == EPIPE)
        return EXIT_FAILED;
    return message_error("%s: %s", out->path == NULL ? "standard output" : out->path,
                         strerror(error));
}

static int open_temporary(sink *out, mode_t mode)
{
    size_t size = strlen(out->path) + sizeof ".XXXXXX";
    out->temporary = malloc(size);
    if (out->temporary == NULL)
        return report(out, ENOMEM);
    snprintf(out->temporary, size, "%s.XXXXXX", out->path);
    int descriptor = mkstemp(out->temporary);
    if (descriptor >= 0 && fchmod(descriptor, mode) == 0)
        out->file = fdopen(descriptor, "w");
    if (out->file != NULL)
        return EXIT_OK;
    int error = errno;
    if (descriptor >= 0) {
        close(descriptor);
        unlink(out->temporary);
    }
    free(out->temporary);
    out->temporary = NULL;
    return report(out, error);
}

int sink_open(sink *out, const char *path)
{
    struct stat there;
    *out = (sink){.path = path};
    if (path == NULL || strcmp(path, "-") == 0) {
        *out = (sink){.file = stdout};
        return EXIT_OK;
    }
    bool exists = stat(path, &there) == 0;
    if (exists && !S_ISREG(there.st_mode)) {
        out->file = fopen(path, "w");
        return out->file == NULL ? report(out, errno) : EXIT_OK;
    }
    mode_t mask = umask(0);
    umask(mask);
    return open_temporary(out, exists ? there.st_mode & 0777 : 0666 & ~mask);
}

int sink_close(sink *out)
{
    errno = 0;
    bool failed = fflush(out->file) != 0 || ferror(out->file);
    if (!failed && out->temporary != NULL)
        failed = fsync(fileno(out->file)) != 0;
    int error = failed ? (errno == 0 ? EIO : errno) : 0;
    if (out->path != NULL && fclose(out->file) != 0 && error == 0)
        error = errno;
    if (error == 0 && out->temporary != NULL && rename(out->temporary, out->path) != 0)
        error = errno;
    if (error != 0 && out->temporary != NULL)
        unlink(out->temporary);
    free(out->temporary);
    out->temporary = NULL;
    return error == 0 ? EXIT_OK : report(out, error);
}

void sink_discard(sink *out)
{
    if (out->path != NULL)
        fclose(out->file);
    if (out->temporary != NULL)
        unlink(out->temporary);
    free(out->temporary);
    *out = (sink){0};
}
