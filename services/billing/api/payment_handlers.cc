#include "services/billing/api/payment_handlers.h"

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "services/billing/api/money_converters.h"
#include "services/billing/books/money.h"
#include "services/billing/books/reservations.h"
#include "services/billing/books/visits.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {
namespace {

absl::Status RequestIdReused() {
  return MakeError(absl::StatusCode::kAlreadyExists, "the request id was used for another payment; use a new one",
                   {.reason = "REQUEST_ID_REUSED"});
}

absl::Status PublishDispute(Tx& tx, const Payment& payment, bool open) {
  return Publish(tx, {.type = open ? "payment.dispute_opened" : "payment.dispute_resolved",
                      .collection = "payments",
                      .id = payment.id.str(),
                      .version = payment.version,
                      .state = "CAPTURED",
                      .patient = payment.patient,
                      .work = BillerWork("DISPUTE_OPEN", open, std::nullopt, tx::Work::Urgency::kSoon)});
}

absl::Status EndActivePlans(Tx& tx, const PatientId& patient, const std::string& program) {
  ASSIGN_OR_RETURN(std::vector<PaymentPlan> plans, tx.ActivePlans(patient));
  for (PaymentPlan& plan : plans) {
    if (plan.program != program) continue;
    RETURN_IF_ERROR(EndPlan(plan, tx.now()));
    const int64_t read = plan.version++;
    RETURN_IF_ERROR(tx.Update(plan, read));
    RETURN_IF_ERROR(ScheduleInstallments(tx, plan));
    RETURN_IF_ERROR(PublishPlan(tx, plan, "payment_plan.cancelled"));
  }
  return absl::OkStatus();
}

}  // namespace

void PaymentHandlers::Register(rpc::Service& service) {
  service.Unary("CreateCardOnFile", this, &PaymentHandlers::CreateCard);
  service.Unary("ListCardsOnFile", this, &PaymentHandlers::ListCards);
  service.Unary("RevokeCardOnFile", this, &PaymentHandlers::RevokeCard);
  service.Unary("CreatePayment", this, &PaymentHandlers::CreatePayment);
  service.Unary("GetPayment", this, &PaymentHandlers::GetPayment);
  service.Unary("ListPayments", this, &PaymentHandlers::ListPayments);
  service.Unary("CreateRefund", this, &PaymentHandlers::CreateRefund);
  service.Unary("GetRefund", this, &PaymentHandlers::GetRefund);
  service.Unary("ListRefunds", this, &PaymentHandlers::ListRefunds);
  service.Unary("OpenDispute", this, &PaymentHandlers::OpenDispute);
  service.Unary("ResolveDispute", this, &PaymentHandlers::ResolveDispute);
  service.Unary("SettleEarlyStop", this, &PaymentHandlers::SettleEarlyStop);
}

absl::StatusOr<v1::CardOnFile> PaymentHandlers::CreateCard(rpc::Call& call,
                                                           const v1::CreateCardOnFileRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CardOnFile> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    CardOnFile card = FromProto(request.card_on_file());
    RETURN_IF_ERROR(CheckNewCard(card, DayAt(tx.now(), clinic.zone), tx.now()));
    card.id = CardId(NewId());
    card.create_time = tx.now();
    RETURN_IF_ERROR(tx.Insert(card));
    RETURN_IF_ERROR(Publish(tx, {.type = "card_on_file.created",
                                 .collection = "cardsOnFile",
                                 .id = card.id.str(),
                                 .state = "ACTIVE",
                                 .patient = card.patient}));
    return ToProto(view, card);
  });
}

absl::StatusOr<v1::ListCardsOnFileResponse> PaymentHandlers::ListCards(rpc::Call& call,
                                                                       const v1::ListCardsOnFileRequest& request) {
  return ServePage<v1::ListCardsOnFileResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListCards(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const CardOnFile& card, v1::ListCardsOnFileResponse& response) {
        *response.add_cards_on_file() = ToProto(view, card);
      });
}

