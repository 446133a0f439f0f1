#include "services/scheduling/ops/events.h"

#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/stranding.h"

namespace kat::scheduling {
namespace {

std::map<std::string, std::string> Related(std::map<std::string, std::string> names) {
  std::erase_if(names, [](const auto& entry) { return entry.second.empty(); });
  return names;
}

// Versions of a hold's events: it begins and ends once.
int64_t VersionOf(const Hold& hold) { return hold.state == HoldState::kActive ? 1 : 2; }

std::string StateOf(const Hold& hold) {
  constexpr const char* kNames[] = {"", "ACTIVE", "BOOKED", "RELEASED", "EXPIRED"};
  return kNames[static_cast<int>(hold.state)];
}

const char* KindName(ResourceKind kind) {
  return kind == ResourceKind::kStaff ? "staff" : kind == ResourceKind::kRoom ? "room" : "equipment_pool";
}

constexpr int kAssistant = 3;  // kat.common.v1.ROLE_ASSISTANT
constexpr absl::Duration kSoon = absl::Hours(72);

// A stranded appointment waits for a person until it is somewhere else, off, or sound again. Closing what was never
// opened does nothing.
std::optional<tx::Work> WorkOf(const Tx& tx, const Appointment& appointment, absl::string_view what) {
  if (what == "stranded") {
    const bool soon = appointment.time.start - tx.now() < kSoon;
    return tx::Work{.kind = kRescheduleWork,
                    .role = kAssistant,
                    .due_at = appointment.time.start,
                    .urgency = soon ? tx::Work::Urgency::kSoon : tx::Work::Urgency::kRoutine};
  }
  const bool settled = what == "restored" || what == "moved" || what == "cancelled" || what == "no_show" ||
                       what == "checked_in" || what == "completed";
  if (!settled) return std::nullopt;
  return tx::Work{.kind = kRescheduleWork, .closed = true, .role = kAssistant};
}

std::string StateOf(const Course& course) { return course.state == CourseState::kActive ? "ACTIVE" : "STOPPED"; }

}  // namespace

absl::Status Publish(Tx& tx, const struct Clinic& clinic, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("clinic.", what),
                     .subject = NameOf(tx.clinic()),
                     .subject_version = clinic.version,
                     .state = clinic.state == ClinicState::kActive ? "ACTIVE" : "DISABLED"});
}

absl::Status Publish(Tx& tx, const Course& course, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("course.", what),
                     .subject = NameOf(tx.clinic(), course.id),
                     .subject_version = course.version,
                     .state = StateOf(course),
                     .related = {{"patient", NameOf(tx.clinic(), course.patient)}}});
}

absl::Status Publish(Tx& tx, const Appointment& appointment, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("appointment.", what),
                     .subject = NameOf(tx.clinic(), appointment.id),
                     .subject_version = appointment.version,
                     .state = StateName(appointment.state),
                     .related = Related({{"patient", NameOf(tx.clinic(), appointment.patient)},
                                         {"course", NameOf(tx.clinic(), appointment.course)}}),
                     .work = WorkOf(tx, appointment, what)});
}

absl::Status PublishOverrides(Tx& tx, const Appointment& appointment) {
  for (const ProtocolOverride& decision : appointment.overrides) {
    if (decision.decided_at != tx.now()) continue;  // told before
    RETURN_IF_ERROR(tx.Publish({.type = "appointment.overridden",
                                .subject = NameOf(tx.clinic(), appointment.id),
                                .subject_version = appointment.version,
                                .state = StateName(appointment.state),
                                .related = Related({{"patient", NameOf(tx.clinic(), appointment.patient)},
                                                    {"course", NameOf(tx.clinic(), appointment.course)},
                                                    {"decided_by", NameOf(tx.clinic(), decision.decided_by)}})}));
  }
  return absl::OkStatus();
}

absl::Status Publish(Tx& tx, const Repair& repair, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("repair.", what),
                     .subject = NameOf(tx.clinic(), repair.id),
                     .subject_version = repair.version,
                     .state = StateName(repair.state)});
}

absl::Status Publish(Tx& tx, const Improvement& improvement, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("improvement.", what),
                     .subject = NameOf(tx.clinic(), improvement.id),
                     .subject_version = improvement.version,
                     .state = StateName(improvement.state)});
}

absl::Status Publish(Tx& tx, const Hold& hold, absl::string_view what) {
  return tx.Publish(
      {.type = absl::StrCat("hold.", what),
       .subject = NameOf(tx.clinic(), hold.id),
       .subject_version = VersionOf(hold),
       .state = StateOf(hold),
       .related = {{"patient", NameOf(tx.clinic(), hold.patient)}, {"course", NameOf(tx.clinic(), hold.plan.course)}}});
}

absl::Status Publish(Tx& tx, const Resource& resource, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat(KindName(resource.kind), ".", what),
                     .subject = NameOf(tx.clinic(), resource.key),
                     .subject_version = resource.version,
                     .state = resource.retired ? "RETIRED" : "ACTIVE"});
}

absl::Status Publish(Tx& tx, const WaitListEntry& entry, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("wait_list_entry.", what),
                     .subject = NameOf(tx.clinic(), entry.id),
                     .subject_version = entry.version,
                     .state = StateName(entry.state),
                     .related = Related({{"patient", NameOf(tx.clinic(), entry.patient)},
                                         {"course", NameOf(tx.clinic(), entry.course)}})});
}

// An offer waits for whoever asks the patient, until it ends.
absl::Status Publish(Tx& tx, const WaitListOffer& offer, absl::string_view what) {
  const bool open = offer.state == OfferState::kOpen;
  return tx.Publish({.type = absl::StrCat("wait_list_offer.", what),
                     .subject = NameOf(tx.clinic(), offer.id),
                     .subject_version = offer.version,
                     .state = StateName(offer.state),
                     .related = Related({{"patient", NameOf(tx.clinic(), offer.patient)},
                                         {"course", NameOf(tx.clinic(), offer.course)},
                                         {"entry", NameOf(tx.clinic(), offer.entry)},
                                         {"appointment", NameOf(tx.clinic(), offer.appointment)}}),
                     .work = tx::Work{.kind = "WAIT_LIST_OFFER",
                                      .closed = !open,
                                      .role = kAssistant,
                                      .due_at = open ? std::optional(offer.expires_at) : std::nullopt,
                                      .urgency = tx::Work::Urgency::kSoon}});
}

absl::Status Publish(Tx& tx, const ProtocolVersion& protocol, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("protocol_version.", what),
                     .subject = ProtocolVersionName(tx.clinic(), protocol.protocol, protocol.version),
                     .subject_version = 1});
}

absl::Status PublishBlock(Tx& tx, const Course& course, const Block& block, absl::string_view what) {
  return tx.Publish({.type = absl::StrCat("block.", what),
                     .subject = NameOf(tx.clinic(), course.id),
                     .subject_version = course.version,
                     .state = StateOf(course),
                     .related = Related({{"patient", NameOf(tx.clinic(), course.patient)},
                                         {"block", BlockName(tx.clinic(), course.id, block.number)},
                                         {"financial_reservation", block.financial_reservation},
                                         {"coverage_reservation", block.coverage_reservation}})});
}

}  // namespace kat::scheduling
