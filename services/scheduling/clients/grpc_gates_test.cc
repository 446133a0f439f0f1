#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "kat/authorization/v1/authorization_service.grpc.pb.h"
#include "kat/billing/v1/billing_service.grpc.pb.h"
#include "kat/intake/v1/intake_service.grpc.pb.h"
#include "kat/scheduling/v1/booking.pb.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/status.h"
#include "libs/testing/status.h"
#include "services/scheduling/clients/grpc_authorization_gate.h"
#include "services/scheduling/clients/grpc_billing_gate.h"
#include "services/scheduling/clients/grpc_intake_gate.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

// What the peers answer, and what they were asked.
struct Peer : intake::v1::IntakeService::Service {
  grpc::Status GetReadiness(grpc::ServerContext*, const intake::v1::GetReadinessRequest* request,
                            intake::v1::Readiness* response) override {
    asked = *request;
    *response = answer;
    const absl::CivilDay day = *rpc::FromProto(request->as_of_date(), "");
    days_asked.push_back(day);
    std::optional<absl::CivilDay> next;
    for (const DaySpan& span : ready) {
      if (span.Holds(day)) response->set_ready(true);
      for (const absl::CivilDay change : {span.from, span.until}) {
        if (change > day && (!next || change < *next)) next = change;
      }
    }
    if (next) *response->mutable_next_change_date() = rpc::ToProto(*next);
    return status;
  }
  grpc::Status ListIntakeCases(grpc::ServerContext*, const intake::v1::ListIntakeCasesRequest* request,
                               intake::v1::ListIntakeCasesResponse* response) override {
    lists.push_back(*request);
    // One to a page.
    const std::vector<intake::v1::IntakeCase>& found = cases[request->state()];
    const size_t place = request->page_token().empty() ? 0 : std::stoul(request->page_token());
    if (place < found.size()) *response->add_intake_cases() = found[place];
    if (place + 1 < found.size()) response->set_next_page_token(std::to_string(place + 1));
    return status;
  }
  intake::v1::GetReadinessRequest asked;
  intake::v1::Readiness answer;
  std::vector<DaySpan> ready;
  std::vector<absl::CivilDay> days_asked;
  std::vector<intake::v1::ListIntakeCasesRequest> lists;
  std::map<int, std::vector<intake::v1::IntakeCase>> cases;  // by state
  grpc::Status status;
};

struct BillingPeer : billing::v1::BillingService::Service {
  grpc::Status ReserveFinancialClearance(grpc::ServerContext*,
                                         const billing::v1::ReserveFinancialClearanceRequest* request,
                                         billing::v1::FinancialReservation* response) override {
    asked = *request;
    response->set_name("clinics/lakeside/financialReservations/r1");
    return status;
  }
  grpc::Status ReleaseFinancialReservation(grpc::ServerContext*,
                                           const billing::v1::ReleaseFinancialReservationRequest* request,
                                           billing::v1::FinancialReservation*) override {
    released = request->name();
    return grpc::Status::OK;
  }
  billing::v1::ReserveFinancialClearanceRequest asked;
  std::string released;
  grpc::Status status;
};

struct AuthorizationPeer : authorization::v1::AuthorizationService::Service {
  grpc::Status GetCoverage(grpc::ServerContext*, const authorization::v1::GetCoverageRequest* request,
                           authorization::v1::CoverageDecision* response) override {
    asked = *request;
    for (auto state : {common::v1::Condition::MET, common::v1::Condition::UNMET, common::v1::Condition::WARNING}) {
      common::v1::Condition& condition = *response->add_conditions();
      condition.set_code(common::v1::Condition::State_Name(state));
      condition.set_state(state);
    }
    for (const authorization::v1::UncoveredVisit& visit : uncovered) *response->add_uncovered_visits() = visit;
    response->MergeFrom(places);
    response->set_first_uncovered_visit("infusion-1");
    response->mutable_renewal_request_date()->set_year(2026);
    response->mutable_renewal_request_date()->set_month(11);
    response->mutable_renewal_request_date()->set_day(21);
    return grpc::Status::OK;
  }
  authorization::v1::GetCoverageRequest asked;
  std::vector<authorization::v1::UncoveredVisit> uncovered;
  authorization::v1::CoverageDecision places;  // where else the visits could stand
};

