/* SPDX-License-Identifier: MIT */
/*
 * The catalogue of malformed files, tests/malformed/README.md. Numbers are those of its rows.
 */
#include "failing_allocator.h"
#include "failing_io.h"
#include "model_of.h"
#include "spoil.h"

#include <errno.h>
#include <fcntl.h>
#include <lstmts/lstmts.h>
#include <sys/socket.h>
#include <sys/un.h>

/* D 2, K 2, H 3, L 1: input.weight has 24 bytes, input.bias 12 from there. */
static failing_allocator memory;

static int make_model(void **fixture)
{
    lstm_model *model = model_of(2, 2, 3, 1, 5);
    scratch_clean(fixture);
    assert_ok(lstm_model_save(model, scratch("model")));
    lstm_model_free(model);
    failing_allocator_install(&memory);
    alarm(60); /* a call that hangs fails the test */
    return 0;
}

static int check_memory(void **fixture)
{
    (void)fixture;
    failing_allocator_remove(&memory);
    return 0;
}

static void refuse(int row, const char *path, lstm_status wanted, const char *part)
{
    struct stat info;
    lstm_model *model = NULL;
    atomic_store(&memory.peak, 0);
    lstm_status status = lstm_model_load(&model, path);
    if (status != wanted || strstr(lstm_last_error(), part) == NULL || model != NULL)
        fail_msg("row %d: %s: %s, wanted %s with \"%s\"", row, lstm_status_name(status),
                 lstm_last_error(), lstm_status_name(wanted), part);
    int64_t size = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? (int64_t)info.st_size : 0;
    assert_true(atomic_load(&memory.peak) <= size + (1 << 20));
    assert_int_equal(atomic_load(&memory.live), 0);
}

static void accept_it(const char *path)
{
    lstm_model *model;
    assert_ok(lstm_model_load(&model, path));
    lstm_model_free(model);
}

#define BIAS_SHAPE   "\"input.bias\":{\"dtype\":\"F32\",\"shape\":[3]"
#define SHAPE(shape) BIAS_SHAPE, "\"input.bias\":{\"dtype\":\"F32\",\"shape\":" shape
#define VERSION(v)   "\"format_version\":\"2\"", "\"format_version\":\"" v "\""
#define HIDDEN(h)    "\"n_hidden\":\"3\"", "\"n_hidden\":\"" h "\""
#define NAME(name)   "\"input.bias\"", "\"" name "\""

