/* sql.h: every statement with arguments. All names have the schema before them:
 * nobody's search_path matters. */
#pragma once

#include "sql/statement.h"

#define LX_PART_UNFINISHED                                                     \
    "(state IN ('planned', 'sending', 'accepted')"                             \
    " OR (state = 'succeeded' AND target IS NOT NULL))"
#define LX_PART_QUEUED   "(state = 'planned' AND due_ms > 0)"
#define LX_PART_STRAY    "(state = 'planned' AND key IS NULL AND due_ms = 0)"
#define LX_PART_REUSABLE "state IN ('succeeded', 'saved')"
#define LX_PART_PRUNABLE                                                       \
    "(state IN ('saved', 'refused', 'failed', 'abandoned')"                    \
    " OR (state = 'succeeded' AND target IS NULL))"

/* An owner `o`: a lease of 30 s by the server's clock. While the server was
 * down nobody could renew one. */
#define LX_PART_ALIVE                                                          \
    "NOT o.is_closed AND clock_timestamp() < interval '30 s' +"                \
    " greatest(o.beat, pg_postmaster_start_time())"

#define LX_PART_NOW_MS "(extract(epoch from clock_timestamp()) * 1000)::bigint"

#define LX_PART_COLUMNS                                                        \
    " id, origin, key, batch, model, identity, body, priority, state,"         \
    " attempt, owner, fence, due_ms, urls, target, error, created_ms,"         \
    " accepted_ms, ended_ms, saved_ms "
#define LX_PART_ENTRY "SELECT" LX_PART_COLUMNS "FROM liangxin.entry "
#define LX_PART_FILTER                                                         \
    "($2 IS NULL OR origin = $2) AND ($3 IS NULL OR batch = $3)"               \
    " AND ($4 IS NULL OR model = $4) AND created_ms >= $5"                     \
    " AND ($6 IS NULL OR strpos($6, ' ' || state || ' ') > 0)"
#define LX_PART_ORDER " ORDER BY id LIMIT $7"
#define LX_PART_SPEND(label)                                                   \
    "SELECT (" label ") COLLATE \"C\", count(*),"                              \
    " coalesce(sum(a.charged_mc), 0)::bigint, sum(a.reserved_mc)::bigint"      \
    " FROM liangxin.attempt a JOIN liangxin.entry e ON e.id = a.entry_id"      \
    " WHERE greatest(a.sent_ms, e.created_ms) >= $1"                           \
    " AND ($2 IS NULL OR e.origin = $2) GROUP BY 1 ORDER BY 1"

#define LX_PART_BY_ID LX_PART_ENTRY "WHERE id = $1"
#define LX_PART_NUMBERS                                                        \
    "SELECT id, NULL, NULL, NULL, NULL, NULL, NULL, priority, state, attempt," \
    " owner, fence, due_ms, NULL, NULL, NULL, created_ms, accepted_ms,"        \
    " ended_ms, saved_ms FROM liangxin.entry WHERE id = $1"
#define LX_PART_CHANGE                                                         \
    "UPDATE liangxin.attempt b SET reserved_mc = $3, charged_mc = $4,"         \
    " sent_ms = $5, outcome = $6"
#define LX_PART_ONE " WHERE entry_id = $1 AND n = $2"
/* Where another has it, nothing is changed. */
#define LX_PART_NEW_TASK                                                       \
    " AND NOT EXISTS (SELECT 1 FROM liangxin.attempt a"                        \
    " WHERE a.origin = b.origin AND a.task_id = $7"                            \
    " AND (a.entry_id, a.n) <> ($1, $2))"
#define LX_PART_BY_KEY LX_PART_ENTRY "WHERE origin = $1 AND key = $2"
#define LX_PART_BY_TASK                                                        \
    LX_PART_ENTRY "WHERE id = (SELECT entry_id FROM liangxin.attempt"          \
                  " WHERE origin = $1 AND task_id = $2)"
#define LX_PART_BY_TOKEN                                                       \
    LX_PART_ENTRY "WHERE id = (SELECT entry_id FROM liangxin.attempt"          \
                  " WHERE token_hash = $1)"

