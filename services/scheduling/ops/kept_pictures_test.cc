#include "services/scheduling/ops/kept_pictures.h"

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "libs/base/business_time.h"
#include "libs/base/id.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/planning/optimizer_planner.h"
#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Use = KeptPictures::Use;
const absl::CivilDay kMonday(2026, 11, 30);
const ResourceKey kRoom("rooms/infusion-1");

// A service's pictures, and what it counts of them.
struct Pictures {
  explicit Pictures(size_t max_bytes = 64 << 20, int most_of_clinic = 2)
      : kept(planner, {.max_bytes = max_bytes, .most_of_clinic = most_of_clinic},
             [this](Use use, size_t) { ++uses[static_cast<int>(use)]; }) {}
  int Count(Use use) const { return uses[static_cast<int>(use)]; }

  OptimizerPlanner planner;
  std::atomic<int> uses[4] = {};
  KeptPictures kept;
};

class KeptPicturesTest : public StoreTest {
 protected:
  // The block of the IV protocol from `earliest` on, or, with `visits`, its first visits alone.
  static PlanningQuestion Question(absl::CivilDay earliest, size_t visits = 9) {
    const Expansion block = ExpandPhases(sample::MakeIvProtocol(), {0}, {});
    PlanningQuestion question{.lags = block.lags, .earliest_day = earliest, .max_plans = 3};
    question.preferences.continuity_roles = {"nurse"};
    for (const VisitSpec& visit : block.visits) {
      if (question.visits.size() < visits) {
        question.visits.push_back({.visit_id = visit.visit_id, .type = visit.visit_type});
      }
    }
    return question;
  }

  // All that an answer says, in words.
  static std::string Tell(const absl::StatusOr<DecidedAnswer>& decided) {
    if (!decided.ok()) return std::string(decided.status().message());
    std::string out = absl::StrCat(decided->picture.commitments, " loads, ", decided->picture.digest, "\n");
    const PlanningAnswer& answer = decided->answer;
    absl::StrAppend(&out, "at least ", answer.lower_bound, answer.proved ? ", proved\n" : "\n");
    for (const CoursePlan& plan : answer.plans) {
      absl::StrAppend(&out, plan.cost, ":");
      for (const PlannedVisit& visit : plan.visits) {
        absl::StrAppend(&out, " ", visit.visit_id, " ", absl::FormatTime(visit.start, absl::UTCTimeZone()));
        for (const Assignment& assignment : visit.assignments) absl::StrAppend(&out, " ", assignment.resource.str());
      }
      absl::StrAppend(&out, "\n");
    }
    for (const Reason& reason : answer.reasons) absl::StrAppend(&out, reason.description, "\n");
    return out;
  }

  std::string Ask(Pictures& pictures, const PictureWish& wish, const PlanningQuestion& question,
                  const PatientId& patient = {}, const MoveWish* move = nullptr) {
    return AskIn(clinic_, pictures, wish, question, patient, move);
  }
  std::string AskIn(const ClinicId& clinic, Pictures& pictures, const PictureWish& wish,
                    const PlanningQuestion& question, const PatientId& patient = {}, const MoveWish* move = nullptr) {
    std::string told;
    EXPECT_OK(store_->Run({.clinic = clinic}, [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(KeptPictures::Lease lease, pictures.kept.Take(tx, patient, absl::InfiniteFuture()));
      told = Tell(move != nullptr ? std::move(lease).PlanMove(wish, question, *move)
                                  : std::move(lease).Plan(wish, question));
      return absl::OkStatus();
    }));
    return told;
  }
  std::string Ask(Pictures& pictures, int days = 56) {
    return Ask(pictures, {.first_day = kMonday, .days = days}, Question(kMonday));
  }

