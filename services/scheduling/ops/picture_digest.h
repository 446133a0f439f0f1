#ifndef KAT_SERVICES_SCHEDULING_OPS_PICTURE_DIGEST_H_
#define KAT_SERVICES_SCHEDULING_OPS_PICTURE_DIGEST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// Loads that stand: how many, and a number that is the same for the same loads in any order. A sum, so that it can be
// kept while they come and go.
struct PictureSummary {
  int64_t commitments = 0;
  uint64_t digest = 0;

  PictureSummary& operator+=(const PictureSummary& other) {
    commitments += other.commitments;
    digest += other.digest;
    return *this;
  }
  PictureSummary& operator-=(const PictureSummary& other) {
    commitments -= other.commitments;
    digest -= other.digest;
    return *this;
  }
  friend bool operator==(const PictureSummary&, const PictureSummary&) = default;
};

PictureSummary SummaryOf(const Commitment& commitment);
PictureSummary SummaryOf(const PlanningPicture& picture);

// 16 hexadecimal digits that are the same for the same picture on every machine: of its loads, of the clinic's setup
// and of the courses that are planned in it.
std::string DigestOf(const PictureSummary& summary, const ClinicFacts& setup,
                     const std::vector<const CourseFacts*>& courses);
std::string DigestOf(const PlanningPicture& picture, const ClinicFacts& setup,
                     const std::vector<const CourseFacts*>& courses);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_PICTURE_DIGEST_H_
