#include <atomic>
#include <thread>

#include "services/intake/api/rpc_fixture.h"

// One record for each person, over a real server and database.
namespace kat::intake {
namespace {

using absl::StatusCode;

class DuplicatesRpc : public IntakeRpc {
 protected:
  v1::ReceiveReferralRequest Referral(const v1::Patient& patient) const {
    v1::ReceiveReferralRequest request;
    request.set_parent(ClinicPath());
    request.set_program("iv-ketamine");
    request.mutable_referral()->set_source(v1::Referral::WEBSITE);
    *request.mutable_patient() = patient;
    return request;
  }

  int Patients() {
    v1::ListPatientsRequest list;
    list.set_parent(ClinicPath());
    const auto patients = Call(&Stub::ListPatients, list);
    EXPECT_OK(patients);
    return patients.ok() ? patients->patients_size() : -1;
  }

  // Refers `patient_of(thread)` from many threads at once; what each got.
  template <class PatientOf>
  std::vector<absl::StatusOr<v1::ReceiveReferralResponse>> ReferAtOnce(PatientOf patient_of) {
    constexpr int kThreads = 12;
    std::vector<absl::StatusOr<v1::ReceiveReferralResponse>> answers(kThreads, absl::UnknownError("not called"));
    std::atomic<int> waiting = kThreads;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        const v1::ReceiveReferralRequest request = Referral(patient_of(i));
        for (--waiting; waiting > 0;) std::this_thread::yield();
        answers[i] = Do(&Stub::ReceiveReferral, request);
      });
    }
    for (std::thread& thread : threads) thread.join();
    return answers;
  }
};

TEST_F(DuplicatesRpc, ManyReferralsOfOnePersonAtOnceMakeOnePatientWhomTheOthersAreTold) {
  Configure();
  constexpr int kRounds = 10;
  for (int round = 1; round <= kRounds; ++round) {
    const auto answers = ReferAtOnce([&](int i) {
      // Written differently by each sender, and the same person by the contract.
      return NewPatient(absl::StrCat(i % 2 == 0 ? "O'Neil" : "ONEIL ", round));
    });
    std::string winner;
    for (const auto& answer : answers) {
      if (answer.ok()) {
        EXPECT_TRUE(winner.empty());
        winner = answer->patient().name();
      }
    }
    ASSERT_FALSE(winner.empty());
    for (const auto& answer : answers) {
      if (answer.ok()) continue;
      ASSERT_ERROR(answer, StatusCode::kAlreadyExists, "PATIENT_LIKELY_DUPLICATE");
      EXPECT_EQ(GetErrorDetail(answer.status())->metadata.at("patients"), winner);
      EXPECT_EQ(GetErrorDetail(answer.status())->metadata.at("matches"), "NAME_AND_BIRTH_DATE");
    }
    EXPECT_EQ(Patients(), round);
  }
  EXPECT_EQ(CountEvents("patient.created"), kRounds);
  EXPECT_EQ(CountEvents("referral.received"), kRounds);
}

TEST_F(DuplicatesRpc, ReferralsAtOnceThatShareAPhoneAloneMakeOnePatientToo) {
  Configure();
  for (int round = 1; round <= 5; ++round) {
    const auto answers = ReferAtOnce([&](int i) {
      v1::Patient patient = NewPatient(absl::StrCat("Family", round, "x", i));
      patient.set_phone(absl::StrCat("+1555000000", round));
      return patient;
    });
    const auto created = std::count_if(answers.begin(), answers.end(), [](const auto& a) { return a.ok(); });
    EXPECT_EQ(created, 1);
    EXPECT_EQ(Patients(), round);
  }
}

TEST_F(DuplicatesRpc, ReferralsAtOnceWithTheSameExternalIdsMakeOnePatientInWhateverOrderTheyStand) {
  Configure();
  const auto answers = ReferAtOnce([&](int i) {
    v1::Patient patient = NewPatient(absl::StrCat("Person", i));
    for (const char* system : {i % 2 == 0 ? "crm" : "ehr", i % 2 == 0 ? "ehr" : "crm"}) {
      auto* id = patient.add_external_ids();
      id->set_system(system);
      id->set_value("7");
    }
    return patient;
  });
  for (const auto& answer : answers) {
    if (!answer.ok()) EXPECT_ERROR(answer, StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN");
  }
  EXPECT_EQ(Patients(), 1);
}

TEST_F(DuplicatesRpc, ReferralsAtOnceOfDifferentPeopleAllSucceed) {
  Configure();
  const auto answers = ReferAtOnce([&](int i) { return NewPatient(absl::StrCat("Person", i)); });
  for (const auto& answer : answers) EXPECT_OK(answer);
  EXPECT_EQ(Patients(), static_cast<int>(answers.size()));
}

}  // namespace
}  // namespace kat::intake