/* Who owns entries of that kind, `from` some owner on: by an index that is
 * looked at once for each owner, one owner after the other. Ends in conditions
 * on owners.id. */
#define LX_PART_OWNERS(columns, kind, from)                                    \
    "WITH RECURSIVE owners(id) AS (SELECT min(owner) FROM liangxin.entry"      \
    " WHERE " kind from                                                        \
    " UNION ALL SELECT (SELECT min(owner) FROM liangxin.entry"                 \
    " WHERE " kind " AND owner > owners.id)"                                   \
    " FROM owners WHERE owners.id IS NOT NULL)"                                \
    " SELECT" columns "FROM (SELECT id AS found FROM owners"                   \
    " WHERE id IS NOT NULL"

/* The unfinished entries of each owner for which `condition` holds. With `id`
 * alone in the order the planner may choose to walk through all entries
 * instead. `more` goes behind the conditions, `end` behind the limit. */
#define LX_PART_BY_OWNERS(columns, condition, more, end)                       \
    LX_PART_OWNERS(columns, LX_PART_UNFINISHED, "")                            \
    " AND " condition ") f CROSS JOIN LATERAL"                                 \
    " (SELECT * FROM liangxin.entry WHERE " LX_PART_UNFINISHED                 \
    " AND owner = f.found AND " LX_PART_FILTER more                            \
    " ORDER BY id + 0 LIMIT $7" end
#define LX_PART_IS_FREE                                                        \
    "NOT EXISTS (SELECT 1 FROM liangxin.owner o WHERE o.id = owners.id"        \
    " AND " LX_PART_ALIVE ")"

/* The newest first, by the index: in the order of the table those would come
 * last that somebody asks for. */
#define LX_PART_RECENT_NEWS                                                    \
    "SELECT owner, xid FROM liangxin.news"                                     \
    " WHERE xid >= txid_snapshot_xmin($2::txid_snapshot)"                      \
    " ORDER BY xid DESC OFFSET 0"

#define LX_PART_CHANGE_ENTRY                                                   \
    "UPDATE liangxin.entry SET state = $4, attempt = $5, owner = $6,"          \
    " fence = $7, due_ms = $8, urls = coalesce($9, urls),"                     \
    " target = coalesce($10, target), error = coalesce($11, error),"           \
    " accepted_ms = $12, ended_ms = $13, saved_ms = $14"                       \
    " WHERE id = $1 AND state = $2 AND fence = $3"

