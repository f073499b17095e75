/* check.h: the whole harness of the C unit tests. A test is one program:
 * include this once, CHECK things from main, end with
 *   return check_report("name");
 * check_row names the row of a table in the messages until it is set again. */
#pragma once

#include <stdio.h>
#include <string.h>

static int check_passed, check_failed;
static const char *check_row = "";

static inline void check_note(int ok, const char *file, int line,
                              const char *what)
{
    if (ok) {
        check_passed++;
        return;
    }
    check_failed++;
    printf("%s:%d: [%s] %s\n", file, line, check_row, what);
}

static inline void check_numbers(long long got, long long want,
                                 const char *file, int line, const char *what)
{
    check_note(got == want, file, line, what);
    if (got != want)
        printf("    got %lld, want %lld\n", got, want);
}

static inline void check_texts(const char *got, const char *want,
                               const char *file, int line, const char *what)
{
    int same = got && want ? strcmp(got, want) == 0 : got == want;

    check_note(same, file, line, what);
    if (!same)
        printf("    got \"%s\", want \"%s\"\n", got ? got : "(null)",
               want ? want : "(null)");
}

static inline void check_contains(const char *text, const char *part,
                                  const char *file, int line, const char *what)
{
    int found = text && strstr(text, part) != NULL;

    check_note(found, file, line, what);
    if (!found)
        printf("    \"%s\" lacks \"%s\"\n", text ? text : "(null)", part);
}

static inline void check_bytes(const void *got, size_t got_length,
                               const void *want, size_t want_length,
                               const char *file, int line, const char *what)
{
    int same = got_length == want_length &&
               (want_length == 0 || memcmp(got, want, want_length) == 0);

    check_note(same, file, line, what);
    if (!same)
        printf("    got %zu bytes \"%.*s\", want %zu bytes \"%.*s\"\n",
               got_length, (int)got_length, (const char *)got, want_length,
               (int)want_length, (const char *)want);
}

/* Print the counts; the exit code of main. */
static inline int check_report(const char *name)
{
    printf("%s: %d passed, %d failed\n", name, check_passed, check_failed);
    return check_failed ? 1 : 0;
}

#define CHECK(condition)                                                       \
    check_note((condition) ? 1 : 0, __FILE__, __LINE__, #condition)

/* Integers, booleans and enums. */
#define CHECK_EQ(got, want)                                                    \
    check_numbers((long long)(got), (long long)(want), __FILE__, __LINE__,     \
                  #got " == " #want)

/* NUL-terminated texts; NULL equals NULL only. */
#define CHECK_TEXT(got, want)                                                  \
    check_texts((got), (want), __FILE__, __LINE__, #got " == " #want)

#define CHECK_CONTAINS(text, part)                                             \
    check_contains((text), (part), __FILE__, __LINE__, #text " has " #part)

#define CHECK_BYTES(got, got_length, want, want_length)                        \
    check_bytes((got), (got_length), (want), (want_length), __FILE__,          \
                __LINE__, #got " == " #want)
