#include "services/authorization/domain/evidence.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kat::authorization::domain {
namespace {

using Kind = EvidenceItem::Kind;
using Result = Finding::Result;

template <class T>
bool Has(const std::vector<T>& values, const T& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Lists the evidence once, and remembers where each piece stands.
class Catalog {
 public:
  Catalog(const PatientEvidence& e, absl::CivilDay as_of, Packet& packet) : as_of_(as_of), packet_(packet) {
    if (e.birth_date) age_ = Put(Kind::kAge, absl::StrCat("age ", AgeYears(*e.birth_date, as_of)), std::nullopt, "");
    if (e.evaluation_day)
      evaluation_ = Put(Kind::kEvaluation, "psychiatric evaluation", e.evaluation_day, e.evaluation);
    for (const auto& d : e.diagnoses)
      diagnoses_.push_back(Put(Kind::kDiagnosis, d.code, e.evaluation_day, e.evaluation));
    for (const auto& t : e.trials)
      trials_.push_back(Put(Kind::kTrial, Words(t), t.end ? *t.end : t.start, e.evaluation));
    for (const auto& s : e.scores) {
      scores_.push_back(Put(Kind::kMeasure, absl::StrCat(s.tool, " ", s.total), s.day, s.source));
    }
    if (!e.psychotherapy.empty()) {
      psychotherapy_ = Put(Kind::kPsychotherapy, e.psychotherapy, e.evaluation_day, e.evaluation);
    }
    if (e.screening_day) screening_ = Put(Kind::kScreening, "medical screening", e.screening_day, e.screening);
    for (const auto& f : e.screening_findings)
      findings_[f] = Put(Kind::kContraindication, f, e.screening_day, e.screening);
    for (const auto& m : e.medications) {
      medications_.push_back(Put(Kind::kMedication, absl::StrCat(m.drug, " (", m.drug_class, ")"), m.start, ""));
    }
    if (e.sessions_completed > 0) {
      treatment_ = Put(Kind::kTreatment, absl::StrCat(e.sessions_completed, " sessions"), e.treatment_start, "");
    }
  }

  std::optional<int> age_, evaluation_, psychotherapy_, screening_, treatment_;
  std::vector<int> diagnoses_, trials_, scores_, medications_;
  std::map<std::string, int> findings_;

 private:
  static std::string Words(const Trial& t) {
    return absl::StrCat(t.drug, " (", t.drug_class, ") ", t.max_dose, t.max_dose.empty() ? "" : ", ", t.weeks,
                        " weeks");
  }

  int Put(Kind kind, std::string summary, std::optional<absl::CivilDay> day, std::string source) {
    std::optional<int> age;
    if (day) age = static_cast<int>(as_of_ - *day);
    packet_.evidence.push_back({kind, std::move(summary), day, age, std::move(source)});
    return static_cast<int>(packet_.evidence.size()) - 1;
  }

  absl::CivilDay as_of_;
  Packet& packet_;
};

bool TooOld(absl::CivilDay day, int max_age_days, absl::CivilDay as_of) {
  return max_age_days > 0 && as_of - day > max_age_days;
}

class Judge {
 public:
  Judge(const PatientEvidence& e, const Catalog& at, absl::CivilDay as_of, Packet& packet, Finding& finding)
      : e_(e), at_(at), as_of_(as_of), packet_(packet), finding_(finding) {}

  void operator()(const TrialsRule& r) {
    if (!e_.evaluation_day) return Unknown("no psychiatric evaluation lists the trials");
    std::optional<absl::CivilDay> episode;
    for (const auto& d : e_.diagnoses) {
      if (d.episode_start) episode = d.episode_start;
    }
    if (r.current_episode && !episode) return Unknown("the evaluation does not say when the present episode began");
    int count = 0, open = 0;
    std::set<std::string> classes, open_classes;
    for (size_t i = 0; i < e_.trials.size(); ++i) {
      const Presence counts = Counts(e_.trials[i], r, episode);
      if (counts == Presence::kAbsent) continue;
      (counts == Presence::kPresent ? count : open)++;
      (counts == Presence::kPresent ? classes : open_classes).insert(e_.trials[i].drug_class);
      Use(at_.trials_[i]);
    }
    const int distinct = static_cast<int>(classes.size());
    if (count >= r.min_trials && distinct >= r.min_distinct_classes) return Met();
    std::string gap = absl::StrCat(count, " of ", r.min_trials, " failed trials");
    if (r.min_weeks_each) absl::StrAppend(&gap, " of at least ", r.min_weeks_each, " weeks");
    if (r.min_distinct_classes) absl::StrAppend(&gap, ", ", distinct, " of ", r.min_distinct_classes, " classes");
    open_classes.insert(classes.begin(), classes.end());
    if (count + open >= r.min_trials && static_cast<int>(open_classes.size()) >= r.min_distinct_classes) {
      return Unknown(absl::StrCat(gap, "; adherence or outcome of ", open, " more is not recorded"));
    }
    Unmet(gap);
  }

  void operator()(const SeverityRule& r) {
    bool low = false, old = false;
    std::vector<std::string> wanted;
    for (const Threshold& t : r.thresholds) {
      wanted.push_back(absl::StrCat(t.tool, " of at least ", t.min_score));
      std::optional<size_t> latest;
      for (size_t i = 0; i < e_.scores.size(); ++i) {
        const Score& s = e_.scores[i];
        if (s.tool != t.tool || s.day > as_of_) continue;
        if (!latest || s.day > e_.scores[*latest].day) latest = i;
      }
      if (!latest) continue;
      Use(at_.scores_[*latest]);
      if (TooOld(e_.scores[*latest].day, r.max_age_days, as_of_)) {
        old = true;
      } else if (e_.scores[*latest].total >= t.min_score) {
        return Met();
      } else {
        low = true;
      }
    }
    std::string gap = absl::StrJoin(wanted, " or ");
    if (r.max_age_days) absl::StrAppend(&gap, " within ", r.max_age_days, " days");
    if (low) return Unmet(absl::StrCat("the latest score is below ", gap));
    Unknown(absl::StrCat(old ? "the score is too old: " : "no score: ", gap));
  }

  void operator()(const AgeRule& r) {
    if (!e_.birth_date) return Unknown("no birth date");
    Use(*at_.age_);
    const int age = AgeYears(*e_.birth_date, as_of_);
    if (age >= r.min_years && (r.max_years == 0 || age <= r.max_years)) return Met();
    Unmet(absl::StrCat("age ", age, ", wanted ", r.min_years,
                       r.max_years ? absl::StrCat(" to ", r.max_years) : " or more"));
  }

  void operator()(const DiagnosisRule& r) {
    if (e_.diagnoses.empty()) return Unknown("no diagnosis on file");
    for (size_t i = 0; i < e_.diagnoses.size(); ++i) {
      const auto below = [&](const std::string& pattern) { return CodeBelow(e_.diagnoses[i].code, pattern); };
      if (std::any_of(r.codes.begin(), r.codes.end(), below) &&
          std::none_of(r.except_codes.begin(), r.except_codes.end(), below)) {
        Use(at_.diagnoses_[i]);
        return Met();
      }
    }
    for (int index : at_.diagnoses_) Use(index);
    Unmet(absl::StrCat("no diagnosis among ", absl::StrJoin(r.codes, ", ")));
  }

  void operator()(const SpecialistRule& r) {
    if (!e_.evaluation_day) return Unknown("no psychiatric evaluation");
    Use(*at_.evaluation_);
    if (!TooOld(*e_.evaluation_day, r.max_age_days, as_of_)) return Met();
    Unmet(absl::StrCat("the psychiatric evaluation is older than ", r.max_age_days, " days"));
  }

  void operator()(const PsychotherapyRule&) {
    if (!at_.psychotherapy_) return Unknown("the evaluation tells of no psychotherapy");
    Use(*at_.psychotherapy_);
    Met();
  }

  void operator()(const OralAntidepressantRule& r) {
    for (size_t i = 0; i < e_.medications.size(); ++i) {
      const Medication& m = e_.medications[i];
      if (!Has(r.drug_classes, m.drug_class)) continue;
      Use(at_.medications_[i]);
      if (r.min_weeks == 0 || (m.start && as_of_ - *m.start >= 7 * r.min_weeks)) return Met();
      if (!m.start) return Unknown(absl::StrCat("not known since when ", m.drug, " is taken"));
      return Unmet(absl::StrCat(m.drug, " is taken for less than ", r.min_weeks, " weeks"));
    }
    Unmet("no oral antidepressant on the medication list");
  }

  void operator()(const ExclusionRule& r) {
    bool unknown = false;
    std::vector<std::string> found;
    for (const std::string& code : r.contraindications) {
      if (const auto stated = e_.statements.find(code); stated != e_.statements.end()) {
        if (at_.evaluation_) Use(*at_.evaluation_);
        if (e_.evaluation_day && TooOld(*e_.evaluation_day, r.max_age_days, as_of_)) unknown = true;
        if (stated->second == Presence::kPresent) found.push_back(code);
        if (stated->second == Presence::kUnknown) unknown = true;
      } else if (const auto fired = at_.findings_.find(code); fired != at_.findings_.end()) {
        Use(fired->second);
        found.push_back(code);
      } else if (!at_.screening_ || !e_.screening_complete || TooOld(*e_.screening_day, r.max_age_days, as_of_)) {
        unknown = true;
      } else {
        Use(*at_.screening_);
      }
    }
    if (!found.empty()) return Unmet(absl::StrCat("present: ", absl::StrJoin(found, ", ")));
    if (unknown) return Unknown("not ruled out by a recent evaluation or complete screening");
    Met();
  }

  void operator()(const ResponseRule& r) {
    if (!e_.treatment_start) return Unknown("no session took place under the previous authorization");
    if (at_.treatment_) Use(*at_.treatment_);
    bool short_of = false;
    for (const std::string& tool : r.tools) {
      std::optional<size_t> before, after;
      for (size_t i = 0; i < e_.scores.size(); ++i) {
        const Score& s = e_.scores[i];
        if (s.tool != tool || s.day > as_of_) continue;
        if (s.day <= *e_.treatment_start && (!before || s.day > e_.scores[*before].day)) before = i;
        if (s.day > *e_.treatment_start && !TooOld(s.day, r.max_age_days, as_of_) &&
            (!after || s.day > e_.scores[*after].day)) {
          after = i;
        }
      }
      if (!before || !after || e_.scores[*before].total == 0) continue;
      Use(at_.scores_[*before]);
      Use(at_.scores_[*after]);
      const int first = e_.scores[*before].total, drop = (first - e_.scores[*after].total) * 100 / first;
      packet_.response_percent = packet_.response_percent ? std::max(*packet_.response_percent, drop) : drop;
      if (drop > 0 && drop >= r.min_drop_percent) return Met();
      short_of = true;
    }
    if (short_of)
      return Unmet(
          absl::StrCat("the score fell by ", *packet_.response_percent, "%, wanted ", r.min_drop_percent, "%"));
    Unknown(absl::StrCat("no score of ", absl::StrJoin(r.tools, " or "), " both before treatment and since"));
  }

 private:
  // Whether a trial counts: present, absent, or not to be told from the record.
  Presence Counts(const Trial& t, const TrialsRule& r, std::optional<absl::CivilDay> episode) const {
    if (!r.drug_classes.empty() && !Has(r.drug_classes, t.drug_class)) return Presence::kAbsent;
    if (r.current_episode && t.start < *episode) return Presence::kAbsent;
    if (r.look_back_months && t.end && *t.end < Add(as_of_, {.months = -r.look_back_months})) return Presence::kAbsent;
    if (t.outcome == Trial::Outcome::kIntolerance) {
      return r.intolerance_counts ? Presence::kPresent : Presence::kAbsent;
    }
    if (t.weeks < r.min_weeks_each) return Presence::kAbsent;
    if (r.adherent && t.adherent == false) return Presence::kAbsent;
    if (t.outcome == Trial::Outcome::kResponse || t.outcome == Trial::Outcome::kOngoing ||
        (t.outcome == Trial::Outcome::kPartial && !r.partial_response_counts)) {
      return Presence::kAbsent;
    }
    if (t.outcome == Trial::Outcome::kUnknown || (r.adherent && !t.adherent)) return Presence::kUnknown;
    return Presence::kPresent;
  }

  void Use(int index) {
    if (!Has(finding_.evidence, index)) finding_.evidence.push_back(index);
  }
  void Met() { finding_.result = Result::kMet; }
  void Unmet(std::string gap) { finding_.result = Result::kUnmet, finding_.gap = std::move(gap); }
  void Unknown(std::string gap) { finding_.result = Result::kUnknown, finding_.gap = std::move(gap); }

  const PatientEvidence& e_;
  const Catalog& at_;
  absl::CivilDay as_of_;
  Packet& packet_;
  Finding& finding_;
};

}  // namespace

int Packet::Count(Finding::Result result) const {
  return static_cast<int>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.result == result; }));
}

