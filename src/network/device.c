/* SPDX-License-Identifier: MIT */
/*
 * Devices by name. A companion library is opened with dlopen(), which returns the same handle each
 * time. It is never closed, since unloading a device's runtime is not safe.
 */
#include "network/device.h"

#include "base/float_env.h"
#include "base/loader.h"
#include "base/memory.h"
#include "base/status.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { MAX_KIND = 12, MAX_INDEX = 999 };

static const lts_services services = {sizeof services, lts_alloc, lts_free, lts_fail};

/* "cuda:1" -> "cuda", 1. The kind has only letters and digits: it becomes part of a file name. */
static bool read_name(const char *name, char kind[MAX_KIND + 1], int64_t *index)
{
    static const char digits[] = "0123456789";
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
    if (length == 0 || length > MAX_KIND || strchr(digits, name[0]) != NULL)
        return false;
    memcpy(kind, name, length);
    kind[length] = '\0';
    *index = 0;
    if (name[length] == '\0')
        return true;
    const char *at = name + length + 1;
    if (name[length] != ':' || *at == '\0' || at[strspn(at, digits)] != '\0')
        return false;
    for (; *at != '\0' && *index <= MAX_INDEX; at++)
        *index = 10 * *index + (*at - '0');
    return *index <= MAX_INDEX;
}

static lstm_status open_companion(const char *kind, const lts_device **device)
{
    char file[MAX_KIND + 32];
    snprintf(file, sizeof file, "liblstmts-%s.so.0", kind);
    if (!lts_program_has_loader())
        return lts_fail(LSTM_E_DEVICE,
                        "device \"%s\" needs the library %s, which a statically linked program "
                        "cannot open",
                        kind, file);
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return lts_fail(LSTM_E_DEVICE, "device \"%s\" needs the library %s: %s%s", kind, file,
                        dlerror(),
                        strcmp(kind, "cuda") == 0 ? "" : "; devices are \"cpu\" and \"cuda:N\"");
    void *symbol = dlsym(library, LTS_COMPANION_SYMBOL);
    lts_companion *companion;
    if (symbol == NULL)
        return lts_fail(LSTM_E_DEVICE, "%s is not a companion of this library", file);
    memcpy(&companion, &symbol, sizeof companion); /* POSIX: dlsym() can return a function */
    *device = companion(LTS_DEVICE_LAYOUT, &services);
    if (*device == NULL)
        return LSTM_E_DEVICE;
    if ((*device)->size != sizeof **device)
        return lts_fail(LSTM_E_DEVICE, "%s belongs to another release of this library", file);
    return LSTM_OK;
}

lstm_status lts_device_find(const char *name, const lts_device **device, int64_t *index)
{
    char kind[MAX_KIND + 1];
    *device = NULL;
    *index = 0;
    if (name == NULL || strcmp(name, "cpu") == 0)
        return LSTM_OK;
    if (!read_name(name, kind, index) || strcmp(kind, "cpu") == 0)
        return lts_fail(LSTM_E_ARGUMENT,
                        "device is \"%.40s\", expected \"cpu\", \"cuda\" or \"cuda:N\"", name);
    return open_companion(kind, device);
}

lstm_status lts_device_check(const char *name)
{
    const lts_device *device;
    int64_t index, n;
    LTS_TRY(lts_device_find(name, &device, &index));
    if (device == NULL)
        return LSTM_OK;
    LTS_TRY(device->list(NULL, 0, &n));
    if (index >= n)
        return lts_fail(LSTM_E_DEVICE, "device %s:%lld: there are %lld devices", device->name,
                        (long long)index, (long long)n);
    return LSTM_OK;
}

lstm_status lstm_devices(lstm_device_info *devices, int64_t size, int64_t *n_device)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(n_device);
    if (size < 0 || (size > 0 && devices == NULL))
        return lts_fail(LSTM_E_ARGUMENT, "devices is %s and size is %lld",
                        devices == NULL ? "NULL" : "an array", (long long)size);
    int64_t n = 0, n_cuda = 0, rest = size > 0 ? size - 1 : 0;
    const lts_device *cuda;
    LTS_TRY(lts_cpu.list(devices, size, &n));
    if (open_companion("cuda", &cuda) < 0 ||
        cuda->list(rest > 0 ? devices + 1 : NULL, rest, &n_cuda) < 0)
        n_cuda = 0;
    *n_device = n + n_cuda;
    return LSTM_OK;
}
