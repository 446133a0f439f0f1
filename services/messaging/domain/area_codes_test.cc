#include "services/messaging/domain/area_codes.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "services/messaging/domain/sending.h"

namespace kat::messaging {
namespace {

std::vector<std::string> Names(const Zones& zones) {
  std::vector<std::string> names;
  for (const absl::TimeZone zone : zones) names.push_back(zone.name());
  return names;
}

using Strings = std::vector<std::string>;

TEST(AreaCodes, ANumberLiesInEveryZoneOfItsAreaCode) {
  EXPECT_EQ(Names(ZonesOfNumber("+12125550123")), Strings{"America/New_York"});
  EXPECT_EQ(Names(ZonesOfNumber("+18085550123")), Strings{"Pacific/Honolulu"});
  EXPECT_EQ(Names(ZonesOfNumber("+16025550123")), Strings{"America/Phoenix"});
  EXPECT_EQ(Names(ZonesOfNumber("+18505550123")), (Strings{"America/New_York", "America/Chicago"}));
  EXPECT_EQ(Names(ZonesOfNumber("+12085550123")), (Strings{"America/Denver", "America/Los_Angeles"}));
  EXPECT_EQ(Names(ZonesOfNumber("+17875550123")), Strings{"America/Puerto_Rico"});
}

TEST(AreaCodes, NumbersThatLieNowhereSayNothing) {
  for (const char* number : {"", "+18005550123", "+18335550123", "+15005550001", "+15555550101", "+442079460123",
                             "+1212555012", "12125550123", "+1", "+19115550123"}) {
    EXPECT_TRUE(ZonesOfNumber(number).empty()) << number;
  }
}

TEST(AreaCodes, EveryCodeOfTheTableHasZonesThatTheMachineKnows) {
  int known = 0;
  for (int code = 200; code < 1000; ++code) known += ZonesOfNumber(absl::StrCat("+1", code, "5550123")).empty() ? 0 : 1;
  EXPECT_EQ(known, 453);
}

class SendZonesTest : public ::testing::Test {
 protected:
  const absl::TimeZone clinic_ = *LoadZone("America/Chicago");
  Contact contact_;
};

TEST_F(SendZonesTest, TheStatedZoneCountsAndTheAreaCodesWhereItDiffers) {
  contact_.zone = *LoadZone("Pacific/Honolulu");
  contact_.phone = "+18085550123";
  EXPECT_EQ(Names(SendZones(contact_, clinic_)), Strings{"Pacific/Honolulu"});
  contact_.phone = "+12125550123";
  EXPECT_EQ(Names(SendZones(contact_, clinic_)), (Strings{"Pacific/Honolulu", "America/New_York"}));
}

TEST_F(SendZonesTest, TheClinicsZoneStandsInForOneThatWasNotStated) {
  EXPECT_EQ(Names(SendZones(contact_, clinic_)), Strings{"America/Chicago"});
  contact_.phone = "+12125550123";
  EXPECT_EQ(Names(SendZones(contact_, clinic_)), (Strings{"America/Chicago", "America/New_York"}));
  contact_.phone = "+18005550123";
  EXPECT_EQ(Names(SendZones(contact_, clinic_)), Strings{"America/Chicago"});
}

TEST_F(SendZonesTest, NoKnowledgeOfANumberEverWidensTheHours) {
  const SendWindow window;
  contact_.zone = *LoadZone("America/Denver");
  for (int code = 200; code < 1000; ++code) {
    contact_.phone = absl::StrCat("+1", code, "5550123");
    const Zones zones = SendZones(contact_, clinic_);
    for (const absl::CivilDay day :
         {absl::CivilDay(2026, 3, 8), absl::CivilDay(2026, 7, 1), absl::CivilDay(2026, 11, 1)}) {
      for (int hour = 0; hour < 24; ++hour) {
        const absl::Time at = InstantOf(day, hour * 60, *contact_.zone);
        EXPECT_LE(InWindow(at, window, zones), InWindow(at, window, {*contact_.zone})) << code << " " << hour;
      }
      const absl::Time opening = NextOpening(InstantOf(day, 0, *contact_.zone), window, zones);
      EXPECT_TRUE(InWindow(opening, window, zones)) << code;
    }
  }
}

}  // namespace
}  // namespace kat::messaging
