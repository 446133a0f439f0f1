#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "services/authorization/ops/reservations.h"
#include "services/authorization/store/migrations/migrations.h"
#include "services/authorization/store/pg_store.h"

namespace kat::authorization::store {
namespace {

using domain::LineState;
using domain::UnitCounts;

absl::CivilDay Day(const char* text) { return *ParseDay(text); }

class StoreTest : public ::testing::Test {
 protected:
  testing::TestDatabase& database_ =
      testing::TestDatabase::Get({.service = "authorization", .migrations = Migrations(), .pool_size = 16});
  ClinicId clinic_ = database_.NewClinic();
  ManualClock clock_{InstantOf(Day("2026-03-01"), 12 * 60, *LoadZone("America/New_York"))};
  std::unique_ptr<Store> store_ = MakePgStore(database_.service(), clock_);

  absl::Status Run(absl::FunctionRef<absl::Status(Tx&)> body) { return store_->Run({.clinic = clinic_}, body); }

  // A payer with a policy, an insurance, and one approved authorization of `units` from 2026-03-02 to 2026-09-01.
  void Approve(const char* id, domain::UnitLimits units) {
    ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
      const absl::Time now = tx.now();
      if (tx.FindProgramRule("spravato-trd")->has_value() == false) {
        RETURN_IF_ERROR(tx.InsertPayer(
            {.id = domain::PayerId("p"), .display_name = "P", .version = 1, .created_at = now, .updated_at = now}));
        domain::PayerPolicy policy{.id = domain::PolicyId("pol"),
                                   .payer = domain::PayerId("p"),
                                   .program = "spravato-trd",
                                   .effective_from = Day("2026-01-01"),
                                   .created_at = now};
        RETURN_IF_ERROR(tx.InsertPolicy(policy));
        RETURN_IF_ERROR(tx.InsertInsurance({.id = domain::InsuranceId("ins"),
                                            .patient = PatientId("pat"),
                                            .payer = domain::PayerId("p"),
                                            .effective_from = Day("2026-01-01"),
                                            .version = 1,
                                            .created_at = now,
                                            .updated_at = now}));
        RETURN_IF_ERROR(tx.SaveProgramRule({.program = "spravato-trd",
                                            .payer_billed = true,
                                            .drug = "esketamine",
                                            .mg_per_device = 28,
                                            .planned_doses = {{1, 2}, {2, 3}},
                                            .version = 1,
                                            .updated_at = now}));
      }
      domain::PriorAuthorization auth{.id = domain::AuthorizationId(id),
                                      .patient = PatientId("pat"),
                                      .program = "spravato-trd",
                                      .insurance = domain::InsuranceId("ins"),
                                      .payer = domain::PayerId("p"),
                                      .policy = domain::PolicyId("pol"),
                                      .requested_from = Day("2026-03-02"),
                                      .state = domain::AuthState::kApproved};
      auth.valid_from = Day("2026-03-02");
      auth.valid_until = Day("2026-09-01");
      auth.authorized = units;
      auth.version = 1;
      auth.created_at = auth.updated_at = now;
      return tx.InsertAuthorization(auth);
    }));
  }

  absl::StatusOr<domain::Reservation> ReserveOne(const std::string& visit, int session, absl::CivilDay day) {
    domain::Reservation reservation;
    RETURN_IF_ERROR(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(reservation, Reserve(tx, PatientId("pat"), domain::CourseId("course"), "spravato-trd",
                                            {{visit, session, day}}, tx.now() + absl::Hours(1)));
      return absl::OkStatus();
    }));
    return reservation;
  }

  domain::PriorAuthorization Load(const char* id) {
    domain::PriorAuthorization auth;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(auth, tx.FindAuthorization(domain::AuthorizationId(id)));
      return absl::OkStatus();
    }));
    return auth;
  }
};

TEST_F(StoreTest, ConcurrentBookingsNeverTakeMoreThanIsAuthorized) {
  Approve("a", {.devices = 23});
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 4; ++i) {
        const auto result = ReserveOne("v-" + std::to_string(4 * t + i), 2, Day("2026-03-02") + 4 * t + i);
        if (result.ok()) ++won;
        if (ErrorReason(result.status()) == "COVERAGE_UNMET") ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 7);  // of 3 devices each out of 23
  EXPECT_EQ(refused, 25);
  EXPECT_EQ(Load("a").reserved, (UnitCounts{7, 588, 21}));
}

