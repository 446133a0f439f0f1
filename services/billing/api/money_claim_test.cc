#include "services/billing/api/api_test.h"

namespace kat::billing {
namespace {

class Money : public ApiTest {
 protected:
  Money() { SetUpClinic(); }

  absl::StatusOr<v1::Refund> Refund(const std::string& payment, int64_t amount) {
    return Call(
        &Stub::CreateRefund,
        absl::StrCat(R"({"parent": "$C", "requestId": "$R", "refund": {"payment": ")", payment,
                     R"(", "reason": "asked", "amount": {"currencyCode": "USD", "minorUnits": )", amount, "}}}"));
  }
  v1::Payment GetPayment(const std::string& name) {
    auto payment = Call(&Stub::GetPayment, R"({"name": ")" + name + R"("})");
    EXPECT_OK(payment);
    return payment.ok() ? *payment : v1::Payment();
  }
};

TEST_F(Money, ACardNumberIsRefusedAndNeverRepeated) {
  const absl::Status refused = Call(&Stub::CreateCardOnFile, R"({"parent": "$C", "requestId": "$R", "cardOnFile": {
      "patient": "$C/patients/ann", "brand": "visa", "last4": "1111", "expiryMonth": 12, "expiryYear": 2030,
      "consentTime": "2026-10-01T12:00:00Z", "consentReference": "x", "token": "4111 1111 1111 1111"}})")
                                   .status();
  EXPECT_ERROR(refused, Code::kInvalidArgument, "CARD_NUMBER_REFUSED");
  EXPECT_EQ(std::string(refused.message()).find("4111"), std::string::npos);
}

TEST_F(Money, ATokenIsNeverGivenBack) {
  Card("tok_sim_visa");
  ASSERT_OK_AND_ASSIGN(const auto cards,
                       Call(&Stub::ListCardsOnFile, R"({"parent": "$C", "patient": "$C/patients/ann"})"));
  ASSERT_EQ(cards.cards_on_file_size(), 1);
  EXPECT_EQ(cards.cards_on_file(0).token(), "");
}

TEST_F(Money, ADeclineIsAnAnswerAndTakesNothing) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment payment, Pay(Card("tok_sim_insufficient_funds"), 50000));
  EXPECT_EQ(payment.state(), v1::Payment::DECLINED);
  EXPECT_EQ(payment.decline_code(), "insufficient_funds");
  EXPECT_EQ(Summary().unapplied().minor_units(), 0);
}

TEST_F(Money, ATimeoutAfterExecutionIsResolvedUnderTheSameKeyWithOneCharge) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment pending, Pay(Card("tok_sim_timeout_captured"), 50000));
  EXPECT_EQ(pending.state(), v1::Payment::PENDING);
  EXPECT_EQ(Summary().unapplied().minor_units(), 0);
  TheService().clock().Advance(absl::Minutes(2));
  RunJobs();
  EXPECT_EQ(GetPayment(pending.name()).state(), v1::Payment::CAPTURED);
  EXPECT_EQ(Summary().unapplied().minor_units(), 50000);
  EXPECT_EQ(TrialTotal(), 0);
}

TEST_F(Money, ARepeatedRequestChargesOnceAndAnotherBodyIsRefused) {
  const std::string card = Card("tok_sim_visa");
  ASSERT_OK_AND_ASSIGN(const v1::Payment first, Pay(card, 50000, "same"));
  ASSERT_OK_AND_ASSIGN(const v1::Payment second, Pay(card, 50000, "same"));
  EXPECT_EQ(first.name(), second.name());
  EXPECT_EQ(Summary().unapplied().minor_units(), 50000);
  EXPECT_ERROR(Pay(card, 50001, "same"), Code::kAlreadyExists, "REQUEST_ID_REUSED");
}

TEST_F(Money, TwoEqualRefundsAreTwoAndAThirdExceedsWhatWasCaptured) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment payment, Pay(Card("tok_sim_visa"), 50000));
  ASSERT_OK(Refund(payment.name(), 20000));
  ASSERT_OK_AND_ASSIGN(const v1::Refund second, Refund(payment.name(), 20000));
  EXPECT_ERROR(Refund(payment.name(), 20000), Code::kFailedPrecondition, "REFUND_EXCEEDS_CAPTURED");
  EXPECT_EQ(Summary().refunds_pending().minor_units(), 40000);
  RunJobs();
  ASSERT_OK_AND_ASSIGN(const v1::Refund paid, Call(&Stub::GetRefund, R"({"name": ")" + second.name() + R"("})"));
  EXPECT_EQ(paid.state(), v1::Refund::PAID);
  EXPECT_EQ(paid.tender(), v1::TENDER_CARD);
  EXPECT_EQ(Summary().refunds_pending().minor_units(), 0);
  EXPECT_EQ(GetPayment(payment.name()).unapplied().minor_units(), 10000);
  EXPECT_EQ(TrialTotal(), 0);
}

