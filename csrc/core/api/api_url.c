/* api_url.c: see api_url.h. */
#include "api/api_url.h"

#include <stdbool.h>
#include <string.h>

const char *lx_api_page_path(enum lx_api_page page)
{
    static const char *const paths[LX_API_PAGE_COUNT] = {
        [LX_API_PAGE_NONE] = LX_API_CREATE_PATH,
        [LX_API_PAGE_ACCOUNT] = "/api/usage/token/",
        [LX_API_PAGE_PRICING] = "/api/pricing"};

    return paths[page];
}

static bool is_unreserved(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_' ||
           byte == '.' || byte == '~';
}

void lx_api_query(const char *task_id, char *out)
{
    static const char digits[] = "0123456789ABCDEF";
    static const char name[] = "taskId=";

    memcpy(out, name, sizeof name - 1);
    out += sizeof name - 1;
    for (size_t i = 0; i < LX_TASK_ID_MAX && task_id[i]; i++) {
        unsigned char byte = (unsigned char)task_id[i];
        if (is_unreserved(byte)) {
            *out++ = (char)byte;
        } else {
            *out++ = '%';
            *out++ = digits[byte >> 4];
            *out++ = digits[byte & 15];
        }
    }
    *out = '\0';
}
