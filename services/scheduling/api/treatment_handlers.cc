#include "services/scheduling/api/treatment_handlers.h"

#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_treatment.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/block_booking.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/wait_list_end.h"

namespace kat::scheduling {
namespace {

// What a check-in needs to know before it asks anybody.
struct Arrival {
  Appointment appointment;
  VisitType type;
  absl::CivilDay day;    // of the appointment
  absl::CivilDay today;  // at the clinic
};

AppointmentId AppointmentOf(absl::string_view name) { return AppointmentId(rpc::SegmentAfter(name, "appointments")); }

absl::StatusOr<Arrival> ReadArrival(Tx& tx, const v1::CheckInRequest& request, Lock lock) {
  Arrival arrival;
  ASSIGN_OR_RETURN(arrival.appointment, tx.appointments().Get(AppointmentOf(request.name()), lock));
  RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), arrival.appointment.version, "appointment"));
  RETURN_IF_ERROR(Next(arrival.appointment.state, AppointmentAction::kCheckIn).status());
  ASSIGN_OR_RETURN(arrival.type, tx.visit_types().Get(arrival.appointment.visit_type));
  if (!arrival.type.dosing) return NotADosingVisit();
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  arrival.day = DayAt(arrival.appointment.time.start, clinic.zone);
  arrival.today = DayAt(tx.now(), clinic.zone);
  return arrival;
}

void Append(Unmet more, Unmet* unmet) {
  unmet->insert(unmet->end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

absl::StatusOr<Appointment> Step(Tx& tx, Appointment appointment, AppointmentAction action, absl::string_view event) {
  ASSIGN_OR_RETURN(appointment.state, Next(appointment.state, action));
  ++appointment.version;
  appointment.updated_at = tx.now();
  RETURN_IF_ERROR(tx.appointments().Update(appointment));
  RETURN_IF_ERROR(Publish(tx, appointment, event));
  return appointment;
}

absl::Status PublishTreatment(Tx& tx, const TreatmentRecord& record, int64_t version, absl::string_view what,
                              std::optional<tx::Work> work = std::nullopt) {
  tx::Event event{.type = absl::StrCat("treatment.", what),
                  .subject = NameOf(tx.clinic(), record.appointment),
                  .subject_version = version,
                  .state = StateName(record.state),
                  .related = {{"patient", NameOf(tx.clinic(), record.patient)}},
                  .work = std::move(work)};
  if (!record.course.empty()) event.related["course"] = NameOf(tx.clinic(), record.course);
  return tx.Publish(event);
}

absl::StatusOr<Monitoring> MonitoringOf(Tx& tx, const TreatmentRecord& record) {
  ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(record.appointment, Lock::kNo));
  ASSIGN_OR_RETURN(const VisitType type, tx.visit_types().Get(appointment.visit_type));
  return type.monitoring;
}

// The member of staff of a key; none where there is no such one, which a record would name for ever.
absl::StatusOr<std::optional<Resource>> FindStaff(Tx& tx, const ResourceKey& key) {
  if (key.empty()) return std::nullopt;
  absl::StatusOr<Resource> staff = tx.resources().Get(key);
  if (absl::IsNotFound(staff.status())) return std::nullopt;
  RETURN_IF_ERROR(staff.status());
  return *std::move(staff);
}

absl::Status CheckStaff(Tx& tx, const std::string& name, absl::string_view field) {
  if (name.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<Resource> staff, FindStaff(tx, ResourceKeyOf(name)));
  return staff ? absl::OkStatus() : InvalidField(field, "is no member of staff of the clinic");
}

absl::StatusOr<Decider> DeciderOf(Tx& tx, const ResourceKey& key) {
  ASSIGN_OR_RETURN(const std::optional<Resource> staff, FindStaff(tx, key));
  Decider decider = Decider::kNone;
  for (const int role : staff ? staff->roles : std::vector<int>()) {
    if (role == common::v1::ROLE_PSYCHIATRIST || role == common::v1::ROLE_ADMINISTERING_CLINICIAN) {
      return Decider::kPrescriber;
    }
    if (role == common::v1::ROLE_NURSE) decider = Decider::kNurse;
  }
  return decider;
}

// Locks the record, lets `body` change it, and writes it.
template <class Body>
absl::StatusOr<v1::TreatmentRecord> Edit(Store& store, rpc::Call& call, const std::string& name,
                                         const std::string& etag, Body body) {
  return call.Write(store, [&](Tx& tx) -> absl::StatusOr<v1::TreatmentRecord> {
    ASSIGN_OR_RETURN(TreatmentRecord record, tx.treatments().Get(AppointmentOf(name), Lock::kForUpdate));
    RETURN_IF_ERROR(rpc::CheckEtag(etag, record.version, "treatment record"));
    RETURN_IF_ERROR(body(tx, record));
    ++record.version;
    record.updated_at = tx.now();
    RETURN_IF_ERROR(tx.treatments().Update(record));
    return ToProto(tx.clinic(), record);
  });
}

}  // namespace