static const struct {
    int row;
    const char *from, *to;
    lstm_status status;
    const char *part;
} wrong_headers[] = {
    {6, VERSION("0"), LSTM_E_VERSION, "format version 0, this release reads versions 1 to 2"},
    {7, VERSION("3"), LSTM_E_VERSION, "format version 3, this release reads versions 1 to 2"},
    {8, VERSION("33554432"), LSTM_E_VERSION, "format version 33554432"},
    {15, SHAPE("[3,1,1,1,1,1,1,1,1]"), LSTM_E_SHAPE, "\"input.bias\": it has 9 dimensions"},
    {16, SHAPE("[0]"), LSTM_E_SHAPE, "\"input.bias\": [0] of F32 are 0 bytes, it has 12"},
    {17, SHAPE("[-3]"), LSTM_E_SHAPE, "\"input.bias\": shape[0]"},
    {18, SHAPE("[65536,65536,65536,65536]"), LSTM_E_SHAPE, "\"input.bias\": shape[3], 65536"},
    {19, SHAPE("[1073741824,2147483647,2]"), LSTM_E_SHAPE, "\"input.bias\": shape[2], 2"},
    {20, SHAPE("[2147483648]"), LSTM_E_LIMIT, "\"input.bias\": shape[0] is 2147483648"},
    {21, SHAPE("[4]"), LSTM_E_SHAPE, "\"input.bias\": [4] of F32 are 16 bytes, it has 12"},
    {22, SHAPE("[1,3]"), LSTM_E_SHAPE, "input.bias is [1, 3], expected [3] by the model's sizes"},
    {22, HIDDEN("4"), LSTM_E_SHAPE, "input.bias is [3], expected [4] by the model's sizes"},
    {23, "\"F32\"", "\"F31\"", LSTM_E_DTYPE, "\"input.weight\": unknown dtype \"F31\""},
    {23, "\"F32\"", "-1", LSTM_E_DTYPE, "\"input.weight\": its dtype is not a string"},
    {23, "\"F32\"", "\"I32\"", LSTM_E_DTYPE, "input.weight has elements of type I32, not F32"},
    {24, "[396,404]", "[100396,100404]", LSTM_E_FORMAT, "\"output.bias\": it begins at 100396"},
    {25, "[24,36]", "[36,24]", LSTM_E_FORMAT, "\"input.bias\": data_offsets are [36, 24]"},
    {25, "[24,36]", "[24,18446744073709551640]", LSTM_E_FORMAT, "too big integer"},
    {26, "[24,36]", "[20,32]", LSTM_E_FORMAT, "\"input.bias\": it begins at 20, an overlap"},
    {27, "[24,36]", "[25,37]", LSTM_E_FORMAT, "\"input.bias\": it begins at 25, after a hole"},
    {29, NAME("z\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[24,24]},\"input.bias"),
     LSTM_E_FORMAT, "has the tensor \"z\", which no model has"},
    {31, NAME("input.weight"), LSTM_E_FORMAT, "duplicate object key near '\"input.weight\"'"},
    {31, "\"kind\"", "\"format\"", LSTM_E_FORMAT, "duplicate object key near '\"format\"'"},
    {32, NAME(""), LSTM_E_FORMAT, "a name must not be empty"},
    {32, NAME("input\\u0000bias"), LSTM_E_FORMAT, "NUL byte in object key"},
    {32, NAME("input.\xFF"), LSTM_E_FORMAT, "0xff"},
    {32, NAME("input.\xC0\xAF"), LSTM_E_FORMAT, "0xc0"},
    {32, NAME("\\u001b[2J\\u009b"), LSTM_E_FORMAT, "has the tensor \"?[2J??\""},
    {33, NAME("input.bios"), LSTM_E_FORMAT, "has the tensor \"input.bios\""},
    {33, "\"n_layer\":\"1\"", "\"n_layer\":\"2\"", LSTM_E_NAME, "no tensor lstm.1.weight_x"},
    {41, HIDDEN("2147483648"), LSTM_E_LIMIT, "2147483648"},
    {41, HIDDEN("0"), LSTM_E_LIMIT, "n_hidden is 0"},
    {41, HIDDEN("-1"), LSTM_E_LIMIT, "n_hidden is -1"},
    {44, "\"n_layer\":\"1\"}", "\"n_layer\":\"1}", LSTM_E_FORMAT, "header, byte"},
    {46, NAME("../input.bias"), LSTM_E_FORMAT, "has the tensor \"../input.bias\""},
    {46, NAME("/input.bias"), LSTM_E_FORMAT, "has the tensor \"/input.bias\""},
};

static void a_header_with_one_thing_wrong_is_refused(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof wrong_headers / sizeof wrong_headers[0]; i++)
        refuse(wrong_headers[i].row, spoil("model", wrong_headers[i].from, wrong_headers[i].to),
               wrong_headers[i].status, wrong_headers[i].part);
}

static void a_header_that_is_only_unusual_is_read(void **fixture)
{
    (void)fixture;
    accept_it(spoil("model", "\"kind\"", "\"optional flag\":\"x\",\"kind\"")); /* 9 */
    for (int i = 0; i < 8; i++) {                                              /* 30 */
        static const char blanks[] = "        ";
        char kind[32];
        snprintf(kind, sizeof kind, "%s\"kind\"", blanks + i);
        accept_it(spoil("model", "\"kind\"", kind));
    }
}

static void a_header_of_any_depth_and_a_name_of_any_length_are_refused(void **fixture)
{
    (void)fixture;
    enum { DEEP = 100000 };
    static char text[DEEP + 40];
    strcpy(text, "\"x\":");
    memset(text + 4, '[', DEEP);
    strcpy(text + 4 + DEEP, "0,\"input.bias\"");
    refuse(43, spoil("model", "\"input.bias\"", text), LSTM_E_LIMIT, "depth");
    memset(text, 'y', DEEP);
    text[0] = '"';
    strcpy(text + DEEP, "\"");
    refuse(32, spoil("model", "\"input.bias\"", text), LSTM_E_FORMAT, "has the tensor \"yyyy");
}

static void a_cut_file_is_truncated(void **fixture)
{
    (void)fixture;
    size_t size;
    unsigned char *bytes = scratch_read("model", &size);
    for (size_t cut = 0; cut < size; cut++) /* 1 and 2 */
        refuse(2, scratch_write("cut", bytes, cut), LSTM_E_TRUNC, scratch("cut"));
    free(bytes);
}

