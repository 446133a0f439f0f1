#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
const absl::CivilDay kMonday(2026, 11, 30);

class OccupancyTest : public StoreTest {
 protected:
  static TimeSpan Hours(int from_hour, int to_hour, int day = 0) {
    return {sample::At(kMonday + day, from_hour), sample::At(kMonday + day, to_hour)};
  }

  absl::Status Take(const std::string& owner, const std::vector<Usage>& usages, const std::string& patient = "",
                    const TimeSpan& time = Hours(9, 10)) {
    return Run([&](Tx& tx) -> absl::Status {
      RETURN_IF_ERROR(tx.occupancy().LockDays(DaysOf(usages, sample::MakeClinic().Zone())));
      return tx.occupancy().Take({{owner, usages, PatientId(patient), time}});
    });
  }
};

TEST_F(OccupancyTest, ARoomIsTakenOnceAtATime) {
  const ResourceKey room("rooms/infusion-1");
  EXPECT_OK(Take("appointments/a", {{room, "room", Hours(9, 11), 1}}));
  EXPECT_ERROR(Take("appointments/b", {{room, "room", Hours(10, 12), 1}}), Code::kAborted, "SLOT_TAKEN");
  EXPECT_OK(Take("appointments/c", {{room, "room", Hours(11, 12), 1}}));
  EXPECT_OK(Run([](Tx& tx) { return tx.occupancy().GiveBack({"appointments/a"}); }));
  EXPECT_OK(Take("appointments/b", {{room, "room", Hours(9, 11), 1}}));
}

TEST_F(OccupancyTest, SharedLoadsAddUpToTheCapacityAtEveryMinute) {
  const ResourceKey nurse("staff/nora");
  EXPECT_OK(Take("a", {{nurse, "nurse", Hours(9, 12), 4}}));
  EXPECT_OK(Take("b", {{nurse, "nurse", Hours(9, 10), 8}}));
  EXPECT_OK(Take("c", {{nurse, "nurse", Hours(10, 11), 8}}));
  EXPECT_ERROR(Take("d", {{nurse, "nurse", Hours(8, 12), 1}}), Code::kAborted, "SLOT_TAKEN");
  EXPECT_OK(Take("e", {{nurse, "nurse", Hours(11, 12), 8}}));
  EXPECT_ERROR(Take("f", {{nurse, "nurse", Hours(8, 13), 12}}), Code::kAborted, "SLOT_TAKEN");
}

TEST_F(OccupancyTest, OneVisitMayUseAResourceInTwoRolesAsFarAsItsCapacityGoes) {
  const ResourceKey nurse("staff/nora");
  EXPECT_OK(Take("a", {{nurse, "nurse", Hours(9, 10), 6}, {nurse, "helper", Hours(9, 10), 6}}));
  EXPECT_ERROR(Take("b", {{nurse, "nurse", Hours(10, 11), 8}, {nurse, "helper", Hours(10, 11), 8}}), Code::kAborted,
               "SLOT_TAKEN");
}

TEST_F(OccupancyTest, APatientIsInOnePlace) {
  EXPECT_OK(Take("a", {{ResourceKey("rooms/infusion-1"), "room", Hours(9, 10), 1}}, "ann", Hours(9, 10)));
  const absl::Status status =
      Take("b", {{ResourceKey("rooms/infusion-2"), "room", Hours(9, 10), 1}}, "ann", Hours(9, 10));
  EXPECT_ERROR(status, Code::kAborted, "SLOT_TAKEN");
  EXPECT_EQ(GetErrorDetail(status)->metadata.at("taken"), "patient");
  EXPECT_OK(Take("b", {{ResourceKey("rooms/infusion-2"), "room", Hours(9, 10), 1}}, "bob", Hours(9, 10)));
}

TEST_F(OccupancyTest, NothingIsTakenWhereSomethingFails) {
  EXPECT_OK(Take("a", {{ResourceKey("rooms/infusion-2"), "room", Hours(9, 10), 1}}));
  EXPECT_ERROR(Take("b", {{ResourceKey("rooms/infusion-1"), "room", Hours(9, 10), 1},
                          {ResourceKey("rooms/infusion-2"), "room", Hours(9, 10), 1}}),
               Code::kAborted);
  EXPECT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Commitment> left, tx.occupancy().OwnedBy({"b"}));
    EXPECT_TRUE(left.empty());
    return absl::OkStatus();
  }));
}

TEST_F(OccupancyTest, EvenWithoutLocksTheDatabaseRefusesADoubleBooking) {
  std::atomic<int> won = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      won += Run([&](Tx& tx) {
               return tx.occupancy().Take({{absl::StrCat("o", i),
                                            {{ResourceKey("staff/nora"), "nurse", Hours(9, 10), 7}},
                                            PatientId(),
                                            Hours(9, 10)}});
             }).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
}

