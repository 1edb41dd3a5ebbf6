/* SPDX-License-Identifier: MIT */
/* Files, pipes and gzip. */
#include "scratch.h"
#include "table_case.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <zlib.h>

/* Called in place of read(): in its second call the file may have changed, or a signal comes. */
ssize_t __real_read(int descriptor, void *bytes, size_t size);
ssize_t __wrap_read(int descriptor, void *bytes, size_t size);

static int n_read;
static void (*before_second_read)(void);
static int failure; /* of each read; EINTR: of every other one */

ssize_t __wrap_read(int descriptor, void *bytes, size_t size)
{
    n_read++;
    if (n_read == 2 && before_second_read != NULL)
        before_second_read();
    if (failure != 0 && (failure != EINTR || n_read % 2 == 1)) {
        errno = failure;
        return -1;
    }
    return __real_read(descriptor, bytes, size);
}

static const char text[] = "a,b\n1,2\n3,4\n";
static const double values[] = {1, 2, 3, 4};

static table_frame *table_of_file(const char *path)
{
    table_frame *frame = NULL;
    table_error error;
    if (table_read_file(&frame, path, NULL, &error) != LSTM_OK)
        fail_msg("refused: %s", error.message);
    return frame;
}

static void file_refused(const char *path, lstm_status status, const char *part)
{
    table_frame *frame = NULL;
    table_error error;
    lstm_status got = table_read_file(&frame, path, NULL, &error);
    if (got != status || strstr(error.message, part) == NULL)
        fail_msg("%s \"%s\", expected %s", lstm_status_name(got), error.message, part);
    assert_null(frame);
}

/* The member of gzip that holds bytes. */
static size_t compress_to(unsigned char *out, size_t most, const void *bytes, size_t size)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    stream.next_in = (z_const Bytef *)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = out;
    stream.avail_out = (uInt)most;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t n = most - stream.avail_out;
    deflateEnd(&stream);
    return n;
}

static void files_are_read(void **state)
{
    (void)state;
    table_frame *frame = table_of_file(scratch_write("a.csv", text, sizeof text - 1));
    assert_values(frame, 2, 2, values);
    table_free(frame);
}

static void what_is_no_file_is_refused_at_once(void **state)
{
    (void)state;
    file_refused(scratch("missing.csv"), LSTM_E_IO, "No such file");
    file_refused(scratch_folder, LSTM_E_IO, "folder");
    file_refused("/dev/zero", LSTM_E_IO, "neither a file nor a pipe");
    file_refused("/dev/null", LSTM_E_IO, "neither a file nor a pipe");
    char path[6000];
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    file_refused(path, LSTM_E_IO, "File name too long");
    assert_int_equal(symlink(scratch("loop"), scratch("loop")), 0);
    file_refused(scratch("loop"), LSTM_E_IO, "symbolic links");
    assert_int_equal(symlink(scratch("nowhere"), scratch("dangling")), 0);
    file_refused(scratch("dangling"), LSTM_E_IO, "No such file");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.90s", scratch("socket"));
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    file_refused(address.sun_path, LSTM_E_IO, "cannot be opened");
    close(server);
    file_refused(scratch_write("empty.csv", "", 0), LSTM_E_FORMAT, "is empty");
}

