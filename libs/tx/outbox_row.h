#ifndef KAT_LIBS_TX_OUTBOX_ROW_H_
#define KAT_LIBS_TX_OUTBOX_ROW_H_

#include "libs/pg/database.h"
#include "libs/tx/outbox_reader.h"

namespace kat::tx {

// `select` of the columns that FeedEventFromRow reads; what follows says from where.
inline constexpr char kOutboxColumns[] =
    "select xid::text as xid, seq, clinic, type, subject, subject_version, state, occurred_at, trace_id,"
    " coalesce((select array_agg(part order by key, ordinal) from jsonb_each_text(related),"
    "  unnest(array[key, value]) with ordinality as parts (part, ordinal)), '{}') as related,"
    " work_kind, work_closed, work_role, work_due_at, work_urgency";

FeedEvent FeedEventFromRow(const pg::Row& row);

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_OUTBOX_ROW_H_
