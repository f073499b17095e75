/* owner.c: see owner.h. A lock's name is random and never used again. */
#include "owner.h"
#include "place.h"

#include "os/process.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_NAME_BYTES 16
#define OWNER_NAME_MAX  (2 * LOCK_NAME_BYTES + 1)

/* Owners that are forgotten by one client that joins. */
#define FORGOTTEN_MAX 64

/* Names in the journal's folder that it looks at for that. */
#define NAMES_MAX 10000

/* ---- forks ---- */

/* A child of a fork shares the descriptors of its parent, and with them the
 * locks: they would be held, and the parent be taken for alive, until both have
 * ended. So the child closes those of all clients, as many as are listed. */
#define LISTED_MAX 256

static struct {
    atomic_bool is_hooked;
    atomic_int forks; /* that lead to this process, since the first store */
    _Atomic(intptr_t) handles[LISTED_MAX]; /* of the lock + 1; 0: free */
} global;

static void begin_child(void)
{
    atomic_fetch_add(&global.forks, 1);
    for (int i = 0; i < LISTED_MAX; i++) {
        intptr_t handle = atomic_exchange(&global.handles[i], 0);
        struct lx_file lock = {handle - 1};
        if (handle)
            lx_file_close(&lock);
    }
}

bool lx_sqlite_watch_forks(struct lx_store *store)
{
    if (!atomic_exchange(&global.is_hooked, true) &&
        !lx_process_on_fork(begin_child)) {
        atomic_store(&global.is_hooked, false);
        return false;
    }
    store->forks = atomic_load(&global.forks);
    return true;
}

bool lx_sqlite_is_forked(const struct lx_store *store)
{
    return atomic_load_explicit(&global.forks, memory_order_relaxed) !=
           store->forks;
}

static void list_lock(const struct lx_file *lock)
{
    for (int i = 0; i < LISTED_MAX; i++) {
        intptr_t unused = 0;
        if (atomic_compare_exchange_strong(&global.handles[i], &unused,
                                           lock->handle + 1))
            return;
    }
}

static void unlist_lock(const struct lx_file *lock)
{
    for (int i = 0; i < LISTED_MAX; i++) {
        intptr_t listed = lock->handle + 1;
        if (atomic_compare_exchange_strong(&global.handles[i], &listed, 0))
            return;
    }
}

/* ---- locks ---- */

#define SUFFIX ".owner"

/* Where the file is, whatever links lead to it. */
static const char *file_of(const struct lx_store *store)
{
    return sqlite3_db_filename(store->db, "main");
}

/* "<journal>.<name>.owner"; the caller frees it. NULL when out of memory. */
static char *path_of(const struct lx_store *store, const char *name)
{
    const char *file = file_of(store);
    size_t capacity = strlen(file) + strlen(name) + sizeof "." SUFFIX;
    char *path = malloc(capacity);

    if (path)
        snprintf(path, capacity, "%s.%s" SUFFIX, file, name);
    return path;
}

