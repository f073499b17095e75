/* LDFLAGS: -lpq */
/* The store of PostgreSQL by the contract of all stores, directly and through a
 * pooler; what is refused, in which words, and left as it is. */
#include "postgres_world.h"

#include "conformance.h"

static void fresh(struct rig *rig)
{
    fresh_database(rig->place, sizeof rig->place);
}

/* ---- refusals ---- */

/* What is in a database, as far as it could be changed here. */
static unsigned long fingerprint(const char *database)
{
    return strtoul(server_sql(database,
                              "SELECT count(*) * 1000 + (SELECT count(*)"
                              " FROM pg_namespace) FROM pg_class"),
                   NULL, 10);
}

static void check_error(const char *place, enum lx_store_status status,
                        const char *words)
{
    struct lx_store *store = NULL;
    struct lx_store_error error = {LX_STORE_OK, ""};

    CHECK_EQ(lx_postgres_api.open(place, NOW_MS, &store, &error), status);
    CHECK(!store);
    CHECK_EQ(error.status, status);
    CHECK_CONTAINS(error.text, words);
    CHECK(!strstr(error.text, "secret"));
    CHECK(!strchr(error.text, '\n'));
}

/* A database made by `sql`, which is refused and left as it is. */
static void check_refused(const char *sql, enum lx_store_status status,
                          const char *words)
{
    char place[300];

    fresh_database(place, sizeof place);
    const char *database = strrchr(place, '/') + 1;
    server_sql(database, sql);
    unsigned long before = fingerprint(database);
    check_error(place, status, words);
    CHECK_EQ(fingerprint(database), before);
}

static void test_databases(void)
{
    char place[300];

    check_row = "another program's";
    check_refused("CREATE SCHEMA liangxin;"
                  "CREATE TABLE liangxin.meta(key TEXT, value TEXT)",
                  LX_STORE_NOT_OURS, "another program's");
    check_row = "of a newer version";
    check_refused("CREATE SCHEMA liangxin;"
                  "COMMENT ON SCHEMA liangxin IS 'the journal of liangxin';"
                  "CREATE TABLE liangxin.meta(key TEXT, value TEXT);"
                  "INSERT INTO liangxin.meta VALUES('schema_version', '99')",
                  LX_STORE_NEWER, "newer version");
    check_row = "of an older version";
    fresh_database(place, sizeof place);
    server_sql(strrchr(place, '/') + 1,
               "CREATE SCHEMA liangxin;"
               "COMMENT ON SCHEMA liangxin IS 'the journal of liangxin';"
               "CREATE TABLE liangxin.meta(key TEXT PRIMARY KEY, value TEXT);"
               "INSERT INTO liangxin.meta VALUES('schema_version', '0'),"
               " ('home', 'elsewhere')");
    struct rig rig = {.api = &lx_postgres_api};
    snprintf(rig.place, sizeof rig.place, "%s", place);
    rig_open(&rig);
    CHECK(rig.api->is_copy(rig.store));
    rig_insert(&rig, "a");
    rig_close(&rig);
    check_row = "beside another program's tables";
    fresh_database(rig.place, sizeof rig.place);
    server_sql(strrchr(rig.place, '/') + 1,
               "CREATE TABLE entry(id INT); CREATE TABLE meta(key INT)");
    rig_open(&rig);
    rig_close(&rig);
}

static void test_settings(void)
{
    char place[300];

    check_row = "commits that are not kept";
    check_refused("DO $$BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
                  " || ' SET synchronous_commit = off'; END$$",
                  LX_STORE_OTHER, "synchronous_commit is off");
    check_row = "read-only";
    check_refused("DO $$BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
                  " || ' SET default_transaction_read_only = on'; END$$",
                  LX_STORE_READ_ONLY, "read-only");
    check_row = "another encoding";
    server_sql("postgres", "CREATE DATABASE latin ENCODING 'LATIN1'"
                           " TEMPLATE template0");
    server_url(place, sizeof place, "latin");
    check_error(place, LX_STORE_OTHER, "is not UTF8");
    check_row = "no such database";
    server_url(place, sizeof place, "nowhere");
    check_error(place, LX_STORE_MISSING, "no such folder or database");
}

/* ---- who may, and where ---- */

