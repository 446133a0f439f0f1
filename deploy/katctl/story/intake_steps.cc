#include "deploy/katctl/story/intake_steps.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

Json Provider(const char* name, const char* npi) {
  return {{"display_name", name}, {"npi", npi}, {"phone", "+16465550144"}, {"fax", "+16465550145"}};
}

Json Signature(Story& story, const PatientRecord& record) {
  const absl::StatusOr<absl::Time> now = story.Now();
  return {{"signer_name", record.signer},
          {"capacity", "SELF"},
          {"method", "ELECTRONIC"},
          {"ip_address", "192.0.2.10"},
          {"sign_time", Timestamp(now.value_or(absl::UnixEpoch()))}};
}

absl::StatusOr<std::string> FileDocument(Story& story, const PatientRecord& record, const std::string& type,
                                         const std::string& title) {
  const std::string content = absl::Base64Escape(absl::StrCat("%PDF-1.4 sample ", title));
  ASSIGN_OR_RETURN(const Json document, story.Call("assistant", "CreateDocument",
                                                   {{"parent", record.patient},
                                                    {"document",
                                                     {{"type", type},
                                                      {"title", title},
                                                      {"media_type", "application/pdf"},
                                                      {"document_date", Date(record.today - 3)}}},
                                                    {"content", content}}));
  return document["name"].get<std::string>();
}

absl::Status Evaluate(Story& story, const PatientRecord& record) {
  return story
      .Call("psychiatrist", "CreatePsychiatricEvaluation",
            {{"parent", record.patient}, {"psychiatric_evaluation", record.evaluation}})
      .status();
}

// Answers every question of the program's rules in the way that triggers none.
absl::Status Screen(Story& story, const PatientRecord& record) {
  ASSIGN_OR_RETURN(const Json sets, story.Call("clinic_admin", "ListScreeningRuleSets",
                                               {{"parent", story.Clinic()}, {"program", record.program}}));
  Json answers = Json::array();
  for (const Json& set : sets.value("screening_rule_sets", Json::array())) {
    for (const Json& rule : set.value("rules", Json::array())) {
      const std::string question = rule.value("question", "");
      if (question.empty()) continue;
      bool asked = false;
      for (const Json& answer : answers) asked |= answer["code"] == question;
      if (!asked)
        answers.push_back({{"code", question}, {"answer", rule.value("fires_on", "YES") == "NO" ? "YES" : "NO"}});
    }
  }
  ASSIGN_OR_RETURN(const Json screening, story.Call("nurse", "CreateMedicalScreening",
                                                    {{"parent", record.patient},
                                                     {"medical_screening",
                                                      {{"program", record.program},
                                                       {"screening_date", Date(record.today)},
                                                       {"screener", Provider("Nora Kim, RN", "1000000301")},
                                                       {"vitals", record.vitals},
                                                       {"answers", answers}}}}));
  story.Detail(absl::StrCat("screening verdict: ", screening["result"].value("verdict", "")));
  return absl::OkStatus();
}

absl::Status Measure(Story& story, const PatientRecord& record, const std::string& tool) {
  Json items = Json::array();
  std::vector<int> values = record.phq9;
  if (tool == "MEASURE_TOOL_GAD7") values = {2, 2, 1, 2, 1, 1, 2};
  if (tool == "MEASURE_TOOL_CSSRS_SCREENER") values = {0, 0, 0, 0, 0, 0};
  if (tool == "MEASURE_TOOL_MADRS") values = {4, 4, 3, 4, 2, 3, 4, 4, 3, 1};
  if (tool == "MEASURE_TOOL_PCL5") values = std::vector<int>(20, 1);
  for (size_t i = 0; i < values.size(); ++i) items.push_back({{"number", i + 1}, {"value", values[i]}});
  ASSIGN_OR_RETURN(const Json measure, story.Call("nurse", "CreateMeasure",
                                                  {{"parent", record.patient},
                                                   {"measure",
                                                    {{"tool", tool},
                                                     {"administered_date", Date(record.today)},
                                                     {"items", items},
                                                     {"rater", "Nora Kim, RN"}}}}));
  story.Detail(absl::StrCat(tool.substr(13), " total ", measure.value("total", 0), ", ", measure.value("band", "")));
  const std::string review = measure.value("risk_review", "");
  if (review.empty()) return absl::OkStatus();
  story.Detail("item 9 raised an urgent risk review; the psychiatrist documents what was done");
  return story
      .Call(
          "psychiatrist", "ResolveRiskReview",
          {{"name", review}, {"action", "SAFETY_PLAN"}, {"note", "Safety plan made with the patient; no acute risk."}})
      .status();
}

