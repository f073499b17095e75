/* body.c: see body.h. */
#include "api/body.h"

#include "base/base64.h"

#include <stdio.h>
#include <stdlib.h>

struct lx_body *lx_body_new(size_t count)
{
    struct lx_body *body =
        calloc(1, sizeof *body + count * sizeof *body->pieces);

    if (body)
        body->count = count;
    return body;
}

void lx_body_free(struct lx_body *body)
{
    if (!body)
        return;
    for (size_t i = 0; i < body->count; i++)
        free(body->pieces[i].content);
    free(body);
}

uint64_t lx_piece_picture_bytes(const struct lx_piece *piece)
{
    switch (piece->type) {
    case LX_PIECE_TEXT:
        return 0;
    case LX_PIECE_BYTES:
        return piece->length;
    case LX_PIECE_FILE:
        return piece->identity.length;
    }
    return 0;
}

size_t lx_piece_head(const struct lx_piece *piece, char *out)
{
    return (size_t)snprintf(out, LX_PIECE_HEAD_ROOM, "data:%s;base64,",
                            piece->media_type);
}

uint64_t lx_body_length(const struct lx_body *body)
{
    char head[LX_PIECE_HEAD_ROOM];
    uint64_t length = 0;

    for (size_t i = 0; i < body->count; i++) {
        const struct lx_piece *piece = &body->pieces[i];
        if (piece->type == LX_PIECE_TEXT)
            length += piece->length;
        else
            length += lx_piece_head(piece, head) +
                      lx_base64_length(lx_piece_picture_bytes(piece));
    }
    return length;
}
