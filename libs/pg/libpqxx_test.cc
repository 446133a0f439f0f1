#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <type_traits>

#include "libs/testing/test_database.h"

// What libs/pg works around in libpqxx 6.4.5. A failure here after an upgrade means that a workaround may go.
namespace kat::pg {
namespace {

using testing::TestDatabase;

template <class Exception>
void ExpectThrow(const char* sql, const char* sqlstate) {
  pqxx::connection connection(TestDatabase::Get({.service = "pqxxtest"}).Uri(""));
  pqxx::nontransaction statement(connection);
  try {
    statement.exec(sql);
    FAIL() << sql;
  } catch (const Exception& e) {
    if constexpr (std::is_base_of_v<pqxx::sql_error, Exception>) {
      EXPECT_EQ(e.sqlstate(), sqlstate) << sql;
    }
  }
}

// connection.cc, Translate: these are told by their type alone.
static_assert(!std::is_base_of_v<pqxx::sql_error, pqxx::serialization_failure>);
static_assert(!std::is_base_of_v<pqxx::sql_error, pqxx::deadlock_detected>);
static_assert(!std::is_base_of_v<pqxx::sql_error, pqxx::broken_connection>);

TEST(Libpqxx, LeavesTheSqlStateOutOfARefusedPrivilege) {
  ExpectThrow<pqxx::insufficient_privilege>("select * from pg_authid", "");
}

TEST(Libpqxx, KnowsNoExclusionViolation) {
  ExpectThrow<pqxx::integrity_constraint_violation>("do $$ begin raise exception 'x' using errcode = '23P01'; end $$",
                                                    "23P01");
}

TEST(Libpqxx, CutsATextParameterAtItsFirstNul) {
  pqxx::connection connection(TestDatabase::Get({.service = "pqxxtest"}).Uri(""));
  pqxx::nontransaction statement(connection);
  EXPECT_EQ(statement.exec_params("select length($1::text)", std::string("a\0b", 3))[0][0].as<int>(), 1);
}

TEST(Libpqxx, ReconnectsByItselfAndLosesTheSession) {
  pqxx::connection connection(TestDatabase::Get({.service = "pqxxtest"}).Uri(""));
  const auto run = [&](const std::string& sql) { return pqxx::nontransaction(connection).exec(sql); };
  run("set application_name = 'mine'");
  const int first = connection.backendpid();
  TestDatabase::Get({.service = "pqxxtest"}).KillConnections();
  std::string name = "never came back";
  for (int tries = 0; tries < 5 && name == "never came back"; ++tries) {
    try {
      name = run("select current_setting('application_name')")[0][0].as<std::string>();
    } catch (const pqxx::failure&) {  // says so once or twice, then goes on as if nothing had been
    }
  }
  EXPECT_EQ(name, "");
  EXPECT_NE(connection.backendpid(), first);
}

}  // namespace
}  // namespace kat::pg
