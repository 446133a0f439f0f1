#include "absl/strings/str_cat.h"
#include "deploy/katctl/story/intake_steps.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "deploy/katctl/story/treatment.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

constexpr char kProgram[] = "spravato-trd";

absl::Status Admit(Story& story, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const Json referred, Refer(story, PatientB(), kProgram, today));
  story.names["patient-b"] = referred["patient"]["name"].get<std::string>();
  PatientRecord record{.patient = story.names["patient-b"],
                       .intake_case = referred["intake_case"]["name"].get<std::string>(),
                       .program = kProgram,
                       .today = today,
                       .signer = "Blake Marsh",
                       .evaluation = Evaluation(today),
                       .vitals = Vitals(),
                       .phq9 = {3, 3, 2, 3, 2, 3, 2, 1, 0}};
  record.medications.push_back(
      {{"drug", "duloxetine"}, {"drug_class", "snri"}, {"dose", "60 mg daily"}, {"start_date", Date(today - 120)}});
  return CompleteIntake(story, record);
}

absl::Status Insure(Story& story, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const Json payers, story.Call("assistant", "ListPayers", {{"parent", story.Clinic()}}));
  RETURN_IF_ERROR(Expect(!payers.value("payers", Json::array()).empty(), "the clinic has payers"));
  const Json& payer = payers["payers"][0];
  ASSIGN_OR_RETURN(const Json coverage, story.Call("assistant", "CreateInsuranceCoverage",
                                                   {{"parent", story.Clinic()},
                                                    {"insurance_coverage",
                                                     {{"patient", story.names["patient-b"]},
                                                      {"payer", payer["name"]},
                                                      {"member_id", "SH-5550122"},
                                                      {"plan", "PPO Gold"},
                                                      {"benefit", "BENEFIT_MEDICAL"},
                                                      {"line_of_business", "LINE_OF_BUSINESS_COMMERCIAL_ERISA"},
                                                      {"rank", 1},
                                                      {"effective_from", Date(today - 100)}}}}));
  story.names["coverage-b"] = coverage["name"].get<std::string>();
  story.names["payer-b"] = payer["name"].get<std::string>();
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  RETURN_IF_ERROR(
      story.Call("assistant", "VerifyInsuranceCoverage", {{"name", coverage["name"]}, {"verify_time", Timestamp(now)}})
          .status());
  RETURN_IF_ERROR(story
                      .Call("assistant", "CreateBillingArrangement",
                            {{"parent", story.Clinic()},
                             {"billing_arrangement",
                              {{"patient", story.names["patient-b"]},
                               {"program", kProgram},
                               {"mode", "BILLING_MODE_INSURED"},
                               {"payer", payer["name"]},
                               {"member_id", "SH-5550122"},
                               {"billing_consent_date", Date(today)},
                               {"diagnosis_codes", Json::array({"F33.2"})},
                               {"established_patient", true}}}})
                      .status());
  story.Say(absl::StrCat("Coverage with ", payer.value("display_name", ""), ", verified today."));
  return absl::OkStatus();
}

absl::Status Authorize(Story& story, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const Json draft, story.Call("assistant", "CreatePriorAuthorization",
                                                {{"parent", story.Clinic()},
                                                 {"prior_authorization",
                                                  {{"patient", story.names["patient-b"]},
                                                   {"program", kProgram},
                                                   {"insurance_coverage", story.names["coverage-b"]},
                                                   {"kind", "AUTHORIZATION_KIND_INITIAL"},
                                                   {"requested_from", Date(today)}}}}));
  const std::string name = draft["name"].get<std::string>();
  story.names["authorization-b"] = name;
  ASSIGN_OR_RETURN(const Json packet, story.Call("assistant", "AssembleAuthorizationPacket", {{"name", name}}));
  story.Say(absl::StrCat("The packet, assembled from intake's evidence against the payer's policy:"));
  for (const Json& finding : packet.value("findings", Json::array())) {
    story.Detail(
        absl::StrCat(finding.value("result", ""), "  ", finding.value("text", ""),
                     finding.value("gap", "").empty() ? "" : absl::StrCat(" - gap: ", finding.value("gap", ""))));
  }
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  ASSIGN_OR_RETURN(const Json submitted, story.Call("assistant", "SubmitPriorAuthorization",
                                                    {{"name", name},
                                                     {"submission",
                                                      {{"channel", "SUBMISSION_CHANNEL_FAX"},
                                                       {"reference_number", "FAX-88213"},
                                                       {"representative_name", "J. Doe"},
                                                       {"submit_time", Timestamp(now)}}},
                                                     {"gap_reason", "Submitted with what the record holds."}}));
  story.Say(absl::StrCat("Submitted by fax, reference FAX-88213; the payer must decide by ",
                         submitted.contains("decision_due_time") ? When(submitted["decision_due_time"]) : "no clock",
                         "."));
  RETURN_IF_ERROR(story.Advance(absl::Hours(30)));
  ASSIGN_OR_RETURN(const absl::Time decided, story.Now());
  // Eight visits and 23 devices: 2 on day one, 3 each of the other seven.
  ASSIGN_OR_RETURN(const Json approved, story.Call("assistant", "RecordAuthorizationDecision",
                                                   {{"name", name},
                                                    {"decision",
                                                     {{"outcome", "APPROVED_IN_TOTAL"},
                                                      {"number", "PA-700431"},
                                                      {"valid", {{"from", Date(today)}, {"until", Date(today + 90)}}},
                                                      {"units", {{"visits", 8}, {"devices", 23}}},
                                                      {"decide_time", Timestamp(decided)}}}}));
  story.Say(absl::StrCat("Approved, number PA-700431, eight visits and 23 devices in 90 days; state ",
                         approved.value("state", ""), "."));
  return absl::OkStatus();
}

