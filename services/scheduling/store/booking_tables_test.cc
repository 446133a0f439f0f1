#include "absl/strings/str_cat.h"
#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
const absl::CivilDay kMonday(2026, 11, 30);

class BookingTablesTest : public StoreTest {
 protected:
  absl::Status InsertCourse() {
    return Run([&](Tx& tx) { return tx.courses().Insert(course_); });
  }

  static Appointment MakeAppointment(const std::string& id, int number) {
    return {.id = AppointmentId(id),
            .course = CourseId("course-a"),
            .patient = PatientId("ann"),
            .block = 1,
            .visit_id = absl::StrCat("infusion-", number),
            .visit_type = VisitTypeId("iv-infusion"),
            .session_number = number,
            .time = {sample::At(kMonday + number, 9), sample::At(kMonday + number, 10, 50)},
            .assignments = sample::FirstFit(sample::MakeVisitTypes()[0], sample::MakeResources()),
            .external_ids = {{"ehr", absl::StrCat("visit-", id)}}};
  }

  Course course_ = sample::MakeCourse(sample::MakeIvProtocol(), kMonday);
};

TEST_F(BookingTablesTest, OfPatientsWhoHadACourseOfTheProgramTheTimeOfTheLastIsKnown) {
  const auto insert = [&](const std::string& id, const std::string& patient, const std::string& program, int hour) {
    Course course = course_;
    course.id = CourseId(id);
    course.patient = PatientId(patient);
    course.program = program;
    course.state = CourseState::kStopped;
    course.created_at = sample::At(kMonday, hour);
    return Run([&](Tx& tx) { return tx.courses().Insert(course); });
  };
  ASSERT_OK(insert("first", "ann", "iv-ketamine", 9));
  ASSERT_OK(insert("second", "ann", "iv-ketamine", 11));
  ASSERT_OK(insert("other", "ann", "spravato", 13));
  ASSERT_OK(insert("bobs", "bob", "spravato", 9));
  ASSERT_OK(insert("not-asked", "eve", "iv-ketamine", 9));
  std::map<PatientId, absl::Time> last;
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(last, tx.courses().LastOfPatients("iv-ketamine", {PatientId("ann"), PatientId("bob")}));
    return absl::OkStatus();
  }));
  EXPECT_EQ(last, (std::map<PatientId, absl::Time>{{PatientId("ann"), sample::At(kMonday, 11)}}));
}

TEST_F(BookingTablesTest, ACourseComesBackWithItsBlocksAndTheirAppointmentsInOrder) {
  course_.preferences.continuity_roles = {"clinician"};
  course_.external_ids = {{"ehr", "course-1"}};
  ASSERT_OK(InsertCourse());
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(
        tx.courses().InsertBlock(course_.id, {.number = 1, .phases = {"induction"}, .financial_reservation = "f"}));
    RETURN_IF_ERROR(tx.appointments().Insert(MakeAppointment("b", 1), 1));
    RETURN_IF_ERROR(tx.appointments().Insert(MakeAppointment("a", 2), 2));
    ASSIGN_OR_RETURN(Course read, tx.courses().Get(course_.id, Lock::kForUpdate));
    EXPECT_EQ(read.preferences.continuity_roles, course_.preferences.continuity_roles);
    EXPECT_EQ(read.external_ids, course_.external_ids);
    EXPECT_EQ(read.earliest_day, kMonday);
    EXPECT_EQ(read.blocks.at(0).appointments, (std::vector<AppointmentId>{AppointmentId("b"), AppointmentId("a")}));
    RETURN_IF_ERROR(tx.courses().CancelBlock(course_.id, 1));
    ASSIGN_OR_RETURN(read, tx.courses().Get(course_.id));
    EXPECT_EQ(read.blocks.at(0).state, BlockState::kCancelled);
    return absl::OkStatus();
  }));
  EXPECT_ERROR(InsertCourse(), Code::kAlreadyExists, "NAME_TAKEN");
}

TEST_F(BookingTablesTest, ACourseIsReadWithoutTheAppointmentsOfOthers) {
  ASSERT_OK(InsertCourse());
  int64_t passed_over = -1;
  ASSERT_OK(database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(
        tx.Execute("insert into appointments (clinic, id, course, block, position, visit_id, visit_type, "
                   "session_number, start_at, end_at, state, assignments, program, note, cancel_reason, "
                   "cancelled_by_clinic, version, created_at, updated_at, overrides, cancelled_late, condition_code, "
                   "condition_since, pinned) select $1, 'old-' || n, case when n < 9 then $2::text end, 0, 0, '', "
                   "'iv-infusion', 1, $3::timestamptz - n * interval '1 hour', $3::timestamptz - n * interval "
                   "'50 minutes', 'CANCELLED', '[]', '', '', '', true, 1, now(), now(), '[]', false, '', '', false "
                   "from generate_series(1, 2000) n",
                   {clinic_.str(), course_.id.str(), sample::At(kMonday, 8)})
            .status());
    ASSIGN_OR_RETURN(passed_over, RowsPassedOver(tx, "select id from appointments where clinic = $1 and course = $2",
                                                 {clinic_.str(), course_.id.str()}));
    return absl::OkStatus();
  }));
  EXPECT_EQ(passed_over, 0);
}

