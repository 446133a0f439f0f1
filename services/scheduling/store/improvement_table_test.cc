#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
const absl::CivilDay kMonday(2026, 11, 30);

class ImprovementTableTest : public StoreTest {
 protected:
  Improvement Make(const std::string& id) {
    return {.id = ImprovementId(id),
            .wish = {.first_day = kMonday,
                     .end_day = kMonday + 7,
                     .notice_days = 3,
                     .move_cost = 40,
                     .min_gain = 5,
                     .keep = {CourseId("kept")},
                     .time_limit = absl::Seconds(90)},
            .started_by = "someone",
            .created_at = clock_.Now(),
            .updated_at = clock_.Now()};
  }
  absl::Status Insert(const std::string& id) {
    return Run([&](Tx& tx) { return tx.improvements().Insert(Make(id)); });
  }
  Improvement Get(const std::string& id) {
    Improvement read;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(read, tx.improvements().Get(ImprovementId(id)));
      return absl::OkStatus();
    }));
    return read;
  }
  bool Begin(const std::string& id, const std::string& run, absl::Duration lease) {
    bool begun = false;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(begun, tx.improvements().Begin(ImprovementId(id), run, lease));
      return absl::OkStatus();
    }));
    return begun;
  }
  std::optional<bool> Renew(const std::string& id, const std::string& run, const ImprovementProgress& progress = {},
                            const std::optional<FoundSchedule>& found = std::nullopt) {
    std::optional<bool> stop;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(stop, tx.improvements().Renew(ImprovementId(id), run, progress, absl::Minutes(1), found));
      return absl::OkStatus();
    }));
    return stop;
  }
  FoundSchedule Found(const std::string& id) {
    FoundSchedule read;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(read, tx.improvements().Found(ImprovementId(id)));
      return absl::OkStatus();
    }));
    return read;
  }
  absl::Status End(const std::string& id, ImprovementState state) {
    return Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(Improvement improvement, tx.improvements().Get(ImprovementId(id), Lock::kForUpdate));
      improvement.state = state;
      ++improvement.version;
      return tx.improvements().Update(improvement);
    });
  }
};

TEST_F(ImprovementTableTest, AnImprovementComesBackWithItsWishAndItsResult) {
  ASSERT_OK(Insert("i"));
  Improvement improvement = Get("i");
  EXPECT_EQ(improvement.state, ImprovementState::kQueued);
  EXPECT_EQ(improvement.wish.first_day, kMonday);
  EXPECT_EQ(improvement.wish.end_day, kMonday + 7);
  EXPECT_EQ(improvement.wish.notice_days, 3);
  EXPECT_EQ(improvement.wish.move_cost, 40);
  EXPECT_EQ(improvement.wish.min_gain, 5);
  EXPECT_EQ(improvement.wish.keep, (std::set<CourseId>{CourseId("kept")}));
  EXPECT_EQ(improvement.wish.time_limit, absl::Seconds(90));
  EXPECT_EQ(improvement.started_by, "someone");

  ImprovementPart part{.part = {.course = CourseId("c"), .course_version = 3, .patient = PatientId("ann")},
                       .group = 2,
                       .alone = true,
                       .cost_before = 48,
                       .terms_before = {{CostKind::kGap, 4, 48, "4 days"}}};
  part.part.options = {{.moves = {{.appointment = AppointmentId("a"), .version = 7}}, .cost = 25}};
  part.part.applied_at = clock_.Now();
  improvement.parts = {part};
  improvement.state = ImprovementState::kPartlyApplied;
  improvement.basis.picture_digest = "abc";
  improvement.failure = ImprovementFailure::kInterrupted;
  improvement.failure_description = "why";
  improvement.progress = {.initial_cost = 48, .cost = 25, .courses = 9, .elapsed = absl::Milliseconds(1500)};
  improvement.stop_early = true;
  ++improvement.version;
  EXPECT_OK(Run([&](Tx& tx) { return tx.improvements().Update(improvement); }));
  const Improvement read = Get("i");
  ASSERT_EQ(read.parts.size(), 1u);
  EXPECT_EQ(read.parts[0].part.course, CourseId("c"));
  EXPECT_EQ(read.parts[0].option().moves.at(0).version, 7);
  EXPECT_EQ(read.parts[0].part.applied_at, clock_.Now());
  EXPECT_EQ(read.parts[0].group, 2);
  EXPECT_TRUE(read.parts[0].alone && read.stop_early);
  EXPECT_EQ(read.parts[0].Gain(), 23);
  EXPECT_EQ(read.parts[0].terms_before.at(0).cost, 48);
  EXPECT_EQ(read.basis.picture_digest, "abc");
  EXPECT_EQ(read.failure, ImprovementFailure::kInterrupted);
  EXPECT_EQ(read.progress.courses, 9);
  EXPECT_EQ(read.progress.elapsed, absl::Milliseconds(1500));
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.improvements().Update(improvement); }), Code::kAborted, "ETAG_MISMATCH");
}

