/* order.c: the life of an order, and data: URIs. Any thread, one at a time. */
#include "order.h"

#include <stdlib.h>
#include <string.h>

struct lx_order *lx_order_new(void)
{
    struct lx_order *order = calloc(1, sizeof *order);
    if (!order)
        return NULL;
    order->width = 1024;
    order->height = 1024;
    order->quality = 90;
    return order;
}

void lx_order_free(struct lx_order *order)
{
    if (!order)
        return;
    for (int i = 0; i < order->reference_count; i++)
        lx_order_free(order->references[i]);
    free(order->prompt);
    free(order->model);
    free(order->image);
    free(order);
}

/* The six bits that a base64 letter stands for, or -1. Accepts the URL-safe
 * alphabet too. */
static int sextet(unsigned char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + 52;
    if (letter == '+' || letter == '-')
        return 62;
    if (letter == '/' || letter == '_')
        return 63;
    return -1;
}

void lx_order_take_data_uri(struct lx_order *order, const char *uri,
                            size_t length)
{
    const char *comma = memchr(uri, ',', length);
    if (!comma || length < 5 || memcmp(uri, "data:", 5) != 0)
        return;
    static const char mark[] = ";base64";
    size_t head = (size_t)(comma - uri);
    if (head < sizeof mark - 1 ||
        memcmp(comma - (sizeof mark - 1), mark, sizeof mark - 1) != 0)
        return;

    const char *text = comma + 1;
    size_t letters = length - head - 1;
    char *bytes = malloc(letters / 4 * 3 + 3);
    if (!bytes)
        return;
    uint32_t bits = 0;
    int bit_count = 0;
    size_t used = 0;
    for (size_t i = 0; i < letters; i++) {
        int value = sextet((unsigned char)text[i]);
        if (value < 0)
            continue; /* padding, line breaks */
        bits = bits << 6 | (uint32_t)value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            bytes[used++] = (char)(bits >> bit_count & 0xff);
        }
    }
    free(order->image);
    order->image = bytes;
    order->image_bytes = used;
}
