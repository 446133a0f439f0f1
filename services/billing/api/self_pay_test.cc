#include "services/billing/api/api_test.h"

namespace kat::billing {
namespace {

class SelfPay : public ApiTest {
 protected:
  SelfPay() { SetUpClinic(); }

  absl::StatusOr<v1::FinancialReservation> Reserve() {
    return Call(&Stub::ReserveFinancialClearance, R"({"parent": "$C", "requestId": "$R", "patient": "$C/patients/ann",
        "course": "$C/courses/c1", "program": "iv-ketamine", "visits": [{"visitId": "infusion-1", "sessionNumber": 1,
        "visitType": "infusion", "date": {"year": 2026, "month": 11, "day": 20}}]})",
                common::v1::ROLE_ASSISTANT);
  }
  common::v1::Event CancelledEvent(const Visit& visit) {
    common::v1::Event event;
    event.set_type("appointment.cancelled");
    event.set_clinic("clinics/" + clinic_);
    event.set_subject("clinics/" + clinic_ + "/appointments/" + visit.id.str());
    event.mutable_occur_time()->set_seconds(absl::ToUnixSeconds(TheService().clock().Now()));
    return event;
  }
  void BookSix(const std::string& reservation) {
    for (int session = 1; session <= 6; ++session) Book(session, absl::CivilDay(2026, 11, 17) + session * 3);
    Tell("block.booked", "$C/courses/c1", {{"financial_reservation", reservation}});
  }
};

TEST_F(SelfPay, AnEstimateAppliesThePackageAndOffersEveryScenario) {
  const std::string name = AcceptEstimate("PAYMENT_PLAN");
  ASSERT_OK_AND_ASSIGN(const v1::Estimate estimate, Call(&Stub::GetEstimate, R"({"name": ")" + name + R"("})"));
  EXPECT_EQ(estimate.state(), v1::Estimate::ACCEPTED);
  EXPECT_EQ(estimate.subtotal().minor_units(), 270000);
  EXPECT_EQ(estimate.total().minor_units(), 240000);
  EXPECT_EQ(estimate.scenarios_size(), 4);
  EXPECT_EQ(estimate.scenarios(2).installments(0).amount().minor_units(), 63334);
}

TEST_F(SelfPay, ClearanceNamesEveryUnmetConditionAtOnce) {
  const absl::Status refused = Reserve().status();
  EXPECT_ERROR(refused, Code::kFailedPrecondition, "NOT_FINANCIALLY_CLEARED");
  std::vector<std::string> codes;
  const ErrorDetail detail = GetErrorDetail(refused).value();
  for (const PreconditionViolation& unmet : detail.preconditions) codes.push_back(unmet.type);
  EXPECT_EQ(codes, (std::vector<std::string>{"ESTIMATE_NOT_ACCEPTED", "DEPOSIT_MISSING"}));
}

