/* coding.h: how often the body of an answer is packed. Each layer can unpack to
 * a thousand times its size, so three of them turn a few KB into hours of work:
 * one is taken. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

struct lx_coding {
    int content;  /* codings of the content */
    int transfer; /* of the transfer */
    bool is_refused;
    bool has_stray; /* words of the content's that are no coding: utf-8, or
                       aws-chunked, as S3 was sent a file */
};

/* Take one header line, end of line included or not; a status line begins
 * anew. False from the line on by which the body is packed more than once, or
 * in transfer by other means than "chunked": it must not be unpacked. */
bool lx_coding_line(struct lx_coding *coding, const char *line, size_t length);

#pragma GCC visibility pop