TEST_F(Money, ARefundThatTheProcessorRefusesWaitsForAPerson) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment payment, Pay(Card("tok_sim_refund_fails"), 50000));
  ASSERT_OK(Refund(payment.name(), 100));
  RunJobs();
  EXPECT_EQ(OpenWork("REFUND_FAILED"), 1);
  EXPECT_EQ(Summary().refunds_pending().minor_units(), 100);
}

TEST_F(Money, ADisputeBlocksRefundsAndALostOneTakesTheMoneyBack) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment payment, Pay(Card("tok_sim_visa"), 50000));
  ASSERT_OK(Call(&Stub::OpenDispute, R"({"name": ")" + payment.name() + R"(", "requestId": "$R"})"));
  EXPECT_ERROR(Refund(payment.name(), 100), Code::kFailedPrecondition, "DISPUTE_OPEN");
  EXPECT_EQ(OpenWork("DISPUTE_OPEN"), 1);
  ASSERT_OK(Call(&Stub::ResolveDispute, R"({"name": ")" + payment.name() + R"(", "won": false, "requestId": "$R"})"));
  EXPECT_EQ(Summary().unapplied().minor_units(), 0);
  EXPECT_ERROR(Refund(payment.name(), 100), Code::kFailedPrecondition, "REFUND_EXCEEDS_CAPTURED");
  EXPECT_EQ(TrialTotal(), 0);
}

TEST_F(Money, AnEarlyStopUnwindsThePackageAndPreviewsTheSame) {
  AcceptEstimate("PAY_IN_FULL");
  ASSERT_OK(Pay(Card("tok_sim_visa"), 240000));
  Visit& first = Book(1, absl::CivilDay(2026, 11, 20));
  TheService().clock().Set(first.start_time + absl::Hours(2));
  first.state = Visit::State::kCompleted;
  TellVisit("appointment.completed", first);
  const std::string body =
      R"({"parent": "$C", "requestId": "$R", "patient": "$C/patients/ann", "program": "iv-ketamine",
      "reason": "moved away")";
  ASSERT_OK_AND_ASSIGN(const auto preview, Call(&Stub::SettleEarlyStop, body + R"(, "validateOnly": true})"));
  EXPECT_EQ(preview.repriced().minor_units(), 5000);
  EXPECT_EQ(preview.refund_total().minor_units(), 240000 - 45000 - 2500);
  EXPECT_EQ(Summary().unapplied().minor_units(), 200000);
  ASSERT_OK_AND_ASSIGN(const auto settled, Call(&Stub::SettleEarlyStop, body + "}"));
  EXPECT_EQ(settled.refund_total().minor_units(), preview.refund_total().minor_units());
  RunJobs();
  EXPECT_EQ(Summary().unapplied().minor_units(), 0);
  EXPECT_EQ(Summary().balance().minor_units(), 0);
  EXPECT_EQ(TrialTotal(), 0);
  EXPECT_ERROR(Call(&Stub::SettleEarlyStop, body + "}"), Code::kFailedPrecondition, "NOTHING_TO_SETTLE");
}

TEST_F(Money, ADepositShowsItsAge) {
  ASSERT_OK(Pay("", 50000));
  TheService().clock().Advance(absl::Hours(24 * 40));
  ASSERT_OK(Pay("", 100));
  ASSERT_OK_AND_ASSIGN(const auto old, Call(&Stub::ListUnappliedDeposits, R"({"parent": "$C", "minAgeDays": 30})"));
  ASSERT_EQ(old.unapplied_deposits_size(), 1);
  EXPECT_EQ(old.unapplied_deposits(0).age_days(), 40);
}

