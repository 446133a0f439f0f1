#include "services/messaging/worker/bundle.h"

#include <algorithm>
#include <tuple>

#include "libs/base/status_macros.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/domain/sending.h"
#include "services/messaging/effects/message_effects.h"

namespace kat::messaging {
namespace {

// Whether `other` goes before `message`: it is on its way, or speaks of an earlier visit.
bool Leads(const PatientMessage& other, const PatientMessage& message) {
  if (other.id == message.id) return false;
  if (other.state == MessageState::kSending) return true;
  return std::tie(other.appointment_start, other.id) < std::tie(message.appointment_start, message.id);
}

absl::StatusOr<std::vector<PatientMessage>> LockFollowers(Tx& tx, const PatientMessage& leader) {
  std::vector<PatientMessage> followers;
  if (!Bundles(leader)) return followers;
  ASSIGN_OR_RETURN(const std::vector<PatientMessage> open, tx.LockOpenNotices(leader));
  for (const PatientMessage& other : open) {
    if (other.state == MessageState::kPlanned && other.told_by == leader.id) followers.push_back(other);
  }
  return followers;
}

}  // namespace

absl::StatusOr<bool> WaitsForLeader(Tx& tx, PatientMessage& message) {
  if (!Bundles(message)) return false;
  ASSIGN_OR_RETURN(std::vector<PatientMessage> open, tx.LockOpenNotices(message));
  const auto leader =
      std::find_if(open.begin(), open.end(), [&](const PatientMessage& other) { return Leads(other, message); });
  if (leader != open.end()) {
    message.plan_at = std::max(leader->plan_at, tx.now()) + limits::kAfterLeader;
    RETURN_IF_ERROR(Advance(message, MessageEvent::kDefer, tx.now()));
    RETURN_IF_ERROR(tx.UpdateMessage(message));
    RETURN_IF_ERROR(
        tx.Schedule({.kind = kSendJob, .key = message.id.str(), .due_at = message.plan_at, .payload = "{}"}));
    return true;
  }
  message.told_by = MessageId();
  for (PatientMessage& other : open) {
    if (other.id == message.id || other.told_by == message.id) continue;
    other.told_by = message.id;
    RETURN_IF_ERROR(tx.UpdateMessage(other));
  }
  return false;
}

absl::StatusOr<Bundle> ReadBundle(Tx& tx, SchedulingClient& scheduling, const PatientMessage& leader) {
  Bundle bundle;
  ASSIGN_OR_RETURN(bundle.followers, LockFollowers(tx, leader));
  for (const PatientMessage& follower : bundle.followers) {
    const absl::StatusOr<Appointment> now = scheduling.GetAppointment(tx.clinic(), follower.appointment);
    if (!now.ok() && !absl::IsNotFound(now.status())) return now.status();
    if (!now.ok() || Stale(follower, *now, tx.now()) != Suppression::kNone) bundle.untrue.push_back(follower);
  }
  return bundle;
}

absl::Status Release(Tx& tx, std::vector<PatientMessage>& followers) {
  for (PatientMessage& follower : followers) {
    follower.told_by = MessageId();
    RETURN_IF_ERROR(tx.UpdateMessage(follower));
  }
  return absl::OkStatus();
}

absl::Status EndFollowers(Tx& tx, const PatientMessage& leader, Suppression reason) {
  ASSIGN_OR_RETURN(std::vector<PatientMessage> followers, LockFollowers(tx, leader));
  for (PatientMessage& follower : followers) RETURN_IF_ERROR(KeepSuppressedQuietly(tx, follower, reason));
  return absl::OkStatus();
}

}  // namespace kat::messaging
