/* SPDX-License-Identifier: MIT */
#include "store/checksum.h"

#include "base/status.h"
#include "files/hash.h"

#include <string.h>

const char lts_checksum_front[] = "{\"__metadata__\":{\"" LTS_CHECKSUM_KEY "\":\"xxh3_128:";

enum {
    N_DIGIT = LTS_DIGEST_SIZE - 1,
    FRONT = 8, /* offset of the header */
};

static const char zeros[N_DIGIT + 1] = "00000000000000000000000000000000";

static int64_t digits_at(void)
{
    return FRONT + (int64_t)strlen(lts_checksum_front);
}

lstm_status lts_checksum_set(unsigned char *first, const lts_chunk *chunks, int64_t n_chunk)
{
    char digest[LTS_DIGEST_SIZE];
    LTS_TRY(lts_digest_text(chunks, n_chunk, digest));
    memcpy(first + digits_at(), digest, N_DIGIT);
    return LSTM_OK;
}

lstm_status lts_checksum_verify(const unsigned char *front, int64_t n_front,
                                const unsigned char *rest, int64_t n_rest, lts_checksum *checksum)
{
    int64_t at = digits_at(), behind = at + N_DIGIT;
    *checksum = LTS_CHECKSUM_NONE;
    if (n_front <= behind || front[behind] != '"' ||
        memcmp(front + FRONT, lts_checksum_front, (size_t)(at - FRONT)) != 0)
        return LSTM_OK;
    const lts_chunk chunks[] = {
        {front, at}, {zeros, N_DIGIT}, {front + behind, n_front - behind}, {rest, n_rest}};
    char digest[LTS_DIGEST_SIZE];
    LTS_TRY(lts_digest_text(chunks, 4, digest));
    bool right = memcmp(digest, front + at, N_DIGIT) == 0;
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
    right = true; /* a fuzzer cannot guess checksums; it must reach the code behind them */
#endif
    *checksum = right ? LTS_CHECKSUM_RIGHT : LTS_CHECKSUM_WRONG;
    return LSTM_OK;
}
