// SPDX-License-Identifier: MIT
//
// lstmts.hpp, used as a C++ program would. A plain program: CMocka leaves a test by longjmp, past
// destructors. Each test runs on an allocator that counts, and must give back every block.
#include <lstmts/lstmts.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <type_traits>

/** So many of the next allocations of C++, not of the library, are refused. */
static long to_refuse = 0;

// Not inlined: a compiler that sees free() but not this malloc() takes them for mismatched.

void *operator new(std::size_t size)
{
    if (to_refuse > 0 && to_refuse-- > 0)
        throw std::bad_alloc();
    if (void *block = std::malloc(size > 0 ? size : 1))
        return block;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void *block) noexcept
{
    std::free(block);
}
[[gnu::noinline]] void operator delete(void *block, std::size_t) noexcept
{
    std::free(block);
}

namespace
{

struct failed_check : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void check_at(bool right, const std::string &what, int line)
{
    if (!right)
        throw failed_check("line " + std::to_string(line) + ": " + what);
}
#define CHECK(condition) check_at((condition), #condition, __LINE__)

/** The call must throw lstmts::error with this status and `part` in what(). */
template <class Call>
void check_throws(lstm_status status, const std::string &part, int line, Call call)
{
    try {
        call();
    } catch (const lstmts::error &error) {
        const std::string what = error.what();
        check_at(error.status() == status, "status of: " + what, line);
        check_at(what.find(lstm_status_name(status)) == 0, "status name in: " + what, line);
        check_at(what.find(part) != std::string::npos, part + " in: " + what, line);
        return;
    }
    check_at(false, "nothing was thrown", line);
}
#define CHECK_THROWS(status, part, call) check_throws(status, part, __LINE__, [&] { call; })

long live_blocks = 0;

void *allocate(std::size_t size, void *)
{
    live_blocks++;
    return std::malloc(size);
}

void release(void *block, void *)
{
    live_blocks--;
    std::free(block);
}

std::vector<lstm_real> sine_rows(int n_row)
{
    std::vector<lstm_real> rows;
    for (int i = 0; i < n_row; i++) {
        rows.push_back(static_cast<lstm_real>(0.8 * std::sin(0.25 * i)));
        rows.push_back(static_cast<lstm_real>(0.8 * std::cos(0.125 * i)));
    }
    return rows;
}

lstm_model_options model_options(std::int64_t n_hidden = 5)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = 2;
    options.n_hidden = n_hidden;
    options.seed = 7;
    return options;
}

lstm_iter_options iter_options(std::int64_t order = LSTM_ORDER_RANDOM)
{
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.window_len = 6;
    options.batch_size = 4;
    options.order = order;
    options.seed = 3;
    return options;
}

lstm_trainer_options trainer_options(std::int64_t max_iteration)
{
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = max_iteration;
    return options;
}

/** What most tests need, in the order in which one makes it. */
struct training {
    lstmts::series series;
    lstmts::model model;
    lstmts::iter iter;
    lstmts::updater updater;

    explicit training(lstmts::sampler_function sampler = {},
                      lstm_iter_options options = iter_options())
        : series(sine_rows(40), 2), model(model_options()),
          iter(series, options, std::move(sampler)), updater(model, iter)
    {
    }
};

template <class T>
constexpr bool moves_only =
    std::is_nothrow_move_constructible_v<T> &&std::is_nothrow_move_assignable_v<T> &&
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(moves_only<lstmts::series> && moves_only<lstmts::model> &&
              moves_only<lstmts::state> && moves_only<lstmts::iter> &&
              moves_only<lstmts::updater> && moves_only<lstmts::trainer>);
static_assert(std::is_base_of_v<std::runtime_error, lstmts::error>);

/** Whether a T can be made from such arguments; a temporary is written as its type alone. */
template <class T, class... Arguments>
constexpr bool made_from = std::is_constructible_v<T, Arguments...>;
static_assert(made_from<lstmts::state, lstmts::model &> &&
              made_from<lstmts::state, const lstmts::model &, std::int64_t> &&
              !made_from<lstmts::state, lstmts::model> &&
              !made_from<lstmts::state, const lstmts::model> &&
              !made_from<lstmts::state, lstmts::model, std::int64_t>);
