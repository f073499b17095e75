/* How often a body is packed: one coding of the content, chunks of the
 * transfer, however the lines spell it. */
#include "../check.h"
#include "http/coding.h"

#include <string.h>

static void test_lines(void)
{
    static const struct {
        const char *lines[4];
        bool is_taken;
        int content;
        bool has_stray;
    } rows[] = {
        {{"Content-Type: gzip, gzip"}, true, 0, false},
        {{"Content-Encoding: gzip"}, true, 1, false},
        {{"content-encoding:\tBR \r\n"}, true, 1, false},
        {{"Content-Encoding: identity"}, true, 0, false},
        {{"Content-Encoding:"}, true, 0, false},
        {{"Content-Encoding: , ,"}, true, 0, false},
        {{"Content-Encoding: gzip, identity"}, true, 1, false},
        {{"Content-Encoding: aws-chunked"}, true, 0, true},
        {{"Content-Encoding: AWS-chunked,gzip"}, true, 1, true},
        {{"Content-Encoding: UTF-8"}, true, 0, true},
        {{"Content-Encoding: image/png"}, true, 0, true},
        {{"Content-Encoding: zstd"}, true, 1, false},
        {{"Content-Encoding: gzip, gzip"}, false, 2, false},
        {{"Content-Encoding: gzip,br,deflate"}, false, 3, false},
        {{"Content-Encoding: gzip", "Content-Encoding: gzip"}, false, 2, false},
        {{"Content-Encoding: gzip", "X: y", "content-encoding: br"},
         false,
         2,
         false},
        {{"Content-Encoding: gzip", "HTTP/1.1 200 OK", "Content-Encoding: br"},
         true,
         1,
         false},
        {{"Transfer-Encoding: chunked"}, true, 0, false},
        {{"Transfer-Encoding: Chunked", "Content-Encoding: gzip"},
         true,
         1,
         false},
        {{"Transfer-Encoding: identity"}, true, 0, false},
        {{"Transfer-Encoding: gzip, chunked"}, false, 0, false},
        {{"Transfer-Encoding: gzip"}, false, 0, false},
        {{"Transfer-Encoding: utf-8"}, false, 0, false},
        {{"Transfer-Encoding: chunked, chunked"}, false, 0, false},
        {{"Transfer-Encoding: chunked", "Transfer-Encoding: chunked"},
         false,
         0,
         false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_coding coding = {0};
        bool is_taken = true;

        check_row = rows[i].lines[0];
        for (int k = 0; rows[i].lines[k]; k++)
            is_taken = lx_coding_line(&coding, rows[i].lines[k],
                                      strlen(rows[i].lines[k]));
        CHECK_EQ(is_taken, rows[i].is_taken);
        CHECK_EQ(coding.content, rows[i].content);
        CHECK_EQ(coding.has_stray, rows[i].has_stray);
    }
}

int main(void)
{
    test_lines();
    return check_report("coding");
}