TEST_F(StoreTest, TheDatabaseItselfRefusesALineBeyondTheAuthorizedUnits) {
  Approve("a", {.visits = 1});
  ASSERT_OK(ReserveOne("v-1", 1, Day("2026-03-02")));
  EXPECT_ERROR(Run([&](Tx& tx) -> absl::Status {
                 domain::Reservation direct{.id = domain::ReservationId("r"), .patient = PatientId("pat")};
                 RETURN_IF_ERROR(tx.InsertReservation(direct));
                 return tx.InsertLine({.reservation = direct.id,
                                       .patient = PatientId("pat"),
                                       .course = domain::CourseId("c"),
                                       .program = "spravato-trd",
                                       .visit_id = "v",
                                       .day = Day("2026-03-03"),
                                       .authorization = domain::AuthorizationId("a"),
                                       .units = {1, 0, 0}});
               }),
               absl::StatusCode::kFailedPrecondition);
}

TEST_F(StoreTest, CountersFollowRandomReservationsReleasesConfirmationsAndUseExactly) {
  Approve("a", {.devices = 20});
  Approve("b", {.visits = 6});
  std::mt19937 random(7);
  std::vector<domain::ReservationId> held;
  std::map<std::string, domain::Appointment> booked;
  int next = 0;
  for (int step = 0; step < 120; ++step) {
    const int what = static_cast<int>(random() % 5);
    if (what <= 1 || held.empty()) {
      const std::string visit = "v-" + std::to_string(++next);
      const auto reservation = ReserveOne(visit, 1 + static_cast<int>(random() % 3), Day("2026-03-02") + next);
      if (reservation.ok()) held.push_back(reservation->id);
      continue;
    }
    const domain::ReservationId id = held[random() % held.size()];
    ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<domain::UnitLine> lines, tx.LinesOfReservation(id));
      if (what == 2) {
        const absl::Status released = Release(tx, id).status();
        return ErrorReason(released) == "STATE_FORBIDS" ? absl::OkStatus() : released;
      }
      if (what == 3) return Expire(tx, id);
      RETURN_IF_ERROR(Confirm(tx, id, {}));
      ASSIGN_OR_RETURN(const std::vector<domain::UnitLine> confirmed, tx.LinesOfReservation(id));
      for (const domain::UnitLine& line : confirmed) {
        if (line.state != LineState::kConfirmed || random() % 2) continue;
        ASSIGN_OR_RETURN(const domain::PriorAuthorization auth,
                         tx.FindAuthorization(*line.authorization, Lock::kWrite));
        domain::UnitLine used = line;
        Consume(used, &auth, random() % 2 ? UnitCounts{1, 84, 3} : UnitCounts{1, 56, 2});
        RETURN_IF_ERROR(SaveLine(tx, line, used));
      }
      return absl::OkStatus();
    }));
    for (const char* auth_id : {"a", "b"}) {
      const domain::PriorAuthorization auth = Load(auth_id);
      UnitCounts reserved, consumed, overrun;
      ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const std::vector<domain::UnitLine> lines, tx.LinesOfAuthorization(auth.id));
        for (const domain::UnitLine& line : lines) {
          (line.state == LineState::kConsumed ? consumed : reserved) =
              (line.state == LineState::kConsumed ? consumed : reserved) + line.units;
          overrun = overrun + line.overrun;
        }
        return absl::OkStatus();
      }));
      ASSERT_EQ(auth.reserved, reserved);
      ASSERT_EQ(auth.consumed, consumed);
      ASSERT_EQ(auth.overrun, overrun);
      ASSERT_TRUE(Fits(auth.authorized, {}, auth.used()));
    }
  }
}

