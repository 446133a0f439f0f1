#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_SVG_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_SVG_H_

#include <string>

#include "services/scheduling/optimizer/model.h"
#include "services/scheduling/optimizer/render/week.h"

namespace kat::optimizer {

// A week as a picture: places, people and equipment down, days and hours across; courses by color, the parts of a visit
// by shade. Nothing in it refers to anything outside of it.
std::string WeekToSvg(const Instance& instance, const Plans& plans, const Week& week);

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_SVG_H_