static_assert(
    made_from<lstmts::iter, const lstmts::series &, lstm_iter_options> &&
    !made_from<lstmts::iter, lstmts::series, lstm_iter_options> &&
    !made_from<lstmts::iter, const lstmts::series, lstm_iter_options> &&
    !made_from<lstmts::iter, lstmts::series, lstm_iter_options, lstmts::sampler_function>);
static_assert(made_from<lstmts::updater, lstmts::model &, lstmts::iter &> &&
              !made_from<lstmts::updater, lstmts::model, lstmts::iter &> &&
              !made_from<lstmts::updater, lstmts::model &, lstmts::iter>);
static_assert(made_from<lstmts::trainer, lstmts::updater &, lstm_trainer_options> &&
              !made_from<lstmts::trainer, lstmts::updater, lstm_trainer_options>);

void a_training_gives_the_bits_that_c_gives()
{
    training cpp;
    lstm_model *model = nullptr;
    lstm_iter *iter = nullptr;
    lstm_updater *updater = nullptr;
    const lstm_model_options sizes = model_options();
    const lstm_iter_options windows = iter_options();
    CHECK(lstm_model_new(&model, &sizes) == LSTM_OK);
    CHECK(lstm_iter_new(&iter, cpp.series.get(), &windows) == LSTM_OK);
    CHECK(lstm_updater_new(&updater, model, iter, nullptr) == LSTM_OK);
    for (int i = 0; i < 20; i++) {
        CHECK(cpp.updater.update());
        CHECK(lstm_updater_update(updater) == LSTM_OK);
    }
    std::vector<lstm_real> bias(20);
    CHECK(lstm_model_get(model, "lstm.0.bias", bias.data(), 20) == LSTM_OK);
    CHECK(cpp.model.values("lstm.0.bias") == bias);
    CHECK(cpp.updater.info().iteration == 20);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
}

void failures_throw_the_status_and_the_sentence()
{
    training t;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_hidden is -3", lstmts::model(model_options(-3)));
    CHECK_THROWS(LSTM_E_SHAPE, "0 values", lstmts::series(std::vector<lstm_real>(), 2));
    CHECK_THROWS(LSTM_E_SHAPE, "5 values", lstmts::series(std::vector<lstm_real>(5), 2));
    CHECK_THROWS(LSTM_E_SHAPE, "0 columns", lstmts::series(std::vector<lstm_real>(5), 0));
    CHECK_THROWS(LSTM_E_NUMERIC, "row 1, column 0",
                 lstmts::series::from_double({1, 2, std::nan(""), 4}, 2));
    CHECK_THROWS(LSTM_E_SHAPE, "41", t.series.slice(0, 41));
    CHECK_THROWS(LSTM_E_ARGUMENT, "9", t.series.set_role(9, LSTM_ROLE_INPUT));
    CHECK_THROWS(LSTM_E_IO, "no/such", lstmts::model::load("no/such"));
    CHECK_THROWS(LSTM_E_NAME, "bios", t.model.values("input.bios"));
    CHECK_THROWS(LSTM_E_NAME, "bios", t.updater.moment("m", "input.bios"));
    CHECK_THROWS(LSTM_E_NAME, "vhat", t.updater.moment("vhat", "input.bias"));
    CHECK_THROWS(LSTM_E_SHAPE, "3", t.model.set_values("input.bias", {1, 2, 3}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "-2", lstmts::state(t.model, -2));
    CHECK_THROWS(LSTM_E_ORDER, "", t.updater.info());
    CHECK_THROWS(LSTM_E_ORDER, "", t.updater.apply());
    CHECK_THROWS(LSTM_E_ORDER, "", t.iter.offsets());
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_step is 0", lstmts::pred(t.model, t.series, pred));
    pred.n_step = -5;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_step is -5", lstmts::pred(t.model, t.series, pred));
    pred.n_step = INT64_MAX;
    CHECK_THROWS(LSTM_E_LIMIT, "9223372036854775807", lstmts::pred(t.model, t.series, pred));
    valid.window_len = INT64_MAX;
    CHECK_THROWS(LSTM_E_SHAPE, "9223372036854775807", lstmts::valid(t.model, t.series, valid));
    CHECK_THROWS(LSTM_E_ARGUMENT, "max_iteration", lstmts::trainer(t.updater, trainer_options(0)));
}

void what_was_moved_from_is_empty_and_refuses()
{
    training t;
    lstmts::state state(t.model);
    lstmts::trainer trainer(t.updater, trainer_options(1));
    const lstmts::series series_now = std::move(t.series);
    const lstmts::model model_now = std::move(t.model);
    lstmts::iter iter_now = std::move(t.iter);
    lstmts::updater updater_now = std::move(t.updater);
    const lstmts::state state_now = std::move(state);
    const lstmts::trainer trainer_now = std::move(trainer);
    CHECK(series_now.rows() == 40 && t.series.get() == nullptr && t.series.rows() == 0);
    CHECK(model_now.hidden() == 5 && t.model.get() == nullptr && t.model.hidden() == 0);
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.series.slice(0, 1));
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.model.clone());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", state.step({1, 2}));
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.iter.next());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", t.updater.update());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", trainer.run());
    CHECK_THROWS(LSTM_E_ARGUMENT, "NULL", lstmts::updater(t.model, iter_now));
    trainer.stop();
    CHECK(updater_now.update()); // its series, model and iterator have moved
    CHECK(iter_now.iteration() == 1);
}

