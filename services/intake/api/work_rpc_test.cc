#include <functional>
#include <map>
#include <set>

#include "services/intake/api/rpc_fixture.h"

// Work that intake raises, and what ends it, over a real server and database.
namespace kat::intake {
namespace {

using namespace common::v1;  // NOLINT: roles by name
using absl::StatusCode;

class WorkRpc : public IntakeRpc {
 protected:
  // Kinds of work that are open about anything, as a work queue sees it that applies the clinic's signals in order: an
  // older version of a subject is passed over, and what was closed opens again at a later version alone.
  std::multiset<std::string> Queue(std::set<std::string>* ever = nullptr) {
    struct Item {
      int64_t version = 0;
      bool open = false;
    };
    std::map<std::pair<std::string, std::string>, Item> items;
    for (const auto& event : Service().Events(clinic_)) {
      if (!event.has_work()) continue;
      const auto key = std::pair(event.work().kind(), event.subject());
      if (event.work().closed() && !items.contains(key)) continue;
      Item& item = items[key];
      if (event.subject_version() < item.version) continue;
      if (!event.work().closed() && !item.open && event.subject_version() == item.version) continue;
      item = {event.subject_version(), !event.work().closed()};
      if (item.open && ever != nullptr) ever->insert(event.work().kind());
    }
    std::multiset<std::string> open;
    for (const auto& [key, item] : items) {
      if (item.open && key.first != "INTAKE_STEP_DUE" && key.first != "INTAKE_STEP_OVERDUE") open.insert(key.first);
    }
    return open;
  }

  using Kinds = std::multiset<std::string>;

  void Pass(int days) {
    Service().clock().Advance(absl::Hours(24 * days));
    ASSERT_OK(Service().RunDueJobs());
  }

  // A request for treatment, sent today: follow-ups fall due on days 7, 14 and 21.
  std::string Sent(const std::string& patient) {
    v1::CreateRecordsRequestRequest create;
    create.set_parent(patient);
    create.mutable_records_request()->mutable_provider()->set_organization("Prior Clinic");
    create.mutable_records_request()->set_basis(v1::RecordsRequest::TREATMENT);
    create.mutable_records_request()->add_record_types("progress-notes");
    const auto draft = Do(&Stub::CreateRecordsRequest, create);
    EXPECT_OK(draft);
    EXPECT_OK(Send(draft->name()));
    return draft->name();
  }
  absl::Status Send(const std::string& request) {
    v1::SendRecordsRequestRequest send;
    send.set_name(request);
    send.set_channel(v1::RecordsRequest::FAX);
    return Do(&Stub::SendRecordsRequest, send).status();
  }
  absl::Status Acknowledge(const std::string& request) {
    v1::AcknowledgeRecordsRequestRequest acknowledge;
    acknowledge.set_name(request);
    return Do(&Stub::AcknowledgeRecordsRequest, acknowledge).status();
  }
  absl::Status Receive(const std::string& request, bool complete) {
    ASSIGN_OR_RETURN(const auto document, File(request.substr(0, request.find("/recordsRequests")), "prior-notes"));
    v1::ReceiveRecordsRequest receive;
    receive.set_name(request);
    receive.add_documents(document.name());
    receive.set_complete(complete);
    return Do(&Stub::ReceiveRecords, receive).status();
  }
  absl::Status Reject(const std::string& request) {
    v1::RejectRecordsRequestRequest reject;
    reject.set_name(request);
    reject.set_reason("wants its own form");
    return Do(&Stub::RejectRecordsRequest, reject).status();
  }
  absl::Status GiveUp(const std::string& request) {
    v1::CloseUnansweredRecordsRequestRequest give_up;
    give_up.set_name(request);
    return Do(&Stub::CloseUnansweredRecordsRequest, give_up).status();
  }
  absl::Status Revoke(const std::string& request) {
    v1::RevokeRecordsReleaseRequest revoke;
    revoke.set_name(request);
    return Do(&Stub::RevokeRecordsRelease, revoke).status();
  }
  absl::Status Review(const std::string& request) {
    v1::ReviewRecordsRequest review;
    review.set_name(request);
    return Do(&Stub::ReviewRecords, review, ROLE_PSYCHIATRIST).status();
  }