// Row security keeps operators that are not leakproof from every index: what asked for a time by its range read all
// that the clinic ever had.
TEST_F(OccupancyTest, TakingCapacityReadsNothingOfOtherWeeks) {
  const auto rows_read = [&] {
    int64_t rows = -1;
    EXPECT_OK(database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
      for (int week = 0; week < 60; ++week) {
        RETURN_IF_ERROR(tx.Execute("insert into occupancies (clinic, owner, resource, role, load, exclusive, during) "
                                   "select $1, 'past', 'staff/nora', 'nurse', 1, false, "
                                   "tstzrange($2::timestamptz + n * interval '1 hour', "
                                   "$2::timestamptz + (n + 1) * interval '1 hour') from generate_series(0, 39) as n",
                                   {clinic_.str(), sample::At(kMonday - 7 * (week + 1), 8)})
                            .status());
      }
      ASSIGN_OR_RETURN(rows, RowsPassedOver(tx,
                                            "select sum(load) from occupancies where clinic = $1 and resource = "
                                            "'staff/nora' and start_at > $2::timestamptz - interval '24 hours' and "
                                            "start_at < $3 and end_at > $2",
                                            {clinic_.str(), Hours(9, 10).start, Hours(9, 10).end}));
      return absl::OkStatus();
    }));
    return rows;
  };
  EXPECT_LE(rows_read(), 40);  // of 2,400
}

TEST_F(OccupancyTest, SixtyFourRaceForOneSlotAndOneWins) {
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> won = 0, lost = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 64; ++i) {
      threads.emplace_back([&, i] {
        const absl::Status status = Take(absl::StrCat("r", round, "-", i),
                                         {{ResourceKey("rooms/infusion-1"), "room", Hours(9, 11, round), 1},
                                          {ResourceKey("staff/nora"), "nurse", Hours(9, 10, round), 12}},
                                         absl::StrCat("p", i), Hours(9, 11, round));
        (status.ok() ? won : lost) += 1;
        if (!status.ok()) {
          EXPECT_ERROR(status, Code::kAborted, "SLOT_TAKEN");
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 63);
  }
}

// An independent sweep over everything that is taken: events in order of time, ends before starts.
void Audit(const std::vector<Commitment>& commitments, const std::map<ResourceKey, int>& capacities) {
  std::map<ResourceKey, std::map<absl::Time, int>> changes;
  for (const Commitment& commitment : commitments) {
    changes[commitment.usage.resource][commitment.usage.time.start] += commitment.usage.load;
    changes[commitment.usage.resource][commitment.usage.time.end] -= commitment.usage.load;
  }
  for (const auto& [resource, at] : changes) {
    int load = 0;
    for (const auto& [time, change] : at) {
      load += change;
      ASSERT_GE(load, 0);
      ASSERT_LE(load, capacities.at(resource)) << resource << " at " << absl::FormatTime(time);
    }
  }
}

TEST_F(OccupancyTest, RandomBookingMovingAndCancellingNeverOverloadsAnything) {
  const std::vector<Resource> resources = sample::MakeResources();
  std::map<ResourceKey, int> capacities;
  for (const Resource& resource : resources) capacities[resource.key] = resource.capacity;
  std::atomic<int> taken = 0, refused = 0;
  const auto work = [&](int seed) {
    std::mt19937 random(seed);
    const auto pick = [&](int n) { return static_cast<int>(random() % n); };
    for (int i = 0; i < 120; ++i) {
      const std::string owner = absl::StrCat("o", pick(60));
      std::vector<Usage> usages;
      for (int j = pick(4); j >= 0; --j) {
        const Resource& resource = resources[pick(static_cast<int>(resources.size()))];
        const absl::Time start = sample::At(kMonday + pick(2), 8) + absl::Minutes(5 * pick(100));
        usages.push_back(
            {resource.key, "role", {start, start + absl::Minutes(5 + 5 * pick(24))}, 1 + pick(resource.capacity)});
      }
      const int action = pick(3);  // cancel, move, book
      const absl::Status status = Run([&](Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<Commitment> before, tx.occupancy().OwnedBy({owner}));
        std::vector<Usage> all = usages;
        for (const Commitment& commitment : before) all.push_back(commitment.usage);
        RETURN_IF_ERROR(tx.occupancy().LockDays(DaysOf(all, sample::MakeClinic().Zone())));
        if (action < 2) RETURN_IF_ERROR(tx.occupancy().GiveBack({owner}));
        if (action > 0) RETURN_IF_ERROR(tx.occupancy().Take({{owner, usages, PatientId(), usages[0].time}}));
        return absl::OkStatus();
      });
      (status.ok() ? taken : refused) += 1;
      if (!status.ok()) {
        ASSERT_ERROR(status, Code::kAborted);
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back(work, i + 1);
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(taken, 100);
  EXPECT_GT(refused, 50);
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Commitment> all,
                     tx.occupancy().Commitments({Hours(0, 1).start, Hours(0, 23, 4).end}, ResourceKey()));
    EXPECT_FALSE(all.empty());
    Audit(all, capacities);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::scheduling