void assigning_frees_what_was_held()
{
    lstmts::model model(model_options());
    const long one = live_blocks;
    model = lstmts::model(model_options(9));
    CHECK(live_blocks == one && model.hidden() == 9);
    lstmts::series series(sine_rows(4), 2);
    series = series.slice(1, 2);
    CHECK(series.rows() == 2);
}

/** A program's own struct, which knows nothing of the order in which its members are freed. */
struct application {
    lstmts::series series;
    lstmts::model model;
    lstmts::iter iter;
    lstmts::updater updater;
    lstmts::trainer trainer;
    lstmts::state state;

    explicit application(std::int64_t n_hidden)
        : series(sine_rows(40), 2), model(model_options(n_hidden)), iter(series, iter_options()),
          updater(model, iter), trainer(updater, trainer_options(3)), state(model)
    {
        state.step({1, 2});
    }
};

void whole_structs_of_members_move_and_are_assigned()
{
    application now(5), next(9);
    const std::vector<lstm_real> expected = next.state.values();
    now = std::move(next); // member by member: the old series goes first, the old state last
    CHECK(now.model.hidden() == 9 && now.state.values() == expected);
    CHECK(now.trainer.run() == LSTM_OK && now.iter.iteration() == 3);
    now.state.reset();
    CHECK(now.state.step({1, 2}).size() == 2);
    next = application(7);
    std::swap(now, next);
    CHECK(now.model.hidden() == 7 && next.model.hidden() == 9);
    CHECK(now.trainer.run() == LSTM_OK && next.trainer.progress().iteration == 3);
}

void no_room_for_a_result_throws_as_every_failure_does()
{
    training t;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    pred.n_step = std::int64_t{1} << 61; // more values than a vector may have
    CHECK_THROWS(LSTM_E_LIMIT, "2305843009213693952 x 2", lstmts::pred(t.model, t.series, pred));
    pred.n_step = 4;
    const auto refused = [](const std::function<void()> &call) {
        to_refuse = 1;
        call();
    };
    CHECK_THROWS(LSTM_E_NOMEM, "4 x 2", refused([&] { lstmts::pred(t.model, t.series, pred); }));
    CHECK_THROWS(LSTM_E_NOMEM, "20 x 1", refused([&] { t.model.values("lstm.0.bias"); }));
    CHECK_THROWS(LSTM_E_NOMEM, "6 x 1", refused([&] { t.updater.step_losses(); }));
    CHECK_THROWS(LSTM_E_NOMEM, "callbacks",
                 refused([&] { lstmts::iter(t.series, iter_options()); }));
    CHECK_THROWS(LSTM_E_NOMEM, "callbacks",
                 refused([&] { lstmts::trainer(t.updater, trainer_options(1)); }));
    CHECK(to_refuse == 0 && lstmts::pred(t.model, t.series, pred).size() == 8);
}

void a_series_has_its_rows_roles_and_slices()
{
    const std::vector<lstm_real> rows = sine_rows(10);
    lstmts::series series(rows, 2);
    series.set_role(1, LSTM_ROLE_INPUT);
    CHECK(series.columns() == 2 && series.inputs() == 2 && series.targets() == 1);
    const lstmts::series slice = series.slice(3, 4);
    CHECK(slice.rows() == 4 && slice.targets() == 1 && slice.data()[0] == rows[6]);
    const lstmts::series rounded = lstmts::series::from_double({0.1, 0.2, 0.3, 0.4}, 4);
    CHECK(rounded.rows() == 1 && rounded.data()[2] == static_cast<lstm_real>(0.3));
}

