/* SPDX-License-Identifier: MIT */
/* Text in a buffer of the caller, which may be cut. */
#ifndef LTS_EVALUATE_TEXT_H
#define LTS_EVALUATE_TEXT_H

#include <lstmts/status.h>

typedef struct lts_text {
    char *text;
    int64_t size;
    int64_t length; /**< that it would have, without the 0 */
} lts_text;

/** LSTM_E_ARGUMENT unless the buffer is one. */
lstm_status lts_text_check(const char *text, int64_t size);

/** Append, as printf(). */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void
lts_text_add(lts_text *t, const char *format, ...);

#endif
