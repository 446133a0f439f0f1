#ifndef KAT_SERVICES_SCHEDULING_TESTING_SAMPLE_H_
#define KAT_SERVICES_SCHEDULING_TESTING_SAMPLE_H_

#include <string>
#include <vector>

#include "services/scheduling/domain/booking.h"

// A small clinic for tests: New York, open Monday to Friday 8:00 to 18:00; two infusion rooms, four recliners, two
// nurses, one clinician, one therapist, three pumps.
namespace kat::scheduling::sample {

Clinic MakeClinic(const std::string& id = "lakeside");
std::vector<Resource> MakeResources();
std::vector<VisitType> MakeVisitTypes();  // iv-infusion (dosing), integration, spravato (dosing), consult

// Six infusions in 14 to 21 days, 2 to 5 days apart, at most 3 in 7 days; integration after the 1st, 3rd and 6th.
ProtocolVersion MakeIvProtocol();
// Induction 8 doses twice a week; weekly 4; then an open-ended maintenance of 4 every one to two weeks.
ProtocolVersion MakeSpravatoProtocol();

Course MakeCourse(const ProtocolVersion& protocol, absl::CivilDay earliest_day);

ResourceMap AsMap(const std::vector<Resource>& resources);
VisitTypeMap AsMap(const std::vector<VisitType>& types);

// A wall-clock time in the clinic's zone.
absl::Time At(absl::CivilDay day, int hour, int minute = 0);

// `type` at `start` with the first resource of each role's tag.
std::vector<Assignment> FirstFit(const VisitType& type, const std::vector<Resource>& resources);

// A plan of the IV protocol's only phase: infusions on days 0, 3, 7, 10, 14 and 17 after `monday`, integration the day
// after 1, 3 and 6.
BlockPlan MakeIvPlan(const Course& course, absl::CivilDay monday);

}  // namespace kat::scheduling::sample

#endif  // KAT_SERVICES_SCHEDULING_TESTING_SAMPLE_H_