absl::StatusOr<v1::CardOnFile> PaymentHandlers::RevokeCard(rpc::Call& call,
                                                           const v1::RevokeCardOnFileRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CardOnFile> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(CardOnFile card, tx.GetCard(IdOf<CardId>(request.name())));
    if (card.state == CardOnFile::State::kRevoked) return ToProto(view, card);
    card.state = CardOnFile::State::kRevoked;
    RETURN_IF_ERROR(tx.Update(card));
    RETURN_IF_ERROR(Publish(tx, {.type = "card_on_file.revoked",
                                 .collection = "cardsOnFile",
                                 .id = card.id.str(),
                                 .version = 2,
                                 .state = "REVOKED",
                                 .patient = card.patient}));
    return ToProto(view, card);
  });
}

absl::StatusOr<CardCharge> PaymentHandlers::BeginCardPayment(rpc::Call& call, const v1::CreatePaymentRequest& request,
                                                             const std::string& key) {
  CardCharge charge{.key = key};
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline()}, [&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    ASSIGN_OR_RETURN(Payment payment, FromProto(view, request.payment()));
    RETURN_IF_ERROR(CheckNewPayment(payment));
    RETURN_IF_ERROR(tx.LockAccount(payment.patient));
    ASSIGN_OR_RETURN(const CardOnFile card, tx.GetCard(payment.card));
    charge.token = card.token;
    charge.amount = payment.amount;
    charge.currency = view.currency;
    ASSIGN_OR_RETURN(const std::optional<Payment> earlier, tx.FindPaymentByKey(key));
    if (earlier) {
      const bool same = earlier->patient == payment.patient && earlier->card == payment.card &&
                        earlier->amount == payment.amount && earlier->program == payment.program;
      return same ? absl::OkStatus() : RequestIdReused();
    }
    RETURN_IF_ERROR(CheckChargeable(card, payment.patient, DayAt(tx.now(), clinic.zone)));
    payment.id = PaymentId(NewId());
    payment.idempotency_key = key;
    payment.create_time = payment.update_time = tx.now();
    RETURN_IF_ERROR(tx.Insert(payment));
    RETURN_IF_ERROR(tx.Schedule({.kind = "payment.resolve",
                                 .key = payment.id.str(),
                                 .due_at = tx.now() + absl::Seconds(limits::kResolveAfterSeconds),
                                 .payload = "{}"}));
    return Publish(tx, {.type = "payment.created",
                        .collection = "payments",
                        .id = payment.id.str(),
                        .state = "PENDING",
                        .patient = payment.patient,
                        .course = payment.course});
  }));
  return charge;
}

absl::StatusOr<v1::Payment> PaymentHandlers::CreatePayment(rpc::Call& call, const v1::CreatePaymentRequest& request) {
  // The processor serves every clinic under one account, so its key names the clinic too.
  const std::string key =
      absl::StrCat("payment:", call.clinic().str(), ":", call.identity().subject, ":", request.request_id());
  ASSIGN_OR_RETURN(const auto replayed, call.Replayed<v1::Payment>(store_));
  if (replayed) return *replayed;
  ProcessorAnswer answer;
  const bool by_card = request.payment().tender() == v1::TENDER_CARD && !request.payment().card().empty();
  if (by_card) {
    // The intent is committed before the processor hears of it: whatever dies in between, the key finds out what became
    // of it.
    ASSIGN_OR_RETURN(const CardCharge charge, BeginCardPayment(call, request, key));
    answer = processor_.Charge(charge);
  }
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Payment> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    if (by_card) {
      RETURN_IF_ERROR(tx.LockAccount(IdOf<PatientId>(request.payment().patient())));
      ASSIGN_OR_RETURN(std::optional<Payment> payment, tx.FindPaymentByKey(key));
      if (!payment) return ResourceNotFound("payment");
      RETURN_IF_ERROR(SettlePayment(tx, *payment, answer, processor_.name()));
      return ToProto(view, *payment);
    }
    ASSIGN_OR_RETURN(Payment payment, FromProto(view, request.payment()));
    RETURN_IF_ERROR(CheckNewPayment(payment));
    payment.id = PaymentId(NewId());
    payment.idempotency_key = key;
    payment.processor = "counter";
    payment.create_time = tx.now();
    RETURN_IF_ERROR(CapturePayment(tx, payment, false));
    return ToProto(view, payment);
  });
}

