#include "services/authorization/domain/rems.h"

#include "libs/base/status_macros.h"
#include "services/authorization/domain/errors.h"

namespace kat::authorization::domain {
namespace {

using State = RemsEnrollment::State;

constexpr absl::string_view kSettingNames[] = {"STATE_UNSPECIFIED", "PENDING", "CERTIFIED", "SUSPENDED"};
constexpr absl::string_view kEnrollmentNames[] = {"STATE_UNSPECIFIED", "DRAFT", "SUBMITTED", "ENROLLED", "ENDED"};

constexpr State no = State::kUnspecified;
constexpr State kNextEnrollment[5][3] = {
    //                submit             confirm           end
    /* UNSPECIFIED */ {no, no, no},
    /* DRAFT       */ {State::kSubmitted, no, State::kEnded},
    /* SUBMITTED   */ {State::kSubmitted, State::kEnrolled, State::kEnded},
    /* ENROLLED    */ {no, no, State::kEnded},
    /* ENDED       */ {no, no, no},
};

absl::StatusOr<State> Transition(State state, EnrollmentEvent event, absl::string_view action) {
  const State next = Next(state, event);
  if (next == State::kUnspecified) return WrongState("REMS enrollment", Name(state), action);
  return next;
}

}  // namespace

absl::string_view Name(RemsSetting::State state) { return kSettingNames[static_cast<int>(state)]; }
absl::string_view Name(State state) { return kEnrollmentNames[static_cast<int>(state)]; }
State Next(State state, EnrollmentEvent event) {
  return kNextEnrollment[static_cast<int>(state)][static_cast<int>(event)];
}

absl::Status ValidateSetting(const RemsSetting& setting) {
  if (!setting.acquires_bulk && !setting.acquires_patient_specific) {
    return InvalidField("rems_setting.acquisitions", "at least one is required");
  }
  return absl::OkStatus();
}

absl::Status Certify(RemsSetting& setting, const std::string& rems_id, absl::CivilDay from, absl::CivilDay today) {
  if (from > today) return InvalidField("certified_from", "must not be in the future");
  setting.state = RemsSetting::State::kCertified;
  setting.rems_id = rems_id;
  setting.certified_from = from;
  setting.suspended_from.reset();
  setting.reenrollment_due = false;
  return absl::OkStatus();
}

absl::Status Suspend(RemsSetting& setting, absl::CivilDay from) {
  if (setting.state != RemsSetting::State::kCertified)
    return WrongState("REMS setting", Name(setting.state), "suspended");
  if (from < *setting.certified_from) return InvalidField("suspended_from", "must not be before certified_from");
  setting.state = RemsSetting::State::kSuspended;
  setting.suspended_from = from;
  return absl::OkStatus();
}

absl::Status SubmitEnrollment(RemsEnrollment& enrollment, Channel channel, const std::string& confirmation,
                              absl::Time at, std::optional<absl::CivilDay> patient_signed,
                              std::optional<absl::CivilDay> prescriber_signed, absl::Time now) {
  ASSIGN_OR_RETURN(const State next, Transition(enrollment.state, EnrollmentEvent::kSubmit, "submitted"));
  RETURN_IF_ERROR(NotInFuture(at, now, "submit_time"));
  if (channel == Channel::kPhone) return InvalidField("channel", "must be the portal or fax");
  if (!patient_signed) patient_signed = enrollment.patient_signed;
  if (!prescriber_signed) prescriber_signed = enrollment.prescriber_signed;
  if (!patient_signed || !prescriber_signed) return EnrollmentUnsigned();
  enrollment.patient_signed = patient_signed;
  enrollment.prescriber_signed = prescriber_signed;
  enrollment.channel = channel;
  enrollment.confirmation = confirmation;
  enrollment.submitted_at = at;
  enrollment.state = next;
  return absl::OkStatus();
}

absl::Status ConfirmEnrollment(RemsEnrollment& enrollment, const std::string& rems_patient_id, absl::CivilDay from,
                               absl::CivilDay today) {
  ASSIGN_OR_RETURN(const State next, Transition(enrollment.state, EnrollmentEvent::kConfirm, "confirmed"));
  if (from > today) return InvalidField("enrolled_from", "must not be in the future");
  enrollment.state = next;
  enrollment.rems_patient_id = rems_patient_id;
  enrollment.enrolled_from = from;
  return absl::OkStatus();
}

absl::Status EndEnrollment(RemsEnrollment& enrollment, absl::CivilDay from, const std::string& reason) {
  ASSIGN_OR_RETURN(const State next, Transition(enrollment.state, EnrollmentEvent::kEnd, "ended"));
  if (enrollment.enrolled_from && from < *enrollment.enrolled_from) {
    return InvalidField("ended_from", "must not be before enrolled_from");
  }
  enrollment.state = next;
  enrollment.ended_from = from;
  enrollment.end_reason = reason;
  return absl::OkStatus();
}

const RemsSetting* RemsFacts::SettingOn(absl::CivilDay day) const {
  for (const RemsSetting& setting : settings) {
    if (setting.Certified(day)) return &setting;
  }
  return nullptr;
}

const RemsEnrollment* RemsFacts::EnrollmentOn(absl::CivilDay day) const {
  for (const RemsEnrollment& enrollment : enrollments) {
    if (enrollment.Holds(day)) return &enrollment;
  }
  return nullptr;
}

}  // namespace kat::authorization::domain
