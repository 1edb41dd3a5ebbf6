/* SPDX-License-Identifier: MIT */
#include "command/options/guess.h"
#include <string.h>

enum { MOST_NAME = 32, MOST_EDITS = 3 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

/*
 * The least number of characters to insert, remove or replace, and of neighbours to exchange, each
 * place once: D(i, j) for the first i characters of one word and the first j of the other is the
 * least of D(i-1, j) + 1, D(i, j-1) + 1, D(i-1, j-1) + [they differ], and D(i-2, j-2) + 1 where the
 * last two are exchanged.
 */
static int count_edits(const char *a, size_t n, const char *b, size_t m)
{
    int d[MOST_NAME + 1][MOST_NAME + 1];
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (int)(i + j);
                continue;
            }
            int same = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = least(same, 1 + least(d[i - 1][j], d[i][j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

void guess_try(guess *made, const char *name)
{
    size_t n = strlen(made->word), m = strlen(name);
    if (n == 0 || n > MOST_NAME || m > MOST_NAME)
        return;
    int edits = strncmp(made->word, name, n) == 0 ? 0 : count_edits(made->word, n, name, m);
    int most = least((int)(m + 2) / 3, MOST_EDITS);
    if (edits <= most && edits < (int)m && (made->name == NULL || edits < made->edits)) {
        made->name = name;
        made->edits = edits;
    }
}