static void allow(const char *line)
{
    char path[400], text[20000] = "";
    snprintf(path, sizeof path, "%s/pg_hba.conf", server.folder);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;

    CHECK(length > 0);
    if (file)
        fclose(file);
    file = fopen(path, "w");
    if (!file)
        exit(1);
    fprintf(file, "%s\n%s", line, text);
    fclose(file);
    server_sql("postgres", "SELECT pg_reload_conf()");
}

static void check_login(const char *login, enum lx_store_status status,
                        const char *words)
{
    char place[300];

    snprintf(place, sizeof place, "postgres://%s@127.0.0.1:%d/postgres", login,
             server.port);
    check_row = login;
    check_error(place, status, words);
}

/* Until the server has read its rules again. */
static void await_rules(void)
{
    char place[300];
    ConnStatusType found = CONNECTION_OK;

    snprintf(place, sizeof place,
             "postgres://keeper:wrong@127.0.0.1:%d/postgres", server.port);
    for (time_t end = time(NULL) + SERVER_WAIT_S;
         found == CONNECTION_OK && time(NULL) < end;) {
        PGconn *db = PQconnectdb(place);
        found = PQstatus(db);
        PQfinish(db);
    }
    CHECK_EQ(found, CONNECTION_BAD);
}

static void test_logins(void)
{
    char place[300];

    server_sql("postgres", "CREATE ROLE keeper LOGIN PASSWORD 'a secret/@:1'");
    allow("host all keeper 127.0.0.1/32 scram-sha-256");
    await_rules();
    check_login("keeper:the%20secret", LX_STORE_DENIED, "authentication");
    check_login("keeper", LX_STORE_DENIED, "no password");
    check_login("nobody1", LX_STORE_DENIED, "does not exist");
    check_login("keeper:a%20secret%2F%40%3A1", LX_STORE_DENIED,
                "permission denied for database");

    /* what is no URL by its rules */
    check_login("keeper:a%zzsecret", LX_STORE_OTHER, "special characters");
    check_login("keeper:a secret/@:1", LX_STORE_LOST, "");
    check_login("keeper:secret?x", LX_STORE_DENIED, "");
    check_login("keeper:secret@secret", LX_STORE_LOST, "");

    check_row = "no server";
    snprintf(place, sizeof place, "postgres://keeper:secret@127.0.0.1:%d/x",
             free_port());
    check_error(place, LX_STORE_LOST, "cannot be reached");
    check_row = "no address of a server";
    check_error("postgres:x", LX_STORE_OTHER, "the address is postgres://");
}

/* ---- TLS ---- */

/* A certificate for itself, made by who runs the server. */
static void make_certificate(const char *name)
{
    char key[400], certificate[400];

    snprintf(key, sizeof key, "%s/%s.key", server.folder, name);
    snprintf(certificate, sizeof certificate, "%s/%s.crt", server.folder, name);
    CHECK_EQ(server_end(server_start("/usr/bin/openssl", "req", "-x509",
                                     "-newkey", "rsa:2048", "-nodes", "-days",
                                     "1", "-subj", "/CN=127.0.0.1", "-keyout",
                                     key, "-out", certificate, NULL)),
             0);
}

/* Until the server has read its settings again. */
static void turn_on_tls(void)
{
    server_sql("postgres", "ALTER SYSTEM SET ssl = on");
    server_sql("postgres", "SELECT pg_reload_conf()");
    for (time_t end = time(NULL) + SERVER_WAIT_S; time(NULL) < end;
         pause_ms(10)) {
        PGconn *db = server_dial("postgres");
        bool is_on = PQsslInUse(db);
        PQfinish(db);
        if (is_on)
            return;
    }
    CHECK_TEXT("no TLS", "TLS");
}

static void test_tls(void)
{
    struct rig rig = {.api = &lx_postgres_api};
    char url[200], place[900];

    check_row = "TLS";
    make_certificate("server");
    make_certificate("other");
    turn_on_tls();
    fresh_database(url, sizeof url);
    CHECK_EQ(setenv("PGSSLROOTCERT", "server/server.crt", 1), 0);
    snprintf(rig.place, sizeof rig.place, "%s?sslmode=verify-ca", url);
    rig_open(&rig);
    CHECK_EQ(PQsslInUse(rig.store->db), 1);
    rig_insert(&rig, "a");
    rig_close(&rig);
    snprintf(place, sizeof place,
             "%s?sslmode=verify-ca&sslrootcert=server/other.crt", url);
    check_error(place, LX_STORE_LOST, "certificate verify failed");
    CHECK_EQ(unsetenv("PGSSLROOTCERT"), 0);
}

