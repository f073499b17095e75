/* message.h: the only things that cross threads. A command goes from the host's
 * thread to the I/O thread, an event comes back. Each has one owner at a time;
 * pushing it into a queue gives it away. */
#pragma once

#include "api/record.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lx_command_type {
    LX_COMMAND_CREATE,   /* send createTask, then watch the task */
    LX_COMMAND_WATCH,    /* watch from now on, with a fresh deadline */
    LX_COMMAND_QUERY,    /* one recordInfo */
    LX_COMMAND_RECORDS,  /* show the records of state changes from now on */
    LX_COMMAND_NUDGE,    /* a callback came: ask about this task at once */
    LX_COMMAND_CANCEL,   /* forget an operation */
    LX_COMMAND_TIMER,    /* an event after delay_ms */
    LX_COMMAND_DOWNLOAD, /* one URL to a file or into memory */
};

/* What a download is to do, and what it may. All texts are owned and
 * NUL-terminated. */
struct lx_download_spec {
    char *url;
    char *target;       /* file or folder, as given; NULL: into memory */
    char *task_id;      /* names the file in a folder; NULL: the URL does */
    char *first_url;    /* the one that does; NULL: `url`. Redirects led here */
    int number;         /* of the file among those of `target`, from 1 */
    uint64_t max_bytes; /* more is refused */
    int64_t stall_ms;   /* no byte for so long: cut and resumed */
    bool overwrite;     /* replace an existing file */
    bool allow_http;    /* http: URLs are fine (the API itself is http:) */
    bool allow_private; /* addresses of loopback and private nets are fine */
    bool want_progress; /* send LX_EVENT_PROGRESS */
};

struct lx_command {
    struct lx_command *next;
    enum lx_command_type type;
    uint64_t id; /* of the operation, chosen by the host's side */
    char *text;  /* create: body; watch, query: task id; owned */
    size_t text_length;
    char *model; /* create, watch: key of what is learned, may be NULL */
    int64_t deadline_ms; /* create, watch: how long to watch */
    int64_t delay_ms;    /* timer */
    bool hold;           /* create: do not watch before a WATCH comes */
    bool wants_records;  /* create, watch: with each change of the state */
    bool is_ours;        /* watch: this client made the task */
    struct lx_download_spec *download;
    struct lx_event *final; /* of the operation that this begins, made
                               beforehand; NULL when it begins none; owned */
};

enum lx_event_type {
    LX_EVENT_CREATED,    /* task_id */
    LX_EVENT_STATE,      /* state: its word changed; record, if wanted */
    LX_EVENT_ENDED,      /* final for create and watch: record and/or error */
    LX_EVENT_RECORD,     /* final for a query: record or error */
    LX_EVENT_TIMER,      /* final for a timer */
    LX_EVENT_PROGRESS,   /* bytes, total (0 unknown) */
    LX_EVENT_DOWNLOADED, /* final for a download: file or error */
    LX_EVENT_LOG         /* one request was made; id 0 */
};

/* How a download ended well, or where it was sent on to. */
struct lx_file {
    char *path;         /* where it was saved; NULL: in no file */
    char *content_type; /* NULL when the server said none */
    char *location;     /* a redirect's target, absolute: nothing was saved */
    char *bytes;        /* the content, when it went into memory */
    uint64_t length;    /* bytes of the whole file */
};

struct lx_log_entry {
    char method[8];
    char *url; /* without query */
    char request_id[96];
    int http_status; /* 0: no answer */
    int attempt;
    int64_t elapsed_ms;
};

struct lx_event {
    struct lx_event *next;
    enum lx_event_type type;
    uint64_t id;
    char state[LX_STATE_WORD_MAX];
    char *task_id; /* everything pointed to is owned */
    struct lx_record *record;
    struct lx_error *error; /* NULL: it went well */
    struct lx_file *file;
    struct lx_log_entry *log;
    uint64_t bytes, total; /* progress */
    bool is_out_of_memory; /* an error for which there was no room */
};

/* NULL when memory is out; everything cleared but the type, id and final. */
struct lx_command *lx_command_new(enum lx_command_type type, uint64_t id);
struct lx_event *lx_event_new(enum lx_event_type type, uint64_t id);

/* Free with everything owned; NULL is fine. */
void lx_command_free(struct lx_command *command);
void lx_event_free(struct lx_event *event);
void lx_event_free_all(struct lx_event *first); /* linked by `next` */
void lx_download_spec_free(struct lx_download_spec *spec);
void lx_file_free(struct lx_file *file);

/* A NUL-terminated copy of text[0..length); NULL when memory is out. */
char *lx_text_duplicate(const char *text, size_t length);