static void a_pipe_without_a_writer_is_empty(void **state)
{
    (void)state;
    const char *path = scratch("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    file_refused(path, LSTM_E_FORMAT, "is empty");
}

typedef struct writer {
    int descriptor;
    const unsigned char *bytes;
    size_t n;
} writer;

/* One byte at a time. */
static void *write_slowly(void *context)
{
    writer *w = context;
    for (size_t i = 0; i < w->n; i++)
        if (write(w->descriptor, w->bytes + i, 1) != 1)
            break;
    close(w->descriptor);
    return NULL;
}

static table_frame *table_of_pipe(const void *bytes, size_t n)
{
    int ends[2];
    pthread_t thread;
    assert_int_equal(pipe(ends), 0);
    writer w = {ends[1], bytes, n};
    assert_int_equal(pthread_create(&thread, NULL, write_slowly, &w), 0);
    table_frame *frame = NULL;
    table_error error;
    if (table_read_descriptor(&frame, ends[0], "pipe", NULL, &error) != LSTM_OK)
        fail_msg("refused: %s", error.message);
    pthread_join(thread, NULL);
    close(ends[0]);
    return frame;
}

static void pipes_are_read(void **state)
{
    (void)state;
    table_frame *frame = table_of_pipe(text, sizeof text - 1);
    assert_values(frame, 2, 2, values);
    table_free(frame);
    unsigned char packed[200];
    size_t n = compress_to(packed, sizeof packed, text, sizeof text - 1);
    frame = table_of_pipe(packed, n);
    assert_values(frame, 2, 2, values);
    assert_true(frame->form.gzip);
    table_free(frame);
}

static void standard_input_has_the_name_of_a_dash(void **state)
{
    (void)state;
    int kept = dup(0);
    const char *path = scratch_write("in.csv", text, sizeof text - 1);
    assert_non_null(freopen(path, "r", stdin));
    table_frame *frame = table_of_file("-");
    assert_values(frame, 2, 2, values);
    table_free(frame);
    assert_int_equal(dup2(kept, 0), 0);
    close(kept);
}

static void gzip_is_read_also_in_several_members(void **state)
{
    (void)state;
    unsigned char packed[400];
    size_t n = compress_to(packed, sizeof packed, text, 6);
    n += compress_to(packed + n, sizeof packed - n, text + 6, sizeof text - 7);
    table_frame *frame = table_of_bytes(packed, n, NULL);
    assert_values(frame, 2, 2, values);
    assert_remark(frame, TABLE_FORMAT, "gzip");
    table_free(frame);
    frame = table_of_file(scratch_write("a.csv.gz", packed, n));
    assert_values(frame, 2, 2, values);
    table_free(frame);
}

static void damaged_gzip_is_refused(void **state)
{
    (void)state;
    unsigned char packed[200];
    size_t n = compress_to(packed, sizeof packed, text, sizeof text - 1);
    for (size_t cut = 2; cut < n; cut++)
        refused_bytes(packed, cut, NULL, LSTM_E_TRUNC, 0, 0, "truncated");
    memcpy(packed + n, "xy", 2);
    refused_bytes(packed, n + 2, NULL, LSTM_E_FORMAT, 0, 0, "damaged");
    packed[n - 6] ^= 1; /* of the checksum */
    refused_bytes(packed, n, NULL, LSTM_E_FORMAT, 0, 0, "damaged");
}

/* 64 MiB of text in 64 KiB. */
static void a_bomb_is_refused_at_the_limit(void **state)
{
    (void)state;
    const size_t size = 64 << 20;
    char *bytes = malloc(size);
    unsigned char *packed = malloc(1 << 20);
    assert_true(bytes != NULL && packed != NULL);
    for (size_t i = 0; i < size; i += 2)
        memcpy(bytes + i, "1\n", 2);
    size_t n = compress_to(packed, 1 << 20, bytes, size);
    assert_true(n < 200000);
    refused_bytes(packed, n, &(table_options){.max_bytes = 1 << 22}, LSTM_E_LIMIT, 0, 0,
                  "more than 4194304 bytes");
    memset(bytes, 0, size);
    n = compress_to(packed, 1 << 20, bytes, size);
    refused_bytes(packed, n, NULL, LSTM_E_FORMAT, 1, 0, "byte 0");
    free(bytes);
    free(packed);
}

enum { LONG = 1 << 20 };

/* A table that is read in several calls. */
static const char *write_long_table(void)
{
    static char bytes[LONG];
    for (size_t i = 0; i < LONG; i += 8)
        memcpy(bytes + i, "1234567\n", 8);
    return scratch_write("long.csv", bytes, LONG);
}

static void shrink(void)
{
    assert_int_equal(truncate(scratch("long.csv"), LONG / 2), 0);
}

static void grow(void)
{
    FILE *file = fopen(scratch("long.csv"), "ab");
    assert_non_null(file);
    fputs("7\n7", file);
    fclose(file);
}

static void a_file_that_shrinks_is_truncated(void **state)
{
    (void)state;
    const char *path = write_long_table();
    n_read = 0;
    before_second_read = shrink;
    file_refused(path, LSTM_E_TRUNC, "became shorter while it was read: 524288 of 1048576 bytes");
    before_second_read = NULL;
}

static void a_file_that_grows_is_read_as_it_was(void **state)
{
    (void)state;
    const char *path = write_long_table();
    n_read = 0;
    before_second_read = grow;
    table_frame *frame = table_of_file(path);
    assert_true(n_read > 2);
    before_second_read = NULL;
    assert_int_equal(frame->n_row, LONG / 8);
    table_free(frame);
}

static void failing_reads_are_errors_and_interrupted_ones_are_repeated(void **state)
{
    (void)state;
    const char *path = scratch_write("a.csv", text, sizeof text - 1);
    failure = EIO;
    file_refused(path, LSTM_E_IO, "cannot be read: Input/output error");
    failure = EINTR;
    n_read = 0;
    table_frame *frame = table_of_file(path);
    failure = 0;
    assert_values(frame, 2, 2, values);
    table_free(frame);
}

static void a_closed_descriptor_cannot_be_read(void **state)
{
    (void)state;
    table_frame *frame = NULL;
    table_error error;
    assert_int_equal(table_read_descriptor(&frame, 1000, "closed", NULL, &error), LSTM_E_IO);
    assert_string_equal(error.message, "closed: cannot be read: Bad file descriptor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read),
        cmocka_unit_test(what_is_no_file_is_refused_at_once),
        cmocka_unit_test(a_pipe_without_a_writer_is_empty),
        cmocka_unit_test(pipes_are_read),
        cmocka_unit_test(standard_input_has_the_name_of_a_dash),
        cmocka_unit_test(gzip_is_read_also_in_several_members),
        cmocka_unit_test(damaged_gzip_is_refused),
        cmocka_unit_test(a_bomb_is_refused_at_the_limit),
        cmocka_unit_test(a_file_that_shrinks_is_truncated),
        cmocka_unit_test(a_file_that_grows_is_read_as_it_was),
        cmocka_unit_test(failing_reads_are_errors_and_interrupted_ones_are_repeated),
        cmocka_unit_test(a_closed_descriptor_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