absl::StatusOr<v1::Payment> PaymentHandlers::GetPayment(rpc::Call& call, const v1::GetPaymentRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Payment> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const Payment payment, tx.GetPayment(IdOf<PaymentId>(request.name())));
    return ToProto(view, payment);
  });
}

absl::StatusOr<v1::ListPaymentsResponse> PaymentHandlers::ListPayments(rpc::Call& call,
                                                                       const v1::ListPaymentsRequest& request) {
  return ServePage<v1::ListPaymentsResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) { return tx.ListPayments(IdOf<PatientId>(request.patient()), run); },
      [](const View& view, const Payment& payment, v1::ListPaymentsResponse& response) {
        *response.add_payments() = ToProto(view, payment);
      });
}

absl::StatusOr<v1::Refund> PaymentHandlers::CreateRefund(rpc::Call& call, const v1::CreateRefundRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Refund> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const Minor amount, MinorOf(view, request.refund().amount(), "refund.amount"));
    RETURN_IF_ERROR(RefuseCardNumber(request.refund().reason(), "refund.reason"));
    ASSIGN_OR_RETURN(Payment payment, tx.GetPayment(IdOf<PaymentId>(request.refund().payment())));
    RETURN_IF_ERROR(tx.LockAccount(payment.patient));
    ASSIGN_OR_RETURN(payment, tx.GetPayment(payment.id));
    ASSIGN_OR_RETURN(const Refund refund, ApproveRefund(tx, payment, amount, request.refund().reason()));
    return ToProto(view, refund);
  });
}

absl::StatusOr<v1::Refund> PaymentHandlers::GetRefund(rpc::Call& call, const v1::GetRefundRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Refund> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const Refund refund, tx.GetRefund(IdOf<Id<struct RefundTag>>(request.name())));
    return ToProto(view, refund);
  });
}

absl::StatusOr<v1::ListRefundsResponse> PaymentHandlers::ListRefunds(rpc::Call& call,
                                                                     const v1::ListRefundsRequest& request) {
  return ServePage<v1::ListRefundsResponse>(
      call, store_, request,
      [&](Tx& tx, const Run& run) {
        return tx.ListRefunds(IdOf<PatientId>(request.patient()), IdOf<PaymentId>(request.payment()), run);
      },
      [](const View& view, const Refund& refund, v1::ListRefundsResponse& response) {
        *response.add_refunds() = ToProto(view, refund);
      });
}

absl::StatusOr<v1::Payment> PaymentHandlers::OpenDispute(rpc::Call& call, const v1::OpenDisputeRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Payment> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(Payment payment, tx.GetPayment(IdOf<PaymentId>(request.name())));
    if (payment.state != Payment::State::kCaptured || payment.tender != Tender::kCard)
      return errors::PaymentNotCaptured();
    if (payment.dispute != Payment::Dispute::kNone) return WrongState("payment", "DISPUTED", "open a dispute of");
    payment.dispute = Payment::Dispute::kOpen;
    payment.update_time = tx.now();
    const int64_t read = payment.version++;
    RETURN_IF_ERROR(tx.Update(payment, read));
    RETURN_IF_ERROR(PublishDispute(tx, payment, true));
    return ToProto(view, payment);
  });
}