TEST_F(StoreTest, AConfirmationThatComesAfterTheEndSeeksUnitsAgainOrLeavesTheVisitUncovered) {
  Approve("a", {.visits = 1});
  const auto first = ReserveOne("v-1", 1, Day("2026-03-02"));
  ASSERT_OK(first);
  ASSERT_OK(Run([&](Tx& tx) { return Expire(tx, first->id); }));
  const auto second = ReserveOne("v-2", 2, Day("2026-03-05"));
  ASSERT_OK(second);
  const domain::Appointment appointment{.id = domain::AppointmentId("appt-1"), .version = 1};
  ASSERT_OK(Run([&](Tx& tx) { return Confirm(tx, first->id, {{"v-1", appointment}}); }));
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto line, tx.LineOfAppointment(appointment.id));
    EXPECT_EQ(line->state, LineState::kUncovered);
    return Release(tx, second->id).status();
  }));
  ASSERT_OK(Run([&](Tx& tx) { return CoverUncovered(tx, PatientId("pat"), "spravato-trd"); }));
  std::vector<std::string> types;
  for (const tx::Event& event : database_.Events(clinic_)) types.push_back(event.type);
  EXPECT_TRUE(std::find(types.begin(), types.end(), "coverage_visit.uncovered") != types.end());
  EXPECT_EQ(std::count(types.begin(), types.end(), "coverage_visit.covered"), 1);
  EXPECT_EQ(Load("a").reserved.visits, 1);
}

TEST_F(StoreTest, PoliciesKeepEveryKindOfCriterionAndTheirClocks) {
  domain::PayerPolicy policy{.id = domain::PolicyId("full"),
                             .payer = domain::PayerId("p"),
                             .program = "x",
                             .title = "T",
                             .effective_from = Day("2026-01-01"),
                             .effective_until = Day("2027-01-01")};
  const auto both = domain::Criterion::AppliesTo::kBoth;
  policy.criteria = {{"a", "t", both, domain::TrialsRule{{"ssri"}, 2, 6, 2, 60, true, true, true, true}},
                     {"b", "", both, domain::SeverityRule{{{"PHQ9", 15}, {"MADRS", 28}}, 28}},
                     {"c", "", both, domain::AgeRule{18, 65}},
                     {"d", "", both, domain::DiagnosisRule{{"F32", "F33"}, {"F33.3"}}},
                     {"e", "", both, domain::SpecialistRule{90}},
                     {"f", "", both, domain::PsychotherapyRule{}},
                     {"g", "", both, domain::OralAntidepressantRule{{"ssri", "snri"}, 2}},
                     {"h", "", both, domain::ExclusionRule{{"psychosis"}, 30}},
                     {"i", "", domain::Criterion::AppliesTo::kRenewal, domain::ResponseRule{{"PHQ9"}, 50, 14}}};
  policy.clocks = {{domain::LineOfBusiness::kMedicareAdvantage,
                    {72, domain::Span::Unit::kHours},
                    {24, domain::Span::Unit::kHours},
                    14,
                    65,
                    {7, domain::Span::Unit::kCalendarDays},
                    1,
                    0,
                    {},
                    "42 CFR 422.568(b)(3)"}};
  policy.weekly_limit.drug_mg = 168;
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.InsertPayer({.id = domain::PayerId("p"),
                                    .display_name = "P",
                                    .version = 1,
                                    .created_at = tx.now(),
                                    .updated_at = tx.now()}));
    RETURN_IF_ERROR(tx.InsertPolicy(policy));
    ASSIGN_OR_RETURN(const domain::PayerPolicy read, tx.FindPolicy(policy.id));
    EXPECT_TRUE(Differences(policy, read).empty());
    EXPECT_EQ(read.criteria.size(), 9u);
    EXPECT_EQ(read.clocks.at(0).source, "42 CFR 422.568(b)(3)");
    EXPECT_EQ(read.policy_version, 1);
    return absl::OkStatus();
  }));
  EXPECT_ERROR(Run([&](Tx& tx) {
                 domain::PayerPolicy again = policy;
                 again.id = domain::PolicyId("again");
                 again.effective_from = Day("2026-12-31");
                 return tx.InsertPolicy(again);
               }),
               absl::StatusCode::kAlreadyExists, "POLICY_OVERLAPS");
}

