/* The JSON reader: what is accepted, where an error is, walking and strings.
 * argv[1] is the folder of the JSON test suite. */
#include "json/json.h"

#include <dirent.h>
#include <stdlib.h>

#include "../check.h"

/* A copy without slack, so that ASAN sees a read beyond the text. */
static char *exact_copy(const char *text, size_t length)
{
    char *copy = malloc(length ? length : 1);

    if (copy && length > 0)
        memcpy(copy, text, length);
    return copy;
}

/* Visit everything below `value`; a cheap digest proves that it was read. */
static size_t walk(struct lx_json value)
{
    struct lx_json_iter iter = lx_json_iterate(value);
    size_t digest = value.type;
    char text[64];
    int64_t integer;
    double number;

    digest += lx_json_string_decode(value, text, sizeof text);
    digest += lx_json_int64(value, &integer) + lx_json_double(value, &number);
    while (lx_json_next(&iter))
        digest += 31 * walk(iter.value) + walk(iter.key);
    return digest;
}

static bool parse_copy(const char *text, size_t length, size_t *error_at)
{
    struct lx_json root;
    char *copy = exact_copy(text, length);
    bool is_good = lx_json_parse(copy, length, &root, error_at);

    if (is_good)
        walk(root);
    free(copy);
    return is_good;
}

