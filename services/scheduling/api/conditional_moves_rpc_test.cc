#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

// Visits that a move, a repair or an offer would carry past what a payer has authorized: said before, and refused where
// the caller wants them covered.
namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

class ConditionalMovesRpcTest : public ServiceTest {
 protected:
  static CoverageCondition Past(const std::string& visit) {
    return {.code = "AUTHORIZATION_DATES_EXCEEDED",
            .since_visit = visit,
            .renewal_request_by = absl::CivilDay(2026, 12, 4)};
  }
  v1::BookBlockResponse Book(const std::string& patient = "ann") {
    return MakeBooking(Propose(MakeCourse("iv-ketamine", patient), 1).proposals(0).plan());
  }
  static const v1::Appointment& Of(const v1::BookBlockResponse& booked, const std::string& visit_id) {
    for (const v1::Appointment& appointment : booked.appointments()) {
      if (appointment.visit_id() == visit_id) return appointment;
    }
    ADD_FAILURE() << visit_id;
    return booked.appointments(0);
  }
  v1::ProposeMoveResponse WaysToAnotherDay(const v1::Appointment& appointment) {
    v1::ProposeMoveRequest propose;
    propose.set_name(appointment.name());
    propose.add_avoid_dates()->CopyFrom(rpc::ToProto(DayOf(appointment.start_time())));
    const absl::StatusOr<v1::ProposeMoveResponse> ways = Call(&Stub::ProposeMove, propose);
    EXPECT_OK(ways);
    return ways.value_or(v1::ProposeMoveResponse());
  }
  v1::MoveAppointmentRequest MoveRequest(const v1::MoveProposal& way) const {
    v1::MoveAppointmentRequest move;
    move.set_name(way.moves(0).appointment());
    *move.mutable_moves() = way.moves();
    move.set_request_id(NewId());
    return move;
  }
  void Cancel(const v1::Appointment& appointment) {
    v1::CancelAppointmentRequest cancel;
    cancel.set_name(appointment.name());
    cancel.set_etag(appointment.etag());
    cancel.set_reason("cold");
    cancel.set_request_id(NewId());
    EXPECT_OK(Call(&Stub::CancelAppointment, cancel));
  }
  v1::ProposeRepairRequest RepairRequest() const {
    v1::ProposeRepairRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.set_request_id(NewId());
    return request;
  }
  absl::StatusOr<v1::ApplyRepairResponse> Apply(const v1::Repair& repair, bool require_coverage,
                                                bool validate_only = false) {
    v1::ApplyRepairRequest request;
    request.set_name(repair.name());
    request.set_require_coverage(require_coverage);
    request.set_validate_only(validate_only);
    request.set_request_id(NewId());
    return Call(&Stub::ApplyRepair, request);
  }
  v1::CreateWaitListEntryRequest Wish(const v1::Appointment& near) const {
    v1::CreateWaitListEntryRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    *request.mutable_wait_list_entry()->mutable_earliest_date() = rpc::ToProto(DayOf(near.start_time()) - 7);
    *request.mutable_wait_list_entry()->mutable_latest_date() = rpc::ToProto(DayOf(near.start_time()) + 7);
    request.set_request_id(NewId());
    return request;
  }
  v1::WaitListOffer TheOffer() {
    EXPECT_OK(Service().RunDueJobs());
    v1::ListWaitListOffersRequest request;
    request.set_parent(absl::StrCat("clinics/", clinic_));
    request.set_state(v1::WaitListOffer::OPEN);
    const absl::StatusOr<v1::ListWaitListOffersResponse> offers = Call(&Stub::ListWaitListOffers, request);
    EXPECT_OK(offers);
    if (!offers.ok() || offers->wait_list_offers_size() != 1) {
      ADD_FAILURE() << offers->wait_list_offers_size() << " offers";
      return {};
    }
    return offers->wait_list_offers(0);
  }
  absl::StatusOr<v1::AcceptWaitListOfferResponse> Accept(const v1::WaitListOffer& offer, bool require_coverage) {
    v1::AcceptWaitListOfferRequest request;
    request.set_name(offer.name());
    request.set_require_coverage(require_coverage);
    request.set_request_id(NewId());
    return Call(&Stub::AcceptWaitListOffer, request);
  }
  // The type of the one condition that stands in the way.
  static std::string Unmet(const absl::Status& status) {
    const std::optional<ErrorDetail> detail = GetErrorDetail(status);
    return detail && detail->preconditions.size() == 1 ? detail->preconditions[0].type : "";
  }
};

