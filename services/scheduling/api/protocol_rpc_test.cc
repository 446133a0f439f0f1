#include <map>

#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;
using common::v1::ROLE_ADMINISTERING_CLINICIAN;
using common::v1::ROLE_ASSISTANT;
using common::v1::ROLE_NURSE;
using common::v1::ROLE_PSYCHIATRIST;

// How many visits of each stem a plan has: "dose" of "dose-1".
std::map<std::string, int> CountStems(const v1::BlockPlan& plan) {
  std::map<std::string, int> counts;
  for (const v1::PlannedVisit& visit : plan.visits()) {
    ++counts[visit.visit_id().substr(0, visit.visit_id().rfind('-'))];
  }
  return counts;
}

class ProtocolRpcTest : public ServiceTest {
 protected:
  void SetUp() override {
    ServiceTest::SetUp();
    LoadSample("protocols");
  }

  v1::Course GetCourse(const std::string& name) {
    v1::GetCourseRequest request;
    request.set_name(name);
    const absl::StatusOr<v1::Course> course = Call(&Stub::GetCourse, request);
    EXPECT_OK(course);
    return course.value_or(v1::Course());
  }

  absl::StatusOr<v1::ProposeBlockResponse> TryPropose(const v1::Course& course, std::vector<std::string> phases = {}) {
    v1::ProposeBlockRequest request;
    request.set_name(course.name());
    request.set_max_proposals(1);
    for (std::string& phase : phases) request.add_phases(std::move(phase));
    return Call(&Stub::ProposeBlock, request);
  }

  // Books the next block, and checks its first visit in on its day.
  void BookAndBegin(const v1::Course& course) {
    const v1::Appointment first = MakeBooking(Propose(course, 1).proposals(0).plan()).appointments(0);
    Service().clock().Set(absl::FromUnixSeconds(first.start_time().seconds()));
    v1::CheckInRequest request;
    request.set_name(first.name());
    request.mutable_transport()->set_driver_arranged(true);
    request.mutable_transport()->set_driver_name("Robin");
    request.set_monitored_by(Name("staff/nora-kim"));
    request.set_request_id(NewId());
    ASSERT_OK(Call(&Stub::CheckIn, request, {ROLE_NURSE}));
  }

  absl::StatusOr<v1::Course> Record(const v1::Course& course, const std::string& phase, const std::string& option,
                                    Roles roles = {ROLE_PSYCHIATRIST}) {
    v1::RecordCourseDecisionRequest request;
    request.set_name(course.name());
    request.set_etag(GetCourse(course.name()).etag());
    request.set_phase(phase);
    request.set_option(option);
    request.set_reason("PHQ-9 halved");
    request.set_request_id(NewId());
    return Call(&Stub::RecordCourseDecision, request, std::move(roles));
  }
};

TEST_F(ProtocolRpcTest, EverySampleProtocolIsPlannedBlockByBlockInTheSampleClinic) {
  using Stems = std::map<std::string, int>;
  const std::map<std::string, std::vector<Stems>> expected = {
      {"spravato-trd", {{{"dose", 8}}}},
      {"spravato-mdsi", {{{"dose", 8}, {"evaluation", 1}}}},
      {"iv-ketamine", {{{"infusion", 6}, {"integration", 3}}, {{"infusion", 2}}}},
      {"im-ketamine", {{{"session", 6}}}},
      {"kap", {{{"preparation", 3}}, {{"dosing", 3}, {"integration", 3}, {"second-integration", 1}}}},
  };
  for (const auto& [program, blocks] : expected) {
    const v1::Course course = MakeCourse(program, absl::StrCat("patient-", program));
    for (const Stems& stems : blocks) {
      const v1::ProposeBlockResponse answer = Propose(course, 1);
      ASSERT_EQ(answer.proposals_size(), 1) << program << ": " << answer.ShortDebugString();
      EXPECT_EQ(CountStems(answer.proposals(0).plan()), stems) << program;
      MakeBooking(answer.proposals(0).plan());
    }
  }
}

TEST_F(ProtocolRpcTest, EverySampleProtocolNamesItsSource) {
  v1::ListProtocolVersionsRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic_));
  ASSERT_OK_AND_ASSIGN(const v1::ListProtocolVersionsResponse page, Call(&Stub::ListProtocolVersions, request));
  EXPECT_GE(page.protocol_versions_size(), 5);
  for (const v1::ProtocolVersion& version : page.protocol_versions()) {
    EXPECT_FALSE(version.source().empty()) << version.name();
  }
}

