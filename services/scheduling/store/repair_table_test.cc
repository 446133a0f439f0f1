#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
const absl::CivilDay kMonday(2026, 11, 30);

class RepairTableTest : public StoreTest {
 protected:
  Repair MakeRepair(const std::string& id) {
    const std::vector<Assignment> assignments = sample::FirstFit(sample::MakeVisitTypes()[0], sample::MakeResources());
    const Reason breach{ReasonKind::kMinDays, "infusion-1", "infusion-2", 2, 1, "", "too soon"};
    Repair repair{
        .id = RepairId(id),
        .trigger =
            Absence{ResourceKey("staff/nora"), {sample::At(kMonday, 8), sample::At(kMonday + 1, 18)}, "training"},
        .allow_others = true,
        .allow_deviations = true,
        .proposed_by = "someone",
        .created_at = clock_.Now(),
        .updated_at = clock_.Now()};
    repair.parts = {{.course = CourseId("course-a"),
                     .course_version = 3,
                     .patient = PatientId("ann"),
                     .options = {{.moves = {{.appointment = AppointmentId("a"),
                                             .version = 2,
                                             .visit_id = "infusion-2",
                                             .rebooks = true,
                                             .current_start = sample::At(kMonday, 9),
                                             .current_assignments = assignments,
                                             .start = sample::At(kMonday + 1, 9),
                                             .assignments = assignments}},
                                  .cost = 37,
                                  .terms = {{CostKind::kMove, 1, 25, "1 moves"}},
                                  .deviations = {breach}}},
                     .override_roles = {4, 5}}};
    repair.unplaced = {{AppointmentId("b"), PatientId("bob"), "infusion-4", {breach}}};
    repair.basis = {.picture_time = clock_.Now(),
                    .commitments = 12,
                    .picture_digest = "abc",
                    .weights = {{CostKind::kMove, 25}},
                    .lower_bound = 30,
                    .proved = true,
                    .search_steps = 1234};
    return repair;
  }
};

TEST_F(RepairTableTest, ARepairComesBackWithAllThatItWasDecidedOn) {
  const Repair made = MakeRepair("r");
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.repairs().Insert(made));
    ASSIGN_OR_RETURN(Repair read, tx.repairs().Get(made.id, Lock::kForUpdate));
    EXPECT_EQ(std::get<Absence>(read.trigger).resource, ResourceKey("staff/nora"));
    EXPECT_EQ(std::get<Absence>(read.trigger).time, std::get<Absence>(made.trigger).time);
    EXPECT_TRUE(read.allow_others && read.allow_deviations);
    const RepairOption& option = read.parts.at(0).options.at(0);
    EXPECT_EQ(option.moves.at(0).start, made.parts[0].options[0].moves[0].start);
    EXPECT_EQ(option.moves.at(0).assignments, made.parts[0].options[0].moves[0].assignments);
    EXPECT_TRUE(option.moves.at(0).rebooks);
    EXPECT_EQ(option.terms.at(0).cost, 25);
    EXPECT_EQ(option.deviations.at(0).asked, 1);
    EXPECT_EQ(read.parts[0].override_roles, (std::vector<int>{4, 5}));
    EXPECT_FALSE(read.parts[0].applied_option.has_value());
    EXPECT_EQ(read.unplaced.at(0).reasons.at(0).description, "too soon");
    EXPECT_EQ(read.basis.weights.at(0).weight, 25);
    EXPECT_EQ(read.basis.picture_digest, "abc");
    EXPECT_EQ(read.basis.search_steps, 1234);
    read.parts[0].applied_option = 0;
    read.parts[0].applied_at = clock_.Now();
    read.state = RepairState::kApplied;
    ++read.version;
    RETURN_IF_ERROR(tx.repairs().Update(read));
    ASSIGN_OR_RETURN(const Repair after, tx.repairs().Get(made.id, Lock::kNo));
    EXPECT_EQ(after.state, RepairState::kApplied);
    EXPECT_EQ(after.parts[0].applied_at, clock_.Now());
    EXPECT_ERROR(tx.repairs().Update(read), Code::kAborted, "ETAG_MISMATCH");
    return absl::OkStatus();
  }));
  EXPECT_ERROR(Run([](Tx& tx) { return tx.repairs().Get(RepairId("none"), Lock::kNo).status(); }), Code::kNotFound,
               "RESOURCE_NOT_FOUND");
}

TEST_F(RepairTableTest, EveryTriggerComesBackAsItWas) {
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    Repair shift = MakeRepair("shift");
    shift.trigger = CourseShift{CourseId("c"), "infusion-3", kMonday, kMonday + 7};
    RETURN_IF_ERROR(tx.repairs().Insert(shift));
    Repair lost = MakeRepair("lost");
    lost.trigger = LostVisit{AppointmentId("a"), kMonday + 2};
    RETURN_IF_ERROR(tx.repairs().Insert(lost));
    ASSIGN_OR_RETURN(shift, tx.repairs().Get(shift.id, Lock::kNo));
    EXPECT_EQ(std::get<CourseShift>(shift.trigger).until, kMonday + 7);
    EXPECT_EQ(std::get<CourseShift>(shift.trigger).from_visit, "infusion-3");
    ASSIGN_OR_RETURN(lost, tx.repairs().Get(lost.id, Lock::kNo));
    EXPECT_EQ(std::get<LostVisit>(lost.trigger).day, kMonday + 2);
    return absl::OkStatus();
  }));
}

TEST_F(RepairTableTest, RepairsAreListedNewestFirst) {
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    for (int i = 0; i < 3; ++i) {
      Repair repair = MakeRepair(std::string(1, static_cast<char>('a' + i)));
      repair.created_at += absl::Seconds(i);
      if (i == 1) repair.state = RepairState::kApplied;
      RETURN_IF_ERROR(tx.repairs().Insert(repair));
    }
    ASSIGN_OR_RETURN(const std::vector<Repair> all, tx.repairs().List(std::nullopt, {.limit = 2}));
    EXPECT_EQ(all.size(), 2u);
    EXPECT_EQ(all.at(0).id, RepairId("c"));
    ASSIGN_OR_RETURN(const std::vector<Repair> applied, tx.repairs().List(RepairState::kApplied, {.limit = 9}));
    EXPECT_EQ(applied.size(), 1u);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::scheduling