TEST_F(Money, CareCreditChargesNoMoreThanThirtyDaysOfServices) {
  ASSERT_OK(Configure(&Stub::CreateLenderPolicy, R"({"parent": "$C", "requestId": "$R", "lenderPolicy": {
      "lender": "TENDER_CARECREDIT", "effectiveFrom": {"year": 2026, "month": 1, "day": 1}, "maxFutureServiceDays": 30,
      "promotions": [{"months": 12, "feeBasisPoints": 990}]}})"));
  AcceptEstimate("FINANCED");
  Tell("appointment.booked", "$C/appointments/" + Book(1, absl::CivilDay(2026, 11, 20)).id.str());
  Tell("appointment.booked", "$C/appointments/" + Book(2, absl::CivilDay(2027, 1, 20)).id.str());
  ASSERT_OK_AND_ASSIGN(
      const v1::FinancingApplication application,
      Call(&Stub::CreateFinancingApplication, R"({"parent": "$C", "requestId": "$R", "financingApplication": {
      "patient": "$C/patients/ann", "program": "iv-ketamine", "lender": "TENDER_CARECREDIT"}})"));
  const auto record = [&](const std::string& rest) {
    return Call(&Stub::RecordFinancingEvent,
                R"({"name": ")" + application.name() + R"(", "requestId": "$R", "event": )" + rest + "}");
  };
  EXPECT_ERROR(record(R"("SETTLE")"), Code::kFailedPrecondition, "STATE_FORBIDS");
  ASSERT_OK(record(R"("APPLY")"));
  ASSERT_OK(record(R"("APPROVE", "approvedLimit": {"currencyCode": "USD", "minorUnits": 300000})"));
  const absl::Status refused =
      record(R"("AUTHORIZE_SALE", "promotionMonths": 12, "saleAmount": {"currencyCode": "USD", "minorUnits": 80000})")
          .status();
  EXPECT_ERROR(refused, Code::kFailedPrecondition, "FUTURE_SERVICES_NOT_CHARGEABLE");
  EXPECT_EQ(GetErrorDetail(refused)->metadata.at("largest_minor_units"), "40000");
  ASSERT_OK(
      record(R"("AUTHORIZE_SALE", "promotionMonths": 12, "saleAmount": {"currencyCode": "USD", "minorUnits": 40000})"));
  ASSERT_OK_AND_ASSIGN(const v1::FinancingApplication settled, record(R"("SETTLE")"));
  EXPECT_EQ(settled.fee().minor_units(), 3960);
  EXPECT_EQ(Summary().unapplied().minor_units(), 40000);
  EXPECT_EQ(TrialTotal(), 0);
  ASSERT_OK(Refund(settled.payment(), 40000));
  ASSERT_OK_AND_ASSIGN(const auto refunded,
                       Call(&Stub::GetFinancingApplication, R"({"name": ")" + application.name() + R"("})"));
  EXPECT_EQ(refunded.state(), v1::FinancingApplication::REFUNDED);
}

TEST_F(Money, AWriteOffIsBoundedAndReversedWithAReason) {
  const auto write_off = [&](int64_t amount) {
    return Call(&Stub::WriteOffBalance,
                absl::StrCat(R"({"parent": "$C", "requestId": "$R", "patient": "$C/patients/ann",
        "reason": "hardship", "amount": {"currencyCode": "USD", "minorUnits": )",
                             amount, "}}"));
  };
  EXPECT_ERROR(write_off(1), Code::kFailedPrecondition, "WRITE_OFF_EXCEEDS_BALANCE");
  Visit& visit = Book(1, absl::CivilDay(2026, 11, 1));
  visit.state = Visit::State::kCompleted;
  TellVisit("appointment.completed", visit);
  EXPECT_EQ(Summary().balance().minor_units(), 45000);
  ASSERT_OK_AND_ASSIGN(const v1::LedgerTransaction written, write_off(45000));
  const std::string reverse = R"({"name": ")" + written.name() + R"(", "reason": "paid after all", "requestId": "$R"})";
  ASSERT_OK_AND_ASSIGN(const v1::LedgerTransaction reversal, Call(&Stub::ReverseLedgerTransaction, reverse));
  EXPECT_EQ(reversal.reverses(), written.name());
  EXPECT_EQ(Summary().balance().minor_units(), 45000);
  EXPECT_ERROR(Call(&Stub::ReverseLedgerTransaction, reverse), Code::kFailedPrecondition, "ALREADY_REVERSED");
}

