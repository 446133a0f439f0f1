#ifndef KAT_SERVICES_INTAKE_DOMAIN_IDS_H_
#define KAT_SERVICES_INTAKE_DOMAIN_IDS_H_

#include "libs/base/id.h"

namespace kat::intake {

using IntakeTemplateId = Id<struct IntakeTemplateTag>;
using ConsentTemplateId = Id<struct ConsentTemplateTag>;
using ScreeningRuleSetId = Id<struct ScreeningRuleSetTag>;
using InteractionRuleSetId = Id<struct InteractionRuleSetTag>;
using IntakePolicyId = Id<struct IntakePolicyTag>;
using CaseId = Id<struct CaseTag>;
using EvaluationId = Id<struct EvaluationTag>;
using ScreeningId = Id<struct ScreeningTag>;
using MeasureId = Id<struct MeasureTag>;
using RiskReviewId = Id<struct RiskReviewTag>;
using MedicationId = Id<struct MedicationTag>;
using VerificationId = Id<struct VerificationTag>;
using RecordsRequestId = Id<struct RecordsRequestTag>;
using ClearanceId = Id<struct ClearanceTag>;
using ConsentId = Id<struct ConsentTag>;
using DocumentId = Id<struct DocumentTag>;

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_IDS_H_