TEST_F(StoreTest, TheCabinetIsNeverBelowZeroAndItsLedgerCannotBeChanged) {
  const auto insert = [&](int delta) {
    return Run([&](Tx& tx) {
      domain::StockEvent event{.lot = domain::LotId("l"),
                               .kind = domain::StockEventKind::kAdministered,
                               .quantity = std::abs(delta),
                               .occurred_at = tx.now(),
                               .recorded_at = tx.now(),
                               .on_hand_delta = delta};
      return tx.InsertStockEvent(event);
    });
  };
  ASSERT_OK(Run([&](Tx& tx) {
    return tx.InsertLot({.id = domain::LotId("l"),
                         .drug = "esketamine",
                         .strength = "28 mg",
                         .lot_number = "L1",
                         .expiry_day = Day("2027-01-01"),
                         .supplier = "S",
                         .received = 5,
                         .received_at = tx.now()});
  }));
  ASSERT_OK(insert(5));
  ASSERT_OK(insert(-3));
  EXPECT_ERROR(insert(-3), absl::StatusCode::kFailedPrecondition, "STOCK_SHORT");
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const domain::StockLot lot, tx.FindLot(domain::LotId("l")));
    EXPECT_EQ(lot.on_hand, 2);
    ASSIGN_OR_RETURN(const auto events, tx.ListStockEvents(lot.id, {}, std::nullopt, std::nullopt, {.limit = 10}));
    EXPECT_EQ(events.size(), 2u);
    EXPECT_EQ(events.at(1).on_hand_after, 2);
    return absl::OkStatus();
  }));
  for (const char* sql : {"update stock_events set quantity = 0", "delete from stock_events"}) {
    EXPECT_FALSE(
        database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) { return tx.Execute(sql).status(); }).ok());
  }
}

TEST_F(StoreTest, OneInsuranceOfARankAndOneOpenEnrollmentAtATime) {
  ASSERT_OK(Run([&](Tx& tx) {
    return tx.InsertPayer({.id = domain::PayerId("p"),
                           .display_name = "P",
                           .version = 1,
                           .created_at = tx.now(),
                           .updated_at = tx.now()});
  }));
  const auto insure = [&](const char* id, const char* from, std::optional<absl::CivilDay> until) {
    return Run([&](Tx& tx) {
      return tx.InsertInsurance({.id = domain::InsuranceId(id),
                                 .patient = PatientId("pat"),
                                 .payer = domain::PayerId("p"),
                                 .effective_from = Day(from),
                                 .effective_until = until,
                                 .version = 1,
                                 .created_at = tx.now(),
                                 .updated_at = tx.now()});
    });
  };
  ASSERT_OK(insure("a", "2026-01-01", Day("2026-06-01")));
  EXPECT_ERROR(insure("b", "2026-05-31", std::nullopt), absl::StatusCode::kAlreadyExists, "COVERAGE_OVERLAPS");
  EXPECT_OK(insure("c", "2026-06-01", std::nullopt));
  const auto enroll = [&](const char* id) {
    return Run([&](Tx& tx) -> absl::Status {
      domain::RemsSetting setting;
      setting.id = domain::SettingId("s");
      setting.created_at = setting.updated_at = tx.now();
      setting.version = 1;
      if (!tx.FindSetting(setting.id).ok()) RETURN_IF_ERROR(tx.InsertSetting(setting));
      domain::RemsEnrollment enrollment{
          .id = domain::EnrollmentId(id), .patient = PatientId("pat"), .setting = setting.id};
      enrollment.created_at = enrollment.updated_at = tx.now();
      return tx.InsertEnrollment(enrollment);
    });
  };
  ASSERT_OK(enroll("e1"));
  EXPECT_ERROR(enroll("e2"), absl::StatusCode::kAlreadyExists, "ENROLLMENT_EXISTS");
}

TEST_F(StoreTest, AnotherClinicSeesNothing) {
  Approve("a", {.devices = 23});
  const ClinicId other = database_.NewClinic();
  EXPECT_ERROR(store_->Run({.clinic = other},
                           [&](Tx& tx) { return tx.FindAuthorization(domain::AuthorizationId("a")).status(); }),
               absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace kat::authorization::store