TEST_F(Money, AnotherClinicSeesNothingAndOtherCurrenciesAreRefused) {
  ASSERT_OK_AND_ASSIGN(const v1::Payment payment, Pay("", 50000));
  v1::GetPaymentRequest request;
  const std::string other = TheService().NewClinic();
  request.set_name("clinics/" + other + payment.name().substr(payment.name().find("/payments/")));
  EXPECT_ERROR(Send(&Stub::GetPayment, request, common::v1::ROLE_BILLER, other), Code::kNotFound);
  EXPECT_ERROR(
      Call(&Stub::CreatePayment, R"({"parent": "$C", "requestId": "$R", "payment": {"patient": "$C/patients/ann",
      "program": "iv-ketamine", "purpose": "DEPOSIT", "tender": "TENDER_CASH", "amount": {"currencyCode": "EUR", "minorUnits": 1}}})"),
      Code::kInvalidArgument, "CURRENCY_MISMATCH");
}

class Claims : public ApiTest {
 protected:
  Claims() {
    SetUpClinic();
    Configured();
    TheOutside().authorization->fill = [](SessionFacts& facts) {
      facts.authorization_number = "PA-7";
      facts.rems_required = facts.rems_setting_active = facts.rems_patient_active = true;
      facts.monitoring_form_submitted = true;
      facts.payer = PayerId("acme");
      facts.member_id = "M1";
    };
  }
  void Configured() {
    ASSERT_OK(Configure(&Stub::CreatePayerCodeSet, R"({"parent": "$C", "requestId": "$R", "payerCodeSet": {
        "program": "spravato-trd", "effectiveFrom": {"year": 2026, "month": 1, "day": 1}, "structure": "ITEMIZED",
        "placeOfService": "11", "diagnosisPrefixes": ["F32", "F33"], "timelyFilingDays": 90, "minObservationMinutes": 120,
        "minBloodPressures": 3, "ndcUnit": "UN", "authorizationRequired": true, "remsRequired": true, "rules": [
        {"code": "J0013", "kind": "DRUG", "unitBasis": "PER_MILLIGRAM", "unitCharge": {"currencyCode": "USD", "minorUnits": 1500}},
        {"code": "99215", "kind": "EVALUATION", "unitBasis": "PER_SESSION", "unitCharge": {"currencyCode": "USD", "minorUnits": 30000}}]}})"));
    ASSERT_OK(Call(&Stub::CreateBillingArrangement, R"({"parent": "$C", "requestId": "$R", "billingArrangement": {
        "patient": "$C/patients/ann", "program": "spravato-trd", "mode": "BILLING_MODE_INSURED", "payer": "$C/payers/acme",
        "memberId": "M1", "billingConsentDate": {"year": 2026, "month": 10, "day": 1}, "diagnosisCodes": ["F33.2"],
        "establishedPatient": true}})"));
  }
  // A session of 56 mg was given; its claim.
  v1::Claim Treat(int observation_minutes = 125, int session = 1, absl::CivilDay day = absl::CivilDay(2026, 11, 3)) {
    Visit& visit = Book(session, day, "spravato-trd");
    TheService().clock().Set(visit.start_time + absl::Hours(3));
    visit.state = Visit::State::kCompleted;
    TheOutside().scheduling->treatments[visit.id] = {.completed = true,
                                                     .dose_micrograms = 56'000,
                                                     .devices = 2,
                                                     .dose_times_present = true,
                                                     .observation_minutes = observation_minutes,
                                                     .blood_pressures = 3,
                                                     .ndc = "50458002802"};
    TellVisit("treatment.completed", visit);
    const auto claims =
        Call(&Stub::ListClaims, R"({"parent": "$C", "appointment": "$C/appointments/)" + visit.id.str() + R"("})");
    EXPECT_OK(claims);
    return claims.ok() && claims->claims_size() == 1 ? claims->claims(0) : v1::Claim();
  }
};

TEST_F(Claims, ACompletedInsuredTreatmentMakesAClaimThatIsReady) {
  const v1::Claim claim = Treat();
  EXPECT_EQ(claim.state(), v1::Claim::READY) << claim.DebugString();
  ASSERT_EQ(claim.lines_size(), 2);
  EXPECT_EQ(claim.lines(0).code(), "J0013");
  EXPECT_EQ(claim.lines(0).units(), 56);
  EXPECT_EQ(claim.lines(0).drug_identification(), "N4 50458002802 UN2");
  EXPECT_EQ(claim.total_charge().minor_units(), 56 * 1500 + 30000);
  EXPECT_EQ(claim.authorization_number(), "PA-7");
  EXPECT_EQ(OpenWork("CLAIM_TO_SUBMIT"), 1);
  EXPECT_EQ(Summary().balance().minor_units(), 0);
}

