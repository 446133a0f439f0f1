#include "libs/rpc/call.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/log/log.h"
#include "libs/rpc/field_rules.h"
#include "libs/rpc/fingerprint.h"

namespace kat::rpc {
namespace {

using google::protobuf::FieldDescriptor;

const FieldDescriptor* FindField(const google::protobuf::Message& message, const char* name,
                                 FieldDescriptor::CppType type) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field != nullptr && field->cpp_type() == type && !field->is_repeated() ? field : nullptr;
}

// `v1` names the canonical form: the deterministic serialization of the whole request.
std::string BodyHash(const google::protobuf::Message& request) { return absl::StrCat("v1:", Fingerprint(request)); }

absl::Status CheckClinicOpen(tx::Transaction& tx) {
  absl::StatusOr<tx::ClinicInfo> clinic = tx.Clinic();
  if (!clinic.ok()) return clinic.status();
  if (!clinic->disabled) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "the clinic is disabled; nothing can be changed in it",
                   {.reason = "CLINIC_DISABLED"});
}

}  // namespace

std::string RoleNames(const Identity& identity) {
  return absl::StrJoin(identity.roles, ",",
                       [](std::string* out, common::v1::Role role) { out->append(common::v1::Role_Name(role)); });
}

Call::Call(std::string method, Identity identity, absl::Time deadline, const google::protobuf::Message& request)
    : method_(std::move(method)), identity_(std::move(identity)), deadline_(deadline), request_(request) {
  if (const auto* field = FindField(request, "request_id", FieldDescriptor::CPPTYPE_STRING)) {
    request_id_ = request.GetReflection()->GetString(request, field);
    body_hash_ = BodyHash(request);
  }
  if (const auto* field = FindField(request, "validate_only", FieldDescriptor::CPPTYPE_BOOL)) {
    validate_only_ = request.GetReflection()->GetBool(request, field);
  }
}

absl::StatusOr<bool> Call::FindReplay(tx::Transaction& tx, google::protobuf::Message& response) {
  if (request_id_.empty() || validate_only_) return false;
  ASSIGN_OR_RETURN(const std::optional<tx::StoredResponse> stored,
                   tx.FindResponse({identity_.subject, method_, request_id_}));
  if (!stored) return false;
  if (stored->body_hash != body_hash_) {
    return MakeError(absl::StatusCode::kAlreadyExists, "this request_id came before with another body; use a new one",
                     {.reason = "REQUEST_ID_REUSED"});
  }
  if (!response.ParseFromString(stored->response)) return absl::InternalError("a stored response cannot be read");
  return true;
}

namespace {

// Whether `status` may come of the same request id being served twice at once: the loser meets the winner's journal
// row, its unique keys, its new etag or its new state, all of them committed by then.
bool MayHaveLostToItself(const absl::Status& status) {
  return (absl::IsAlreadyExists(status) || absl::IsAborted(status) || absl::IsFailedPrecondition(status)) &&
         ErrorReason(status) != "REQUEST_ID_REUSED";
}

}  // namespace

absl::Status Call::RunWrite(absl::FunctionRef<absl::Status(Journaled)> in_transaction,
                            google::protobuf::Message& response) {
  bool rolled_back_on_purpose = false;
  const auto journaled = [&](tx::Transaction& tx, absl::FunctionRef<absl::Status()> body) -> absl::Status {
    ASSIGN_OR_RETURN(const bool replayed, FindReplay(tx, response));
    if (replayed) return AuditAll(tx, &response, "OK");
    if (!identity_.Has(common::v1::ROLE_PLATFORM_ADMIN)) RETURN_IF_ERROR(CheckClinicOpen(tx));
    RETURN_IF_ERROR(body());
    if (validate_only_) {
      rolled_back_on_purpose = true;
      return absl::CancelledError("validate_only");
    }
    if (!request_id_.empty()) {
      RETURN_IF_ERROR(
          tx.StoreResponse({identity_.subject, method_, request_id_}, {body_hash_, response.SerializeAsString()}));
    }
    return AuditAll(tx, &response, "OK");
  };
  absl::Status status = in_transaction(journaled);
  if (rolled_back_on_purpose && absl::IsCancelled(status)) return absl::OkStatus();
  if (ErrorReason(status) == "COMMIT_IN_DOUBT" && !request_id_.empty()) {
    // The connection died during COMMIT. The journal knows whether it took: a second transaction finds the answer or
    // does the work.
    log::Warning("commit.in_doubt", {{"method", method_}});
    status = in_transaction(journaled);
  }
  if (MayHaveLostToItself(status) && !request_id_.empty()) {
    const auto look_again = [&](tx::Transaction& tx, absl::FunctionRef<absl::Status()>) -> absl::Status {
      ASSIGN_OR_RETURN(const bool replayed, FindReplay(tx, response));
      return replayed ? AuditAll(tx, &response, "OK") : status;
    };
    return in_transaction(look_again);
  }
  return status;
}

absl::Status Call::AuditRead(tx::Transaction& tx, const google::protobuf::Message& response) {
  return AuditAll(tx, &response, "OK");
}

absl::Status Call::AuditAll(tx::Transaction& tx, const google::protobuf::Message* response, absl::string_view outcome) {
  if (!audited_) return absl::OkStatus();
  std::set<std::string> subjects(subjects_.begin(), subjects_.end());
  CollectPatients(request_, &subjects);
  if (response != nullptr) CollectPatients(*response, &subjects);
  if (subjects.empty()) {
    for (const char* name : {"name", "parent"}) {
      const auto* field = FindField(request_, name, FieldDescriptor::CPPTYPE_STRING);
      if (field != nullptr) subjects.insert(request_.GetReflection()->GetString(request_, field));
    }
  }
  for (const std::string& subject : subjects) {
    RETURN_IF_ERROR(tx.Audit({.actor = identity_.subject,
                              .roles = RoleNames(identity_),
                              .method = method_,
                              .subject = subject,
                              .outcome = std::string(outcome),
                              .request_id = request_id_,
                              .trace_id = trace_id_}));
  }
  return absl::OkStatus();
}

}  // namespace kat::rpc
