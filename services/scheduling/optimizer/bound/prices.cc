#include "services/scheduling/optimizer/bound/prices.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "services/scheduling/optimizer/bound/lifted.h"

namespace kat::optimizer {
namespace {

constexpr size_t kMostSamples = 6'000'000;
constexpr Minute kFinest = 5, kUsual = 15;

}  // namespace

Prices::Prices(StartIndex& index, Cost highest) : index_(&index) {
  const Picture& picture = index.picture();
  const Clinic& clinic = index.clinic();
  size_t most_roles = 1;
  for (const VisitType& type : clinic.visit_types) most_roles = std::max(most_roles, type.roles.size());
  never_ = (int32_t{1} << 30) / static_cast<int32_t>(most_roles);
  unit_ = static_cast<double>(never_ / 4) / static_cast<double>(std::max<Cost>(1, highest));
  unit_ = unit_ >= 1 ? std::min(4096.0, std::floor(unit_)) : unit_;

  const int days = picture.end_day() - picture.first_day();
  origin_ = picture.first_day() * kMinutesPerDay;
  step_ = std::max(kFinest, std::min(kUsual, clinic.slot_minutes));
  auto samples = [&] { return static_cast<size_t>(days) * kMinutesPerDay / step_ + 1; };
  while (samples() * clinic.resources.size() > kMostSamples && step_ < kMinutesPerDay) step_ *= 2;
  samples_ = samples();
  price_.assign(samples_ * clinic.resources.size(), 0);
  capacity_.assign(price_.size(), 0);
  whole_.assign(price_.size(), 0);
  for (size_t r = 0; r < clinic.resources.size(); ++r) {
    for (int day = picture.first_day(); day < picture.end_day(); ++day) {
      const std::vector<Picture::Step>& steps = picture.Day(static_cast<int>(r), day);
      size_t step = 0;
      const auto [first, last] = SamplesOf(static_cast<int>(r), day);
      for (size_t k = first; k < last; ++k) {
        const Minute minute = origin_ + static_cast<Minute>(k - r * samples_) * step_ - day * kMinutesPerDay;
        while (step + 1 < steps.size() && steps[step + 1].from <= minute) ++step;
        capacity_[k] = static_cast<int32_t>(std::clamp<int64_t>(steps[step].free, 0, INT32_MAX));
        whole_[k] = steps[step].free == clinic.resources[r].capacity ? 1 : 0;
      }
    }
  }
  sum_.assign((samples_ + 1) * clinic.resources.size(), 0);
  whole_sum_.assign(sum_.size(), 0);

  slots_ = index.words() * 64;
  days_ = clinic.days;
  for (size_t t = 0; t < clinic.visit_types.size(); ++t) {
    for (size_t r = 0; r < clinic.visit_types[t].roles.size(); ++r) {
      const size_t pattern = index.PatternOf(static_cast<int>(t), static_cast<int>(r));
      if (role_of_.size() <= pattern) role_of_.resize(pattern + 1);
      role_of_[pattern] = &clinic.visit_types[t].roles[r];
    }
  }
  size_t rows = 0;
  for (size_t p = 0; p < role_of_.size(); ++p) {
    first_row_.push_back(rows);
    rows += (index.Candidates(static_cast<int>(p)).size() + 1) * days_;
  }
  rows_.resize(rows);
  Lift();
  CountDays();
}

void Prices::Lift() {
  const Clinic& clinic = index_->clinic();
  used_.resize(clinic.resources.size());
  lifted_.resize(role_of_.size());
  use_of_.resize(role_of_.size());
  for (int p = 0; p < static_cast<int>(role_of_.size()); ++p) {
    const std::span<const int> candidates = index_->Candidates(p);
    lifted_[p].resize(candidates.size());
    for (size_t c = 0; c < candidates.size(); ++c) {
      use_of_[p].push_back(static_cast<int>(used_[candidates[c]].size()));
      used_[candidates[c]].emplace_back(p, static_cast<int>(c));
    }
  }
  for (size_t r = 0; r < used_.size(); ++r) {
    std::vector<std::vector<Segment>> usages;
    for (const auto& [pattern, candidate] : used_[r]) usages.push_back(role_of_[pattern]->usage);
    std::vector<std::vector<Segment>> lifted = LiftedLoads(usages, clinic.resources[r].capacity, clinic.slot_minutes);
    for (size_t u = 0; u < lifted.size(); ++u) {
      usages[u].insert(usages[u].end(), lifted[u].begin(), lifted[u].end());
      lifted_[used_[r][u].first][used_[r][u].second] = std::move(lifted[u]);
    }
    counts_.push_back(DayCounts(usages, clinic.resources[r].capacity));
  }
}

void Prices::CountDays() {
  std::vector<DayUse> uses;
  for (size_t r = 0; r < used_.size(); ++r) {
    first_count_.push_back(price_.size());
    for (int day = 0; day < days_; ++day) {
      const DaySlots slots = index_->Slots(day);
      bool within = true;
      for (const DayCount& count : counts_[r]) {
        uses.clear();
        for (size_t u = 0; u < used_[r].size(); ++u) {
          const DayCount::Use& use = count.uses[u];
          if (use.weight == 0) continue;
          const auto [pattern, candidate] = used_[r][u];
          bits::ForEach(index_->StartsOf(pattern, candidate, day), index_->words(), [&](int s) {
            const Minute start = slots.first + s * index_->clinic().slot_minutes;
            if (DayOf(start + use.from) != day) within = false;
            uses.push_back({start + use.from, start + use.to, use.weight});
            return true;
          });
        }
        ops_ += static_cast<int64_t>(uses.size()) / 2;
        price_.push_back(0);
        capacity_.push_back(static_cast<int32_t>(std::min<int64_t>(count.places * MostWeight(uses), INT32_MAX)));
      }
      within_.push_back(within ? 1 : 0);
    }
  }
}

std::pair<size_t, size_t> Prices::SamplesOf(int resource, int day) const {
  const size_t base = static_cast<size_t>(resource) * samples_;
  const int end = static_cast<int>(samples_);
  return {base + std::min(end, SampleAt(day * kMinutesPerDay)),
          base + std::min(end, SampleAt((day + 1) * kMinutesPerDay))};
}

void Prices::Set(std::vector<int32_t> prices) {
  price_ = std::move(prices);
  const size_t resources = used_.size();
  for (size_t r = 0; r < resources; ++r) {
    int64_t sum = 0, whole_sum = 0;
    int64_t *out = &sum_[r * (samples_ + 1)], *whole_out = &whole_sum_[r * (samples_ + 1)];
    for (size_t s = 0; s < samples_; ++s) {
      out[s] = sum;
      whole_out[s] = whole_sum;
      sum += price_[r * samples_ + s];
      if (whole_[r * samples_ + s] != 0) whole_sum += price_[r * samples_ + s];
    }
    out[samples_] = sum;
    whole_out[samples_] = whole_sum;
  }
  ops_ += static_cast<int64_t>(price_.size() / 16);
  if (++stamp_ == 0) {
    for (Row& row : rows_) row.stamp = 0;
    stamp_ = 1;
  }
}

const int32_t* Prices::Of(int pattern, int candidate, int day) {
  Row& row = rows_[first_row_[pattern] + static_cast<size_t>(candidate + 1) * days_ + day];
  if (row.stamp != stamp_) {
    if (!row.cost) row.cost = std::make_unique<int32_t[]>(slots_);
    Make(pattern, candidate, day, row.cost.get());
    row.stamp = stamp_;
  }
  return row.cost.get();
}

const int32_t* Prices::Cheapest(int pattern, int day) {
  const size_t index = first_row_[pattern] + day;
  if (rows_[index].stamp == stamp_) return rows_[index].cost.get();
  Row& row = rows_[index];
  if (!row.cost) row.cost = std::make_unique<int32_t[]>(slots_);
  int32_t* out = row.cost.get();
  std::fill(out, out + slots_, never_);
  const int candidates = static_cast<int>(index_->Candidates(pattern).size());
  for (int c = 0; c < candidates; ++c) {
    const int32_t* one = Of(pattern, c, day);
    for (int s = 0; s < slots_; ++s) out[s] = std::min(out[s], one[s]);
  }
  ops_ += slots_ / 16 * candidates;
  row.stamp = stamp_;
  return out;
}

int Prices::CheapestCandidate(int pattern, int day, int slot) {
  const int candidates = static_cast<int>(index_->Candidates(pattern).size());
  int best = 0;
  for (int c = 1; c < candidates; ++c) {
    if (Of(pattern, c, day)[slot] < Of(pattern, best, day)[slot]) best = c;
  }
  return best;
}

void Prices::Make(int pattern, int candidate, int day, int32_t* out) {
  std::fill(out, out + slots_, never_);
  const bits::Word* each = index_->StartsOf(pattern, candidate, day);
  const int resource = index_->Candidates(pattern)[candidate];
  const int64_t* sum = &sum_[static_cast<size_t>(resource) * (samples_ + 1)];
  const DaySlots slots = index_->Slots(day);
  const int slot = index_->clinic().slot_minutes;
  const int64_t* whole = &whole_sum_[static_cast<size_t>(resource) * (samples_ + 1)];
  const Role& role = *role_of_[pattern];
  ops_ += 8;
  int64_t counted = 0;
  const size_t first = CountsOf(resource, day).first;
  for (size_t j = 0; j < counts_[resource].size(); ++j) {
    counted += int64_t{price_[first + j]} * counts_[resource][j].uses[use_of_[pattern][candidate]].weight;
  }
  bits::ForEach(each, index_->words(), [&](int s) {
    const Minute start = slots.first + s * slot;
    int64_t cost = counted;
    for (const Segment& segment : role.usage) {
      cost += segment.load * (sum[SampleAt(start + segment.to)] - sum[SampleAt(start + segment.from)]);
    }
    for (const Segment& segment : lifted_[pattern][candidate]) {
      cost += segment.load * (whole[SampleAt(start + segment.to)] - whole[SampleAt(start + segment.from)]);
    }
    // Less than `never`, so that it stays known that it can serve; no more than that is needed to be too dear.
    out[s] = static_cast<int32_t>(std::min<int64_t>(cost, never_ / 2));
    ++ops_;
    return true;
  });
}

}  // namespace kat::optimizer
