/* encoder_lua.h: one run of core.encode, see value_lua.h: what value_lua.c,
 * which writes values, and reference_lua.c, which writes what stands for a URL,
 * share. The Lua thread only; nothing here outlives the run. */
#pragma once

#include "base/buffer.h"
#include "compat.h"
#include "json_text_lua.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

#define LX_ENCODER_DEPTH 64

#define LX_IMAGE_TYPE  "liangxin.image"
#define LX_RESULT_TYPE "liangxin.result"

/* On encode_request's stack: its second argument, its buffer, and the list of
 * pieces once there is a picture. */
#define LX_ENCODER_NAMES  2
#define LX_ENCODER_BUFFER 3
#define LX_ENCODER_PIECES 4

/* Where the encoder is: a key (a string on the Lua stack, which stays there
 * after a problem) or an index. */
struct lx_encoder_step {
    const char *key;
    size_t index;
};

struct lx_encoder {
    lua_State *L; /* for the time of one call only */
    struct lx_buffer *out;
    const char *problem; /* NULL: none */
    bool has_names;      /* what is kept is wanted, too: */
    bool is_kept;        /* it is being written, in a run of its own, where */
    bool differs;        /* it differs from what is sent */
    int piece_count;     /* in the list of pieces */
    size_t cut;          /* of `out`, what is in that list already */
    int depth;
    struct lx_encoder_step path[LX_ENCODER_DEPTH];
};

/* The first problem counts. */
static inline void lx_encoder_complain(struct lx_encoder *encoder,
                                       const char *problem)
{
    if (!encoder->problem)
        encoder->problem = problem;
}

static inline void lx_encoder_put(struct lx_encoder *encoder, const char *bytes,
                                  size_t length)
{
    if (!lx_buffer_append(encoder->out, bytes, length))
        lx_encoder_complain(encoder, LX_LUA_TOO_MUCH);
}

static inline void lx_encoder_text(struct lx_encoder *encoder, const char *text,
                                   size_t length)
{
    const char *problem = lx_lua_put_text(encoder->out, text, length);

    if (problem)
        lx_encoder_complain(encoder, problem);
}

/* Whether what stands here goes by its name. */
static inline bool lx_encoder_is_named(struct lx_encoder *encoder)
{
    encoder->differs = true;
    return encoder->is_kept;
}

/* The text since the last picture goes into the list of pieces. */
void lx_encoder_cut_text(struct lx_encoder *encoder);

/* Write the table at `index` where it is a picture or a result; false where it
 * is neither. */
bool lx_encoder_reference(struct lx_encoder *encoder, int index);

#pragma GCC visibility pop