void TreatmentHandlers::Register(rpc::Service& service) {
  service.Unary("CheckIn", this, &TreatmentHandlers::CheckIn);
  service.Unary("RecordDose", this, &TreatmentHandlers::RecordDose);
  service.Unary("RecordVitalSigns", this, &TreatmentHandlers::RecordVitalSigns);
  service.Unary("RecordAdverseEvent", this, &TreatmentHandlers::RecordAdverseEvent);
  service.Unary("ExtendObservation", this, &TreatmentHandlers::ExtendObservation);
  service.Unary("DischargePatient", this, &TreatmentHandlers::Discharge);
  service.Unary("EndWithoutTreatment", this, &TreatmentHandlers::EndWithout);
  service.Unary("GetTreatmentRecord", this, &TreatmentHandlers::Get);
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::CheckIn(rpc::Call& call, const v1::CheckInRequest& request) {
  ASSIGN_OR_RETURN(std::optional<v1::TreatmentRecord> replayed, call.Replayed<v1::TreatmentRecord>(store_));
  if (replayed) return *std::move(replayed);
  Arrival arrival;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true},
                             [&](Tx& tx) -> absl::Status {
                               ASSIGN_OR_RETURN(arrival, ReadArrival(tx, request, Lock::kNo));
                               return absl::OkStatus();
                             }));
  const Appointment& appointment = arrival.appointment;
  const Transport transport = FromProto(request.transport());
  Unmet unmet = UnmetAtCheckIn(arrival.day, arrival.today, arrival.type, transport, request.name());
  ASSIGN_OR_RETURN(Unmet readiness, readiness_.Check(call, appointment.patient, appointment.program, arrival.today));
  Append(std::move(readiness), &unmet);
  const GateQuestion question{
      .patient = appointment.patient,
      .course = appointment.course,
      .program = appointment.program,
      .visits = {{appointment.visit_id, appointment.session_number, appointment.visit_type, arrival.today}}};
  for (ReservingGate* gate : {&billing_, &authorization_}) {
    ASSIGN_OR_RETURN(GateAnswer more, gate->Check(call, question));
    Append(std::move(more.unmet), &unmet);
  }
  if (!unmet.empty()) return CheckInRefused(std::move(unmet));

  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::TreatmentRecord> {
    ASSIGN_OR_RETURN(Arrival now, ReadArrival(tx, request, Lock::kForUpdate));
    RETURN_IF_ERROR(CheckStaff(tx, request.monitored_by(), "monitored_by"));
    now.appointment.condition.reset();  // it is covered: authorization has just said so
    ASSIGN_OR_RETURN(const Appointment checked_in,
                     Step(tx, std::move(now.appointment), AppointmentAction::kCheckIn, "checked_in"));
    RETURN_IF_ERROR(TellOver(tx, checked_in));
    const TreatmentRecord record = OpenRecord(checked_in, transport, ResourceKeyOf(request.monitored_by()), tx.now());
    RETURN_IF_ERROR(tx.treatments().Insert(record));
    RETURN_IF_ERROR(PublishTreatment(tx, record, checked_in.version, "started"));
    return ToProto(tx.clinic(), record);
  });
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::RecordDose(rpc::Call& call,
                                                                  const v1::RecordDoseRequest& request) {
  std::optional<PressureDecision> decision;
  if (request.has_pressure_decision()) {
    decision =
        PressureDecision{ResourceKeyOf(request.pressure_decision().decided_by()), request.pressure_decision().reason()};
  }
  return Edit(store_, call, request.name(), request.etag(), [&](Tx& tx, TreatmentRecord& record) -> absl::Status {
    ASSIGN_OR_RETURN(const Monitoring monitoring, MonitoringOf(tx, record));
    RETURN_IF_ERROR(CheckStaff(tx, request.dose().given_by(), "dose.given_by"));
    if (decision) {
      ASSIGN_OR_RETURN(const Decider decider, DeciderOf(tx, decision->decided_by));
      if (decider != Decider::kPrescriber) {
        return InvalidField("pressure_decision.decided_by", "must be a prescriber of the clinic");
      }
    }
    const TreatmentState before = record.state;
    RETURN_IF_ERROR(AddDose(record, FromProto(request.dose()), request.last_dose(), decision, monitoring, tx.now()));
    if (record.state == before) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(record.appointment, Lock::kNo));
    return PublishTreatment(tx, record, appointment.version, "progressed");
  });
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::RecordVitalSigns(rpc::Call& call,
                                                                        const v1::RecordVitalSignsRequest& request) {
  return Edit(store_, call, request.name(), /*etag=*/"", [&](Tx& tx, TreatmentRecord& record) {
    return AddVitalSigns(record, FromProto(request.vital_signs()), tx.now());
  });
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::RecordAdverseEvent(
    rpc::Call& call, const v1::RecordAdverseEventRequest& request) {
  return Edit(store_, call, request.name(), /*etag=*/"", [&](Tx& tx, TreatmentRecord& record) -> absl::Status {
    RETURN_IF_ERROR(AddAdverseEvent(record, FromProto(request.adverse_event()), tx.now()));
    if (!request.adverse_event().serious()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(record.appointment, Lock::kNo));
    return PublishTreatment(tx, record, appointment.version, "serious_adverse_event",
                            tx::Work{.kind = "SERIOUS_ADVERSE_EVENT",
                                     .role = common::v1::ROLE_PSYCHIATRIST,
                                     .urgency = tx::Work::Urgency::kUrgent});
  });
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::ExtendObservation(rpc::Call& call,
                                                                         const v1::ExtendObservationRequest& request) {
  return Edit(store_, call, request.name(), /*etag=*/"", [&](Tx& tx, TreatmentRecord& record) -> absl::Status {
    const ObservationExtension extension{.until = rpc::FromProto(request.until_time()),
                                         .decided_by = ResourceKeyOf(request.decided_by()),
                                         .reason = request.reason()};
    ASSIGN_OR_RETURN(const Decider decider, DeciderOf(tx, extension.decided_by));
    RETURN_IF_ERROR(scheduling::ExtendObservation(record, extension, decider, tx.now()));
    ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(record.appointment, Lock::kNo));
    return PublishTreatment(tx, record, appointment.version, "extended");
  });
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::Discharge(rpc::Call& call,
                                                                 const v1::DischargePatientRequest& request) {
  return Edit(store_, call, request.name(), request.etag(), [&](Tx& tx, TreatmentRecord& record) -> absl::Status {
    ASSIGN_OR_RETURN(Appointment appointment, tx.appointments().Get(record.appointment, Lock::kForUpdate));
    ASSIGN_OR_RETURN(const Monitoring monitoring, MonitoringOf(tx, record));
    RETURN_IF_ERROR(CheckStaff(tx, request.monitored_by(), "monitored_by"));
    if (!request.monitored_by().empty()) record.monitored_by = ResourceKeyOf(request.monitored_by());
    const auto discharge = FromProto(request.discharge());
    ASSIGN_OR_RETURN(const Decider decider, DeciderOf(tx, discharge.decided_by));
    RETURN_IF_ERROR(
        DischargePatient(record, discharge, decider, monitoring, tx.now(), NameOf(tx.clinic(), appointment.id)));
    ASSIGN_OR_RETURN(const Appointment done,
                     Step(tx, std::move(appointment), AppointmentAction::kComplete, "completed"));
    return PublishTreatment(tx, record, done.version, "completed");
  });
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::EndWithout(rpc::Call& call,
                                                                  const v1::EndWithoutTreatmentRequest& request) {
  return Edit(store_, call, request.name(), request.etag(), [&](Tx& tx, TreatmentRecord& record) -> absl::Status {
    RETURN_IF_ERROR(EndWithoutTreatment(record, request.reason()));
    ASSIGN_OR_RETURN(Appointment appointment, tx.appointments().Get(record.appointment, Lock::kForUpdate));
    RETURN_IF_ERROR(PublishTreatment(tx, record, appointment.version, "ended"));
    return CancelOne(tx, std::move(appointment),
                     {.reason = request.reason(), .by_clinic = true, .action = AppointmentAction::kEndUntreated})
        .status();
  });
}

absl::StatusOr<v1::TreatmentRecord> TreatmentHandlers::Get(rpc::Call& call,
                                                           const v1::GetTreatmentRecordRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::TreatmentRecord> {
    ASSIGN_OR_RETURN(const TreatmentRecord record, tx.treatments().Get(AppointmentOf(request.name()), Lock::kNo));
    return ToProto(tx.clinic(), record);
  });
}

}  // namespace kat::scheduling