static void test_accepted(void)
{
    static const struct {
        const char *text;
        enum lx_json_type type;
        const char *span;
    } rows[] = {
        {"null", LX_JSON_NULL, "null"},
        {" true ", LX_JSON_TRUE, "true"},
        {"\tfalse\r\n", LX_JSON_FALSE, "false"},
        {"0", LX_JSON_NUMBER, "0"},
        {"-0.5e+10 ", LX_JSON_NUMBER, "-0.5e+10"},
        {"\"\"", LX_JSON_STRING, "\"\""},
        {" [ ] ", LX_JSON_ARRAY, "[ ]"},
        {"{}", LX_JSON_OBJECT, "{}"},
        {"\"\\ud83d\\ude00\"", LX_JSON_STRING, "\"\\ud83d\\ude00\""},
        {"\"\x7F\"", LX_JSON_STRING, "\"\x7F\""},
        {"[1,[2,{\"a\":[]}],\"b\"]", LX_JSON_ARRAY, "[1,[2,{\"a\":[]}],\"b\"]"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_json root = {0};

        check_row = rows[i].text;
        CHECK(lx_json_parse(rows[i].text, strlen(rows[i].text), &root, NULL));
        CHECK_EQ(root.type, rows[i].type);
        CHECK_BYTES(root.text, root.length, rows[i].span, strlen(rows[i].span));
    }
}

static void test_refused(void)
{
    static const struct {
        const char *text;
        size_t error_at;
    } rows[] = {
        {"", 0},
        {"  ", 2},
        {"\xEF\xBB\xBF{}", 0},
        {"\"\\ud800\"", 7},
        {"\"\\ude00x\"", 7},
        {"\"\\ud83dx\"", 7},
        {"\"\\ud83d\\n\"", 7},
        {"\"\\ud83d\\u0041\"", 7},
        {"\"\\ud83d\\ud83d\\ude00\"", 7},
        {"nul", 3},
        {"nulL", 3},
        {"truE", 3},
        {"true1", 4},
        {"-", 1},
        {"+1", 0},
        {"01", 1},
        {"-01", 2},
        {"1.", 2},
        {".5", 0},
        {"1.e5", 2},
        {"1e", 2},
        {"1e+", 3},
        {"0x1", 1},
        {"1 2", 2},
        {"[1,]", 3},
        {"[,1]", 1},
        {"[1 2]", 3},
        {"[1}", 2},
        {"[", 1},
        {"[1", 2},
        {"{", 1},
        {"{a", 1},
        {"{1:2}", 1},
        {"{\"a\"}", 4},
        {"{\"a\":}", 5},
        {"{\"a\":1,}", 7},
        {"{\"a\":1]", 6},
        {"{\"a\" 1}", 5},
        {"]", 0},
        {"}", 0},
        {"\"", 1},
        {"\"a", 2},
        {"\"\\", 2},
        {"\"\\x\"", 2},
        {"\"\\u12", 5},
        {"\"\\u12g4\"", 5},
        {"\"\\u123\"", 6},
        {"\"a\nb\"", 2},
        {"\"12345678\x01\"", 9},
        {"\"\xC3\"", 1},
        {"\"ab\xED\xA0\x80\"", 3},
        {"'a'", 0},
        {"[1] x", 4},
        {"\f[]", 0},
        {"[1/**/]", 2},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t error_at = 999;

        check_row = rows[i].text;
        CHECK(!parse_copy(rows[i].text, strlen(rows[i].text), &error_at));
        CHECK_EQ(error_at, rows[i].error_at);
        CHECK(!parse_copy(rows[i].text, strlen(rows[i].text), NULL));
    }
    check_row = "a NUL";
    CHECK(!parse_copy("\"a\0b\"", 5, NULL));
    CHECK(!parse_copy("1\0", 2, NULL));
    CHECK(!parse_copy("\"\\\0\"", 4, NULL));
    CHECK(!lx_json_parse(NULL, 0, &(struct lx_json){0}, NULL));
}

static void test_depth(void)
{
    char text[4 * LX_JSON_DEPTH_MAX];
    size_t error_at;

    for (size_t depth = 1; depth <= LX_JSON_DEPTH_MAX + 1; depth++) {
        bool fits = depth <= LX_JSON_DEPTH_MAX;

        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        CHECK_EQ(parse_copy(text, 2 * depth, &error_at), fits);
        if (!fits)
            CHECK_EQ(error_at, LX_JSON_DEPTH_MAX);
    }
    /* Each level must be closed by its own bracket. */
    CHECK(parse_copy("[{\"a\":[{}]}]", 12, NULL));
    CHECK(!parse_copy("[{\"a\":[{]}]}", 12, NULL));
}

/* Every prefix and every one-byte change of a rich text: no crash, and a
 * prefix is never taken for the whole. */
static void test_damage(void)
{
    static const char text[] =
        "{\"code\":200,\"msg\":\"\\u4f60\xE5\xA5\xBD\",\"data\":{\"a\":[1.5e3,"
        "null,true,\"long enough for eight bytes at once \\\\\"]},\"z\":-0}";
    size_t length = sizeof text - 1;
    char copy[sizeof text];

    CHECK(parse_copy(text, length, NULL));
    for (size_t i = 0; i < length; i++)
        CHECK(!parse_copy(text, i, NULL));
    for (size_t i = 0; i < length; i++)
        for (int byte = 0; byte < 256; byte++) {
            size_t error_at = 0;

            memcpy(copy, text, sizeof text);
            copy[i] = (char)byte;
            if (!parse_copy(copy, length, &error_at))
                CHECK(error_at >= i || i - error_at < 4);
        }
}

static void test_walk(void)
{
    static const char text[] =
        " { \"a\" : 1 , \"b\\u0062\":[ 10 ,\"]\\\"\", {}],"
        "\"\":null, \"a\":\"last\" } ";
    struct lx_json root, list;
    struct lx_json_iter iter;
    int count = 0;

    CHECK(lx_json_parse(text, sizeof text - 1, &root, NULL));
    CHECK(lx_json_string_equals(lx_json_get(root, "a"), "last"));
    CHECK_EQ(lx_json_get(root, "").type, LX_JSON_NULL);
    CHECK_EQ(lx_json_get(root, "b").type, LX_JSON_NONE);
    list = lx_json_get(root, "bb");
    CHECK_EQ(list.type, LX_JSON_ARRAY);

    for (iter = lx_json_iterate(root); lx_json_next(&iter); count++)
        CHECK_EQ(iter.key.type, LX_JSON_STRING);
    CHECK_EQ(count, 4);
    CHECK(!lx_json_next(&iter));

    iter = lx_json_iterate(list);
    CHECK(lx_json_next(&iter));
    CHECK_EQ(iter.key.type, LX_JSON_NONE);
    CHECK_BYTES(iter.value.text, iter.value.length, "10", 2);
    CHECK(lx_json_next(&iter));
    CHECK(lx_json_string_equals(iter.value, "]\""));
    CHECK(lx_json_next(&iter));
    CHECK_EQ(iter.value.type, LX_JSON_OBJECT);
    CHECK(!lx_json_next(&iter));
    CHECK_EQ(iter.value.type, LX_JSON_NONE);

    iter = lx_json_iterate(lx_json_get(root, "a"));
    CHECK(!lx_json_next(&iter));
    CHECK_EQ(lx_json_get(list, "a").type, LX_JSON_NONE);
    CHECK_EQ(lx_json_get((struct lx_json){0}, "a").type, LX_JSON_NONE);
}

static void test_pick(void)
{
    static const char text[] =
        "{\"x\":1,\"long\":2,\"\\u006cong\":3,\"lon\":4}";
    static const char *const names[] = {"long", "none", "x"};
    struct lx_json root, found[3];

    CHECK(lx_json_parse(text, sizeof text - 1, &root, NULL));
    lx_json_pick(root, names, 3, found);
    CHECK_BYTES(found[0].text, found[0].length, "3", 1);
    CHECK_EQ(found[1].type, LX_JSON_NONE);
    CHECK_BYTES(found[2].text, found[2].length, "1", 1);
    lx_json_pick(found[2], names, 3, found);
    CHECK_EQ(found[0].type, LX_JSON_NONE);
}

struct told {
    char text[256];
    size_t length;
};

static void write_json(struct told *told, struct lx_json value, char after)
{
    CHECK(told->length + value.length + 1 < sizeof told->text);
    if (value.length > 0)
        memcpy(told->text + told->length, value.text, value.length);
    told->length += value.length;
    told->text[told->length++] = after;
}

static void write_member(void *owner, const struct lx_json_member *member)
{
    write_json(owner, member->parent, '.');
    write_json(owner, member->key, '=');
    write_json(owner, member->value, '\n');
}

/* Members of the root and of the objects among these, in the order in which
 * they end; elements are none, nor is what stands deeper. */
static void test_members(void)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"{}", ""},
        {"[{\"a\":1}]", ""},
        {"\"a\"", ""},
        {"{\"a\":[{\"b\":1},2]}", ".\"a\"=[{\"b\":1},2]\n"},
        {" { \"a\" : 1 , \"a\":null } ", ".\"a\"=1\n.\"a\"=null\n"},
        {"{\"a\":{\"b\":[],\"c\":{\"d\":1}},\"e\":\"\"}",
         "\"a\".\"b\"=[]\n\"a\".\"c\"={\"d\":1}\n"
         ".\"a\"={\"b\":[],\"c\":{\"d\":1}}\n.\"e\"=\"\"\n"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct told told = {.length = 0};
        struct lx_json root;

        CHECK(lx_json_parse_members(rows[i].text, strlen(rows[i].text), &root,
                                    NULL, write_member, &told));
        CHECK_BYTES(told.text, told.length, rows[i].told, strlen(rows[i].told));
    }
}