/* X(suffix, text): those of statement.h */
#define LX_SQL_SHARED_MAP(X)                                                   \
    X(FIND_ID, LX_PART_BY_ID)                                                  \
    X(FIND_NUMBERS, LX_PART_NUMBERS)                                           \
    X(FIND_KEY, LX_PART_BY_KEY)                                                \
    X(FIND_TASK, LX_PART_BY_TASK)                                              \
    X(FIND_TOKEN, LX_PART_BY_TOKEN)                                            \
    X(SEE_TASK, LX_PART_BY_TASK)                                               \
    X(SEE_TOKEN, LX_PART_BY_TOKEN)                                             \
    X(FIND_IDENTITY,                                                           \
      LX_PART_ENTRY "WHERE origin = $1 AND identity = $2"                      \
                    " AND ($3 IS NULL OR model = $3)"                          \
                    " AND " LX_PART_REUSABLE " ORDER BY id DESC LIMIT 1")      \
    X(LIST, LX_PART_ENTRY "WHERE id > $1 AND " LX_PART_FILTER LX_PART_ORDER)   \
    X(LOST, LX_PART_ENTRY                                                      \
      "WHERE id > $1 AND id IN (SELECT entry_id"                               \
      " FROM liangxin.attempt WHERE entry_id > $1"                             \
      " AND outcome IN ('lost', 'left')) AND " LX_PART_FILTER LX_PART_ORDER)   \
    X(UNFINISHED, LX_PART_BY_OWNERS(LX_PART_COLUMNS, "true",                   \
                                    " AND id + 0 > $1", ") e" LX_PART_ORDER))  \
    X(CLAIMABLE, LX_PART_BY_OWNERS(" id ", LX_PART_IS_FREE, "",                \
                                   " FOR UPDATE SKIP LOCKED) e LIMIT $7"))     \
    X(DUE,                                                                     \
      LX_PART_ENTRY "WHERE " LX_PART_QUEUED " AND owner = 0 AND origin = $1"   \
                    " AND ($2 IS NULL OR batch = $2) AND due_ms <= $3"         \
                    " ORDER BY priority DESC, id LIMIT $4"                     \
                    " FOR UPDATE SKIP LOCKED")                                 \
    X(HELD,                                                                    \
      LX_PART_ENTRY "e WHERE " LX_PART_QUEUED " AND owner > 0 AND origin = $1" \
                    " AND ($2 IS NULL OR batch = $2)"                          \
                    " AND NOT EXISTS (SELECT 1 FROM liangxin.owner o"          \
                    " WHERE o.id = e.owner AND " LX_PART_ALIVE ")"             \
                    " ORDER BY owner, priority DESC, id LIMIT $3"              \
                    " FOR UPDATE OF e SKIP LOCKED")                            \
    X(STRAYS,                                                                  \
      LX_PART_OWNERS(                                                          \
          LX_PART_COLUMNS, LX_PART_STRAY,                                      \
          " AND owner >= $1") " AND " LX_PART_IS_FREE ") f CROSS JOIN LATERAL" \
                              " (SELECT * FROM liangxin.entry "                \
                              "WHERE " LX_PART_STRAY                           \
                              " AND owner = f.found ORDER BY id + 0 LIMIT $2"  \
                              " FOR UPDATE SKIP LOCKED) e LIMIT $2")           \
    X(INSERT,                                                                  \
      "INSERT INTO liangxin.entry(origin, key, batch, model, identity, body,"  \
      " priority, state, attempt, owner, fence, due_ms, urls, target,"         \
      " error, created_ms, accepted_ms, ended_ms, saved_ms)"                   \
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,"             \
      " $13, $14, $15, $16, $17, $18, $19) ON CONFLICT DO NOTHING"             \
      " RETURNING id")                                                         \
    X(CHANGE, LX_PART_CHANGE_ENTRY)                                            \
    X(OWN, "UPDATE liangxin.entry SET owner = $4, fence = $5"                  \
           " WHERE id = $1 AND state = $2 AND fence = $3")                     \
    X(CLAIM, "UPDATE liangxin.entry SET owner = $1, fence = fence + 1"         \
             " WHERE id = ANY (string_to_array($2, ',')::bigint[])")           \
    X(ADD_ATTEMPT,                                                             \
      "INSERT INTO liangxin.attempt(entry_id, n, reserved_mc, charged_mc,"     \
      " sent_ms, outcome, task_id, token_hash, origin)"                        \
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, coalesce($9,"                   \
      " (SELECT origin FROM liangxin.entry WHERE id = $1)))"                   \
      " ON CONFLICT DO NOTHING")                                               \
    X(NAME_ATTEMPT, LX_PART_CHANGE                                             \
      ", task_id = $7, token_hash = $8" LX_PART_ONE LX_PART_NEW_TASK           \
      " AND NOT EXISTS (SELECT 1 FROM liangxin.attempt a"                      \
      " WHERE a.token_hash = $8 AND (a.entry_id, a.n) <> ($1, $2))")           \
    X(NAME_TASK, LX_PART_CHANGE ", task_id = $7" LX_PART_ONE LX_PART_NEW_TASK) \
    X(CHANGE_ATTEMPT, LX_PART_CHANGE LX_PART_ONE)                              \
    X(ATTEMPTS, "SELECT n, token_hash, task_id, reserved_mc, charged_mc,"      \
                " sent_ms, outcome, (EXISTS(SELECT FROM"                       \
                " liangxin.reservation r WHERE r.entry_id = a.entry_id"        \
                " AND r.n = a.n))::int FROM liangxin.attempt a"                \
                " WHERE entry_id = $1"                                         \
                " ORDER BY n")                                                 \
    X(PUT_FILE,                                                                \
      "INSERT INTO liangxin.file(entry_id, n, path, part, bytes, mtime_ms,"    \
      " sha256, content_type) VALUES($1, $2, $3, $4, $5, $6, $7, $8)"          \
      " ON CONFLICT (entry_id, n) DO UPDATE SET path = $3, part = $4,"         \
      " bytes = $5, mtime_ms = $6, sha256 = $7, content_type = $8")            \
    X(FILES, "SELECT n, path, part, bytes, mtime_ms, sha256, content_type"     \
             " FROM liangxin.file WHERE entry_id = $1 ORDER BY n")             \
    X(RESERVE, "INSERT INTO liangxin.budget_use AS b(name, period, used_mc)"   \
               " SELECT $1, $2, $3 WHERE $3 <= $4"                             \
               " ON CONFLICT (name, period) DO UPDATE"                         \
               " SET used_mc = b.used_mc + $3 WHERE b.used_mc + $3 <= $4")     \
    X(COUNT_UNDER,                                                             \
      "INSERT INTO liangxin.reservation(entry_id, n, name, period)"            \
      " VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING")                        \
    X(ADJUST,                                                                  \
      "UPDATE liangxin.budget_use SET used_mc = used_mc + $3 WHERE"            \
      " (name, period) IN (SELECT name, period FROM liangxin.reservation"      \
      " WHERE entry_id = $1 AND n = $2)")                                      \
    X(USED, "SELECT used_mc FROM liangxin.budget_use"                          \
            " WHERE name = $1 AND period = $2")                                \
    X(SPEND_BY_MODEL, LX_PART_SPEND("e.model"))                                \
    X(SPEND_BY_BATCH, LX_PART_SPEND("coalesce(e.batch, '')"))                  \
    X(SPEND_BY_DAY, LX_PART_SPEND("to_char(to_timestamp(greatest(a.sent_ms,"   \
                                  " e.created_ms) / 1000) AT TIME ZONE 'UTC'," \
                                  " 'YYYY-MM-DD')"))                           \
    X(PUT_HINT,                                                                \
      "INSERT INTO liangxin.hint(entry_id, task_id, token_hash, at_ms)"        \
      " VALUES($1, $2, $3, $4)")                                               \
    X(FIND_HINT, "SELECT task_id FROM liangxin.hint WHERE token_hash = $1"     \
                 " OR task_id = $2 ORDER BY at_ms DESC LIMIT 1")               \
    X(NAMED, "SELECT e.id::text FROM liangxin.entry e JOIN liangxin.attempt a" \
             " ON a.entry_id = e.id AND a.n = e.attempt"                       \
             " WHERE e.state = 'unknown' AND e.origin = $1"                    \
             " AND EXISTS (SELECT 1 FROM liangxin.hint h"                      \
             " WHERE h.token_hash = a.token_hash) ORDER BY e.id LIMIT $2")     \
    X(PRUNE_HINTS,                                                             \
      "DELETE FROM liangxin.hint WHERE ctid = ANY (ARRAY(SELECT ctid"          \
      " FROM liangxin.hint WHERE at_ms < $1 LIMIT $2))")                       \
    X(PRUNE_UP_TO, "SELECT max(id) FROM (SELECT id FROM liangxin.entry"        \
                   " WHERE id > $1 ORDER BY id LIMIT $2) next")                \
    X(EXPORT,                                                                  \
      "SELECT json_build_object('id', id, 'origin', origin, 'key', key,"       \
      " 'batch', batch, 'model', model, 'identity',"                           \
      " coalesce(encode(identity, 'hex'), ''),"                                \
      " 'body', body, 'priority', priority, 'state', state,"                   \
      " 'attempt', attempt, 'due_ms', due_ms, 'urls', urls,"                   \
      " 'target', target, 'error', error, 'created_ms', created_ms,"           \
      " 'accepted_ms', accepted_ms, 'ended_ms', ended_ms,"                     \
      " 'saved_ms', saved_ms, 'attempts',"                                     \
      " (SELECT coalesce(json_agg(json_build_object('n', n,"                   \
      " 'task_id', task_id, 'reserved_mc', reserved_mc,"                       \
      " 'charged_mc', charged_mc, 'sent_ms', sent_ms, 'outcome', outcome)"     \
      " ORDER BY n), '[]') FROM liangxin.attempt WHERE entry_id = e.id),"      \
      " 'files', (SELECT coalesce(json_agg(json_build_object('n', n,"          \
      " 'path', path, 'bytes', bytes, 'mtime_ms', mtime_ms, 'sha256',"         \
      " coalesce(encode(sha256, 'hex'), ''), 'content_type', content_type)"    \
      " ORDER BY n), '[]') FROM liangxin.file WHERE entry_id = e.id),"         \
      " 'events', (SELECT coalesce(json_agg(json_build_object('at_ms', at_ms," \
      " 'from', from_state, 'to', to_state, 'detail', detail)"                 \
      " ORDER BY n), '[]') FROM liangxin.event WHERE entry_id = e.id))::text"  \
      " FROM liangxin.entry e WHERE id > $1 ORDER BY id LIMIT $2")

