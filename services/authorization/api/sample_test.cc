#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_replace.h"
#include "services/authorization/api/fixture.h"

// deploy/sample/authorization.json through the service: what a sample clinic is set up with must stay loadable.
namespace kat::authorization::api {
namespace {

using common::v1::ROLE_CLINIC_ADMIN;

class SampleTest : public Fixture {
 protected:
  template <class Request, class Response>
  absl::Status Send(Method<Request, Response> method, const std::string& json) {
    Request request;
    const auto parsed = google::protobuf::util::JsonStringToMessage(json, &request);
    if (!parsed.ok()) return absl::InvalidArgumentError(std::string(parsed.message()));
    return Call(method, std::move(request), ROLE_CLINIC_ADMIN).status();
  }

  absl::Status Send(const std::string& method, const std::string& json) {
    if (method == "CreatePayer") return Send(&Stub::CreatePayer, json);
    if (method == "CreatePayerPolicy") return Send(&Stub::CreatePayerPolicy, json);
    if (method == "UpdateProgramRule") return Send(&Stub::UpdateProgramRule, json);
    if (method == "UpdateAuthorizationSettings") return Send(&Stub::UpdateAuthorizationSettings, json);
    if (method == "CreateRemsSetting") return Send(&Stub::CreateRemsSetting, json);
    if (method == "CertifyRemsSetting") return Send(&Stub::CertifyRemsSetting, json);
    if (method == "ReceiveStock") return Send(&Stub::ReceiveStock, json);
    return absl::UnimplementedError(method);
  }

  void LoadAll() {
    std::ifstream file(KAT_SAMPLE_FILE);
    std::stringstream text;
    text << file.rdbuf();
    google::protobuf::ListValue calls;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &calls).ok());
    ASSERT_GT(calls.values_size(), 0);
    for (const auto& value : calls.values()) {
      const auto& fields = value.struct_value().fields();
      EXPECT_EQ(fields.at("role").string_value(), "clinic_admin");
      const std::string method = fields.at("method").string_value();
      std::string json;
      ASSERT_TRUE(google::protobuf::util::MessageToJsonString(fields.at("request"), &json).ok());
      EXPECT_OK(Send(method.substr(method.find('/') + 1), absl::StrReplaceAll(json, {{"clinics/{clinic}", Clinic()}})))
          << json;
    }
  }
};

TEST_F(SampleTest, LoadsAndLoadsAgainWithoutRepeatingAnything) {
  LoadAll();
  LoadAll();
  v1::ListPayersRequest payers;
  payers.set_parent(Clinic());
  EXPECT_EQ(Call(&Stub::ListPayers, payers)->payers_size(), 2);
  v1::ListPayerPoliciesRequest policies;
  policies.set_parent(Name("payers/summit-health"));
  EXPECT_EQ(Call(&Stub::ListPayerPolicies, policies)->payer_policies_size(), 2);
  v1::GetStockLotRequest lot;
  lot.set_name(Name("stockLots/esketamine-24a"));
  EXPECT_EQ(Call(&Stub::GetStockLot, lot)->on_hand(), 60);
}

}  // namespace
}  // namespace kat::authorization::api
