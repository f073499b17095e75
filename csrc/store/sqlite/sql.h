/* sql.h: every statement but the schema's. Prepared on first use and kept
 * until the store closes. */
#pragma once

#include "sql/statement.h"

/* For each write SQLite makes a table of a list of three, and another one. */
#define LX_PART_UNFINISHED                                                     \
    "(state = 'planned' OR state = 'sending' OR state = 'accepted'"            \
    " OR (state = 'succeeded' AND target IS NOT NULL))"
#define LX_PART_QUEUED   "(state = 'planned' AND due_ms > 0)"
#define LX_PART_STRAY    "(state = 'planned' AND key IS NULL AND due_ms = 0)"
#define LX_PART_REUSABLE "state IN ('succeeded', 'saved')"
#define LX_PART_PRUNABLE                                                       \
    "(state IN ('saved', 'refused', 'failed', 'abandoned')"                    \
    " OR (state = 'succeeded' AND target IS NULL))"

#define LX_PART_ENTRY                                                          \
    "SELECT id, origin, key, batch, model, identity, body, priority, state,"   \
    " attempt, owner, fence, due_ms, urls, target, error, created_ms,"         \
    " accepted_ms, ended_ms, saved_ms FROM entry "
#define LX_PART_NUMBERS                                                        \
    "SELECT id, NULL, NULL, NULL, NULL, NULL, NULL, priority, state, attempt," \
    " owner, fence, due_ms, NULL, NULL, NULL, created_ms, accepted_ms,"        \
    " ended_ms, saved_ms FROM entry "
#define LX_PART_BY_TASK                                                        \
    LX_PART_ENTRY "WHERE id = (SELECT entry_id FROM attempt"                   \
                  " WHERE origin = ?1 AND task_id = ?2)"
#define LX_PART_BY_TOKEN                                                       \
    LX_PART_ENTRY "WHERE id = (SELECT entry_id FROM attempt"                   \
                  " WHERE token_hash = ?1)"
#define LX_PART_CHANGE                                                         \
    "UPDATE attempt SET reserved_mc = ?3, charged_mc = ?4, sent_ms = ?5,"      \
    " outcome = ?6"
#define LX_PART_ONE " WHERE entry_id = ?1 AND n = ?2"
#define LX_PART_FILTER                                                         \
    "id > ?1 AND (?2 IS NULL OR entry.origin = ?2)"                            \
    " AND (?3 IS NULL OR batch = ?3)"                                          \
    " AND (?4 IS NULL OR model = ?4) AND created_ms >= ?5"                     \
    " AND (?6 IS NULL OR instr(?6, state) > 0)"                                \
    " ORDER BY id LIMIT ?7"
#define LX_PART_LIST_UNFINISHED                                                \
    LX_PART_ENTRY "INDEXED BY entry_unfinished"                                \
                  " WHERE " LX_PART_UNFINISHED " AND " LX_PART_FILTER
#define LX_PART_FORGOTTEN                                                      \
    "(SELECT id FROM entry WHERE " LX_PART_PRUNABLE                            \
    " AND max(ended_ms, saved_ms) < ?1 AND id > ?2 AND id <= ?3)"
#define LX_PART_SPEND(label)                                                   \
    "SELECT " label ", count(*), coalesce(sum(a.charged_mc), 0),"              \
    " sum(a.reserved_mc) FROM attempt a JOIN entry e ON e.id = a.entry_id"     \
    " WHERE max(a.sent_ms, e.created_ms) >= ?1"                                \
    " AND (?2 IS NULL OR e.origin = ?2) GROUP BY 1 ORDER BY 1"

