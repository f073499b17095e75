/* Growth, the maximum, and giving bytes away. */
#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>

#include "../check.h"

static void test_append(void)
{
    struct lx_buffer buffer;

    lx_buffer_init(&buffer, 1000);
    CHECK(buffer.bytes == NULL && buffer.length == 0 && buffer.capacity == 0);
    CHECK(lx_buffer_append(&buffer, NULL, 0));
    CHECK(buffer.bytes == NULL);
    CHECK(lx_buffer_append(&buffer, "abc", 3));
    CHECK(lx_buffer_append_text(&buffer, "de"));
    CHECK_BYTES(buffer.bytes, buffer.length, "abcde", 5);
    lx_buffer_clear(&buffer);
    CHECK_EQ(buffer.length, 0);
    CHECK(buffer.capacity > 0);
    for (int i = 0; i < 1000; i++)
        CHECK(lx_buffer_append(&buffer, "x", 1));
    CHECK_EQ(buffer.capacity, 1000);
    CHECK(!lx_buffer_append(&buffer, "y", 1));
    CHECK_EQ(buffer.length, 1000);
    CHECK_EQ(buffer.bytes[999], 'x');
    lx_buffer_deinit(&buffer);
    CHECK(buffer.bytes == NULL && buffer.capacity == 0);
    CHECK_EQ(buffer.maximum, 1000);
    CHECK(lx_buffer_append_text(&buffer, "again"));
    lx_buffer_deinit(&buffer);
}

static void test_reserve(void)
{
    struct lx_buffer buffer;
    char *bytes;

    lx_buffer_init(&buffer, 10);
    CHECK(!lx_buffer_reserve(&buffer, 11));
    CHECK(!lx_buffer_reserve(&buffer, SIZE_MAX));
    CHECK(buffer.bytes == NULL);
    CHECK(lx_buffer_reserve(&buffer, 10));
    CHECK_EQ(buffer.capacity, 10);
    bytes = buffer.bytes;
    CHECK(lx_buffer_append(&buffer, "0123456789", 10));
    CHECK(buffer.bytes == bytes);
    CHECK(!lx_buffer_reserve(&buffer, SIZE_MAX));
    lx_buffer_deinit(&buffer);

    lx_buffer_init(&buffer, 0);
    CHECK(!lx_buffer_append(&buffer, "a", 1));
    CHECK(lx_buffer_append(&buffer, "", 0));
    lx_buffer_deinit(&buffer);
}

/* Appending byte by byte must not copy everything each time. */
static void test_growth_is_geometric(void)
{
    struct lx_buffer buffer;
    size_t capacity = 0;
    int growths = 0;

    lx_buffer_init(&buffer, 1 << 20);
    for (int i = 0; i < 1 << 20; i++) {
        lx_buffer_append(&buffer, "z", 1);
        growths += buffer.capacity != capacity;
        capacity = buffer.capacity;
    }
    CHECK_EQ(buffer.length, 1 << 20);
    CHECK(growths < 20);
    lx_buffer_deinit(&buffer);
}

static void test_release(void)
{
    struct lx_buffer buffer;
    size_t length = 7;
    char *bytes;

    lx_buffer_init(&buffer, 100);
    CHECK(lx_buffer_release(&buffer, &length) == NULL);
    CHECK_EQ(length, 0);
    lx_buffer_append_text(&buffer, "abc");
    bytes = lx_buffer_release(&buffer, &length);
    CHECK_BYTES(bytes, length, "abc", 3);
    free(bytes);
    CHECK(buffer.bytes == NULL && buffer.length == 0 && buffer.capacity == 0);
    lx_buffer_append_text(&buffer, "def");
    lx_buffer_clear(&buffer);
    CHECK(lx_buffer_release(&buffer, NULL) == NULL);
    CHECK(lx_buffer_append_text(&buffer, "g"));
    free(lx_buffer_release(&buffer, NULL));
    lx_buffer_deinit(&buffer);
}

int main(void)
{
    test_append();
    test_reserve();
    test_growth_is_geometric();
    test_release();
    return check_report("buffer");
}