TEST_F(ImprovementTableTest, AClinicHasOneAtATimeUntilItEnds) {
  ASSERT_OK(Insert("i"));
  EXPECT_ERROR(Insert("j"), Code::kFailedPrecondition, "IMPROVEMENT_RUNNING");
  EXPECT_TRUE(Begin("i", "run-1", absl::Minutes(1)));
  EXPECT_ERROR(Insert("j"), Code::kFailedPrecondition, "IMPROVEMENT_RUNNING");
  EXPECT_OK(End("i", ImprovementState::kReady));
  EXPECT_OK(Insert("j"));
}

TEST_F(ImprovementTableTest, OneRunHasItUntilItsLeasePassesAndThenCannotWriteAnyMore) {
  ASSERT_OK(Insert("i"));
  EXPECT_TRUE(Begin("i", "run-1", absl::Minutes(1)));
  EXPECT_FALSE(Begin("i", "run-2", absl::Minutes(1)));
  EXPECT_EQ(Renew("i", "run-1", {.cost = 77}), false);
  EXPECT_EQ(Get("i").progress.cost, 77);
  EXPECT_EQ(Get("i").version, 2);  // progress is no version
  EXPECT_EQ(Renew("i", "run-2"), std::nullopt);

  ASSERT_OK(Run(
      [&](Tx& tx) { return tx.improvements().Renew(ImprovementId("i"), "run-1", {}, -absl::Seconds(1)).status(); }));
  EXPECT_TRUE(Begin("i", "run-2", absl::Minutes(1)));
  EXPECT_EQ(Renew("i", "run-1"), std::nullopt);
  EXPECT_EQ(Renew("i", "run-2"), false);
  EXPECT_EQ(Get("i").attempts, 2);
  EXPECT_EQ(Get("i").run, "run-2");
}

TEST_F(ImprovementTableTest, ARunThatIsGivenUpIsFreeAtOnceAndDoesNotCount) {
  ASSERT_OK(Insert("i"));
  EXPECT_TRUE(Begin("i", "run-1", absl::Minutes(1)));
  ASSERT_OK(Run([](Tx& tx) { return tx.improvements().GiveUp(ImprovementId("i"), "another", {}); }));
  EXPECT_FALSE(Begin("i", "run-2", absl::Minutes(1)));
  ASSERT_OK(Run([](Tx& tx) { return tx.improvements().GiveUp(ImprovementId("i"), "run-1", {}); }));
  EXPECT_EQ(Get("i").state, ImprovementState::kRunning);
  EXPECT_TRUE(Begin("i", "run-2", absl::Minutes(1)));
  EXPECT_EQ(Get("i").attempts, 1);
}

