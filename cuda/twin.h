/* SPDX-License-Identifier: MIT */
/* What a test can tell the twin, and ask it. */
#ifndef LTS_CUDA_TWIN_H
#define LTS_CUDA_TWIN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lts_twin {
    int64_t up, down;   /**< bytes copied to the device, and from it                        */
    int64_t n_alloc;    /**< allocations of the device's memory and for copies              */
    int64_t n_live;     /**< of them not freed                                              */
    int64_t n_wait;     /**< times that the host waited                                     */
    int64_t n_entered;  /**< lts_gpu_enter() without lts_gpu_leave()                        */
    int64_t fail_alloc; /**< this allocation, from 1, finds no memory; 0: none              */
    int64_t fail_work;  /**< this piece of work, counted down to 1, loses the device; 0: none */
    int64_t free_bytes; /**< what the device says is free; 0: plenty                           */
    bool poison;        /**< what lts_gpu_forget() is told becomes NaN                      */
    bool without_loop;  /**< lts_loop_fits() is false                                       */
} lts_twin;

/** Of the whole process; for tests of one thread. The twin exports it as "lts_twin_control". */
extern lts_twin lts_twin_control;

struct lts_gpu;

/**
 * Whether a piece of work of some size on an array can be done: nothing has failed, and nothing is
 * to fail here. Within the twin.
 */
bool lts_twin_can_work(struct lts_gpu *gpu, const void *array, int64_t size);

#endif
