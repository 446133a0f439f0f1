#include <google/protobuf/struct.pb.h>

#include <fstream>
#include <sstream>

#include "services/billing/api/api_test.h"

namespace kat::billing {
namespace {

class Sample : public ApiTest {
 protected:
  template <class Request, class Response>
  absl::Status Load(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const std::string& json) {
    return Configure(method, absl::StrReplaceAll(json, {{"clinics/{clinic}", "$C"}})).status();
  }

  absl::Status Load(const std::string& method, const std::string& json) {
    if (method == "UpdateBillingSettings") return Load(&Stub::UpdateBillingSettings, json);
    if (method == "CreateServiceCode") return Load(&Stub::CreateServiceCode, json);
    if (method == "CreatePriceList") return Load(&Stub::CreatePriceList, json);
    if (method == "CreateCancellationPolicy") return Load(&Stub::CreateCancellationPolicy, json);
    if (method == "CreateDepositPolicy") return Load(&Stub::CreateDepositPolicy, json);
    if (method == "CreatePayerCodeSet") return Load(&Stub::CreatePayerCodeSet, json);
    if (method == "CreateLenderPolicy") return Load(&Stub::CreateLenderPolicy, json);
    return absl::UnimplementedError(method);
  }

  // Sends every request of deploy/sample/billing.json.
  void LoadAll() {
    std::ifstream file(KAT_SAMPLE_FILE);
    std::stringstream text;
    text << file.rdbuf();
    google::protobuf::ListValue calls;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text.str(), &calls).ok());
    ASSERT_GT(calls.values_size(), 0);
    for (const auto& value : calls.values()) {
      const auto& fields = value.struct_value().fields();
      const std::string method = fields.at("method").string_value();
      std::string json;
      ASSERT_TRUE(google::protobuf::util::MessageToJsonString(fields.at("request"), &json).ok());
      EXPECT_OK(Load(method.substr(method.find('/') + 1), json)) << json;
    }
  }
};

TEST_F(Sample, LoadsAndLoadsAgainWithoutRepeatingAnything) {
  LoadAll();
  LoadAll();
  ASSERT_OK_AND_ASSIGN(const auto codes, Call(&Stub::ListServiceCodes, R"({"parent": "$C", "code": "S0013",
      "asOfDate": {"year": 2026, "month": 1, "day": 1}})"));
  EXPECT_EQ(codes.service_codes_size(), 0);
  ASSERT_OK_AND_ASSIGN(const auto lists, Call(&Stub::ListPriceLists, R"({"parent": "$C"})"));
  EXPECT_EQ(lists.price_lists_size(), 2);
}

}  // namespace
}  // namespace kat::billing
