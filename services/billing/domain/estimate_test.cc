#include "services/billing/domain/estimate.h"

#include "gtest/gtest.h"
#include "libs/base/error.h"
#include "services/billing/domain/good_faith.h"

namespace kat::billing {
namespace {

using Kind = PaymentScenario::Kind;

const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2026, 11, 23, 15, 0, 0), absl::UTCTimeZone());

PriceList Prices() {
  PriceList list;
  list.id = PriceListId("p1");
  list.program = "iv-ketamine";
  list.effective.from = absl::CivilDay(2026, 1, 1);
  list.lines = {{"infusion", "Ketamine infusion", "96365", 50'000},
                {"integration", "Integration session", "90837", 15'001}};
  list.package_visit_type = "infusion";
  list.package_sessions = 6;
  list.package_price = 270'000;
  list.estimate_valid_days = 30;
  return list;
}

EstimateRequest Request() {
  return {.patient = PatientId("ann"), .program = "iv-ketamine", .items = {{"infusion", 6}, {"integration", 3}}};
}

DepositPolicy Deposit() {
  DepositPolicy policy;
  policy.basis_points = 2000;
  return policy;
}

TEST(Estimate, PricesByVisitTypeWithThePackage) {
  const auto estimate = NewEstimate(Request(), Prices(), Deposit(), kNow);
  ASSERT_TRUE(estimate.ok());
  EXPECT_EQ(estimate->subtotal(), 345'003);
  EXPECT_EQ(estimate->discount(), 30'000);
  EXPECT_EQ(estimate->total(), 315'003);
  EXPECT_EQ(estimate->expire_time, kNow + absl::Hours(24 * 30));
  EXPECT_EQ(estimate->Find(Kind::kPayPerVisit)->due_before_booking, 63'001);  // 20 %, rounded up
}

TEST(Estimate, ADiscountIsSpreadToTheMinorUnit) {
  EstimateRequest request = Request();
  request.discount = 10'000;
  request.discount_reason = "hardship";
  const auto estimate = NewEstimate(request, Prices(), std::nullopt, kNow);
  ASSERT_TRUE(estimate.ok());
  EXPECT_EQ(estimate->total(), 305'003);
}

TEST(Estimate, AFullDiscountLeavesNothingToPay) {
  EstimateRequest request = Request();
  request.discount = 315'003;
  request.discount_reason = "charity";
  const auto estimate = NewEstimate(request, Prices(), std::nullopt, kNow);
  ASSERT_TRUE(estimate.ok());
  EXPECT_EQ(estimate->total(), 0);
}

TEST(Estimate, RefusesUnknownVisitTypesAndDiscountsWithoutReason) {
  EstimateRequest request = Request();
  request.items.push_back({"spa", 1});
  EXPECT_EQ(NewEstimate(request, Prices(), Deposit(), kNow).status().code(), absl::StatusCode::kInvalidArgument);
  request = Request();
  request.discount = 1;
  EXPECT_EQ(NewEstimate(request, Prices(), Deposit(), kNow).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Estimate, APlanHasFourInstallmentsAtMost) {
  EstimateRequest request = Request();
  request.plan_sessions = {1, 3, 5};
  const auto estimate = NewEstimate(request, Prices(), Deposit(), kNow);
  ASSERT_TRUE(estimate.ok());
  Minor sum = estimate->Find(Kind::kPaymentPlan)->due_before_booking;
  for (const PlannedInstallment& i : estimate->Find(Kind::kPaymentPlan)->installments) sum += i.amount;
  EXPECT_EQ(sum, estimate->total());
  request.plan_sessions = {1, 2, 3, 4, 5};
  EXPECT_EQ(ErrorReason(NewEstimate(request, Prices(), Deposit(), kNow).status()), "REGZ_INSTALLMENT_LIMIT");
}

TEST(Estimate, IsAcceptedOnceAndBeforeItExpires) {
  Estimate estimate = *NewEstimate(Request(), Prices(), Deposit(), kNow);
  EXPECT_EQ(ErrorReason(Accept(estimate, Kind::kFinanced, kNow)), "SCENARIO_NOT_OFFERED");
  EXPECT_EQ(ErrorReason(Accept(estimate, Kind::kPayInFull, estimate.expire_time)), "ESTIMATE_EXPIRED");
  ASSERT_TRUE(Accept(estimate, Kind::kPayInFull, kNow).ok());
  EXPECT_EQ(ErrorReason(Accept(estimate, Kind::kPayInFull, kNow)), "STATE_FORBIDS");
}

TEST(Estimate, VisitsShareTheDiscountAndSumToTheLine) {
  const Estimate estimate = *NewEstimate(Request(), Prices(), Deposit(), kNow);
  Minor sum = 0;
  for (int i = 0; i < 6; ++i) sum += *PriceOfVisit(estimate, "infusion", i);
  EXPECT_EQ(sum, 270'000);
  EXPECT_FALSE(PriceOfVisit(estimate, "infusion", 6));
}

TEST(GoodFaith, IsDueThreeBusinessDaysAfterARequest) {
  // Thanksgiving 2026 is November 26.
  const BusinessCalendar calendar = GoodFaithCalendar(absl::CivilDay(2026, 11, 24));
  EXPECT_EQ(DueOnRequest(absl::CivilDay(2026, 11, 24), calendar), absl::CivilDay(2026, 11, 30));
}

TEST(GoodFaith, IsNotPutOffByADayOnWhichTheClinicAloneIsClosed) {
  EXPECT_TRUE(GoodFaithCalendar(absl::CivilDay(2026, 11, 24)).IsBusinessDay(absl::CivilDay(2026, 11, 27)));
  EXPECT_FALSE(GoodFaithCalendar(absl::CivilDay(2026, 11, 24)).IsBusinessDay(absl::CivilDay(2026, 11, 26)));
}

TEST(GoodFaith, DependsOnTheSchedulingLead) {
  const BusinessCalendar calendar = GoodFaithCalendar(absl::CivilDay(2026, 6, 1));
  EXPECT_FALSE(DueOnScheduling(absl::CivilDay(2026, 6, 1), absl::CivilDay(2026, 6, 3), calendar));
  EXPECT_EQ(DueOnScheduling(absl::CivilDay(2026, 6, 1), absl::CivilDay(2026, 6, 4), calendar),
            absl::CivilDay(2026, 6, 2));
  EXPECT_EQ(DueOnScheduling(absl::CivilDay(2026, 6, 1), absl::CivilDay(2026, 6, 12), calendar),
            absl::CivilDay(2026, 6, 2));
  EXPECT_EQ(DueOnScheduling(absl::CivilDay(2026, 6, 1), absl::CivilDay(2026, 6, 15), calendar),
            absl::CivilDay(2026, 6, 4));
}

TEST(GoodFaith, IsNotGivenBeforeEveryElementIsThere) {
  GoodFaithEstimate gfe;
  gfe.trigger = GoodFaithEstimate::Trigger::kScheduled;
  gfe.lines = NewEstimate(Request(), Prices(), Deposit(), kNow)->lines;
  EXPECT_EQ(MissingElements(gfe), (std::vector<std::string>{"PATIENT_NAME", "PATIENT_BIRTH_DATE", "PRIMARY_DESCRIPTION",
                                                            "SERVICE_DATE", "DIAGNOSIS_CODES", "PROVIDER",
                                                            "SEPARATELY_SCHEDULED_ITEMS", "RECURRENCE", "PERIOD"}));
  const absl::Status refused = Deliver(gfe, "n", GoodFaithEstimate::Method::kPaper, kNow);
  EXPECT_EQ(ErrorReason(refused), "GOOD_FAITH_ESTIMATE_INCOMPLETE");
  EXPECT_EQ(GetErrorDetail(refused)->preconditions.size(), 9u);
  gfe.patient_display_name = "Ann Example";
  gfe.birth_date = absl::CivilDay(1990, 1, 1);
  gfe.primary_description = "Ketamine infusion";
  gfe.service_date = gfe.period_start = absl::CivilDay(2026, 12, 1);
  gfe.period_end = absl::CivilDay(2026, 12, 20);
  gfe.diagnosis_codes = {"F33.2"};
  gfe.provider = "Lakeside";
  gfe.separately_scheduled_items = {"none"};
  gfe.recurrence = "twice a week";
  EXPECT_TRUE(Deliver(gfe, "n", GoodFaithEstimate::Method::kPaper, kNow).ok());
  EXPECT_EQ(ErrorReason(Deliver(gfe, "n", GoodFaithEstimate::Method::kPaper, kNow)), "STATE_FORBIDS");
}

TEST(GoodFaith, CoversTwelveMonthsAtMost) {
  GoodFaithEstimate gfe;
  gfe.period_start = absl::CivilDay(2026, 12, 1);
  gfe.period_end = absl::CivilDay(2027, 11, 30);
  EXPECT_TRUE(CheckGoodFaith(gfe).ok());
  gfe.period_end = absl::CivilDay(2027, 12, 1);
  EXPECT_FALSE(CheckGoodFaith(gfe).ok());
}

TEST(GoodFaith, AlertsBelowTheDisputeThreshold) {
  GoodFaithEstimate gfe;
  gfe.lines = {{"infusion", "", "", 1, 100'000, 0}};
  EXPECT_FALSE(Exceeds(gfe, 135'000, 35'000));
  EXPECT_TRUE(Exceeds(gfe, 135'001, 35'000));
}

TEST(PriceList, RefusesAPackageAboveItsSinglePrices) {
  PriceList list = Prices();
  EXPECT_TRUE(CheckPriceList(list).ok());
  list.package_price = 300'001;
  EXPECT_FALSE(CheckPriceList(list).ok());
}

TEST(Npi, HasACheckDigit) {
  EXPECT_TRUE(IsNpi("1234567893"));
  EXPECT_FALSE(IsNpi("1234567890"));
}

}  // namespace
}  // namespace kat::billing