  // As it was before anything was kept.
  std::string AskAnew(const PictureWish& wish, const PlanningQuestion& question, const PatientId& patient = {},
                      const MoveWish* move = nullptr) {
    OptimizerPlanner planner;
    std::string told;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const ClinicFacts facts, LoadClinicFacts(tx));
      ASSIGN_OR_RETURN(const PlanningPicture picture,
                       LoadPicture(tx, facts, patient, wish.first_day, wish.days, wish.leave_out));
      DecidedAnswer decided{.answer = {}, .picture = SummaryOf(picture)};
      ASSIGN_OR_RETURN(decided.answer,
                       move != nullptr ? planner.PlanMove(picture, question, *move) : planner.Plan(picture, question));
      told = Tell(decided);
      return absl::OkStatus();
    }));
    return told;
  }
  std::string AskAnew() { return AskAnew({.first_day = kMonday, .days = 56}, Question(kMonday)); }

  static absl::Status TakeAll(Tx& tx, const std::string& owner, const std::vector<Usage>& usages,
                              const PatientId& patient = {}) {
    return tx.occupancy().Take({{owner, usages, patient, usages[0].time}});
  }
  static Usage RoomOn(int day, int from_hour = 8, int to_hour = 18, const ResourceKey& room = kRoom) {
    return {room, "room", {sample::At(kMonday + day, from_hour), sample::At(kMonday + day, to_hour)}, 1};
  }
  absl::Status ChangeResource(const ResourceKey& key, absl::FunctionRef<void(Resource&)> change) {
    return Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(Resource resource, tx.resources().Get(key));
      change(resource);
      ++resource.version;
      return tx.resources().Update(resource);
    });
  }
};

TEST_F(KeptPicturesTest, WhatIsBookedIsInTheNextAnswerOfEveryReplica) {
  Pictures here, there;
  const std::string before = Ask(here);
  EXPECT_EQ(before, AskAnew());
  EXPECT_EQ(Ask(there), before);
  ASSERT_OK(Run([&](Tx& tx) { return TakeAll(tx, "appointments/a", {RoomOn(0)}); }));
  ASSERT_OK(Run([&](Tx& tx) { return TakeAll(tx, "holds/b", {RoomOn(0, 8, 18, ResourceKey("rooms/infusion-2"))}); }));
  const std::string after = Ask(here);
  EXPECT_NE(after, before);
  EXPECT_EQ(after, AskAnew());
  EXPECT_EQ(Ask(there), after);
  ASSERT_OK(Run([](Tx& tx) { return tx.occupancy().GiveBack({"appointments/a", "holds/b"}); }));
  EXPECT_EQ(Ask(there), before);
  EXPECT_EQ(Ask(here), before);
  EXPECT_EQ(here.Count(Use::kRebuilt), 1);
  EXPECT_EQ(here.Count(Use::kRefreshed), 2);
  EXPECT_EQ(Ask(here), before);
  EXPECT_EQ(here.Count(Use::kUnkept), 0);
}

// The first of two begins, the second takes, commits and is seen; then the first commits, with a lower number.
TEST_F(KeptPicturesTest, ABookingThatBeganEarlyAndCommitsLateIsSeen) {
  Pictures pictures;
  Ask(pictures);
  std::string between;
  ASSERT_OK(Run([&](Tx& early) -> absl::Status {
    RETURN_IF_ERROR(TakeAll(early, "appointments/early", {RoomOn(0)}));
    EXPECT_OK(Run([&](Tx& late) {
      return TakeAll(late, "appointments/late", {RoomOn(1, 8, 18, ResourceKey("rooms/infusion-2"))});
    }));
    between = Ask(pictures);
    EXPECT_EQ(between, AskAnew());
    return absl::OkStatus();
  }));
  EXPECT_NE(Ask(pictures), between);
  EXPECT_EQ(Ask(pictures), AskAnew());
}

TEST_F(KeptPicturesTest, WhatIsRolledBackWasNeverThere) {
  Pictures pictures;
  const std::string before = Ask(pictures);
  EXPECT_FALSE(Run([&](Tx& tx) -> absl::Status {
                 RETURN_IF_ERROR(TakeAll(tx, "appointments/a", {RoomOn(0)}));
                 EXPECT_EQ(Ask(pictures), before);
                 return absl::CancelledError("on second thoughts");
               }).ok());
  EXPECT_EQ(Ask(pictures), before);
  EXPECT_EQ(Ask(pictures), AskAnew());
}

