#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_REASON_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_REASON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/scheduling/domain/protocol.h"

namespace kat::scheduling {

// What stands in the way of a visit; numbers of kat.scheduling.v1.Reason.Kind.
enum class ReasonKind {
  kMinDays = 1,
  kMaxDays = 2,
  kMinMinutes = 3,
  kMaxMinutes = 4,
  kOrder = 5,
  kResource = 6,
  kPatient = 7,
  kWindow = 8,
  kClockChange = 9,
};

// The name of the kind: `MAX_DAYS`.
std::string ReasonName(ReasonKind kind);

// Why something does not fit. `allowed` and `asked` are in the rule's unit, days or minutes.
struct Reason {
  ReasonKind kind = ReasonKind::kResource;
  std::string from_visit;
  std::string to_visit;
  int64_t allowed = 0;
  int64_t asked = 0;
  std::string resource_tag;  // `nurse: rn`
  std::string description;
};

// A visit that stands, or would.
struct TimedVisit {
  std::string visit_id;
  absl::Time start;
  absl::Time end;
};

// Every rule of `lags` that `visits` break, by the calendar of `zone`; lags to visits that are not there hold.
std::vector<Reason> CheckLags(const std::vector<VisitLag>& lags, const std::vector<TimedVisit>& visits,
                              absl::TimeZone zone);

// `infusion-2 → infusion-3: at least 2 days, at most 5 days`.
std::string DescribeLag(const VisitLag& lag);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_REASON_H_
