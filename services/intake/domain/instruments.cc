#include "services/intake/domain/measure.h"

// The published scales. Labels are short descriptions of ours; the instruments' wording belongs to their authors.
namespace kat::intake {
namespace {

std::vector<InstrumentItem> Items(int max_value, const std::vector<std::string>& labels) {
  std::vector<InstrumentItem> items;
  for (const std::string& label : labels) items.push_back({label, max_value});
  return items;
}

Instrument Phq9() {
  return {.tool = MeasureTool::kPhq9,
          .title = "PHQ-9",
          .items = Items(3, {"Interest", "Mood", "Sleep", "Energy", "Appetite", "Self-worth", "Concentration",
                             "Psychomotor change", "Thoughts of death or self-harm"}),
          .bands = {{"MINIMAL", 0}, {"MILD", 5}, {"MODERATE", 10}, {"MODERATELY_SEVERE", 15}, {"SEVERE", 20}},
          .loinc_code = "44261-6",
          .source = "Kroenke, Spitzer, Williams 2001, J Gen Intern Med 16:606"};
}

Instrument Gad7() {
  return {.tool = MeasureTool::kGad7,
          .title = "GAD-7",
          .items = Items(3, {"Nervousness", "Uncontrolled worry", "Excessive worry", "Trouble relaxing", "Restlessness",
                             "Irritability", "Fear"}),
          .bands = {{"MINIMAL", 0}, {"MILD", 5}, {"MODERATE", 10}, {"SEVERE", 15}},
          .loinc_code = "70274-6",
          .source = "Spitzer, Kroenke, Williams, Lowe 2006, Arch Intern Med 166:1092"};
}

Instrument CssrsScreener() {
  return {.tool = MeasureTool::kCssrsScreener,
          .title = "C-SSRS screener",
          .items = Items(1, {"Wish to be dead", "Suicidal thoughts", "Thoughts of a method", "Intent without a plan",
                             "Intent with a plan", "Suicidal behavior, ever", "Suicidal behavior, past three months"}),
          .bands = {},
          .source =
              "Columbia Lighthouse Project, C-SSRS screener with triage points; Posner et al. 2011, Am J Psychiatry "
              "168:1266"};
}

Instrument Madrs() {
  return {
      .tool = MeasureTool::kMadrs,
      .title = "MADRS",
      .items = Items(6, {"Apparent sadness", "Reported sadness", "Inner tension", "Reduced sleep", "Reduced appetite",
                         "Concentration difficulties", "Lassitude", "Inability to feel", "Pessimistic thoughts",
                         "Suicidal thoughts"}),
      .bands = {{"NORMAL", 0}, {"MILD", 7}, {"MODERATE", 20}, {"SEVERE", 35}},
      .source = "Montgomery, Asberg 1979, Br J Psychiatry 134:382; bands: Snaith et al. 1986, Br J Psychiatry 148:599",
      .rated_by_clinician = true};
}

// Cut of 31 to 33; the lower one is taken, so that nobody is missed.
Instrument Pcl5() {
  return {.tool = MeasureTool::kPcl5,
          .title = "PCL-5",
          .items = Items(4, {"Memories",
                             "Dreams",
                             "Flashbacks",
                             "Distress at cues",
                             "Reactions to cues",
                             "Avoiding memories",
                             "Avoiding reminders",
                             "Memory gaps",
                             "Negative beliefs",
                             "Blame",
                             "Negative feelings",
                             "Loss of interest",
                             "Distance from others",
                             "No positive feelings",
                             "Irritability",
                             "Risk taking",
                             "Watchfulness",
                             "Startle",
                             "Concentration",
                             "Sleep"}),
          .bands = {{"BELOW_CUT", 0}, {"PROBABLE_PTSD", 31}},
          .source = "Weathers et al. 2013, National Center for PTSD"};
}

}  // namespace

const std::vector<Instrument>& Instruments() {
  static const auto& instruments = *new std::vector<Instrument>{Phq9(), Gad7(), CssrsScreener(), Madrs(), Pcl5()};
  return instruments;
}

const Instrument& InstrumentOf(MeasureTool tool) { return Instruments()[static_cast<size_t>(tool) - 1]; }

}  // namespace kat::intake