TEST_F(ImprovementTableTest, WhatARunThatIsGivenUpHadFoundIsKeptUntilTheImprovementEnds) {
  ASSERT_OK(Insert("i"));
  const auto give_up = [&](const std::string& run, std::vector<FoundCourse> courses) {
    return Run([&](Tx& tx) {
      return tx.improvements().GiveUp(ImprovementId("i"), run, {std::move(courses), absl::Milliseconds(12'345)});
    });
  };
  const auto found = [&] { return Found("i"); };
  const FoundCourse course{CourseId("c"),
                           {{"dose-1", sample::At(kMonday, 9), {{"nurse", ResourceKey("staff/nora")}}},
                            {"dose-2", sample::At(kMonday, 10)}}};
  EXPECT_TRUE(Begin("i", "run-1", absl::Minutes(1)));
  ASSERT_OK(give_up("another", {course}));
  EXPECT_TRUE(found().courses.empty());
  ASSERT_OK(give_up("run-1", {course}));
  const FoundSchedule kept = found();
  EXPECT_EQ(kept.elapsed, absl::Milliseconds(12'345));
  ASSERT_EQ(kept.courses.size(), 1u);
  EXPECT_EQ(kept.courses[0].course, CourseId("c"));
  ASSERT_EQ(kept.courses[0].visits.size(), 2u);
  EXPECT_EQ(kept.courses[0].visits[0].visit_id, "dose-1");
  EXPECT_EQ(kept.courses[0].visits[0].start, sample::At(kMonday, 9));
  EXPECT_EQ(kept.courses[0].visits[0].assignments, (std::vector<Assignment>{{"nurse", ResourceKey("staff/nora")}}));

  EXPECT_TRUE(Begin("i", "run-2", -absl::Seconds(1)));  // dies
  EXPECT_TRUE(Begin("i", "run-3", absl::Minutes(1)));
  ASSERT_OK(give_up("run-3", {}));
  EXPECT_EQ(found().courses.size(), 1u) << "who has found nothing takes nothing away";
  EXPECT_OK(End("i", ImprovementState::kCancelled));
  EXPECT_TRUE(found().courses.empty());
}

TEST_F(ImprovementTableTest, WhatARunHasFoundIsKeptWithItsLeaseAndOutlivesIt) {
  const auto schedule = [](const char* course, absl::Duration elapsed) {
    return FoundSchedule{{{CourseId(course), {{"dose-1", sample::At(kMonday, 9)}}}}, elapsed};
  };
  const auto kept = [&] {
    const FoundSchedule found = Found("i");
    return found.courses.size() == 1 ? found.courses[0].course.str() : "";
  };
  ASSERT_OK(Insert("i"));
  EXPECT_TRUE(Begin("i", "run-1", absl::Minutes(1)));
  EXPECT_EQ(Renew("i", "run-1"), false);
  EXPECT_EQ(kept(), "");
  EXPECT_EQ(Renew("i", "another", {}, schedule("c", absl::Seconds(1))), std::nullopt);
  EXPECT_EQ(kept(), "") << "it has not got the lease";
  EXPECT_EQ(Renew("i", "run-1", {.cost = 9}, schedule("c", absl::Seconds(2))), false);
  EXPECT_EQ(kept(), "c");
  EXPECT_EQ(Get("i").progress.cost, 9);
  EXPECT_EQ(Found("i").elapsed, absl::Seconds(2));
  EXPECT_EQ(Renew("i", "run-1", {}, schedule("d", absl::Seconds(3))), false);
  EXPECT_EQ(Renew("i", "run-1"), false);
  EXPECT_EQ(kept(), "d") << "who has found nothing since takes nothing away";

  ASSERT_OK(Run(
      [&](Tx& tx) { return tx.improvements().Renew(ImprovementId("i"), "run-1", {}, -absl::Seconds(1)).status(); }));
  EXPECT_TRUE(Begin("i", "run-2", absl::Minutes(1)));
  EXPECT_EQ(Renew("i", "run-1", {}, schedule("late", absl::Seconds(4))), std::nullopt);
  EXPECT_EQ(kept(), "d");
  EXPECT_OK(End("i", ImprovementState::kReady));
  EXPECT_EQ(Renew("i", "run-2", {}, schedule("late", absl::Seconds(4))), std::nullopt);
  EXPECT_EQ(kept(), "");
}

TEST_F(ImprovementTableTest, WhatHasEndedHasNoRunAndDoesNotBeginAgain) {
  ASSERT_OK(Insert("i"));
  EXPECT_TRUE(Begin("i", "run-1", -absl::Seconds(1)));
  EXPECT_OK(End("i", ImprovementState::kCancelled));
  EXPECT_EQ(Get("i").run, "");
  EXPECT_EQ(Renew("i", "run-1"), std::nullopt);
  EXPECT_FALSE(Begin("i", "run-2", absl::Minutes(1)));
}

TEST_F(ImprovementTableTest, ListsAreNewestFirstByStateAndWithoutParts) {
  for (const char* id : {"a", "b", "c"}) {
    ASSERT_OK(Insert(id));
    ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(Improvement improvement, tx.improvements().Get(ImprovementId(id), Lock::kForUpdate));
      improvement.state = *id == 'b' ? ImprovementState::kFailed : ImprovementState::kReady;
      improvement.parts = {{.group = 1}};
      ++improvement.version;
      return tx.improvements().Update(improvement);
    }));
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto ready, tx.improvements().List(ImprovementState::kReady, {}));
    EXPECT_EQ(ready.size(), 2u);
    EXPECT_EQ(ready.at(0).id, ImprovementId("c"));
    EXPECT_TRUE(ready.at(0).parts.empty());
    EXPECT_EQ(ready.at(0).wish.move_cost, 40);
    ASSIGN_OR_RETURN(
        const auto rest,
        tx.improvements().List(std::nullopt, {.after = {absl::StrCat(absl::ToUnixMicros(ready[0].created_at)), "c"}}));
    EXPECT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest.at(0).id, ImprovementId("b"));
    return absl::OkStatus();
  }));
}

TEST_F(ImprovementTableTest, APinnedAppointmentComesBackPinned) {
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    Appointment appointment{.id = AppointmentId("a"),
                            .visit_type = VisitTypeId("consult"),
                            .time = {sample::At(kMonday, 9), sample::At(kMonday, 10)},
                            .pinned = true};
    RETURN_IF_ERROR(tx.appointments().Insert(appointment, 0));
    ASSIGN_OR_RETURN(Appointment read, tx.appointments().Get(appointment.id));
    EXPECT_TRUE(read.pinned);
    read.pinned = false;
    ++read.version;
    RETURN_IF_ERROR(tx.appointments().Update(read));
    ASSIGN_OR_RETURN(read, tx.appointments().Get(appointment.id));
    EXPECT_FALSE(read.pinned);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::scheduling
