#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_PAINT_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_PAINT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "services/scheduling/optimizer/render/week.h"

namespace kat::optimizer {

// "#rrggbb" of a course in a part of its visit. Twelve hues that the color-blind can tell apart, light enough for dark
// text on white and black pages; courses of one hue are told apart by their labels.
std::string ColorOf(int course, Phase phase);

// Whether its hands-on color is too dark for dark text.
bool IsDark(int course);

// Text as XML content and attribute values have it.
std::string Escaped(absl::string_view text);

// SVG written piece by piece.
class SvgText {
 public:
  // `attributes` as in `fill="red"`.
  void Rect(double x, double y, double width, double height, absl::string_view attributes);
  void Line(double x1, double y1, double x2, double y2, absl::string_view attributes);
  void Text(double x, double y, absl::string_view attributes, absl::string_view text);
  void Raw(absl::string_view markup) { out_.append(markup.data(), markup.size()); }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_RENDER_PAINT_H_
