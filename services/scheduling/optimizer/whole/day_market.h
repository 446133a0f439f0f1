#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_MARKET_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_MARKET_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "services/scheduling/optimizer/start_index.h"
#include "services/scheduling/optimizer/whole/alone.h"
#include "services/scheduling/optimizer/whole/guide.h"
#include "services/scheduling/optimizer/whole/schedule.h"
#include "services/scheduling/optimizer/whole/trips.h"

namespace kat::optimizer {

// Finds the prices at which courses that each take the days they like best, prices included, ask of no day for much
// more than it holds. Courses are seen by their days alone (Trip). Not thread-safe.
class DayMarket {
 public:
  // `alone`: of the same instance. Both must outlive it.
  DayMarket(const Instance& instance, const std::vector<Alone>& alone);

  // By what days hold: what stands on them in `schedule`, and what else would fit; `starts` knows its picture. Ends
  // early at `stop`.
  void Learn(const Schedule& schedule, StartIndex& starts, const std::function<bool()>& stop);

  // What plans are to pay.
  Guide MakeGuide() const;
  // What leaving the course out costs, for what it pays for its days and for not having those that it would have alone.
  double Worth(int course) const;
  int64_t ops() const { return ops_; }

 private:
  static constexpr int kPasses = 12, kBatches = 10;
  static constexpr double kFirstStep = 0.7;  // of the price of a day asked for twice, in the first pass
  static constexpr double kShare = 0.75;  // of a price that plans pay: what is asked for by days may not fit by hours
  static constexpr double kUntidy = 0.1;  // of what leaving courses out costs per visit

  void Offer(const Schedule& schedule, StartIndex& starts);
  int RoomFor(int type, int day, StartIndex& starts, std::vector<bits::Word>& mask, std::vector<bits::Word>& one) const;
  void Demand(size_t trip, int sign);
  void Reprice(double step);
  size_t Index(int type, int day) const { return static_cast<size_t>(type) * instance_->clinic.days + day; }

  const Instance* instance_;
  const std::vector<Alone>* alone_;
  Trips trips_;
  double unit_ = 0;  // what leaving courses out costs, per visit of theirs
  double highest_ = 0;
  std::vector<std::vector<int>> chosen_;  // [trip]: days by stop; empty: left out
  std::vector<int> holds_, asked_;        // [type][day]: visits
  std::vector<float> price_;              // [type][day]
  std::vector<double> priced_;            // [course]: its cost at best with what it pays
  int64_t ops_ = 0;
};

}  // namespace kat::optimizer

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_WHOLE_DAY_MARKET_H_
