#include "libs/rpc/field_rules.h"

#include <cmath>
#include <set>
#include <string>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "kat/common/v1/events.pb.h"
#include "kat/common/v1/types.pb.h"
#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/error.h"

namespace kat::rpc {
namespace {

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const FieldViolation& v : GetErrorDetail(status).value_or(ErrorDetail{}).fields) fields.push_back(v.field);
  return fields;
}

TEST(FieldRules, AcceptAMessageThatKeepsThem) {
  common::v1::SubscribeRequest request;
  request.set_parent("clinics/lakeside");
  EXPECT_TRUE(CheckFieldRules(request).ok());
}

TEST(FieldRules, NameEveryFieldThatBreaksOne) {
  common::v1::Money money;
  money.set_currency_code("usd");
  money.set_minor_units(1'000'000'000'001);
  EXPECT_EQ(Fields(CheckFieldRules(money)), (std::vector<std::string>{"currency_code", "minor_units"}));
}

TEST(FieldRules, RefuseAMissingRequiredField) {
  EXPECT_EQ(Fields(CheckFieldRules(common::v1::SubscribeRequest())), std::vector<std::string>{"parent"});
}

TEST(FieldRules, RefuseANameOfAnotherShape) {
  for (const char* name :
       {"clinics/", "clinics/A", "clinics/a/patients/b", "clinics/-", "lakeside", "clinics/a b", "clinics/a/"}) {
    common::v1::SubscribeRequest request;
    request.set_parent(name);
    EXPECT_EQ(Fields(CheckFieldRules(request)), std::vector<std::string>{"parent"}) << name;
  }
}

TEST(FieldRules, RefuseTooManyAndTooLong) {
  common::v1::SubscribeRequest request;
  request.set_parent("clinics/a");
  request.set_cursor(std::string(201, 'x'));
  for (int i = 0; i < 51; ++i) request.add_types("t");
  EXPECT_EQ(Fields(CheckFieldRules(request)), (std::vector<std::string>{"cursor", "types"}));
}

TEST(FieldRules, RefuseNulInText) {
  common::v1::SubscribeRequest request;
  request.set_parent("clinics/a");
  request.set_cursor(std::string("a\0b", 3));
  EXPECT_EQ(Fields(CheckFieldRules(request)), std::vector<std::string>{"cursor"});
}

TEST(Tenant, IsThatOfEveryNameInTheRequest) {
  common::v1::SubscribeRequest request;
  request.set_parent("clinics/lakeside");
  EXPECT_TRUE(CheckTenant(request, "lakeside").ok());
  const absl::Status refused = CheckTenant(request, "riverside");
  EXPECT_TRUE(absl::IsPermissionDenied(refused));
  EXPECT_EQ(ErrorReason(refused), "OTHER_CLINIC");
  EXPECT_EQ(NamedClinic(request), "lakeside");
}

TEST(CollectPatients, FindsThemInNamesOfTheirChildren) {
  common::v1::Event event;
  (*event.mutable_related())["patient"] = "clinics/a/patients/p1";
  event.set_subject("clinics/a/patients/p2/medicationList");
  std::set<std::string> patients;
  CollectPatients(event, &patients);
  EXPECT_EQ(patients, (std::set<std::string>{"clinics/a/patients/p1", "clinics/a/patients/p2"}));
}

}  // namespace
}  // namespace kat::rpc
