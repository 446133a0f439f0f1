#include "libs/pg/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <pqxx/pqxx>
#include <sstream>
#include <unordered_map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/log/log.h"

namespace kat::pg {
namespace {

// Beyond this many texts a connection sends statements unprepared: each prepared one costs memory in the server.
constexpr size_t kMaxPrepared = 500;

class CountNotifications final : public pqxx::notification_receiver {
 public:
  CountNotifications(pqxx::connection_base& connection, const std::string& channel)
      : notification_receiver(connection, channel) {}
  void operator()(const std::string&, int) override { ++count; }
  int count = 0;
};

// The one place where libpqxx's exceptions end. It gives no SQLSTATE with several of them.
Failure Translate(std::exception_ptr exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const pqxx::serialization_failure& e) {
    return {"40001", e.what()};
  } catch (const pqxx::deadlock_detected& e) {
    return {"40P01", e.what()};
  } catch (const pqxx::statement_completion_unknown& e) {
    return {"40003", e.what()};
  } catch (const pqxx::transaction_rollback& e) {
    return {"40000", e.what()};
  } catch (const pqxx::too_many_connections& e) {
    return {"53300", e.what()};
  } catch (const pqxx::insufficient_privilege& e) {
    return {"42501", e.what()};
  } catch (const pqxx::broken_connection& e) {
    return {"08006", e.what(), true};
  } catch (const pqxx::sql_error& e) {
    return {e.sqlstate().empty() ? "XX000" : e.sqlstate(), e.what()};
  } catch (const std::exception& e) {
    return {"XX000", e.what()};
  }
}

std::string QuoteConninfo(absl::string_view value) {
  return absl::StrCat("'", absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

}  // namespace

struct Connection::Session {
  std::unique_ptr<pqxx::connection> link;
  std::unique_ptr<pqxx::quiet_errorhandler> quiet;        // notices are for people at psql
  std::unordered_map<std::string, std::string> prepared;  // SQL text to statement name
  std::unique_ptr<CountNotifications> notifications;
  std::string server;
};

absl::StatusOr<std::string> ConnectionString(const DatabaseOptions& options) {
  char* problem = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(options.uri.c_str(), &problem);
  if (parsed == nullptr) {
    PQfreemem(problem);  // may quote the string, which may hold a password
    return absl::InvalidArgumentError("the database URI cannot be parsed");
  }
  std::map<std::string, std::string> settings = {
      {"connect_timeout", "5"},  // seconds
      // A peer that vanished without a FIN: found within 30 seconds, idle or not.
      {"keepalives_idle", "10"},
      {"keepalives_interval", "5"},
      {"keepalives_count", "4"},
      {"tcp_user_timeout", "30000"}};
  for (PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) settings[option->keyword] = option->val;
  }
  PQconninfoFree(parsed);
  settings["client_encoding"] = "UTF8";
  if (!options.application_name.empty()) settings["application_name"] = options.application_name;
  if (!options.password_file.empty()) {
    std::ifstream file(options.password_file);
    std::stringstream password;
    if (!(password << file.rdbuf())) {
      return absl::FailedPreconditionError(absl::StrCat("cannot read the password file ", options.password_file));
    }
    settings["password"] = std::string(absl::StripTrailingAsciiWhitespace(password.str()));
  }
  std::string text;
  for (const auto& [key, value] : settings) absl::StrAppend(&text, key, "=", QuoteConninfo(value), " ");
  return text;
}

Connection::Connection(std::unique_ptr<Session> session) : session_(std::move(session)) {}

Connection::~Connection() {
  try {
    session_->notifications.reset();
    session_->quiet.reset();
    session_->link.reset();
  } catch (const std::exception&) {  // the receiver says UNLISTEN to a server that may be gone
  }
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Connect(const DatabaseOptions& options) {
  auto conninfo = ConnectionString(options);
  if (!conninfo.ok()) return conninfo.status();
  auto session = std::make_unique<Session>();
  try {
    session->link = std::make_unique<pqxx::connection>(*conninfo);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    session->link->inhibit_reactivation(true);
#pragma GCC diagnostic pop
    session->quiet = std::make_unique<pqxx::quiet_errorhandler>(*session->link);
  } catch (...) {
    const Failure failure = Translate(std::current_exception());
    log::Error("pg.connect_failed", {{"error", LogLine(failure)}});
    return MakeError(absl::StatusCode::kUnavailable, "the database cannot be reached at the moment; try again",
                     {.reason = "DATABASE_UNAVAILABLE", .retry_after = absl::Seconds(1)});
  }
  std::unique_ptr<Connection> connection(new Connection(std::move(session)));
  const Outcome outcome = connection->RunText(
      "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; set extra_float_digits = 1; "
      // An open transaction holds back every feed's watermark (see libs/tx/outbox_reader.h).
      "set idle_in_transaction_session_timeout = '60s'; "
      "select current_setting('lc_messages'), pg_postmaster_start_time()::text");
  if (outcome.failure) return ToStatus(*outcome.failure);
  const auto& shown = *static_cast<const pqxx::result*>(outcome.result.get());
  const std::string language = shown[0][0].c_str();
  if (!language.empty() && language != "POSIX" && language[0] != 'C' && !absl::StartsWith(language, "en")) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the database speaks ", language, "; set lc_messages to C: constraint names are read from its messages"));
  }
  connection->session_->server = shown[0][1].c_str();
  return connection;
}

template <class Body>
Connection::Outcome Connection::Guard(Body body) {
  try {
    pqxx::nontransaction statement(*session_->link);
    return {std::make_shared<pqxx::result>(body(statement)), std::nullopt};
  } catch (...) {
    Failure failure = Translate(std::current_exception());
    if (!session_->link->is_open()) failure.connection_lost = true;
    return {nullptr, std::move(failure)};
  }
}

Connection::Outcome Connection::RunText(const std::string& sql) {
  return Guard([&](pqxx::nontransaction& statement) { return statement.exec(sql); });
}

Connection::Outcome Connection::RunPrepared(absl::string_view sql, const std::vector<Param>& params) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params) {
    if (!param.is_null() && absl::StrContains(param.text(), absl::string_view("\0", 1))) {
      return {nullptr, Failure{"22021", "a text parameter holds a NUL character"}};
    }
    values.push_back(param.is_null() ? nullptr : param.text().c_str());
  }
  const auto arguments = pqxx::prepare::make_dynamic_params(values);
  return Guard([&](pqxx::nontransaction& statement) {
    std::string text(sql);
    auto it = session_->prepared.find(text);
    if (it == session_->prepared.end()) {
      if (session_->prepared.size() >= kMaxPrepared) return statement.exec_params(text, arguments);
      const std::string name = absl::StrCat("s", session_->prepared.size());
      session_->link->prepare(name, text);
      it = session_->prepared.emplace(std::move(text), name).first;
    }
    return statement.exec_prepared(it->second, arguments);
  });
}

