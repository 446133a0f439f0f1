#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "deploy/katctl/story/intake_steps.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

// The clinic's administrator, who may not see who is in intake, sees how many new courses that leaves room for.
absl::Status LookAhead(Story& story) {
  ASSIGN_OR_RETURN(
      const Json outlook,
      story.Call("clinic_admin", "ProjectOutlook",
                 {{"parent", story.Clinic()},
                  {"weeks", 4},
                  {"include_intake", true},
                  {"protocols",
                   Json::array({{{"protocol_version",
                                  absl::StrCat(story.Clinic(), "/protocols/iv-ketamine-induction/versions/1")}}})}}));
  RETURN_IF_ERROR(Expect(outlook.value("intake_patients", 0) + outlook.value("later_intake_patients", 0) == 1,
                         absl::StrCat("the patient in intake is expected: ", outlook.dump())));
  story.Say(absl::StrCat("With the patient in intake, ", outlook.value("starts_per_week", 0),
                         " more courses can start every week."));
  return absl::OkStatus();
}

}  // namespace

absl::Status TellIntake(Story& story) {
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(story));
  ASSIGN_OR_RETURN(const Json referred, Refer(story, PatientA(), "iv-ketamine", today));
  story.names["patient-a"] = referred["patient"]["name"].get<std::string>();
  story.names["case-a"] = referred["intake_case"]["name"].get<std::string>();
  std::vector<std::string> steps;
  for (const Json& step : referred["intake_case"]["steps"]) steps.push_back(step["spec"].value("title", ""));
  story.Say(absl::StrCat("A referral made patient A and a case of ", steps.size(),
                         " steps: ", absl::StrJoin(steps, "; "), "."));

  ASSIGN_OR_RETURN(const std::string duplicate, story.Refused("assistant", "ReceiveReferral",
                                                              ReferralRequest(story, PatientA(), "iv-ketamine", today),
                                                              absl::StatusCode::kAlreadyExists, ""));
  story.Say("The same referral again is refused:");
  story.Detail(duplicate);

  RETURN_IF_ERROR(LookAhead(story));

  // The course exists before the patient is ready, and booking is refused with everything that is missing.
  ASSIGN_OR_RETURN(const Json course, CreateCourse(story, story.names["patient-a"], "iv-ketamine", today + 6));
  story.names["course-a"] = course["name"].get<std::string>();
  ASSIGN_OR_RETURN(const std::string refusal, BookingRefusal(story, story.names["course-a"]));
  story.Say("Booking the course now is refused, with every unmet condition:");
  story.Detail(refusal);

  PatientRecord record{.patient = story.names["patient-a"],
                       .intake_case = story.names["case-a"],
                       .program = "iv-ketamine",
                       .today = today,
                       .signer = "Avery Quill",
                       .evaluation = Evaluation(today),
                       .vitals = Vitals(),
                       .phq9 = {3, 3, 2, 3, 2, 3, 2, 1, 1}};
  record.medications.push_back(
      {{"drug", "sertraline"}, {"drug_class", "ssri"}, {"dose", "150 mg daily"}, {"start_date", Date(today - 200)}});
  record.medications.push_back({{"drug", "lorazepam"},
                                {"drug_class", "benzodiazepine"},
                                {"dose", "0.5 mg as needed"},
                                {"start_date", Date(today - 90)}});
  RETURN_IF_ERROR(CompleteIntake(story, record));
  for (const char* channel : {"CHANNEL_SMS", "CHANNEL_EMAIL"}) {
    RETURN_IF_ERROR(story
                        .Call("assistant", "RecordContactConsent",
                              {{"parent", story.names["patient-a"]},
                               {"channel", channel},
                               {"category", "CATEGORY_REMINDER"},
                               {"source", "WRITTEN_FORM"},
                               {"evidence", "Consent to text and email, signed at intake"}})
                        .status());
  }
  story.Say("Every step is complete; patient A is ready, and may be texted.");
  return absl::OkStatus();
}

}  // namespace kat::ctl
