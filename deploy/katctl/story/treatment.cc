#include "deploy/katctl/story/treatment.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "deploy/katctl/story/people.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

constexpr char kLot[] = "LOT-24A";

std::string Staff(Story& story, const char* id) { return absl::StrCat(story.Clinic(), "/staff/", id); }

absl::Status Measure(Story& story, const std::string& record, const char* point, int systolic, int diastolic) {
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  return story
      .Call("nurse", "RecordVitalSigns",
            {{"name", record},
             {"vital_signs",
              {{"point", point},
               {"measure_time", Timestamp(now)},
               {"systolic", systolic},
               {"diastolic", diastolic},
               {"heart_rate", 74},
               {"oxygen_saturation", 98}}}})
      .status();
}

absl::Status Dose(Story& story, const std::string& record, bool last) {
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  return story
      .Call("administering_clinician", "RecordDose",
            {{"name", record},
             {"dose",
              {{"drug", "esketamine"},
               {"amount_micrograms", 28000},
               {"route", "nasal"},
               {"lot_number", kLot},
               {"ndc", "50458002802"},
               {"units", 1},
               {"give_time", Timestamp(now)},
               {"given_by", Staff(story, "sam-ortiz")}}},
             {"last_dose", last}})
      .status();
}

}  // namespace

absl::Status TreatFirstSession(Story& story) {
  ASSIGN_OR_RETURN(const Json appointments, Appointments(story, story.names["course-b"]));
  const std::string appointment = appointments[0]["name"].get<std::string>();
  const std::string record = absl::StrCat(appointment, "/treatmentRecord");
  story.names["session-b"] = appointment;
  ASSIGN_OR_RETURN(const absl::Time start, ParseTimestamp(appointments[0]["start_time"]));
  RETURN_IF_ERROR(story.AdvanceTo(start));
  ASSIGN_OR_RETURN(const std::string refusal, story.Refused("nurse", "CheckIn", {{"name", appointment}},
                                                            absl::StatusCode::kFailedPrecondition, "CHECK_IN_REFUSED"));
  story.Say("Check-in without a driver is refused:");
  story.Detail(refusal);
  RETURN_IF_ERROR(
      story
          .Call("nurse", "CheckIn",
                {{"name", appointment},
                 {"transport",
                  {{"driver_arranged", true}, {"driver_name", "Robin Quill"}, {"driver_phone", "+16465550199"}}},
                 {"monitored_by", Staff(story, "nora-kim")}})
          .status());
  RETURN_IF_ERROR(story.Advance(absl::Minutes(10)));
  RETURN_IF_ERROR(Measure(story, record, "BASELINE", 124, 80));
  RETURN_IF_ERROR(story.Advance(absl::Minutes(5)));
  RETURN_IF_ERROR(Dose(story, record, false));
  RETURN_IF_ERROR(story.Advance(absl::Minutes(5)));
  RETURN_IF_ERROR(Dose(story, record, true));
  story.Say(absl::StrCat("Two devices of lot ", kLot, ", 56 mg, five minutes apart."));
  RETURN_IF_ERROR(story.Advance(absl::Minutes(40)));
  RETURN_IF_ERROR(Measure(story, record, "POST_DOSE", 138, 86));
  ASSIGN_OR_RETURN(const absl::Time early, story.Now());
  ASSIGN_OR_RETURN(
      const std::string too_early,
      story.Refused(
          "nurse", "DischargePatient",
          {{"name", record},
           {"discharge",
            {{"monitoring_end_time", Timestamp(early)}, {"stable", true}, {"decided_by", Staff(story, "sam-ortiz")}}}},
          absl::StatusCode::kFailedPrecondition, "DISCHARGE_REFUSED"));
  story.Say("A discharge after 45 minutes is refused:");
  story.Detail(too_early);
  RETURN_IF_ERROR(story.Advance(absl::Minutes(80)));
  RETURN_IF_ERROR(Measure(story, record, "BEFORE_DISCHARGE", 126, 82));
  ASSIGN_OR_RETURN(const absl::Time end, story.Now());
  ASSIGN_OR_RETURN(const Json done, story.Call("administering_clinician", "DischargePatient",
                                               {{"name", record},
                                                {"discharge",
                                                 {{"monitoring_end_time", Timestamp(end)},
                                                  {"discharge_time", Timestamp(end)},
                                                  {"stable", true},
                                                  {"decided_by", Staff(story, "sam-ortiz")}}}}));
  RETURN_IF_ERROR(Expect(done.value("state", "") == "COMPLETED", done.dump()));
  story.Say("Three blood pressures, more than two hours of observation, discharged.");
  return story.Settle();
}

