#include "libs/testing/test_database.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/base/business_time.h"
#include "libs/pg/connection.h"
#include "libs/testing/status.h"
#include "libs/tx/outbox_row.h"
#include "libs/tx/pg_transaction.h"
#include "libs/tx/platform.h"

// libpqxx 6.4.5 loses the result of a statement whose connection broke: 216 bytes each.
extern "C" const char* __lsan_default_suppressions() { return "leak:libpqxx-6.4.so\n"; }

namespace kat::testing {
namespace {

// Databases of test processes: kat_test_<pid>_<number>, so that those of processes that crashed can be told.
constexpr char kPrefix[] = "kat_test_";

[[noreturn]] void Die(absl::string_view message) {
  std::cerr << "test database: " << message << std::endl;
  std::_Exit(1);
}

void Must(const absl::Status& status, absl::string_view what) {
  if (!status.ok()) Die(absl::StrCat(what, ": ", Describe(status)));
}

std::string RunCommand(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) Die(absl::StrCat("cannot run ", command));
  std::string output;
  std::array<char, 4096> buffer;
  while (size_t n = fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), n);
  if (pclose(pipe) != 0) Die(absl::StrCat(command, " failed"));
  return output;
}

std::unique_ptr<pg::Connection> Superuser(const std::string& socket, absl::string_view database) {
  auto connection = pg::Connection::Connect({.uri = absl::StrCat("host=", socket, " user=postgres dbname=", database)});
  Must(connection.status(), "connecting as the superuser");
  return *std::move(connection);
}

void Sql(pg::Connection& connection, const std::string& sql) {
  const pg::Connection::Outcome outcome = connection.RunText(sql);
  if (outcome.failure) Die(absl::StrCat(sql, ": ", outcome.failure->message));
}

void DropLeftovers(const std::string& socket) {
  auto database =
      pg::Database::Open({.uri = absl::StrCat("host=", socket, " user=postgres dbname=postgres"), .pool_size = 1});
  Must(database.status(), "connecting as the superuser");
  std::vector<std::string> names;
  Must((*database)->Run({.read_only = true},
                        [&](pg::Tx& tx) -> absl::Status {
                          ASSIGN_OR_RETURN(
                              const pg::Rows rows,
                              tx.Query("select datname from pg_database where starts_with(datname, $1)", {kPrefix}));
                          for (const pg::Row& row : rows) names.push_back(row.Get<std::string>("datname"));
                          return absl::OkStatus();
                        }),
       "listing databases");
  const auto admin = Superuser(socket, "postgres");
  for (const std::string& name : names) {
    int pid = 0;
    const std::vector<std::string> parts = absl::StrSplit(absl::StripPrefix(name, kPrefix), '_');
    if (!absl::SimpleAtoi(parts[0], &pid) || kill(pid, 0) == 0 || errno != ESRCH) continue;
    admin->RunText(absl::StrCat("drop database if exists ", name, " with (force)"));  // another process may drop it too
  }
}

// Two processes may make the same role at once.
std::string CreateRole(const std::string& role) {
  return absl::StrCat("do $$ begin create role ", role,
                      " login nosuperuser nocreatedb nocreaterole noinherit nobypassrls;"
                      " exception when duplicate_object or unique_violation then null; end $$");
}

}  // namespace

const std::string& TestCluster() {
  static const std::string* const socket = [] {
    std::string folder;
    if (const char* given = std::getenv("KAT_TEST_POSTGRES"); given != nullptr && *given != '\0') {
      folder = given;
    } else {
      const std::string script = absl::StrCat("'", KAT_SOURCE_DIR, "/deploy/postgres' ");
      const std::string cluster = absl::StrCat("'", KAT_BINARY_DIR, "/test-postgres'");
      RunCommand(absl::StrCat(script, "start ", cluster, " --fast"));
      folder = std::string(absl::StripAsciiWhitespace(RunCommand(absl::StrCat(script, "socket ", cluster))));
    }
    DropLeftovers(folder);
    return new std::string(folder);
  }();
  return *socket;
}

TestDatabase& TestDatabase::Get(const TestDatabaseSpec& spec) {
  TestCluster();  // first: libpqxx's own statics, made at its first use, must outlive the map that drops databases at
                  // exit
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<TestDatabase>> databases;  // destroyed, and so dropped, at exit
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<TestDatabase>& database = databases[spec.service];
  if (!database) database = std::make_unique<TestDatabase>(spec);
  return *database;
}