static void another_format_is_named(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *bytes, *name;
    } others[] = {{"PK\3\4\x14\0\x08\x08more", "looks like a zip archive"},
                  {"\x80\4\x95\x10\0\0\0\0}more", "looks like a Python pickle"},
                  {"time,value\r\n", "looks like text"},
                  {"\x93NUMPY\1\0more", "looks like a NumPy array"},
                  {"\x1f\x8b\x08\0\0\0\0\0\0\3re", "looks like a gzip archive"}, /* no time stamp */
                  {"\t\n\r ~!a\x7f more", "header's length is"},
                  {"\t\n\r ~!ab more", "looks like text"},
                  {"a\x01"
                   "cdefgh more",
                   "header's length is"},
                  {"\x80\1\x95\x10\0\0\0\0}more", "header's length is"},
                  {"\x80\6\x95\x10\0\0\0\0}more", "header's length is"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        refuse(3, scratch_write("other", others[i].bytes, 12),
               others[i].name[0] == 'l' ? LSTM_E_FORMAT : LSTM_E_LIMIT, others[i].name);
    size_t size;
    unsigned char *bytes = scratch_read("model", &size), *marked = malloc(size + 3);
    assert_non_null(marked);
    memcpy(marked, "\xEF\xBB\xBF", 3);
    memcpy(marked + 3, bytes, size);
    refuse(5, scratch_write("other", marked, size + 3), LSTM_E_FORMAT, "looks like text");
    free(marked);
    free(bytes);
}

/* The format has no magic number that would detect this; the checksum does. */
static void a_file_mangled_as_text_is_damaged(void **fixture)
{
    (void)fixture;
    size_t size, n = 0;
    unsigned char *bytes = scratch_read("model", &size), *mangled = malloc(2 * size);
    assert_non_null(mangled);
    bytes[size - 9] = '\n';
    seal(bytes, size);
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n')
            mangled[n++] = '\r';
        mangled[n++] = bytes[i];
    }
    assert_true(n > size);
    refuse(4, scratch_write("crlf", mangled, n), LSTM_E_CHECKSUM, "is damaged");
    for (size_t i = 8; i < size; i++)
        bytes[i] &= 0x7F;
    refuse(4, scratch_write("7bit", bytes, size), LSTM_E_CHECKSUM, "is damaged");
    free(mangled);
    free(bytes);
}

static void a_wrong_header_length_is_refused(void **fixture)
{
    (void)fixture;
    size_t size;
    unsigned char *bytes = scratch_read("model", &size);
    const struct {
        int row;
        uint64_t length;
        lstm_status status;
        const char *part;
    } cases[] = {
        {10, size - 7, LSTM_E_TRUNC, "the header ends at"},
        {11, (8 << 20) + 1, LSTM_E_LIMIT, "the header's length is 8388609, the limit is 8388608"},
        {12, UINT64_C(1) << 63, LSTM_E_LIMIT, "9223372036854775808"},
        {12, UINT64_MAX, LSTM_E_LIMIT, "18446744073709551615"},
        {8, UINT64_C(0x2003) << 48, LSTM_E_LIMIT, "in the order of a big-endian host"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int b = 0; b < 8; b++)
            bytes[b] = (unsigned char)(cases[i].length >> 8 * b);
        seal(bytes, size);
        refuse(cases[i].row, scratch_write("a", bytes, size), cases[i].status, cases[i].part);
    }
    free(bytes);
}

