/* op.h: one operation that the host has asked for and that will get exactly one
 * final event: a task, a question, a timer, a download. I/O thread only,
 * but for lx_op_new. */
#pragma once

#include "base/timer_heap.h"
#include "download/download.h"
#include "engine/message.h"
#include "engine/op_request.h"
#include "engine/task.h"
#include "engine/upload.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct lx_booking;
struct lx_saving;

enum lx_op_type { LX_OP_TASK, LX_OP_TIMER, LX_OP_DOWNLOAD, LX_OP_ASK };

struct lx_op {
    struct lx_timer timer; /* first: the heap's entries are ops */
    uint64_t id;
    enum lx_op_type type;
    struct lx_op *next, *previous; /* in the list where it waits, if it does */
    struct lx_event *final;        /* its command's: the end is always told */
    struct lx_op_request *asked;   /* of the journal, not answered; borrowed */
    union {
        struct {
            struct lx_task machine;  /* what is decided about it */
            enum lx_request request; /* its list: creates, questions, queries */
            bool wants_records;      /* with each change of the state, and
                                        of the progress */
            double progress;         /* of the last record told */
            char *task_id; /* owned; NULL before it is known, and for a
                              question about a page */
            enum lx_api_page page;
            char *body; /* owned; NULL once created */
            size_t body_length;
            struct lx_upload
                *upload;   /* instead of `body`, when it has pictures */
            bool has_turn; /* to send, and waits for the journal */
            struct lx_booking *booking; /* owned; NULL without a journal */
            uint64_t request_bytes;   /* of its create; 0: not known, or none */
            struct lx_event *created; /* made beforehand, like `final`, and
                                         room for the id before it is sent */
        } task;
        struct {
            struct lx_download *run;         /* NULL before its turn */
            struct lx_download_order *order; /* NULL from then on */
            struct lx_saving *saving;        /* owned; NULL: of no entry */
            bool wants_progress;
            struct lx_op_list *list; /* that it is in */
            bool has_news;           /* set from inside libcurl or the disk */
            int64_t told_ms;         /* last progress event */
            uint64_t told_bytes;
        } download;
    };
};

/* Without a final event; NULL: out of memory. */
struct lx_op *lx_op_new(enum lx_op_type type, uint64_t id);

/* With everything owned; it is in no list, on no clock. NULL does nothing. */
void lx_op_free(struct lx_op *op);

/* A first-in-first-out list of ops with removal from the middle. An op is in
 * one list at a time, the lists borrow it. */
struct lx_op_list {
    struct lx_op *first, *last;
    uint64_t count;
};
void lx_op_list_append(struct lx_op_list *list, struct lx_op *op);
void lx_op_list_remove(struct lx_op_list *list, struct lx_op *op);

#pragma GCC visibility pop
