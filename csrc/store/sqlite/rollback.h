/* rollback.h: how SQLite's rollback journal is written: through a layer over
 * the system's VFS that leaves out what brings no safety. SQLite opens that
 * file for each transaction, so that each syncs the folder once more, and
 * writes a page in three pieces. Here the file stays open, and what is written
 * waits in memory for the next sync or read; what is synced, and in which
 * order, is SQLite's business as before. One layer a connection, on its thread.
 */
#pragma once

#include "os/file.h"

#include <sqlite3.h>
#include <stdbool.h>

#pragma GCC visibility push(hidden)

struct lx_rollback {
    sqlite3_vfs vfs; /* first: SQLite hands it back */
    sqlite3_vfs *base;
    char name[32];      /* of the VFS; "": not registered */
    sqlite3_file *file; /* owned: the system's */
    bool is_open;       /* the file is */
    bool is_lasting;    /* and stays so between transactions */
    bool is_used;       /* by SQLite, now */
    int out_flags;      /* that it was opened with */
    struct lx_file_identity identity;
    char *bytes; /* owned: [at, at + length) of the file, not written so far */
    sqlite3_int64 at;
    int length;
};

/* Register the layer; the connection opens with rollback->name. An SQLite
 * code. */
int lx_rollback_init(struct lx_rollback *rollback);

/* After the connection is closed. Twice is fine, and one of zeroes. */
void lx_rollback_deinit(struct lx_rollback *rollback);

#pragma GCC visibility pop