TEST_F(ConditionalMovesRpcTest, AProposalOfAMoveSaysWhichVisitsWouldBeConditionalAndByWhenToAskForTheRenewal) {
  const v1::BookBlockResponse booked = Book();
  const v1::Appointment last = Of(booked, "infusion-6");
  const v1::ProposeMoveResponse free = WaysToAnotherDay(last);
  for (const v1::MoveProposal& way : free.proposals()) {
    EXPECT_FALSE(way.moves(0).has_condition());
    EXPECT_FALSE(way.has_renewal_request_date());
  }
  Authorization().covered = {{"infusion-6", {.from = DayOf(last.start_time())}}};
  Authorization().uncovered = {{"infusion-5", Past("infusion-5")}};  // not asked about: it stays
  const v1::ProposeMoveResponse ways = WaysToAnotherDay(last);
  ASSERT_GT(ways.proposals_size(), 0);
  int past = 0;
  for (const v1::MoveProposal& way : ways.proposals()) {
    ASSERT_EQ(way.moves_size(), 1);
    const bool beyond = DayOf(way.moves(0).start_time()) < DayOf(last.start_time());
    EXPECT_EQ(way.moves(0).has_condition(), beyond);
    EXPECT_EQ(way.moves(0).condition().code(), beyond ? "AUTHORIZATION_DATES_EXCEEDED" : "");
    past += beyond;
    // What it says is what comes of it.
    v1::MoveAppointmentRequest move = MoveRequest(way);
    move.set_validate_only(true);
    ASSERT_OK_AND_ASSIGN(const v1::MoveAppointmentResponse moved, Call(&Stub::MoveAppointment, move));
    EXPECT_EQ(moved.appointments(0).has_condition(), beyond);
  }
  EXPECT_GT(past, 0);
  EXPECT_FALSE(ways.coverage_unknown());

  Authorization().covered.clear();
  Authorization().uncovered = {{"infusion-6", Past("infusion-6")}};
  EXPECT_EQ(WaysToAnotherDay(last).proposals(0).renewal_request_date().day(), 4);
  v1::GetDecisionRequest get;
  get.set_name(ways.decision());
  ASSERT_OK_AND_ASSIGN(const v1::Decision decision, Call(&Stub::GetDecision, get));
  EXPECT_FALSE(decision.moves(0).moves(0).has_condition());

  Authorization().error = PeerUnavailable("authorization");
  const v1::ProposeMoveResponse unasked = WaysToAnotherDay(last);
  EXPECT_TRUE(unasked.coverage_unknown());
  EXPECT_EQ(unasked.proposals_size(), ways.proposals_size());
}

TEST_F(ConditionalMovesRpcTest, AVisitThatIsConditionalAndKeepsItsDayStaysSoInAProposalOfAMove) {
  Authorization().uncovered = {{"infusion-6", Past("infusion-6")}};
  const v1::Appointment last = Of(Book(), "infusion-6");
  ASSERT_TRUE(last.has_condition());
  Authorization().uncovered.clear();
  v1::ProposeMoveRequest propose;
  propose.set_name(last.name());
  *propose.mutable_date() = rpc::ToProto(DayOf(last.start_time()));
  ASSERT_OK_AND_ASSIGN(const v1::ProposeMoveResponse ways, Call(&Stub::ProposeMove, propose));
  ASSERT_EQ(DayOf(ways.proposals(0).moves(0).start_time()), DayOf(last.start_time()));
  EXPECT_TRUE(ways.proposals(0).moves(0).has_condition());
  EXPECT_EQ(ways.proposals(0).renewal_request_date().day(), 4);
}

TEST_F(ConditionalMovesRpcTest, ACallerMayRequireCoverageOfARepairThatMovesVisits) {
  const v1::BookBlockResponse booked = Book();
  const absl::CivilDay day = DayOf(Of(booked, "infusion-6").start_time());
  v1::ProposeRepairRequest shift = RepairRequest();
  shift.mutable_trigger()->mutable_shift()->set_course(booked.appointments(0).course());
  *shift.mutable_trigger()->mutable_shift()->mutable_start_date() = rpc::ToProto(day);
  *shift.mutable_trigger()->mutable_shift()->mutable_end_date() = rpc::ToProto(day + 1);
  ASSERT_OK_AND_ASSIGN(const v1::Repair repair, Call(&Stub::ProposeRepair, shift));
  Authorization().uncovered = {{"infusion-6", Past("infusion-6")}};
  const absl::Status refused = Apply(repair, /*require_coverage=*/true).status();
  EXPECT_ERROR(refused, Code::kFailedPrecondition, "MOVE_REFUSED");
  EXPECT_EQ(Unmet(refused), "AUTHORIZATION_DATES_EXCEEDED");
  EXPECT_EQ(DayOf(Get(Of(booked, "infusion-6").name()).start_time()), day);
  ASSERT_OK_AND_ASSIGN(const v1::ApplyRepairResponse applied, Apply(repair, /*require_coverage=*/false));
  EXPECT_EQ(Get(Of(booked, "infusion-6").name()).condition().code(), "AUTHORIZATION_DATES_EXCEEDED");
}

