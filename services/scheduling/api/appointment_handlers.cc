#include "services/scheduling/api/appointment_handlers.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_calendar.h"
#include "services/scheduling/api/merge.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/block_booking.h"
#include "services/scheduling/ops/capacity.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/move.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/ops/setup_lock.h"
#include "services/scheduling/ops/wait_list_end.h"

namespace kat::scheduling {
namespace {

// The appointment of a checked name, locked, with the etag that the caller has read.
absl::StatusOr<Appointment> GetForChange(Tx& tx, const std::string& name, const std::string& etag) {
  ASSIGN_OR_RETURN(Appointment appointment,
                   tx.appointments().Get(AppointmentId(rpc::LastSegment(name)), Lock::kForUpdate));
  RETURN_IF_ERROR(rpc::CheckEtag(etag, appointment.version, "appointment"));
  return appointment;
}

absl::Status Save(Tx& tx, Appointment& appointment, absl::string_view what) {
  ++appointment.version;
  appointment.updated_at = tx.now();
  RETURN_IF_ERROR(tx.appointments().Update(appointment));
  return Publish(tx, appointment, what);
}

// Instants at the beginning of the clinic's days.
absl::StatusOr<std::optional<absl::Time>> DayBegin(bool present, const google::type::Date& date,
                                                   absl::string_view field, absl::TimeZone zone) {
  ASSIGN_OR_RETURN(const std::optional<absl::CivilDay> day, DayFromProto(present, date, field));
  return day ? std::optional(absl::FromCivil(*day, zone)) : std::nullopt;
}

}  // namespace

void AppointmentHandlers::Register(rpc::Service& service) {
  service.Unary("CreateAppointment", this, &AppointmentHandlers::CreateAppointment);
  service.Unary("GetAppointment", this, &AppointmentHandlers::GetAppointment);
  service.Unary("ListAppointments", this, &AppointmentHandlers::ListAppointments);
  service.Unary("UpdateAppointment", this, &AppointmentHandlers::UpdateAppointment);
  service.Unary("CancelAppointment", this, &AppointmentHandlers::CancelAppointment);
  service.Unary("ConfirmAppointment", this, &AppointmentHandlers::ConfirmAppointment);
  service.Unary("MarkNoShow", this, &AppointmentHandlers::MarkNoShow);
  service.Unary("CompleteAppointment", this, &AppointmentHandlers::CompleteAppointment);
  service.Unary("MoveAppointment", this, &AppointmentHandlers::MoveAppointment);
}

absl::StatusOr<v1::Appointment> AppointmentHandlers::CreateAppointment(rpc::Call& call,
                                                                       const v1::CreateAppointmentRequest& request) {
  const v1::Appointment& wanted = request.appointment();
  if (!wanted.course().empty()) return InvalidField("appointment.course", "visits of a course are booked by block");
  if (wanted.visit_type().empty()) return InvalidField("appointment.visit_type", "is required");
  if (!wanted.has_start_time()) return InvalidField("appointment.start_time", "is required");
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Appointment> {
    ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
    const auto type = facts.visit_types.find(VisitTypeId(rpc::LastSegment(wanted.visit_type())));
    if (type == facts.visit_types.end() || type->second.retired) return ResourceNotFound("visit type");
    Appointment appointment{.id = AppointmentId(request.appointment_id().empty() ? NewId() : request.appointment_id()),
                            .patient = PatientId(rpc::LastSegment(wanted.patient())),
                            .visit_type = type->first,
                            .program = wanted.program(),
                            .external_ids = FromProto(wanted.external_ids()),
                            .note = wanted.note(),
                            .pinned = wanted.pinned(),
                            .created_at = tx.now(),
                            .updated_at = tx.now()};
    RETURN_IF_ERROR(ValidateExternalIds(appointment.external_ids, "appointment.external_ids"));
    const absl::Time start = rpc::FromProto(wanted.start_time());
    RETURN_IF_ERROR(CheckInReach(start, tx.now(), "appointment.start_time"));
    if (start < tx.now()) return InvalidField("appointment.start_time", "is past");
    appointment.time = {start, start + absl::Minutes(type->second.duration_minutes)};
    ASSIGN_OR_RETURN(
        appointment.assignments,
        ChooseResources(tx, planner_, facts, appointment.patient,
                        {.type = type->first, .start = start, .pinned = FromProto(wanted.assignments())}, {}));
    const std::vector<Reason> faults =
        CheckPlacement(facts.clinic, facts.resources, type->second, "", start, appointment.assignments);
    if (!faults.empty()) return PlanInvalid(faults);
    if (type->second.dosing) return BelongsToCourse();
    RETURN_IF_ERROR(Apply(tx, facts, {.take = {WantOf(appointment)}}));
    RETURN_IF_ERROR(tx.appointments().Insert(appointment, 0));
    RETURN_IF_ERROR(Publish(tx, appointment, "booked"));
    return ToProto(tx.clinic(), appointment);
  });
}

