#include "deploy/katctl/story/people.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

constexpr char kZone[] = "America/New_York";

Json Person(const char* given, const char* family, absl::CivilDay birth, const char* sex, const char* phone,
            const char* email, const char* chart) {
  return {
      {"given_name", given},
      {"family_name", family},
      {"birth_date", Date(birth)},
      {"sex", sex},
      {"phone", phone},
      {"email", email},
      {"address",
       {{"region_code", "US"},
        {"postal_code", "10013"},
        {"administrative_area", "NY"},
        {"locality", "New York"},
        {"address_lines", {"1 Sample Street"}}}},
      {"time_zone", kZone},
      {"emergency_contact", {{"display_name", "Robin Quill"}, {"relationship", "sibling"}, {"phone", "+16465550199"}}},
      {"external_ids", Json::array({{{"system", "ehr"}, {"value", chart}}})}};
}

Json Trial(const char* drug, const char* drug_class, const char* dose, absl::CivilDay start, absl::CivilDay end) {
  return {{"drug", drug},
          {"drug_class", drug_class},
          {"max_dose", dose},
          {"start_date", Date(start)},
          {"end_date", Date(end)},
          {"adherence", "ADHERENT"},
          {"outcome", "INADEQUATE_RESPONSE"},
          {"reason_stopped", "Too little response"},
          {"adequate", true}};
}

}  // namespace

Json PatientA() {
  return Person("Avery", "Quill", absl::CivilDay(1984, 5, 17), "FEMALE", "+16465550121", "avery.quill@example.com",
                "A-1001");
}
Json PatientB() {
  return Person("Blake", "Marsh", absl::CivilDay(1979, 9, 2), "MALE", "+16465550122", "blake.marsh@example.com",
                "A-1002");
}

absl::StatusOr<absl::CivilDay> Today(Story& story) {
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(kZone));
  return DayAt(now, zone);
}

Json ReferralRequest(Story& story, const Json& patient, const std::string& program, absl::CivilDay today) {
  return {
      {"parent", story.Clinic()},
      {"program", program},
      {"referral",
       {{"source", "PROVIDER"},
        {"referring_provider", {{"display_name", "Dr. Ruth Ames"}, {"npi", "1000000517"}, {"phone", "+16465550144"}}},
        {"referral_date", Date(today)},
        {"reason", "Depression that two antidepressants did not relieve."}}},
      {"patient", patient}};
}

absl::StatusOr<Json> Refer(Story& story, const Json& patient, const std::string& program, absl::CivilDay today) {
  return story.Call("assistant", "ReceiveReferral", ReferralRequest(story, patient, program, today));
}

Json Evaluation(absl::CivilDay today) {
  return {{"evaluation_date", Date(today)},
          {"evaluator", {{"display_name", "Dr. Priya Shah"}, {"npi", "1000000400"}}},
          {"diagnoses", Json::array({{{"icd10_code", "F33.2"},
                                      {"description", "Major depressive disorder, recurrent, severe"},
                                      {"episode_start_date", Date(today - 400)}}})},
          {"medication_trials", Json::array({Trial("sertraline", "ssri", "200 mg daily", today - 380, today - 290),
                                             Trial("venlafaxine", "snri", "225 mg daily", today - 280, today - 190)})},
          {"psychosis", "ABSENT"},
          {"mania", "ABSENT"},
          {"substance_use_disorder", "ABSENT"},
          {"psychotherapy", "Weekly cognitive behavioral therapy for eight months."},
          {"assessment", "Treatment-resistant depression; candidate for the program."}};
}

Json Vitals() {
  return {{"systolic_mmhg", 122},
          {"diastolic_mmhg", 78},
          {"heart_rate_bpm", 70},
          {"spo2_percent", 98},
          {"respiratory_rate_per_minute", 14},
          {"weight_grams", 70000},
          {"height_millimeters", 1720}};
}

absl::StatusOr<Json> CreateCourse(Story& story, const std::string& patient, const std::string& program,
                                  absl::CivilDay earliest) {
  return story.Call("assistant", "CreateCourse",
                    {{"parent", story.Clinic()},
                     {"course", {{"patient", patient}, {"program", program}, {"earliest_date", Date(earliest)}}}});
}

absl::StatusOr<Json> Propose(Story& story, const std::string& course, int count) {
  ASSIGN_OR_RETURN(const Json answer,
                   story.Call("assistant", "ProposeBlock", {{"name", course}, {"max_proposals", count}}));
  const Json proposals = answer.value("proposals", Json::array());
  if (proposals.empty()) return absl::NotFoundError(absl::StrCat("no proposal: ", answer.dump()));
  return proposals;
}

absl::StatusOr<std::string> BookingRefusal(Story& story, const std::string& course) {
  ASSIGN_OR_RETURN(const Json proposals, Propose(story, course, 1));
  return story.Refused("assistant", "BookBlock", {{"parent", story.Clinic()}, {"plan", proposals[0]["plan"]}},
                       absl::StatusCode::kFailedPrecondition, "BOOKING_REFUSED");
}

absl::StatusOr<Json> Appointments(Story& story, const std::string& course) {
  ASSIGN_OR_RETURN(const Json answer, story.Call("assistant", "ListAppointments",
                                                 {{"parent", story.Clinic()}, {"course", course}, {"page_size", 200}}));
  std::vector<Json> list = answer.value("appointments", std::vector<Json>());
  std::sort(list.begin(), list.end(),
            [](const Json& a, const Json& b) { return a.value("start_time", "") < b.value("start_time", ""); });
  return Json(list);
}

std::string When(const Json& timestamp) {
  const absl::StatusOr<absl::Time> time = ParseTimestamp(timestamp);
  const absl::StatusOr<absl::TimeZone> zone = LoadZone(kZone);
  return time.ok() && zone.ok() ? absl::FormatTime("%a %b %d %H:%M", *time, *zone) : timestamp.dump();
}

}  // namespace kat::ctl