TEST_F(SelfPay, GoesFromEstimateToTheLastInstallmentWithBalancedBooks) {
  const std::string estimate = AcceptEstimate("PAYMENT_PLAN");
  const std::string card = Card("tok_sim_visa");
  ASSERT_OK_AND_ASSIGN(const v1::Payment deposit, Pay(card, 50000));
  EXPECT_EQ(deposit.state(), v1::Payment::CAPTURED);
  EXPECT_EQ(deposit.processor(), "simulated");
  const std::string plan = Plan(estimate, card);
  ASSERT_OK_AND_ASSIGN(const v1::FinancialReservation reservation, Reserve());
  EXPECT_EQ(reservation.amount().minor_units(), 50000);
  BookSix(reservation.name());

  ASSERT_OK_AND_ASSIGN(const auto confirmed,
                       Call(&Stub::GetFinancialReservation, R"({"name": ")" + reservation.name() + R"("})"));
  EXPECT_EQ(confirmed.state(), v1::FinancialReservation::CONFIRMED);
  v1::PaymentPlan dated = GetPlan(plan);
  EXPECT_EQ(dated.course(), "clinics/" + clinic_ + "/courses/c1");
  EXPECT_EQ(dated.installments(0).due_time().seconds(),
            absl::ToUnixSeconds(InstantOf(absl::CivilDay(2026, 11, 20), 480, zone_)));
  EXPECT_EQ(Summary().next_due().minor_units(), 63334);
  EXPECT_EQ(OpenWork("GFE_DUE"), 1);

  for (int session = 1; session <= 6; ++session) {
    Visit& visit = TheOutside().scheduling->visits[AppointmentId(absl::StrCat("a", session))];
    TheService().clock().Set(visit.start_time + absl::Hours(2));
    RunJobs();
    visit.state = Visit::State::kCompleted;
    TellVisit("appointment.completed", visit);
    TellVisit("treatment.completed", visit);  // charged once, whichever comes first
    EXPECT_EQ(TrialTotal(), 0);
  }
  EXPECT_EQ(GetPlan(plan).state(), v1::PaymentPlan::COMPLETED);
  EXPECT_EQ(Summary().balance().minor_units(), 0);
  EXPECT_EQ(Summary().unapplied().minor_units(), 0);
  ASSERT_OK_AND_ASSIGN(const auto charges,
                       Call(&Stub::ListCharges, R"({"parent": "$C", "patient": "$C/patients/ann", "pageSize": 4})"));
  EXPECT_EQ(charges.charges_size(), 4);
  EXPECT_EQ(charges.charges(0).amount().minor_units(), 40000);
  ASSERT_OK_AND_ASSIGN(const auto rest,
                       Call(&Stub::ListCharges, R"({"parent": "$C", "patient": "$C/patients/ann", "pageSize": 4,
      "pageToken": ")" + charges.next_page_token() + R"("})"));
  EXPECT_EQ(rest.charges_size(), 2);
  ASSERT_OK_AND_ASSIGN(const auto bill,
                       Call(&Stub::GetSuperbill, R"({"parent": "$C", "appointment": "$C/appointments/a1"})"));
  EXPECT_TRUE(bill.paid_in_full());
  EXPECT_EQ(bill.lines(0).code(), "96365");
}

TEST_F(SelfPay, AnInstallmentMovesWithItsSessionAndPausesWhenTheClinicCancels) {
  const std::string card = Card("tok_sim_visa");
  const std::string plan = Plan(AcceptEstimate("PAYMENT_PLAN"), card);
  BookSix("");
  Visit& third = TheOutside().scheduling->visits[AppointmentId("a3")];
  third.start_time = InstantOf(absl::CivilDay(2026, 11, 28), 600, zone_);
  TellVisit("appointment.moved", third);
  EXPECT_EQ(GetPlan(plan).installments(1).due_time().seconds(),
            absl::ToUnixSeconds(InstantOf(absl::CivilDay(2026, 11, 28), 480, zone_)));
  third.state = Visit::State::kCancelled;
  third.cancelled_by_clinic = true;
  TellVisit("appointment.cancelled", third);
  EXPECT_EQ(GetPlan(plan).installments(1).state(), v1::Installment::PAUSED);
  EXPECT_FALSE(GetPlan(plan).installments(1).has_due_time());
  ASSERT_OK_AND_ASSIGN(const auto fees, Call(&Stub::ListCancellationFees, R"({"parent": "$C"})"));
  EXPECT_EQ(fees.cancellation_fees_size(), 0);
}

