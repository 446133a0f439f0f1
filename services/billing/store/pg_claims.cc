#include "services/billing/store/pg_tx.h"

namespace kat::billing {
namespace {

struct ClaimRow {
  using Value = Claim;
  static constexpr const char* kTable = "claims";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("patient", s.patient);
    v("appointment", s.appointment);
    v("course", s.course);
    v("payer", s.payer);
    v("program", s.program);
    v("service_date", s.service_date);
    v("state", s.state);
    v("diagnosis_codes", s.diagnosis_codes);
    v("place_of_service", s.place_of_service);
    v("member_id", s.member_id);
    v("authorization_number", s.authorization_number);
    v("rendering_npi", s.rendering_npi);
    v("billing_npi", s.billing_npi);
    v("ndc", s.ndc);
    v("eligibility_confirmed", s.eligibility_confirmed);
    v("filing_deadline", s.filing_deadline);
    v("submission_channel", s.submission_channel);
    v("submission_reference", s.submission_reference);
    v("submit_time", s.submit_time);
    v("payer_control_number", s.payer_control_number);
    v("paid_amount", s.paid_amount);
    v("adjustment_codes", s.adjustment_codes);
    v("version", s.version);
    v("create_time", s.create_time);
    v("update_time", s.update_time);
  }
};

struct ClaimLineRow {
  using Value = ClaimLine;
  static constexpr const char* kTable = "claim_lines";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("code", s.code);
    v("kind", s.kind);
    v("modifiers", s.modifiers);
    v("units", s.units);
    v("charge", s.charge);
    v("drug_identification", s.drug_identification);
  }
};

struct FindingRow {
  using Value = ScrubFinding;
  static constexpr const char* kTable = "claim_findings";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("code", s.code);
    v("severity", s.severity);
    v("message", s.message);
  }
};

absl::Status LoadClaims(Mapper& mapper, List<Claim>& list) {
  RETURN_IF_ERROR(LoadChildren<ClaimLineRow>(
      mapper, list, [](Claim & c) -> auto& { return c.lines; }));
  return LoadChildren<FindingRow>(
      mapper, list, [](Claim & c) -> auto& { return c.findings; });
}

}  // namespace

absl::Status PgTx::Insert(const Claim& claim) {
  RETURN_IF_ERROR(mapper_.Insert<ClaimRow>(claim));
  RETURN_IF_ERROR(mapper_.InsertChildren<ClaimLineRow>(claim.id.str(), claim.lines));
  return mapper_.InsertChildren<FindingRow>(claim.id.str(), claim.findings);
}

absl::Status PgTx::Update(const Claim& claim, int64_t read_version) {
  RETURN_IF_ERROR(mapper_.Update<ClaimRow>(claim, claim.id.str(), read_version, "claim"));
  RETURN_IF_ERROR(mapper_.ReplaceChildren<ClaimLineRow>(claim.id.str(), claim.lines));
  return mapper_.ReplaceChildren<FindingRow>(claim.id.str(), claim.findings);
}

absl::StatusOr<Claim> PgTx::GetClaim(const Id<struct ClaimTag>& id) {
  ASSIGN_OR_RETURN(List<Claim> found, mapper_.Select<ClaimRow>("id = $2", {id}));
  RETURN_IF_ERROR(LoadClaims(mapper_, found));
  if (found.empty()) return ResourceNotFound("claim");
  return std::move(found[0].value);
}

absl::StatusOr<std::optional<Claim>> PgTx::ClaimOf(const AppointmentId& appointment) {
  ASSIGN_OR_RETURN(List<Claim> found, mapper_.Select<ClaimRow>("appointment = $2", {appointment}));
  RETURN_IF_ERROR(LoadClaims(mapper_, found));
  return First(std::move(found));
}

absl::StatusOr<bool> PgTx::HasOtherClaim(const Claim& claim) {
  ASSIGN_OR_RETURN(
      const pg::Row row,
      db().QueryOne("select exists (select from claims where clinic = $1 and patient = $2 and payer = $3 and "
                    "service_date = $4 and id <> $5 and state not in ($6, $7)) as found",
                    {clinic(), claim.patient, claim.payer, claim.service_date, claim.id,
                     static_cast<int>(Claim::State::kVoided), static_cast<int>(Claim::State::kClosed)}));
  return row.Get<bool>("found");
}

absl::StatusOr<std::map<std::string, int>> PgTx::UnitsOfOtherClaims(const Claim& claim, absl::CivilDay from) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query(
          "select l.code, sum(l.units)::integer as units from claims c join claim_lines l on l.clinic = c.clinic "
          "and l.parent = c.id where c.clinic = $1 and c.patient = $2 and c.payer = $3 and c.service_date between "
          "$4 and $5 and c.id <> $6 and c.state not in ($7, $8) group by l.code",
          {clinic(), claim.patient, claim.payer, from, claim.service_date, claim.id,
           static_cast<int>(Claim::State::kVoided), static_cast<int>(Claim::State::kClosed)}));
  std::map<std::string, int> units;
  for (const pg::Row& row : rows) units[row.Get<std::string>("code")] = row.Get<int>("units");
  return units;
}

absl::StatusOr<List<Claim>> PgTx::ListClaims(const PatientId& patient, int state, const AppointmentId& appointment,
                                             const Run& run) {
  ASSIGN_OR_RETURN(
      List<Claim> found,
      mapper_.SelectRun<ClaimRow>(
          "($2 = '' or patient = $2) and ($3::integer = 0 or state = $3) and ($4 = '' or appointment = $4)",
          {patient, state, appointment}, run));
  RETURN_IF_ERROR(LoadClaims(mapper_, found));
  return found;
}

}  // namespace kat::billing