TEST_F(ProtocolRpcTest, ACourseWaitsAtItsDecisionPointAndGoesOnAsDecided) {
  const v1::Course course = MakeCourse("spravato-trd");
  EXPECT_EQ(course.protocol_version(), Name("protocols/spravato-trd/versions/2"));
  EXPECT_ERROR(TryPropose(course, {"induction", "weekly"}), Code::kFailedPrecondition, "DECISION_PENDING");
  EXPECT_ERROR(Record(course, "induction", "continue"), Code::kFailedPrecondition, "DECISION_NOT_DUE");
  BookAndBegin(course);
  EXPECT_EQ(GetCourse(course.name()).pending_decision(), "induction");
  EXPECT_EQ(GetCourse(course.name()).next_phase(), "");
  EXPECT_ERROR(TryPropose(course), Code::kFailedPrecondition, "DECISION_PENDING");
  EXPECT_ERROR(Record(course, "induction", "continue", {ROLE_ASSISTANT}), Code::kPermissionDenied, "ROLE_FORBIDS");
  EXPECT_ERROR(Record(course, "induction", "weekly"), Code::kInvalidArgument);
  ASSERT_OK_AND_ASSIGN(const v1::Course decided, Record(course, "induction", "continue"));
  EXPECT_EQ(decided.next_phase(), "weekly");
  EXPECT_EQ(decided.pending_decision(), "");
  ASSERT_EQ(decided.decisions_size(), 1);
  EXPECT_EQ(decided.decisions(0).option(), "continue");
  EXPECT_EQ(decided.decisions(0).reason(), "PHQ-9 halved");
  EXPECT_EQ(decided.decisions(0).role(), ROLE_PSYCHIATRIST);
  EXPECT_EQ(decided.decisions(0).occurrence(), 1);
  EXPECT_EQ(decided.decisions(0).decide_time().seconds(), absl::ToUnixSeconds(Service().clock().Now()));
  EXPECT_EQ(GetCourse(course.name()).decisions(0).SerializeAsString(), decided.decisions(0).SerializeAsString());
  EXPECT_EQ(CountStems(Propose(course, 1).proposals(0).plan()), (std::map<std::string, int>{{"dose", 4}}));
  bool told = false;
  for (const auto& event : Service().Events(clinic_)) told = told || event.type() == "course.decided";
  EXPECT_TRUE(told);
}

TEST_F(ProtocolRpcTest, MaintenanceGoesOnProvisionallyUntilItIsDecidedOtherwise) {
  const v1::Course course = MakeCourse("spravato-trd");
  BookAndBegin(course);
  ASSERT_OK(Record(course, "induction", "continue"));
  BookAndBegin(course);
  ASSERT_OK(Record(course, "weekly", "weekly", {ROLE_ADMINISTERING_CLINICIAN}));
  BookAndBegin(course);
  const v1::Course waiting = GetCourse(course.name());
  EXPECT_EQ(waiting.pending_decision(), "maintenance-weekly");
  EXPECT_EQ(waiting.next_phase(), "maintenance-weekly");
  EXPECT_TRUE(waiting.provisional_blocks().empty());
  const v1::BookBlockResponse provisional = MakeBooking(Propose(course, 1).proposals(0).plan());
  ASSERT_EQ(GetCourse(course.name()).provisional_blocks_size(), 1);
  EXPECT_EQ(GetCourse(course.name()).provisional_blocks(0), provisional.block().name());
  EXPECT_ERROR(Record(course, "maintenance-weekly", "every-two-weeks"), Code::kFailedPrecondition,
               "FOLLOWING_BLOCK_STANDS");
  v1::CancelBlockRequest cancel;
  cancel.set_name(provisional.block().name());
  cancel.set_course_etag(GetCourse(course.name()).etag());
  cancel.set_reason("every two weeks from now on");
  cancel.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::CancelBlock, cancel));
  ASSERT_OK_AND_ASSIGN(const v1::Course decided, Record(course, "maintenance-weekly", "every-two-weeks"));
  EXPECT_EQ(decided.next_phase(), "maintenance-every-two-weeks");
  EXPECT_TRUE(decided.provisional_blocks().empty());
}