TEST_F(SelfPay, AFailedInstallmentIsRetriedAndThenAsksAPerson) {
  const std::string plan = Plan(AcceptEstimate("PAYMENT_PLAN"), Card("tok_sim_decline"));
  BookSix("");
  At(absl::CivilSecond(2026, 11, 20, 8, 0, 0));
  RunJobs();
  EXPECT_EQ(GetPlan(plan).installments(0).state(), v1::Installment::RETRYING);
  At(absl::CivilSecond(2026, 11, 21, 8, 0, 0));
  RunJobs();
  EXPECT_EQ(OpenWork("PAYMENT_FAILED"), 0);
  At(absl::CivilSecond(2026, 11, 24, 8, 0, 0));
  RunJobs();
  EXPECT_EQ(GetPlan(plan).installments(0).state(), v1::Installment::FAILED);
  EXPECT_EQ(GetPlan(plan).installments(0).attempts(), 3);
  EXPECT_EQ(OpenWork("PAYMENT_FAILED"), 1);
  ASSERT_OK(Call(&Stub::RetryInstallment, R"({"name": ")" + plan + R"(", "sessionNumber": 1, "card": ")" +
                                              Card("tok_sim_visa") + R"(", "requestId": "$R"})"));
  RunJobs();
  EXPECT_EQ(GetPlan(plan).installments(0).state(), v1::Installment::PAID);
  EXPECT_EQ(OpenWork("PAYMENT_FAILED"), 0);
  EXPECT_EQ(TrialTotal(), 0);
}

TEST_F(SelfPay, AnInstallmentThatWasDeclinedBeforeTheClinicCancelledIsChargedAtItsNewDate) {
  const std::string plan = Plan(AcceptEstimate("PAYMENT_PLAN"), Card("tok_sim_decline_first-moved"));
  BookSix("");
  At(absl::CivilSecond(2026, 11, 20, 8, 0, 0));
  RunJobs();
  ASSERT_EQ(GetPlan(plan).installments(0).state(), v1::Installment::RETRYING);
  Visit& first = TheOutside().scheduling->visits[AppointmentId("a1")];
  first.state = Visit::State::kCancelled;
  first.cancelled_by_clinic = true;
  TellVisit("appointment.cancelled", first);
  ASSERT_EQ(GetPlan(plan).installments(0).state(), v1::Installment::PAUSED);
  Visit again = first;
  again.id = AppointmentId("a1-again");
  again.state = Visit::State::kBooked;
  again.cancelled_by_clinic = false;
  again.start_time = InstantOf(absl::CivilDay(2026, 11, 24), 840, zone_);
  TellVisit("appointment.booked", TheOutside().scheduling->visits[again.id] = again);
  At(absl::CivilSecond(2026, 11, 24, 8, 0, 0));
  RunJobs();
  EXPECT_EQ(GetPlan(plan).installments(0).state(), v1::Installment::PAID);
  EXPECT_EQ(Summary().unapplied().minor_units(), 63334);
}

// As when the process dies between the charge and its commit: the processor has the money and nobody heard of it.
TEST_F(SelfPay, AnInstallmentThatWasChargedUnheardIsBookedThoughItsSessionIsCancelledMeanwhile) {
  const std::string plan = Plan(AcceptEstimate("PAYMENT_PLAN"), Card("tok_sim_timeout_captured-unheard"));
  BookSix("");
  At(absl::CivilSecond(2026, 11, 20, 8, 0, 0));
  ASSERT_OK(TheService().RunDueJobs());  // once: the processor answers the second try
  const v1::Installment charging = GetPlan(plan).installments(0);
  EXPECT_EQ(charging.state(), v1::Installment::SCHEDULED);
  ASSERT_NE(charging.payment(), "");
  Visit& first = TheOutside().scheduling->visits[AppointmentId("a1")];
  first.state = Visit::State::kCancelled;
  TellVisit("appointment.cancelled", first);
  EXPECT_EQ(GetPlan(plan).installments(0).state(), v1::Installment::UNSCHEDULED);
  TheService().clock().Advance(absl::Hours(2));
  RunJobs();
  const v1::Installment paid = GetPlan(plan).installments(0);
  EXPECT_EQ(paid.state(), v1::Installment::PAID);
  EXPECT_EQ(paid.payment(), charging.payment());
  ASSERT_OK_AND_ASSIGN(const auto payments,
                       Call(&Stub::ListPayments, R"({"parent": "$C", "patient": "$C/patients/ann"})"));
  ASSERT_EQ(payments.payments_size(), 1);
  EXPECT_EQ(payments.payments(0).state(), v1::Payment::CAPTURED);
  EXPECT_EQ(payments.payments(0).amount().minor_units(), 63334);
  EXPECT_EQ(TrialTotal(), 0);
}