absl::StatusOr<v1::Appointment> AppointmentHandlers::GetAppointment(rpc::Call& call,
                                                                    const v1::GetAppointmentRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Appointment> {
    ASSIGN_OR_RETURN(const Appointment appointment,
                     tx.appointments().Get(AppointmentId(rpc::LastSegment(request.name())), Lock::kNo));
    return ToProto(tx.clinic(), appointment);
  });
}

absl::StatusOr<v1::ListAppointmentsResponse> AppointmentHandlers::ListAppointments(
    rpc::Call& call, const v1::ListAppointmentsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListAppointmentsResponse> {
    ASSIGN_OR_RETURN(const Clinic clinic, tx.clinics().Get());
    const absl::TimeZone zone = clinic.Zone();
    AppointmentFilter filter{.course = CourseId(rpc::LastSegment(request.course())),
                             .patient = PatientId(rpc::LastSegment(request.patient())),
                             .resource = request.resource().empty() ? ResourceKey() : KeyOf(request.resource()),
                             .external_id = FilterId(request.has_external_id(), request.external_id())};
    ASSIGN_OR_RETURN(filter.from, DayBegin(request.has_start_date(), request.start_date(), "start_date", zone));
    ASSIGN_OR_RETURN(filter.until, DayBegin(request.has_end_date(), request.end_date(), "end_date", zone));
    for (int state : request.states()) filter.states.push_back(static_cast<AppointmentState>(state));
    ASSIGN_OR_RETURN(std::vector<Appointment> rows,
                     tx.appointments().List(filter, {.after = page.after, .limit = page.size + 1}));
    v1::ListAppointmentsResponse response;
    response.set_next_page_token(rpc::FinishPage(request, page, rows, [](const Appointment& last) {
      return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(last.time.start)), last.id.str()};
    }));
    for (const Appointment& row : rows) *response.add_appointments() = ToProto(tx.clinic(), row);
    return response;
  });
}

absl::StatusOr<v1::Appointment> AppointmentHandlers::UpdateAppointment(rpc::Call& call,
                                                                       const v1::UpdateAppointmentRequest& request) {
  std::set<std::string> paths(request.update_mask().paths().begin(), request.update_mask().paths().end());
  if (IsWhole(request.update_mask())) paths = {"external_ids", "note"};
  for (const std::string& path : paths) {
    if (path != "external_ids" && path != "note" && path != "pinned") {
      return InvalidField("update_mask", absl::StrCat(path, " cannot be changed; move or cancel it instead"));
    }
  }
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Appointment> {
    ASSIGN_OR_RETURN(Appointment appointment,
                     GetForChange(tx, request.appointment().name(), request.appointment().etag()));
    if (paths.contains("note")) appointment.note = request.appointment().note();
    if (paths.contains("pinned")) appointment.pinned = request.appointment().pinned();
    if (paths.contains("external_ids")) appointment.external_ids = FromProto(request.appointment().external_ids());
    RETURN_IF_ERROR(ValidateExternalIds(appointment.external_ids, "appointment.external_ids"));
    RETURN_IF_ERROR(Save(tx, appointment, "updated"));
    return ToProto(tx.clinic(), appointment);
  });
}

absl::StatusOr<v1::Appointment> AppointmentHandlers::CancelAppointment(rpc::Call& call,
                                                                       const v1::CancelAppointmentRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Appointment> {
    ASSIGN_OR_RETURN(const Appointment appointment, GetForChange(tx, request.name(), request.etag()));
    ASSIGN_OR_RETURN(const Appointment cancelled,
                     CancelOne(tx, appointment, {.reason = request.reason(), .by_clinic = request.by_clinic()}));
    return ToProto(tx.clinic(), cancelled);
  });
}

absl::StatusOr<v1::Appointment> AppointmentHandlers::ConfirmAppointment(rpc::Call& call,
                                                                        const v1::ConfirmAppointmentRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Appointment> {
    ASSIGN_OR_RETURN(Appointment appointment, GetForChange(tx, request.name(), request.etag()));
    if (appointment.state == AppointmentState::kConfirmed) return ToProto(tx.clinic(), appointment);
    ASSIGN_OR_RETURN(appointment.state, Next(appointment.state, AppointmentAction::kConfirm));
    RETURN_IF_ERROR(Save(tx, appointment, "confirmed"));
    return ToProto(tx.clinic(), appointment);
  });
}

absl::StatusOr<v1::Appointment> AppointmentHandlers::MarkNoShow(rpc::Call& call, const v1::MarkNoShowRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Appointment> {
    ASSIGN_OR_RETURN(Appointment appointment, GetForChange(tx, request.name(), request.etag()));
    ASSIGN_OR_RETURN(appointment.state, Next(appointment.state, AppointmentAction::kNoShow));
    if (tx.now() < appointment.time.start) return NotYetDue();
    appointment.condition.reset();
    RETURN_IF_ERROR(GiveBack(tx, {OwnerOf(appointment.id)}));
    RETURN_IF_ERROR(Save(tx, appointment, "no_show"));
    RETURN_IF_ERROR(TellOver(tx, appointment));
    RETURN_IF_ERROR(TellFreed(tx, {appointment.time}));
    return ToProto(tx.clinic(), appointment);
  });
}

