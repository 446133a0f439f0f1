#include "libs/base/error.h"

#include "gtest/gtest.h"

namespace kat {
namespace {

TEST(ErrorDetail, SurvivesTheStatusThatCarriesIt) {
  const ErrorDetail detail{.reason = "BOOKING_REFUSED",
                           .metadata = {{"rule", "min_days: 2"}, {"", ""}},
                           .fields = {{"visits[0].start_time", "is in the past"}},
                           .preconditions = {{"CONSENT_MISSING", "clinics/a/patients/b", "sign 12:the consent"}},
                           .retry_after = absl::Milliseconds(1500)};
  const absl::Status status = MakeError(absl::StatusCode::kAborted, "message", detail);
  const ErrorDetail read = GetErrorDetail(status).value();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(read.reason, detail.reason);
  EXPECT_EQ(read.metadata, detail.metadata);
  ASSERT_EQ(read.fields.size(), 1u);
  EXPECT_EQ(read.fields[0].field, "visits[0].start_time");
  ASSERT_EQ(read.preconditions.size(), 1u);
  EXPECT_EQ(read.preconditions[0].description, "sign 12:the consent");
  EXPECT_EQ(read.retry_after, absl::Milliseconds(1500));
}

TEST(ErrorDetail, IsAbsentFromAPlainStatus) {
  EXPECT_FALSE(GetErrorDetail(absl::InternalError("x")).has_value());
  EXPECT_EQ(ErrorReason(absl::OkStatus()), "");
}

TEST(InvalidFields, NamesTheFirstFieldAndCountsTheRest) {
  EXPECT_EQ(InvalidFields({{"a", "is empty"}, {"b", "is empty"}}).message(), "a: is empty (and 1 more)");
}

}  // namespace
}  // namespace kat
