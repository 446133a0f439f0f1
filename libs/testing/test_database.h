#ifndef KAT_LIBS_TESTING_TEST_DATABASE_H_
#define KAT_LIBS_TESTING_TEST_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "libs/base/id.h"
#include "libs/pg/database.h"
#include "libs/pg/migrate.h"
#include "libs/tx/outbox_reader.h"
#include "libs/tx/transaction.h"

namespace kat::testing {

struct TestDatabaseSpec {
  std::string service;                    // `intake`: names the roles
  std::vector<pg::Migration> migrations;  // the service's own, from 2 on; the platform's comes before
  int pool_size = 8;
};

// A real PostgreSQL database of this process, migrated by the owner's role, on the test cluster that all test processes
// share: the one whose socket folder KAT_TEST_POSTGRES names, or one in the build folder, which the first process to
// need it starts (and which stays: end it with `deploy/postgres stop build/<preset>/test-postgres`). Anything that goes
// wrong ends the process with a message. Thread-safe.
//
// A test gets a fresh state from NewClinic(), not from a database of its own:
//   TestDatabase& database = TestDatabase::Get({.service = "intake", .migrations = store::Migrations()});
class TestDatabase {
 public:
  // The process's database for this service: made by the first call, dropped when the process ends.
  static TestDatabase& Get(const TestDatabaseSpec& spec);
  // One more, of its own; dropped with the object.
  explicit TestDatabase(const TestDatabaseSpec& spec);
  ~TestDatabase();

  pg::Database& service() { return *service_; }  // as kat_<service>
  pg::Database& worker() { return *worker_; }    // as kat_<service>_worker
  pg::Database& owner() { return *owner_; }      // as kat_<service>_owner

  // A clinic that no other test knows, in the directory: `New York Test Clinic`, America/New_York, no holidays.
  ClinicId NewClinic();
  ClinicId NewClinic(const tx::ClinicInfo& info);
  static tx::ClinicInfo DefaultClinic();

  // What `clinic` has published, in the feed's order, without waiting for the watermark as OutboxReader does: other
  // test processes' transactions hold it back, since it is the cluster's.
  std::vector<tx::FeedEvent> FeedEvents(const ClinicId& clinic);
  std::vector<tx::Event> Events(const ClinicId& clinic);
  // Its pending jobs by due time.
  std::vector<tx::Job> Jobs(const ClinicId& clinic);

  // Connection string as one of the roles: "", "_worker" or "_owner".
  std::string Uri(absl::string_view role_suffix) const;
  // Runs SQL on this database as the superuser, each statement by itself; for what only a test may do.
  void AsSuperuser(const std::string& sql);
  // Ends every connection of this database, as a crash of PostgreSQL would.
  void KillConnections();

 private:
  std::string service_name_;
  std::string socket_;
  std::string name_;
  std::unique_ptr<pg::Database> owner_, service_, worker_;
};

// Socket folder of the test cluster, started if need be.
const std::string& TestCluster();

}  // namespace kat::testing

#endif  // KAT_LIBS_TESTING_TEST_DATABASE_H_