absl::StatusOr<v1::Appointment> AppointmentHandlers::CompleteAppointment(
    rpc::Call& call, const v1::CompleteAppointmentRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Appointment> {
    ASSIGN_OR_RETURN(Appointment appointment, GetForChange(tx, request.name(), request.etag()));
    ASSIGN_OR_RETURN(const VisitType type, tx.visit_types().Get(appointment.visit_type));
    if (type.dosing) return DosingVisit();
    ASSIGN_OR_RETURN(appointment.state, Next(appointment.state, AppointmentAction::kTakePlace));
    if (tx.now() < appointment.time.start) return NotYetDue();
    RETURN_IF_ERROR(Save(tx, appointment, "completed"));
    RETURN_IF_ERROR(TellOver(tx, appointment));
    return ToProto(tx.clinic(), appointment);
  });
}

absl::StatusOr<VisitConditions> AppointmentHandlers::CheckGates(rpc::Call& call,
                                                                const v1::MoveAppointmentRequest& request) {
  GateQuestion question;
  RETURN_IF_ERROR(store_.Run(
      {.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true}, [&](Tx& tx) -> absl::Status {
        question = {};
        ASSIGN_OR_RETURN(const Appointment first,
                         tx.appointments().Get(AppointmentId(rpc::LastSegment(request.name())), Lock::kNo));
        if (first.course.empty()) return absl::OkStatus();
        ASSIGN_OR_RETURN(const CourseFacts facts, LoadCourseFacts(tx, first.course, Lock::kNo));
        std::vector<Appointment> moved;
        for (const v1::PlannedMove& move : request.moves()) {
          for (Appointment appointment : facts.appointments) {
            if (appointment.id != AppointmentId(rpc::LastSegment(move.appointment()))) continue;
            appointment.time.start = rpc::FromProto(move.start_time());
            moved.push_back(std::move(appointment));
          }
        }
        question = QuestionOfMoves(facts, moved);
        return absl::OkStatus();
      }));
  question.allow_conditional = !request.require_coverage();
  ASSIGN_OR_RETURN(GateAnswer answer, gates_.AskForMove(call, question));
  if (!answer.unmet.empty()) return MoveRefused(std::move(answer.unmet));
  return std::move(answer.conditional);
}

absl::StatusOr<v1::MoveAppointmentResponse> AppointmentHandlers::MoveAppointment(
    rpc::Call& call, const v1::MoveAppointmentRequest& request) {
  if (request.moves(0).appointment() != request.name()) {
    return InvalidField("moves[0].appointment", "must be the appointment of the request");
  }
  ASSIGN_OR_RETURN(const auto replayed, call.Replayed<v1::MoveAppointmentResponse>(store_));
  if (replayed) return *replayed;
  ASSIGN_OR_RETURN(const VisitConditions conditional, CheckGates(call, request));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::MoveAppointmentResponse> {
    RETURN_IF_ERROR(HoldSetup(tx));
    // The course is locked before its appointments, as everywhere.
    ASSIGN_OR_RETURN(const Appointment first,
                     tx.appointments().Get(AppointmentId(rpc::LastSegment(request.name())), Lock::kNo));
    CourseFacts facts;
    if (!first.course.empty()) RETURN_IF_ERROR(tx.courses().Get(first.course, Lock::kForUpdate).status());
    std::vector<Move> moves;
    std::set<std::string> seen;
    for (int i = 0; i < request.moves_size(); ++i) {
      const v1::PlannedMove& move = request.moves(i);
      if (!seen.insert(move.appointment()).second) {
        return InvalidField(absl::StrCat("moves[", i, "].appointment"), "moves twice");
      }
      ASSIGN_OR_RETURN(const Appointment appointment, GetForChange(tx, move.appointment(), move.etag()));
      moves.push_back({appointment.id, rpc::FromProto(move.start_time()), FromProto(move.assignments())});
      RETURN_IF_ERROR(CheckInReach(moves.back().start, tx.now(), absl::StrCat("moves[", i, "].start_time")));
    }
    ASSIGN_OR_RETURN(facts, LoadMoveFacts(tx, first, Lock::kForUpdate));
    ASSIGN_OR_RETURN(const std::vector<Appointment> moved,
                     MoveAll(tx, planner_, facts, std::move(moves), OverridesOf(request.overrides()), conditional));
    v1::MoveAppointmentResponse response;
    for (const Appointment& appointment : moved) *response.add_appointments() = ToProto(tx.clinic(), appointment);
    return response;
  });
}

}  // namespace kat::scheduling
