#include "services/scheduling/optimizer/bound/branching.h"

#include <algorithm>

#include "services/scheduling/optimizer/bound/choose_decision.h"

namespace kat::optimizer {
namespace {

constexpr size_t kMostBytes = size_t{1} << 29;
// Where a mix agrees with itself it may be so because prices have not gone far enough: they get long steps, so often.
constexpr int kMostAgain = 4;

}  // namespace

bool Branching::Later(const Node& a, const Node& b) { return a.value > b.value; }

Branching::Branching(const Instance& instance, const Lagrangian& root) : instance_(&instance) {
  Push({root.Another(), root.bound(), root.value()});
}

Cost Branching::bound() const {
  Cost least = upper_;
  for (const Node& node : open_) least = std::min(least, node.bound);
  return least;
}

void Branching::Step(Cost upper, const std::function<bool()>& stop) {
  upper_ = upper;
  done_ = done_ || bound() >= upper || bytes_ > kMostBytes;
  if (done_) return;
  const Lagrangian& least = *open_.front().lagrangian;
  const std::vector<Decision> ways = ChooseDecision(*instance_, least);
  if (ways.empty() && open_.front().again == kMostAgain) {
    LookAtSchedule(least);
    done_ = true;
    return;
  }
  Node node = Pop();
  if (ways.empty()) {
    ++node.again;
    if (!Consider(node, /*afresh=*/true, stop)) Push(std::move(node));
    return;
  }
  for (const Decision& way : ways) {
    Node child{node.lagrangian->Under(way), node.bound, node.value};
    if (Consider(child, /*afresh=*/false, stop)) continue;
    Push(std::move(node));  // until it is known what the other ways cost
    return;
  }
}

bool Branching::Consider(Node& node, bool afresh, const std::function<bool()>& stop) {
  const int64_t before = node.lagrangian->ops();
  node.lagrangian->Tighten(upper_, afresh, stop);
  ops_ += node.lagrangian->ops() - before;
  if (stop()) return false;
  node.bound = node.lagrangian->bound();
  node.value = node.lagrangian->value();
  if (node.bound < upper_) Push(std::move(node));
  return true;
}

void Branching::Push(Node node) {
  bytes_ += node.lagrangian->OwnBytes();
  open_.push_back(std::move(node));
  std::push_heap(open_.begin(), open_.end(), Later);
}

Branching::Node Branching::Pop() {
  std::pop_heap(open_.begin(), open_.end(), Later);
  Node node = std::move(open_.back());
  open_.pop_back();
  bytes_ -= node.lagrangian->OwnBytes();
  return node;
}

// The heaviest plan of every course may well make one.
void Branching::LookAtSchedule(const Lagrangian& lagrangian) {
  Schedule schedule(*instance_);
  for (int i = 0; i < schedule.size(); ++i) {
    if (!lagrangian.HasChoice(i)) continue;
    const auto mix = lagrangian.MixOf(i);
    const auto heaviest =
        std::max_element(mix.begin(), mix.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (heaviest == mix.end()) continue;
    if (!schedule.Fits(i, *heaviest->first)) return;
    schedule.Place(i, *heaviest->first);
  }
  if (schedule.objective() < upper_) plans_ = schedule.plans();
}

}  // namespace kat::optimizer
