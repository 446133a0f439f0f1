#include "services/scheduling/optimizer/render/paint.h"

#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace kat::optimizer {
namespace {

struct Rgb {
  int r, g, b;
};

// After Okabe and Ito, and Tol, in an order that keeps neighbors apart.
constexpr Rgb kHues[] = {{0, 114, 178},  {230, 159, 0},  {0, 158, 115},  {204, 121, 167},
                         {86, 180, 233}, {213, 94, 0},   {153, 153, 51}, {136, 34, 85},
                         {68, 170, 153}, {221, 204, 60}, {102, 85, 170}, {136, 136, 136}};

// How much white is mixed in.
double WhiteOf(Phase phase) {
  switch (phase) {
    case Phase::kHandsOn:
      return 0.12;
    case Phase::kMonitored:
      return 0.5;
    case Phase::kQuiet:
      return 0.74;
    case Phase::kTurnover:
      return 0.9;
  }
  return 0;
}

}  // namespace

std::string ColorOf(int course, Phase phase) {
  const Rgb hue = kHues[course % std::size(kHues)];
  const double white = WhiteOf(phase);
  auto mixed = [&](int part) { return static_cast<int>(std::lround(part + (255 - part) * white)); };
  return absl::StrFormat("#%02x%02x%02x", mixed(hue.r), mixed(hue.g), mixed(hue.b));
}

bool IsDark(int course) {
  const Rgb hue = kHues[course % std::size(kHues)];
  return 0.299 * hue.r + 0.587 * hue.g + 0.114 * hue.b < 110;
}

std::string Escaped(absl::string_view text) {
  std::string clean;
  for (char c : text) {
    if (static_cast<unsigned char>(c) >= 0x20) clean.push_back(c);
  }
  return absl::StrReplaceAll(clean, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

void SvgText::Rect(double x, double y, double width, double height, absl::string_view attributes) {
  absl::StrAppendFormat(&out_, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>\n", x, y, width, height,
                        attributes);
}

void SvgText::Line(double x1, double y1, double x2, double y2, absl::string_view attributes) {
  absl::StrAppendFormat(&out_, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2,
                        attributes);
}

void SvgText::Text(double x, double y, absl::string_view attributes, absl::string_view text) {
  absl::StrAppendFormat(&out_, "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, attributes, Escaped(text));
}

}  // namespace kat::optimizer