TEST_F(BookingTablesTest, AVisitBookedAnewTakesThePlaceOfTheLostOneAndKeepsWhoAnswersForIt) {
  ASSERT_OK(InsertCourse());
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.courses().InsertBlock(course_.id, {.number = 1, .phases = {"induction"}}));
    Appointment lost = MakeAppointment("a", 1);
    lost.state = AppointmentState::kNoShow;
    RETURN_IF_ERROR(tx.appointments().Insert(lost, 0));
    RETURN_IF_ERROR(tx.appointments().Insert(MakeAppointment("b", 2), 1));
    Appointment anew = MakeAppointment("c", 1);
    anew.rebooks = lost.id;
    anew.overrides = {{.rule = ReasonKind::kMaxDays,
                       .from_visit = "infusion-1",
                       .to_visit = "infusion-2",
                       .allowed = 5,
                       .asked = 7,
                       .decided_by = ResourceKey("staff/carla"),
                       .role = 5,
                       .reason = "travel",
                       .decided_at = clock_.Now()}};
    RETURN_IF_ERROR(tx.appointments().Insert(anew, 9));
    ASSIGN_OR_RETURN(const std::vector<Appointment> all, tx.appointments().OfCourse(course_.id));
    EXPECT_EQ(all.at(1).id, anew.id);
    EXPECT_EQ(all.at(1).rebooks, lost.id);
    EXPECT_EQ(all.at(1).overrides, anew.overrides);
    EXPECT_TRUE(all.at(2).rebooks.empty());
    return absl::OkStatus();
  }));
}

TEST_F(BookingTablesTest, ACourseComesBackWithWhatWasDecidedAndItsChangesOfProtocol) {
  ASSERT_OK(InsertCourse());
  const absl::Time at = clock_.Now() + absl::Microseconds(7);
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const ProtocolVersion next, tx.protocols().Insert(sample::MakeIvProtocol()));
    for (int number = 1; number <= 2; ++number) {
      RETURN_IF_ERROR(tx.courses().InsertDecision(course_.id, {.number = number,
                                                               .phase = "induction",
                                                               .occurrence = 1,
                                                               .option = absl::StrCat("option-", number),
                                                               .role = 4,
                                                               .decided_by = "dr",
                                                               .reason = "it \"works\"",
                                                               .decided_at = at}));
    }
    RETURN_IF_ERROR(tx.courses().InsertProtocolChange(course_.id, {.number = 1,
                                                                   .from_protocol = course_.protocol,
                                                                   .from_version = 1,
                                                                   .to_protocol = next.protocol,
                                                                   .to_version = next.version,
                                                                   .reason = "why",
                                                                   .changed_by = "dr",
                                                                   .changed_at = at}));
    Course moved = course_;
    moved.protocol_version = next.version;
    ++moved.version;
    RETURN_IF_ERROR(tx.courses().Update(moved));
    ASSIGN_OR_RETURN(const Course read, tx.courses().Get(course_.id, Lock::kForUpdate));
    EXPECT_EQ(read.protocol_version, 2);
    EXPECT_EQ(read.decisions.size(), 2u);
    EXPECT_EQ(read.decisions.back().option, "option-2");
    EXPECT_EQ(read.decisions.back().reason, "it \"works\"");
    EXPECT_EQ(read.decisions.back().decided_at, at);
    EXPECT_EQ(read.decisions.back().role, 4);
    EXPECT_EQ(read.protocol_changes.size(), 1u);
    EXPECT_EQ(read.protocol_changes[0].to_version, 2);
    EXPECT_EQ(read.protocol_changes[0].changed_at, at);
    return absl::OkStatus();
  }));
}

TEST_F(BookingTablesTest, CoursesAreListedNewestFirst) {
  for (int i = 0; i < 3; ++i) {
    course_.id = CourseId(absl::StrCat("c", i));
    course_.created_at = clock_.Now() + absl::Seconds(i);
    ASSERT_OK(InsertCourse());
  }
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<Course> page, tx.courses().List({.patient = PatientId("ann")}, {.limit = 2}));
    EXPECT_EQ(page.at(0).id.str(), "c2");
    const ListRange next{.after = {absl::StrCat(absl::ToUnixMicros(page.at(1).created_at)), page.at(1).id.str()}};
    ASSIGN_OR_RETURN(page, tx.courses().List({.state = CourseState::kActive}, next));
    EXPECT_EQ(page.size(), 1u);
    EXPECT_EQ(page.at(0).id.str(), "c0");
    ASSIGN_OR_RETURN(page, tx.courses().List({.patient = PatientId("bob")}, {}));
    EXPECT_TRUE(page.empty());
    return absl::OkStatus();
  }));
}

