/* cancel.h: how whoever wants a picture gives up on it. Painting asks for every
 * row. */
#pragma once

#include <stdbool.h>

struct lx_cancel {
    bool (*asks)(void *context); /* NULL: never */
    void *context;
};

static inline bool lx_is_cancelled(const struct lx_cancel *cancel)
{
    return cancel->asks && cancel->asks(cancel->context);
}
