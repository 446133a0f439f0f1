#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/request_converters.h"
#include "services/intake/domain/errors.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// The medication list.
namespace kat::intake {
namespace {

absl::Status AnnounceChange(Tx& tx, const PatientId& patient) {
  ASSIGN_OR_RETURN(const int64_t version, tx.patients().ChangeMedicationList(patient));
  RETURN_IF_ERROR(Announce(
      tx, patient,
      {.type = "medications.changed", .subject = MedicationListName(tx.clinic(), patient), .version = version}));
  return Refresh(tx, patient);
}

class MedicationHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("AddMedication", this, &MedicationHandlers::Add);
    service.Unary("StopMedication", this, &MedicationHandlers::Stop);
    service.Unary("GetMedicationList", this, &MedicationHandlers::GetList);
    service.Unary("VerifyMedicationList", this, &MedicationHandlers::Verify);
    service.Unary("ListMedicationVerifications", this, &MedicationHandlers::ListVerifications);
  }

 private:
  absl::StatusOr<v1::Medication> Add(rpc::Call& call, const v1::AddMedicationRequest& request) {
    ASSIGN_OR_RETURN(const Medication draft, FromProto(request.medication()));
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Medication> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const auto existing, tx.medications().List({.patient = patient.id}));
      RETURN_IF_ERROR(CheckRoom(existing));
      Medication medication = draft;
      medication.id = MedicationId(NewId());
      medication.patient = patient.id;
      medication.create_time = tx.now();
      RETURN_IF_ERROR(tx.medications().Insert(medication));
      RETURN_IF_ERROR(AnnounceChange(tx, patient.id));
      return ToProto(medication, tx.clinic());
    });
  }

  absl::StatusOr<v1::Medication> Stop(rpc::Call& call, const v1::StopMedicationRequest& request) {
    ASSIGN_OR_RETURN(const absl::CivilDay end, rpc::FromProto(request.end_date(), "end_date"));
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Medication> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.name())));
      ASSIGN_OR_RETURN(Medication medication, tx.medications().Get(patient.id, rpc::LastSegment(request.name())));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      RETURN_IF_ERROR(StopMedication(medication, end, request.reason(), today));
      RETURN_IF_ERROR(tx.medications().Update(medication));
      RETURN_IF_ERROR(AnnounceChange(tx, patient.id));
      return ToProto(medication, tx.clinic());
    });
  }

  absl::StatusOr<v1::MedicationList> GetList(rpc::Call& call, const v1::GetMedicationListRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::MedicationList> {
      const PatientId patient = PatientIn(request.name());
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      ASSIGN_OR_RETURN(const absl::CivilDay day,
                       DayOr(request.has_as_of_date(), request.as_of_date(), "as_of_date", today));
      ASSIGN_OR_RETURN(const int64_t version, tx.patients().MedicationListVersion(patient));
      ASSIGN_OR_RETURN(const auto medications, tx.medications().List({.patient = patient}));
      ASSIGN_OR_RETURN(const auto verifications, tx.verifications().List({.patient = patient}));
      v1::MedicationList list;
      list.set_name(request.name());
      list.set_etag(rpc::Etag(version));
      for (const Medication& medication : medications) {
        if (request.include_stopped() || medication.TakenOn(day)) {
          *list.add_medications() = ToProto(medication, tx.clinic());
        }
      }
      if (!verifications.empty()) {
        *list.mutable_last_verification() = ToProto(verifications[0], tx.clinic());
        list.set_verified(verifications[0].list_version == version);
      }
      if (request.program().empty()) return list;
      ASSIGN_OR_RETURN(const auto rules, tx.interaction_rules().InForce(request.program(), day));
      if (!rules) return list;
      for (const InteractionFlag& flag : FindInteractions(medications, verifications, rules->rules, day)) {
        *list.add_flags() = ToProto(flag, tx.clinic(), patient);
      }
      return list;
    });
  }

  absl::StatusOr<v1::MedicationVerification> Verify(rpc::Call& call, const v1::VerifyMedicationListRequest& request) {
    if (request.signed_off_codes_size() > 0 && !call.identity().Has(common::v1::ROLE_PSYCHIATRIST)) {
      return SignOffNeedsPsychiatrist();
    }
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MedicationVerification> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const int64_t version, tx.patients().MedicationListVersion(patient.id));
      RETURN_IF_ERROR(rpc::CheckEtag(request.list_etag(), version, "medication list"));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      MedicationVerification verification{
          .id = VerificationId(NewId()),
          .patient = patient.id,
          .verified_by = call.identity().subject,
          .source = request.source(),
          .changes = request.changes(),
          .list_version = version,
          .signed_off_codes = {request.signed_off_codes().begin(), request.signed_off_codes().end()},
          .create_time = tx.now()};
      ASSIGN_OR_RETURN(verification.verified_date,
                       DayOr(request.has_verified_date(), request.verified_date(), "verified_date", today));
      if (verification.verified_date > today) return InvalidField("verified_date", "lies in the future");
      RETURN_IF_ERROR(tx.verifications().Insert(verification));
      RETURN_IF_ERROR(Announce(tx, patient.id,
                               {.type = "medications.verified",
                                .subject = MedicationListName(tx.clinic(), patient.id),
                                .version = version}));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return ToProto(verification, tx.clinic());
    });
  }

  absl::StatusOr<v1::ListMedicationVerificationsResponse> ListVerifications(
      rpc::Call& call, const v1::ListMedicationVerificationsRequest& request) {
    return ServePage<v1::ListMedicationVerificationsResponse>(
        call, request, RecordQuery{.patient = PatientIn(request.parent())},
        [](Tx& tx, const RecordQuery& q) { return tx.verifications().List(q); }, kByAge,
        [](Tx& tx, const auto& row, auto& out) { *out.add_medication_verifications() = ToProto(row, tx.clinic()); });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeMedicationHandlers(Store& store) { return std::make_unique<MedicationHandlers>(store); }

}  // namespace kat::intake
