#ifndef KAT_LIBS_PG_CONNECTION_H_
#define KAT_LIBS_PG_CONNECTION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/pg/database.h"
#include "libs/pg/sqlstate.h"
#include "libs/pg/value.h"

namespace kat::pg {

using ResultPtr = std::shared_ptr<const void>;  // a pqxx::result

// One session with the server. Never reconnects: a new session would have lost its settings and its transaction. Not
// thread-safe.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Connect(const DatabaseOptions& options);
  ~Connection();

  // One of both is set.
  struct Outcome {
    ResultPtr result;
    std::optional<Failure> failure;
  };
  // Runs SQL without parameters; several statements may be separated by semicolons.
  Outcome RunText(const std::string& sql);
  // Runs one statement with parameters, prepared on first use.
  Outcome RunPrepared(absl::string_view sql, const std::vector<Param>& params);

  std::string Quote(absl::string_view text) const;
  int backend_pid() const;
  const std::string& server() const;  // see Tx::server

  // Starts to listen on `channel`, then waits until a notification came, `wake_fd` is readable, or `timeout` passed.
  enum class Heard { kNotification, kWake, kTimeout, kBroken };
  Outcome Listen(const std::string& channel);
  Heard WaitForNotification(int wake_fd, absl::Duration timeout);

 private:
  struct Session;
  explicit Connection(std::unique_ptr<Session> session);
  template <class Body>
  Outcome Guard(Body body);

  std::unique_ptr<Session> session_;
};

// Puts the password, name and time limits into what libpq takes as a connection string.
absl::StatusOr<std::string> ConnectionString(const DatabaseOptions& options);

int RowCount(const void* result);
int64_t AffectedRows(const void* result);

}  // namespace kat::pg

#endif  // KAT_LIBS_PG_CONNECTION_H_
