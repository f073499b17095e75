/* end_words.h: what the end of a task is called. Pure. */
#pragma once

#include "api/record.h"
#include "base/status.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

/* A record can end a task badly although the exchange went well. */
void lx_end_judge(const struct lx_record *record, struct lx_error *error);

/* Name the host that was not reached: it shows a wrong base_url. */
void lx_end_name_service(const char *base_url, struct lx_error *error);

/* A deadline of a create that waited for what another client does. */
void lx_end_name_wait(int64_t waited_ms, struct lx_error *error);

/* A deadline of a create that the journal has not answered: nothing was sent.
 */
void lx_end_name_journal(int64_t waited_ms, struct lx_error *error);

#pragma GCC visibility pop