TEST_F(ConditionalMovesRpcTest, ACallerMayRequireCoverageOfARepairThatBooksAVisitAnew) {
  const v1::BookBlockResponse booked = Book();
  const v1::Appointment lost = Of(booked, "infusion-3");
  Cancel(lost);
  v1::ProposeRepairRequest propose = RepairRequest();
  propose.mutable_trigger()->mutable_lost_visit()->set_appointment(lost.name());
  ASSERT_OK_AND_ASSIGN(const v1::Repair repair, Call(&Stub::ProposeRepair, propose));
  Authorization().uncovered = {{"infusion-3", Past("infusion-3")}};
  const int held = Billing().Held();
  for (const bool validate_only : {true, false}) {
    const absl::Status refused = Apply(repair, /*require_coverage=*/true, validate_only).status();
    EXPECT_ERROR(refused, Code::kFailedPrecondition, "BOOKING_REFUSED");
    EXPECT_EQ(Unmet(refused), "AUTHORIZATION_DATES_EXCEEDED");
  }
  EXPECT_EQ(Billing().Held(), held) << "what was reserved is given back";
  Authorization().uncovered.clear();
  EXPECT_OK(Apply(repair, /*require_coverage=*/true));
}

TEST_F(ConditionalMovesRpcTest, ACallerMayRequireCoverageOfAnOfferedBlockWhichThenStandsUntilItExpires) {
  const v1::Hold hold = MakeHold(Propose(MakeCourse("iv-ketamine", "ann"), 1).proposals(0).plan());
  const v1::Course waiting = MakeCourse("iv-ketamine", "bob");
  v1::CreateWaitListEntryRequest wish;
  wish.set_parent(absl::StrCat("clinics/", clinic_));
  wish.mutable_wait_list_entry()->set_course(waiting.name());
  *wish.mutable_wait_list_entry()->mutable_earliest_date() = rpc::ToProto(absl::CivilDay(2026, 11, 24));
  *wish.mutable_wait_list_entry()->mutable_latest_date() = rpc::ToProto(absl::CivilDay(2026, 12, 20));
  wish.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::CreateWaitListEntry, wish));
  v1::ReleaseHoldRequest release;
  release.set_name(hold.name());
  release.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::ReleaseHold, release));
  const v1::WaitListOffer offer = TheOffer();
  Authorization().uncovered = {{"infusion-6", Past("infusion-6")}};
  const absl::Status refused = Accept(offer, /*require_coverage=*/true).status();
  EXPECT_ERROR(refused, Code::kFailedPrecondition, "BOOKING_REFUSED");
  EXPECT_EQ(Unmet(refused), "AUTHORIZATION_DATES_EXCEEDED");
  EXPECT_EQ(TheOffer().name(), offer.name());
  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse accepted, Accept(offer, /*require_coverage=*/false));
  int conditional = 0;
  for (const v1::Appointment& appointment : accepted.appointments()) conditional += appointment.has_condition();
  EXPECT_EQ(conditional, 1);
}

TEST_F(ConditionalMovesRpcTest, ACallerMayRequireCoverageOfAnOfferedMove) {
  const v1::Appointment second = Of(Book(), "infusion-2");
  v1::CreateWaitListEntryRequest wish = Wish(second);
  wish.mutable_wait_list_entry()->set_appointment(second.name());
  ASSERT_OK(Call(&Stub::CreateWaitListEntry, wish));
  v1::CreateAppointmentRequest consult;
  consult.set_parent(absl::StrCat("clinics/", clinic_));
  consult.mutable_appointment()->set_visit_type(Name("visitTypes/consult"));
  consult.mutable_appointment()->set_patient(Name("patients/zed"));
  *consult.mutable_appointment()->mutable_start_time() =
      rpc::ToProto(InstantOf(DayOf(second.start_time()) - 1, 10 * 60, *LoadZone("America/New_York")));
  consult.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Appointment booked, Call(&Stub::CreateAppointment, consult));
  Cancel(booked);
  const v1::WaitListOffer offer = TheOffer();
  ASSERT_EQ(offer.moves(), second.name());
  Authorization().uncovered = {{"infusion-2", Past("infusion-2")}};
  const absl::Status refused = Accept(offer, /*require_coverage=*/true).status();
  EXPECT_ERROR(refused, Code::kFailedPrecondition, "MOVE_REFUSED");
  EXPECT_EQ(Unmet(refused), "AUTHORIZATION_DATES_EXCEEDED");
  Authorization().uncovered.clear();
  ASSERT_OK_AND_ASSIGN(const v1::AcceptWaitListOfferResponse accepted, Accept(offer, /*require_coverage=*/true));
  EXPECT_FALSE(accepted.appointments(0).has_condition());
}

}  // namespace
}  // namespace kat::scheduling