  std::string Asked(const std::string& patient) {
    v1::CreateClearanceRequest create;
    create.set_parent(patient);
    create.mutable_clearance()->set_kind("cardiology");
    create.mutable_clearance()->mutable_clinician()->set_organization("Heart Practice");
    create.mutable_clearance()->set_question("Fit for ketamine?");
    const auto asked = Do(&Stub::CreateClearance, create);
    EXPECT_OK(asked);
    return asked->name();
  }
  absl::StatusOr<v1::Clearance> Withdraw(const std::string& clearance) {
    v1::WithdrawClearanceRequest withdraw;
    withdraw.set_name(clearance);
    withdraw.set_reason("the patient withdrew");
    return Do(&Stub::WithdrawClearance, withdraw);
  }
  absl::Status Answer(const std::string& clearance) {
    v1::ReceiveClearanceRequest receive;
    receive.set_name(clearance);
    return Do(&Stub::ReceiveClearance, receive).status();
  }

  absl::Status Screen(const std::string& patient, v1::ScreeningAnswer::Answer hemorrhage, google::type::Date date) {
    v1::CreateMedicalScreeningRequest request;
    request.set_parent(patient);
    *request.mutable_medical_screening() = Screening(hemorrhage);
    *request.mutable_medical_screening()->mutable_screening_date() = date;
    return Do(&Stub::CreateMedicalScreening, request, ROLE_NURSE).status();
  }
  absl::Status Close(const std::string& intake_case) {
    v1::CloseIntakeCaseRequest close;
    close.set_name(intake_case);
    close.set_close_reason(v1::IntakeCase::NOT_ELIGIBLE);
    return Do(&Stub::CloseIntakeCase, close).status();
  }
  absl::Status Delete(const std::string& patient) {
    v1::DeletePatientRequest remove;
    remove.set_name(patient);
    return Do(&Stub::DeletePatient, remove).status();
  }
};

TEST_F(WorkRpc, ADueFollowUpEndsWithWhateverTheProviderAnswersAndWithEveryOtherEnd) {
  Configure();
  const std::string patient = Refer().patient().name();
  using Act = std::function<absl::Status(const std::string&)>;
  const struct {
    const char* name;
    Act act;
    Kinds left;
  } ends[] = {{"acknowledged", [&](const auto& r) { return Acknowledge(r); }, {}},
              {"partially received", [&](const auto& r) { return Receive(r, false); }, {}},
              {"received", [&](const auto& r) { return Receive(r, true); }, {"RECORDS_REVIEW"}},
              {"rejected", [&](const auto& r) { return Reject(r); }, {}},
              {"given up", [&](const auto& r) { return GiveUp(r); }, {}},
              {"revoked", [&](const auto& r) { return Revoke(r); }, {}},
              {"sent again", [&](const auto& r) { return Send(r); }, {}}};
  for (const auto& end : ends) {
    SCOPED_TRACE(end.name);
    const std::string request = Sent(patient);
    Pass(7);
    EXPECT_EQ(Queue(), Kinds{"RECORDS_FOLLOW_UP"});
    ASSERT_OK(end.act(request));
    EXPECT_EQ(Queue(), end.left);
    if (!end.left.empty()) {
      ASSERT_OK(Review(request));
    }
    EXPECT_EQ(Queue(), Kinds{});
    v1::GetRecordsRequestRequest get;
    get.set_name(request);
    const auto state = Call(&Stub::GetRecordsRequest, get)->state();
    if (state == v1::RecordsRequest::SENT || state == v1::RecordsRequest::ACKNOWLEDGED ||
        state == v1::RecordsRequest::PARTIALLY_RECEIVED) {
      // What is still awaited is followed up on its next day.
      Pass(7);
      EXPECT_EQ(Queue(), Kinds{"RECORDS_FOLLOW_UP"});
      ASSERT_OK(GiveUp(request));
    }
    EXPECT_EQ(Queue(), Kinds{});
  }
}

TEST_F(WorkRpc, ALateRequestStaysLateUntilAllRecordsCameOrItIsGivenUp) {
  Configure();
  const std::string patient = Refer().patient().name();
  const std::string request = Sent(patient);
  for (int i = 0; i < 3; ++i) Pass(7);
  EXPECT_EQ(Queue(), (Kinds{"RECORDS_FOLLOW_UP", "RECORDS_OVERDUE"}));
  ASSERT_OK(Acknowledge(request));
  EXPECT_EQ(Queue(), Kinds{"RECORDS_OVERDUE"});
  ASSERT_OK(Receive(request, false));
  EXPECT_EQ(Queue(), Kinds{"RECORDS_OVERDUE"});
  ASSERT_OK(GiveUp(request));
  EXPECT_EQ(Queue(), Kinds{});
  // An answer after all: nothing else would remind of what it leaves to come.
  ASSERT_OK(Receive(request, false));
  EXPECT_EQ(Queue(), Kinds{"RECORDS_OVERDUE"});
  ASSERT_OK(Receive(request, true));
  EXPECT_EQ(Queue(), Kinds{"RECORDS_REVIEW"});
  ASSERT_OK(Review(request));
  EXPECT_EQ(Queue(), Kinds{});
}

TEST_F(WorkRpc, AReleaseThatEndsTakesItsFollowUpsAlong) {
  Configure();
  const std::string patient = Refer().patient().name();
  v1::CreateRecordsRequestRequest create;
  create.set_parent(patient);
  *create.mutable_records_request() = RecordsDraft();
  *create.mutable_records_request()->mutable_release()->mutable_expiration_date() = Date(2026, 12, 2);
  ASSERT_OK_AND_ASSIGN(const auto draft, Do(&Stub::CreateRecordsRequest, create));
  v1::RequestRecordsSignatureRequest ask;
  ask.set_name(draft.name());
  ASSERT_OK(Do(&Stub::RequestRecordsSignature, ask));
  v1::SignRecordsReleaseRequest sign;
  sign.set_name(draft.name());
  sign.mutable_signature()->set_signer_name("Ana Ruiz");
  sign.mutable_signature()->set_capacity(v1::Signature::SELF);
  sign.mutable_signature()->set_method(v1::Signature::PAPER);
  ASSERT_OK(Do(&Stub::SignRecordsRelease, sign));
  ASSERT_OK(Send(draft.name()));
  Pass(7);
  EXPECT_EQ(Queue(), Kinds{"RECORDS_FOLLOW_UP"});
  Pass(3);
  EXPECT_EQ(CountEvents("records_request.expired"), 1);
  EXPECT_EQ(Queue(), Kinds{});
}

TEST_F(WorkRpc, AClearanceThatIsNoLongerWantedIsWithdrawnFromEveryWaitingState) {
  Configure();
  const std::string patient = Refer().patient().name();
  const std::string late = Asked(patient);
  Pass(8);
  EXPECT_EQ(Queue(), Kinds{"CLEARANCE_LATE"});
  ASSERT_OK_AND_ASSIGN(const auto withdrawn, Withdraw(late));
  EXPECT_EQ(withdrawn.state(), v1::Clearance::WITHDRAWN);
  EXPECT_EQ(withdrawn.state_note(), "the patient withdrew");
  EXPECT_EQ(Queue(), Kinds{});
  EXPECT_ERROR(Withdraw(late), StatusCode::kFailedPrecondition, "STATE_FORBIDS");

  v1::ReopenClearanceRequest reopen;
  reopen.set_name(late);
  reopen.set_reason("wanted after all");
  ASSERT_OK(Do(&Stub::ReopenClearance, reopen));
  EXPECT_EQ(Queue(), Kinds{"CLEARANCE_REOPENED"});
  ASSERT_OK(Answer(late));
  EXPECT_EQ(Queue(), Kinds{"CLEARANCE_DECISION"});
  ASSERT_OK(Withdraw(late));
  EXPECT_EQ(Queue(), Kinds{});
  Pass(30);
  EXPECT_EQ(Queue(), Kinds{});
}

TEST_F(WorkRpc, AContraindicationAsksTheClearanceAnewWithTheFullTimeToAnswer) {
  Configure();
  const std::string patient = Refer().patient().name();
  ASSERT_OK(Clear(patient));
  Pass(30);
  ASSERT_OK(Screen(patient, v1::ScreeningAnswer::YES, Date(2026, 12, 23)));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Queue(), (Kinds{"CLEARANCE_REOPENED", "CONTRAINDICATION_REVIEW"}));
  v1::ListClearancesRequest list;
  list.set_parent(patient);
  ASSERT_OK_AND_ASSIGN(const auto clearances, Call(&Stub::ListClearances, list));
  EXPECT_EQ(clearances.clearances(0).state(), v1::Clearance::REQUESTED);
  EXPECT_GT(rpc::FromProto(clearances.clearances(0).due_time()), Service().clock().Now() + absl::Hours(24 * 5));
}

TEST_F(WorkRpc, AContraindicationIsReviewedUntilALaterScreeningOrNobodyIsAboutToTreat) {
  Configure();
  const v1::ReceiveReferralResponse referred = Refer();
  const std::string patient = referred.patient().name();
  ASSERT_OK(Screen(patient, v1::ScreeningAnswer::YES, Date(2026, 11, 20)));
  EXPECT_EQ(Queue(), Kinds{"CONTRAINDICATION_REVIEW"});
  ASSERT_OK(Screen(patient, v1::ScreeningAnswer::NO, Date(2026, 11, 22)));
  EXPECT_EQ(Queue(), Kinds{});
  // What is filed late, of a day before the latest, is for the record alone.
  ASSERT_OK(Screen(patient, v1::ScreeningAnswer::YES, Date(2026, 11, 21)));
  EXPECT_EQ(Queue(), Kinds{});
  ASSERT_OK(Screen(patient, v1::ScreeningAnswer::YES, Date(2026, 11, 23)));
  EXPECT_EQ(Queue(), Kinds{"CONTRAINDICATION_REVIEW"});
  ASSERT_OK(Close(referred.intake_case().name()));
  EXPECT_EQ(Queue(), Kinds{});
  EXPECT_EQ(CountEvents("contraindication.dropped"), 1);
  ASSERT_OK(Delete(patient));
  EXPECT_EQ(Queue(), Kinds{});
}

TEST_F(WorkRpc, APatientIsNotDeletedWhileSomethingIsUnfinished) {
  Configure();
  const v1::ReceiveReferralResponse referred = Refer();
  const std::string patient = referred.patient().name();
  ASSERT_OK_AND_ASSIGN(const auto measure, Phq9(patient, 2));
  const std::string request = Sent(patient);
  const std::string clearance = Asked(patient);
  ASSERT_OK(Close(referred.intake_case().name()));
  const absl::Status refused = Delete(patient);
  ASSERT_ERROR(refused, StatusCode::kFailedPrecondition, "PATIENT_HAS_OPEN_WORK");
  std::map<std::string, std::string> unfinished;
  const ErrorDetail detail = GetErrorDetail(refused).value();
  for (const auto& thing : detail.preconditions) unfinished[thing.type] = thing.subject;
  EXPECT_EQ(unfinished, (std::map<std::string, std::string>{{"RISK_REVIEW_OPEN", measure.risk_review()},
                                                            {"RECORDS_REQUEST_OPEN", request},
                                                            {"CLEARANCE_OPEN", clearance}}));
  v1::ResolveRiskReviewRequest resolve;
  resolve.set_name(measure.risk_review());
  resolve.set_action(v1::RiskReview::SAFETY_PLAN);
  resolve.set_note("interviewed, plan made");
  ASSERT_OK(Do(&Stub::ResolveRiskReview, resolve, ROLE_PSYCHIATRIST));
  ASSERT_OK(GiveUp(request));
  ASSERT_OK(Withdraw(clearance));
  ASSERT_OK(Delete(patient));
  Pass(60);
  EXPECT_EQ(Queue(), Kinds{});
}

TEST_F(WorkRpc, AStepThatIsNotRequiredRaisesNoWorkWhenItsEvidenceGrowsTooOld) {
  Configure();
  v1::CreateIntakeTemplateRequest create;
  create.set_parent(ClinicPath());
  create.mutable_intake_template()->set_program("booster");
  create.mutable_intake_template()->set_title("Booster");
  *create.mutable_intake_template()->mutable_effective_from() = Date(2026, 1, 1);
  auto* step = create.mutable_intake_template()->add_steps();
  step->set_key("phq9");
  step->set_kind(v1::STEP_KIND_MEASURE);
  step->set_title("PHQ-9");
  step->set_tool(v1::MEASURE_TOOL_PHQ9);
  step->set_validity_days(14);
  step->set_responsible(ROLE_ASSISTANT);
  ASSERT_OK(Do(&Stub::CreateIntakeTemplate, create, ROLE_CLINIC_ADMIN));
  v1::CreatePatientRequest patient;
  patient.set_parent(ClinicPath());
  *patient.mutable_patient() = NewPatient();
  ASSERT_OK_AND_ASSIGN(const auto created, Do(&Stub::CreatePatient, patient));
  v1::OpenIntakeCaseRequest open;
  open.set_parent(created.name());
  open.set_program("booster");
  ASSERT_OK(Do(&Stub::OpenIntakeCase, open));
  ASSERT_OK(Phq9(created.name(), 0));
  Pass(15);
  EXPECT_EQ(CountEvents("step.expired"), 1);
  EXPECT_EQ(OpenWork("INTAKE_STEP_DUE"), 0);
}

TEST_F(WorkRpc, EveryKindOfWorkThatIntakeKnowsIsRaisedInOnePatientsLifeAndNothingIsLeft) {
  Configure();
  const v1::ReceiveReferralResponse referred = Refer();
  const std::string patient = referred.patient().name();
  const std::string request = Sent(patient);
  const std::string clearance = Asked(patient);
  for (int i = 0; i < 3; ++i) Pass(7);  // steps are overdue, the clearance is late, the records are late
  ASSERT_OK(Receive(request, true));
  ASSERT_OK(Review(request));
  ASSERT_OK(Answer(clearance));
  v1::DecideClearanceRequest decide;
  decide.set_name(clearance);
  decide.set_decision(v1::Clearance::CLEARED);
  ASSERT_OK(Do(&Stub::DecideClearance, decide, ROLE_PSYCHIATRIST));
  ASSERT_OK(Screen(patient, v1::ScreeningAnswer::YES, Date(2026, 12, 14)));  // takes the decision back
  v1::SendClearanceRequest send;
  send.set_name(clearance);
  ASSERT_OK(Do(&Stub::SendClearance, send));
  ASSERT_OK(Withdraw(clearance));
  ASSERT_OK_AND_ASSIGN(const auto measure, Phq9(patient, 2));
  v1::ResolveRiskReviewRequest resolve;
  resolve.set_name(measure.risk_review());
  resolve.set_action(v1::RiskReview::SAFETY_PLAN);
  resolve.set_note("interviewed, plan made");
  ASSERT_OK(Do(&Stub::ResolveRiskReview, resolve, ROLE_PSYCHIATRIST));
  ASSERT_OK(Close(referred.intake_case().name()));

  std::set<std::string> ever;
  EXPECT_EQ(Queue(&ever), Kinds{});
  EXPECT_EQ(OpenWork("INTAKE_STEP_DUE"), 0);
  EXPECT_EQ(OpenWork("INTAKE_STEP_OVERDUE"), 0);
  EXPECT_EQ(ever,
            (std::set<std::string>{"INTAKE_STEP_DUE", "INTAKE_STEP_OVERDUE", "RISK_REVIEW", "CONTRAINDICATION_REVIEW",
                                   "RECORDS_FOLLOW_UP", "RECORDS_OVERDUE", "RECORDS_REVIEW", "CLEARANCE_LATE",
                                   "CLEARANCE_DECISION", "CLEARANCE_REOPENED"}));
}

}  // namespace
}  // namespace kat::intake
