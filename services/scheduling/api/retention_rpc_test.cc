#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

using Code = absl::StatusCode;

// How long proposals are kept that nothing came of.
class RetentionRpcTest : public ServiceTest {
 protected:
  absl::StatusOr<v1::Decision> Read(const std::string& name) {
    v1::GetDecisionRequest get;
    get.set_name(name);
    return Call(&Stub::GetDecision, get);
  }
};

TEST_F(RetentionRpcTest, AProposalThatNothingWasBookedFromGoesAfterSixYearsAndOneThatWasBookedStays) {
  const v1::Course course = MakeCourse("iv-ketamine");
  const std::string dropped = Propose(course, 1).decision();
  const v1::ProposeBlockResponse taken = Propose(course, 1);
  MakeBooking(taken.proposals(0).plan());
  const v1::Course another = MakeCourse("iv-ketamine", "bob");
  ASSERT_OK(Read(dropped));
  Service().clock().Advance(absl::Hours(24) * 2190);
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_OK(Read(dropped));
  Service().clock().Advance(absl::Hours(24) * 9);  // it is looked for once a week
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_ERROR(Read(dropped), Code::kNotFound, "RESOURCE_NOT_FOUND");
  EXPECT_OK(Read(taken.decision()));
  // It goes on for ever.
  const std::string later = Propose(another, 1).decision();
  Service().clock().Advance(absl::Hours(24) * 2200);
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_ERROR(Read(later), Code::kNotFound, "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace kat::scheduling
