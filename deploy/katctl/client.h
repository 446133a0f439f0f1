#ifndef KAT_DEPLOY_KATCTL_CLIENT_H_
#define KAT_DEPLOY_KATCTL_CLIENT_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/channel.h"
#include "nlohmann/json.hpp"

namespace kat::ctl {

using Json = nlohmann::ordered_json;

// Where an installation is and how to get in: the file that `deploy/quickstart` writes, or one by hand.
struct Installation {
  std::map<std::string, std::string> services;  // name -> host:port
  std::string tls_ca;                           // PEM file; empty for plaintext (tests in one process)
  std::string token;                            // a token to send as it is; else one is signed with signing_key
  std::string signing_key;                      // private JWK file, development only
  std::string issuer;
  std::string audience;
  std::string clock_file;  // of the simulated clock; empty on the real one
  std::string gateway;     // address of the web gateway

  // Reads JSON with these names; paths in it are relative to the file. NOT_FOUND or INVALID_ARGUMENT.
  static absl::StatusOr<Installation> Read(const std::string& path);
};

// As whom a call is made.
struct Caller {
  std::string clinic;              // empty for a platform administrator
  std::vector<std::string> roles;  // `assistant`
  std::string subject = "katctl";
};

// A token for development, signed with the installation's key.
absl::StatusOr<std::string> DevelopmentToken(const Installation& installation, const Caller& caller,
                                             absl::Duration lifetime);

// Whether JSON is a request of the method: INVALID_ARGUMENT says what it does not know or cannot read.
absl::Status CheckRequest(const google::protobuf::MethodDescriptor& method, const Json& request);

// Calls any method with JSON in and out, field names as in the protos. Not thread-safe.
class Client {
 public:
  explicit Client(Installation installation) : installation_(std::move(installation)) {}

  // One call. A call that may be repeated (a read, or a mutation with its request_id) is, while the server is away,
  // until `patience` is over.
  absl::StatusOr<Json> Call(const google::protobuf::MethodDescriptor& method, const Json& request,
                            const Caller& caller);
  // The same on a service that several serve (the clock).
  absl::StatusOr<Json> CallOn(const std::string& service, const google::protobuf::MethodDescriptor& method,
                              const Json& request, const Caller& caller);
  // Follows a server stream of any method until `on_message` returns false.
  absl::Status Stream(const google::protobuf::MethodDescriptor& method, const Json& request, const Caller& caller,
                      std::function<bool(const Json&)> on_message);
  // Follows a service's feed until `on_event` returns false.
  absl::Status Watch(const std::string& service, const Json& request, const Caller& caller,
                     std::function<bool(const Json&)> on_event);

  // What a service's health check says: `SERVING`, `NOT_SERVING`, or that it cannot be reached.
  std::string Health(const std::string& service);

  const Installation& installation() const { return installation_; }
  void set_patience(absl::Duration patience) { patience_ = patience; }
  // Sees every call made: method, request, caller, and the answer.
  using Observer = std::function<void(const std::string&, const Json&, const Caller&, const absl::StatusOr<Json>&)>;
  void set_observer(Observer observer) { observer_ = std::move(observer); }

 private:
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Channel(const std::string& service);
  absl::StatusOr<std::string> Token(const Caller& caller);

  Installation installation_;
  absl::Duration patience_ = absl::ZeroDuration();
  Observer observer_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::map<std::string, std::string> tokens_;
};

// An error as a person should read it: code, reason, message, then every violation.
std::string Explain(const absl::Status& status);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_CLIENT_H_
