#ifndef KAT_LIBS_TESTING_STATUS_H_
#define KAT_LIBS_TESTING_STATUS_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

// Assertions on absl::Status and StatusOr.
namespace kat::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

inline std::string Describe(const absl::Status& status) {
  std::string text = status.ok() ? "OK" : absl::StatusCodeToString(status.code()) + " (" + ErrorReason(status) + "): ";
  text.append(status.message().data(), status.message().size());
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail) return text;
  for (const FieldViolation& field : detail->fields) text += "\n  " + field.field + ": " + field.description;
  for (const PreconditionViolation& unmet : detail->preconditions)
    text += "\n  " + unmet.type + " " + unmet.description;
  return text;
}

// Whether `result` (a Status or StatusOr) is OK: EXPECT_TRUE(IsOk(…)) or EXPECT_OK(…).
template <class Result>
::testing::AssertionResult IsOk(const Result& result) {
  const absl::Status& status = StatusOf(result);
  return status.ok() ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << Describe(status);
}

// Whether `result` is an error of `code` and, unless that is empty, of `reason`: EXPECT_TRUE(IsError(…, code,
// "REASON")) or EXPECT_ERROR.
template <class Result>
::testing::AssertionResult IsError(const Result& result, absl::StatusCode code, absl::string_view reason = "") {
  const absl::Status& status = StatusOf(result);
  if (status.code() == code && (reason.empty() || ErrorReason(status) == reason)) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "wanted " << absl::StatusCodeToString(code) << " (" << std::string(reason)
                                       << "), got " << Describe(status);
}

}  // namespace kat::testing

#define EXPECT_OK(expr) EXPECT_TRUE(::kat::testing::IsOk(expr))
#define ASSERT_OK(expr) ASSERT_TRUE(::kat::testing::IsOk(expr))
// EXPECT_ERROR(result, absl::StatusCode::kAborted, "ETAG_MISMATCH")
#define EXPECT_ERROR(expr, ...) EXPECT_TRUE(::kat::testing::IsError(expr, __VA_ARGS__))
#define ASSERT_ERROR(expr, ...) ASSERT_TRUE(::kat::testing::IsError(expr, __VA_ARGS__))

// ASSERT_OK_AND_ASSIGN(const Patient patient, store.Find(id));
#define ASSERT_OK_AND_ASSIGN(lhs, expr) ASSERT_OK_AND_ASSIGN_INNER(KAT_CONCAT(kat_test_result_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_INNER(result, lhs, expr) \
  auto result = (expr);                               \
  ASSERT_TRUE(::kat::testing::IsOk(result));          \
  lhs = std::move(result).value()

#endif  // KAT_LIBS_TESTING_STATUS_H_