TEST_F(ProtocolRpcTest, ARunningCourseIsMovedToAnotherVersionOnceItIsSeenWhatThatMeans) {
  v1::CreateCourseRequest create;
  create.set_parent(absl::StrCat("clinics/", clinic_));
  create.mutable_course()->set_patient(Name("patients/ann"));
  create.mutable_course()->set_program("spravato-trd");
  create.mutable_course()->set_protocol_version(Name("protocols/spravato-trd/versions/1"));
  *create.mutable_course()->mutable_earliest_date() = rpc::ToProto(absl::CivilDay(2026, 11, 30));
  create.set_request_id(NewId());
  ASSERT_OK_AND_ASSIGN(const v1::Course course, Call(&Stub::CreateCourse, create));
  BookAndBegin(course);
  v1::PreviewProtocolChangeRequest preview;
  preview.set_name(course.name());
  preview.set_protocol_version(Name("protocols/spravato-trd/versions/2"));
  ASSERT_OK_AND_ASSIGN(const v1::ProtocolChange change, Call(&Stub::PreviewProtocolChange, preview));
  // Version 1 went on by itself, version 2 asks after induction: what follows is not known any more.
  EXPECT_EQ(change.pending_decision(), "induction");
  EXPECT_EQ(change.next_phase(), "");
  ASSERT_EQ(change.visits_size(), 16);
  EXPECT_EQ(change.visits(7).kind(), v1::VisitChange::KEPT);
  EXPECT_NE(change.visits(7).appointment(), "");
  EXPECT_EQ(change.visits(8).kind(), v1::VisitChange::REMOVED);
  EXPECT_EQ(change.broken_rules_size(), 0);
  EXPECT_EQ(change.blocking_phases_size(), 0);
  EXPECT_EQ(GetCourse(course.name()).protocol_version(), Name("protocols/spravato-trd/versions/1"));

  v1::ChangeProtocolRequest move;
  move.set_name(course.name());
  move.set_etag(course.etag());
  move.set_protocol_version(preview.protocol_version());
  move.set_reason("to evaluate after induction");
  move.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::ChangeProtocol, move), Code::kPermissionDenied, "ROLE_FORBIDS");
  EXPECT_ERROR(Call(&Stub::ChangeProtocol, move, {ROLE_PSYCHIATRIST}), Code::kAborted, "ETAG_MISMATCH");
  move.set_etag(change.course_etag());
  move.set_request_id(NewId());
  const auto appointments = GetCourse(course.name()).blocks(0).SerializeAsString();
  ASSERT_OK_AND_ASSIGN(const v1::Course moved, Call(&Stub::ChangeProtocol, move, {ROLE_PSYCHIATRIST}));
  EXPECT_EQ(moved.protocol_version(), preview.protocol_version());
  EXPECT_EQ(moved.pending_decision(), "induction");
  ASSERT_EQ(moved.protocol_changes_size(), 1);
  EXPECT_EQ(moved.protocol_changes(0).from_version(), Name("protocols/spravato-trd/versions/1"));
  EXPECT_EQ(moved.protocol_changes(0).reason(), "to evaluate after induction");
  EXPECT_EQ(moved.blocks(0).SerializeAsString(), appointments);
  EXPECT_EQ(GetCourse(course.name()).SerializeAsString(), moved.SerializeAsString());
  EXPECT_ERROR(Call(&Stub::PreviewProtocolChange, preview), Code::kInvalidArgument);
  ASSERT_OK(Record(course, "induction", "continue"));
  EXPECT_EQ(CountStems(Propose(course, 1).proposals(0).plan()), (std::map<std::string, int>{{"dose", 4}}));
}

TEST_F(ProtocolRpcTest, AVersionWithOtherVisitsInABookedPhaseIsShownAndRefused) {
  const v1::Course course = MakeCourse("im-ketamine");
  MakeBooking(Propose(course, 1).proposals(0).plan());
  v1::GetProtocolVersionRequest get;
  get.set_name(Name("protocols/im-ketamine/versions/1"));
  v1::CreateProtocolVersionRequest create;
  create.set_parent(absl::StrCat("clinics/", clinic_));
  create.set_protocol_id("im-ketamine");
  ASSERT_OK_AND_ASSIGN(*create.mutable_protocol_version(), Call(&Stub::GetProtocolVersion, get));
  create.mutable_protocol_version()->mutable_phases(0)->mutable_visits(0)->set_count(5);
  create.set_request_id(NewId());
  ASSERT_OK(Call(&Stub::CreateProtocolVersion, create, {common::v1::ROLE_CLINIC_ADMIN}));
  v1::PreviewProtocolChangeRequest preview;
  preview.set_name(course.name());
  preview.set_protocol_version(Name("protocols/im-ketamine/versions/2"));
  ASSERT_OK_AND_ASSIGN(const v1::ProtocolChange change, Call(&Stub::PreviewProtocolChange, preview));
  ASSERT_EQ(change.blocking_phases_size(), 1);
  EXPECT_EQ(change.blocking_phases(0), "induction");
  EXPECT_EQ(change.visits(5).kind(), v1::VisitChange::REMOVED);
  EXPECT_NE(change.visits(5).appointment(), "");
  v1::ChangeProtocolRequest move;
  move.set_name(course.name());
  move.set_etag(change.course_etag());
  move.set_protocol_version(preview.protocol_version());
  move.set_reason("five will do");
  move.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::ChangeProtocol, move, {ROLE_PSYCHIATRIST}), Code::kFailedPrecondition,
               "BOOKED_PHASES_DIFFER");
}

}  // namespace
}  // namespace kat::scheduling
