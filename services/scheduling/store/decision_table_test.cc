#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

class DecisionTableTest : public StoreTest {
 protected:
  Decision Made(const std::string& id, int days_ago) const {
    return {.id = DecisionId(id),
            .course = CourseId("c"),
            .first_day = absl::CivilDay(2026, 1, 1),
            .created_at = clock_.Now() - absl::Hours(24 * days_ago)};
  }
  absl::StatusOr<int64_t> Prune(int days, int limit = 100) {
    int64_t pruned = 0;
    const absl::Status status = worker_store_->Run({.clinic = clinic_}, [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(pruned, tx.decisions().Prune(clock_.Now() - absl::Hours(24 * days), limit));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return pruned;
  }
  bool Stands(const std::string& id) {
    return Run([&](Tx& tx) { return tx.decisions().Get(DecisionId(id)).status(); }).ok();
  }

  std::unique_ptr<Store> worker_store_ = MakePgStore(database_.worker(), clock_);
};

TEST_F(DecisionTableTest, ADecisionIsReadAsItWasMadeWhateverItsTextsHold) {
  const std::string text = "\"quoted\" \\ back, a\nline, \x01 and é → 漢";
  const std::vector<Assignment> hands = {{"room", ResourceKey("rooms/one")}, {"nurse", ResourceKey("staff/ann")}};
  Decision made = Made("d", 1);
  made.patient = PatientId("ann");
  made.phases = {"induction", text};
  made.days = 84;
  made.alternatives = {{.plan = {.course = CourseId("c"),
                                 .course_version = 3,
                                 .phases = {"induction"},
                                 .visits = {{.visit_id = text, .start = clock_.Now(), .assignments = hands},
                                            {.visit_id = "infusion-2", .start = clock_.Now() + absl::Hours(49)}},
                                 .decision = made.id},
                        .cost = 22,
                        .terms = {{.kind = CostKind::kGap, .count = 2, .cost = 24, .explanation = text}}},
                       {.cost = 40}};
  made.reasons = {
      {.kind = ReasonKind::kResource, .from_visit = "infusion-1", .resource_tag = "room: iv", .description = text}};
  made.basis = {.picture_time = clock_.Now(),
                .commitments = 7,
                .picture_digest = "abc",
                .weights = {{CostKind::kGap, 12}},
                .lower_bound = 20,
                .proved = true,
                .search_steps = 99};
  made.proposed_by = text;
  Decision read;
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.decisions().Insert(made));
    ASSIGN_OR_RETURN(read, tx.decisions().Get(made.id));
    return absl::OkStatus();
  }));
  EXPECT_EQ(read.phases, made.phases);
  EXPECT_EQ(read.first_day, made.first_day);
  EXPECT_EQ(read.proposed_by, text);
  ASSERT_EQ(read.alternatives.size(), 2u);
  const BlockPlan& plan = read.alternatives[0].plan;
  EXPECT_EQ(plan.course_version, 3);
  EXPECT_EQ(plan.decision, made.id);
  ASSERT_EQ(plan.visits.size(), 2u);
  EXPECT_EQ(plan.visits[0].visit_id, text);
  EXPECT_EQ(plan.visits[0].assignments, hands);
  EXPECT_EQ(plan.visits[1].start, made.alternatives[0].plan.visits[1].start);
  EXPECT_EQ(read.alternatives[0].terms.at(0).explanation, text);
  EXPECT_EQ(read.alternatives[1].cost, 40);
  EXPECT_EQ(read.reasons.at(0).description, text);
  EXPECT_EQ(read.basis.weights.at(0).weight, 12);
  EXPECT_EQ(read.basis.picture_time, made.basis.picture_time);
  EXPECT_TRUE(read.basis.proved);
}

TEST_F(DecisionTableTest, ADecisionThatAReplicaOfTheLastVersionWritesAsJsonbIsRead) {
  ASSERT_OK(database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) {
    return tx
        .Execute("insert into decisions (clinic, id, course, body, created_at) values ($1, 'd', 'c', $2::jsonb, $3)",
                 {clinic_, "{\"phases\": [\"induction\"], \"days\": 84}", clock_.Now()})
        .status();
  }));
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const Decision read, tx.decisions().Get(DecisionId("d")));
    EXPECT_EQ(read.phases, std::vector<std::string>{"induction"});
    EXPECT_EQ(read.days, 84);
    return absl::OkStatus();
  }));
}

TEST_F(DecisionTableTest, OldDecisionsThatNoBlockNamesAreDeletedTheOldestFirst) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    for (const auto& [id, age] : {std::pair("d40", 40), {"d50", 50}, {"d60", 60}, {"d5", 5}, {"booked", 100}}) {
      RETURN_IF_ERROR(tx.decisions().Insert(Made(id, age)));
    }
    Course course{.id = CourseId("c"),
                  .patient = PatientId("ann"),
                  .program = "iv-ketamine",
                  .protocol = sample::MakeIvProtocol().protocol,
                  .protocol_version = 1,
                  .earliest_day = absl::CivilDay(2026, 11, 30),
                  .created_at = clock_.Now(),
                  .updated_at = clock_.Now()};
    RETURN_IF_ERROR(tx.courses().Insert(course));
    return tx.courses().InsertBlock(course.id,
                                    {.number = 1, .decision = DecisionId("booked"), .created_at = clock_.Now()});
  }));
  ASSERT_OK_AND_ASSIGN(const int64_t first, Prune(30, /*limit=*/2));
  EXPECT_EQ(first, 2);
  EXPECT_FALSE(Stands("d60"));
  EXPECT_FALSE(Stands("d50"));
  EXPECT_TRUE(Stands("d40"));
  ASSERT_OK_AND_ASSIGN(const int64_t second, Prune(30, /*limit=*/2));
  EXPECT_EQ(second, 1);
  EXPECT_TRUE(Stands("d5"));
  EXPECT_TRUE(Stands("booked"));
}

TEST_F(DecisionTableTest, NobodyChangesADecisionAndOnlyTheWorkerDeletesOneAndNeverOneThatABlockNames) {
  ASSERT_OK(Run([&](Tx& tx) { return tx.decisions().Insert(Made("d", 40)); }));
  const auto as = [&](pg::Database& database, const char* sql) {
    return database.Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) { return tx.Execute(sql).status(); });
  };
  EXPECT_FALSE(as(database_.service(), "delete from decisions").ok());
  EXPECT_FALSE(as(database_.service(), "update decisions set course = 'x'").ok());
  EXPECT_FALSE(as(database_.worker(), "update decisions set course = 'x'").ok());
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.courses().Insert({.id = CourseId("c"),
                                         .patient = PatientId("ann"),
                                         .program = "iv-ketamine",
                                         .protocol = sample::MakeIvProtocol().protocol,
                                         .protocol_version = 1,
                                         .created_at = clock_.Now(),
                                         .updated_at = clock_.Now()}));
    return tx.courses().InsertBlock(CourseId("c"),
                                    {.number = 1, .decision = DecisionId("d"), .created_at = clock_.Now()});
  }));
  EXPECT_FALSE(as(database_.worker(), "delete from decisions").ok());
  EXPECT_TRUE(Stands("d"));
}

}  // namespace
}  // namespace kat::scheduling