std::string Connection::Quote(absl::string_view text) const { return session_->link->quote(std::string(text)); }

int Connection::backend_pid() const { return session_->link->backendpid(); }

const std::string& Connection::server() const { return session_->server; }

Connection::Outcome Connection::Listen(const std::string& channel) {
  try {
    session_->notifications = std::make_unique<CountNotifications>(*session_->link, channel);
    return {};
  } catch (...) {
    return {nullptr, Translate(std::current_exception())};
  }
}

Connection::Heard Connection::WaitForNotification(int wake_fd, absl::Duration timeout) {
  const absl::Time end = absl::Now() + timeout;
  try {
    while (true) {
      session_->link->get_notifs();
      if (!session_->link->is_open()) return Heard::kBroken;
      if (session_->notifications->count > 0) {
        session_->notifications->count = 0;
        return Heard::kNotification;
      }
      const absl::Duration left = end - absl::Now();
      if (left <= absl::ZeroDuration()) return Heard::kTimeout;
      pollfd fds[] = {{session_->link->sock(), POLLIN, 0}, {wake_fd, POLLIN, 0}};
      const int64_t millis = std::min<int64_t>(absl::ToInt64Milliseconds(left) + 1, 60'000);
      poll(fds, 2, static_cast<int>(millis));
      if (fds[1].revents != 0) return Heard::kWake;
    }
  } catch (...) {
    return Heard::kBroken;
  }
}

int RowCount(const void* result) { return static_cast<int>(static_cast<const pqxx::result*>(result)->size()); }

int64_t AffectedRows(const void* result) {
  return static_cast<int64_t>(static_cast<const pqxx::result*>(result)->affected_rows());
}

std::optional<absl::string_view> Row::Text(absl::string_view column) const {
  const auto& result = *static_cast<const pqxx::result*>(result_.get());
  try {
    const pqxx::field field = result[static_cast<pqxx::result::size_type>(index_)].at(std::string(column));
    if (field.is_null()) return std::nullopt;
    return absl::string_view(field.c_str(), field.size());
  } catch (const std::exception&) {
    std::cerr << "pg: the result has no column " << column << "\n";
    std::abort();
  }
}

absl::string_view Row::RequireText(std::optional<absl::string_view> text, absl::string_view column) {
  if (text) return *text;
  std::cerr << "pg: column " << column << " is NULL; read it as a std::optional\n";
  std::abort();
}

int Rows::size() const { return RowCount(result_.get()); }
int64_t Rows::affected() const { return AffectedRows(result_.get()); }

}  // namespace kat::pg