static void test_strings(void)
{
    static const struct {
        const char *text, *want;
        size_t length;
    } rows[] = {
        {"\"\"", "", 0},
        {"\"abc\"", "abc", 3},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8},
        {"\"\\u0041\\u00e9\\u4F60\"", "A\xC3\xA9\xE4\xBD\xA0", 6},
        {"\"a\\u0000b\"", "a\0b", 3},
        {"\"\\uD83D\\uDE00\"", "\xF0\x9F\x98\x80", 4},
        {"\"\\udbff\\udfff\"", "\xF4\x8F\xBF\xBF", 4},
        {"\"\xE4\xBD\xA0\\n\"", "\xE4\xBD\xA0\n", 4},
    };
    char out[32];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lx_json value;

        check_row = rows[i].text;
        CHECK(lx_json_parse(rows[i].text, strlen(rows[i].text), &value, NULL));
        CHECK_EQ(lx_json_string_decode(value, out, sizeof out), rows[i].length);
        CHECK_BYTES(out, rows[i].length + 1, rows[i].want, rows[i].length + 1);
        CHECK(rows[i].length <= value.length - 2);
        CHECK_EQ(lx_json_string_equals(value, rows[i].want),
                 strlen(rows[i].want) == rows[i].length);
        CHECK(!lx_json_string_equals(value, "abcd"));
        CHECK(!lx_json_string_equals(value, "ab"));
        CHECK_EQ(lx_json_string_decode(value, NULL, 0), rows[i].length);
        /* In any room: whole characters, a NUL, the full length told. */
        for (size_t room = 1; room <= rows[i].length; room++) {
            size_t kept;

            memset(out, 'X', sizeof out);
            CHECK_EQ(lx_json_string_decode(value, out, room), rows[i].length);
            kept = (size_t)((char *)memchr(out, 'X', sizeof out) - out) - 1;
            CHECK(kept < room && room - kept <= 4);
            CHECK(memcmp(out, rows[i].want, kept) == 0 && out[kept] == '\0');
            CHECK((rows[i].want[kept] & 0xC0) != 0x80);
        }
    }
    check_row = "no string";
    CHECK_EQ(lx_json_string_decode((struct lx_json){0}, out, 4), 0);
    CHECK_TEXT(out, "");
    CHECK(!lx_json_string_equals((struct lx_json){0}, ""));
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(1 << 20);

    *length = file && text ? fread(text, 1, 1 << 20, file) : 0;
    if (file)
        fclose(file);
    return text;
}

static void run_suite(const char *folder)
{
    DIR *directory = opendir(folder);
    struct dirent *entry;
    int accepted = 0, refused = 0;

    check_row = folder;
    CHECK(directory != NULL);
    while (directory && (entry = readdir(directory))) {
        char path[1024];
        size_t length;
        char *text;
        bool is_good;

        if (entry->d_name[0] == '\0' || entry->d_name[1] != '_')
            continue;
        check_row = entry->d_name;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        text = read_file(path, &length);
        is_good = parse_copy(text, length, NULL);
        free(text);
        if (entry->d_name[0] == 'y')
            CHECK(is_good);
        if (entry->d_name[0] == 'n')
            CHECK(!is_good);
        accepted += entry->d_name[0] == 'y';
        refused += entry->d_name[0] == 'n';
    }
    if (directory)
        closedir(directory);
    check_row = "the whole suite was there";
    CHECK_EQ(accepted, 95);
    CHECK_EQ(refused, 188);
}

int main(int argc, char **argv)
{
    test_accepted();
    test_refused();
    test_depth();
    test_damage();
    check_row = "";
    test_walk();
    test_pick();
    test_members();
    test_strings();
    run_suite(argc > 1 ? argv[1] : "spec/data/json-test-suite");
    return check_report("json");
}
