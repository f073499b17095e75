/* Where a journal is, without what nobody may read. */
#include "journal/place.h"

#include "../check.h"

static const char *const ROWS[][2] = {
    {"studio.db", "studio.db"},
    {"/a/b c@d:e?.db", "/a/b c@d:e?.db"},
    {"postgres://db.example/studio", "postgres://db.example/studio"},
    {"postgres://db.example:5432/studio", "postgres://db.example:5432/studio"},
    {"postgres://me@db/studio", "postgres://me@db/studio"},
    {"postgresql://me:secret@db:5432/studio", "postgresql://me@db:5432/studio"},
    {"postgres://[::1]:5432/studio", "postgres://[::1]:5432/studio"},
    {"postgres:///studio", "postgres:///studio"},
    {"postgres:///studio?host=/run/x&password=secret", "postgres:///studio"},
    {"postgres://db/studio?user=a@b&password=secret", "postgres://db@b"},
    /* what is no URL by its rules */
    {"postgres://me:se@cret@db/studio", "postgres://me@db/studio"},
    {"postgres://me:se/cret@db/studio", "postgres://me@db/studio"},
    {"postgres://me:se?cret@db/studio", "postgres://me@db/studio"},
    {"postgres://me:secret", "postgres://me"},
    {"postgres://me:secret/studio", "postgres://me"},
    {"postgres://db:1/studio:secret", "postgres://db:1/studio"},
};

int main(void)
{
    char shown[100];

    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        check_row = ROWS[i][0];
        size_t length = lx_place_show(ROWS[i][0], shown, sizeof shown);
        CHECK_TEXT(shown, ROWS[i][1]);
        CHECK_EQ(length, strlen(shown));
    }
    check_row = "cut";
    CHECK_EQ(lx_place_show("postgres://db/studio", shown, 11), 10);
    CHECK_TEXT(shown, "postgres:/");
    CHECK_EQ(lx_place_show("studio.db", shown, 5), 4);
    CHECK_TEXT(shown, "stud");
    return check_report("place");
}
