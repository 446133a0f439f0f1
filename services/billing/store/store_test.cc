#include "services/billing/store/store.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "services/billing/books/money.h"
#include "services/billing/store/migrations/migrations.h"

namespace kat::billing {
namespace {

using Code = absl::StatusCode;

const absl::CivilDay kJanuary(2026, 1, 1), kJuly(2026, 7, 1);

class StoreTest : public ::testing::Test {
 protected:
  absl::Status Run(absl::FunctionRef<absl::Status(Tx&)> body) { return store_->Run({.clinic = clinic_}, body); }
  absl::Status Sql(const std::string& sql) {
    return database_.service().Run({.clinic = clinic_.str()}, [&](pg::Tx& tx) { return tx.Query(sql).status(); });
  }

  static PriceList Prices(const char* id, absl::CivilDay from) {
    PriceList list;
    list.id = PriceListId(id);
    list.program = "iv-ketamine";
    list.default_mode = BillingMode::kSelfPay;
    list.effective.from = from;
    list.lines = {{"infusion", "Infusion", "96365", 50'000}, {"integration", "Integration", "90837", 15'000}};
    list.estimate_valid_days = 30;
    return list;
  }
  static Payment Deposit(const PatientId& patient, Minor amount) {
    Payment payment;
    payment.id = PaymentId(NewId());
    payment.patient = patient;
    payment.program = "iv-ketamine";
    payment.purpose = Payment::Purpose::kDeposit;
    payment.tender = Tender::kCash;
    payment.amount = amount;
    payment.idempotency_key = NewId();
    return payment;
  }

  testing::TestDatabase& database_ = testing::TestDatabase::Get({.service = "billing", .migrations = Migrations()});
  ClinicId clinic_ = database_.NewClinic();
  ManualClock clock_{absl::FromCivil(absl::CivilSecond(2026, 11, 23, 15, 0, 0), absl::UTCTimeZone())};
  std::unique_ptr<Store> store_ = MakePgStore(database_.service(), clock_);
  const PatientId patient_{"ann"};
};

TEST_F(StoreTest, ANewVersionEndsTheOpenOneBeforeIt) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Insert(Prices("a", kJanuary)));
    RETURN_IF_ERROR(tx.Insert(Prices("b", kJuly)));
    ASSIGN_OR_RETURN(const auto june, tx.PriceListInForce("iv-ketamine", absl::CivilDay(2026, 6, 30)));
    ASSIGN_OR_RETURN(const auto july, tx.PriceListInForce("iv-ketamine", kJuly));
    ASSIGN_OR_RETURN(const auto before, tx.PriceListInForce("iv-ketamine", absl::CivilDay(2025, 12, 31)));
    EXPECT_EQ(june->id.str(), "a");
    EXPECT_EQ(june->effective.until, kJuly);
    EXPECT_EQ(june->lines.size(), 2u);
    EXPECT_EQ(july->id.str(), "b");
    EXPECT_FALSE(before);
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, VersionsThatOverlapAreRefused) {
  PriceList whole_year = Prices("a", kJanuary);
  whole_year.effective.until = absl::CivilDay(2027, 1, 1);
  ASSERT_OK(Run([&](Tx& tx) { return tx.Insert(whole_year); }));
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.Insert(Prices("b", kJuly)); }), Code::kAlreadyExists,
               "EFFECTIVE_DATES_OVERLAP");
}