TEST_F(SelfPay, AVisitOutsideACourseNeedsNoVisitId) {
  EXPECT_OK(Call(&Stub::GetFinancialClearance, R"({"parent": "$C", "patient": "$C/patients/ann",
      "program": "iv-ketamine", "visits": [{"visitType": "integration",
      "date": {"year": 2026, "month": 11, "day": 20}}]})",
                 common::v1::ROLE_ASSISTANT));
}

TEST_F(SelfPay, MoreThanFourInstallmentsOrAFinanceChargeAreRefused) {
  const std::string estimate = AcceptEstimate("PAYMENT_PLAN");
  const std::string card = Card("tok_sim_visa");
  v1::CreatePaymentPlanRequest request = Json<v1::CreatePaymentPlanRequest>(
      R"({"parent": "$C", "requestId": "$R", "paymentPlan": {"patient": "$C/patients/ann", "estimate": ")" + estimate +
      R"(", "card": ")" + card + R"("}})");
  for (int session = 1; session <= 5; ++session) {
    v1::Installment& installment = *request.mutable_payment_plan()->add_installments();
    installment.set_session_number(session);
    installment.mutable_amount()->set_currency_code("USD");
    installment.mutable_amount()->set_minor_units(38000);
  }
  EXPECT_ERROR(Send(&Stub::CreatePaymentPlan, request, common::v1::ROLE_BILLER, clinic_), Code::kInvalidArgument,
               "REGZ_INSTALLMENT_LIMIT");
  request.mutable_payment_plan()->mutable_installments()->RemoveLast();
  request.mutable_payment_plan()->mutable_finance_charge()->set_currency_code("USD");
  request.mutable_payment_plan()->mutable_finance_charge()->set_minor_units(1);
  EXPECT_ERROR(Send(&Stub::CreatePaymentPlan, request, common::v1::ROLE_BILLER, clinic_), Code::kInvalidArgument,
               "REGZ_FINANCE_CHARGE");
}

TEST_F(SelfPay, AMissedVisitCostsItsFeeAndAWaiverTakesItBack) {
  BookSix("");
  Visit& first = TheOutside().scheduling->visits[AppointmentId("a1")];
  TheService().clock().Set(first.start_time + absl::Hours(1));
  first.state = Visit::State::kNoShow;
  TellVisit("appointment.no_show", first);
  EXPECT_EQ(Summary().balance().minor_units(), 15000);
  ASSERT_OK_AND_ASSIGN(const auto fees,
                       Call(&Stub::ListCancellationFees, R"({"parent": "$C", "patient": "$C/patients/ann"})"));
  ASSERT_EQ(fees.cancellation_fees_size(), 1);
  EXPECT_EQ(fees.cancellation_fees(0).cause(), v1::CancellationFee::NO_SHOW);
  const std::string waive =
      R"({"name": ")" + fees.cancellation_fees(0).name() + R"(", "reason": "storm", "requestId": "$R"})";
  ASSERT_OK(Call(&Stub::WaiveCancellationFee, waive));
  EXPECT_EQ(Summary().balance().minor_units(), 0);
  EXPECT_ERROR(Call(&Stub::WaiveCancellationFee, waive), Code::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(SelfPay, LateIsCountedInBusinessHours) {
  BookSix("");
  Visit& first = TheOutside().scheduling->visits[AppointmentId("a1")];   // Friday November 20, 14:00
  Visit& second = TheOutside().scheduling->visits[AppointmentId("a2")];  // Monday November 23, 14:00
  At(absl::CivilSecond(2026, 11, 17, 13, 0, 0));
  first.state = second.state = Visit::State::kCancelled;
  TellVisit("appointment.cancelled", first);  // 73 hours: in time
  EXPECT_EQ(Summary().balance().minor_units(), 0);
  At(absl::CivilSecond(2026, 11, 19, 13, 0, 0));
  TellVisit("appointment.cancelled", second);  // 97 hours on the clock, 49 on business days
  EXPECT_EQ(Summary().balance().minor_units(), 10000);
}

TEST_F(SelfPay, AReservationExpiresAndFreesItsDeposit) {
  AcceptEstimate("PAY_PER_VISIT");
  ASSERT_OK_AND_ASSIGN(const v1::Payment deposit, Pay("", 50000));
  ASSERT_OK_AND_ASSIGN(const v1::FinancialReservation reservation, Reserve());
  const std::string refund = R"({"parent": "$C", "requestId": "$R", "refund": {"payment": ")" + deposit.name() +
                             R"(", "amount": {"currencyCode": "USD", "minorUnits": 100}, "reason": "asked"}})";
  EXPECT_ERROR(Call(&Stub::CreateRefund, refund), Code::kFailedPrecondition, "DEPOSIT_RESERVED");
  TheService().clock().Advance(absl::Minutes(16));
  RunJobs();
  ASSERT_OK_AND_ASSIGN(const auto expired,
                       Call(&Stub::GetFinancialReservation, R"({"name": ")" + reservation.name() + R"("})"));
  EXPECT_EQ(expired.state(), v1::FinancialReservation::EXPIRED);
  EXPECT_OK(Call(&Stub::CreateRefund, refund));
}

