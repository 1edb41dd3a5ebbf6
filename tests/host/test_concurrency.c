/* SPDX-License-Identifier: MIT */
/*
 * Several threads use one model concurrently, as the headers allow. Only the main thread asserts:
 * CMocka's assertions end a test by longjmp().
 */
#include "assert_status.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

enum { D = 2, K = 2, H = 9, L = 2, THREADS = 4, ROUNDS = 6, ROWS = 60, STEPS = 20, T = 5 };
enum { N_SERIES = 100, VALID_SIZE = T * (K + 1), N_CHANGE = 30, MOST_CHANGES = 30000 };

typedef struct house {
    lstm_model *model;
    lstm_series *series, *fleet[N_SERIES];
} house;

static lstm_series *new_series(int64_t number, int64_t n_row)
{
    lstm_real rows[ROWS * D];
    lstm_series *series = NULL;
    for (int64_t i = 0; i < n_row * D; i++)
        rows[i] = (lstm_real)sin(0.4 * (double)(i / D) + 0.3 * (double)number + (double)(i % D));
    assert_ok(lstm_series_new(&series, rows, n_row, D));
    return series;
}

static int make_house(void **fixture)
{
    static house h;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = D;
    options.n_hidden = H;
    options.n_layer = L;
    options.seed = 3;
    assert_ok(lstm_model_new(&h.model, &options));
    h.series = new_series(0, ROWS);
    for (int64_t i = 0; i < N_SERIES; i++)
        h.fleet[i] = new_series(i, 8 + i % 5);
    *fixture = &h;
    return 0;
}

static int free_house(void **fixture)
{
    house *h = *fixture;
    lstm_model_free(h->model);
    lstm_series_free(h->series);
    for (int64_t i = 0; i < N_SERIES; i++)
        lstm_series_free(h->fleet[i]);
    return 0;
}

/* The results of all kinds of forecasts with a model. */
typedef struct results {
    lstm_real stepped[STEPS][K], pred[STEPS][K], forecast[N_SERIES][STEPS][K];
    double valid[VALID_SIZE];
} results;

static lstm_status step(const house *h, results *r)
{
    lstm_state *state = NULL;
    lstm_status status = lstm_state_new(&state, h->model, 1);
    for (int64_t t = 0; t < STEPS && status == LSTM_OK; t++)
        status = lstm_state_step(state, lstm_series_data(h->series) + t * D, r->stepped[t]);
    lstm_state_free(state);
    return status;
}

static lstm_status validate(const house *h, results *r)
{
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = T;
    return lstm_valid(h->model, h->series, &options, r->valid, VALID_SIZE);
}

static lstm_status predict(const house *h, results *r)
{
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    options.n_step = STEPS;
    options.support_len = 4;
    return lstm_pred(h->model, h->series, &options, r->pred[0], NULL);
}

static lstm_status forecast(const house *h, results *r)
{
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    const lstm_series *fleet[N_SERIES];
    options.n_step = STEPS;
    options.n_threads = 2;
    for (int64_t i = 0; i < N_SERIES; i++)
        fleet[i] = h->fleet[i];
    return lstm_forecast(h->model, fleet, N_SERIES, &options, r->forecast[0][0]);
}

/* One of the threads; each starts with a different call. */
typedef struct forecaster {
    const house *h;
    int first;
    lstm_status status;
    results r;
} forecaster;

static void *forecast_all(void *argument)
{
    static lstm_status (*const calls[])(const house *, results *) = {step, validate, predict,
                                                                     forecast};
    forecaster *f = argument;
    f->status = LSTM_OK;
    for (int i = 0; i < 4 * ROUNDS && f->status == LSTM_OK; i++)
        f->status = calls[(f->first + i) % 4](f->h, &f->r);
    return NULL;
}