TEST_F(StoreTest, AProgramsOwnPolicyAndAPayersOwnCodesComeFirst) {
  CancellationPolicy general;
  general.id = Id<struct CancellationPolicyTag>("general");
  general.effective.from = kJanuary;
  CancellationPolicy own = general;
  own.id = Id<struct CancellationPolicyTag>("own");
  own.program = "iv-ketamine";
  PayerCodeSet any;
  any.id = Id<struct PayerCodeSetTag>("any");
  any.program = "spravato-trd";
  any.effective.from = kJanuary;
  any.rules = {{.code = "G2082", .modifiers = {"KX"}}};
  PayerCodeSet acme = any;
  acme.id = Id<struct PayerCodeSetTag>("acme");
  acme.payer = PayerId("acme");
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Insert(general));
    RETURN_IF_ERROR(tx.Insert(own));
    RETURN_IF_ERROR(tx.Insert(any));
    RETURN_IF_ERROR(tx.Insert(acme));
    ASSIGN_OR_RETURN(const auto for_iv, tx.CancellationPolicyInForce("iv-ketamine", kJuly));
    ASSIGN_OR_RETURN(const auto for_kap, tx.CancellationPolicyInForce("kap", kJuly));
    EXPECT_EQ(for_iv->id.str(), "own");
    EXPECT_EQ(for_kap->id.str(), "general");
    ASSIGN_OR_RETURN(const auto acmes, tx.CodeSetInForce(PayerId("acme"), "spravato-trd", kJuly));
    ASSIGN_OR_RETURN(const auto others, tx.CodeSetInForce(PayerId("zeta"), "spravato-trd", kJuly));
    EXPECT_EQ(acmes->id.str(), "acme");
    EXPECT_EQ(others->id.str(), "any");
    EXPECT_EQ(others->rules[0].modifiers, std::vector<std::string>{"KX"});
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, AnEstimateComesBackAsItWas) {
  Estimate estimate;
  estimate.id = EstimateId("e");
  estimate.patient = patient_;
  estimate.program = "iv-ketamine";
  estimate.price_list = PriceListId("a");
  estimate.lines = {{"infusion", "Infusion", "96365", 6, 50'000, 30'000}};
  estimate.scenarios = {{PaymentScenario::Kind::kPayInFull, 270'000},
                        {PaymentScenario::Kind::kPaymentPlan, 60'000, {{1, 105'000}, {3, 105'000}}}};
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Insert(Prices("a", kJanuary)));
    return tx.Insert(estimate);
  }));
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Estimate read, tx.GetEstimate(EstimateId("e")));
    EXPECT_EQ(read.total(), 270'000);
    EXPECT_EQ(read.scenarios[1].installments[1].session_number, 3);
    read.state = Estimate::State::kAccepted;
    read.version = 2;
    RETURN_IF_ERROR(tx.Update(read, 1));
    EXPECT_ERROR(tx.Update(read, 1), Code::kAborted, "ETAG_MISMATCH");
    ASSIGN_OR_RETURN(const auto accepted, tx.AcceptedEstimate(patient_, "iv-ketamine"));
    EXPECT_TRUE(accepted);
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, ListsPageFromTheLatest) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    for (int i = 0; i < 5; ++i) {
      Payment payment = Deposit(patient_, 100 + i);
      RETURN_IF_ERROR(CapturePayment(tx, payment, false));
    }
    ASSIGN_OR_RETURN(const List<Payment> first, tx.ListPayments(patient_, {.limit = 2}));
    EXPECT_EQ(first[0].value.amount, 104);
    ASSIGN_OR_RETURN(const List<Payment> rest, tx.ListPayments(patient_, {.limit = 9, .before = first[1].number}));
    EXPECT_EQ(rest.size(), 3u);
    EXPECT_EQ(rest[0].value.amount, 102);
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, TheDatabaseRefusesATransactionThatDoesNotBalance) {
  EXPECT_ERROR(
      Sql("with t as (insert into ledger_transactions (clinic, id, kind, patient, source, reason, post_time) values "
          "(kat_clinic(), 'x', 1, 'ann', '', '', now()) returning clinic, id) insert into ledger_entries select "
          "clinic, "
          "id, p, 1, 0, 'ann', a from t, (values (0, 500), (1, -499)) as e(p, a)"),
      Code::kFailedPrecondition);
  EXPECT_ERROR(Sql("insert into ledger_transactions (clinic, id, kind, patient, source, reason, post_time) values "
                   "(kat_clinic(), 'y', 1, 'ann', '', '', now())"),
               Code::kFailedPrecondition);
}

TEST_F(StoreTest, PostedEntriesAreNeverEdited) {
  ASSERT_OK(Run([&](Tx& tx) { return Post(tx, ChargeVisit(patient_, 500), "charges/c").status(); }));
  EXPECT_FALSE(Sql("update ledger_entries set amount = amount * 2").ok());
  EXPECT_FALSE(Sql("delete from ledger_transactions").ok());
}