absl::StatusOr<v1::Payment> PaymentHandlers::ResolveDispute(rpc::Call& call, const v1::ResolveDisputeRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Payment> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(Payment payment, tx.GetPayment(IdOf<PaymentId>(request.name())));
    RETURN_IF_ERROR(tx.LockAccount(payment.patient));
    ASSIGN_OR_RETURN(payment, tx.GetPayment(payment.id));
    if (payment.dispute != Payment::Dispute::kOpen)
      return WrongState("payment", "NOT_DISPUTED", "resolve a dispute of");
    if (!request.won()) {
      RETURN_IF_ERROR(Post(tx, LoseDispute(payment.patient, payment.tender, payment.refundable(), payment.unapplied),
                           absl::StrCat("payments/", payment.id.str()))
                          .status());
      payment.unapplied = 0;
    }
    payment.dispute = request.won() ? Payment::Dispute::kWon : Payment::Dispute::kLost;
    payment.update_time = tx.now();
    const int64_t read = payment.version++;
    RETURN_IF_ERROR(tx.Update(payment, read));
    RETURN_IF_ERROR(PublishDispute(tx, payment, false));
    return ToProto(view, payment);
  });
}

absl::StatusOr<v1::EarlyStopSettlement> PaymentHandlers::SettleEarlyStop(rpc::Call& call,
                                                                         const v1::SettleEarlyStopRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::EarlyStopSettlement> {
    ASSIGN_OR_RETURN(const View view, ViewOf(tx));
    ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
    const PatientId patient = IdOf<PatientId>(request.patient());
    RETURN_IF_ERROR(tx.LockAccount(patient));
    ASSIGN_OR_RETURN(const auto payments, tx.CapturedPayments(patient, request.program()));
    ASSIGN_OR_RETURN(const auto charges, tx.StandingCharges(patient, request.program()));
    ASSIGN_OR_RETURN(const auto policy, tx.DepositPolicyInForce(request.program(), DayAt(tx.now(), clinic.zone)));
    ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, patient));
    ASSIGN_OR_RETURN(const auto plans, tx.ActivePlans(patient));
    std::vector<ChargedVisit> visits;
    for (const Charge& charge : charges) visits.push_back({charge.amount, charge.single_price});
    const EarlyStop stop = kat::billing::SettleEarlyStop(payments, visits, owed, policy);
    if (stop.unapplied == 0 && plans.empty()) return errors::NothingToSettle();

    // A plan that ends takes its future charges with it; what was given is paid first, then the rest goes back.
    RETURN_IF_ERROR(EndActivePlans(tx, patient, request.program()));
    RETURN_IF_ERROR(ReleaseReservations(tx, patient, request.program()));
    const std::string source = absl::StrCat("patients/", patient.str());
    RETURN_IF_ERROR(Post(tx, Reprice(patient, stop.repriced), source).status());
    RETURN_IF_ERROR(Post(tx, ChargeFee(patient, stop.fee), source).status());
    v1::EarlyStopSettlement settlement;
    for (const EarlyStop::Part& part : stop.refunds) {
      ASSIGN_OR_RETURN(Payment payment, tx.GetPayment(part.payment));
      ASSIGN_OR_RETURN(const Refund refund, ApproveRefund(tx, payment, part.amount, request.reason()));
      *settlement.add_refunds() = ToProto(view, refund);
      if (request.validate_only()) settlement.mutable_refunds()->rbegin()->clear_name();
    }
    RETURN_IF_ERROR(ApplyDeposits(tx, patient, request.program()));
    settlement.set_patient(request.patient());
    settlement.set_program(request.program());
    *settlement.mutable_unapplied() = view.Money(stop.unapplied);
    *settlement.mutable_repriced() = view.Money(stop.repriced);
    *settlement.mutable_fee() = view.Money(stop.fee);
    *settlement.mutable_refund_total() = view.Money(stop.refund_total);
    return settlement;
  });
}

}  // namespace kat::billing