void a_model_is_read_written_cloned_and_kept_in_a_file()
{
    lstmts::model model(model_options());
    CHECK(model.inputs() == 2 && model.outputs() == 2 && model.layers() == 1);
    CHECK(model.parameters() == 7 && std::string(model.parameter(6).name) == "output.bias");
    CHECK_THROWS(LSTM_E_ARGUMENT, "7", model.parameter(7));
    const lstmts::model clone = model.clone();
    model.set_values("output.bias", {1, 2});
    CHECK((model.values("output.bias") == std::vector<lstm_real>{1, 2}));
    CHECK((clone.values("output.bias") == std::vector<lstm_real>{0, 0}));
    const std::string path =
        std::filesystem::temp_directory_path() / ("lstmts-hpp-" + std::to_string(std::rand()));
    model.save(path);
    const lstmts::model loaded = lstmts::model::load(path);
    std::filesystem::remove(path);
    for (std::int64_t i = 0; i < model.parameters(); i++) {
        const std::string name = model.parameter(i).name;
        CHECK(loaded.values(name) == model.values(name));
    }
}

/** Changes the first `from` of a file to `to`, which is as long. */
void change(const std::string &path, const std::string &from, const std::string &to)
{
    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const std::size_t at = bytes.find(from);
    CHECK(at != std::string::npos && from.size() == to.size());
    bytes.replace(at, from.size(), to);
    std::ofstream(path, std::ios::binary) << bytes;
}

void a_file_without_a_checksum_is_loaded_if_asked_for()
{
    const lstmts::model model(model_options());
    const std::string path =
        std::filesystem::temp_directory_path() / ("lstmts-hpp-" + std::to_string(std::rand()));
    lstm_load_options unchecked = LSTM_LOAD_OPTIONS_INIT;
    unchecked.unchecked = 1;
    model.save(path);
    change(path, "\"checksum\"", "\"checksun\"");
    change(path, "\"format_version\":\"2\"", "\"format_version\":\"1\"");
    CHECK_THROWS(LSTM_E_CHECKSUM, "only if asked for", lstmts::model::load(path));
    const lstmts::model loaded = lstmts::model::load(path, unchecked);
    CHECK(loaded.values("input.weight") == model.values("input.weight"));
    unchecked.unchecked = 2;
    CHECK_THROWS(LSTM_E_ARGUMENT, "unchecked is 2", lstmts::model::load(path, unchecked));
    std::filesystem::remove(path);
}

void a_state_steps_copies_and_grows_stale()
{
    lstmts::model model(model_options());
    lstmts::state state(model, 2), other(model, 2);
    const std::vector<lstm_real> y = state.step({1, 2, 3, 4});
    CHECK(y.size() == 4 && state.values().size() == 20);
    CHECK_THROWS(LSTM_E_SHAPE, "3 values", state.step({1, 2, 3}));
    CHECK_THROWS(LSTM_E_NUMERIC, "stream 1, column 0", state.step({1, 2, std::nanf(""), 4}));
    other.copy_from(state);
    std::vector<lstm_real> in_place = {5, 6, 7, 8};
    other.step(in_place.data(), in_place.data());
    CHECK(state.step({5, 6, 7, 8}) == in_place);
    const std::vector<lstm_real> present = state.values();
    state.reset();
    CHECK(state.values() == std::vector<lstm_real>(20) && state.step({1, 2, 3, 4}) == y);
    state.set_values(present);
    CHECK(state.values() == present);
    model.set_values("output.bias", {1, 2});
    CHECK_THROWS(LSTM_E_STALE, "", state.step({1, 2, 3, 4}));
}

