#include "services/scheduling/domain/wait_list.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/limits.h"

namespace kat::scheduling {
namespace {

bool IsNear(const std::optional<absl::CivilDay>& deadline, absl::CivilDay day) {
  return deadline && day <= *deadline && *deadline - day <= limits::kRepairDays;
}

// Smaller comes first.
auto KeyOf(const WaitListCandidate& candidate, absl::CivilDay day) {
  const WaitListEntry& entry = candidate.entry;
  const OfferRepair repair = RepairOf(candidate, day);
  const int group = repair == OfferRepair::kBrokenGap ? 0 : repair == OfferRepair::kEndingAuthorization ? 1 : 2;
  const absl::CivilDay deadline = repair == OfferRepair::kBrokenGap             ? *candidate.gap_deadline
                                  : repair == OfferRepair::kEndingAuthorization ? *entry.authorization_end
                                                                                : absl::CivilDay();
  return std::tuple(group, deadline, -static_cast<int>(entry.priority), entry.created_at, entry.id);
}

}  // namespace

std::string StateName(WaitState state) {
  constexpr const char* kNames[] = {"", "WAITING", "OFFERED", "BOOKED", "REMOVED", "ENDED"};
  return kNames[static_cast<int>(state)];
}

std::string StateName(OfferState state) {
  constexpr const char* kNames[] = {"", "OPEN", "ACCEPTED", "DECLINED", "EXPIRED", "WITHDRAWN"};
  return kNames[static_cast<int>(state)];
}

absl::Status CompleteEntry(WaitListEntry& entry) {
  if (!entry.course.empty() + !entry.visit_type.empty() + !entry.appointment.empty() != 1) {
    return InvalidField("wait_list_entry.course", "give one of course, visit_type and appointment");
  }
  if (!entry.visit_type.empty() && entry.patient.empty()) return InvalidField("wait_list_entry.patient", "is required");
  if (entry.latest_day < entry.earliest_day) {
    return InvalidField("wait_list_entry.latest_date", "must not be before earliest_date");
  }
  if (entry.latest_day - entry.earliest_day > limits::kMaxWaitDays) {
    return InvalidField("wait_list_entry.latest_date", "must be within a year of earliest_date");
  }
  if (entry.offer_minutes == 0) entry.offer_minutes = limits::kDefaultOfferMinutes;
  if (entry.offer_minutes < limits::kMinOfferMinutes) {
    return InvalidField("wait_list_entry.offer_minutes", absl::StrCat("must be at least ", limits::kMinOfferMinutes));
  }
  return ValidateWeekly(entry.available, "wait_list_entry.available_hours");
}

std::optional<absl::CivilDay> GapDeadline(const std::vector<VisitLag>& lags, const std::vector<TimedVisit>& standing,
                                          const std::vector<std::string>& next, absl::TimeZone zone) {
  std::optional<absl::CivilDay> deadline;
  for (const VisitLag& lag : lags) {
    if (!lag.gap.max_days || std::find(next.begin(), next.end(), lag.to_visit) == next.end()) continue;
    const auto from = std::find_if(standing.begin(), standing.end(),
                                   [&](const TimedVisit& visit) { return visit.visit_id == lag.from_visit; });
    if (from == standing.end()) continue;
    const absl::CivilDay last = DayAt(from->start, zone) + *lag.gap.max_days;
    deadline = deadline ? std::min(*deadline, last) : last;
  }
  return deadline;
}

OfferRepair RepairOf(const WaitListCandidate& candidate, absl::CivilDay day) {
  if (IsNear(candidate.gap_deadline, day)) return OfferRepair::kBrokenGap;
  if (IsNear(candidate.entry.authorization_end, day)) return OfferRepair::kEndingAuthorization;
  return OfferRepair::kNone;
}

void Rank(std::vector<WaitListCandidate>& candidates, absl::CivilDay day) {
  std::sort(candidates.begin(), candidates.end(),
            [&](const WaitListCandidate& a, const WaitListCandidate& b) { return KeyOf(a, day) < KeyOf(b, day); });
}

std::vector<absl::Time> StartsToTry(const WaitListEntry& entry, const TimeSpan& freed, absl::Time now,
                                    absl::TimeZone zone) {
  const absl::Duration grid = absl::Minutes(limits::kSlotMinutes);
  const int notice = std::max(entry.notice_minutes, limits::kMinOfferMinutes);  // an offer must be answered before
  const absl::Time first = std::max(freed.start, now + absl::Minutes(notice));
  // Zones differ from UTC by whole quarters of an hour: the grid of one is the grid of the other.
  absl::Time start = absl::UnixEpoch() + absl::Ceil(first - absl::UnixEpoch(), grid);
  std::vector<absl::Time> starts;
  for (; start < freed.end && static_cast<int>(starts.size()) < limits::kOfferStarts; start += limits::kOfferStep) {
    const absl::CivilDay day = DayAt(start, zone);
    if (entry.earliest_day <= day && day <= entry.latest_day) starts.push_back(start);
  }
  return starts;
}

std::vector<absl::Time> EarlierOf(std::vector<absl::Time> starts, const TimeSpan& standing) {
  std::erase_if(starts, [&](absl::Time start) { return start + (standing.end - standing.start) > standing.start; });
  return starts;
}

WaitEndReason EndReasonOf(AppointmentState state) {
  switch (state) {
    case AppointmentState::kBooked:
    case AppointmentState::kConfirmed:
      break;
    case AppointmentState::kCheckedIn:
      return WaitEndReason::kAppointmentStarted;
    case AppointmentState::kCompleted:
      return WaitEndReason::kAppointmentCompleted;
    case AppointmentState::kCancelled:
      return WaitEndReason::kAppointmentCancelled;
    case AppointmentState::kNoShow:
      return WaitEndReason::kAppointmentNoShow;
  }
  return WaitEndReason::kNone;
}

absl::Status CheckOpen(const WaitListOffer& offer, absl::Time now) {
  switch (offer.state) {
    case OfferState::kAccepted:
      return OfferTaken();
    case OfferState::kDeclined:
      return OfferDeclined();
    case OfferState::kExpired:
      return OfferExpired();
    case OfferState::kWithdrawn:
      return OfferWithdrawn();
    case OfferState::kOpen:
      break;
  }
  return now < offer.expires_at ? absl::OkStatus() : OfferExpired();
}

}  // namespace kat::scheduling