TEST_F(StoreTest, ATransactionIsReversedOnceEvenInARace) {
  LedgerTransactionId id;
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(id, Post(tx, ChargeVisit(patient_, 500), "charges/c"));
    return absl::OkStatus();
  }));
  ASSERT_OK(Run([&](Tx& tx) { return ReverseTransaction(tx, id, "wrong visit").status(); }));
  EXPECT_ERROR(Run([&](Tx& tx) { return ReverseTransaction(tx, id, "again").status(); }), Code::kFailedPrecondition,
               "ALREADY_REVERSED");
  EXPECT_FALSE(
      Sql("insert into ledger_transactions (clinic, id, kind, patient, source, reverses, reason, post_time) values "
          "(kat_clinic(), 'z', 9, 'ann', '', '" +
          id.str() + "', '', now())")
          .ok());
}

// The service's own operations at random, each in a transaction of its own, and the database asked after each of them.
class RandomLedger : public StoreTest {
 protected:
  // Whether the operation had anything to do.
  absl::StatusOr<bool> Operate(Tx& tx, int which, const PatientId& patient) {
    RETURN_IF_ERROR(tx.LockAccount(patient));
    ASSIGN_OR_RETURN(const Minor owed, tx.Balance(LedgerAccount::Type::kPatientReceivable, patient));
    switch (which) {
      case 0: {
        Payment payment = Deposit(patient, 1 + Pick(90'000));
        if (Pick(2) == 0) payment.purpose = Payment::Purpose::kBalance;
        if (Pick(3) == 0) payment.fee = payment.amount / 10;
        RETURN_IF_ERROR(CapturePayment(tx, payment, false));
        return true;
      }
      case 1:
        RETURN_IF_ERROR(Post(tx, ChargeVisit(patient, 1 + Pick(60'000)), "charges/x").status());
        RETURN_IF_ERROR(ApplyDeposits(tx, patient, "iv-ketamine"));
        return true;
      case 2:
        return RefundSomething(tx, patient);
      case 3:
        if (owed <= 0) return false;
        RETURN_IF_ERROR(Post(tx, WriteOff(patient, 1 + Pick(owed)), "patients/x").status());
        return true;
      case 4:
        return ReverseSomething(tx, patient);
      default:
        RETURN_IF_ERROR(Post(tx, ChargeFee(patient, 1 + Pick(10'000)), "cancellationFees/x").status());
        return true;
    }
  }

  absl::StatusOr<bool> RefundSomething(Tx& tx, const PatientId& patient) {
    ASSIGN_OR_RETURN(List<Payment> recent, tx.ListPayments(patient, {.limit = 8}));
    if (recent.empty()) return false;
    Payment payment = recent[Pick(recent.size())].value;
    const Minor amount = 1 + Pick(100'000);
    if (!CheckRefund(payment, amount).ok()) return false;
    ASSIGN_OR_RETURN(Refund refund, ApproveRefund(tx, payment, amount, "test"));
    if (Pick(4) > 0) RETURN_IF_ERROR(PayOutRefund(tx, refund, *processor_));  // else it waits
    return true;
  }

  absl::StatusOr<bool> ReverseSomething(Tx& tx, const PatientId& patient) {
    ASSIGN_OR_RETURN(const List<LedgerTransaction> posted, tx.ListTransactions(patient, {.limit = 6}));
    if (posted.empty()) return false;
    const absl::Status status = ReverseTransaction(tx, posted[Pick(posted.size())].value.id, "test").status();
    if (absl::IsFailedPrecondition(status)) return false;  // of a kind that is not reversed, or reversed before
    RETURN_IF_ERROR(status);
    return true;
  }

  // What the committed rows of the clinic say, from the tables themselves.
  void ExpectBalanced(const std::string& when) {
    ASSERT_OK(database_.service().Run({.clinic = clinic_.str(), .read_only = true}, [&](pg::Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(
          const pg::Row row,
          tx.QueryOne(
              "select (select count(*) from (select from ledger_entries where clinic = $1 group by parent having "
              "sum(amount) <> 0 or count(*) < 2) as broken) as unbalanced, "
              "(select count(*) from ledger_transactions t where clinic = $1 and not exists (select from "
              "ledger_entries where clinic = $1 and parent = t.id)) as bare, "
              "(select coalesce(sum(amount), 0)::bigint from ledger_entries where clinic = $1) as total, "
              "(select count(*) from (select patient, -sum(amount) as held from ledger_entries where clinic = $1 and "
              "account_type = $2 group by patient) l full join (select patient, sum(unapplied) as unapplied from "
              "payments where clinic = $1 group by patient) p using (patient) where coalesce(held, 0) <> "
              "coalesce(unapplied, 0)) as deposits_apart",
              {clinic_, static_cast<int>(LedgerAccount::Type::kDepositLiability)}));
      EXPECT_EQ(row.Get<int64_t>("unbalanced"), 0) << when;
      EXPECT_EQ(row.Get<int64_t>("bare"), 0) << when;
      EXPECT_EQ(row.Get<int64_t>("total"), 0) << when;
      EXPECT_EQ(row.Get<int64_t>("deposits_apart"), 0) << when;
      return absl::OkStatus();
    }));
  }

  int64_t Pick(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }

  std::mt19937_64 random_{7};
  std::unique_ptr<CardProcessor> processor_ = *MakeCardProcessor("simulated");
};

TEST_F(RandomLedger, BalancesAfterEachOfTenThousandOperations) {
  constexpr int kClinics = 50, kOperationsEach = 200,
                kKinds = 6;  // a clinic's books stay small enough to add up each time
  const std::vector<PatientId> patients = {PatientId("ann"), PatientId("bob"), PatientId("cho")};
  std::vector<int> done(kKinds);
  for (int clinic = 0; clinic < kClinics && !HasFailure(); ++clinic) {
    clinic_ = database_.NewClinic();
    for (int operation = 0; operation < kOperationsEach && !HasFailure(); ++operation) {
      clock_.Advance(absl::Minutes(1));
      const int which = static_cast<int>(Pick(kKinds));
      const PatientId& patient = patients[Pick(patients.size())];
      const std::string when = absl::StrCat("clinic ", clinic, ", operation ", operation, " of kind ", which);
      ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
        ASSIGN_OR_RETURN(const bool had_work, Operate(tx, which, patient));
        done[which] += had_work ? 1 : 0;
        return absl::OkStatus();
      })) << when;
      ExpectBalanced(when);
    }
  }
  for (int which = 0; which < kKinds; ++which) EXPECT_GT(done[which], 200) << which;
}

TEST_F(StoreTest, AnotherClinicSeesNothing) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    Payment payment = Deposit(patient_, 500);
    payment.id = PaymentId("p");
    return CapturePayment(tx, payment, false);
  }));
  clinic_ = database_.NewClinic();
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.GetPayment(PaymentId("p")).status(); }), Code::kNotFound);
}

TEST_F(StoreTest, AClaimKeepsItsLinesAndFindings) {
  Claim claim;
  claim.id = Id<struct ClaimTag>("c");
  claim.patient = patient_;
  claim.appointment = AppointmentId("a");
  claim.payer = PayerId("acme");
  claim.service_date = claim.filing_deadline = kJuly;
  claim.lines = {{"J0013", CodeRule::Kind::kDrug, {"JZ"}, 84, 126'000, "N4 50458002803 UN3"}};
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Insert(claim));
    claim.findings = {{"NDC_INVALID", ScrubFinding::Severity::kError, "x"}};
    claim.version = 2;
    RETURN_IF_ERROR(tx.Update(claim, 1));
    ASSIGN_OR_RETURN(const auto read, tx.ClaimOf(AppointmentId("a")));
    EXPECT_EQ(read->lines[0].modifiers, std::vector<std::string>{"JZ"});
    EXPECT_EQ(read->findings[0].code, "NDC_INVALID");
    ASSIGN_OR_RETURN(const bool duplicate, tx.HasOtherClaim(claim));
    EXPECT_FALSE(duplicate);
    return absl::OkStatus();
  }));
  claim.id = Id<struct ClaimTag>("d");
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.Insert(claim); }), Code::kAlreadyExists);
}

}  // namespace
}  // namespace kat::billing