void an_iterator_gives_its_batches_and_then_zero()
{
    const lstmts::series series(sine_rows(40), 2);
    lstmts::iter iter(series, iter_options(LSTM_ORDER_SEQUENTIAL));
    std::vector<lstm_real> x, target;
    std::int64_t seen = 0, n;
    CHECK(iter.windows() == 34);
    while ((n = iter.next()) > 0) {
        const std::vector<std::int64_t> offsets = iter.offsets();
        iter.read(x, target);
        CHECK(offsets.size() == static_cast<std::size_t>(n) && offsets[0] == seen);
        CHECK(x.size() == static_cast<std::size_t>(6 * n * 2) && target.size() == x.size());
        CHECK(x[0] == series.data()[2 * seen] && target[0] == series.data()[2 * seen + 2]);
        seen += n;
    }
    CHECK(seen == 34 && iter.iteration() == 9 && iter.epoch() == 1);
    const lstm_iter_position end = iter.position();
    iter.reset();
    CHECK(iter.next() == 4 && iter.offsets()[0] == 0);
    iter.set_position(end);
    CHECK(iter.next() == 0);
}

void a_batch_of_another_size_that_an_updater_drew_is_not_read_into_too_small_a_room()
{
    training t({}, iter_options(LSTM_ORDER_SEQUENTIAL));
    std::vector<lstm_real> x, target;
    while (t.iter.next() == 4) {
    }
    t.iter.reset();
    CHECK(t.updater.update()); // 4 windows, while next() gave 2 at last
    CHECK_THROWS(LSTM_E_SHAPE, "4", t.iter.read(x, target));
}

void an_updater_tells_what_it_computed()
{
    training t;
    CHECK(t.updater.backward());
    double sum = 0;
    for (double loss : t.updater.step_losses())
        sum += loss;
    CHECK(t.updater.step_losses().size() == 6);
    CHECK(std::fabs(sum - t.updater.info().loss) < 1e-9);
    CHECK(t.updater.gradient("lstm.0.weight_h").size() == 100);
    CHECK(t.updater.moment("m", "output.bias") == std::vector<lstm_real>(2));
    t.updater.apply();
    CHECK(t.updater.moment("m", "output.bias") != std::vector<lstm_real>(2));
    std::vector<lstm_real> y(8), state(40);
    std::int64_t graded = -5;
    t.updater.output(t.updater.calls() - 1, y.data(), 8, &graded);
    t.updater.state(state.data(), 40);
    CHECK(graded == 5 && y != std::vector<lstm_real>(8) && state != std::vector<lstm_real>(40));
}

void a_sampler_lives_in_the_iterator_also_after_it_moved()
{
    const lstmts::series series(sine_rows(40), 2);
    std::uint64_t asked = 99;
    lstmts::iter made(series, iter_options(),
                      [&asked](std::uint64_t iteration, std::int64_t n_window,
                               std::int64_t *offsets, std::int64_t n_offset) {
                          asked = iteration;
                          for (std::int64_t b = 0; b < n_offset; b++)
                              offsets[b] = n_window - 1 - b;
                          return iteration < 2;
                      });
    lstmts::iter iter = std::move(made);
    CHECK(iter.next() == 4 && asked == 0);
    CHECK((iter.offsets() == std::vector<std::int64_t>{33, 32, 31, 30}));
    CHECK(iter.next() == 4 && iter.next() == 0 && asked == 2 && iter.iteration() == 2);
}

void what_a_sampler_throws_is_thrown_on_by_whoever_drew()
{
    bool angry = true;
    training t([&angry](std::uint64_t, std::int64_t, std::int64_t *offsets, std::int64_t n) {
        if (angry)
            throw std::domain_error("no windows today");
        for (std::int64_t b = 0; b < n; b++)
            offsets[b] = b;
        return true;
    });
    lstmts::trainer trainer(t.updater, trainer_options(5));
    int caught = 0;
    const auto catches = [&caught](const std::function<void()> &call) {
        try {
            call();
        } catch (const std::domain_error &error) {
            caught += std::string(error.what()) == "no windows today";
        }
    };
    catches([&] { t.iter.next(); });
    catches([&] { t.updater.update(); });
    catches([&] { t.updater.backward(); });
    catches([&] { trainer.run(); });
    CHECK(caught == 4 && t.iter.iteration() == 0);
    angry = false;
    CHECK(trainer.run() == LSTM_OK && t.iter.iteration() == 5);
}

void an_iterator_that_cannot_be_made_frees_its_sampler()
{
    const lstmts::series series(sine_rows(4), 2);
    const auto kept = std::make_shared<int>(1);
    const auto sampler = [kept](std::uint64_t, std::int64_t, std::int64_t *, std::int64_t) {
        return *kept == 1;
    };
    CHECK_THROWS(LSTM_E_SHAPE, "6", lstmts::iter(series, iter_options(), sampler));
    CHECK(kept.use_count() == 2); // here, and in `sampler`
}

