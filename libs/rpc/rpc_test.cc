// The small parts of the library: names, pages, masks, statuses, traces.
#include "google/protobuf/field_mask.pb.h"
#include "gtest/gtest.h"
#include "kat/intake/v1/intake_service.pb.h"
#include "kat/scheduling/v1/clinic.pb.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "libs/rpc/peer.h"
#include "libs/rpc/resource_name.h"
#include "libs/rpc/status.h"
#include "libs/rpc/trace.h"

namespace kat::rpc {
namespace {

TEST(ResourceName, GivesItsVariableSegments) {
  EXPECT_EQ(ParseName("clinics/a/patients/b", "clinics/{clinic}/patients/{patient}").value(),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(ParseName("clinics/a/staff/b", "clinics/{clinic}/patients/{patient}").ok());
  EXPECT_FALSE(ParseName("clinics/a/patients/b/", "clinics/{clinic}/patients/{patient}").ok());
  EXPECT_EQ(LastSegment("clinics/a/patients/b"), "b");
  EXPECT_EQ(SegmentAfter("clinics/a/patients/b/medicationList", "patients"), "b");
  EXPECT_EQ(SegmentAfter("clinics/a", "patients"), "");
}

intake::v1::ListPatientsRequest List(const std::string& parent, int size, const std::string& token) {
  intake::v1::ListPatientsRequest request;
  request.set_parent(parent);
  request.set_page_size(size);
  request.set_page_token(token);
  return request;
}

TEST(Page, TokenCarriesTheKeysToTheNextPage) {
  const std::string token = NextPageToken(List("clinics/a", 10, ""), {"2026-01-01", "id7"});
  const Page page = ParsePage(List("clinics/a", 20, token)).value();
  EXPECT_EQ(page.size, 20);
  EXPECT_EQ(page.after, (std::vector<std::string>{"2026-01-01", "id7"}));
}

TEST(Page, TokenOfAnotherListIsRefused) {
  const std::string token = NextPageToken(List("clinics/a", 10, ""), {"id7"});
  for (const std::string& bad : {token + "x", std::string("garbage"), std::string("W10")}) {
    EXPECT_EQ(ErrorReason(ParsePage(List("clinics/a", 10, bad)).status()), "PAGE_TOKEN_INVALID") << bad;
  }
  EXPECT_EQ(ErrorReason(ParsePage(List("clinics/b", 10, token)).status()), "PAGE_TOKEN_INVALID");
}

TEST(Page, SizeIsBounded) {
  EXPECT_EQ(ParsePage(List("clinics/a", 0, "")).value().size, 50);
  EXPECT_EQ(ParsePage(List("clinics/a", 100000, "")).value().size, 200);
  EXPECT_TRUE(absl::IsInvalidArgument(ParsePage(List("clinics/a", -1, "")).status()));
}

TEST(Page, LastPageHasNoToken) {
  std::vector<std::string> rows = {"a", "b", "c"};
  const auto keys = [](const std::string& row) { return std::vector<std::string>{row}; };
  EXPECT_FALSE(FinishPage(List("clinics/a", 2, ""), {.size = 2}, rows, keys).empty());
  EXPECT_EQ(rows.size(), 2u);
  EXPECT_TRUE(FinishPage(List("clinics/a", 2, ""), {.size = 2}, rows, keys).empty());
}

TEST(Mask, CopiesWhatItNamesAndNothingElse) {
  scheduling::v1::Clinic from, to;
  from.set_display_name("New");
  from.set_phone("+12125550123");
  to.set_display_name("Old");
  to.set_phone("+12125550100");
  google::protobuf::FieldMask mask;
  mask.add_paths("display_name");
  ASSERT_TRUE(ApplyMask(mask, from, &to).ok());
  EXPECT_EQ(to.display_name(), "New");
  EXPECT_EQ(to.phone(), "+12125550100");
}

TEST(Mask, RefusesUnknownAndOutputOnlyPaths) {
  scheduling::v1::Clinic from, to;
  for (const char* path : {"nonsense", "state", "name", "create_time"}) {
    google::protobuf::FieldMask mask;
    mask.add_paths(path);
    EXPECT_TRUE(absl::IsInvalidArgument(ApplyMask(mask, from, &to))) << path;
  }
}

TEST(Mask, EmptyCopiesAllThatACallerMaySet) {
  scheduling::v1::Clinic from, to;
  from.set_display_name("New");
  from.set_state(scheduling::v1::Clinic::DISABLED);
  to.set_phone("+12125550100");
  ASSERT_TRUE(ApplyMask({}, from, &to).ok());
  EXPECT_EQ(to.display_name(), "New");
  EXPECT_EQ(to.phone(), "");
  EXPECT_EQ(to.state(), scheduling::v1::Clinic::STATE_UNSPECIFIED);
}

TEST(Status, KeepsItsDetailsOverTheWire) {
  const absl::Status sent =
      Conditions("BOOKING_REFUSED", "two things are missing",
                 {{"CONSENT_MISSING", "clinics/a/patients/b", "sign"}, {"DEPOSIT_MISSING", "x", "pay"}});
  const absl::Status read = FromGrpc(ToGrpc(sent));
  EXPECT_EQ(read.code(), sent.code());
  EXPECT_EQ(ErrorReason(read), "BOOKING_REFUSED");
  EXPECT_EQ(GetErrorDetail(read)->preconditions.size(), 2u);
}

TEST(Status, HidesWhatAnInternalErrorSays) {
  const grpc::Status status = ToGrpc(absl::InternalError("SELECT secret FROM patients"));
  EXPECT_EQ(status.error_message().find("SELECT"), std::string::npos);
}

TEST(Status, OfAPeerThatIsAwayIsUnavailable) {
  const absl::Status status =
      FromPeer("billing", grpc::Status(grpc::StatusCode::UNAVAILABLE, "connect failed: 10.0.0.1"));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(ErrorReason(status), "PEER_UNAVAILABLE");
  EXPECT_EQ(status.message().find("10.0.0.1"), absl::string_view::npos);
}

TEST(Date, MustBeReal) {
  google::type::Date date;
  date.set_year(2026);
  date.set_month(2);
  date.set_day(30);
  EXPECT_FALSE(FromProto(date, "birth_date").ok());
  date.set_day(28);
  EXPECT_EQ(FromProto(date, "birth_date").value(), absl::CivilDay(2026, 2, 28));
}

TEST(Timestamp, BeforeTheEpochSurvives) {
  const absl::Time time = absl::FromUnixMicros(-1'500'000);
  EXPECT_EQ(FromProto(ToProto(time)), time);
}

TEST(Trace, ContinuesAValidParentAndReplacesAnInvalidOne) {
  const std::string id = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(TraceIdFrom("00-" + id + "-b7ad6b7169203331-01"), id);
  for (const char* bad : {"", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "zz", "00-0AF7-1-01"}) {
    EXPECT_EQ(TraceIdFrom(bad).size(), 32u);
    EXPECT_NE(TraceIdFrom(bad), TraceIdFrom(bad));
  }
}

}  // namespace
}  // namespace kat::rpc
