#include "libs/pg/value.h"

#include <gtest/gtest.h>

#include <limits>

namespace kat::pg {
namespace {

template <class T>
T RoundTrip(const T& value) {
  T back;
  ParseValue(Param(value).text(), &back);
  return back;
}

TEST(Value, WhatIsWrittenIsReadBack) {
  EXPECT_EQ(RoundTrip(std::string("a 'b' \"c\"")), "a 'b' \"c\"");
  EXPECT_EQ(RoundTrip(true), true);
  EXPECT_EQ(RoundTrip(std::numeric_limits<int>::min()), std::numeric_limits<int>::min());
  EXPECT_EQ(RoundTrip(std::numeric_limits<int64_t>::max()), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(RoundTrip(0.1), 0.1);
  EXPECT_EQ(RoundTrip(absl::CivilDay(2024, 2, 29)), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(RoundTrip(absl::InfiniteFuture()), absl::InfiniteFuture());
  EXPECT_EQ(RoundTrip(absl::InfinitePast()), absl::InfinitePast());
}

TEST(Value, TimesKeepMicroseconds) {
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  EXPECT_EQ(RoundTrip(time), time);
  EXPECT_EQ(RoundTrip(time + absl::Nanoseconds(900)), time);
  EXPECT_EQ(RoundTrip(absl::UnixEpoch() - absl::Microseconds(1)), absl::UnixEpoch() - absl::Microseconds(1));
}

TEST(Value, ReadsATimeAsPostgreSQLWritesIt) {
  absl::Time time;
  ParseValue("2026-11-23 19:14:50.5+00", &time);
  EXPECT_EQ(time, absl::FromCivil(absl::CivilSecond(2026, 11, 23, 19, 14, 50), absl::UTCTimeZone()) +
                      absl::Milliseconds(500));
  ParseValue("2026-11-23 19:14:50+00", &time);
  EXPECT_EQ(absl::ToUnixSeconds(time), 1795461290);
}

TEST(Value, ArraysKeepQuotesCommasAndEmptyStrings) {
  const std::vector<std::string> values = {"", "a,b", "say \"x\"", "back\\slash", "{brace}", "NULL", " spaces "};
  EXPECT_EQ(RoundTrip(values), values);
  EXPECT_EQ(RoundTrip(std::vector<std::string>()), std::vector<std::string>());
  std::vector<std::string> bare;
  ParseValue("{one,two}", &bare);
  EXPECT_EQ(bare, (std::vector<std::string>{"one", "two"}));
}

TEST(Value, BytesMayBeAnything) {
  const std::string bytes("\0\x01\xff\\'", 5);
  EXPECT_EQ(BytesFromText(Param::Bytes(bytes).text()), bytes);
}

TEST(Value, AnEmptyOptionalIsNull) {
  EXPECT_TRUE(Param(std::optional<std::string>()).is_null());
  EXPECT_TRUE(Param(std::nullopt).is_null());
  EXPECT_EQ(Param(std::optional<int>(3)).text(), "3");
}

}  // namespace
}  // namespace kat::pg
