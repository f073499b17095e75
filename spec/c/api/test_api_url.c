/* The query for a task: percent-encoding and the cap on ids; room for paths. */
#include "api/api_url.h"

#include "../check.h"

#define QUERY "taskId="

static void test_ids(void)
{
    static const struct {
        const char *task_id, *want;
    } rows[] = {
        {"", QUERY},
        {"task_z_image_1765166238716", QUERY "task_z_image_1765166238716"},
        {"AZaz09-_.~", QUERY "AZaz09-_.~"},
        {"a b", QUERY "a%20b"},
        {"a&b=c", QUERY "a%26b%3Dc"},
        {"a/b?c#d", QUERY "a%2Fb%3Fc%23d"},
        {"50%", QUERY "50%25"},
        {"a+b", QUERY "a%2Bb"},
        {"\r\nX: y", QUERY "%0D%0AX%3A%20y"},
        {"\xE4\xBD\xA0", QUERY "%E4%BD%A0"},
        {"\x01\x7F\xFF", QUERY "%01%7F%FF"},
    };
    char out[LX_API_QUERY_ROOM];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row = rows[i].want;
        lx_api_query(rows[i].task_id, out);
        CHECK_TEXT(out, rows[i].want);
    }
}

/* Every byte alone: itself when unreserved, else three characters. */
static void test_every_byte(void)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz0123456789-_.~";
    char out[LX_API_QUERY_ROOM];

    check_row = "every byte";
    for (int byte = 1; byte < 256; byte++) {
        char id[2] = {(char)byte, '\0'}, want[4];

        snprintf(want, sizeof want, strchr(unreserved, byte) ? "%c" : "%%%02X",
                 (unsigned)byte);
        lx_api_query(id, out);
        CHECK_TEXT(out + strlen(QUERY), want);
    }
}

/* The longest that fits in the room, and ids that are longer still. */
static void test_cap(void)
{
    char id[2 * LX_TASK_ID_MAX], out[LX_API_QUERY_ROOM + 1];

    for (size_t length = LX_TASK_ID_MAX - 1; length < sizeof id; length += 85) {
        size_t kept = length < LX_TASK_ID_MAX ? length : LX_TASK_ID_MAX;

        check_row = "cap";
        memset(id, '/', length);
        id[length] = '\0';
        memset(out, 'X', sizeof out);
        lx_api_query(id, out);
        CHECK_EQ(strlen(out), strlen(QUERY) + 3 * kept);
        CHECK_EQ(out[LX_API_QUERY_ROOM], 'X');
    }
}

static void test_paths(void)
{
    size_t room = LX_API_TARGET_ROOM - LX_API_QUERY_ROOM;

    check_row = "paths";
    CHECK(strlen(LX_API_RECORD_PATH "?") < room);
    for (int page = 0; page < LX_API_PAGE_COUNT; page++)
        CHECK(strlen(lx_api_page_path((enum lx_api_page)page)) < room);
}

int main(void)
{
    test_ids();
    test_every_byte();
    test_cap();
    test_paths();
    return check_report("api_url");
}