class GrpcGatesTest : public ::testing::Test {
 protected:
  GrpcGatesTest() {
    grpc::ServerBuilder builder;
    for (grpc::Service* service : {static_cast<grpc::Service*>(&intake_), static_cast<grpc::Service*>(&billing_),
                                   static_cast<grpc::Service*>(&authorization_)}) {
      builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
  }

  static GateQuestion Question() {
    return {.patient = PatientId("ann"),
            .course = CourseId("c1"),
            .program = "iv-ketamine",
            .visits = {{"infusion-1", 1, VisitTypeId("iv-infusion"), absl::CivilDay(2026, 12, 1)}}};
  }

  Peer intake_;
  BillingPeer billing_;
  AuthorizationPeer authorization_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  v1::BookBlockRequest request_;
  rpc::Call call_{
      "BookBlock", {.subject = "t", .clinic = ClinicId("lakeside")}, absl::Now() + absl::Seconds(20), request_};
};

// A case opened at second 1.
intake::v1::IntakeCase CaseOf(const std::string& patient) {
  intake::v1::IntakeCase out;
  out.set_patient("clinics/lakeside/patients/" + patient);
  out.set_program("iv-ketamine");
  out.mutable_create_time()->set_seconds(1);
  return out;
}

void AddStep(intake::v1::IntakeCase& to, intake::v1::IntakeStep::State state, bool required, int64_t due) {
  intake::v1::IntakeStep& step = *to.add_steps();
  step.set_state(state);
  step.mutable_spec()->set_required(required);
  step.mutable_due_time()->set_seconds(due);
}

TEST_F(GrpcGatesTest, ProspectsAreReadyWhenTheLastRequiredStepThatIsMissingIsDue) {
  using Step = intake::v1::IntakeStep;
  intake::v1::IntakeCase ann = CaseOf("ann");
  AddStep(ann, Step::COMPLETED, true, 900);
  AddStep(ann, Step::WAIVED, true, 800);
  AddStep(ann, Step::PENDING, true, 300);
  AddStep(ann, Step::EXPIRED, true, 500);
  AddStep(ann, Step::PENDING, false, 700);
  intake_.cases[intake::v1::IntakeCase::OPEN] = {ann, CaseOf("bob"), CaseOf("cut")};
  intake_.cases[intake::v1::IntakeCase::READY] = {CaseOf("dan")};
  const auto gate = MakeIntakeGate(channel_);
  ASSERT_OK_AND_ASSIGN(const std::vector<Prospect> found, gate->Prospects(ClinicId("lakeside"), "iv-ketamine", 2));
  ASSERT_EQ(found.size(), 3u);  // two of each state
  EXPECT_EQ(found[0].patient, PatientId("ann"));
  EXPECT_EQ(found[0].program, "iv-ketamine");
  EXPECT_EQ(found[0].opened_at, absl::FromUnixSeconds(1));
  EXPECT_EQ(found[0].ready_by, absl::FromUnixSeconds(500));
  EXPECT_EQ(found[1].patient, PatientId("bob"));
  EXPECT_EQ(found[2].patient, PatientId("dan"));
  EXPECT_EQ(found[2].ready_by, std::nullopt);
  EXPECT_EQ(intake_.lists.at(0).parent(), "clinics/lakeside");
  EXPECT_EQ(intake_.lists.at(0).program(), "iv-ketamine");
  intake_.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "down");
  EXPECT_ERROR(gate->Prospects(ClinicId("lakeside"), "iv-ketamine", 2), Code::kUnavailable, "PEER_UNAVAILABLE");
}

