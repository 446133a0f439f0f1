#ifndef KAT_SERVICES_SCHEDULING_OPS_IMPROVEMENT_QUESTION_H_
#define KAT_SERVICES_SCHEDULING_OPS_IMPROVEMENT_QUESTION_H_

#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/improvement.h"
#include "services/scheduling/ops/repair_question.h"
#include "services/scheduling/planning/improver.h"
#include "services/scheduling/store/store.h"

namespace kat::scheduling {

// What an improvement is asked about, as one transaction read it. It refers to itself: it stays where it is.
struct ImprovementCase {
  ImprovementCase() = default;
  ImprovementCase(const ImprovementCase&) = delete;

  ClinicFacts setup;
  std::vector<CourseInRepair> courses;  // those some visit of which may move; none of it is wanted elsewhere
  ImproveQuestion question;             // its courses are those
  std::optional<PlanningPicture> picture;
  std::vector<Commitment> commitments;  // everybody's, in the picture's days
};

// Reads what `wish` lets move into `into`.
absl::Status LoadImprovementCase(Tx& tx, const ImprovementWish& wish, ImprovementCase& into);

// What of the answer is worth it, by group, those that gain most first. A part that would break a rule, or that
// `refused` says could not be applied, is left out with those that need it; parts that are left out already are not
// asked about.
std::vector<ImprovementPart> PartsOf(const ImprovementCase& about, const ImproveAnswer& answer, int64_t min_gain,
                                     absl::FunctionRef<bool(const ImprovementPart&)> refused);

// What a search has found, in words that outlive the question.
std::vector<FoundCourse> FoundOf(const ImprovementCase& about, std::vector<FoundPlan> plans);

// Has the search begin from there, as far as its courses are still asked about.
void BeginFrom(const std::vector<FoundCourse>& found, ImprovementCase& about);

// What the answer was decided on.
DecisionBasis BasisOf(const ImprovementCase& about, const ImproveAnswer& answer);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_IMPROVEMENT_QUESTION_H_
