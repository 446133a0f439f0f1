#include "services/scheduling/api/improvement_fixture.h"
#include "services/scheduling/store/pg_store.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

// Who runs an improvement, and how it ends.
class ImprovementRunTest : public ImprovementTest {
 protected:
  absl::Status InStore(absl::FunctionRef<absl::Status(Tx&)> body) {
    return MakePgStore(Service().database().service(), Service().clock())->Run({.clinic = ClinicId(clinic_)}, body);
  }
  v1::StartImprovementRequest LongRequest() {
    v1::StartImprovementRequest request = Request();
    request.mutable_improvement()->set_time_limit_seconds(600);
    return request;
  }
  // One that finds ann a better time than ten, and then goes on for as long as it is held.
  v1::Improvement StartHeld() {
    Talk("ann", 10, 14, 17);
    Improver().hold = true;
    return Start(LongRequest());
  }
  // As a replica that died: begun, and never renewed.
  void BeginAsOneThatDies(const v1::Improvement& improvement) {
    ASSERT_OK(InStore([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const bool begun, tx.improvements().Begin(ImprovementId(rpc::LastSegment(improvement.name())),
                                                                 NewId(), -absl::Seconds(1)));
      EXPECT_TRUE(begun);
      return absl::OkStatus();
    }));
  }
};

TEST_F(ImprovementRunTest, ItIsCalledOffWithoutAResultOrKeepsTheBestSoFar) {
  const v1::Improvement first = StartHeld();
  EXPECT_OK(Service().RunDueJobs());
  AwaitHolding();
  const v1::Improvement running = Await(first, [](const v1::Improvement& read) { return read.progress().cost() == 1; });
  EXPECT_EQ(running.state(), v1::Improvement::RUNNING);
  EXPECT_EQ(running.progress().initial_cost(), 4);
  const absl::Status second = Call(&Stub::StartImprovement, Request()).status();
  EXPECT_ERROR(second, Code::kFailedPrecondition, "IMPROVEMENT_RUNNING");
  EXPECT_EQ(GetErrorDetail(second)->metadata.at("improvement"), first.name());
  EXPECT_ERROR(Apply(first), Code::kFailedPrecondition, "STATE_FORBIDS");

  ASSERT_OK_AND_ASSIGN(const v1::Improvement cancelled, Cancel(first));
  EXPECT_EQ(cancelled.state(), v1::Improvement::CANCELLED);
  EXPECT_ERROR(Cancel(first), Code::kFailedPrecondition, "STATE_FORBIDS");

  const v1::Improvement kept = Start(LongRequest());
  EXPECT_OK(Service().RunDueJobs());
  Await(kept, [](const v1::Improvement& read) { return read.progress().cost() == 1; });
  ASSERT_OK(Cancel(kept, /*keep_best=*/true));
  const v1::Improvement ready = AwaitEnd(kept);
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_TRUE(ready.ended_early());
  EXPECT_EQ(ready.parts_size(), 1);
  EXPECT_EQ(Read(first).state(), v1::Improvement::CANCELLED);
  EXPECT_EQ(Events("improvement.ready"), 1);

  const v1::Improvement queued = Start(LongRequest());  // no replica has seen it
  ASSERT_OK_AND_ASSIGN(const v1::Improvement off, Cancel(queued, /*keep_best=*/true));
  EXPECT_EQ(off.state(), v1::Improvement::CANCELLED);
  EXPECT_EQ(*Service().RunDueJobs(), 0);
}

TEST_F(ImprovementRunTest, WhereAReplicaDiesAnotherTakesOverAndAfterThreeItFailsWithAReason) {
  Talk("ann", 10, 14, 17);
  const v1::Improvement first = Start(Request());
  BeginAsOneThatDies(first);
  EXPECT_EQ(Read(first).state(), v1::Improvement::RUNNING);
  EXPECT_OK(Service().RunDueJobs());
  const v1::Improvement ready = AwaitEnd(first);
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_EQ(ready.attempts(), 2);
  EXPECT_EQ(ready.parts_size(), 1);

  const v1::Improvement hopeless = Start(Request());
  for (int died = 0; died < 3; ++died) BeginAsOneThatDies(hopeless);
  EXPECT_OK(Service().RunDueJobs());
  const v1::Improvement failed = AwaitEnd(hopeless);
  EXPECT_EQ(failed.state(), v1::Improvement::FAILED);
  EXPECT_EQ(failed.failure().reason(), "INTERRUPTED");
  EXPECT_FALSE(failed.failure().description().empty());
  EXPECT_OK(Cancel(Start(Request())));  // the way is free
}