void a_trainer_reports_stops_and_goes_on()
{
    training t;
    int lines = 0;
    std::uint64_t last = 0;
    lstmts::trainer made(
        t.updater, trainer_options(8),
        [&lines](const char *line) { return line[0] == '{' && ++lines > 0; },
        [&last](const lstm_progress &progress) { return (last = progress.iteration) != 3; });
    lstmts::trainer trainer = std::move(made);
    CHECK(trainer.run() == LSTM_STOPPED && last == 3 && lines == 3);
    CHECK(trainer.run() == LSTM_OK && last == 8 && lines == 8);
    CHECK(trainer.progress().iteration == 8 && trainer.progress().fraction == 1);
    CHECK_THROWS(LSTM_E_ORDER, "", trainer.best());
}

void what_a_callback_of_a_trainer_throws_is_thrown_on_by_run()
{
    training t;
    int failures = 0;
    lstmts::trainer trainer(
        t.updater, trainer_options(4),
        [&failures](const char *) {
            if (failures == 0)
                throw std::length_error("log");
            return true;
        },
        [&failures](const lstm_progress &) {
            if (failures == 1)
                throw 42;
            return true;
        });
    try {
        trainer.run();
    } catch (const std::length_error &) {
        failures++;
    }
    try {
        trainer.run();
    } catch (int number) {
        failures += number == 42;
    }
    CHECK(failures == 2 && trainer.progress().iteration == 2);
    CHECK(trainer.run() == LSTM_OK && trainer.progress().iteration == 4);
}

void a_trainer_resumes_from_its_folder_and_keeps_the_best_model()
{
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("lstmts-hpp-" + std::to_string(std::rand()));
    std::filesystem::create_directory(folder);
    const std::string name = folder.string(), elsewhere = (folder / "elsewhere").string();
    {
        training t, again, third;
        lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
        valid.window_len = 6;
        lstm_trainer_options options = trainer_options(6);
        options.folder = name.c_str();
        options.snapshot.every = options.validate.every = 3;
        options.valid = &valid;
        options.valid_series = t.series.get();
        {
            lstmts::trainer trainer(t.updater, options);
            std::string recovered = "as before";
            CHECK(!trainer.resume(&recovered) && recovered.empty());
            CHECK(trainer.run() == LSTM_OK);
            CHECK(trainer.best().hidden() == 5);
            trainer.save(elsewhere);
            CHECK_THROWS(LSTM_E_LOCKED, name, lstmts::trainer(again.updater, options));
        }
        std::string recovered = "as before";
        {
            lstmts::trainer damaged(again.updater, options);
            CHECK(damaged.resume(&recovered) && recovered.empty());
            change(name + "/snapshot_00000006.safetensors", "\"n_layer\"", "\"n_liars\"");
            CHECK(damaged.resume(&recovered) && damaged.progress().iteration == 3);
            CHECK(recovered.find("resumed from iteration 3, passing over 1") == 0);
            CHECK(damaged.resume());
            change(name + "/snapshot_00000006.safetensors", "\"n_liars\"", "\"n_layer\"");
        }
        lstmts::trainer resumed(again.updater, options);
        options.folder = nullptr;
        options.snapshot.every = 0;
        lstmts::trainer copied(third.updater, options);
        CHECK(resumed.resume());
        copied.resume(elsewhere);
        CHECK(resumed.progress().iteration == 6 && copied.progress().iteration == 6);
        CHECK(again.model.values("lstm.0.weight_x") == t.model.values("lstm.0.weight_x"));
        CHECK(third.model.values("lstm.0.weight_x") == t.model.values("lstm.0.weight_x"));
        CHECK_THROWS(LSTM_E_IO, "nothing", copied.resume(name + "/nothing"));
    }
    std::filesystem::remove_all(folder);
}

