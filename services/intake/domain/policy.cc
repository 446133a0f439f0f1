#include "services/intake/domain/policy.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"

namespace kat::intake {
namespace {

// A field that one kind of step needs and no other may have.
void CheckOwnField(const StepSpec& spec, StepKind owner, bool there, const std::string& path,
                   std::vector<FieldViolation>& wrong) {
  if (spec.kind == owner && !there) wrong.push_back({path, "is required for this kind of step"});
  if (spec.kind != owner && there) wrong.push_back({path, "does not belong to this kind of step"});
}

}  // namespace

absl::Status ValidateEffective(const Effective& effective, absl::string_view resource) {
  if (effective.until && *effective.until <= effective.from) {
    return InvalidField(absl::StrCat(resource, ".effective_until"), "must lie after effective_from");
  }
  return absl::OkStatus();
}

absl::Status ValidateTemplate(const IntakeTemplate& intake_template) {
  RETURN_IF_ERROR(ValidateEffective(intake_template.effective, "intake_template"));
  std::vector<FieldViolation> wrong;
  std::set<std::string> keys;
  for (size_t i = 0; i < intake_template.steps.size(); ++i) {
    const StepSpec& spec = intake_template.steps[i];
    const std::string path = absl::StrCat("intake_template.steps[", i, "].");
    if (!keys.insert(spec.key).second) wrong.push_back({path + "key", "is there twice"});
    CheckOwnField(spec, StepKind::kMeasure, spec.tool != MeasureTool::kUnspecified, path + "tool", wrong);
    CheckOwnField(spec, StepKind::kConsent, !spec.consent_key.empty(), path + "consent_key", wrong);
    CheckOwnField(spec, StepKind::kDocument, !spec.document_type.empty(), path + "document_type", wrong);
    CheckOwnField(spec, StepKind::kClearance, !spec.clearance_kind.empty(), path + "clearance_kind", wrong);
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

absl::Status ValidateConsentTemplate(const ConsentTemplate& consent_template) {
  RETURN_IF_ERROR(ValidateEffective(consent_template.effective, "consent_template"));
  std::vector<FieldViolation> wrong;
  std::set<std::string> codes;
  for (size_t i = 0; i < consent_template.required_statements.size(); ++i) {
    if (!codes.insert(consent_template.required_statements[i].code).second) {
      wrong.push_back({absl::StrCat("consent_template.required_statements[", i, "].code"), "is there twice"});
    }
  }
  return wrong.empty() ? absl::OkStatus() : InvalidFields(std::move(wrong));
}

absl::Status ValidatePolicy(const IntakePolicy& policy) {
  RETURN_IF_ERROR(ValidateEffective(policy.effective, "intake_policy"));
  for (size_t i = 1; i < policy.records_follow_up_days.size(); ++i) {
    if (policy.records_follow_up_days[i] <= policy.records_follow_up_days[i - 1]) {
      return InvalidField(absl::StrCat("intake_policy.records_follow_up_days[", i, "]"), "is not above the one before");
    }
  }
  return absl::OkStatus();
}

std::string ConsentContent(const ConsentTemplate& consent_template) {
  std::string content = "kat.consent.1\n";
  const auto add = [&](absl::string_view part) { absl::StrAppend(&content, part.size(), ":", part, "\n"); };
  add(consent_template.key);
  add(consent_template.title);
  add(consent_template.drug);
  add(consent_template.route);
  add(consent_template.body);
  for (const ConsentStatement& statement : consent_template.required_statements) {
    add(statement.code);
    add(statement.text);
  }
  return content;
}

}  // namespace kat::intake
