/* SPDX-License-Identifier: MIT */
#include "evaluate/text.h"

#include "base/check.h"
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

lstm_status lts_text_check(const char *text, int64_t size)
{
    LTS_TRY(lts_check_at_least("size", size, 0));
    if (text == NULL && size > 0)
        return lts_fail(LSTM_E_ARGUMENT, "text is NULL");
    return LSTM_OK;
}

void lts_text_add(lts_text *t, const char *format, ...)
{
    va_list arguments;
    int64_t left = t->length < t->size ? t->size - t->length : 0;
    va_start(arguments, format);
    int n = vsnprintf(left > 0 ? t->text + t->length : NULL, (size_t)left, format, arguments);
    va_end(arguments);
    t->length += n > 0 ? n : 0;
}
