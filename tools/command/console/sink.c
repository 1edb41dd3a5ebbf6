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

char *sink_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup(".");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* Whether files can be made in the folder of a path. */
static int check_folder(const char *path)
{
    char *folder = sink_folder(path);
    int code = EXIT_OK;
    if (folder == NULL)
        code = message_error("out of memory");
    else if (access(folder, W_OK | X_OK) != 0)
        code =
            message_error("%s: cannot write in the folder %s: %s", path, folder, strerror(errno));
    free(folder);
    return code;
}

int sink_check(const char *path, bool regular)
{
    struct stat there, behind;
    if (lstat(path, &there) != 0)
        return errno == ENOENT ? check_folder(path)
                               : message_error("%s: %s", path, strerror(errno));
    if (S_ISREG(there.st_mode))
        return check_folder(path);
    if (S_ISDIR(there.st_mode))
        return message_error("%s: %s", path, strerror(EISDIR));
    bool is_link = S_ISLNK(there.st_mode);
    if (is_link && (regular || stat(path, &behind) != 0 || S_ISREG(behind.st_mode)))
        return message_error("%s: is a symbolic link, and only a regular file is replaced", path);
    if (regular)
        return message_error("%s: is no regular file, and only such a file is replaced", path);
    return access(path, W_OK) == 0 ? EXIT_OK : message_error("%s: %s", path, strerror(errno));
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
    if (sink_check(path, false) != EXIT_OK)
        return EXIT_FAILED;
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
