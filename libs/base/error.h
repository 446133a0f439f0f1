#ifndef KAT_LIBS_BASE_ERROR_H_
#define KAT_LIBS_BASE_ERROR_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kat {

// What a caller did wrong with one field of a request. Paths are those of the proto: `patient.birth_date`,
// `items[2].score`.
struct FieldViolation {
  std::string field;
  std::string description;
};

// One unmet condition of a refused action; becomes a google.rpc.PreconditionFailure violation.
struct PreconditionViolation {
  std::string type;         // stable code in upper snake case: CONSENT_MISSING
  std::string subject;      // resource name
  std::string description;  // what is missing and what to do; no patient data
};

// What travels inside an absl::Status beside code and message, and becomes google.rpc details at the edge.
struct ErrorDetail {
  std::string reason;                           // ErrorInfo.reason, upper snake case, stable
  std::map<std::string, std::string> metadata;  // ErrorInfo.metadata; no patient data
  std::vector<FieldViolation> fields;
  std::vector<PreconditionViolation> preconditions;
  std::optional<absl::Duration> retry_after;
};

// Makes an error with details. Every service keeps its failures as functions in one errors.h, each built with this.
// `message` says what is wrong and what to do; it never holds SQL, addresses or patient data.
absl::Status MakeError(absl::StatusCode code, absl::string_view message, ErrorDetail detail);

// The detail that MakeError put in, or nullopt.
std::optional<ErrorDetail> GetErrorDetail(const absl::Status& status);

// The reason of `status`, or "" where it has none.
std::string ErrorReason(const absl::Status& status);

// The failures that every service shares.
absl::Status InvalidField(absl::string_view field, absl::string_view description);  // INVALID_ARGUMENT, FIELD_INVALID
absl::Status InvalidFields(std::vector<FieldViolation> fields);                     // the same, several at once
absl::Status ResourceNotFound(absl::string_view resource_type);                     // NOT_FOUND, RESOURCE_NOT_FOUND
absl::Status EtagMismatch(absl::string_view resource_type);                         // ABORTED, ETAG_MISMATCH
absl::Status WrongState(absl::string_view resource_type, absl::string_view state, absl::string_view action);
// FAILED_PRECONDITION, STATE_FORBIDS
absl::Status Conditions(absl::string_view reason, absl::string_view message,
                        std::vector<PreconditionViolation> unmet);  // FAILED_PRECONDITION
absl::Status PeerUnavailable(absl::string_view peer);               // UNAVAILABLE, PEER_UNAVAILABLE, RetryInfo

}  // namespace kat

#endif  // KAT_LIBS_BASE_ERROR_H_