TEST_F(SelfPay, AReleasedReservationStaysReleased) {
  AcceptEstimate("PAY_PER_VISIT");
  ASSERT_OK(Pay("", 50000));
  ASSERT_OK_AND_ASSIGN(const v1::FinancialReservation reservation, Reserve());
  const std::string release = R"({"name": ")" + reservation.name() + R"(", "requestId": "$R"})";
  ASSERT_OK_AND_ASSIGN(const auto released, Call(&Stub::ReleaseFinancialReservation, release));
  EXPECT_EQ(released.state(), v1::FinancialReservation::RELEASED);
  ASSERT_OK_AND_ASSIGN(const auto again, Call(&Stub::ReleaseFinancialReservation, release));
  EXPECT_EQ(again.etag(), released.etag());
}

TEST_F(SelfPay, AGoodFaithEstimateIsOwedThenLateThenGivenAndRenewedAtBooking) {
  const std::string estimate = AcceptEstimate("PAY_PER_VISIT");
  ASSERT_OK_AND_ASSIGN(
      const v1::GoodFaithEstimate due,
      Call(&Stub::RequestGoodFaithEstimate, R"({"parent": "$C", "requestId": "$R", "estimate": ")" + estimate +
                                                R"(", "goodFaithEstimate": {"patientDisplayName": "Ann Example"}})"));
  EXPECT_EQ(due.due_date().day(), 5);  // Thursday, three business days after Monday
  EXPECT_EQ(due.missing_elements(0), "PATIENT_BIRTH_DATE");
  const std::string deliver = R"({"name": ")" + due.name() + R"(", "method": "PAPER", "requestId": "$R"})";
  EXPECT_ERROR(Call(&Stub::DeliverGoodFaithEstimate, deliver), Code::kFailedPrecondition,
               "GOOD_FAITH_ESTIMATE_INCOMPLETE");
  EXPECT_EQ(OpenWork("GFE_DUE"), 1);
  At(absl::CivilSecond(2026, 11, 6, 0, 0, 0));
  RunJobs();
  EXPECT_ERROR(Call(&Stub::UpdateGoodFaithEstimate, R"({"requestId": "$R", "goodFaithEstimate": {"name": ")" +
                                                        due.name() + R"(", "etag": ")" + due.etag() + R"("}})"),
               Code::kAborted, "ETAG_MISMATCH");
  ASSERT_OK_AND_ASSIGN(const v1::GoodFaithEstimate complete, Call(&Stub::UpdateGoodFaithEstimate, R"({"requestId": "$R",
      "updateMask": "birthDate,diagnosisCodes,recurrence,periodStart,periodEnd,separatelyScheduledItems",
      "goodFaithEstimate": {"name": ")" + due.name() + R"(", "birthDate": {"year": 1990, "month": 1, "day": 1},
      "diagnosisCodes": ["F33.2"], "recurrence": "twice a week for three weeks", "separatelyScheduledItems": ["none"],
      "periodStart": {"year": 2026, "month": 11, "day": 10}, "periodEnd": {"year": 2026, "month": 12, "day": 10}}})"));
  EXPECT_EQ(complete.missing_elements_size(), 0);
  EXPECT_EQ(complete.patient_display_name(), "Ann Example");
  ASSERT_OK_AND_ASSIGN(const v1::GoodFaithEstimate given, Call(&Stub::DeliverGoodFaithEstimate, deliver));
  EXPECT_EQ(given.state(), v1::GoodFaithEstimate::DELIVERED);
  EXPECT_EQ(OpenWork("GFE_DUE"), 0);

  BookSix("");
  ASSERT_OK_AND_ASSIGN(const auto list, Call(&Stub::ListGoodFaithEstimates, R"({"parent": "$C", "state": "DUE"})"));
  ASSERT_EQ(list.good_faith_estimates_size(), 1);
  const v1::GoodFaithEstimate& renewed = list.good_faith_estimates(0);
  EXPECT_EQ(renewed.trigger(), v1::GoodFaithEstimate::SCHEDULED);
  EXPECT_EQ(renewed.supersedes(), given.name());
  EXPECT_EQ(renewed.service_date().day(), 20);
  EXPECT_EQ(renewed.missing_elements_size(), 0);
  EXPECT_EQ(OpenWork("GFE_DUE"), 1);
}