TEST_F(KeptPicturesTest, AChangedSetupIsInTheNextAnswer) {
  Pictures pictures;
  Ask(pictures);
  const auto expect_new = [&] {
    EXPECT_EQ(Ask(pictures), AskAnew());
    EXPECT_EQ(pictures.Count(Use::kUnchanged), 0);
  };
  ASSERT_OK(ChangeResource(ResourceKey("staff/carla"), [](Resource& carla) { carla.capacity = 8; }));
  expect_new();
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Clinic clinic, tx.clinics().Get());
    clinic.holidays.insert({kMonday, "a day off"});
    ++clinic.version;
    return tx.clinics().Update(clinic);
  }));
  expect_new();
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(VisitType type, tx.visit_types().Get(VisitTypeId("integration")));
    type.duration_minutes += 30;
    ++type.version;
    return tx.visit_types().Update(type);
  }));
  expect_new();
  ASSERT_OK(Run([](Tx& tx) {
    Resource nurse = sample::MakeResources()[4];
    nurse.key = ResourceKey("staff/nina");
    return tx.resources().Insert(nurse);
  }));
  expect_new();
  ASSERT_OK(ChangeResource(ResourceKey("staff/nora"), [](Resource& nora) { nora.retired = true; }));
  expect_new();
}

TEST_F(KeptPicturesTest, DaysFurtherOnAreReadWhenTheyAreAskedFor) {
  Pictures pictures;
  ASSERT_OK(Run([&](Tx& tx) { return TakeAll(tx, "appointments/a", {RoomOn(limits::kKeptPictureDays + 3)}); }));
  const auto ask_both = [&](absl::CivilDay from, int days) {
    const PictureWish wish{.first_day = from, .days = days};
    EXPECT_EQ(Ask(pictures, wish, Question(from)), AskAnew(wish, Question(from))) << from;
  };
  ask_both(kMonday, 56);
  ask_both(kMonday + limits::kKeptPictureDays, 56);
  EXPECT_EQ(pictures.Count(Use::kRebuilt), 2);
  ask_both(kMonday + 1, limits::kKeptPictureDays);
  EXPECT_EQ(pictures.Count(Use::kUnchanged), 1);
  ask_both(kMonday + 600, 56);  // nothing is kept that far ahead
  EXPECT_EQ(pictures.Count(Use::kUnkept), 1);
  clock_.Set(sample::At(kMonday + 100, 12));  // and what is past is given up
  ask_both(kMonday + 101, 56);
  EXPECT_EQ(pictures.Count(Use::kRebuilt), 3);
}

TEST_F(KeptPicturesTest, WhyThereIsNoPlanIsSaidAsEver) {
  Pictures pictures;
  const PictureWish wish{.first_day = kMonday, .days = 7};
  const std::string told = Ask(pictures, wish, Question(kMonday));
  EXPECT_EQ(told, AskAnew(wish, Question(kMonday)));
  EXPECT_THAT(told, ::testing::HasSubstr("infusion-1 → infusion-6: at most"));
  EXPECT_EQ(pictures.Count(Use::kUnkept), 1);
}

TEST_F(KeptPicturesTest, AVisitThatIsToMoveIsInNobodysWay) {
  Pictures pictures;
  const absl::Time nine = sample::At(kMonday, 9);
  const VisitType type = sample::MakeVisitTypes()[0];
  const std::vector<Assignment> assignments = sample::FirstFit(type, sample::MakeResources());
  ASSERT_OK(Run([&](Tx& tx) {
    return tx.occupancy().Take(
        {{"appointments/a", UsageOf(type, nine, assignments), PatientId("ann"), {nine, nine + absl::Minutes(110)}}});
  }));
  PlanningQuestion question = Question(kMonday, 1);
  question.visits[0].current = VisitToPlan::Standing{nine, assignments};
  const PatientId ann("ann");
  const PictureWish wish{.first_day = kMonday, .days = 28, .leave_out = {"appointments/a"}};
  const MoveWish move{.visit_id = question.visits[0].visit_id, .day = kMonday, .avoid = {}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Ask(pictures, wish, question, ann, &move), AskAnew(wish, question, ann, &move));
    EXPECT_EQ(Ask(pictures), AskAnew()) << "it stands for all others";
  }
}

