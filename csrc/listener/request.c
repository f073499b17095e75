/* request.c: see request.h. */
#include "request.h"

#include <stdlib.h>
#include <string.h>

struct lx_request *lx_request_new(const char *target, size_t body_max_bytes)
{
    struct lx_request *request = calloc(1, sizeof *request);
    if (!request)
        return NULL;
    request->target = strdup(target);
    request->body_max_bytes = body_max_bytes;
    if (!request->target) {
        free(request);
        return NULL;
    }
    return request;
}

static bool make_room(struct lx_request *request, size_t needed)
{
    if (needed <= request->body_capacity)
        return true;
    size_t capacity = request->body_capacity * 2;
    if (capacity < needed)
        capacity = needed;
    char *grown = realloc(request->body, capacity);
    if (!grown)
        return false;
    request->body = grown;
    request->body_capacity = capacity;
    return true;
}

void lx_request_append(struct lx_request *request, const char *bytes,
                       size_t length)
{
    size_t needed = request->body_bytes + length;
    if (request->is_too_large)
        return;
    if (needed > request->body_max_bytes || !make_room(request, needed)) {
        request->is_too_large = true;
        free(request->body);
        request->body = NULL;
        request->body_bytes = request->body_capacity = 0;
        return;
    }
    memcpy(request->body + request->body_bytes, bytes, length);
    request->body_bytes = needed;
}

void lx_request_free(struct lx_request *request)
{
    free(request->work.text);
    free(request->work.bytes);
    free(request->target);
    free(request->body);
    free(request);
}
