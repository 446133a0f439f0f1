// What every method promises whoever calls it, walked over the descriptors and over every call that the story made,
// against running services.
//   KAT_INSTALLATION  the installation file     KAT_RECORD  the story's recording
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "deploy/katctl/client.h"
#include "deploy/katctl/schema.h"
#include "gtest/gtest.h"
#include "kat/common/v1/options.pb.h"
#include "libs/base/error.h"
#include "libs/rpc/adapter.h"
#include "re2/re2.h"

namespace kat::ctl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

const char* const kRoles[] = {
    "platform_admin", "clinic_admin",          "assistant", "psychiatrist", "administering_clinician",
    "nurse",          "integration_therapist", "biller",    "integration"};
constexpr char kOther[] = "other-clinic";

struct Recorded {
  const MethodDescriptor* method;
  Caller caller;
  Json request;
  Json answer;
};

Client& TheClient() {
  static auto* const client = new Client(Installation::Read(std::getenv("KAT_INSTALLATION")).value());
  return *client;
}

// Calls of the story that were answered.
const std::vector<Recorded>& Recording() {
  static const auto* const recording = [] {
    auto* calls = new std::vector<Recorded>();
    std::ifstream file(std::getenv("KAT_RECORD"));
    for (std::string line; std::getline(file, line);) {
      const Json json = Json::parse(line);
      if (!json.contains("answer") || ServiceOf(*FindMethod(json["method"].get<std::string>()).value()).empty())
        continue;
      calls->push_back(
          {FindMethod(json["method"].get<std::string>()).value(),
           {.clinic = json["clinic"], .roles = {json["role"].get<std::string>()}, .subject = json["subject"]},
           json["request"],
           json["answer"]});
    }
    return calls;
  }();
  return *recording;
}

std::vector<const MethodDescriptor*> UnaryMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const MethodDescriptor* method : AllMethods()) {
    if (!method->server_streaming() && !ServiceOf(*method).empty()) methods.push_back(method);
  }
  return methods;
}

bool Names(const MethodDescriptor* method, const std::string& role) {
  common::v1::Role wanted = common::v1::ROLE_UNSPECIFIED;
  common::v1::Role_Parse(absl::StrCat("ROLE_", absl::AsciiStrToUpper(role)), &wanted);
  for (const int allowed : rpc::PolicyOf(method).roles()) {
    if (allowed == wanted) return true;
  }
  return false;
}

TEST(Matrix, TheStoryLeftARecording) { ASSERT_GT(Recording().size(), 50u); }

TEST(Matrix, EveryMethodAdmitsTheRolesItNamesAndNoOther) {
  for (const MethodDescriptor* method : UnaryMethods()) {
    for (const char* role : kRoles) {
      const bool admin = std::string(role) == "platform_admin";
      const absl::Status status =
          TheClient().Call(*method, Json::object(), {.clinic = admin ? "" : kOther, .roles = {role}}).status();
      if (Names(method, role)) {
        EXPECT_NE(ErrorReason(status), "ROLE_FORBIDS") << FullName(*method) << " as " << role;
        EXPECT_FALSE(absl::IsUnauthenticated(status)) << FullName(*method) << " as " << role;
      } else {
        EXPECT_TRUE(absl::IsPermissionDenied(status)) << FullName(*method) << " as " << role << ": " << status;
      }
    }
  }
}

// A service asks its peers as the caller, who needs the role there too.
TEST(Matrix, WhoeverMayCallAMethodMayCallWhatItAsksOfPeers) {
  const std::vector<std::string> gates = {
      "GetReadiness", "GetFinancialClearance", "ReserveFinancialClearance", "ReleaseFinancialReservation",
      "GetCoverage",  "ReserveCoverage",       "ReleaseCoverageReservation"};
  const std::map<std::string, std::vector<std::string>> asks = {
      {"BookBlock", gates},
      {"AcceptWaitListOffer", gates},
      {"CreateAppointment", gates},
      {"MoveAppointment", gates},
      {"ApplyRepair", gates},
      {"CheckIn", gates},
      {"AssembleAuthorizationPacket", {"GetAuthorizationEvidence"}},
      {"PrepareMonitoringForm", {"GetTreatmentRecord"}}};
  for (const auto& [asking, asked] : asks) {
    for (const std::string& peer : asked) {
      for (const char* role : kRoles) {
        if (!Names(FindMethod(asking).value(), role)) continue;
        EXPECT_TRUE(Names(FindMethod(peer).value(), role)) << asking << " as " << role << " asks " << peer;
      }
    }
  }
}

TEST(Matrix, NoMethodAnswersWithoutAToken) {
  Installation installation = TheClient().installation();
  installation.token = "not-a-token";
  Client stranger(installation);
  for (const MethodDescriptor* method : UnaryMethods()) {
    EXPECT_TRUE(absl::IsUnauthenticated(stranger.Call(*method, Json::object(), {}).status())) << FullName(*method);
  }
}