static void data_that_are_wrong_are_refused(void **fixture)
{
    (void)fixture;
    size_t size;
    unsigned char *bytes = scratch_read("model", &size), *longer = malloc(size + 22);
    assert_non_null(longer);
    memcpy(longer, bytes, size);
    memcpy(longer + size, "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    seal(longer, size + 22);
    refuse(28, scratch_write("a", longer, size + 22), LSTM_E_FORMAT,
           "has 22 bytes after its last tensor");
    const float inf = -INFINITY, denormal = 1e-41f, nan = NAN;
    memcpy(bytes + size - 4, &denormal, 4);
    refuse(35, scratch_write("a", bytes, size), LSTM_E_CHECKSUM, "is damaged"); /* 34 too */
    seal(bytes, size);
    accept_it(scratch_write("a", bytes, size)); /* 37 */
    memcpy(bytes + size - 4, &inf, 4);
    seal(bytes, size);
    refuse(36, scratch_write("a", bytes, size), LSTM_E_NUMERIC, "element 1 of output.bias is -inf");
    memcpy(bytes + size - 8, &nan, 4);
    seal(bytes, size);
    refuse(36, scratch_write("a", bytes, size), LSTM_E_NUMERIC, "element 0 of output.bias is ");
    free(longer);
    free(bytes);
}

static void what_is_no_readable_file_is_refused_at_once(void **fixture)
{
    (void)fixture;
    static char long_path[6000];
    memset(long_path, 'x', sizeof long_path - 1);
    refuse(68, scratch_folder, LSTM_E_IO, "is a folder");
    refuse(68, "/dev/zero", LSTM_E_IO, "is a device");
    assert_int_equal(mkfifo(scratch("pipe"), 0666), 0);
    refuse(68, scratch("pipe"), LSTM_E_IO, "is a pipe");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", scratch("socket"));
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    refuse(68, scratch("socket"), LSTM_E_IO, "cannot open");
    close(listener);
    assert_int_equal(symlink("none", scratch("dangling")), 0);
    refuse(69, scratch("dangling"), LSTM_E_IO, "No such file");
    assert_int_equal(symlink("loop", scratch("loop")), 0);
    refuse(69, scratch("loop"), LSTM_E_IO, "symbolic links");
    refuse(69, long_path, LSTM_E_IO, "File name too long");
    assert_int_equal(chmod(scratch("model"), 0), 0);
    if (geteuid() == 0)
        assert_int_equal(seteuid(65534), 0);
    lstm_model *model = NULL;
    lstm_status status = lstm_model_load(&model, scratch("model"));
    if (getuid() == 0)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(status, LSTM_E_IO);
    assert_non_null(strstr(lstm_last_error(), "Permission denied"));
}

static off_t size_after_open;

static ssize_t read_after_resizing(int descriptor, void *bytes, size_t size, off_t offset)
{
    assert_int_equal(truncate(scratch("model"), size_after_open), 0);
    return lts_io_system.read_at(descriptor, bytes, size, offset);
}

static void a_file_that_changes_its_size_while_it_is_read_is_none_or_what_it_was(void **fixture)
{
    (void)fixture;
    struct stat info;
    assert_int_equal(stat(scratch("model"), &info), 0);
    failing_io *io = failing_io_install();
    io->table.open = lts_io_system.open;
    io->table.close = lts_io_system.close;
    io->table.read_at = read_after_resizing;
    size_after_open = info.st_size + 5000;
    accept_it(scratch("model"));
    assert_int_equal(truncate(scratch("model"), info.st_size), 0);
    size_after_open = 100;
    lstm_model *model = NULL;
    assert_status(lstm_model_load(&model, scratch("model")), LSTM_E_TRUNC, "shrank from");
    assert_null(model);
    failing_io_remove();
}

/* Row 71, an attacker who guesses the temporary file's name: it is a link when it is created. */
static int open_behind_a_link(int folder, const char *name, int flags, mode_t mode)
{
    static int done;
    if ((flags & O_EXCL) != 0 && done++ == 0)
        assert_int_equal(symlinkat("victim", folder, name), 0);
    return lts_io_system.open(folder, name, flags, mode);
}

static void a_link_is_never_written_through(void **fixture)
{
    (void)fixture;
    lstm_model *model;
    scratch_write("victim", "old", 3);
    assert_int_equal(symlink("victim", scratch("link")), 0);
    failing_io *io = failing_io_install();
    io->table.open = open_behind_a_link;
    io->table.close = lts_io_system.close;
    io->table.duplicate = lts_io_system.duplicate;
    io->table.close_folder = lts_io_system.close_folder;
    assert_ok(lstm_model_load(&model, scratch("model")));
    assert_ok(lstm_model_save(model, scratch("target")));
    assert_status(lstm_model_save(model, scratch("link")), LSTM_E_IO, "is a symbolic link");
    lstm_model_free(model);
    failing_io_remove();
    scratch_holds("victim", "old", 3);
    accept_it(scratch("target"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_model, check_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_header_with_one_thing_wrong_is_refused),
        TEST(a_header_that_is_only_unusual_is_read),
        TEST(a_header_of_any_depth_and_a_name_of_any_length_are_refused),
        TEST(a_cut_file_is_truncated),
        TEST(another_format_is_named),
        TEST(a_file_mangled_as_text_is_damaged),
        TEST(a_wrong_header_length_is_refused),
        TEST(data_that_are_wrong_are_refused),
        TEST(what_is_no_readable_file_is_refused_at_once),
        TEST(a_file_that_changes_its_size_while_it_is_read_is_none_or_what_it_was),
        TEST(a_link_is_never_written_through),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