TEST_F(GrpcGatesTest, BillingIsAskedForTheVisitsByDayAndSession) {
  const auto gate = MakeBillingGate(channel_);
  ASSERT_OK_AND_ASSIGN(const Reserved reserved, gate->Reserve(call_, Question(), "id-1", absl::FromUnixSeconds(5)));
  EXPECT_EQ(reserved.name, "clinics/lakeside/financialReservations/r1");
  EXPECT_EQ(billing_.asked.patient(), "clinics/lakeside/patients/ann");
  EXPECT_EQ(billing_.asked.request_id(), "id-1");
  EXPECT_EQ(billing_.asked.visits(0).visit_type(), "iv-infusion");
  EXPECT_EQ(billing_.asked.visits(0).date().day(), 1);
  EXPECT_EQ(billing_.asked.expire_time().seconds(), 5);
  ASSERT_OK(gate->Release(call_, reserved.name, "id-1.release"));
  EXPECT_EQ(billing_.released, reserved.name);
}

TEST_F(GrpcGatesTest, ARefusalWithConditionsIsAnAnswer) {
  billing_.status = rpc::ToGrpc(Conditions("NOT_FINANCIALLY_CLEARED", "pay first", {{"DEPOSIT_MISSING", "s", "d"}}));
  ASSERT_OK_AND_ASSIGN(const Reserved reserved,
                       MakeBillingGate(channel_)->Reserve(call_, Question(), "id", absl::Now()));
  EXPECT_TRUE(reserved.name.empty());
  ASSERT_EQ(reserved.unmet.size(), 1u);
  EXPECT_EQ(reserved.unmet[0].type, "DEPOSIT_MISSING");
}

TEST_F(GrpcGatesTest, AnyOtherErrorStaysOne) {
  billing_.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "down");
  EXPECT_ERROR(MakeBillingGate(channel_)->Reserve(call_, Question(), "id", absl::Now()), Code::kUnavailable,
               "PEER_UNAVAILABLE");
  billing_.status = rpc::ToGrpc(WrongState("account", "CLOSED", "used"));
  EXPECT_ERROR(MakeBillingGate(channel_)->Reserve(call_, Question(), "id", absl::Now()), Code::kFailedPrecondition,
               "STATE_FORBIDS");
}

TEST_F(GrpcGatesTest, ConditionalVisitsComeWithWhatIsMissingAndTheDayForTheRenewal) {
  authorization::v1::UncoveredVisit visit;
  visit.set_visit_id("infusion-1");
  visit.set_code("AUTHORIZATION_DATES_EXCEEDED");
  visit.set_conditional(true);
  authorization_.uncovered = {visit};
  const auto gate = MakeAuthorizationGate(channel_);
  GateQuestion question = Question();
  ASSERT_OK_AND_ASSIGN(const GateAnswer strict, gate->Check(call_, question));
  EXPECT_FALSE(authorization_.asked.allow_conditional());
  EXPECT_TRUE(strict.conditional.empty());
  question.allow_conditional = true;
  ASSERT_OK_AND_ASSIGN(const GateAnswer answer, gate->Check(call_, question));
  EXPECT_TRUE(authorization_.asked.allow_conditional());
  ASSERT_EQ(answer.conditional.count("infusion-1"), 1u);
  EXPECT_EQ(answer.conditional.at("infusion-1").since_visit, "infusion-1");
  EXPECT_EQ(answer.conditional.at("infusion-1").renewal_request_by, absl::CivilDay(2026, 11, 21));
  authorization_.uncovered[0].set_conditional(false);
  authorization_.uncovered[0].set_code("UNMET");  // the clinic refuses it
  ASSERT_OK_AND_ASSIGN(const GateAnswer refused, gate->Check(call_, question));
  EXPECT_TRUE(refused.conditional.empty());
  ASSERT_OK_AND_ASSIGN(const VisitConditions all, gate->Uncovered(ClinicId("lakeside"), Question()));
  EXPECT_EQ(all.at("infusion-1").code, "UNMET");
  EXPECT_FALSE(all.at("infusion-1").renewal_request_by);
}