TEST_F(Claims, AFindingIsFixedAndScrubbedAway) {
  const v1::Claim claim = Treat(110);
  EXPECT_EQ(claim.state(), v1::Claim::SCRUB_FAILED);
  EXPECT_EQ(claim.findings(0).code(), "OBSERVATION_TOO_SHORT");
  EXPECT_EQ(OpenWork("CLAIM_SCRUB_FAILED"), 1);
  const std::string submit =
      R"({"name": ")" + claim.name() + R"(", "channel": "portal", "reference": "x", "requestId": "$R"})";
  EXPECT_ERROR(Call(&Stub::MarkClaimSubmitted, submit), Code::kFailedPrecondition, "STATE_FORBIDS");
  TheOutside().scheduling->treatments[AppointmentId("a1")].observation_minutes = 121;
  ASSERT_OK_AND_ASSIGN(const v1::Claim ready,
                       Call(&Stub::ScrubClaim, R"({"name": ")" + claim.name() + R"(", "requestId": "$R"})"));
  EXPECT_EQ(ready.state(), v1::Claim::READY);
  EXPECT_EQ(OpenWork("CLAIM_SCRUB_FAILED"), 0);
  ASSERT_OK_AND_ASSIGN(const v1::Claim submitted, Call(&Stub::MarkClaimSubmitted, submit));
  EXPECT_EQ(submitted.state(), v1::Claim::SUBMITTED);
  EXPECT_EQ(OpenWork("CLAIM_TO_SUBMIT"), 0);
}

TEST_F(Claims, MoreOfACodeInAWeekThanThePayerPaysIsFoundOnTheClaimThatGoesBeyond) {
  ASSERT_OK(Configure(&Stub::CreatePayerCodeSet, R"({"parent": "$C", "requestId": "$R", "payerCodeSet": {
      "program": "spravato-trd", "effectiveFrom": {"year": 2026, "month": 11, "day": 1}, "structure": "ITEMIZED",
      "placeOfService": "11", "timelyFilingDays": 90, "rules": [
      {"code": "J0013", "kind": "DRUG", "unitBasis": "PER_MILLIGRAM", "maxUnitsPerWeek": 112,
       "unitCharge": {"currencyCode": "USD", "minorUnits": 1500}}]}})"));
  const v1::Claim first = Treat();
  EXPECT_EQ(first.state(), v1::Claim::READY);
  EXPECT_EQ(Treat(125, 2, absl::CivilDay(2026, 11, 6)).state(), v1::Claim::READY);
  const v1::Claim third = Treat(125, 3, absl::CivilDay(2026, 11, 9));
  EXPECT_EQ(third.state(), v1::Claim::SCRUB_FAILED);
  ASSERT_EQ(third.findings_size(), 2);
  EXPECT_EQ(third.findings(0).code(), "WEEKLY_FREQUENCY");
  EXPECT_EQ(Treat(125, 4, absl::CivilDay(2026, 11, 16)).state(), v1::Claim::READY);
  const std::string close = R"(", "requestId": "$R", "event": "CLOSE"})";
  ASSERT_OK(Call(&Stub::RecordClaimEvent, R"({"name": ")" + first.name() + close));
  ASSERT_OK_AND_ASSIGN(const v1::Claim again,
                       Call(&Stub::ScrubClaim, R"({"name": ")" + third.name() + R"(", "requestId": "$R"})"));
  EXPECT_EQ(again.state(), v1::Claim::READY);  // a closed claim bills nothing
}

TEST_F(Claims, WaitsForAuthorizationToCountTheVisit) {
  const auto settled = TheOutside().authorization->fill;
  TheOutside().authorization->fill = [&](SessionFacts& facts) {
    settled(facts);
    facts.authorization_settled = false;
  };
  EXPECT_EQ(Treat().state(), v1::Claim::DRAFT);
  TheOutside().authorization->fill = settled;
  TheService().clock().Advance(absl::Minutes(2));
  RunJobs();
  ASSERT_OK_AND_ASSIGN(const auto claims, Call(&Stub::ListClaims, R"({"parent": "$C", "state": "READY"})"));
  EXPECT_EQ(claims.claims_size(), 1);
}

