#include "services/authorization/worker/worker.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/resource_name.h"
#include "services/authorization/ops/names.h"
#include "services/authorization/ops/reservations.h"
#include "services/authorization/ops/treatments.h"

namespace kat::authorization {
namespace {

using common::v1::Event;
using store::Tx;
using Apply = app::App::Apply<Tx>;

std::string Related(const Event& event, const char* key) {
  const auto found = event.related().find(key);
  return found == event.related().end() ? "" : found->second;
}

class Consumer {
 public:
  Consumer(store::Store& store, SchedulingClient& scheduling, IntakeClient& intake)
      : store_(store), scheduling_(scheduling), intake_(intake) {}

  absl::Status Handle(const Event& event, const Apply& apply) {
    const ClinicId clinic(rpc::LastSegment(event.clinic()));
    if (event.type() == "block.booked") return BlockBooked(clinic, event, apply);
    if (event.type() == "treatment.started" || event.type() == "treatment.completed") {
      return Treatment(clinic, event, apply);
    }
    if (event.type() == "appointment.moved") return Moved(clinic, event, apply);
    return CalledOff(clinic, event, apply);
  }

 private:
  absl::Status BlockBooked(const ClinicId& clinic, const Event& event, const Apply& apply) {
    const std::string reservation = Related(event, "coverage_reservation");
    if (reservation.empty()) return absl::OkStatus();
    const domain::CourseId course(rpc::SegmentAfter(event.subject(), kCourses));
    ASSIGN_OR_RETURN(const auto appointments, scheduling_.AppointmentsOf(As::Service(clinic), course));
    return apply(
        [&](Tx& tx) { return Confirm(tx, domain::ReservationId(rpc::LastSegment(reservation)), appointments); });
  }

  absl::Status Moved(const ClinicId& clinic, const Event& event, const Apply& apply) {
    const domain::AppointmentId id(rpc::LastSegment(event.subject()));
    ASSIGN_OR_RETURN(const domain::Appointment appointment, scheduling_.FindAppointment(As::Service(clinic), id));
    const std::string reservation = Related(event, "coverage_reservation");
    return apply([&](Tx& tx) -> absl::Status {
      if (!reservation.empty()) {
        RETURN_IF_ERROR(
            Confirm(tx, domain::ReservationId(rpc::LastSegment(reservation)), {{appointment.visit_id, appointment}}));
      }
      ASSIGN_OR_RETURN(const std::optional<domain::UnitLine> line, LineOf(tx, appointment));
      // Asked after the event: the appointment may have moved on, and its own number says how far.
      if (!line || appointment.version < line->appointment_version) return absl::OkStatus();
      ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
      return MoveVisit(tx, *line, DayAt(appointment.start_at, moment.zone), appointment.version);
    });
  }

  absl::Status CalledOff(const ClinicId& clinic, const Event& event, const Apply& apply) {
    const domain::AppointmentId id(rpc::LastSegment(event.subject()));
    ASSIGN_OR_RETURN(const domain::Appointment appointment, scheduling_.FindAppointment(As::Service(clinic), id));
    return apply([&](Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(WithdrawForm(tx, id));
      ASSIGN_OR_RETURN(const std::optional<domain::UnitLine> line, LineOf(tx, appointment));
      if (!line || event.subject_version() < line->appointment_version) return absl::OkStatus();
      return CancelVisit(tx, *line, event.subject_version());
    });
  }

  absl::Status Treatment(const ClinicId& clinic, const Event& event, const Apply& apply) {
    const As as = As::Service(clinic);
    const domain::AppointmentId id(rpc::LastSegment(event.subject()));
    ASSIGN_OR_RETURN(const domain::Appointment appointment, scheduling_.FindAppointment(as, id));
    if (event.type() == "treatment.started") {
      return apply([&](Tx& tx) { return OpenForm(tx, appointment); });
    }
    ASSIGN_OR_RETURN(const domain::TreatmentRecord record, scheduling_.FindTreatmentRecord(as, id));
    std::optional<std::vector<std::string>> classes;
    if (appointment.session_number > 0) {
      ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(clinic, appointment));
      const absl::StatusOr<domain::PatientEvidence> evidence =
          intake_.Evidence(as, appointment.patient, appointment.program, day);
      if (absl::IsUnavailable(evidence.status())) return evidence.status();  // comes again
      if (evidence.ok()) {
        classes.emplace();
        for (const domain::Medication& medication : evidence->medications) classes->push_back(medication.drug_class);
      }
    }
    return apply([&](Tx& tx) { return TakeTreatment(tx, appointment, record, classes); });
  }

  // The clinic's day on which the appointment begins.
  absl::StatusOr<absl::CivilDay> DayOf(const ClinicId& clinic, const domain::Appointment& appointment) {
    absl::CivilDay day;
    RETURN_IF_ERROR(store_.Run({.clinic = clinic, .read_only = true}, [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const domain::Moment moment, MomentOf(tx));
      day = DayAt(appointment.start_at, moment.zone);
      return absl::OkStatus();
    }));
    return day;
  }

  // The line of an appointment, or of its visit where the line does not know its appointment.
  static absl::StatusOr<std::optional<domain::UnitLine>> LineOf(Tx& tx, const domain::Appointment& appointment) {
    ASSIGN_OR_RETURN(std::optional<domain::UnitLine> line, tx.LineOfAppointment(appointment.id));
    if (line || appointment.visit_id.empty()) return line;
    ASSIGN_OR_RETURN(line, tx.LineOfVisit(appointment.course, appointment.visit_id));
    if (line && !line->appointment.empty()) line.reset();  // the visit was booked anew, as another appointment
    return line;
  }

  store::Store& store_;
  SchedulingClient& scheduling_;
  IntakeClient& intake_;
};

}  // namespace

void RegisterWorkers(app::App& app, store::Store& store, SchedulingClient& scheduling, IntakeClient& intake) {
  app.OnJob<Tx>(store, kLookJob, [](Tx& tx, const tx::Job& job) { return Look(tx, domain::AuthorizationId(job.key)); });
  app.OnJob<Tx>(store, kUncoveredJob, [](Tx& tx, const tx::Job& job) -> absl::Status {
    int64_t line = 0;
    return absl::SimpleAtoi(job.key, &line) ? WarnUncovered(tx, line) : absl::OkStatus();
  });
  app.OnJob<Tx>(store, kExpireJob,
                [](Tx& tx, const tx::Job& job) { return Expire(tx, domain::ReservationId(job.key)); });
  app.OnJob<Tx>(store, kEscalateJob, [](Tx& tx, const tx::Job& job) { return Escalate(tx, domain::FormId(job.key)); });
  auto consumer = std::make_shared<Consumer>(store, scheduling, intake);
  app.OnEvents<Tx>(store, "scheduling",
                   {"block.booked", "appointment.moved", "appointment.cancelled", "appointment.no_show",
                    "treatment.started", "treatment.completed"},
                   [consumer](const Event& event, const Apply& apply) { return consumer->Handle(event, apply); });
}

}  // namespace kat::authorization
