/* postgres_server.h: a PostgreSQL server of the test's own on a free port of
 * loopback, without password, durable only as far as a kill of processes goes.
 * It ends with the test, however that ends. */
#pragma once

#include "folder.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include <libpq-fe.h>

#define SERVER_WAIT_S 60

static struct {
    char programs[200]; /* the folder of initdb */
    char folder[300];   /* of the server */
    int port;
    pid_t pid; /* 0: not running */
} server;

static inline long long clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void pause_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&time, NULL);
}

/* ---- its processes ---- */

/* The server refuses to run as root. */
static inline void become_nobody(void)
{
    struct passwd *user = getpwnam("postgres");

    if (geteuid() != 0)
        return;
    if (!user)
        user = getpwnam("nobody");
    if (!user || setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 ||
        setuid(user->pw_uid) != 0)
        _exit(126);
}

/* Start a program of the server's, by its arguments up to NULL. */
static inline pid_t server_start(const char *name, ...)
{
    const char *arguments[30] = {name};
    char path[300];
    va_list list;

    va_start(list, name);
    for (int i = 1; i < 29 && arguments[i - 1]; i++)
        arguments[i] = va_arg(list, const char *);
    va_end(list);
    snprintf(path, sizeof path, "%s%s%s", *name == '/' ? "" : server.programs,
             *name == '/' ? "" : "/", name);
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    become_nobody();
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    int log = open("server.log", O_WRONLY | O_CREAT | O_APPEND, 0666);
    dup2(log, 1);
    dup2(log, 2);
    execv(path, (char *const *)arguments);
    _exit(127);
}

static inline int server_end(pid_t pid)
{
    int status = -1;

    CHECK_EQ(waitpid(pid, &status, 0), pid);
    return status;
}

/* A socket that holds the port; -1: somebody has it. */
static inline int port_hold(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Odd, and below those that the system gives to connections, so that nobody
 * takes it while the server is down; another one each time. The even one below
 * it is the claim, which this process holds until it ends: specs do the same,
 * see spec/support/postgres.lua. */
static inline int free_port(void)
{
    static int tried;

    for (;;) {
        int port = 20001 + 2 * (((int)getpid() * 7 + tried++) % 6000);
        int claim = port_hold(port - 1);
        int fd = claim < 0 ? -1 : port_hold(port);
        if (fd >= 0) {
            close(fd);
            return port;
        }
        if (claim >= 0)
            close(claim);
    }
}

/* ---- its life ---- */

static inline bool server_find(void)
{
    FILE *pipe = popen("ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V |"
                       " tail -n 1; dirname \"$(command -v initdb)\" "
                       "2>/dev/null",
                       "r");
    char line[200];

    while (pipe && fgets(line, sizeof line, pipe)) {
        char path[300];
        line[strcspn(line, "\n")] = '\0';
        snprintf(path, sizeof path, "%s/initdb", line);
        if (access(path, X_OK) == 0 && !*server.programs)
            snprintf(server.programs, sizeof server.programs, "%s", line);
    }
    if (pipe)
        pclose(pipe);
    return *server.programs != '\0';
}

static inline void server_url(char *out, size_t capacity, const char *database)
{
    snprintf(out, capacity, "postgres://liangxin@127.0.0.1:%d/%s", server.port,
             database);
}

/* A connection; the test ends where there is none within a minute. */
static inline PGconn *server_dial(const char *database)
{
    char url[300];

    server_url(url, sizeof url, database);
    for (time_t end = time(NULL) + SERVER_WAIT_S;;) {
        PGconn *db = PQconnectdb(url);
        if (PQstatus(db) == CONNECTION_OK)
            return db;
        if (time(NULL) > end) {
            printf("no server: %s\n", PQerrorMessage(db));
            exit(1);
        }
        PQfinish(db);
        pause_ms(20);
    }
}

/* The first value of the last result, in static memory. */
static inline const char *server_sql(const char *database, const char *sql)
{
    static char value[300];
    PGconn *db = server_dial(database);
    PGresult *result = PQexec(db, sql);
    ExecStatusType type = PQresultStatus(result);

    if (type != PGRES_TUPLES_OK && type != PGRES_COMMAND_OK)
        CHECK_TEXT(PQerrorMessage(db), sql);
    *value = '\0';
    if (PQntuples(result) > 0)
        snprintf(value, sizeof value, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(db);
    return value;
}

/* Also after a kill: what that has left may be in the way for a moment. */
static inline void server_launch(void)
{
    char port[10];

    snprintf(port, sizeof port, "%d", server.port);
    for (time_t end = time(NULL) + SERVER_WAIT_S; time(NULL) < end;) {
        server.pid = server_start(
            "postgres", "-D", server.folder, "-p", port, "-h", "127.0.0.1",
            "-k", "", "-c", "fsync=off", "-c", "log_min_messages=fatal", "-c",
            "max_connections=60", "-c", "shared_buffers=16MB", "-c",
            "wal_retrieve_retry_interval=100", NULL);
        char url[300];
        server_url(url, sizeof url, "postgres");
        while (waitpid(server.pid, NULL, WNOHANG) == 0) {
            if (PQping(url) == PQPING_OK)
                return;
            pause_ms(20);
        }
        pause_ms(100);
    }
    printf("the server does not start\n");
    exit(1);
}

/* In the current folder. False, with a line about it, where none is installed.
 */
static inline bool server_make(void)
{
    unsetenv("PGHOST");
    unsetenv("PGUSER");
    unsetenv("PGPASSWORD");
    unsetenv("PGDATABASE");
    if (!server_find()) {
        printf("skipped: no PostgreSQL server: apt-get install postgresql\n");
        return false;
    }
    CHECK_EQ(chmod(".", 0777), 0); /* a server of another user makes its own */
    snprintf(server.folder, sizeof server.folder, "%s/server", test_folder);
    CHECK_EQ(
        server_end(server_start("initdb", "-D", server.folder, "-U", "liangxin",
                                "-A", "trust", "-E", "UTF8", "--locale=C",
                                "--no-sync", "--wal-segsize=1", NULL)),
        0);
    server.port = free_port();
    server_launch();
    return true;
}

/* SIGINT: as an administrator stops it; SIGKILL: as a crash does. */
static inline void server_stop(int signal)
{
    kill(server.pid, signal);
    server_end(server.pid);
    server.pid = 0;
}

/* And what it has written. */
static inline void server_unmake(void)
{
    char command[400];

    if (server.pid)
        server_stop(SIGINT);
    snprintf(command, sizeof command, "rm -rf '%s'", server.folder);
    CHECK_EQ(system(command), 0);
}

/* A new database; its URL. */
static inline void fresh_database(char *url, size_t capacity)
{
    static int number;
    char name[30], sql[100];

    snprintf(name, sizeof name, "place%d", ++number);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
    server_sql("postgres", sql);
    server_url(url, capacity, name);
}