TEST_F(Claims, IsScrubbedAllTheSameWhereAuthorizationNeverCountsTheVisit) {
  const auto settled = TheOutside().authorization->fill;
  TheOutside().authorization->fill = [&](SessionFacts& facts) {
    settled(facts);
    facts.authorization_settled = false;
  };
  ASSERT_EQ(Treat().state(), v1::Claim::DRAFT);
  for (int minutes = 0; minutes < 10; ++minutes) {
    TheService().clock().Advance(absl::Minutes(1));
    RunJobs();
  }
  ASSERT_OK_AND_ASSIGN(const auto drafts, Call(&Stub::ListClaims, R"({"parent": "$C", "state": "DRAFT"})"));
  EXPECT_EQ(drafts.claims_size(), 0);
}

TEST_F(Claims, ASelfPayVisitNeverMakesAClaim) {
  const auto insured = TheOutside().authorization->fill;
  TheOutside().authorization->fill = [&](SessionFacts& facts) {
    insured(facts);
    facts.self_pay = true;
  };
  EXPECT_EQ(Treat().name(), "");
}

TEST_F(Claims, AnUnreachablePeerChangesNothing) {
  const v1::Claim claim = Treat(110);
  TheOutside().authorization->down = true;
  EXPECT_ERROR(Call(&Stub::ScrubClaim, R"({"name": ")" + claim.name() + R"(", "requestId": "$R"})"), Code::kUnavailable,
               "PEER_UNAVAILABLE");
}

TEST_F(Claims, ADenialIsAppealedAndWhatThePayerSaidIsKept) {
  const v1::Claim claim = Treat();
  ASSERT_OK(
      Call(&Stub::MarkClaimSubmitted,
           R"({"name": ")" + claim.name() + R"(", "channel": "clearinghouse", "reference": "B1", "requestId": "$R"})"));
  const auto record = [&](const std::string& rest) {
    return Call(&Stub::RecordClaimEvent,
                R"({"name": ")" + claim.name() + R"(", "requestId": "$R", "event": )" + rest + "}");
  };
  ASSERT_OK_AND_ASSIGN(const v1::Claim denied,
                       record(R"("DENY", "adjustmentCodes": ["197"], "payerControlNumber": "C9")"));
  EXPECT_EQ(OpenWork("CLAIM_FOLLOW_UP"), 1);
  EXPECT_EQ(denied.adjustment_codes(0), "197");
  ASSERT_OK(record(R"("APPEAL")"));
  EXPECT_EQ(OpenWork("CLAIM_FOLLOW_UP"), 0);
  ASSERT_OK_AND_ASSIGN(const v1::Claim paid,
                       record(R"("PAY", "paidAmount": {"currencyCode": "USD", "minorUnits": 90000})"));
  EXPECT_EQ(paid.payer_control_number(), "C9");
  EXPECT_ERROR(record(R"("DENY")"), Code::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_ERROR(Call(&Stub::UpdateClaim, R"({"requestId": "$R", "claim": {"name": ")" + claim.name() +
                                            R"(", "etag": ")" + claim.etag() + R"("}})"),
               Code::kAborted, "ETAG_MISMATCH");
}

TEST_F(Claims, AnInsuredPatientNeedsConsentToBillAndNoDeposit) {
  const std::string body = R"({"parent": "$C", "patient": "$C/patients/bob", "program": "spravato-trd"})";
  ASSERT_OK(Call(&Stub::CreateBillingArrangement, R"({"parent": "$C", "requestId": "$R", "billingArrangement": {
      "patient": "$C/patients/bob", "program": "spravato-trd", "mode": "BILLING_MODE_INSURED", "payer": "$C/payers/acme"}})"));
  ASSERT_OK_AND_ASSIGN(const auto clearance, Call(&Stub::GetFinancialClearance, body));
  EXPECT_FALSE(clearance.cleared());
  EXPECT_EQ(clearance.mode(), v1::BILLING_MODE_INSURED);
  std::vector<std::string> unmet;
  for (const auto& condition : clearance.conditions()) {
    if (condition.state() == common::v1::Condition::UNMET) unmet.push_back(condition.code());
  }
  EXPECT_EQ(unmet, (std::vector<std::string>{"PRICE_LIST_MISSING", "BILLING_CONSENT_MISSING"}));
}

}  // namespace
}  // namespace kat::billing
