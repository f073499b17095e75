/* op.c: see op.h. */
#include "engine/op.h"

#include "engine/booking.h"
#include "engine/saving.h"

#include <stdlib.h>

struct lx_op *lx_op_new(enum lx_op_type type, uint64_t id)
{
    struct lx_op *op = calloc(1, sizeof *op);

    if (op) {
        op->id = id;
        op->type = type;
    }
    return op;
}

void lx_op_free(struct lx_op *op)
{
    if (!op)
        return;
    switch (op->type) {
    case LX_OP_TASK:
        free(op->task.task_id);
        free(op->task.body);
        lx_upload_free(op->task.upload);
        lx_booking_free(op->task.booking);
        lx_event_free(op->task.created);
        break;
    case LX_OP_DOWNLOAD:
        lx_download_free(op->download.run);
        lx_download_order_free(op->download.order);
        lx_saving_free(op->download.saving);
        break;
    case LX_OP_TIMER:
    case LX_OP_ASK:
        break;
    }
    if (op->asked)
        op->asked->op = NULL;
    lx_event_free(op->final);
    free(op);
}

void lx_op_list_append(struct lx_op_list *list, struct lx_op *op)
{
    op->next = NULL;
    op->previous = list->last;
    if (list->last)
        list->last->next = op;
    else
        list->first = op;
    list->last = op;
    list->count++;
}

void lx_op_list_remove(struct lx_op_list *list, struct lx_op *op)
{
    if (op->previous)
        op->previous->next = op->next;
    else
        list->first = op->next;
    if (op->next)
        op->next->previous = op->previous;
    else
        list->last = op->previous;
    list->count--;
    op->next = op->previous = NULL;
}