TEST_F(BookingTablesTest, AppointmentsAreFoundByEveryFilter) {
  ASSERT_OK(InsertCourse());
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    for (int i = 1; i <= 3; ++i) {
      RETURN_IF_ERROR(tx.appointments().Insert(MakeAppointment(absl::StrCat("a", i), i), i));
    }
    return absl::OkStatus();
  }));
  const auto count = [&](const AppointmentFilter& filter) {
    size_t found = 99;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<Appointment> list, tx.appointments().List(filter, {}));
      found = list.size();
      return absl::OkStatus();
    }));
    return found;
  };
  EXPECT_EQ(count({}), 3u);
  EXPECT_EQ(count({.course = CourseId("course-a"), .patient = PatientId("ann")}), 3u);
  EXPECT_EQ(count({.course = CourseId("other")}), 0u);
  EXPECT_EQ(count({.resource = ResourceKey("staff/nora")}), 3u);
  EXPECT_EQ(count({.resource = ResourceKey("staff/theo")}), 0u);
  EXPECT_EQ(count({.from = sample::At(kMonday + 2, 0), .until = sample::At(kMonday + 3, 0)}), 1u);
  EXPECT_EQ(count({.states = {AppointmentState::kCancelled}}), 0u);
  EXPECT_EQ(count({.external_id = ExternalId{"ehr", "visit-a2"}}), 1u);
}

TEST_F(BookingTablesTest, AVisitOfACourseStandsOnce) {
  ASSERT_OK(InsertCourse());
  ASSERT_OK(Run([&](Tx& tx) { return tx.appointments().Insert(MakeAppointment("a", 1), 1); }));
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.appointments().Insert(MakeAppointment("b", 1), 1); }), Code::kAborted,
               "PLAN_STALE");
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Appointment appointment, tx.appointments().Get(AppointmentId("a"), Lock::kForUpdate));
    appointment.state = AppointmentState::kCancelled;
    ++appointment.version;
    RETURN_IF_ERROR(tx.appointments().Update(appointment));
    EXPECT_ERROR(tx.appointments().Update(appointment), Code::kAborted, "ETAG_MISMATCH");
    return tx.appointments().Insert(MakeAppointment("b", 1), 1);
  }));
}

TEST_F(BookingTablesTest, ACourseHasOneActiveHold) {
  ASSERT_OK(InsertCourse());
  Hold hold{.id = HoldId("h1"), .plan = sample::MakeIvPlan(course_, kMonday), .patient = PatientId("ann")};
  ASSERT_OK(Run([&](Tx& tx) { return tx.holds().Insert(hold); }));
  hold.id = HoldId("h2");
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.holds().Insert(hold); }), Code::kFailedPrecondition, "COURSE_ALREADY_HELD");
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.holds().SetState(HoldId("h1"), HoldState::kReleased));
    RETURN_IF_ERROR(tx.holds().Insert(hold));
    ASSIGN_OR_RETURN(const std::vector<Hold> active, tx.holds().List(course_.id, HoldState::kActive, {}));
    EXPECT_EQ(active.size(), 1u);
    EXPECT_EQ(active.at(0).plan.visits.at(2).start, hold.plan.visits.at(2).start);
    EXPECT_EQ(active.at(0).plan.visits.at(2).assignments, hold.plan.visits.at(2).assignments);
    return absl::OkStatus();
  }));
}

TEST_F(BookingTablesTest, ATryStaysAsItIsUntilItIsClosed) {
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    const auto open = [&](int minute) {
      const absl::Time now = tx.now() + absl::Minutes(minute);
      return tx.gate_attempts().Open("key", now, now + absl::Minutes(1), now + absl::Minutes(10));
    };
    ASSIGN_OR_RETURN(const GateAttempt first, open(0));
    EXPECT_EQ(open(8)->reserve_id, first.reserve_id);
    EXPECT_EQ(open(8)->expires_at, first.expires_at);
    RETURN_IF_ERROR(tx.gate_attempts().Close("key", first.reserve_id));
    EXPECT_ERROR(tx.gate_attempts().Close("key", first.reserve_id), Code::kAborted, "PLAN_STALE");
    EXPECT_NE(open(8)->reserve_id, first.reserve_id);
    return absl::OkStatus();
  }));
}

TEST_F(BookingTablesTest, ATryThatIsAboutToExpireGivesWayAndOneThatHasIsForgotten) {
  EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
    const absl::Time end = tx.now() + absl::Minutes(10);
    const auto open = [&](const std::string& key, absl::Time now) {
      return tx.gate_attempts().Open(key, now, now + absl::Minutes(1), now + absl::Minutes(10));
    };
    ASSIGN_OR_RETURN(const GateAttempt first, open("key", tx.now()));
    ASSIGN_OR_RETURN(const GateAttempt second, open("key", end - absl::Minutes(1)));
    EXPECT_NE(second.reserve_id, first.reserve_id);
    EXPECT_EQ(second.expires_at, end + absl::Minutes(9));
    EXPECT_ERROR(tx.gate_attempts().Close("key", first.reserve_id), Code::kAborted, "PLAN_STALE");
    RETURN_IF_ERROR(open("another", second.expires_at).status());
    EXPECT_ERROR(tx.gate_attempts().Close("key", second.reserve_id), Code::kAborted, "PLAN_STALE");
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::scheduling