TEST_F(KeptPicturesTest, WhatIsKeptOfTheClinicAskedLeastLatelyIsGivenUp) {
  const ClinicId other = database_.NewClinic();
  ASSERT_OK(store_->Run({.clinic = other}, [&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.clinics().Insert(sample::MakeClinic(other.str())));
    for (const Resource& resource : sample::MakeResources()) RETURN_IF_ERROR(tx.resources().Insert(resource));
    for (const VisitType& type : sample::MakeVisitTypes()) RETURN_IF_ERROR(tx.visit_types().Insert(type));
    return absl::OkStatus();
  }));
  Pictures roomy;
  const std::string before = Ask(roomy);
  const size_t of_one = roomy.kept.bytes();
  EXPECT_GT(of_one, 10'000u);
  Pictures tight(of_one + of_one / 2);
  const auto ask_other = [&] { return AskIn(other, tight, {.first_day = kMonday, .days = 56}, Question(kMonday)); };
  EXPECT_EQ(Ask(tight), before);
  EXPECT_EQ(ask_other(), before);
  EXPECT_EQ(ask_other(), before);
  EXPECT_EQ(tight.kept.bytes(), of_one);
  EXPECT_EQ(Ask(tight), before);
  EXPECT_EQ(tight.Count(Use::kRebuilt), 3);
  EXPECT_EQ(tight.Count(Use::kUnchanged), 1);
  Pictures none(of_one / 2);
  EXPECT_EQ(Ask(none), before);
  EXPECT_EQ(none.kept.bytes(), 0u);
}

TEST_F(KeptPicturesTest, WithoutMemoryEachQuestionReadsAllThatStands) {
  Pictures none(0);
  EXPECT_EQ(Ask(none), AskAnew());
  EXPECT_EQ(none.Count(Use::kUnkept), 1);
  EXPECT_EQ(none.kept.bytes(), 0u);
}

