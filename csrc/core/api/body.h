/* body.h: the body of a createTask with local pictures in it: pieces of JSON
 * text, and between them pictures, which go out as data: URIs. Plain data with
 * one owner: built on the host's thread, then the I/O thread's. */
#pragma once

#include "base/sha256.h"
#include "os/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define LX_BODY_PICTURES_MAX 64
/* As it is sent; the service's own limit. */
#define LX_BODY_BYTES_MAX (128u << 20)

enum lx_piece_type {
    LX_PIECE_TEXT,
    LX_PIECE_BYTES, /* a picture in memory */
    LX_PIECE_FILE   /* a picture on the disk */
};

struct lx_piece {
    enum lx_piece_type type;
    char *content; /* owned: text, bytes (NULL while the disk has them), or the
                      file's path with its NUL */
    size_t length; /* of text and bytes */
    uint64_t max_bytes; /* of a picture */
    bool wants_hash;    /* of a picture: to be fixed when it is looked at */
    /* Known once the picture was looked at: */
    bool has_hash;
    unsigned char sha256[LX_SHA256_BYTES];
    const char *media_type;           /* static; NULL: not yet */
    struct lx_file_identity identity; /* of a file */
};

struct lx_body {
    size_t count;
    struct lx_piece pieces[];
};

/* All cleared; NULL when out of memory. */
struct lx_body *lx_body_new(size_t count);

/* With everything owned; NULL is fine. */
void lx_body_free(struct lx_body *body);

/* The bytes of a picture that was looked at; 0 for a text, or before. */
uint64_t lx_piece_picture_bytes(const struct lx_piece *piece);

/* What goes before a picture's base64; room for LX_PIECE_HEAD_ROOM. Its
 * length. */
#define LX_PIECE_HEAD_ROOM 64
size_t lx_piece_head(const struct lx_piece *piece, char *out);

/* As it is sent; every picture was looked at. */
uint64_t lx_body_length(const struct lx_body *body);

#pragma GCC visibility pop