/* ---- a child ---- */

/* The child of a fork is refused, and leaves the connection alone. */
static void test_fork(void)
{
    struct rig rig = {.api = &lx_postgres_api};
    int status = -1;

    check_row = "a fork";
    fresh(&rig);
    rig_open(&rig);
    rig.api->tick(rig.store);
    rig_begin(&rig);
    pid_t child = fork();
    if (child == 0) {
        struct lx_store_query all = {0};
        struct found found = {0};
        bool flag;
        bool is_refused =
            CALL(&rig, find, &all, take_entry, &found) == LX_STORE_FORKED &&
            CALL(&rig, has_changed, &flag) == LX_STORE_FORKED &&
            rig.api->begin(rig.store) == LX_STORE_FORKED &&
            rig.api->mark(rig.store) == LX_STORE_FORKED &&
            rig.api->undo(rig.store) == LX_STORE_FORKED &&
            rig.api->commit(rig.store) == LX_STORE_FORKED;
        rig.api->roll_back(rig.store);
        rig.api->tick(rig.store);
        rig.api->close(rig.store);
        _exit(is_refused ? 0 : 1);
    }
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
    rig_commit(&rig);
    rig_insert(&rig, "after the fork");
    CHECK_EQ(rig_find_key(&rig, "after the fork").count, 1);
    rig_close(&rig);
}

/* ---- a pooler ---- */

static int pooler_port;

static void fresh_pooled(struct rig *rig)
{
    char url[300];

    fresh_database(url, sizeof url);
    snprintf(rig->place, sizeof rig->place,
             "postgres://liangxin@127.0.0.1:%d/%s", pooler_port,
             strrchr(url, '/') + 1);
}

static pid_t start_pooler(const char *program)
{
    char path[300], url[300];

    pooler_port = free_port();
    snprintf(path, sizeof path, "%s/pooler.ini", test_folder);
    FILE *file = fopen(path, "w");
    if (!file)
        exit(1);
    fprintf(
        file,
        "[databases]\n* = host=127.0.0.1 port=%d user=liangxin\n[pgbouncer]\n"
        "listen_addr = 127.0.0.1\nlisten_port = %d\nauth_type = any\n"
        "unix_socket_dir =\npool_mode = transaction\n"
        "default_pool_size = 2\n",
        server.port, pooler_port);
    fclose(file);
    snprintf(url, sizeof url, "postgres://liangxin@127.0.0.1:%d/postgres",
             pooler_port);
    pid_t pid = server_start(program, path, NULL);
    for (time_t end = time(NULL) + SERVER_WAIT_S;
         PQping(url) != PQPING_OK && time(NULL) < end;)
        pause_ms(20);
    return pid;
}

/* Each transaction may be on another of its two connections. */
static void test_pooler(void)
{
    static const char *const PROGRAMS[] = {"/usr/sbin/pgbouncer",
                                           "/usr/bin/pgbouncer"};
    struct rig rig = {.api = &lx_postgres_api}, other;
    const char *program = PROGRAMS[access(PROGRAMS[0], X_OK) != 0];

    if (access(program, X_OK) != 0) {
        printf("skipped: no pooler: apt-get install pgbouncer\n");
        return;
    }
    pid_t pid = start_pooler(program);
    run_conformance(&lx_postgres_api, fresh_pooled);
    check_row = "a pooler";
    fresh_pooled(&rig);
    rig_open(&rig);
    CHECK(rig.store->is_pooled);
    other = rig;
    rig_open(&other);
    for (int i = 0; i < 20; i++) {
        rig_insert(i % 2 ? &rig : &other, NULL);
        rig.api->tick(rig.store);
    }
    CHECK_EQ(rig_find(&rig, (struct lx_store_query){0}).count, 20);
    rig_close(&rig);
    rig_close(&other);
    kill(pid, SIGINT);
    server_end(pid);
}

int main(void)
{
    if (!world_begin())
        return check_report("postgres_store");
    run_conformance(&lx_postgres_api, fresh);
    test_databases();
    test_settings();
    test_logins();
    test_fork();
    test_pooler();
    test_tls();
    world_end();
    return check_report("postgres_store");
}
