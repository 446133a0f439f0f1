#include "libs/pg/sqlstate.h"

#include <gtest/gtest.h>

#include "libs/base/error.h"
#include "libs/pg/database.h"

namespace kat::pg {
namespace {

using Code = absl::StatusCode;

TEST(SqlState, EveryCodeReliedOnHasItsStatus) {
  const struct {
    const char* sqlstate;
    Code code;
    const char* reason;
  } cases[] = {
      {"23505", Code::kAlreadyExists, "CONSTRAINT_VIOLATED"},
      {"23P01", Code::kAlreadyExists, "CONSTRAINT_VIOLATED"},
      {"23502", Code::kFailedPrecondition, "CONSTRAINT_VIOLATED"},
      {"23503", Code::kFailedPrecondition, "CONSTRAINT_VIOLATED"},
      {"23514", Code::kFailedPrecondition, "CONSTRAINT_VIOLATED"},
      {"P0001", Code::kFailedPrecondition, "CONSTRAINT_VIOLATED"},
      {"40001", Code::kAborted, "TRANSACTION_CONFLICT"},
      {"40P01", Code::kAborted, "TRANSACTION_CONFLICT"},
      {"55P03", Code::kAborted, "LOCK_NOT_AVAILABLE"},
      {"57014", Code::kDeadlineExceeded, "STATEMENT_TIMEOUT"},
      {"57P01", Code::kUnavailable, "DATABASE_UNAVAILABLE"},
      {"08006", Code::kUnavailable, "DATABASE_UNAVAILABLE"},
      {"53300", Code::kUnavailable, "DATABASE_UNAVAILABLE"},
      {"25006", Code::kUnavailable, "DATABASE_UNAVAILABLE"},
      {"22021", Code::kInvalidArgument, "TEXT_INVALID"},
      {"42501", Code::kInternal, "DATABASE_ERROR"},
      {"42601", Code::kInternal, "DATABASE_ERROR"},
      {"22P02", Code::kInternal, "DATABASE_ERROR"},
  };
  for (const auto& c : cases) {
    const absl::Status status = ToStatus({c.sqlstate, "ERROR:  x"});
    EXPECT_EQ(status.code(), c.code) << c.sqlstate;
    EXPECT_EQ(ErrorReason(status), c.reason) << c.sqlstate;
  }
}

TEST(SqlState, AStatusNeverHoldsTheServersWords) {
  for (const char* code : {"23505", "22P02", "42601", "XX000", "P0001", "40001"}) {
    EXPECT_EQ(std::string(ToStatus({code, "ERROR:  Jane Doe"}).ToString()).find("Jane"), std::string::npos) << code;
  }
}

TEST(SqlState, ConstraintNamesAreFoundInEachKindOfMessage) {
  const struct {
    const char* sqlstate;
    const char* message;
    const char* name;
  } cases[] = {
      {"23505",
       "ERROR:  duplicate key value violates unique constraint \"rooms_pkey\"\nDETAIL:  Key (id)=(\"x\") exists.",
       "rooms_pkey"},
      {"23503", "ERROR:  insert or update on table \"a\" violates foreign key constraint \"a_b_fkey\"", "a_b_fkey"},
      {"23503", "ERROR:  update or delete on table \"b\" violates foreign key constraint \"a_b_fkey\" on table \"a\"",
       "a_b_fkey"},
      {"23514", "ERROR:  new row for relation \"a\" violates check constraint \"a_positive\"", "a_positive"},
      {"23502", "ERROR:  null value in column \"b\" of relation \"a\" violates not-null constraint", "b"},
      {"23P01", "ERROR:  conflicting key value violates exclusion constraint \"a_no_overlap\"\nDETAIL:  Key \"x\"",
       "a_no_overlap"},
      {"P0001", "ERROR:  capacity_exceeded\nCONTEXT:  PL/pgSQL function f() line 1 at RAISE", "capacity_exceeded"},
      {"P0001", "ERROR:  the room is full", ""},
      {"40001", "ERROR:  \"x\"", ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ViolatedConstraint(ToStatus({c.sqlstate, c.message})), c.name) << c.message;
  }
}

TEST(SqlState, TheLogHoldsNoValues) {
  EXPECT_EQ(LogLine({"22P02", "ERROR:  invalid input syntax for type integer: \"Jane Doe\""}), "SQLSTATE 22P02");
  EXPECT_EQ(LogLine({"23505", "ERROR:  duplicate key value violates unique constraint \"k\"\nDETAIL:  Key (n)=(Jane)"}),
            "SQLSTATE 23505 k");
  EXPECT_EQ(LogLine({"42703", "ERROR:  column \"nme\" does not exist\nLINE 1: select nme"}),
            "SQLSTATE 42703 column \"nme\" does not exist");
}

TEST(SqlState, OnlyAReplacedPlanIsRetriedAmongUnsupportedFeatures) {
  EXPECT_TRUE(IsRetryable({"0A000", "ERROR:  cached plan must not change result type"}));
  EXPECT_FALSE(IsRetryable({"0A000", "ERROR:  cannot do that"}));
}

}  // namespace
}  // namespace kat::pg
