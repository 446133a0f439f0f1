#include "services/billing/api/money_converters.h"

#include "libs/rpc/convert.h"

namespace kat::billing {
namespace {

v1::LedgerAccount ToProto(const View& view, const LedgerAccount& account) {
  v1::LedgerAccount out;
  out.set_type(static_cast<v1::LedgerAccount::Type>(account.type));
  out.set_tender(static_cast<v1::Tender>(account.tender));
  out.set_patient(view.Name("patients", account.patient));
  return out;
}

}  // namespace

v1::CardOnFile ToProto(const View& view, const CardOnFile& card) {
  v1::CardOnFile out;
  out.set_name(view.Name("cardsOnFile", card.id));
  out.set_patient(view.Name("patients", card.patient));
  out.set_brand(card.brand);
  out.set_last4(card.last4);
  out.set_expiry_month(card.expiry_month);
  out.set_expiry_year(card.expiry_year);
  *out.mutable_consent_time() = rpc::ToProto(card.consent_time);
  out.set_consent_reference(card.consent_reference);
  out.set_state(static_cast<v1::CardOnFile::State>(card.state));
  *out.mutable_create_time() = rpc::ToProto(card.create_time);
  return out;
}

CardOnFile FromProto(const v1::CardOnFile& card) {
  CardOnFile out;
  out.patient = IdOf<PatientId>(card.patient());
  out.brand = card.brand();
  out.last4 = card.last4();
  out.expiry_month = card.expiry_month();
  out.expiry_year = card.expiry_year();
  out.token = card.token();
  out.consent_time = rpc::FromProto(card.consent_time());
  out.consent_reference = card.consent_reference();
  return out;
}

v1::Payment ToProto(const View& view, const Payment& payment) {
  v1::Payment out;
  out.set_name(view.Name("payments", payment.id));
  out.set_patient(view.Name("patients", payment.patient));
  out.set_program(payment.program);
  out.set_course(view.Name("courses", payment.course));
  out.set_purpose(static_cast<v1::Payment::Purpose>(payment.purpose));
  out.set_tender(static_cast<v1::Tender>(payment.tender));
  *out.mutable_amount() = view.Money(payment.amount);
  out.set_card(view.Name("cardsOnFile", payment.card));
  out.set_reference(payment.reference);
  out.set_state(static_cast<v1::Payment::State>(payment.state));
  out.set_decline_code(payment.decline_code);
  out.set_processor(payment.processor);
  out.set_processor_reference(payment.processor_reference);
  *out.mutable_refunded() = view.Money(payment.refunded);
  *out.mutable_unapplied() = view.Money(payment.unapplied);
  out.set_dispute(static_cast<v1::Payment::Dispute>(payment.dispute));
  *out.mutable_fee() = view.Money(payment.fee);
  if (payment.capture_time) *out.mutable_capture_time() = rpc::ToProto(*payment.capture_time);
  out.set_etag(rpc::Etag(payment.version));
  *out.mutable_create_time() = rpc::ToProto(payment.create_time);
  *out.mutable_update_time() = rpc::ToProto(payment.update_time);
  return out;
}

absl::StatusOr<Payment> FromProto(const View& view, const v1::Payment& payment) {
  Payment out;
  out.patient = IdOf<PatientId>(payment.patient());
  out.program = payment.program();
  out.course = IdOf<CourseId>(payment.course());
  out.purpose = static_cast<Payment::Purpose>(payment.purpose());
  out.tender = static_cast<Tender>(payment.tender());
  ASSIGN_OR_RETURN(out.amount, MinorOf(view, payment.amount(), "payment.amount"));
  out.card = IdOf<CardId>(payment.card());
  out.reference = payment.reference();
  return out;
}

v1::Refund ToProto(const View& view, const Refund& refund) {
  v1::Refund out;
  out.set_name(view.Name("refunds", refund.id));
  out.set_payment(view.Name("payments", refund.payment));
  *out.mutable_amount() = view.Money(refund.amount);
  out.set_reason(refund.reason);
  out.set_patient(view.Name("patients", refund.patient));
  out.set_tender(static_cast<v1::Tender>(refund.tender));
  out.set_state(static_cast<v1::Refund::State>(refund.state));
  out.set_processor_reference(refund.processor_reference);
  out.set_failure_code(refund.failure_code);
  *out.mutable_create_time() = rpc::ToProto(refund.create_time);
  *out.mutable_update_time() = rpc::ToProto(refund.update_time);
  return out;
}

v1::LedgerTransaction ToProto(const View& view, const LedgerTransaction& transaction) {
  v1::LedgerTransaction out;
  out.set_name(view.Name("ledgerTransactions", transaction.id));
  out.set_kind(static_cast<v1::LedgerTransaction::Kind>(transaction.kind));
  for (const LedgerEntry& entry : transaction.entries) {
    v1::LedgerEntry& added = *out.add_entries();
    *added.mutable_account() = ToProto(view, entry.account);
    *added.mutable_amount() = view.Money(entry.amount);
  }
  out.set_patient(view.Name("patients", transaction.patient));
  if (!transaction.source.empty()) out.set_source(absl::StrCat("clinics/", view.clinic.str(), "/", transaction.source));
  out.set_reverses(view.Name("ledgerTransactions", transaction.reverses));
  out.set_reversed_by(view.Name("ledgerTransactions", transaction.reversed_by));
  out.set_reason(transaction.reason);
  *out.mutable_post_time() = rpc::ToProto(transaction.post_time);
  return out;
}

v1::AccountBalance ToProto(const View& view, const TrialBalanceRow& row) {
  v1::AccountBalance out;
  *out.mutable_account() = ToProto(view, row.account);
  *out.mutable_debits() = view.Money(row.debits);
  *out.mutable_credits() = view.Money(row.credits);
  *out.mutable_balance() = view.Money(row.debits - row.credits);
  return out;
}

v1::Charge ToProto(const View& view, const Charge& charge) {
  v1::Charge out;
  out.set_name(view.Name("charges", charge.id));
  out.set_patient(view.Name("patients", charge.patient));
  out.set_appointment(view.Name("appointments", charge.appointment));
  out.set_course(view.Name("courses", charge.course));
  out.set_program(charge.program);
  out.set_visit_type(charge.visit_type);
  out.set_description(charge.description);
  out.set_service_code(charge.service_code);
  *out.mutable_amount() = view.Money(charge.amount);
  *out.mutable_service_date() = rpc::ToProto(charge.service_date);
  out.set_ledger_transaction(view.Name("ledgerTransactions", charge.transaction));
  *out.mutable_create_time() = rpc::ToProto(charge.create_time);
  return out;
}

v1::CancellationFee ToProto(const View& view, const CancellationFee& fee) {
  v1::CancellationFee out;
  out.set_name(view.Name("cancellationFees", fee.id));
  out.set_patient(view.Name("patients", fee.patient));
  out.set_appointment(view.Name("appointments", fee.appointment));
  out.set_policy(view.Name("cancellationPolicies", fee.policy));
  out.set_cause(static_cast<v1::CancellationFee::Cause>(fee.cause));
  out.set_state(static_cast<v1::CancellationFee::State>(fee.state));
  *out.mutable_amount() = view.Money(fee.amount);
  out.set_waive_reason(fee.waive_reason);
  out.set_etag(rpc::Etag(fee.version));
  *out.mutable_create_time() = rpc::ToProto(fee.create_time);
  *out.mutable_update_time() = rpc::ToProto(fee.update_time);
  return out;
}

v1::UnappliedDeposit UnappliedToProto(const View& view, const Payment& payment, absl::Time now) {
  v1::UnappliedDeposit out;
  out.set_payment(view.Name("payments", payment.id));
  out.set_patient(view.Name("patients", payment.patient));
  *out.mutable_amount() = view.Money(payment.unapplied);
  const absl::Time captured = payment.capture_time.value_or(payment.create_time);
  *out.mutable_capture_time() = rpc::ToProto(captured);
  out.set_age_days(static_cast<int>((now - captured) / absl::Hours(24)));
  return out;
}

}  // namespace kat::billing
