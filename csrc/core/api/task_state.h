/* task_state.h: the words the service uses for a task's state, and what each
 * means to a waiter. Pure; any thread. */
#pragma once

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum lx_state_class {
    LX_STATE_PENDING,
    LX_STATE_SUCCESS,
    LX_STATE_FAILED,
    LX_STATE_UNRECOGNISED /* not terminal: asked again until the deadline */
};

/* X(word, class): documented words first, then those of sister gateways.
 * Compared without case and without surrounding white space. */
#define LX_STATE_WORD_MAP(X)                                                   \
    X("waiting", PENDING)                                                      \
    X("queuing", PENDING)                                                      \
    X("generating", PENDING)                                                   \
    X("success", SUCCESS)                                                      \
    X("fail", FAILED)                                                          \
    X("pending", PENDING)                                                      \
    X("queued", PENDING)                                                       \
    X("processing", PENDING)                                                   \
    X("running", PENDING)                                                      \
    X("in_progress", PENDING)                                                  \
    X("submitted", PENDING)                                                    \
    X("not_start", PENDING)                                                    \
    X("succeeded", SUCCESS)                                                    \
    X("completed", SUCCESS)                                                    \
    X("failed", FAILED)                                                        \
    X("failure", FAILED)                                                       \
    X("error", FAILED)                                                         \
    X("cancelled", FAILED)                                                     \
    X("canceled", FAILED)                                                      \
    X("timeout", FAILED)

/* The class of word[0..length), which need not be NUL-terminated. */
enum lx_state_class lx_state_classify(const char *word, size_t length);

#pragma GCC visibility pop
