#ifndef KAT_LIBS_PG_SQLSTATE_H_
#define KAT_LIBS_PG_SQLSTATE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// What PostgreSQL's error codes mean to this system. The only place that knows them.
// https://www.postgresql.org/docs/15/errcodes-appendix.html
namespace kat::pg {

// A failed statement as the server or the driver told it.
struct Failure {
  std::string sqlstate;  // five characters; 08006 where the connection broke without a word
  std::string
      message;  // the server's; may hold values of patients, so it reaches no status and, with some codes, no log
  bool connection_lost = false;
};

// The status that callers of Tx::Query see; its table is at Tx::Query.
absl::Status ToStatus(const Failure& failure);

// Whether the whole transaction may be run again with a chance of success: 40001, 40P01, or a plan that a migration
// outdated (0A000).
bool IsRetryable(const Failure& failure);

// Whether the connection must not serve another transaction.
bool PoisonsConnection(const Failure& failure);

// Whether, as the answer to COMMIT, it leaves open if the transaction took effect.
bool LeavesCommitInDoubt(const Failure& failure);

// One line for the log: code, constraint, and the server's first line where that cannot hold a value.
std::string LogLine(const Failure& failure);

}  // namespace kat::pg

#endif  // KAT_LIBS_PG_SQLSTATE_H_
