#include "services/scheduling/optimizer/render/svg.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/scheduling/optimizer/render/paint.h"

namespace kat::optimizer {
namespace {

constexpr double kLabelWidth = 168, kDayWidth = 268, kDayGap = 9, kMargin = 24, kRowGap = 4, kGroupGap = 26;
constexpr double kHeaderHeight = 118, kDayHeader = 34, kFooter = 96;
constexpr const char* kWeekday[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

constexpr const char* kStyle = R"svg(<style>
text{font-family:Inter,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif;fill:#1f2630}
.page{fill:#ffffff}.row{fill:#fbfcfd;stroke:#c9d0d9;stroke-width:.7}.soft{fill:#5d6875}.grid{stroke:#dfe4ea;stroke-width:.6}
.noon{stroke:#c2cad3;stroke-width:.8}.shut{fill:#e9edf1}.shutline{stroke:#c3cbd4;stroke-width:1}.label{fill:#10151b}.bright{fill:#ffffff}
.block{fill:#aab4bf}.rule{stroke:#8793a0;stroke-width:1}.bar{fill:#e3e8ee}.full{fill:#56697d}.bad{fill:none;stroke:#c4161c;stroke-width:2.2}
.badtext{fill:#c4161c}.goodtext{fill:#14724a}
@media (prefers-color-scheme: dark){text{fill:#e8edf3}.page{fill:#12161b}.row{fill:#1c2229;stroke:#3a444f}.soft{fill:#9aa7b5}
.grid{stroke:#2a323b}.noon{stroke:#3f4a56}.shut{fill:#171c22}.shutline{stroke:#333d47}.label{fill:#10151b}.bright{fill:#ffffff}.block{fill:#55606c}
.rule{stroke:#5b6875}.bar{fill:#2b343d}.full{fill:#8fa3b8}.badtext{fill:#ff7a7f}.bad{stroke:#ff5a60}.goodtext{fill:#5fd0a0}}
</style>
<defs>
<pattern id="shut" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="shut" width="6" height="6"/><line class="shutline" x1="0" y1="0" x2="0" y2="6"/></pattern>
<pattern id="busy" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
<rect class="block" width="4" height="4"/><line x1="0" y1="0" x2="0" y2="4" stroke="#7d8995" stroke-width="1.4"/></pattern>
<pattern id="turn" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<line x1="0" y1="0" x2="0" y2="4" stroke="#39434e" stroke-opacity=".45" stroke-width="1"/></pattern>
</defs>
)svg";

std::string Clock(Minute minute) {
  const Minute of_day = minute - DayOf(minute) * kMinutesPerDay;
  return absl::StrFormat("%02d:%02d", of_day / 60, of_day % 60);
}

// What all ids have in common in front says nothing: "course-0042" is "0042" among its like.
size_t CommonPrefix(const std::vector<Course>& courses) {
  if (courses.size() < 2) return 0;
  size_t length = courses[0].id.size();
  for (const Course& course : courses) {
    size_t same = 0;
    while (same < std::min(length, course.id.size()) && course.id[same] == courses[0].id[same]) ++same;
    length = same;
  }
  while (length > 0 && courses[0].id[length - 1] != '-' && courses[0].id[length - 1] != '_') --length;
  return length;
}

class Drawer {
 public:
  Drawer(const Instance& instance, const Plans& plans, const Week& week)
      : instance_(instance), plans_(plans), week_(week), prefix_(CommonPrefix(instance.courses)) {
    width_ = kMargin * 2 + kLabelWidth + week.num_days * kDayWidth + (week.num_days - 1) * kDayGap;
    double y = kHeaderHeight + kDayHeader;
    for (size_t i = 0; i < week.rows.size(); ++i) {
      if (i == 0 || week.rows[i].kind != week.rows[i - 1].kind) y += kGroupGap;
      tops_.push_back(y);
      y += HeightOf(week.rows[i]) + kRowGap;
    }
    height_ = y + kFooter;
  }

  std::string Draw() {
    svg_.Raw(
        absl::StrFormat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
                        "viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>%s, week %d</title>\n",
                        width_, height_, width_, height_, Escaped(instance_.name), week_.first_day / 7));
    svg_.Raw(kStyle);
    svg_.Rect(0, 0, width_, height_, "class=\"page\"");
    DrawHeader();
    DrawDays();
    for (size_t i = 0; i < week_.rows.size(); ++i) {
      if (i == 0 || week_.rows[i].kind != week_.rows[i - 1].kind) DrawGroup(week_.rows[i].kind, tops_[i]);
      DrawRow(week_.rows[i], tops_[i]);
    }
    DrawFooter();
    svg_.Raw("</svg>\n");
    return svg_.Take();
  }

 private:
  double HeightOf(const WeekRow& row) const {
    const int capacity = instance_.clinic.resources[row.resource].capacity;
    if (row.kind == RowKind::kPlace) return std::clamp(17.0 * capacity, 20.0, 120.0);
    if (row.kind == RowKind::kEquipment) return std::clamp(7.0 * capacity, 28.0, 90.0);
    return 38;
  }
  double MinuteWidth() const { return kDayWidth / std::max(1, week_.open_to - week_.open_from); }
  double DayLeft(int day) const { return kMargin + kLabelWidth + (day - week_.first_day) * (kDayWidth + kDayGap); }
  double X(int day, Minute minute) const {
    const Minute of_day = std::clamp(minute - day * kMinutesPerDay, week_.open_from, week_.open_to);
    return DayLeft(day) + (of_day - week_.open_from) * MinuteWidth();
  }
  std::string Short(int course) const { return instance_.courses[course].id.substr(prefix_); }

  // The parts of an interval on each of the week's days.
  template <class F>
  void OnDays(Minute from, Minute to, F&& draw) {
    for (int day = std::max(week_.first_day, DayOf(from));
         day < week_.first_day + week_.num_days && day * kMinutesPerDay < to; ++day) {
      const double a = X(day, from), b = X(day, to);
      if (b > a) draw(a, b);
    }
  }

  void DrawHeader() {
    svg_.Text(kMargin, 42, "font-size=\"24\" font-weight=\"600\"", instance_.name);
    svg_.Text(kMargin, 66, "font-size=\"13\" class=\"soft\"",
              absl::StrFormat("week %d · days %d to %d", week_.first_day / 7, week_.first_day,
                              week_.first_day + week_.num_days - 1));
    int unscheduled = 0;
    for (const auto& plan : plans_) unscheduled += plan ? 0 : 1;
    double x = kMargin + kLabelWidth + kDayWidth;
    auto fact = [&](const std::string& value, const std::string& name, const char* of) {
      svg_.Text(x, 42, absl::StrCat("font-size=\"22\" font-weight=\"600\" ", of), value);
      svg_.Text(x, 62, "font-size=\"12\" class=\"soft\"", name);
      x += 150;
    };
    fact(absl::StrCat(week_.visits), "visits this week", "");
    fact(absl::StrCat(week_.courses), "courses among them", "");
    fact(absl::StrCat(week_.conflicts), "conflicts", week_.conflicts > 0 ? "class=\"badtext\"" : "class=\"goodtext\"");
    fact(absl::StrCat(unscheduled), "courses not scheduled", "");
    DrawLegend(kMargin + kLabelWidth, 92);
  }

  void DrawLegend(double x, double y) {
    auto entry = [&](const std::string& fill, const char* more, const char* name, double width) {
      svg_.Rect(x, y - 11, 22, 13, absl::StrCat("rx=\"2\" fill=\"", fill, "\""));
      if (more[0] != '\0') svg_.Rect(x, y - 11, 22, 13, more);
      svg_.Text(x + 28, y, "font-size=\"12\"", name);
      x += 36 + width;
    };
    entry(ColorOf(0, Phase::kHandsOn), "", "hands on: check-in, induction, therapy", 236);
    entry(ColorOf(0, Phase::kMonitored), "", "monitored: infusion, observation", 196);
    entry(ColorOf(0, Phase::kQuiet), "", "nobody assigned", 104);
    entry(ColorOf(0, Phase::kTurnover), "fill=\"url(#turn)\" rx=\"2\"", "turnover", 60);
    entry("url(#busy)", "", "blocked", 54);
    entry("url(#shut)", "", "closed or away", 92);
    entry("none", "class=\"row\" rx=\"2\"", "free", 34);
    entry("none", "class=\"bad\" rx=\"2\"", "over capacity", 84);
    svg_.Rect(x, y - 11, 22, 13, absl::StrCat("rx=\"2\" fill=\"", ColorOf(1, Phase::kMonitored), "\""));
    svg_.Raw(absl::StrFormat("<path d=\"M%.1f %.1fh7l-7 7z\" fill=\"#10151b\"/>", x, y - 11));
    svg_.Text(x + 28, y, "font-size=\"12\"", "moved");
    x += 80;
    svg_.Rect(x, y - 11, 22, 13, absl::StrCat("rx=\"2\" fill=\"", ColorOf(1, Phase::kMonitored), "\""));
    svg_.Line(x, y + 1, x + 22, y + 1, "stroke=\"#10151b\" stroke-width=\"2\"");
    svg_.Text(x + 28, y, "font-size=\"12\"", "fixed");
  }

  void DrawDays() {
    const double bottom = height_ - kFooter;
    for (int d = 0; d < week_.num_days; ++d) {
      const int day = week_.first_day + d;
      const double left = DayLeft(day);
      svg_.Text(left, kHeaderHeight + 16, "font-size=\"14\" font-weight=\"600\"",
                absl::StrCat(kWeekday[d % 7], "  ·  day ", day));
      svg_.Line(left, kHeaderHeight + 22, left + kDayWidth, kHeaderHeight + 22, "class=\"rule\"");
      for (Minute minute = week_.open_from; minute <= week_.open_to; minute += 120) {
        const double x = left + (minute - week_.open_from) * MinuteWidth();
        const bool last = x > left + kDayWidth - 12;
        svg_.Text(x, kHeaderHeight + 35,
                  absl::StrCat("font-size=\"10\" class=\"soft\" text-anchor=\"",
                               last                        ? "end"
                               : minute == week_.open_from ? "start"
                                                           : "middle",
                               "\""),
                  absl::StrCat(minute / 60));
      }
    }
    bottom_ = bottom;
  }

  void DrawGroup(RowKind kind, double top) {
    const char* name = kind == RowKind::kPlace ? "PLACES" : kind == RowKind::kPerson ? "PEOPLE" : "EQUIPMENT";
    svg_.Text(kMargin, top - 8, "font-size=\"11\" font-weight=\"700\" letter-spacing=\"1.5\" class=\"soft\"", name);
  }

  void DrawRow(const WeekRow& row, double top) {
    const Resource& resource = instance_.clinic.resources[row.resource];
    const double height = HeightOf(row);
    svg_.Text(kMargin, top + height / 2 + 1, "font-size=\"12\"", resource.id);
    // How much of it is taken, as a bar under the name.
    const double share = std::min(1.0, row.used_share), bar = kLabelWidth - 64;
    svg_.Rect(kMargin, top + height / 2 + 5, bar, 3, "class=\"bar\" rx=\"1.5\"");
    if (share > 0) svg_.Rect(kMargin, top + height / 2 + 5, bar * share, 3, "class=\"full\" rx=\"1.5\"");
    svg_.Text(kMargin + kLabelWidth - 14, top + height / 2 + 4, "font-size=\"11\" class=\"soft\" text-anchor=\"end\"",
              absl::StrFormat("%.0f%%", 100 * row.used_share));
    for (int d = 0; d < week_.num_days; ++d) {
      svg_.Rect(DayLeft(week_.first_day + d), top, kDayWidth, height, "fill=\"url(#shut)\"");
    }
    for (const Interval& open : row.open) {
      OnDays(open.from, open.to, [&](double a, double b) { svg_.Rect(a, top, b - a, height, "class=\"row\""); });
    }
    for (int d = 0; d < week_.num_days; ++d) {
      for (Minute minute = week_.open_from + 120; minute < week_.open_to; minute += 120) {
        const double x = DayLeft(week_.first_day + d) + (minute - week_.open_from) * MinuteWidth();
        svg_.Line(x, top, x, top + height, minute == 720 ? "class=\"noon\"" : "class=\"grid\"");
      }
    }
    const double unit = height / std::max(1, resource.capacity);
    for (const Use& block : row.blocked) {
      const double tall = std::min(height, unit * block.load);
      OnDays(block.from, block.to, [&](double a, double b) { svg_.Rect(a, top, b - a, tall, "fill=\"url(#busy)\""); });
    }
    for (const Use& use : row.uses) DrawUse(row, use, top, height, unit);
    for (const Interval& over : row.overloaded) {
      OnDays(over.from, over.to, [&](double a, double b) {
        svg_.Rect(a - 1, top - 1, std::max(3.0, b - a + 2), height + 2, "class=\"bad\" rx=\"2\"");
      });
    }
  }

  void DrawUse(const WeekRow& row, const Use& use, double top, double height, double unit) {
    const Course& course = instance_.courses[use.course];
    const Visit& visit = course.visits[use.visit];
    const double tall = std::min(height, unit * use.load);
    const double y = std::max(top, top + height - unit * use.low - tall);
    const double inset = tall > 6 ? 0.8 : 0.3;
    svg_.Raw(absl::StrFormat("<g><title>%s\n%s · %s\nday %d, %s to %s · load %d of %d%s</title>\n",
                             Escaped(absl::StrCat(course.id, " · ", visit.id)),
                             Escaped(instance_.clinic.visit_types[visit.type].id),
                             Escaped(instance_.clinic.resources[row.resource].id), DayOf(use.from), Clock(use.from),
                             Clock(use.to), use.load, instance_.clinic.resources[row.resource].capacity,
                             use.fixed   ? " · fixed"
                             : use.moved ? " · moved"
                                         : ""));
    for (const PhasePart& part : use.parts) {
      OnDays(part.from, part.to, [&](double a, double b) {
        svg_.Rect(a, y + inset, b - a, tall - 2 * inset,
                  absl::StrCat("fill=\"", ColorOf(use.course, part.phase), "\""));
        if (part.phase == Phase::kTurnover) svg_.Rect(a, y + inset, b - a, tall - 2 * inset, "fill=\"url(#turn)\"");
      });
    }
    OnDays(use.from, use.to, [&](double a, double b) {
      svg_.Rect(
          a + 0.3, y + inset, b - a - 0.6, tall - 2 * inset,
          absl::StrCat("fill=\"none\" stroke=\"", ColorOf(use.course, Phase::kHandsOn), "\" stroke-width=\".8\""));
      if (use.moved && tall > 8) {
        svg_.Raw(absl::StrFormat("<path d=\"M%.1f %.1fh6l-6 6z\" fill=\"#10151b\"/>", a, y + inset));
      }
      if (use.fixed && tall > 6) {
        svg_.Line(a, y + tall - inset, b, y + tall - inset, "stroke=\"#10151b\" stroke-width=\"1.6\"");
      }
      DrawLabel(use, (a + b) / 2, b - a, y + tall / 2, tall);
    });
    svg_.Raw("</g>\n");
  }

  // The course, as large as fits; light on what is dark.
  void DrawLabel(const Use& use, double x, double width, double y, double tall) {
    const std::string label = Short(use.course);
    for (const double size : {9.5, 8.0}) {
      if (tall < size + 0.5 || width < size * 0.6 * static_cast<double>(label.size()) + 1) continue;
      Minute hands_on = 0;
      for (const PhasePart& part : use.parts) {
        hands_on += part.phase == Phase::kHandsOn ? part.to - part.from : part.from - part.to;
      }
      svg_.Text(x, y + size * 0.36,
                absl::StrFormat("font-size=\"%.1f\" class=\"%s\" text-anchor=\"middle\"", size,
                                hands_on > 0 && IsDark(use.course) ? "bright" : "label"),
                label);
      return;
    }
  }

  void DrawFooter() {
    std::string names;
    int more = 0;
    for (size_t c = 0; c < plans_.size(); ++c) {
      if (plans_[c]) continue;
      if (names.size() > 220) {
        ++more;
      } else {
        absl::StrAppend(&names, names.empty() ? "" : ", ", instance_.courses[c].id.substr(prefix_));
      }
    }
    double y = bottom_ + 36;
    if (!names.empty()) {
      svg_.Text(kMargin, y, "font-size=\"12\" font-weight=\"600\"", "Not scheduled");
      svg_.Text(kMargin + kLabelWidth, y, "font-size=\"12\" class=\"soft\"",
                more > 0 ? absl::StrCat(names, " and ", more, " more") : names);
      y += 22;
    }
    svg_.Text(kMargin, y, "font-size=\"11\" class=\"soft\"",
              "Percentages: capacity taken while open. The height of a bar in a row of people is its share of their "
              "capacity. "
              "Point at a bar for the visit.");
  }

  const Instance& instance_;
  const Plans& plans_;
  const Week& week_;
  size_t prefix_;
  double width_ = 0, height_ = 0, bottom_ = 0;
  std::vector<double> tops_;
  SvgText svg_;
};

}  // namespace

std::string WeekToSvg(const Instance& instance, const Plans& plans, const Week& week) {
  return Drawer(instance, plans, week).Draw();
}

}  // namespace kat::optimizer
