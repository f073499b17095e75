/* order.c: see order.h. */
#include "download/order.h"

#include <stdlib.h>

void lx_download_order_free(struct lx_download_order *order)
{
    if (!order)
        return;
    free(order->url);
    free(order->target);
    free(order->task_id);
    free(order->first_url);
    free(order);
}