static void make_name(char *out)
{
    unsigned char bytes[LOCK_NAME_BYTES];

    if (!lx_process_secret(bytes, sizeof bytes))
        for (size_t i = 0; i < sizeof bytes; i += sizeof(uint64_t)) {
            uint64_t seed = lx_process_seed();
            memcpy(bytes + i, &seed, sizeof seed);
        }
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

/* False only where it is certain: a file that cannot be opened, for want of
 * descriptors or permission, is a living owner's. */
static bool lock_is_held(const char *path)
{
    struct lx_file file;
    enum lx_file_reason reason = lx_file_open(&file, path);

    if (reason != LX_FILE_OK)
        return reason != LX_FILE_MISSING;
    reason = lx_file_lock_shared(&file);
    lx_file_close(&file);
    return reason != LX_FILE_OK;
}

/* ---- those who are dead ---- */

struct dead {
    struct lx_store *store;
    size_t count;
    int64_t ids[FORGOTTEN_MAX];
};

static bool find_dead(void *argument, const struct lx_row *row)
{
    struct dead *dead = argument;
    const char *name = lx_row_text(row, 1);
    char *path = path_of(dead->store, name ? name : "");

    if (path && !lock_is_held(path)) {
        dead->ids[dead->count++] = lx_row_integer(row, 0);
        (void)lx_file_remove(path);
    }
    free(path);
    return dead->count < FORGOTTEN_MAX;
}

static enum lx_store_status forget_dead(struct lx_store *store)
{
    struct dead dead = {.store = store};
    enum lx_store_status status =
        lx_sql_walk(store, find_dead, &dead, LX_SQL_OWNERS, "");

    for (size_t i = 0; i < dead.count && status == LX_STORE_OK; i++)
        status = lx_sql_run(store, LX_SQL_DROP_OWNER, "i", dead.ids[i]);
    return status;
}

/* One that was killed before its row was committed has left its file alone; one
 * that was killed while it made the journal, an unfinished one. */
struct beside {
    struct lx_store *store;
    const char *base; /* the journal's name in its folder */
    int looked_at;
    bool is_held; /* one of the locks */
    bool removes;
};

/* Whether it is "<base>.<hexadecimal digits><suffix>". */
static bool is_named(const char *file_name, const char *base, size_t digits,
                     const char *suffix)
{
    size_t length = strlen(base);

    return strncmp(file_name, base, length) == 0 && file_name[length] == '.' &&
           strspn(file_name + length + 1, "0123456789abcdef") == digits &&
           strcmp(file_name + length + 1 + digits, suffix) == 0;
}

static bool look_at(void *argument, const char *file_name)
{
    struct beside *beside = argument;
    const char *file = file_of(beside->store);
    bool is_lock =
        is_named(file_name, beside->base, OWNER_NAME_MAX - 1, SUFFIX);
    bool is_new = is_named(file_name, beside->base, LX_SQLITE_NEW_DIGITS,
                           LX_SQLITE_NEW_SUFFIX);
    size_t folder = lx_folder_length(file);
    char *path =
        is_lock || is_new ? malloc(folder + strlen(file_name) + 1) : NULL;

    if (path) {
        memcpy(path, file, folder);
        strcpy(path + folder, file_name);
        if (is_lock && lock_is_held(path))
            beside->is_held = true;
        else if (beside->removes)
            (void)lx_file_remove(path);
        free(path);
    }
    return ++beside->looked_at < NAMES_MAX;
}

static void walk_beside(struct beside *beside)
{
    const char *file = file_of(beside->store);
    size_t length = lx_folder_length(file);
    char *folder = malloc(length + 1);

    if (!folder)
        return;
    memcpy(folder, file, length);
    folder[length] = '\0';
    beside->base = file + length;
    lx_folder_walk(folder, look_at, beside);
    free(folder);
}

/* Nobody is between making a lock and taking it: both are done with the write
 * lock of the journal, as this is. Who is making a journal comes too late. */
static void clean_up(struct lx_store *store)
{
    struct beside beside = {.store = store, .removes = true};

    walk_beside(&beside);
}

bool lx_sqlite_has_owners(struct lx_store *store)
{
    struct beside beside = {.store = store};

    walk_beside(&beside);
    return beside.is_held;
}

/* ---- this one ---- */

/* The lock is held before anybody can read its name. */
static enum lx_store_status take_lock(struct lx_store *store, const char *name)
{
    store->lock_path = path_of(store, name);
    if (!store->lock_path)
        return lx_sql_refuse(store, LX_STORE_MEMORY);
    enum lx_file_reason reason =
        lx_file_create_private(&store->lock, store->lock_path);
    if (reason == LX_FILE_OK) {
        list_lock(&store->lock);
        reason = lx_file_lock(&store->lock);
    }
    if (reason == LX_FILE_OK)
        return LX_STORE_OK;
    enum lx_store_status status =
        reason == LX_FILE_DISK_FULL || reason == LX_FILE_QUOTA
            ? LX_STORE_FULL
            : LX_STORE_DENIED;
    lx_sqlite_words(&store->error, status, store->lock_path, NULL);
    return status;
}

enum lx_store_status lx_sqlite_join(struct lx_store *store, int64_t now_ms)
{
    char name[OWNER_NAME_MAX], host[160];
    enum lx_store_status status = forget_dead(store);

    clean_up(store);
    make_name(name);
    lx_machine_id(host, sizeof host);
    if (status == LX_STORE_OK)
        status = take_lock(store, name);
    if (status == LX_STORE_OK)
        status = lx_sql_run(store, LX_SQL_ADD_OWNER, "titi", host,
                            lx_process_id(), name, now_ms);
    store->owner = sqlite3_last_insert_rowid(store->db);
    return status;
}

void lx_sqlite_leave(struct lx_store *store)
{
    if (lx_file_is_open(&store->lock)) {
        (void)lx_file_remove(store->lock_path);
        unlist_lock(&store->lock);
        lx_file_close(&store->lock);
    }
    free(store->lock_path);
    store->lock_path = NULL;
}

static bool take_path(void *argument, const struct lx_row *row)
{
    char *out = argument;
    const char *name = lx_row_text(row, 0);

    snprintf(out, OWNER_NAME_MAX, "%s", name ? name : "");
    return false;
}

enum lx_store_status lx_sqlite_is_alive(struct lx_store *store, int64_t owner,
                                        bool *is_alive)
{
    char name[OWNER_NAME_MAX] = "";

    *is_alive = owner != 0 && owner == store->owner;
    if (*is_alive || owner == 0)
        return LX_STORE_OK;
    enum lx_store_status status =
        lx_sql_walk(store, take_path, name, LX_SQL_OWNER_LOCK, "i", owner);
    if (status != LX_STORE_OK || !*name)
        return status;
    char *path = path_of(store, name);
    if (!path)
        return lx_sql_refuse(store, LX_STORE_MEMORY);
    *is_alive = lock_is_held(path);
    free(path);
    return LX_STORE_OK;
}

/* ---- those of an account ---- */

enum lx_store_status lx_sqlite_use_account(struct lx_store *store,
                                           const char *account)
{
    return lx_sql_run(store, LX_SQL_USE_ACCOUNT, "it", store->owner, account);
}

enum lx_store_status lx_sqlite_pause_account(struct lx_store *store,
                                             const char *account,
                                             int64_t now_ms, int64_t pause_ms)
{
    return lx_sql_run(store, LX_SQL_PUT_PAUSE, "tiii", account, store->owner,
                      now_ms + pause_ms, pause_ms);
}

struct census {
    const struct lx_store *store;
    struct lx_store_fleet *fleet;
};

static bool count_living(void *argument, const struct lx_row *row)
{
    struct census *census = argument;
    const char *name = lx_row_text(row, 0);
    char *path = path_of(census->store, name ? name : "");

    if (path && lock_is_held(path))
        census->fleet->others++;
    free(path);
    return true;
}

static bool take_pause(void *argument, const struct lx_row *row)
{
    struct census *census = argument;

    census->fleet->pause_id = lx_row_integer(row, 0);
    census->fleet->pause_ms = lx_row_integer(row, 1);
    return false;
}

enum lx_store_status lx_sqlite_look_at_account(struct lx_store *store,
                                               const char *account,
                                               int64_t now_ms,
                                               struct lx_store_fleet *fleet)
{
    struct census census = {store, fleet};

    *fleet = (struct lx_store_fleet){0};
    enum lx_store_status status =
        lx_sql_walk(store, count_living, &census, LX_SQL_OTHERS, "ti", account,
                    store->owner);
    if (status == LX_STORE_OK)
        status = lx_sql_walk(store, take_pause, &census, LX_SQL_PAUSE, "tii",
                             account, store->owner, now_ms);
    return status;
}
