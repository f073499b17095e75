/* message.h: the only things that cross threads. A command goes from the host's
 * thread to the I/O thread, an event comes back. Each has one owner at a time;
 * pushing it into a queue gives it away. */
#pragma once

#include "api/api_url.h"
#include "api/body.h"
#include "api/record.h"
#include "base/status.h"
#include "download/downloaded.h"
#include "download/order.h"
#include "engine/question.h"
#include "engine/wish.h"
#include "journal/entry_files.h"
#include "journal/entry_rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

enum lx_command_type {
    LX_COMMAND_CREATE,   /* send createTask, then watch the task */
    LX_COMMAND_WATCH,    /* watch from now on, with a fresh deadline */
    LX_COMMAND_QUERY,    /* one recordInfo, or a page of the gateway's */
    LX_COMMAND_RECORDS,  /* show the records of state changes from now on */
    LX_COMMAND_NUDGE,    /* a callback came: ask about this task at once */
    LX_COMMAND_CANCEL,   /* forget an operation */
    LX_COMMAND_WITHDRAW, /* end a create, unless it is on its way */
    LX_COMMAND_TIMER,    /* an event after delay_ms */
    LX_COMMAND_DOWNLOAD, /* one URL to a file or into memory */
    LX_COMMAND_ASK       /* a question to the journal */
};

struct lx_command {
    struct lx_command *next;
    enum lx_command_type type;
    uint64_t id; /* of the operation, chosen by the host's side */
    char *text;  /* create: body; watch, query: task id, or NULL: `page`;
                    owned */
    size_t text_length;
    enum lx_api_page page; /* query */
    struct lx_body *body;  /* create: instead of the text, when it has pictures;
                              owned */
    uint64_t request_bytes; /* watch, query: of the task's create, 0 unknown */
    char *model; /* create, watch: key of what is learned, may be NULL */
    int64_t deadline_ms; /* create, watch: how long to watch */
    int64_t delay_ms;    /* timer */
    bool hold;           /* create: do not watch before a WATCH comes */
    bool has_callback;   /* create: the service is to call back */
    bool wants_records;  /* create, watch: with each change of the state */
    bool is_ours;        /* watch: this client made the task */
    int64_t entry;       /* watch: of the journal, 0: none; */
    int64_t attempt;     /* and which of its attempts made the task, */
    int64_t accepted_ms; /* and when, Unix time; 0: not known */
    struct lx_download_order *download;
    struct lx_wish *wish;         /* create: with a journal, else NULL; owned */
    struct lx_question *question; /* ask; owned */
    struct lx_event *final;       /* of the operation that this begins, made
                                     beforehand; NULL when it begins none; owned */
};

enum lx_event_type {
    LX_EVENT_CREATED,    /* task_id, is_provisional */
    LX_EVENT_STATE,      /* state: its word changed; record, if wanted */
    LX_EVENT_ENDED,      /* final for create and watch: record and/or error */
    LX_EVENT_RECORD,     /* final for a query: record or error */
    LX_EVENT_TIMER,      /* final for a timer */
    LX_EVENT_PROGRESS,   /* bytes, total (0 unknown) */
    LX_EVENT_DOWNLOADED, /* final for a download: file or error */
    LX_EVENT_ANSWER,     /* final for an ask: text and rows, or error */
    LX_EVENT_POSTED,     /* text, from another thread: mailbox.h */
    LX_EVENT_LOG         /* one request was made; id 0 */
};

struct lx_log_entry {
    char method[8];
    char *url; /* without query */
    char request_id[96];
    int http_status; /* 0: no answer */
    int attempt;
    int64_t elapsed_ms;
    int64_t date_s; /* of the answer, by its server's clock; 0: unknown */
};

struct lx_event {
    struct lx_event *next;
    enum lx_event_type type;
    uint64_t id;
    char state[LX_STATE_WORD_MAX];
    char *task_id;        /* everything pointed to is owned */
    bool is_provisional;  /* created: the id was read from a damaged answer */
    struct lx_body *body; /* created, or ended before that: of the create, when
                             it had pictures */
    struct lx_record *record; /* with an error its `body` may be all it has */
    struct lx_error *error;   /* NULL: it went well */
    struct lx_downloaded *file;
    struct lx_log_entry *log;
    int64_t entry;   /* created, ended unknown: of the journal, 0: none; */
    int64_t attempt; /* and which of its attempts that was */
    struct lx_entry_files *saved; /* ended: those that the entry has on the
                                     disk; NULL: to be downloaded */
    char *text;                   /* JSON: answer, posted */
    size_t text_length;
    struct lx_entry_rows *rows; /* answer: its `entries`; NULL: none */
    uint64_t bytes, total;      /* progress */
    bool is_out_of_memory;      /* an error for which there was no room */
};

/* NULL when out of memory; everything cleared but the type, id and final. */
struct lx_command *lx_command_new(enum lx_command_type type, uint64_t id);
struct lx_event *lx_event_new(enum lx_event_type type, uint64_t id);

/* Free with everything owned; NULL is fine. */
void lx_command_free(struct lx_command *command);
void lx_command_free_all(struct lx_command *first); /* linked by `next` */
void lx_event_free(struct lx_event *event);
void lx_event_free_all(struct lx_event *first); /* linked by `next` */

#pragma GCC visibility pop