TEST_F(GrpcGatesTest, OtherDaysOfDosesComeWithHowFarApartTheyStand) {
  authorization::v1::OtherDays& visit = *authorization_.places.add_other_days();
  visit.set_visit_id("infusion-1");
  authorization::v1::DateRange& range = *visit.add_days();
  *range.mutable_from() = rpc::ToProto(absl::CivilDay(2026, 11, 25));
  *range.mutable_until() = rpc::ToProto(absl::CivilDay(2026, 12, 5));
  authorization::v1::VisitSpacing& spacing = *authorization_.places.add_spacings();
  spacing.set_from_visit("infusion-1");
  spacing.set_to_visit("infusion-3");
  spacing.set_min_days(7);
  const DaySpan span{absl::CivilDay(2026, 11, 20), absl::CivilDay(2026, 12, 18)};
  ASSERT_OK_AND_ASSIGN(DoseDays found,
                       MakeAuthorizationGate(channel_)->OtherDays(ClinicId("lakeside"), Question(), span));
  EXPECT_EQ(authorization_.asked.other_days().from().day(), 20);
  EXPECT_EQ(authorization_.asked.other_days().until().day(), 18);
  ASSERT_EQ(found.days["infusion-1"].size(), 1u);
  const DaySpan& days = found.days["infusion-1"][0];
  EXPECT_FALSE(days.Holds(absl::CivilDay(2026, 11, 24)));
  EXPECT_TRUE(days.Holds(absl::CivilDay(2026, 11, 25)));
  EXPECT_TRUE(days.Holds(absl::CivilDay(2026, 12, 4)));
  EXPECT_FALSE(days.Holds(absl::CivilDay(2026, 12, 5)));
  EXPECT_EQ(found.spacings, (std::vector<VisitLag>{{"infusion-1", "infusion-3", {.min_days = 7}}}));
}

TEST_F(GrpcGatesTest, AReadyPatientIsSoUntilTheAnswerChanges) {
  const absl::CivilDay monday(2026, 11, 23);
  intake_.ready = {{monday, monday + 5}, {monday + 8, monday + 30}};
  const auto gate = MakeIntakeGate(channel_);
  const auto ask = [&](const DaySpan& span) {
    intake_.days_asked.clear();
    absl::StatusOr<std::vector<DaySpan>> days =
        gate->ReadyDays(ClinicId("lakeside"), PatientId("ann"), "iv-ketamine", span);
    EXPECT_OK(days);
    std::vector<std::pair<absl::CivilDay, absl::CivilDay>> found;
    for (const DaySpan& day : *days) found.emplace_back(day.from, day.until);
    return found;
  };
  using Days = std::vector<std::pair<absl::CivilDay, absl::CivilDay>>;
  EXPECT_EQ(ask({monday + 2, monday + 12}), (Days{{monday + 2, monday + 5}, {monday + 8, monday + 12}}));
  EXPECT_EQ(intake_.days_asked, (std::vector<absl::CivilDay>{monday + 2, monday + 5, monday + 8}));
  EXPECT_EQ(ask({monday + 5, monday + 6}), Days{});
  EXPECT_EQ(ask({monday + 40, monday + 50}), Days{}) << "nothing changes any more";
  intake_.status = grpc::Status(grpc::StatusCode::UNAVAILABLE, "down");
  EXPECT_ERROR(gate->ReadyDays(ClinicId("lakeside"), PatientId("ann"), "iv-ketamine", {monday, monday + 1}),
               Code::kUnavailable, "PEER_UNAVAILABLE");
}

TEST_F(GrpcGatesTest, OnlyUnmetConditionsStandInTheWay) {
  ASSERT_OK_AND_ASSIGN(const GateAnswer answer, MakeAuthorizationGate(channel_)->Check(call_, Question()));
  ASSERT_EQ(answer.unmet.size(), 1u);
  EXPECT_EQ(answer.unmet[0].type, "UNMET");
  EXPECT_EQ(authorization_.asked.course(), "clinics/lakeside/courses/c1");
}

TEST_F(GrpcGatesTest, IntakeIsAskedForTheDay) {
  ASSERT_OK_AND_ASSIGN(const Unmet unmet, MakeIntakeGate(channel_)->Check(call_, PatientId("ann"), "iv-ketamine",
                                                                          absl::CivilDay(2026, 12, 1)));
  EXPECT_TRUE(unmet.empty());
  EXPECT_EQ(intake_.asked.name(), "clinics/lakeside/patients/ann");
  EXPECT_EQ(intake_.asked.as_of_date().month(), 12);
}

}  // namespace
}  // namespace kat::scheduling
