/* file.h: files and folders of the system. Paths are NUL-terminated UTF-8; on
 * Windows also in its code page, in which Lua has them.
 * Any thread; a struct lx_file is used by one at a time. A call may
 * take any time, so none is for the host's thread, and a signal cuts none
 * short. Descriptors are not inherited by programs that the host starts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* X(suffix, words): what a call returns, and what to tell the user. */
#define LX_FILE_REASON_MAP(X)                                                  \
    X(OK, "it went well")                                                      \
    X(DISK_FULL, "the disk is full: make room and save again")                 \
    X(QUOTA, "the disk quota is used up: make room and save again")            \
    X(TOO_LARGE, "the file would be larger than the file system or a limit "   \
                 "of this process (ulimit -f) allows")                         \
    X(DENIED, "no permission: choose another folder or change its "            \
              "permissions")                                                   \
    X(READ_ONLY, "the file system is read-only: choose another folder")        \
    X(MISSING, "there is no such file or folder")                              \
    X(NOT_FOLDER, "a part of the path is a file, not a folder")                \
    X(IS_FOLDER, "this is a folder: give the name of a file in it")            \
    X(EXISTS, "something has that name already")                               \
    X(IS_LINK, "a symbolic link stands there: remove it")                      \
    X(NOT_REGULAR, "a device, pipe or socket stands there: choose another "    \
                   "name")                                                     \
    X(BUSY, "another program uses it: try again after it has ended")           \
    X(NAME_TOO_LONG, "the name is too long: choose a shorter one")             \
    X(TOO_MANY_FILES, "too many files are open in this process or system "     \
                      "(ulimit -n)")                                           \
    X(MEMORY, "out of memory")                                                 \
    X(FAULT, "the disk reports a fault")                                       \
    X(OTHER, "the system refuses it")

#define LX_FILE_REASON_ENUM(suffix, words) LX_FILE_##suffix,
enum lx_file_reason { LX_FILE_REASON_MAP(LX_FILE_REASON_ENUM) };
#undef LX_FILE_REASON_ENUM

/* Static storage, without a full stop. */
const char *lx_file_words(enum lx_file_reason reason);

/* ---- open files ---- */

struct lx_file {
    intptr_t handle;
};
#define LX_FILE_CLOSED ((struct lx_file){-1})

bool lx_file_is_open(const struct lx_file *file);

/* Make a file that is not there yet, for reading and writing, with the
 * permissions that the user's mask leaves. EXISTS also for a link that leads
 * nowhere. *file is closed after any reason but OK, here and below. */
enum lx_file_reason lx_file_create(struct lx_file *file, const char *path);

/* The same, for its user's eyes only where the system has such permissions. */
enum lx_file_reason lx_file_create_private(struct lx_file *file,
                                           const char *path);

/* Open for reading what is there, links followed; NOT_REGULAR or IS_FOLDER
 * for what is no file, at once also for a pipe without a writer. */
enum lx_file_reason lx_file_open(struct lx_file *file, const char *path);

/* A closed one is fine. */
void lx_file_close(struct lx_file *file);

/* All bytes, or not OK. */
enum lx_file_reason lx_file_write(const struct lx_file *file, uint64_t offset,
                                  const void *bytes, size_t length);

/* *length: room on the way in, bytes read on the way out; less than the room
 * only at the end of the file. */
enum lx_file_reason lx_file_read(const struct lx_file *file, uint64_t offset,
                                 void *bytes, size_t *length);

/* Lock it against other lockers, in this process and others, until it is
 * closed. BUSY when one has it; OK where the file system has no locks. */
enum lx_file_reason lx_file_lock(const struct lx_file *file);

/* The same lock, shared with others that share it: to see whether somebody has
 * it alone without being taken for him. */
enum lx_file_reason lx_file_lock_shared(const struct lx_file *file);

/* Which file it is, whatever its name, and whether it changed. */
struct lx_file_identity {
    uint64_t volume, index;
    uint64_t length;
    int64_t changed_ns;  /* a time of the file system, to be compared only */
    int64_t modified_ms; /* the same, of its content */
};
enum lx_file_reason lx_file_identify(const struct lx_file *file,
                                     struct lx_file_identity *identity);

/* The same of what a path leads to, without opening it where that can be: on
 * POSIX closing any descriptor of a file gives up the locks of others in this
 * process. */
enum lx_file_reason lx_file_identify_at(const char *path,
                                        struct lx_file_identity *identity);

/* Have the disk begin with bytes [offset, offset + length), without waiting:
 * a hint. */
void lx_file_begin_sync(const struct lx_file *file, uint64_t offset,
                        uint64_t length);

/* Wait until these bytes have been written, where the system can tell: breaks
 * a long lx_file_sync into short waits, but does not replace it. */
enum lx_file_reason lx_file_sync_range(const struct lx_file *file,
                                       uint64_t offset, uint64_t length);

/* Returns when the content survives a power cut, as far as the file system
 * can promise that. */
enum lx_file_reason lx_file_sync(const struct lx_file *file);

/* ---- names ---- */

enum lx_file_kind {
    LX_FILE_KIND_NONE, /* also when the path cannot be looked at */
    LX_FILE_KIND_REGULAR,
    LX_FILE_KIND_FOLDER, /* or a link to one */
    LX_FILE_KIND_LINK,   /* to a regular file, or to nothing */
    LX_FILE_KIND_OTHER
};
enum lx_file_kind lx_file_kind_at(const char *path);

/* Whether its user alone may read it, where the system has such permissions;
 * links are followed. False when there is none. */
bool lx_file_is_private(const char *path);

/* Rename within one file system, atomically: *to* is free before, EXISTS
 * otherwise; or with `replace` a file there is gone. */
enum lx_file_reason lx_file_rename(const char *from, const char *to,
                                   bool replace);

enum lx_file_reason lx_file_remove(const char *path);

/* One folder; EXISTS when anything has its name. */
enum lx_file_reason lx_folder_make(const char *path);

/* Whether files may be made in it, as far as can be told before. */
enum lx_file_reason lx_folder_check(const char *path);

/* Whether it lies on another machine, as far as can be told. */
bool lx_folder_is_remote(const char *path);

/* Call `visit` with each name in it while that returns true, in no order; ""
 * is the current folder. Nothing where it cannot be read. A visit may remove
 * the file of its name. */
typedef bool lx_folder_visit(void *argument, const char *name);
void lx_folder_walk(const char *path, lx_folder_visit *visit, void *argument);

/* Have the names in it survive a power cut. A folder that cannot be opened or
 * synced (some network file systems) is no reason to fail: best effort. */
void lx_folder_sync(const char *path);

/* '/', and on Windows '\\', too. */
bool lx_path_is_separator(char byte);

/* Bytes that a path begins with and that no folder is made for: the first
 * separator; on Windows a drive's root, or a network's host and share. */
size_t lx_path_root_length(const char *path);

/* The path as it is from the root on, whatever the current folder will be,
 * NUL-terminated in out[0..capacity); a separator at its end stays. In UTF-8
 * where the path is. False when it does not fit or the current folder is gone.
 * Asks no disk: the host's thread may call it. */
bool lx_path_absolute(const char *path, char *out, size_t capacity);

/* Bytes of the folder of a path, the separator behind it included; 0 when the
 * path has none: the current folder. */
size_t lx_folder_length(const char *path);

#pragma GCC visibility pop
