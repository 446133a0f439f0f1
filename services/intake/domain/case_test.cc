#include <gtest/gtest.h>

#include "libs/base/error.h"
#include "services/intake/domain/clearance.h"
#include "services/intake/domain/intake_case.h"
#include "services/intake/domain/records_request.h"

namespace kat::intake {
namespace {

const absl::CivilDay kToday(2026, 11, 23);  // a Monday
const absl::TimeZone kZone = LoadZone("America/New_York").value();
const absl::Time kNow = InstantOf(kToday, 10 * 60, kZone);

IntakeCase Opened(const std::vector<StepSpec>& specs, BusinessCalendar calendar = {}) {
  return OpenCase(PatientId("p"), "iv-ketamine", IntakeTemplateId("t"), specs, std::nullopt, calendar, kZone, kNow);
}

TEST(CaseTableTest, IsTotalAndClosedIsFinal) {
  for (int state = 1; state <= 4; ++state) {
    for (int event = 0; event <= 4; ++event) {
      const auto next = NextCaseState(static_cast<CaseState>(state), static_cast<CaseEvent>(event));
      if (static_cast<CaseState>(state) == CaseState::kClosed) {
        EXPECT_FALSE(next);
      }
      if (next) {
        EXPECT_GE(static_cast<int>(*next), 1);
        EXPECT_LE(static_cast<int>(*next), 4);
      }
    }
  }
  EXPECT_EQ(NextCaseState(CaseState::kOnHold, CaseEvent::kComplete), CaseState::kOnHold);
  EXPECT_FALSE(NextCaseState(CaseState::kOpen, CaseEvent::kResume));
}

TEST(RecordsTableTest, IsTotalFinalStatesStayAndEveryOtherCanEnd) {
  for (int state = 1; state <= 12; ++state) {
    int ways_out = 0;
    for (int event = 0; event < 12; ++event) {
      const auto next = NextRecordsState(static_cast<RecordsState>(state), static_cast<RecordsEvent>(event));
      if (!next) continue;
      ++ways_out;
      EXPECT_FALSE(RecordsStateName(*next).empty());
    }
    const auto s = static_cast<RecordsState>(state);
    const bool final = s == RecordsState::kReviewed || s == RecordsState::kExpired || s == RecordsState::kRevoked;
    EXPECT_EQ(ways_out == 0, final) << RecordsStateName(s);
    const bool revocable = !final && s != RecordsState::kReceived;
    EXPECT_EQ(NextRecordsState(s, RecordsEvent::kRevoke).has_value(), revocable) << RecordsStateName(s);
  }
}

TEST(ClearanceTableTest, IsTotalAndAContraindicationLeavesNothingFavorable) {
  for (int state = 1; state <= 8; ++state) {
    const auto s = static_cast<ClearanceState>(state);
    for (int event = 0; event < 9; ++event) {
      const auto next = NextClearanceState(s, static_cast<ClearanceEvent>(event));
      if (next) {
        EXPECT_FALSE(ClearanceStateName(*next).empty());
      }
    }
    Clearance clearance{.state = s, .decision_date = kToday};
    ASSERT_TRUE(AdvanceClearance(clearance, ClearanceEvent::kContraindicationFound, "be reopened").ok());
    EXPECT_FALSE(clearance.favorable());
    EXPECT_NE(clearance.state, ClearanceState::kReceived);
  }
}

TEST(ClearanceTableTest, WhatIsStillAskedCanBeWithdrawnAndWhatIsWithdrawnAskedAgain) {
  for (int state = 1; state <= 8; ++state) {
    const auto s = static_cast<ClearanceState>(state);
    const bool asked =
        s == ClearanceState::kRequested || s == ClearanceState::kPendingExternal || s == ClearanceState::kReceived;
    EXPECT_EQ(NextClearanceState(s, ClearanceEvent::kWithdraw).has_value(), asked) << ClearanceStateName(s);
  }
  EXPECT_EQ(NextClearanceState(ClearanceState::kWithdrawn, ClearanceEvent::kReopen), ClearanceState::kRequested);
  EXPECT_EQ(NextClearanceState(ClearanceState::kWithdrawn, ClearanceEvent::kReceive), ClearanceState::kReceived);
}

TEST(ClearanceTest, OneThatIsAskedAnewHasNeitherTheOldAnswerNorTheOldDecision) {
  Clearance clearance{.state = ClearanceState::kReceived, .document = DocumentId("letter")};
  ASSERT_TRUE(DecideClearance(clearance, ClearanceState::kCleared, "", kToday + 180, "dr", kToday).ok());
  EXPECT_EQ(clearance.document, DocumentId("letter"));
  ASSERT_TRUE(AdvanceClearance(clearance, ClearanceEvent::kReopen, "be reopened").ok());
  EXPECT_TRUE(clearance.document.empty());
  EXPECT_FALSE(clearance.decision_date);
}

TEST(OpenCaseTest, StepsAreDueAtTheEndOfTheirBusinessDaySkippingHolidays) {
  BusinessCalendar calendar{.holidays = {absl::CivilDay(2026, 11, 26)}};  // Thanksgiving
  const IntakeCase opened =
      Opened({{.key = "a", .due_business_days = 0}, {.key = "b", .due_business_days = 3}}, calendar);
  EXPECT_EQ(opened.steps[0].due_at, InstantOf(absl::CivilDay(2026, 11, 24), 0, kZone));
  EXPECT_EQ(opened.steps[1].due_at, InstantOf(absl::CivilDay(2026, 11, 28), 0, kZone));  // Friday's end
  EXPECT_FALSE(opened.steps[1].overdue(opened.steps[1].due_at - absl::Microseconds(1)));
  EXPECT_TRUE(opened.steps[1].overdue(opened.steps[1].due_at));
}

TEST(StepTest, ConsentIsNeverWaived) {
  IntakeCase opened = Opened({{.key = "c", .kind = StepKind::kConsent}, {.key = "d", .kind = StepKind::kDocument}});
  EXPECT_EQ(ErrorReason(WaiveStep(opened, "c", "x", "dr", kNow)), "CONSENT_NOT_WAIVABLE");
  EXPECT_TRUE(WaiveStep(opened, "d", "has one", "dr", kNow).ok());
  EXPECT_EQ(opened.steps[1].waived_by, "dr");
  EXPECT_TRUE(UnwaiveStep(opened, "d").ok());
  EXPECT_EQ(opened.steps[1].state, StepState::kPending);
  EXPECT_EQ(WaiveStep(opened, "nope", "x", "dr", kNow).code(), absl::StatusCode::kNotFound);
}

TEST(StepTest, AClosedCaseChangesNoMore) {
  IntakeCase opened = Opened({{.key = "d"}});
  ASSERT_TRUE(CloseCase(opened, CloseReason::kPatientWithdrew, "moved", kNow).ok());
  EXPECT_EQ(ErrorReason(WaiveStep(opened, "d", "x", "dr", kNow)), "STATE_FORBIDS");
  EXPECT_EQ(ErrorReason(HoldCase(opened, "x")), "STATE_FORBIDS");
  EXPECT_EQ(ErrorReason(CloseCase(opened, CloseReason::kCompleted, "", kNow)), "STATE_FORBIDS");
}

ReleaseOfInformation Complete() {
  return {.description = "Progress notes 2024 to 2026",
          .discloser = "Dr. Prior",
          .recipient = "The clinic",
          .purpose = "at the request of the individual",
          .expiration_date = kToday + 90,
          .states_right_to_revoke = true,
          .states_conditioning = true,
          .states_redisclosure = true};
}

RecordsRequest Draft(RecordsBasis basis = RecordsBasis::kAuthorization) {
  return {.id = RecordsRequestId("r"),
          .provider = {.display_name = "Dr. Prior"},
          .basis = basis,
          .record_types = {"progress-notes"},
          .release = Complete()};
}

TEST(ReleaseTest, EachMissingElementIsNamed) {
  EXPECT_TRUE(MissingElements(Complete(), kToday, false).empty());
  EXPECT_EQ(MissingElements({}, kToday, true),
            (std::vector<std::string>{"DESCRIPTION", "DISCLOSER", "RECIPIENT", "PURPOSE", "EXPIRATION",
                                      "REVOCATION_STATEMENT", "CONDITIONING_STATEMENT", "REDISCLOSURE_STATEMENT",
                                      "SIGNATURE"}));
  ReleaseOfInformation release = Complete();
  release.signature = Signature{.signer_name = "Guardian", .capacity = Capacity::kGuardian};
  EXPECT_EQ(MissingElements(release, kToday, true), std::vector<std::string>{"REPRESENTATIVE_AUTHORITY"});
  EXPECT_TRUE(MissingElements(Complete(), kToday + 90, false).empty());
  EXPECT_EQ(MissingElements(Complete(), kToday + 91, false), std::vector<std::string>{"EXPIRATION"});
  release = Complete();
  release.expiration_date.reset();
  release.expiration_event = "end of treatment";
  EXPECT_TRUE(MissingElements(release, kToday + 9999, false).empty());
}

TEST(RecordsRequestTest, WalksFromDraftToReviewedAndRefusesAnIncompleteRelease) {
  RecordsRequest request = Draft();
  request.release.purpose.clear();
  RecordsRequest broken = request;
  EXPECT_EQ(ErrorReason(RequestSignature(broken, kToday)), "RELEASE_INCOMPLETE");
  request.release.purpose = "continuing care";
  ASSERT_TRUE(RequestSignature(request, kToday).ok());
  const Signature signature{.signer_name = "Pat", .sign_time = kNow};
  Signature spoken = signature;
  spoken.method = SignatureMethod::kVerbal;
  spoken.witness = "A nurse";
  broken = request;
  EXPECT_EQ(GetErrorDetail(SignRelease(broken, spoken, true, kToday, kNow))->fields.at(0).field, "signature.method");
  ASSERT_TRUE(SignRelease(request, signature, true, kToday, kNow).ok());
  ASSERT_TRUE(SendRequest(request, RecordsChannel::kFax, "ok", {7, 14, 21}, kZone, kNow).ok());
  EXPECT_EQ(request.next_follow_up, InstantOf(kToday + 7, 0, kZone));
  EXPECT_FALSE(CountFollowUp(request, {7, 14, 21}, kZone));
  EXPECT_EQ(request.next_follow_up, InstantOf(kToday + 14, 0, kZone));
  EXPECT_FALSE(CountFollowUp(request, {7, 14, 21}, kZone));
  EXPECT_TRUE(CountFollowUp(request, {7, 14, 21}, kZone));
  EXPECT_FALSE(request.next_follow_up);
  ASSERT_TRUE(ReceiveRecords(request, {DocumentId("d1")}, false, kToday).ok());
  ASSERT_TRUE(ReceiveRecords(request, {DocumentId("d1"), DocumentId("d2")}, true, kToday).ok());
  EXPECT_EQ(request.documents.size(), 2u);
  EXPECT_TRUE(AdvanceRecords(request, RecordsEvent::kReview, "be reviewed").ok());
}

TEST(RecordsRequestTest, NotesThatStandApartComeOnTheirOwnBasisAndAlone) {
  const struct {
    const char* type;
    RecordsBasis basis;
    const char* reason;
  } kinds[] = {{"psychotherapy-notes", RecordsBasis::kPsychotherapyNotes, "PSYCHOTHERAPY_NOTES_COMBINED"},
               {"substance-use-counseling-notes", RecordsBasis::kCounselingNotes, "COUNSELING_NOTES_COMBINED"}};
  for (const auto& kind : kinds) {
    RecordsRequest request = Draft(kind.basis);
    EXPECT_EQ(ErrorReason(ValidateDraft(request)), kind.reason);  // the basis without the notes
    request.record_types = {kind.type};
    EXPECT_TRUE(ValidateDraft(request).ok());
    request.record_types = {"labs", kind.type};
    EXPECT_EQ(ErrorReason(ValidateDraft(request)), kind.reason);
    for (const RecordsBasis other : {RecordsBasis::kAuthorization, RecordsBasis::kTreatment}) {
      request = Draft(other);
      request.record_types = {kind.type};
      EXPECT_EQ(ErrorReason(ValidateDraft(request)), kind.reason);
    }
  }
}

TEST(RecordsRequestTest, ASubstanceUseProgramDisclosesOnConsentAlone) {
  RecordsRequest request = Draft(RecordsBasis::kTreatment);
  EXPECT_TRUE(ValidateDraft(request).ok());
  request.part2_program = true;
  EXPECT_EQ(ErrorReason(ValidateDraft(request)), "PART2_CONSENT_REQUIRED");
  request.basis = RecordsBasis::kAuthorization;
  EXPECT_TRUE(ValidateDraft(request).ok());
}

TEST(RecordsRequestTest, ATreatmentDisclosureIsSentAsDraftedAndAnAuthorizationIsNot) {
  RecordsRequest treatment = Draft(RecordsBasis::kTreatment);
  treatment.release = {};
  RecordsRequest copy = treatment;
  EXPECT_EQ(ErrorReason(RequestSignature(copy, kToday)), "RELEASE_NOT_NEEDED");
  EXPECT_TRUE(SendRequest(treatment, RecordsChannel::kMail, "", {7}, kZone, kNow).ok());
  RecordsRequest authorization = Draft();
  EXPECT_EQ(ErrorReason(SendRequest(authorization, RecordsChannel::kMail, "", {7}, kZone, kNow)), "STATE_FORBIDS");
}

TEST(RecordsRequestTest, PsychotherapyNotesStandAlone) {
  RecordsRequest request = Draft();
  EXPECT_TRUE(ValidateDraft(request).ok());
  request.record_types = {"psychotherapy-notes"};
  EXPECT_EQ(ErrorReason(ValidateDraft(request)), "PSYCHOTHERAPY_NOTES_COMBINED");
  request.basis = RecordsBasis::kPsychotherapyNotes;
  EXPECT_TRUE(ValidateDraft(request).ok());
  request.record_types.push_back("labs");
  EXPECT_EQ(ErrorReason(ValidateDraft(request)), "PSYCHOTHERAPY_NOTES_COMBINED");
}

TEST(ClearanceTest, ConditionsBelongToOneDecisionAlone) {
  Clearance clearance{.state = ClearanceState::kReceived};
  EXPECT_FALSE(DecideClearance(clearance, ClearanceState::kCleared, "no", std::nullopt, "dr", kToday).ok());
  EXPECT_FALSE(DecideClearance(clearance, ClearanceState::kClearedWithConditions, "", std::nullopt, "dr", kToday).ok());
  EXPECT_FALSE(DecideClearance(clearance, ClearanceState::kExpired, "", std::nullopt, "dr", kToday).ok());
  EXPECT_FALSE(DecideClearance(clearance, ClearanceState::kCleared, "", kToday - 1, "dr", kToday).ok());
  EXPECT_TRUE(DecideClearance(clearance, ClearanceState::kCleared, "", kToday + 180, "dr", kToday).ok());
  EXPECT_EQ(clearance.decision_date, kToday);
}

}  // namespace
}  // namespace kat::intake