static void many_threads_forecast_with_one_model_as_one_would(void **fixture)
{
    static forecaster alone, together[THREADS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) { /* first, so that they pack the parameters concurrently */
        together[i] = (forecaster){.h = *fixture, .first = i};
        assert_int_equal(pthread_create(&threads[i], NULL, forecast_all, &together[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    alone = (forecaster){.h = *fixture};
    forecast_all(&alone);
    assert_ok(alone.status);
    assert_true(alone.r.pred[STEPS - 1][0] != 0 &&
                alone.r.forecast[N_SERIES - 1][STEPS - 1][0] != 0);
    for (int i = 0; i < THREADS; i++) {
        assert_ok(together[i].status);
        assert_memory_equal(&together[i].r, &alone.r, sizeof alone.r);
    }
}

/* A model that changes between uses. Readers of its parameters hold the read lock. */
typedef struct changing {
    lstm_model *model;
    pthread_mutex_t queue; /**< prevents readers from starving the writer */
    pthread_rwlock_t lock;
    bool done; /**< guarded by `lock` */
} changing;

static void lock(changing *c, int (*for_use)(pthread_rwlock_t *))
{
    pthread_mutex_lock(&c->queue);
    for_use(&c->lock);
    pthread_mutex_unlock(&c->queue);
}

typedef struct stepper {
    changing *c;
    atomic_int_least64_t renewed; /**< also read by the writer */
    int64_t wrong;
} stepper;

/* All other parameters are 0, so y is the output's bias; both of its elements are the version. */
static bool step_gives_one_version(lstm_state *state, lstm_status *status)
{
    const lstm_real x[D] = {0};
    lstm_real y[K] = {0};
    *status = lstm_state_step(state, x, y);
    return *status != LSTM_OK || (y[0] == y[1] && y[0] == floor(y[0]));
}

/* Steps until the state is stale, frees it while other threads run, and creates the next. */
static void *step_and_renew(void *argument)
{
    stepper *s = argument;
    lstm_state *state = NULL;
    for (bool done = false; !done;) {
        lstm_status status = LSTM_OK;
        lock(s->c, pthread_rwlock_rdlock);
        done = s->c->done;
        if (state == NULL && lstm_state_new(&state, s->c->model, 1) != LSTM_OK)
            s->wrong++;
        if (!step_gives_one_version(state, &status) || (status < 0 && status != LSTM_E_STALE))
            s->wrong++;
        pthread_rwlock_unlock(&s->c->lock);
        if (status == LSTM_E_STALE) {
            lstm_state_free(state); /* without the lock: freeing reads no parameter */
            state = NULL;
            atomic_fetch_add(&s->renewed, 1);
        }
    }
    lstm_state_free(state);
    return NULL;
}

static void zero_all_parameters(lstm_model *model)
{
    static const lstm_real zeros[4 * H * H] = {0};
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_ok(lstm_model_set(model, info.name, zeros, info.size));
    }
}

static int64_t count_renewed(const stepper *steppers)
{
    int64_t renewed = 0;
    for (int i = 0; i < THREADS; i++)
        renewed += atomic_load(&steppers[i].renewed);
    return renewed;
}

/* Sets a new version and steps on it. Returns the number of calls with a wrong result. */
static int64_t change(changing *c, int64_t version, bool last)
{
    const lstm_real x[D] = {0}, bias[K] = {(lstm_real)version, (lstm_real)version};
    lstm_real y[K] = {0};
    lstm_state *state = NULL;
    lock(c, pthread_rwlock_wrlock);
    int64_t wrong = lstm_model_set(c->model, "output.bias", bias, K) != LSTM_OK;
    wrong += lstm_state_new(&state, c->model, 1) != LSTM_OK;
    wrong += lstm_state_step(state, x, y) != LSTM_OK || y[0] != bias[0] || y[1] != bias[1];
    c->done = last;
    pthread_rwlock_unlock(&c->lock);
    lstm_state_free(state);
    return wrong;
}

static void states_come_and_go_while_the_model_changes_between_steps(void **fixture)
{
    const house *h = *fixture;
    changing c = {0};
    stepper steppers[THREADS] = {0};
    pthread_t threads[THREADS];
    int64_t wrong = 0;
    assert_ok(lstm_model_clone(&c.model, h->model));
    zero_all_parameters(c.model);
    assert_int_equal(pthread_mutex_init(&c.queue, NULL), 0);
    assert_int_equal(pthread_rwlock_init(&c.lock, NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        steppers[i].c = &c;
        assert_int_equal(pthread_create(&threads[i], NULL, step_and_renew, &steppers[i]), 0);
    }
    /* On a busy machine the other threads may not run: repeat until one has noticed a change. */
    bool last = false;
    for (int64_t version = 1; !last; version++) {
        const struct timespec moment = {0, 200000}; /* lets the other threads step */
        nanosleep(&moment, NULL);
        last = version == MOST_CHANGES || (version >= N_CHANGE && count_renewed(steppers) > 0);
        wrong += change(&c, version, last);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        wrong += steppers[i].wrong;
    }
    assert_int_equal(wrong, 0);
    assert_true(count_renewed(steppers) > 0);
    pthread_rwlock_destroy(&c.lock);
    pthread_mutex_destroy(&c.queue);
    lstm_model_free(c.model);
}

/* A service that forecasts while another thread fits a clone. */
enum { SERVED = 40, HORIZON = 3, N_ROW = 60 };

typedef struct service {
    const lstm_forecaster *forecaster;
    const lstm_dataset *data;
    lstm_status status;
    lstm_real predicted[SERVED][HORIZON], streamed[SERVED][HORIZON];
} service;

static void *serve(void *argument)
{
    service *s = argument;
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    options.dataset = s->data;
    s->status = lstm_stream_new(&stream, s->forecaster, &options);
    for (int i = 0; i < SERVED && s->status == LSTM_OK; i++) {
        s->status = lstm_forecaster_predict(s->forecaster, s->data, 0, s->predicted[i]);
        if (s->status == LSTM_OK)
            s->status = lstm_stream_forecast(stream, s->streamed[i]);
    }
    lstm_stream_free(stream);
    return NULL;
}

static lstm_forecaster *new_forecaster(const lstm_dataset *data)
{
    lstm_forecaster *made = NULL;
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    view.context_len = 4;
    options.horizon = HORIZON;
    options.n_network = 2;
    options.n_hidden = options.n_update = options.batch_size = 3;
    options.season_len = LSTM_NO_SEASON;
    options.use = LSTM_USE_MEAN;
    options.view = &view;
    options.n_threads = 2;
    assert_ok(lstm_forecaster_new(&made, &options));
    assert_ok(lstm_forecaster_fit(made, data));
    return made;
}

static void a_clone_is_fitted_while_the_forecaster_forecasts(void **fixture)
{
    (void)fixture;
    static service services[THREADS];
    pthread_t threads[THREADS];
    lstm_real rows[N_ROW];
    lstm_dataset *data = NULL;
    lstm_dataset_options column = LSTM_DATASET_OPTIONS_INIT;
    column.n_column = 1;
    for (int i = 0; i < N_ROW; i++)
        rows[i] = (lstm_real)(i % 4 + i * i % 7);
    assert_ok(lstm_dataset_new(&data, &column));
    assert_ok(lstm_dataset_add(data, NULL, rows, N_ROW, 0));
    lstm_forecaster *served = new_forecaster(data), *clone = NULL;
    for (int i = 0; i < THREADS; i++) {
        services[i] = (service){.forecaster = served, .data = data};
        assert_int_equal(pthread_create(&threads[i], NULL, serve, &services[i]), 0);
    }
    assert_ok(lstm_forecaster_clone(&clone, served));
    assert_ok(lstm_forecaster_fit(clone, data));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_ok(services[i].status);
        for (int j = 0; j < SERVED; j++) {
            assert_memory_equal(services[i].predicted[j], services[0].predicted[0],
                                sizeof services[0].predicted[0]);
            assert_memory_equal(services[i].streamed[j], services[0].predicted[0],
                                sizeof services[0].predicted[0]);
        }
    }
    lstm_forecaster_free(served);
    lstm_forecaster_free(clone);
    lstm_dataset_free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads_forecast_with_one_model_as_one_would),
        cmocka_unit_test(states_come_and_go_while_the_model_changes_between_steps),
        cmocka_unit_test(a_clone_is_fitted_while_the_forecaster_forecasts),
    };
    return cmocka_run_group_tests_name("concurrency", tests, make_house, free_house);
}