/* Numbers that are missing here may be in use elsewhere. */
#define LX_PART_SKIP(table)                                                    \
    "SELECT setval(pg_get_serial_sequence('liangxin." table "', 'id'),"        \
    " nextval(pg_get_serial_sequence('liangxin." table "', 'id')) + 1000000)"

/* X(suffix, text): this store's own. The first five are what the first of
 * statement.h are in a group, in that order: what was read stays as it is. */
#define LX_SQL_OWN_MAP(X)                                                      \
    X(LOCK_ID, LX_PART_BY_ID " FOR UPDATE")                                    \
    X(LOCK_NUMBERS, LX_PART_NUMBERS " FOR UPDATE")                             \
    X(LOCK_KEY, LX_PART_BY_KEY " FOR UPDATE")                                  \
    X(LOCK_TASK, LX_PART_BY_TASK " FOR UPDATE")                                \
    X(LOCK_TOKEN, LX_PART_BY_TOKEN " FOR UPDATE")                              \
    X(FREE, "SELECT e.id, e.key, e.batch, e.model, e.priority, e.state,"       \
            " e.attempt, e.owner, e.fence, e.urls, e.target, e.accepted_ms,"   \
            " e.ended_ms, a.task_id, a.charged_mc"                             \
            " FROM unnest(string_to_array($1, ',')::bigint[])"                 \
            " WITH ORDINALITY f(id, place) JOIN liangxin.entry e"              \
            " ON e.id = f.id LEFT JOIN liangxin.attempt a"                     \
            " ON a.entry_id = e.id AND a.n = e.attempt ORDER BY f.place")      \
    X(META, "SELECT value FROM liangxin.meta WHERE key = $1")                  \
    X(CHANGE_TOLD,                                                             \
      "WITH changed AS (" LX_PART_CHANGE_ENTRY " RETURNING id)"                \
      " INSERT INTO liangxin.event(entry_id, at_ms, from_state, to_state,"     \
      " detail) SELECT id, $15, $2, $4, $16 FROM changed")                     \
    X(ADD_EVENT, "INSERT INTO liangxin.event(entry_id, at_ms, from_state,"     \
                 " to_state, detail) VALUES($1, $2, $3, $4, $5)")              \
    X(SET_META, "INSERT INTO liangxin.meta(key, value) VALUES($1, $2)"         \
                " ON CONFLICT (key) DO UPDATE SET value = $2")                 \
    X(ADD_OWNER, "INSERT INTO liangxin.owner(host, pid, started_ms)"           \
                 " VALUES($1, $2, $3) RETURNING id")                           \
    X(IS_ALIVE, "SELECT 1::bigint FROM liangxin.owner o WHERE o.id = $1"       \
                " AND " LX_PART_ALIVE)                                         \
    X(BEAT, "INSERT INTO liangxin.owner(id, host, pid, started_ms, account)"   \
            " VALUES($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE"           \
            " SET beat = clock_timestamp()"                                    \
            " RETURNING (1000 * extract(epoch FROM beat))::bigint")            \
    X(CLOSE_OWNER, "UPDATE liangxin.owner SET is_closed = true WHERE id = $1"  \
                   " AND host = $2 AND pid = $3 AND started_ms = $4")          \
    X(SKIP_ENTRIES, LX_PART_SKIP("entry"))                                     \
    X(SKIP_OWNERS, LX_PART_SKIP("owner"))                                      \
    X(FORGET_OWNERS,                                                           \
      "WITH gone AS (DELETE FROM liangxin.owner"                               \
      " WHERE beat < clock_timestamp() - interval '1 hour' RETURNING id)"      \
      " DELETE FROM liangxin.news WHERE owner IN (SELECT id FROM gone)")       \
    X(NEWS_SINCE, "SELECT txid_current_snapshot()::text, EXISTS (SELECT 1"     \
                  " FROM (" LX_PART_RECENT_NEWS ") recent WHERE owner <> $1"   \
                  " AND NOT txid_visible_in_snapshot(xid,"                     \
                  " $2::txid_snapshot))::int::bigint")                         \
    X(NEW_HINTS,                                                               \
      "SELECT s.now::text, coalesce(h.entry_id, 0) FROM"                       \
      " (SELECT txid_current_snapshot() AS now) s LEFT JOIN liangxin.hint h"   \
      " ON h.xid >= txid_snapshot_xmin($1::txid_snapshot)"                     \
      " AND NOT txid_visible_in_snapshot(h.xid, $1::txid_snapshot)"            \
      " AND txid_visible_in_snapshot(h.xid, s.now) AND EXISTS (SELECT 1"       \
      " FROM liangxin.entry e WHERE e.id = h.entry_id"                         \
      " AND e.state IN ('sending', 'accepted'))")                              \
    X(USE_ACCOUNT, "UPDATE liangxin.owner SET account = $2 WHERE id = $1")     \
    X(PUT_PAUSE, "INSERT INTO liangxin.pause AS p(account, owner, until_ms)"   \
                 " VALUES($1, $2, " LX_PART_NOW_MS " + $3)"                    \
                 " ON CONFLICT (account) DO UPDATE SET owner = $2,"            \
                 " until_ms = excluded.until_ms"                               \
                 " WHERE p.until_ms < excluded.until_ms")                      \
    X(ACCOUNT,                                                                 \
      "SELECT (SELECT count(*) FROM liangxin.owner o WHERE o.account = $1"     \
      " AND o.id <> $2 AND " LX_PART_ALIVE "),"                                \
      " coalesce(max(until_ms), 0),"                                           \
      " greatest(coalesce(max(until_ms), 0) - " LX_PART_NOW_MS ", 0)"          \
      " FROM liangxin.pause WHERE account = $1 AND owner <> $2")               \
    X(PRUNE_NEWS, "DELETE FROM liangxin.news WHERE owner = $1 AND n < $2")     \
    X(PRUNE,                                                                   \
      "WITH gone AS (DELETE FROM liangxin.entry WHERE id > $2 AND id <= $3"    \
      " AND " LX_PART_PRUNABLE " AND greatest(ended_ms, saved_ms) < $1"        \
      " RETURNING id), a AS (DELETE FROM liangxin.attempt USING gone"          \
      " WHERE entry_id = gone.id), f AS (DELETE FROM liangxin.file USING gone" \
      " WHERE entry_id = gone.id), e AS (DELETE FROM liangxin.event"           \
      " USING gone WHERE entry_id = gone.id), r AS (DELETE"                    \
      " FROM liangxin.reservation USING gone WHERE entry_id = gone.id)"        \
      " SELECT count(*) FROM gone")

#define LX_SQL_ENUM(suffix, text) LX_SQL_##suffix,
enum lx_postgres_sql {
    LX_SQL_BEFORE_OWN = LX_SQL_SHARED - 1,
    LX_SQL_OWN_MAP(LX_SQL_ENUM) LX_SQL_COUNT
};
#undef LX_SQL_ENUM
