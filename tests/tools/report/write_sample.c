/* SPDX-License-Identifier: MIT */
/* Writes the report of a sample to standard output, for test_form.py and the browser test. */
#include "sample.h"

#include <stdio.h>

int main(void)
{
    sample *s = sample_new(2, 3, 900, 24);
    report_text text = {0};
    bool done =
        report_write(&text, &s->data) && fwrite(text.bytes, 1, text.length, stdout) == text.length;
    report_text_free(&text);
    sample_free(s);
    return !done;
}
