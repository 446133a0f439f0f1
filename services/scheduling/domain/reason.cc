#include "services/scheduling/domain/reason.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/business_time.h"

namespace kat::scheduling {
namespace {

std::string Pair(const VisitLag& lag) { return absl::StrCat(lag.from_visit, " → ", lag.to_visit); }

class LagCheck {
 public:
  LagCheck(const VisitLag& lag, const TimedVisit& from, const TimedVisit& to, absl::TimeZone zone)
      : lag_(lag),
        days_(DayAt(to.start, zone) - DayAt(from.start, zone)),
        minutes_(absl::ToInt64Minutes(to.start - from.start)),
        minutes_to_end_(absl::ToInt64Minutes(from.end - from.start)) {}

  std::vector<Reason> Broken() {
    if (days_ < lag_.gap.min_days) Add(ReasonKind::kMinDays, "at least", lag_.gap.min_days, days_, "days");
    if (lag_.gap.max_days && days_ > *lag_.gap.max_days) {
      Add(ReasonKind::kMaxDays, "at most", *lag_.gap.max_days, days_, "days");
    }
    if (lag_.gap.min_minutes && minutes_ < *lag_.gap.min_minutes) {
      Add(ReasonKind::kMinMinutes, "at least", *lag_.gap.min_minutes, minutes_, "minutes");
    }
    if (lag_.gap.max_minutes && minutes_ > *lag_.gap.max_minutes) {
      Add(ReasonKind::kMaxMinutes, "at most", *lag_.gap.max_minutes, minutes_, "minutes");
    }
    if (broken_.empty() && minutes_ < minutes_to_end_) {
      Add(ReasonKind::kOrder, "after the end of the first, at least", minutes_to_end_, minutes_, "minutes");
    }
    return std::move(broken_);
  }

 private:
  void Add(ReasonKind kind, const char* bound, int64_t allowed, int64_t asked, const char* unit) {
    broken_.push_back(
        {.kind = kind,
         .from_visit = lag_.from_visit,
         .to_visit = lag_.to_visit,
         .allowed = allowed,
         .asked = asked,
         .description = absl::StrCat(Pair(lag_), ": ", bound, " ", allowed, " ", unit, ", asked ", asked)});
  }

  const VisitLag& lag_;
  const int64_t days_;
  const int64_t minutes_;
  const int64_t minutes_to_end_;
  std::vector<Reason> broken_;
};

}  // namespace

std::string ReasonName(ReasonKind kind) {
  switch (kind) {
    case ReasonKind::kMinDays:
      return "MIN_DAYS";
    case ReasonKind::kMaxDays:
      return "MAX_DAYS";
    case ReasonKind::kMinMinutes:
      return "MIN_MINUTES";
    case ReasonKind::kMaxMinutes:
      return "MAX_MINUTES";
    case ReasonKind::kOrder:
      return "ORDER";
    case ReasonKind::kResource:
      return "RESOURCE";
    case ReasonKind::kPatient:
      return "PATIENT";
    case ReasonKind::kWindow:
      return "WINDOW";
    case ReasonKind::kClockChange:
      return "CLOCK_CHANGE";
  }
  return "";
}

std::vector<Reason> CheckLags(const std::vector<VisitLag>& lags, const std::vector<TimedVisit>& visits,
                              absl::TimeZone zone) {
  std::map<std::string, const TimedVisit*> by_id;
  for (const TimedVisit& visit : visits) by_id[visit.visit_id] = &visit;
  std::vector<Reason> broken;
  for (const VisitLag& lag : lags) {
    const auto from = by_id.find(lag.from_visit);
    const auto to = by_id.find(lag.to_visit);
    if (from == by_id.end() || to == by_id.end()) continue;
    for (Reason& reason : LagCheck(lag, *from->second, *to->second, zone).Broken()) broken.push_back(std::move(reason));
  }
  return broken;
}

std::string DescribeLag(const VisitLag& lag) {
  std::vector<std::string> parts;
  if (lag.gap.min_days > 0) parts.push_back(absl::StrCat("at least ", lag.gap.min_days, " days"));
  if (lag.gap.max_days) parts.push_back(absl::StrCat("at most ", *lag.gap.max_days, " days"));
  if (lag.gap.min_minutes) parts.push_back(absl::StrCat("at least ", *lag.gap.min_minutes, " minutes"));
  if (lag.gap.max_minutes) parts.push_back(absl::StrCat("at most ", *lag.gap.max_minutes, " minutes"));
  if (parts.empty()) parts.push_back("in this order");
  return absl::StrCat(Pair(lag), ": ", absl::StrJoin(parts, ", "));
}

}  // namespace kat::scheduling