absl::Status VerifyMedications(Story& story, const PatientRecord& record) {
  for (const Json& medication : record.medications) {
    RETURN_IF_ERROR(
        story.Call("nurse", "AddMedication", {{"parent", record.patient}, {"medication", medication}}).status());
  }
  ASSIGN_OR_RETURN(const Json list, story.Call("nurse", "GetMedicationList",
                                               {{"name", absl::StrCat(record.patient, "/medicationList")},
                                                {"program", record.program}}));
  Json codes = Json::array();
  for (const Json& flag : list.value("flags", Json::array())) {
    codes.push_back(flag.value("code", ""));
    story.Detail(absl::StrCat("interaction flag ", flag.value("code", ""), ": ", flag.value("handling", ""), ", ",
                              flag.value("reason", "")));
  }
  return story
      .Call("psychiatrist", "VerifyMedicationList",
            {{"parent", record.patient},
             {"list_etag", list.value("etag", "")},
             {"verified_date", Date(record.today)},
             {"source", "Patient and pharmacy fill history"},
             {"signed_off_codes", codes}})
      .status();
}

absl::Status RequestRecords(Story& story, const PatientRecord& record) {
  const Json provider = Provider("Dr. Ruth Ames", "1000000517");
  Json release = {{"description", "Medication history and psychiatric notes, 2023 to today"},
                  {"purpose", "At the request of the individual"}};
  ASSIGN_OR_RETURN(const Json draft,
                   story.Call("assistant", "CreateRecordsRequest",
                              {{"parent", record.patient},
                               {"records_request",
                                {{"provider", provider},
                                 {"basis", "AUTHORIZATION"},
                                 {"record_types", Json::array({"medication-history", "psychiatric-notes"})},
                                 {"release", release}}}}));
  const std::string name = draft["name"].get<std::string>();
  ASSIGN_OR_RETURN(const std::string refusal,
                   story.Refused("assistant", "RequestRecordsSignature", {{"name", name}},
                                 absl::StatusCode::kFailedPrecondition, "RELEASE_INCOMPLETE"));
  story.Detail("an incomplete release is refused, each element of 45 CFR 164.508(c) by name:");
  story.Detail(refusal);
  release.update({{"discloser", "Dr. Ruth Ames"},
                  {"recipient", "Lakeside Clinic"},
                  {"expiration_date", Date(record.today + 365)},
                  {"states_right_to_revoke", true},
                  {"states_conditioning", true},
                  {"states_redisclosure", true}});
  RETURN_IF_ERROR(
      story
          .Call("assistant", "UpdateRecordsRequest",
                {{"records_request", {{"name", name}, {"release", release}, {"etag", draft.value("etag", "")}}},
                 {"update_mask", "release"}})
          .status());
  RETURN_IF_ERROR(story.Call("assistant", "RequestRecordsSignature", {{"name", name}}).status());
  RETURN_IF_ERROR(story
                      .Call("assistant", "SignRecordsRelease",
                            {{"name", name}, {"signature", Signature(story, record)}, {"copy_given", true}})
                      .status());
  RETURN_IF_ERROR(story
                      .Call("assistant", "SendRecordsRequest",
                            {{"name", name}, {"channel", "FAX"}, {"send_reference", "fax-20417"}})
                      .status());
  ASSIGN_OR_RETURN(const std::string document,
                   FileDocument(story, record, "prior-records", "Records of a prior provider"));
  RETURN_IF_ERROR(story
                      .Call("assistant", "ReceiveRecords",
                            {{"name", name}, {"documents", Json::array({document})}, {"complete", true}})
                      .status());
  return story.Call("psychiatrist", "ReviewRecords", {{"name", name}}).status();
}

