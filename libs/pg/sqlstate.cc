#include "libs/pg/sqlstate.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "libs/base/error.h"
#include "libs/pg/database.h"

namespace kat::pg {
namespace {

using Code = absl::StatusCode;
constexpr char kConstraintUrl[] = "kat/pg-constraint";
constexpr char kRetryMessage[] = "the database cannot be reached at the moment; try again";

absl::string_view FirstLine(absl::string_view message) {
  absl::ConsumePrefix(&message, "ERROR:");
  message = absl::StripLeadingAsciiWhitespace(message);
  return message.substr(0, message.find('\n'));
}

// libpqxx 6 has no constraint field; Connection makes sure that messages are in English.
std::string ConstraintName(const Failure& failure) {
  const absl::string_view line = FirstLine(failure.message);
  if (absl::StartsWith(failure.sqlstate, "P0")) {  // RAISE EXCEPTION 'a_name': the message is the name
    const bool is_name = !line.empty() && std::all_of(line.begin(), line.end(), [](unsigned char c) {
      return std::islower(c) || std::isdigit(c) || c == '_';
    });
    return is_name ? std::string(line) : "";
  }
  // The name follows the word "constraint" (a delete that is still referred to goes on with `on table "x"`); not-null
  // has none.
  const absl::string_view before = failure.sqlstate == "23502" ? "column \"" : "constraint \"";
  const size_t at = line.find(before);
  if (at == line.npos) return "";
  const absl::string_view name = line.substr(at + before.size());
  return std::string(name.substr(0, name.find('"')));
}

absl::Status Violation(const Failure& failure, Code code, absl::string_view message) {
  absl::Status status = MakeError(code, message, {.reason = "CONSTRAINT_VIOLATED"});
  status.SetPayload(kConstraintUrl, absl::Cord(ConstraintName(failure)));
  return status;
}

absl::Status Unavailable() {
  return MakeError(Code::kUnavailable, kRetryMessage,
                   {.reason = "DATABASE_UNAVAILABLE", .retry_after = absl::Seconds(1)});
}

bool InClass(const Failure& failure, absl::string_view prefix) { return absl::StartsWith(failure.sqlstate, prefix); }

}  // namespace

absl::Status ToStatus(const Failure& failure) {
  const std::string& state = failure.sqlstate;
  if (failure.connection_lost || InClass(failure, "08") || state == "57P01" || state == "57P02" || state == "57P03" ||
      InClass(failure, "53") || state == "25006") {
    return Unavailable();
  }
  if (state == "23505" || state == "23P01")
    return Violation(failure, Code::kAlreadyExists, "it conflicts with what exists already");
  if (InClass(failure, "23")) return Violation(failure, Code::kFailedPrecondition, "it does not fit what exists");
  if (InClass(failure, "P0")) return Violation(failure, Code::kFailedPrecondition, "a rule of the database forbids it");
  if (IsRetryable(failure)) {
    return MakeError(Code::kAborted, "it collided with other requests; repeat it",
                     {.reason = "TRANSACTION_CONFLICT", .retry_after = absl::Milliseconds(100)});
  }
  if (state == "55P03") {
    return MakeError(Code::kAborted, "another request holds it; repeat it",
                     {.reason = "LOCK_NOT_AVAILABLE", .retry_after = absl::Milliseconds(100)});
  }
  if (state == "57014") {
    return MakeError(Code::kDeadlineExceeded, "the database did not answer within the deadline",
                     {.reason = "STATEMENT_TIMEOUT"});
  }
  if (state == "22021" || state == "22P05") {
    return MakeError(Code::kInvalidArgument, "a text holds a character that cannot be stored",
                     {.reason = "TEXT_INVALID"});
  }
  return MakeError(Code::kInternal, "the database refused a statement",
                   {.reason = "DATABASE_ERROR", .metadata = {{"code", state}}});
}

bool IsRetryable(const Failure& failure) {
  return failure.sqlstate == "40001" || failure.sqlstate == "40P01" ||
         (failure.sqlstate == "0A000" && absl::StrContains(failure.message, "cached plan must not change result type"));
}

bool PoisonsConnection(const Failure& failure) {
  return failure.connection_lost || InClass(failure, "08") || InClass(failure, "57P0") || failure.sqlstate == "0A000" ||
         failure.sqlstate == "25006";
}

bool LeavesCommitInDoubt(const Failure& failure) {
  return failure.connection_lost || InClass(failure, "08") || InClass(failure, "57P0") || failure.sqlstate == "40003";
}

std::string LogLine(const Failure& failure) {
  // Messages of classes 22 and 23 may quote the values that were refused; what RAISE says is ours, but may quote them
  // too.
  std::string line = absl::StrCat("SQLSTATE ", failure.sqlstate);
  if (InClass(failure, "22")) return line;
  if (InClass(failure, "23") || InClass(failure, "P0")) return absl::StrCat(line, " ", ConstraintName(failure));
  return absl::StrCat(line, " ", FirstLine(failure.message));
}

std::string ViolatedConstraint(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kConstraintUrl);
  return payload ? std::string(*payload) : "";
}

}  // namespace kat::pg
