/* sqlite3_program.c: what the specs need of the program sqlite3, for a library
 * that the program of the system does not run with:
 *   sqlite3 [-bail] [-cmd LINE] FILE [SQL]     sqlite3 -version
 * Without SQL it runs lines of the standard input: a statement, .timeout or
 * .shell. */
#include <sqlite3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_row(void *argument, int count, char **values, char **names)
{
    (void)argument;
    (void)names;
    for (int i = 0; i < count; i++)
        printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
    putchar('\n');
    return 0;
}

static int run_line(sqlite3 *db, const char *line)
{
    char *error = NULL;

    if (strncmp(line, ".timeout ", 9) == 0)
        return sqlite3_busy_timeout(db, atoi(line + 9));
    if (strncmp(line, ".shell ", 7) == 0)
        return system(line + 7);
    int code = sqlite3_exec(db, line, print_row, NULL, &error);
    if (code != SQLITE_OK)
        fprintf(stderr, "Error: %s\n", error ? error : sqlite3_errstr(code));
    sqlite3_free(error);
    fflush(stdout);
    return code;
}

static int run_input(sqlite3 *db)
{
    static char line[10000];
    int code = SQLITE_OK;

    while (code == SQLITE_OK && fgets(line, sizeof line, stdin))
        code = run_line(db, line);
    return code;
}

int main(int argc, char **argv)
{
    const char *before = NULL;
    sqlite3 *db = NULL;
    int i = 1;

    for (; i < argc && *argv[i] == '-'; i++)
        if (strcmp(argv[i], "-version") == 0)
            return puts(sqlite3_libversion()) < 0;
        else if (strcmp(argv[i], "-cmd") == 0 && i + 1 < argc)
            before = argv[++i];
    if (i == argc || sqlite3_open(argv[i], &db) != SQLITE_OK) {
        fprintf(stderr, "Error: no database\n");
        return 1;
    }
    int code = before ? run_line(db, before) : SQLITE_OK;
    if (code == SQLITE_OK)
        code = i + 1 < argc ? run_line(db, argv[i + 1]) : run_input(db);
    sqlite3_close(db);
    return code != SQLITE_OK;
}