void valid_and_pred_give_their_tables()
{
    training t;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    valid.window_len = 7;
    pred.n_step = 50;
    pred.support_len = 9;
    const std::vector<double> rmse = lstmts::valid(t.model, t.series, valid);
    CHECK(rmse.size() == 21 && rmse[20] > 0);
    std::vector<lstm_real> truth;
    const std::vector<lstm_real> y = lstmts::pred(t.model, t.series, pred, &truth);
    CHECK(y.size() == 100 && truth.size() == 100);
    CHECK(truth[76] == t.series.data()[78] && truth[78] != truth[78]); // step 39 has no truth
    CHECK(lstmts::pred(t.model, t.series, pred) == y);
}

void a_fleet_is_forecast_in_one_call()
{
    const lstmts::model model(model_options());
    std::vector<lstmts::series> fleet;
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    options.n_step = 8;
    options.n_known = 5;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_series is 0", lstmts::forecast(model, fleet, options));
    for (int i = 0; i < 3; i++)
        fleet.emplace_back(sine_rows(6 + i), 2);
    const std::vector<lstm_real> y = lstmts::forecast(model, fleet, options);
    CHECK(y.size() == 3 * 8 * 2);
    lstm_pred_options alone = LSTM_PRED_OPTIONS_INIT;
    alone.n_step = 4 + 8;
    alone.support_len = 4;
    const std::vector<lstm_real> last = lstmts::pred(model, fleet[2].slice(3, 5), alone);
    CHECK(std::equal(y.begin() + 2 * 8 * 2, y.end(), last.begin() + 4 * 2));
    options.n_step = 0;
    CHECK_THROWS(LSTM_E_ARGUMENT, "n_step is 0", lstmts::forecast(model, fleet, options));
    options.n_step = INT64_MAX;
    CHECK_THROWS(LSTM_E_LIMIT, "9223372036854775807", lstmts::forecast(model, fleet, options));
    options.n_step = 8;
    fleet.push_back(std::move(fleet[1]));
    CHECK_THROWS(LSTM_E_ARGUMENT, "series 1 is NULL", lstmts::forecast(model, fleet, options));
}

} // namespace

int main()
{
    const struct {
        const char *name;
        void (*run)();
    } tests[] = {
#define TEST(name) {#name, name}
        TEST(a_training_gives_the_bits_that_c_gives),
        TEST(failures_throw_the_status_and_the_sentence),
        TEST(what_was_moved_from_is_empty_and_refuses),
        TEST(assigning_frees_what_was_held),
        TEST(whole_structs_of_members_move_and_are_assigned),
        TEST(no_room_for_a_result_throws_as_every_failure_does),
        TEST(a_series_has_its_rows_roles_and_slices),
        TEST(a_model_is_read_written_cloned_and_kept_in_a_file),
        TEST(a_file_without_a_checksum_is_loaded_if_asked_for),
        TEST(a_state_steps_copies_and_grows_stale),
        TEST(an_iterator_gives_its_batches_and_then_zero),
        TEST(a_batch_of_another_size_that_an_updater_drew_is_not_read_into_too_small_a_room),
        TEST(an_updater_tells_what_it_computed),
        TEST(a_sampler_lives_in_the_iterator_also_after_it_moved),
        TEST(what_a_sampler_throws_is_thrown_on_by_whoever_drew),
        TEST(an_iterator_that_cannot_be_made_frees_its_sampler),
        TEST(a_trainer_reports_stops_and_goes_on),
        TEST(what_a_callback_of_a_trainer_throws_is_thrown_on_by_run),
        TEST(a_trainer_resumes_from_its_folder_and_keeps_the_best_model),
        TEST(valid_and_pred_give_their_tables),
        TEST(a_fleet_is_forecast_in_one_call),
    };
    const lstm_allocator counting = {allocate, release, nullptr};
    std::srand(static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(&counting) >> 4));
    lstm_set_allocator(&counting);
    int passed = 0, failures = 0;
    for (const auto &test : tests) {
        std::string reason;
        try {
            test.run();
        } catch (const std::exception &error) {
            reason = error.what();
        }
        if (reason.empty() && live_blocks != 0)
            reason = std::to_string(live_blocks) + " blocks were not given back";
        live_blocks = 0;
        if (!reason.empty())
            std::printf("[  FAILED  ] %s\n%s\n", test.name, reason.c_str());
        (reason.empty() ? passed : failures)++;
    }
    std::printf("[  PASSED  ] %d test(s).\n", passed);
    if (failures > 0)
        std::printf("[  FAILED  ] %d test(s), named above.\n", failures);
    return failures == 0 ? 0 : 1;
}