absl::Status ReportToRems(Story& story) {
  ASSIGN_OR_RETURN(const Json forms,
                   story.Call("nurse", "ListMonitoringForms",
                              {{"parent", story.Clinic()}, {"appointment", story.names["session-b"]}}));
  RETURN_IF_ERROR(Expect(forms.value("monitoring_forms", Json::array()).size() == 1,
                         absl::StrCat("one monitoring form: ", forms.dump())));
  const std::string name = forms["monitoring_forms"][0]["name"].get<std::string>();
  ASSIGN_OR_RETURN(const Json form, story.Call("nurse", "PrepareMonitoringForm", {{"name", name}}));
  std::string missing;
  for (const Json& field : form.value("missing_fields", Json::array()))
    absl::StrAppend(&missing, " ", field.get<std::string>());
  RETURN_IF_ERROR(Expect(form.value("state", "") == "READY", absl::StrCat("the form is ready; missing:", missing)));
  story.Say(absl::StrCat("The REMS monitoring form is prepared from the record, due ", When(form["due_time"]), "."));
  ASSIGN_OR_RETURN(
      const Json evidence,
      story.Call(
          "nurse", "CreateDocument",
          {{"parent", story.names["patient-b"]},
           {"document",
            {{"type", "rems-confirmation"}, {"title", "REMS fax confirmation"}, {"media_type", "application/pdf"}}},
           {"content", absl::Base64Escape("%PDF-1.4 sample confirmation")}}));
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  ASSIGN_OR_RETURN(const Json submitted, story.Call("nurse", "MarkMonitoringFormSubmitted",
                                                    {{"name", name},
                                                     {"channel", "SUBMISSION_CHANNEL_PORTAL"},
                                                     {"confirmation", "PMF-99120"},
                                                     {"submit_time", Timestamp(now)},
                                                     {"evidence_document", evidence["name"]}}));
  RETURN_IF_ERROR(Expect(submitted.value("state", "") == "SUBMITTED", submitted.dump()));
  ASSIGN_OR_RETURN(const Json authorization,
                   story.Call("assistant", "GetPriorAuthorization", {{"name", story.names["authorization-b"]}}));
  const Json consumed = authorization.value("consumed", Json::object());
  RETURN_IF_ERROR(Expect(consumed.value("visits", 0) == 1 && consumed.value("devices", 0) == 2,
                         absl::StrCat("one visit and two devices are used: ", authorization.dump())));
  story.Say("Submitted with evidence. Of the authorization 1 visit and 2 devices are used.");
  return absl::OkStatus();
}

absl::Status ReadyTheClaim(Story& story) {
  ASSIGN_OR_RETURN(const Json claims, story.Call("biller", "ListClaims",
                                                 {{"parent", story.Clinic()}, {"patient", story.names["patient-b"]}}));
  RETURN_IF_ERROR(
      Expect(claims.value("claims", Json::array()).size() == 1, absl::StrCat("one claim: ", claims.dump())));
  Json claim = claims["claims"][0];
  ASSIGN_OR_RETURN(claim, story.Call("biller", "UpdateClaim",
                                     {{"claim",
                                       {{"name", claim["name"]},
                                        {"etag", claim["etag"]},
                                        {"diagnosis_codes", Json::array({"F33.2"})},
                                        {"rendering_npi", "1000000400"},
                                        {"ndc", "50458002802"},
                                        {"eligibility_confirmed", true}}},
                                      {"update_mask", "diagnosisCodes,renderingNpi,ndc,eligibilityConfirmed"}}));
  ASSIGN_OR_RETURN(claim, story.Call("biller", "ScrubClaim", {{"name", claim["name"]}}));
  for (const Json& line : claim.value("lines", Json::array())) {
    story.Detail(absl::StrCat(line.value("code", ""), " x ", line.value("units", 0), "  ",
                              line["charge"].value("minor_units", "0"), " cents"));
  }
  for (const Json& finding : claim.value("findings", Json::array())) {
    story.Detail(absl::StrCat(finding.value("severity", ""), " ", finding.value("code", ""), ": ",
                              finding.value("message", "")));
  }
  RETURN_IF_ERROR(Expect(claim.value("state", "") == "READY",
                         absl::StrCat("the claim is READY, but it is ", claim.value("state", ""))));
  story.Say(
      absl::StrCat("The claim is scrubbed and READY, authorization ", claim.value("authorization_number", ""), "."));
  return absl::OkStatus();
}

}  // namespace kat::ctl