Packet Evaluate(const PayerPolicy& policy, AuthorizationKind kind, const PatientEvidence& evidence,
                absl::CivilDay as_of) {
  Packet packet;
  packet.payer = policy.payer;
  packet.policy = policy.id;
  packet.as_of = as_of;
  packet.sessions_completed = evidence.sessions_completed;
  const Catalog catalog(evidence, as_of, packet);
  for (const Criterion& criterion : policy.criteria) {
    if (!criterion.For(kind)) continue;
    Finding finding{.criterion_id = criterion.id, .text = criterion.text};
    std::visit(Judge(evidence, catalog, as_of, packet, finding), criterion.rule);
    packet.findings.push_back(std::move(finding));
  }
  return packet;
}

int AgeYears(absl::CivilDay birth, absl::CivilDay day) {
  const bool before_birthday = day.month() < birth.month() || (day.month() == birth.month() && day.day() < birth.day());
  return static_cast<int>(day.year() - birth.year()) - (before_birthday ? 1 : 0);
}

bool CodeBelow(const std::string& code, const std::string& pattern) {
  const absl::string_view stem = absl::StripSuffix(pattern, ".");
  if (!absl::StartsWith(code, stem)) return false;
  return code.size() == stem.size() || code[stem.size()] == '.' || absl::StrContains(stem, '.');
}

}  // namespace kat::authorization::domain