absl::Status Clear(Story& story, const PatientRecord& record, const std::string& kind) {
  ASSIGN_OR_RETURN(const Json clearance, story.Call("nurse", "CreateClearance",
                                                    {{"parent", record.patient},
                                                     {"clearance",
                                                      {{"kind", kind},
                                                       {"clinician", Provider("Dr. Omar Vance", "1000000624")},
                                                       {"question", "Fit for a monitored infusion?"}}}}));
  const std::string name = clearance["name"].get<std::string>();
  RETURN_IF_ERROR(story.Call("nurse", "SendClearance", {{"name", name}}).status());
  ASSIGN_OR_RETURN(const std::string letter, FileDocument(story, record, "clearance-letter", "Clearance letter"));
  RETURN_IF_ERROR(story.Call("nurse", "ReceiveClearance", {{"name", name}, {"document", letter}}).status());
  return story.Call("psychiatrist", "DecideClearance", {{"name", name}, {"decision", "CLEARED"}}).status();
}

absl::Status Consent(Story& story, const PatientRecord& record, const std::string& key) {
  ASSIGN_OR_RETURN(const Json templates,
                   story.Call("assistant", "ListConsentTemplates", {{"parent", story.Clinic()}, {"page_size", 200}}));
  for (const Json& consent_template : templates.value("consent_templates", Json::array())) {
    if (consent_template.value("key", "") != key) continue;
    Json statements = Json::array();
    for (const Json& statement : consent_template.value("required_statements", Json::array()))
      statements.push_back(statement["code"]);
    return story
        .Call("assistant", "SignConsent",
              {{"parent", record.patient},
               {"consent",
                {{"consent_template", consent_template["name"]},
                 {"content_hash", consent_template["content_hash"]},
                 {"accepted_statements", statements},
                 {"signature", Signature(story, record)}}}})
        .status();
  }
  return absl::NotFoundError(absl::StrCat("no consent template ", key));
}

absl::Status CompleteStep(Story& story, const PatientRecord& record, const Json& spec) {
  const std::string kind = spec.value("kind", "");
  if (kind == "STEP_KIND_PSYCHIATRIC_EVALUATION") return Evaluate(story, record);
  if (kind == "STEP_KIND_MEDICAL_SCREENING") return Screen(story, record);
  if (kind == "STEP_KIND_MEASURE") return Measure(story, record, spec.value("tool", ""));
  if (kind == "STEP_KIND_MEDICATION_LIST") return VerifyMedications(story, record);
  if (kind == "STEP_KIND_RECORDS_REQUEST") return RequestRecords(story, record);
  if (kind == "STEP_KIND_CLEARANCE") return Clear(story, record, spec.value("clearance_kind", ""));
  if (kind == "STEP_KIND_CONSENT") return Consent(story, record, spec.value("consent_key", ""));
  return FileDocument(story, record, spec.value("document_type", ""), spec.value("title", "")).status();
}

}  // namespace

absl::Status CompleteIntake(Story& story, const PatientRecord& record) {
  ASSIGN_OR_RETURN(const Json open, story.Call("assistant", "GetIntakeCase", {{"name", record.intake_case}}));
  for (const Json& step : open["steps"]) {
    story.Say(absl::StrCat("step: ", step["spec"].value("title", "")));
    RETURN_IF_ERROR(CompleteStep(story, record, step["spec"]));
  }
  ASSIGN_OR_RETURN(const Json done, story.Call("assistant", "GetIntakeCase", {{"name", record.intake_case}}));
  ASSIGN_OR_RETURN(const std::string unmet, UnmetConditions(story, record.patient, record.program, record.today));
  return Expect(done.value("state", "") == "READY" && unmet.empty(),
                absl::StrCat("the case is READY, but it is ", done.value("state", ""), "\n", unmet));
}

absl::StatusOr<std::string> UnmetConditions(Story& story, const std::string& patient, const std::string& program,
                                            absl::CivilDay day) {
  ASSIGN_OR_RETURN(
      const Json readiness,
      story.Call("assistant", "GetReadiness", {{"name", patient}, {"program", program}, {"as_of_date", Date(day)}}));
  std::string lines;
  for (const Json& condition : readiness.value("conditions", Json::array())) {
    if (condition.value("state", "") == "UNMET")
      absl::StrAppend(&lines, condition.value("code", ""), ": ", condition.value("description", ""), "\n");
  }
  return lines;
}

}  // namespace kat::ctl