// What two replicas keep is at every step what the database has, whatever either of them, or nobody, was told.
class KeptPicturesByChanceTest : public KeptPicturesTest, public ::testing::WithParamInterface<int> {
 protected:
  int Below(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  template <class T>
  const T& Any(const std::vector<T>& all) {
    return all[Below(static_cast<int>(all.size()))];
  }

  // Most are refused: the place is taken.
  absl::Status Take(Tx& tx) {
    const VisitType type = Any(types_);
    const absl::Time start = sample::At(kMonday + Below(30), 8 + Below(9), 5 * Below(12));
    std::vector<Assignment> assignments;
    for (const VisitRole& role : type.roles) {
      std::vector<ResourceKey> can;
      for (const Resource& resource : sample::MakeResources()) {
        for (const Tag& tag : resource.tags) {
          if (tag.tag == role.tag) can.push_back(resource.key);
        }
      }
      assignments.push_back({role.role, Any(can)});
    }
    const std::string owner = absl::StrCat(Below(2) == 0 ? "holds/" : "appointments/", NewId());
    const std::vector<Usage> usages = UsageOf(type, start, assignments);
    RETURN_IF_ERROR(tx.occupancy().LockDays(DaysOf(usages, sample::MakeClinic().Zone())));
    RETURN_IF_ERROR(tx.occupancy().Take(
        {{owner, usages, PatientId(absl::StrCat("p", Below(5))), {start, start + absl::Minutes(30)}}}));
    owners_.push_back(owner);
    return absl::OkStatus();
  }

  void Change() {
    switch (Below(12)) {
      case 0:
        EXPECT_OK(ChangeResource(Any(sample::MakeResources()).key,
                                 [&](Resource& resource) { resource.tags[0].valid_until = kMonday + 20 + Below(40); }));
        break;
      case 1:
        clock_.Set(clock_.Now() + absl::Hours(Below(30)));
        break;
      case 2:  // never mind
        Run([&](Tx& tx) -> absl::Status {
          RETURN_IF_ERROR(Take(tx));
          owners_.pop_back();
          return absl::CancelledError("");
        }).IgnoreError();
        break;
      case 3:
      case 4:  // a hold that ends, an appointment that is cancelled
        if (owners_.empty()) break;
        std::swap(owners_[Below(static_cast<int>(owners_.size()))], owners_.back());
        EXPECT_OK(Run([&](Tx& tx) { return tx.occupancy().GiveBack({owners_.back()}); }));
        owners_.pop_back();
        break;
      case 5:  // moved: given back and taken in one
        if (owners_.empty()) break;
        Run([&](Tx& tx) -> absl::Status {
          RETURN_IF_ERROR(tx.occupancy().GiveBack({owners_.front()}));
          RETURN_IF_ERROR(Take(tx));
          owners_.erase(owners_.begin());
          return absl::OkStatus();
        }).IgnoreError();
        break;
      default:
        for (int i = 0; i < 6; ++i) Run([&](Tx& tx) { return Take(tx); }).IgnoreError();
    }
  }

  std::mt19937 random_{static_cast<unsigned>(GetParam())};
  const std::vector<VisitType> types_ = sample::MakeVisitTypes();
  std::vector<std::string> owners_;
};

TEST_P(KeptPicturesByChanceTest, WhatIsKeptIsWhatStands) {
  Pictures here, there;
  for (int step = 0; step < 40; ++step) {
    Change();
    const absl::CivilDay today = DayAt(clock_.Now(), sample::MakeClinic().Zone());
    const absl::CivilDay first_day = std::max(today, kMonday + Below(10));
    const PictureWish wish{.first_day = first_day, .days = 30 + Below(60)};
    const PatientId patient(absl::StrCat("p", Below(5)));
    PlanningQuestion question = Question(first_day, 1 + static_cast<size_t>(Below(9)));
    if (Below(3) == 0) question.preferences.preferred = {{.weekday = absl::Weekday::tuesday, .minutes = {540, 720}}};
    const std::string expected = AskAnew(wish, question, patient);
    for (Pictures* pictures : {&here, &there}) {
      if (Below(2) == 0) continue;  // it hears of this change with a later one
      EXPECT_EQ(Ask(*pictures, wish, question, patient), expected) << step;
    }
    if (HasFailure()) break;
  }
  EXPECT_GT(here.Count(Use::kRefreshed), 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeptPicturesByChanceTest, ::testing::Range(1, 9));

// Front desks that book and then ask see their own booking, however many others do the same; and none is left waiting.
TEST_F(KeptPicturesTest, WhoeverBooksSeesHisOwnBookingWhileOthersBookToo) {
  Pictures pictures[] = {Pictures(), Pictures(1)};  // the second gives up all that it made each time
  std::atomic<int> unseen = 0, failed = 0;
  std::vector<std::thread> desks;
  for (int desk = 0; desk < 8; ++desk) {
    desks.emplace_back([&, desk] {
      for (int i = 0; i < 6; ++i) {
        const int day = desk * 7;  // a room's days of his own
        const std::string owner = absl::StrCat("appointments/", desk);
        const ResourceKey room("rooms/therapy");
        PlanningQuestion question{.earliest_day = kMonday + day, .max_plans = 1};
        question.visits = {{.visit_id = "talk", .type = VisitTypeId("integration")}};
        const bool booked = i % 2 == 0;
        const absl::Status changed = Run([&](Tx& tx) {
          return booked ? TakeAll(tx, owner, {RoomOn(day, 8, 17, room)}) : tx.occupancy().GiveBack({owner});
        });
        const absl::Status asked = Run([&](Tx& tx) -> absl::Status {
          ASSIGN_OR_RETURN(KeptPictures::Lease lease, pictures[i / 2 % 2].kept.Take(tx, {}, absl::InfiniteFuture()));
          ASSIGN_OR_RETURN(const DecidedAnswer decided,
                           std::move(lease).Plan({.first_day = kMonday + day, .days = 7}, question));
          const absl::Time nine = sample::At(kMonday + day, 9);
          if ((decided.answer.plans.at(0).visits.at(0).start > nine) != booked) ++unseen;
          return absl::OkStatus();
        });
        if (!changed.ok() || !asked.ok()) ++failed;
      }
    });
  }
  for (std::thread& desk : desks) desk.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(unseen, 0);
  EXPECT_EQ(Ask(pictures[0]), AskAnew());
  EXPECT_EQ(pictures[1].kept.bytes(), 0u);
}

}  // namespace
}  // namespace kat::scheduling