TEST_F(ImprovementRunTest, OfTwoReplicasOneRunsItAndOneThatLostItsLeaseWritesNothing) {
  const v1::Improvement started = StartHeld();
  {
    // It does not renew its lease: as one that the network has cut off.
    testing::TestService cut_off(ReplicaSpec({}, {.renew_every = absl::Hours(1)}), Service());
    EXPECT_OK(cut_off.RunDueJobs());
    AwaitHolding();
    EXPECT_OK(Service().RunDueJobs());  // another has it
    EXPECT_EQ(Improver().holding, 1);
    ASSERT_OK(InStore([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const Improvement held, tx.improvements().Get(ImprovementId(rpc::LastSegment(started.name()))));
      return tx.improvements().Renew(held.id, held.run, {}, -absl::Seconds(1)).status();
    }));
    EXPECT_OK(Service().RunDueJobs());
    AwaitHolding(2);
    Improver().hold = false;
    const v1::Improvement ready = AwaitEnd(started);
    EXPECT_EQ(ready.state(), v1::Improvement::READY);
    EXPECT_EQ(ready.attempts(), 2);
  }  // waits for the other's search to end
  EXPECT_EQ(Events("improvement.ready"), 1);
  EXPECT_EQ(Events("improvement.failed"), 0);
}

TEST_F(ImprovementRunTest, AReplicaThatIsStoppedGivesItUpForAnotherAtOnce) {
  const v1::Improvement started = StartHeld();
  {
    testing::TestService stopped(ReplicaSpec({}), Service());
    EXPECT_OK(stopped.RunDueJobs());
    AwaitHolding();
  }
  EXPECT_EQ(Read(started).state(), v1::Improvement::RUNNING);
  Improver().hold = false;
  EXPECT_OK(Service().RunDueJobs());
  const v1::Improvement ready = AwaitEnd(started);
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_EQ(ready.attempts(), 1);
}

TEST_F(ImprovementRunTest, WhoTakesOverFromAReplicaThatIsStoppedGoesOnFromWhatItFound) {
  const v1::Improvement started = StartHeld();
  {
    testing::TestService stopped(ReplicaSpec({}), Service());
    EXPECT_OK(stopped.RunDueJobs());
    AwaitHolding();  // it has found a better time
  }
  Improver().hold = false;
  Improver().hurry = true;
  EXPECT_OK(Service().RunDueJobs());
  const v1::Improvement ready = AwaitEnd(started);
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_EQ(ready.parts_size(), 1);
  EXPECT_EQ(Run(Request()).parts_size(), 0) << "who begins anew and has no time finds nothing";
}

TEST_F(ImprovementRunTest, WhoTakesOverFromAReplicaThatDiedGoesOnFromWhatItHadKeptWithTheRestOfTheTime) {
  const v1::Improvement started = StartHeld();
  const ImprovementId id(rpc::LastSegment(started.name()));
  absl::Duration used;
  {
    testing::TestService dies(ReplicaSpec({}, {.renew_every = absl::Milliseconds(10), .keep_every = {}}), Service());
    EXPECT_OK(dies.RunDueJobs());
    Await(started, [](const v1::Improvement& read) { return read.progress().cost() == 1; });
    FoundSchedule kept;
    const auto read_kept = [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(kept, tx.improvements().Found(id));
      return absl::OkStatus();
    };
    ASSERT_OK(InStore(read_kept));
    ASSERT_EQ(kept.courses.size(), 1u) << "it is kept before it is told";
    const absl::Duration then = kept.elapsed;
    Await(started, [&](const v1::Improvement& read) {
      return absl::Milliseconds(read.progress().elapsed_ms()) > then + absl::Milliseconds(200);
    });
    ASSERT_OK(InStore(read_kept));
    EXPECT_EQ(kept.elapsed, then) << "it has found nothing better since";
    // All at once, so that the run cannot even give itself up: as one that died, and after it one that died before it
    // had found anything.
    ASSERT_OK(InStore([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const Improvement held, tx.improvements().Get(id, Lock::kForUpdate));
      used = held.progress.elapsed;
      RETURN_IF_ERROR(tx.improvements().Renew(id, held.run, held.progress, -absl::Seconds(1)).status());
      ASSIGN_OR_RETURN(const bool begun, tx.improvements().Begin(id, NewId(), -absl::Seconds(1)));
      EXPECT_TRUE(begun);
      return absl::OkStatus();
    }));
  }
  EXPECT_GE(used, absl::Milliseconds(200));
  Improver().hold = false;
  Improver().hurry = true;
  EXPECT_OK(Service().RunDueJobs());
  const v1::Improvement ready = AwaitEnd(started);
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_EQ(ready.attempts(), 3);
  EXPECT_EQ(ready.parts_size(), 1);
  EXPECT_GE(ready.progress().elapsed_ms(), absl::ToInt64Milliseconds(used));
}

