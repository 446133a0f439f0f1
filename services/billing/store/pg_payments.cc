#include "services/billing/store/pg_tx.h"

namespace kat::billing {
namespace {

struct CardRow {
  using Value = CardOnFile;
  static constexpr const char* kTable = "cards_on_file";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("brand", s.brand);
    v("last4", s.last4);
    v("expiry_month", s.expiry_month);
    v("expiry_year", s.expiry_year);
    v("token", s.token);
    v("consent_time", s.consent_time);
    v("consent_reference", s.consent_reference);
    v("state", s.state);
    v("create_time", s.create_time);
  }
};

struct PaymentRow {
  using Value = Payment;
  static constexpr const char* kTable = "payments";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("program", s.program);
    v("course", s.course);
    v("purpose", s.purpose);
    v("tender", s.tender);
    v("amount", s.amount);
    v("card", s.card);
    v("reference", s.reference);
    v("state", s.state);
    v("decline_code", s.decline_code);
    v("processor", s.processor);
    v("processor_reference", s.processor_reference);
    v("idempotency_key", s.idempotency_key);
    v("refunded", s.refunded);
    v("unapplied", s.unapplied);
    v("dispute", s.dispute);
    v("fee", s.fee);
    v("capture_time", s.capture_time);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct RefundRow {
  using Value = Refund;
  static constexpr const char* kTable = "refunds";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("payment", s.payment);
    v("patient", s.patient);
    v("amount", s.amount);
    v("reason", s.reason);
    v("tender", s.tender);
    v("state", s.state);
    v("processor_reference", s.processor_reference);
    v("failure_code", s.failure_code);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct ChargeRow {
  using Value = Charge;
  static constexpr const char* kTable = "charges";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("appointment", s.appointment);
    v("course", s.course);
    v("program", s.program);
    v("visit_type", s.visit_type);
    v("description", s.description);
    v("service_code", s.service_code);
    v("amount", s.amount);
    v("single_price", s.single_price);
    v("service_date", s.service_date);
    v("transaction", s.transaction);
    v("create_time", s.create_time);
  }
};

struct FeeRow {
  using Value = CancellationFee;
  static constexpr const char* kTable = "cancellation_fees";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("appointment", s.appointment);
    v("policy", s.policy);
    v("cause", s.cause);
    v("state", s.state);
    v("amount", s.amount);
    v("waive_reason", s.waive_reason);
    v("transaction", s.transaction);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

constexpr int kCaptured = static_cast<int>(Payment::State::kCaptured);

}  // namespace

absl::Status PgTx::Insert(const CardOnFile& card) { return mapper_.Insert<CardRow>(card); }

absl::Status PgTx::Update(const CardOnFile& card) {
  return mapper_.Update<CardRow>(card, card.id.str(), std::nullopt, "card on file");
}

absl::StatusOr<CardOnFile> PgTx::GetCard(const CardId& id) { return mapper_.Get<CardRow>(id.str(), "card on file"); }

absl::StatusOr<List<CardOnFile>> PgTx::ListCards(const PatientId& patient, const Run& run) {
  return mapper_.SelectRun<CardRow>("patient = $2", {patient}, run);
}

absl::Status PgTx::Insert(const Payment& payment) { return mapper_.Insert<PaymentRow>(payment); }

absl::Status PgTx::Update(const Payment& payment, int64_t read_version) {
  return mapper_.Update<PaymentRow>(payment, payment.id.str(), read_version, "payment");
}

absl::StatusOr<Payment> PgTx::GetPayment(const PaymentId& id) { return mapper_.Get<PaymentRow>(id.str(), "payment"); }

absl::StatusOr<std::optional<Payment>> PgTx::FindPaymentByKey(absl::string_view idempotency_key) {
  return mapper_.Find<PaymentRow>("idempotency_key = $2", {idempotency_key});
}

absl::StatusOr<std::vector<Payment>> PgTx::CapturedPayments(const PatientId& patient, absl::string_view program) {
  ASSIGN_OR_RETURN(List<Payment> found,
                   mapper_.Select<PaymentRow>("patient = $2 and program = $3 and state = $4 order by capture_time, seq",
                                              {patient, program, kCaptured}));
  return Values(std::move(found));
}

absl::StatusOr<std::vector<Payment>> PgTx::CapturedPayments(const PatientId& patient) {
  ASSIGN_OR_RETURN(
      List<Payment> found,
      mapper_.Select<PaymentRow>("patient = $2 and state = $3 order by capture_time, seq", {patient, kCaptured}));
  return Values(std::move(found));
}

absl::StatusOr<List<Payment>> PgTx::ListPayments(const PatientId& patient, const Run& run) {
  return mapper_.SelectRun<PaymentRow>("($2 = '' or patient = $2)", {patient}, run);
}

absl::StatusOr<List<Payment>> PgTx::UnappliedPayments(absl::Time until, const Run& run) {
  return mapper_.Select<PaymentRow>("unapplied > 0 and capture_time <= $2 and seq > $3 order by seq limit $4",
                                    {until, run.before, run.limit});
}

absl::Status PgTx::Insert(const Refund& refund) { return mapper_.Insert<RefundRow>(refund); }

absl::Status PgTx::Update(const Refund& refund) {
  return mapper_.Update<RefundRow>(refund, refund.id.str(), std::nullopt, "refund");
}

absl::StatusOr<Refund> PgTx::GetRefund(const Id<struct RefundTag>& id) {
  return mapper_.Get<RefundRow>(id.str(), "refund");
}

absl::StatusOr<List<Refund>> PgTx::ListRefunds(const PatientId& patient, const PaymentId& payment, const Run& run) {
  return mapper_.SelectRun<RefundRow>("($2 = '' or patient = $2) and ($3 = '' or payment = $3)", {patient, payment},
                                      run);
}

absl::Status PgTx::Insert(const Charge& charge) { return mapper_.Insert<ChargeRow>(charge); }

absl::StatusOr<std::optional<Charge>> PgTx::ChargeOf(const AppointmentId& appointment) {
  return mapper_.Find<ChargeRow>("appointment = $2", {appointment});
}

absl::StatusOr<std::vector<Charge>> PgTx::StandingCharges(const PatientId& patient, absl::string_view program) {
  ASSIGN_OR_RETURN(
      List<Charge> found,
      mapper_.Select<ChargeRow>(
          "patient = $2 and program = $3 and not exists (select from ledger_transactions t where t.clinic = "
          "charges.clinic and t.reverses = charges.transaction) order by seq",
          {patient, program}));
  return Values(std::move(found));
}

absl::StatusOr<List<Charge>> PgTx::ListCharges(const PatientId& patient, const Run& run) {
  return mapper_.SelectRun<ChargeRow>("($2 = '' or patient = $2)", {patient}, run);
}

absl::Status PgTx::Insert(const CancellationFee& fee) { return mapper_.Insert<FeeRow>(fee); }

absl::Status PgTx::Update(const CancellationFee& fee, int64_t read_version) {
  return mapper_.Update<FeeRow>(fee, fee.id.str(), read_version, "cancellation fee");
}

absl::StatusOr<CancellationFee> PgTx::GetFee(const Id<struct CancellationFeeTag>& id) {
  return mapper_.Get<FeeRow>(id.str(), "cancellation fee");
}

absl::StatusOr<std::optional<CancellationFee>> PgTx::FeeOf(const AppointmentId& appointment) {
  return mapper_.Find<FeeRow>("appointment = $2", {appointment});
}

absl::StatusOr<List<CancellationFee>> PgTx::ListFees(const PatientId& patient, const Run& run) {
  return mapper_.SelectRun<FeeRow>("($2 = '' or patient = $2)", {patient}, run);
}

}  // namespace kat::billing
