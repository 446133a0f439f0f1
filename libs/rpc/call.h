#ifndef KAT_LIBS_RPC_CALL_H_
#define KAT_LIBS_RPC_CALL_H_

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "libs/base/id.h"
#include "libs/rpc/identity.h"
#include "libs/tx/transaction.h"

namespace kat::rpc {

// What a handler knows about the call it serves, and its door to the store. By the time a handler sees it, the
// deadline, the identity, access, the tenant and every field rule of the request have been checked.
class Call {
 public:
  Call(std::string method, Identity identity, absl::Time deadline, const google::protobuf::Message& request);

  const Identity& identity() const { return identity_; }
  // The clinic that the call is about: the token's, or for a service or platform administrator the one it names.
  const ClinicId& clinic() const { return identity_.clinic; }
  absl::Time deadline() const { return deadline_; }  // real time
  const std::string& method() const { return method_; }
  bool validate_only() const { return validate_only_; }
  // The caller's token, to pass on to a peer; "" for a service as itself.
  const std::string& bearer() const { return bearer_; }
  void set_bearer(std::string bearer) { bearer_ = std::move(bearer); }
  bool cancelled() const { return cancelled_ && cancelled_(); }
  void set_cancelled(std::function<bool()> cancelled) { cancelled_ = std::move(cancelled); }

  // Names a resource whose patient data this call touches. Names of patients in the request and response
  // (`…/patients/…`) are noted by the adapter; call this for what it cannot see. Each becomes an audit row.
  void Touch(std::string subject) { subjects_.push_back(std::move(subject)); }

  // Runs a mutation: one transaction with the state, the stored response, the audit rows and the outbox rows. A request
  // id seen before returns its first response without running `body`; with validate_only everything is rolled back.
  // `body` may run more than once.
  //   return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Patient> { … });
  template <class T, class Body>
  std::invoke_result_t<Body, T&> Write(tx::Store<T>& store, Body body) {
    typename std::invoke_result_t<Body, T&>::value_type response;
    auto run = [&](auto step) {
      return store.Run({.clinic = clinic(), .deadline = deadline_}, [&](T& tx) { return step(tx); });
    };
    absl::Status status = RunWrite(
        [&](absl::FunctionRef<absl::Status(tx::Transaction&, absl::FunctionRef<absl::Status()>)> journaled) {
          return run([&](T& tx) {
            return journaled(tx, [&]() -> absl::Status {
              auto result = body(tx);
              if (!result.ok()) return result.status();
              response = *std::move(result);
              return absl::OkStatus();
            });
          });
        },
        response);
    if (!status.ok()) return status;
    return response;
  }

  // Runs a read, and commits the audit rows before the answer goes out.
  template <class T, class Body>
  std::invoke_result_t<Body, T&> Read(tx::Store<T>& store, Body body) {
    typename std::invoke_result_t<Body, T&>::value_type response;
    absl::Status status =
        store.Run({.clinic = clinic(), .deadline = deadline_, .read_only = !audited_}, [&](T& tx) -> absl::Status {
          auto result = body(tx);
          if (!result.ok()) return result.status();
          response = *std::move(result);
          return AuditRead(tx, response);
        });
    if (!status.ok()) return status;
    return response;
  }

  // The stored response to this request id, if the request was served before: for a handler that asks peers before its
  // Write. ALREADY_EXISTS (REQUEST_ID_REUSED) where the id came with another body.
  template <class Response, class T>
  absl::StatusOr<std::optional<Response>> Replayed(tx::Store<T>& store) {
    Response response;
    bool found = false;
    absl::Status status = store.Run({.clinic = clinic(), .deadline = deadline_}, [&](T& tx) -> absl::Status {
      absl::StatusOr<bool> replay = FindReplay(tx, response);
      if (!replay.ok()) return replay.status();
      found = *replay;
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return found ? std::optional<Response>(std::move(response)) : std::nullopt;
  }
  // The same in a transaction that asks for more: whether `response` was filled.
  absl::StatusOr<bool> FindReplay(tx::Transaction& tx, google::protobuf::Message& response);

 private:
  friend class CallSetup;  // the adapter's way to fill the rest

  using Journaled = absl::FunctionRef<absl::Status(tx::Transaction&, absl::FunctionRef<absl::Status()>)>;
  absl::Status RunWrite(absl::FunctionRef<absl::Status(Journaled)> in_transaction, google::protobuf::Message& response);
  absl::Status AuditRead(tx::Transaction& tx, const google::protobuf::Message& response);
  absl::Status AuditAll(tx::Transaction& tx, const google::protobuf::Message* response, absl::string_view outcome);

  std::string method_;
  Identity identity_;
  absl::Time deadline_;
  const google::protobuf::Message& request_;
  std::string request_id_;
  std::string body_hash_;
  std::string bearer_;
  std::string trace_id_;
  bool validate_only_ = false;
  bool audited_ = false;
  std::function<bool()> cancelled_;
  std::vector<std::string> subjects_;
};

}  // namespace kat::rpc

#endif  // KAT_LIBS_RPC_CALL_H_