TestDatabase::TestDatabase(const TestDatabaseSpec& spec) : service_name_(spec.service), socket_(TestCluster()) {
  static std::atomic<int> count = 0;
  name_ = absl::StrCat(kPrefix, getpid(), "_", ++count);
  const std::string role = absl::StrCat("kat_", spec.service);
  {
    const auto admin = Superuser(socket_, "postgres");
    for (const char* suffix : {"", "_owner", "_worker"}) Sql(*admin, CreateRole(role + suffix));
    Sql(*admin, absl::StrCat("create database ", name_, " template template0"));
  }
  AsSuperuser("create extension btree_gist; create extension pg_trgm; revoke all on schema public from public");
  AsSuperuser(absl::StrCat("alter schema public owner to ", role, "_owner; grant usage on schema public to ", role,
                           ", ", role, "_worker"));

  const auto open = [&](absl::string_view suffix, int size) {
    auto database = pg::Database::Open({.uri = Uri(suffix), .pool_size = size, .application_name = "test"});
    Must(database.status(), "opening the database");
    return *std::move(database);
  };
  owner_ = open("_owner", 1);
  Must(pg::Migrate(*owner_, tx::WithPlatform(spec.migrations)), "migrating");
  service_ = open("", spec.pool_size);
  worker_ = open("_worker", spec.pool_size);
}

TestDatabase::~TestDatabase() {
  owner_.reset();
  service_.reset();
  worker_.reset();
  Superuser(socket_, "postgres")->RunText(absl::StrCat("drop database if exists ", name_, " with (force)"));
}

tx::ClinicInfo TestDatabase::DefaultClinic() {
  return {.display_name = "New York Test Clinic",
          .phone = "+12125550100",
          .time_zone = "America/New_York",
          .zone = LoadZone("America/New_York").value()};
}

ClinicId TestDatabase::NewClinic() { return NewClinic(DefaultClinic()); }

ClinicId TestDatabase::NewClinic(const tx::ClinicInfo& info) {
  const ClinicId clinic(NewId());
  Must(worker_->Run({.clinic = clinic.str()},
                    [&](pg::Tx& tx) { return tx::PlatformTables(tx, clinic, absl::UnixEpoch(), "").SaveClinic(info); }),
       "making a clinic");
  return clinic;
}

std::vector<tx::Event> TestDatabase::Events(const ClinicId& clinic) {
  std::vector<tx::Event> events;
  for (tx::FeedEvent& event : FeedEvents(clinic)) events.push_back(std::move(event.event));
  return events;
}

std::vector<tx::FeedEvent> TestDatabase::FeedEvents(const ClinicId& clinic) {
  std::vector<tx::FeedEvent> events;
  Must(service_->Run({.clinic = clinic.str(), .read_only = true},
                     [&](pg::Tx& tx) -> absl::Status {
                       events.clear();
                       ASSIGN_OR_RETURN(
                           const pg::Rows rows,
                           tx.Query(absl::StrCat(tx::kOutboxColumns, " from outbox order by outbox.xid, seq")));
                       for (const pg::Row& row : rows) events.push_back(tx::FeedEventFromRow(row));
                       return absl::OkStatus();
                     }),
       "reading events");
  return events;
}

std::vector<tx::Job> TestDatabase::Jobs(const ClinicId& clinic) {
  std::vector<tx::Job> jobs;
  Must(service_->Run({.clinic = clinic.str(), .read_only = true},
                     [&](pg::Tx& tx) -> absl::Status {
                       jobs.clear();
                       ASSIGN_OR_RETURN(
                           const pg::Rows rows,
                           tx.Query("select kind, key, due_at, payload, attempts from jobs order by due_at, id"));
                       for (const pg::Row& row : rows) {
                         jobs.push_back({.kind = row.Get<std::string>("kind"),
                                         .key = row.Get<std::string>("key"),
                                         .due_at = row.Get<absl::Time>("due_at"),
                                         .payload = row.Get<std::string>("payload"),
                                         .attempts = row.Get<int>("attempts")});
                       }
                       return absl::OkStatus();
                     }),
       "reading jobs");
  return jobs;
}

std::string TestDatabase::Uri(absl::string_view role_suffix) const {
  return absl::StrCat("host=", socket_, " dbname=", name_, " user=kat_", service_name_, role_suffix);
}

void TestDatabase::AsSuperuser(const std::string& sql) { Sql(*Superuser(socket_, name_), sql); }

void TestDatabase::KillConnections() {
  Sql(*Superuser(socket_, "postgres"),
      absl::StrCat("select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '", name_, "'"));
}

}  // namespace kat::testing
