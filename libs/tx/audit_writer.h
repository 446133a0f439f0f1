#ifndef KAT_LIBS_TX_AUDIT_WRITER_H_
#define KAT_LIBS_TX_AUDIT_WRITER_H_

#include <vector>

#include "absl/status/status.h"
#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "libs/pg/database.h"
#include "libs/tx/transaction.h"

namespace kat::tx {

// Writes many audit rows at once, in one statement and a transaction of their own: for streams, which show one change
// to many callers. Thread-safe.
class AuditWriter {
 public:
  AuditWriter(pg::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  absl::Status Write(const ClinicId& clinic, const std::vector<AuditEntry>& entries);

 private:
  pg::Database& database_;
  const Clock& clock_;
};

}  // namespace kat::tx

#endif  // KAT_LIBS_TX_AUDIT_WRITER_H_