absl::Status EnrollInRems(Story& story, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const Json settings, story.Call("clinic_admin", "ListRemsSettings", {{"parent", story.Clinic()}}));
  RETURN_IF_ERROR(Expect(!settings.value("rems_settings", Json::array()).empty(), "the clinic is a REMS setting"));
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  ASSIGN_OR_RETURN(const Json enrollment, story.Call("nurse", "CreateRemsEnrollment",
                                                     {{"parent", story.Clinic()},
                                                      {"rems_enrollment",
                                                       {{"patient", story.names["patient-b"]},
                                                        {"rems_setting", settings["rems_settings"][0]["name"]},
                                                        {"prescriber_name", "Dr. Priya Shah"},
                                                        {"patient_signed_date", Date(today)},
                                                        {"prescriber_signed_date", Date(today)}}}}));
  RETURN_IF_ERROR(story
                      .Call("nurse", "SubmitRemsEnrollment",
                            {{"name", enrollment["name"]},
                             {"channel", "SUBMISSION_CHANNEL_PORTAL"},
                             {"confirmation", "REMS-C-4410"},
                             {"submit_time", Timestamp(now)}})
                      .status());
  RETURN_IF_ERROR(
      story
          .Call("nurse", "ConfirmRemsEnrollment",
                {{"name", enrollment["name"]}, {"rems_patient_id", "RP-20417"}, {"enrolled_from", Date(today)}})
          .status());
  story.Say("Enrolled in the REMS.");
  return absl::OkStatus();
}

absl::Status BookInduction(Story& story, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const Json course, CreateCourse(story, story.names["patient-b"], kProgram, today + 1));
  story.names["course-b"] = course["name"].get<std::string>();
  ASSIGN_OR_RETURN(const Json proposals, Propose(story, story.names["course-b"], 1));
  ASSIGN_OR_RETURN(const Json booked,
                   story.Call("assistant", "BookBlock", {{"parent", story.Clinic()}, {"plan", proposals[0]["plan"]}}));
  RETURN_IF_ERROR(
      Expect(booked["appointments"].size() == 8, absl::StrCat("eight induction sessions: ", booked.dump())));
  for (const Json& appointment : booked["appointments"]) {
    story.Detail(absl::StrCat(When(appointment["start_time"]), "  ", appointment.value("visit_id", "")));
  }
  story.Say("Eight induction sessions booked inside the authorization.");
  RETURN_IF_ERROR(story.Settle());
  ASSIGN_OR_RETURN(const std::string refusal, BookingRefusal(story, story.names["course-b"]));
  story.Say("The block after it would be one too many, and is refused:");
  story.Detail(refusal);
  return absl::OkStatus();
}

}  // namespace

absl::Status TellSpravato(Story& story) {
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(story));
  RETURN_IF_ERROR(Admit(story, today));
  RETURN_IF_ERROR(Insure(story, today));
  RETURN_IF_ERROR(Authorize(story, today));
  RETURN_IF_ERROR(EnrollInRems(story, today));
  RETURN_IF_ERROR(BookInduction(story, today));
  RETURN_IF_ERROR(TreatFirstSession(story));
  RETURN_IF_ERROR(ReportToRems(story));
  return ReadyTheClaim(story);
}

}  // namespace kat::ctl