TEST_F(SelfPay, BookingFarMoreThanWasEstimatedTellsTheTeam) {
  AcceptEstimate("PAY_PER_VISIT");
  BookSix("");
  EXPECT_EQ(OpenWork("GFE_EXCEEDED"), 0);
  Tell("appointment.booked", "$C/appointments/" + Book(7, absl::CivilDay(2026, 12, 10)).id.str());
  EXPECT_EQ(OpenWork("GFE_EXCEEDED"), 1);  // one more at $450 is above the clinic's $350
}

TEST_F(SelfPay, LateIsJudgedByWhenItWasCancelledNotByWhenWeHeard) {
  BookSix("");
  Visit& first = TheOutside().scheduling->visits[AppointmentId("a1")];
  first.state = Visit::State::kCancelled;
  ++first.version;
  common::v1::Event event = CancelledEvent(first);
  At(absl::CivilSecond(2026, 11, 20, 13, 0, 0));
  ASSERT_OK(TheService().Deliver("scheduling", event));
  EXPECT_EQ(Summary().balance().minor_units(), 0);
}

TEST_F(SelfPay, AnEstimateExpires) {
  ASSERT_OK_AND_ASSIGN(const v1::Estimate estimate,
                       Call(&Stub::CreateEstimate, R"({"parent": "$C", "requestId": "$R", "patient": "$C/patients/ann",
      "program": "iv-ketamine", "items": [{"visitType": "integration", "quantity": 1}]})"));
  TheService().clock().Advance(absl::Hours(24 * 30));
  RunJobs();
  ASSERT_OK_AND_ASSIGN(const v1::Estimate expired,
                       Call(&Stub::GetEstimate, R"({"name": ")" + estimate.name() + R"("})"));
  EXPECT_EQ(expired.state(), v1::Estimate::EXPIRED);
  EXPECT_ERROR(Call(&Stub::AcceptEstimate,
                    R"({"name": ")" + estimate.name() + R"(", "scenario": "PAY_IN_FULL", "requestId": "$R"})"),
               Code::kFailedPrecondition, "ESTIMATE_EXPIRED");
}

}  // namespace
}  // namespace kat::billing