TEST_F(ImprovementRunTest, WhatWasFoundBeforeIsGoneOnFromAsFarAsItStillStandsAndWithTheRestOfTheTime) {
  const v1::Appointment ann = Talk("ann", 10, 14, 15);
  const v1::Appointment bob = Talk("bob", 11, 15, 16);
  const v1::Improvement started = Start(Request());
  const ImprovementId id(rpc::LastSegment(started.name()));
  const auto talk_at = [&](const v1::Appointment& appointment, int hour) {
    return FoundCourse{CourseId(rpc::LastSegment(appointment.course())),
                       {{"talk-1",
                         rpc::FromProto(At(kThatDay, hour)),
                         {{"room", ResourceKey("rooms/therapy")}, {"therapist", ResourceKey("staff/tess-rivera")}}}}};
  };
  ASSERT_OK(InStore([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.improvements().Begin(id, "run", absl::Minutes(1)).status());
    return tx.improvements().GiveUp(
        id, "run",
        {{talk_at(ann, 14), talk_at(bob, 15), {CourseId("gone"), {{"talk-1", absl::UnixEpoch(), {}}}}},
         absl::Milliseconds(1400)});
  }));
  Talk("eve", 15, 8, 18);  // bob's place is taken since
  Improver().hurry = true;
  EXPECT_OK(Service().RunDueJobs());
  const v1::Improvement ready = AwaitEnd(started);
  EXPECT_EQ(ready.state(), v1::Improvement::READY);
  EXPECT_GE(ready.progress().elapsed_ms(), 1400);
  ASSERT_EQ(ready.parts_size(), 1);
  ASSERT_OK(Apply(ready));
  EXPECT_EQ(Hour(ann), 14);
  EXPECT_EQ(Hour(bob), 11);
}

TEST_F(ImprovementRunTest, ASearchThatCannotBeMadeEndsAsFailedAndSaysWhy) {
  Talk("ann", 10, 14, 17);
  Improver().error = absl::InvalidArgumentError("$.clinic.days: too many");
  const v1::Improvement setup = Run(Request());
  EXPECT_EQ(setup.state(), v1::Improvement::FAILED);
  EXPECT_EQ(setup.failure().reason(), "SETUP_INVALID");
  EXPECT_TRUE(setup.failure().description().find("too many") != std::string::npos);
  Improver().error = absl::InternalError("secret");
  const v1::Improvement fault = Run(Request());
  EXPECT_EQ(fault.failure().reason(), "INTERNAL");
  EXPECT_TRUE(fault.failure().description().find("secret") == std::string::npos);
}

TEST_F(ImprovementRunTest, AnotherClinicNeitherSeesNorStopsNorAppliesIt) {
  const v1::Appointment ann = Talk("ann", 10, 14, 17);
  const v1::Improvement ready = Run(Request());
  const std::string own = clinic_;
  SetUpAnotherClinic();
  v1::GetImprovementRequest get;
  get.set_name(ready.name());
  EXPECT_FALSE(Call(&Stub::GetImprovement, get).ok());
  EXPECT_FALSE(Cancel(ready).ok());
  EXPECT_FALSE(Apply(ready).ok());
  get.set_name(Name(absl::StrCat("improvements/", rpc::LastSegment(ready.name()))));
  EXPECT_ERROR(Call(&Stub::GetImprovement, get), Code::kNotFound, "RESOURCE_NOT_FOUND");
  v1::ListImprovementsRequest list;
  list.set_parent(absl::StrCat("clinics/", clinic_));
  ASSERT_OK_AND_ASSIGN(const v1::ListImprovementsResponse listed, Call(&Stub::ListImprovements, list));
  EXPECT_EQ(listed.improvements_size(), 0);
  v1::StartImprovementRequest request = Request();
  request.mutable_improvement()->add_keep_courses(Name("courses/nobodys"));
  EXPECT_ERROR(Call(&Stub::StartImprovement, request), Code::kNotFound, "RESOURCE_NOT_FOUND");
  clinic_ = own;
  EXPECT_EQ(Hour(ann), 10);
}

}  // namespace
}  // namespace kat::scheduling