/* X(suffix, text): those of statement.h */
#define LX_SQL_SHARED_MAP(X)                                                   \
    X(FIND_ID, LX_PART_ENTRY "WHERE id = ?1")                                  \
    X(FIND_NUMBERS, LX_PART_NUMBERS "WHERE id = ?1")                           \
    X(FIND_KEY, LX_PART_ENTRY "WHERE origin = ?1 AND key = ?2")                \
    X(FIND_TASK, LX_PART_BY_TASK)                                              \
    X(FIND_TOKEN, LX_PART_BY_TOKEN)                                            \
    X(SEE_TASK, LX_PART_BY_TASK)                                               \
    X(SEE_TOKEN, LX_PART_BY_TOKEN)                                             \
    X(FIND_IDENTITY,                                                           \
      LX_PART_ENTRY "WHERE origin = ?1 AND identity = ?2"                      \
                    " AND (?3 IS NULL OR model = ?3)"                          \
                    " AND " LX_PART_REUSABLE " ORDER BY id DESC LIMIT 1")      \
    X(LIST, LX_PART_ENTRY "WHERE " LX_PART_FILTER)                             \
    X(UNFINISHED, LX_PART_LIST_UNFINISHED)                                     \
    X(LOST, LX_PART_ENTRY "WHERE id IN (SELECT entry_id FROM attempt"          \
                          " WHERE entry_id > ?1"                               \
                          " AND outcome IN ('lost', 'left'))"                  \
                          " AND " LX_PART_FILTER)                              \
    X(CLAIMABLE,                                                               \
      "SELECT id, key, batch, model, priority, state, attempt, owner, fence,"  \
      " urls, target, accepted_ms, ended_ms, task_id, charged_mc FROM entry"   \
      " INDEXED BY entry_unfinished LEFT JOIN attempt ON entry_id = id"        \
      " AND n = attempt WHERE " LX_PART_UNFINISHED " AND " LX_PART_FILTER)     \
    X(DUE, LX_PART_ENTRY "INDEXED BY entry_queued WHERE " LX_PART_QUEUED       \
                         " AND owner = 0 AND origin = ?1"                      \
                         " AND (?2 IS NULL OR batch = ?2) AND due_ms <= ?3"    \
                         " ORDER BY priority DESC, id LIMIT ?4")               \
    X(HELD, LX_PART_ENTRY "INDEXED BY entry_queued WHERE " LX_PART_QUEUED      \
                          " AND owner > 0 AND origin = ?1"                     \
                          " AND (?2 IS NULL OR batch = ?2)"                    \
                          " ORDER BY owner, priority DESC, id LIMIT ?3")       \
    X(STRAYS, LX_PART_ENTRY "INDEXED BY entry_stray WHERE " LX_PART_STRAY      \
                            " AND owner >= ?1 ORDER BY owner, id LIMIT ?2")    \
    X(INSERT, "INSERT INTO entry(origin, key, batch, model, identity, body,"   \
              " priority, state, attempt, owner, fence, due_ms, urls, target," \
              " error, created_ms, accepted_ms, ended_ms, saved_ms)"           \
              " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"     \
              " ?13, ?14, ?15, ?16, ?17, ?18, ?19)")                           \
    X(CHANGE, "UPDATE entry SET state = ?4, attempt = ?5, owner = ?6,"         \
              " fence = ?7, due_ms = ?8, urls = coalesce(?9, urls),"           \
              " target = coalesce(?10, target), error = coalesce(?11, error)," \
              " accepted_ms = ?12, ended_ms = ?13,"                            \
              " saved_ms = ?14 WHERE id = ?1 AND state = ?2 AND fence = ?3")   \
    X(OWN, "UPDATE entry SET owner = ?4, fence = ?5"                           \
           " WHERE id = ?1 AND state = ?2 AND fence = ?3")                     \
    X(CLAIM, "UPDATE entry SET owner = ?1, fence = fence + 1 WHERE id IN"      \
             " (SELECT value FROM json_each('[' || ?2 || ']'))")               \
    X(ADD_ATTEMPT,                                                             \
      "INSERT INTO attempt(entry_id, n, reserved_mc, charged_mc, sent_ms,"     \
      " outcome, task_id, token_hash, origin) VALUES(?1, ?2, ?3, ?4, ?5, ?6,"  \
      " ?7, ?8, coalesce(?9, (SELECT origin FROM entry WHERE id = ?1)))")      \
    X(NAME_ATTEMPT,                                                            \
      LX_PART_CHANGE ", task_id = ?7, token_hash = ?8" LX_PART_ONE)            \
    X(NAME_TASK, LX_PART_CHANGE ", task_id = ?7" LX_PART_ONE)                  \
    X(CHANGE_ATTEMPT, LX_PART_CHANGE LX_PART_ONE)                              \
    X(ATTEMPTS, "SELECT n, token_hash, task_id, reserved_mc, charged_mc,"      \
                " sent_ms, outcome, EXISTS(SELECT 1 FROM reservation r"        \
                " WHERE r.entry_id = a.entry_id AND r.n = a.n)"                \
                " FROM attempt a WHERE entry_id = ?1"                          \
                " ORDER BY n")                                                 \
    X(PUT_FILE, "INSERT OR REPLACE INTO file(entry_id, n, path, part, bytes,"  \
                " mtime_ms, sha256, content_type)"                             \
                " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                     \
    X(FILES, "SELECT n, path, part, bytes, mtime_ms, sha256, content_type"     \
             " FROM file WHERE entry_id = ?1 ORDER BY n")                      \
    X(RESERVE, "INSERT INTO budget_use(name, period, used_mc)"                 \
               " SELECT ?1, ?2, ?3 WHERE ?3 <= ?4"                             \
               " ON CONFLICT(name, period) DO UPDATE"                          \
               " SET used_mc = used_mc + ?3 WHERE used_mc + ?3 <= ?4")         \
    X(COUNT_UNDER, "INSERT INTO reservation(entry_id, n, name, period)"        \
                   " VALUES(?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")           \
    X(ADJUST, "UPDATE budget_use SET used_mc = used_mc + ?3 WHERE"             \
              " (name, period) IN (SELECT name, period FROM reservation"       \
              " WHERE entry_id = ?1 AND n = ?2)")                              \
    X(USED, "SELECT used_mc FROM budget_use WHERE name = ?1 AND period = ?2")  \
    X(SPEND_BY_MODEL, LX_PART_SPEND("e.model"))                                \
    X(SPEND_BY_BATCH, LX_PART_SPEND("coalesce(e.batch, '')"))                  \
    X(SPEND_BY_DAY, LX_PART_SPEND("strftime('%Y-%m-%d', max(a.sent_ms,"        \
                                  " e.created_ms) / 1000, 'unixepoch')"))      \
    X(PUT_HINT, "INSERT INTO hint(entry_id, task_id, token_hash, at_ms)"       \
                " VALUES(?1, ?2, ?3, ?4)")                                     \
    X(FIND_HINT, "SELECT task_id FROM hint WHERE token_hash = ?1"              \
                 " OR task_id = ?2 ORDER BY at_ms DESC LIMIT 1")               \
    X(NAMED, "SELECT CAST(e.id AS TEXT) FROM entry e JOIN attempt a"           \
             " ON a.entry_id = e.id AND a.n = e.attempt"                       \
             " WHERE e.state = 'unknown' AND e.origin = ?1"                    \
             " AND EXISTS (SELECT 1 FROM hint h"                               \
             " WHERE h.token_hash = a.token_hash) ORDER BY e.id LIMIT ?2")     \
    X(PRUNE_HINTS, "DELETE FROM hint WHERE rowid IN (SELECT rowid FROM hint"   \
                   " WHERE at_ms < ?1 LIMIT ?2)")                              \
    X(PRUNE_UP_TO, "SELECT max(id) FROM (SELECT id FROM entry WHERE id > ?1"   \
                   " ORDER BY id LIMIT ?2)")                                   \
    X(EXPORT,                                                                  \
      "SELECT json_object('id', id, 'origin', origin, 'key', key,"             \
      " 'batch', batch, 'model', model, 'identity', lower(hex(identity)),"     \
      " 'body', body, 'priority', priority, 'state', state,"                   \
      " 'attempt', attempt, 'due_ms', due_ms, 'urls', urls,"                   \
      " 'target', target, 'error', error, 'created_ms', created_ms,"           \
      " 'accepted_ms', accepted_ms, 'ended_ms', ended_ms,"                     \
      " 'saved_ms', saved_ms,"                                                 \
      " 'attempts', (SELECT json_group_array(json_object('n', n,"              \
      " 'task_id', task_id, 'reserved_mc', reserved_mc,"                       \
      " 'charged_mc', charged_mc, 'sent_ms', sent_ms, 'outcome', outcome))"    \
      " FROM attempt WHERE entry_id = id),"                                    \
      " 'files', (SELECT json_group_array(json_object('n', n, 'path', path,"   \
      " 'bytes', bytes, 'mtime_ms', mtime_ms,"                                 \
      " 'sha256', lower(hex(sha256)), 'content_type', content_type))"          \
      " FROM file WHERE entry_id = id),"                                       \
      " 'events', (SELECT json_group_array(json_object('at_ms', at_ms,"        \
      " 'from', from_state, 'to', to_state, 'detail', detail))"                \
      " FROM event WHERE entry_id = id))"                                      \
      " FROM entry WHERE id > ?1 ORDER BY id LIMIT ?2")

/* X(suffix, text): this store's own */
#define LX_SQL_OWN_MAP(X)                                                      \
    X(BEGIN, "BEGIN IMMEDIATE")                                                \
    X(COMMIT, "COMMIT")                                                        \
    X(ROLL_BACK, "ROLLBACK")                                                   \
    X(MARK, "SAVEPOINT part")                                                  \
    X(KEEP, "RELEASE part")                                                    \
    X(UNDO, "ROLLBACK TO part")                                                \
    X(MODE, "PRAGMA journal_mode")                                             \
    X(SET_PERSIST, "PRAGMA journal_mode = PERSIST")                            \
    X(ADD_EVENT, "INSERT INTO event(entry_id, n, at_ms, from_state, to_state," \
                 " detail) VALUES(?1, coalesce((SELECT max(n) FROM event"      \
                 " WHERE entry_id = ?1), 0) + 1, ?2, ?3, ?4, ?5)")             \
    X(ADD_NTH_EVENT, "INSERT INTO event(entry_id, at_ms, from_state, "         \
                     "to_state, detail, n) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")    \
    X(HAS_META, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'")      \
    X(META, "SELECT value FROM meta WHERE key = ?1")                           \
    X(SET_META, "INSERT OR REPLACE INTO meta(key, value) VALUES(?1, ?2)")      \
    X(PRUNE_ATTEMPTS,                                                          \
      "DELETE FROM attempt WHERE entry_id IN " LX_PART_FORGOTTEN)              \
    X(PRUNE_FILES, "DELETE FROM file WHERE entry_id IN " LX_PART_FORGOTTEN)    \
    X(PRUNE_EVENTS, "DELETE FROM event WHERE entry_id IN " LX_PART_FORGOTTEN)  \
    X(PRUNE_RESERVATIONS,                                                      \
      "DELETE FROM reservation WHERE entry_id IN " LX_PART_FORGOTTEN)          \
    X(PRUNE, "DELETE FROM entry WHERE id IN " LX_PART_FORGOTTEN)               \
    X(DATA_VERSION, "PRAGMA data_version")                                     \
    X(LAST_HINT, "SELECT coalesce(max(n), 0) FROM hint")                       \
    X(NEW_HINTS, "SELECT h.n, e.id FROM hint h LEFT JOIN entry e"              \
                 " ON e.id = h.entry_id AND e.state IN"                        \
                 " ('sending', 'accepted') WHERE h.n > ?1 ORDER BY h.n")       \
    X(ADD_OWNER, "INSERT INTO owner(host, pid, lock, started_ms)"              \
                 " VALUES(?1, ?2, ?3, ?4)")                                    \
    X(OWNERS, "SELECT id, lock FROM owner")                                    \
    X(USE_ACCOUNT, "UPDATE owner SET account = ?2 WHERE id = ?1")              \
    X(OTHERS, "SELECT lock FROM owner WHERE account = ?1 AND id <> ?2")        \
    X(PUT_PAUSE, "INSERT INTO pause(account, owner, until_ms, pause_ms)"       \
                 " VALUES(?1, ?2, ?3, ?4) ON CONFLICT(account) DO UPDATE SET"  \
                 " owner = ?2, until_ms = ?3, pause_ms = ?4"                   \
                 " WHERE until_ms < ?3 OR until_ms - pause_ms > ?3")           \
    X(PAUSE, "SELECT until_ms, until_ms - ?3 FROM pause WHERE account = ?1"    \
             " AND owner <> ?2 AND until_ms > ?3"                              \
             " AND until_ms - pause_ms <= ?3")                                 \
    X(OWNER_LOCK, "SELECT lock FROM owner WHERE id = ?1")                      \
    X(DROP_OWNER, "DELETE FROM owner WHERE id = ?1")

#define LX_SQL_ENUM(suffix, text) LX_SQL_##suffix,
enum lx_sqlite_sql {
    LX_SQL_BEFORE_OWN = LX_SQL_SHARED - 1,
    LX_SQL_OWN_MAP(LX_SQL_ENUM) LX_SQL_COUNT
};
#undef LX_SQL_ENUM
