#include "tests/e2e/stormy_clinic.h"

#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "deploy/katctl/clock.h"
#include "deploy/katctl/load.h"
#include "deploy/katctl/schema.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/business_time.h"
#include "libs/base/id.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

constexpr char kProgram[] = "iv-ketamine";
constexpr absl::Duration kPatience = absl::Minutes(1);

}  // namespace

Caller StormCaller(const std::string& clinic) {
  return {.clinic = clinic.substr(clinic.find('/') + 1),
          .roles = {"assistant", "clinic_admin", "nurse"},
          .subject = "storm"};
}

absl::StatusOr<Json> StormyClinic::Call(const std::string& method, Json request) {
  ASSIGN_OR_RETURN(const auto* found, FindMethod(method));
  if (found->input_type()->FindFieldByName("request_id") != nullptr) request["request_id"] = NewId();
  return client_.Call(*found, request, StormCaller(kStormyClinic));
}

absl::StatusOr<Json> StormyClinic::Await(const std::string& method, const Json& request,
                                         const std::function<bool(const Json&)>& wanted) {
  const absl::Time give_up = absl::Now() + kPatience;
  while (true) {
    ASSIGN_OR_RETURN(Json answer, Call(method, request));
    if (wanted(answer) || absl::Now() > give_up) return answer;
    std::this_thread::yield();
  }
}

absl::Status StormyClinic::Open(const std::string& sample) {
  RETURN_IF_ERROR(LoadFile(client_, sample + "/scheduling.json", "stormy"));
  RETURN_IF_ERROR(Do("UpdateClinic", {{"clinic", {{"name", kStormyClinic}, {"late_cancel_hours", 24}}},
                                      {"update_mask", "lateCancelHours"}}));
  RETURN_IF_ERROR(Settle(client_));
  const Json since = Date(absl::CivilDay(2026, 1, 1));
  RETURN_IF_ERROR(Do("CreateIntakeTemplate", {{"parent", kStormyClinic},
                                              {"intake_template",
                                               {{"program", kProgram},
                                                {"title", "Nothing is required"},
                                                {"effective_from", since},
                                                {"steps", Json::array({{{"key", "letter"},
                                                                        {"kind", "STEP_KIND_DOCUMENT"},
                                                                        {"title", "A letter"},
                                                                        {"responsible", "ROLE_ASSISTANT"},
                                                                        {"due_business_days", 5},
                                                                        {"document_type", "letter"}}})}}}}));
  RETURN_IF_ERROR(Do("CreateServiceCode", {{"parent", kStormyClinic},
                                           {"service_code",
                                            {{"code", "96365"},
                                             {"system", "CPT"},
                                             {"description", "Infusion"},
                                             {"unit", "visit"},
                                             {"effective_from", since}}}}));
  Json lines = Json::array();
  for (const char* type : {"iv-infusion", "integration"}) {
    lines.push_back({{"visit_type", type}, {"description", type}, {"service_code", "96365"}, {"price", Usd(10'000)}});
  }
  RETURN_IF_ERROR(Do("CreatePriceList", {{"parent", kStormyClinic},
                                         {"price_list",
                                          {{"program", kProgram},
                                           {"display_name", "Prices"},
                                           {"default_mode", "BILLING_MODE_SELF_PAY"},
                                           {"effective_from", since},
                                           {"estimate_valid_days", 365},
                                           {"lines", lines}}}}));
  RETURN_IF_ERROR(Do("UpdateProgramRule", {{"program_rule",
                                            {{"name", absl::StrCat(kStormyClinic, "/programRules/", kProgram)},
                                             {"payer_billed", false},
                                             {"rems_required", false},
                                             {"drug", "ketamine"}}}}));
  // A room for four that nobody else uses.
  RETURN_IF_ERROR(Do("CreateVisitType",
                     {{"parent", kStormyClinic},
                      {"visit_type_id", "rest"},
                      {"visit_type",
                       {{"display_name", "Rest"},
                        {"duration_minutes", 60},
                        {"roles", Json::array({{{"role", "room"},
                                                {"tag", "observation-recliner"},
                                                {"segments", Json::array({{{"to_minute", 60}, {"load", 1}}})}}})}}}}));
  ASSIGN_OR_RETURN(const absl::Time now, SimulatedNow(client_.installation()));
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone("America/New_York"));
  today_ = DayAt(now, zone);
  return absl::OkStatus();
}

absl::Status StormyClinic::AddLanes(int lanes) {
  const auto tagged = [](const std::string& name, const char* tag) {
    return Json{{"display_name", name}, {"tags", Json::array({{{"tag", tag}}})}};
  };
  for (int i = 0; i < lanes; ++i) {
    const std::string id = absl::StrCat("lane-", i);
    Json room = tagged(id, "infusion-room"), pump = tagged(id, "infusion-pump");
    room["capacity"] = pump["capacity"] = 1;
    RETURN_IF_ERROR(Do("CreateRoom", {{"parent", kStormyClinic}, {"room_id", id}, {"room", room}}));
    for (const auto& [kind, tag] : {std::pair("nurse", "rn"), std::pair("clinician", "ketamine-provider")}) {
      const std::string who = absl::StrCat(kind, "-", id);
      RETURN_IF_ERROR(Do("CreateStaff", {{"parent", kStormyClinic}, {"staff_id", who}, {"staff", tagged(who, tag)}}));
    }
    RETURN_IF_ERROR(
        Do("CreateEquipmentPool",
           {{"parent", kStormyClinic}, {"equipment_pool_id", absl::StrCat("pump-", id)}, {"equipment_pool", pump}}));
  }
  return absl::OkStatus();
}

absl::StatusOr<StormyClinic::Started> StormyClinic::Start(int n) {
  Json person = PatientA();
  person["birth_date"] = Date(absl::CivilDay(1980, 1, 1) + n);
  person["phone"] = absl::StrFormat("+1646555%04d", 200 + n);
  person["external_ids"][0]["value"] = absl::StrCat("S-", n);
  ASSIGN_OR_RETURN(const Json referred,
                   Call("ReceiveReferral", {{"parent", kStormyClinic},
                                            {"program", kProgram},
                                            {"referral", {{"source", "SELF"}, {"referral_date", Date(today_)}}},
                                            {"patient", person}}));
  Started started{.patient = referred["patient"]["name"]};
  ASSIGN_OR_RETURN(
      const Json estimate,
      Call("CreateEstimate", {{"parent", kStormyClinic},
                              {"patient", started.patient},
                              {"program", kProgram},
                              {"items", Json::array({{{"visit_type", "iv-infusion"}, {"quantity", 6}}})}}));
  RETURN_IF_ERROR(
      Do("AcceptEstimate", {{"name", estimate["name"]}, {"scenario", "PAY_PER_VISIT"}, {"etag", estimate["etag"]}}));
  ASSIGN_OR_RETURN(
      started.course,
      Call("CreateCourse",
           {{"parent", kStormyClinic},
            {"course", {{"patient", started.patient}, {"program", kProgram}, {"earliest_date", Date(today_ + 2)}}}}));
  return started;
}

}  // namespace kat::ctl
