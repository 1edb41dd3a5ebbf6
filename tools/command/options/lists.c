/* SPDX-License-Identifier: MIT */
#include "command/options/lists.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include <stdlib.h>
#include <string.h>

int list_read(list *made, const char *text)
{
    *made = (list){0};
    if (text == NULL || *text == '\0')
        return EXIT_OK;
    size_t n = 1;
    for (const char *at = text; *at != '\0'; at++)
        n += *at == ',';
    made->text = strdup(text);
    made->items = calloc(n, sizeof *made->items);
    if (made->text == NULL || made->items == NULL) {
        list_free(made);
        return message_error("out of memory");
    }
    char *at = made->text;
    while (at != NULL) {
        char *comma = strchr(at, ',');
        if (comma != NULL)
            *comma++ = '\0';
        made->items[made->n++] = at;
        at = comma;
    }
    return EXIT_OK;
}

void list_free(list *made)
{
    free(made->text);
    free(made->items);
    *made = (list){0};
}

int list_levels(const char *text, double *levels, int64_t *n)
{
    const char *at = text;
    *n = 0;
    while (at != NULL && *n < MOST_LEVELS) {
        char *end;
        double level = strtod(at, &end) / 100;
        bool ascends = *n == 0 || level > levels[*n - 1];
        if (end == at || (*end != ',' && *end != '\0') || !(level > 0 && level < 1) || !ascends)
            return message_error("--levels is '%s', expected ascending percentages as 80,95", text);
        if (level < 0.01)
            return message_error("--levels is '%s': %g is less than 1 %%; did you mean %g?", text,
                                 100 * level, 1e4 * level);
        levels[(*n)++] = level;
        at = *end == ',' ? end + 1 : NULL;
    }
    if (at != NULL)
        return message_error("--levels has more than %d levels", MOST_LEVELS);
    return EXIT_OK;
}