// A request whose resource names are all of `clinic`, with what else is required filled in by its rules.
Json Fill(const google::protobuf::Descriptor& message, const std::string& clinic, int depth = 0) {
  Json json = Json::object();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const auto& rule = field.options().GetExtension(common::v1::rule);
    if (rule.output_only() || (!rule.required() && rule.resource().empty()) || field.real_containing_oneof() != nullptr)
      continue;
    Json value;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (depth > 4 || !rule.required()) continue;
      if (field.message_type()->full_name() == "google.protobuf.Timestamp") {
        value = "2026-12-01T12:00:00Z";
      } else {
        value = Fill(*field.message_type(), clinic, depth + 1);
      }
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      value = field.enum_type()->value(1)->name();
    } else if (field.type() == FieldDescriptor::TYPE_BYTES) {
      value = "eA==";
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      if (!rule.resource().empty()) {
        const std::string pattern = rule.resource().substr(0, rule.resource().find('|'));
        std::vector<std::string> segments = absl::StrSplit(pattern, '/');
        for (std::string& segment : segments) {
          if (segment == "{clinic}") segment = clinic;
          if (segment.front() == '{') segment = "1";
        }
        value = absl::StrJoin(segments, "/");
      } else {
        // One of these fits every pattern of the contracts.
        for (const char* candidate :
             {"x", "1", "A", "+12125550100", "1000000000", "4242", "F33.2", "USD", "2168", "clinics/a/documents/b",
              "america", "a@b.co", "50458002802", "0", "G2082", "en", "11"}) {
          value = candidate;
          if (rule.pattern().empty() || RE2::FullMatch(candidate, rule.pattern())) break;
        }
        if (!rule.pattern().empty() && absl::StrContains(rule.pattern(), "{64}")) value = std::string(64, 'a');
      }
    } else {
      value = rule.has_range() ? Json(std::max<int64_t>(rule.min(), 1)) : Json(1);
    }
    json[field.name()] = field.is_repeated() ? Json::array({value}) : value;
  }
  return json;
}

bool NamesAResource(const google::protobuf::Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (!message.field(i)->options().GetExtension(common::v1::rule).resource().empty()) return true;
  }
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const bool nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                        field.options().GetExtension(common::v1::rule).required();
    if (nested && NamesAResource(*field.message_type())) return true;
  }
  return false;
}

TEST(Matrix, NoMethodReachesAnotherClinic) {
  const std::string clinic = Recording().back().caller.clinic;
  for (const MethodDescriptor* method : UnaryMethods()) {
    const std::string role = [&] {
      for (const char* candidate : kRoles) {
        if (std::string(candidate) != "platform_admin" && Names(method, candidate)) return std::string(candidate);
      }
      return std::string();
    }();
    if (!NamesAResource(*method->input_type())) continue;  // nothing to name another clinic with
    if (role.empty()) continue;  // platform administrators name the clinic that they act on, and peers are no tenants
    const absl::Status status =
        TheClient().Call(*method, Fill(*method->input_type(), clinic), {.clinic = kOther, .roles = {role}}).status();
    EXPECT_EQ(ErrorReason(status), "OTHER_CLINIC") << FullName(*method) << " as " << role << ": " << Explain(status);
  }
}

TEST(Matrix, NoCallOfTheStoryWorksForAnotherClinic) {
  for (const Recorded& call : Recording()) {
    if (call.caller.clinic.empty()) continue;
    Caller other = call.caller;
    other.clinic = kOther;
    const absl::StatusOr<Json> plain = TheClient().Call(*call.method, call.request, other);
    EXPECT_TRUE(absl::IsPermissionDenied(plain.status())) << FullName(*call.method) << ": " << plain.status();
    // The same ids under the other clinic's own name: nothing of the first clinic may show.
    const std::string own = absl::StrCat("clinics/", call.caller.clinic);
    Json disguised = Json::parse(absl::StrReplaceAll(call.request.dump(), {{own, absl::StrCat("clinics/", kOther)}}));
    const absl::StatusOr<Json> answer = TheClient().Call(*call.method, disguised, other);
    if (answer.ok()) {
      EXPECT_FALSE(absl::StrContains(answer->dump(), own)) << FullName(*call.method) << ": " << answer->dump();
    }
  }
}

TEST(Matrix, EveryMutationOfTheStoryAnswersARepeatWithItsFirstAnswer) {
  std::set<std::string> methods;
  for (const Recorded& call : Recording()) {
    if (rpc::PolicyOf(call.method).idempotency() != common::v1::IDEMPOTENCY_MUTATION) continue;
    const absl::StatusOr<Json> again = TheClient().Call(*call.method, call.request, call.caller);
    ASSERT_TRUE(again.ok()) << FullName(*call.method) << ": " << Explain(again.status());
    EXPECT_EQ(*again, call.answer) << FullName(*call.method);
    methods.insert(FullName(*call.method));
  }
  EXPECT_GT(methods.size(), 30u);
}

TEST(Matrix, ARequestIdWithAnotherBodyIsRefused) {
  std::map<std::string, const Recorded*> first;
  int checked = 0;
  for (const Recorded& call : Recording()) {
    if (rpc::PolicyOf(call.method).idempotency() != common::v1::IDEMPOTENCY_MUTATION) continue;
    if (!call.request.contains("request_id")) continue;  // sample data may spell it as JSON does
    const std::string key = absl::StrCat(FullName(*call.method), " ", call.caller.subject, " ", call.caller.clinic);
    const auto [entry, fresh] = first.emplace(key, &call);
    if (fresh) continue;
    Json mixed = call.request;
    mixed["request_id"] = entry->second->request["request_id"];
    if (mixed == entry->second->request) continue;
    const absl::Status status = TheClient().Call(*call.method, mixed, call.caller).status();
    EXPECT_EQ(ErrorReason(status), "REQUEST_ID_REUSED") << FullName(*call.method) << ": " << status;
    ++checked;
  }
  EXPECT_GT(checked, 10);
}

}  // namespace
}  // namespace kat::ctl
