#include <algorithm>
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
  std::vector<absl::StatusOr<v1::ReceiveReferralResponse>> ReferAtOnce(PatientOf patient_of,
                                                                       const std::string& reference = "") {
    constexpr int kThreads = 12;
    std::vector<absl::StatusOr<v1::ReceiveReferralResponse>> answers(kThreads, absl::UnknownError("not called"));
    std::atomic<int> waiting = kThreads;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        v1::ReceiveReferralRequest request = Referral(patient_of(i));
        request.mutable_referral()->set_external_reference(reference);
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

TEST_F(DuplicatesRpc, AReferralThatIsSentAgainUnderAnotherRequestIdIsKnownByItsReference) {
  Configure();
  v1::ReceiveReferralRequest request = Referral(NewPatient());
  request.mutable_referral()->set_external_reference("FAX-7");
  ASSERT_OK_AND_ASSIGN(const auto first, Do(&Stub::ReceiveReferral, request));
  for (const bool allow : {false, true}) {
    request.set_allow_duplicate(allow);
    const auto again = Do(&Stub::ReceiveReferral, request);
    ASSERT_ERROR(again, StatusCode::kAlreadyExists, "REFERRAL_ALREADY_RECEIVED");
    EXPECT_EQ(GetErrorDetail(again.status())->metadata.at("intake_case"), first.intake_case().name());
  }
  EXPECT_EQ(Patients(), 1);
}

TEST_F(DuplicatesRpc, OneReferralThatIsDeliveredManyTimesAtOnceIsReceivedOnce) {
  Configure();
  const auto answers = ReferAtOnce([&](int i) { return NewPatient(i % 2 == 0 ? "Ruiz" : "RUIZ"); }, "FAX-7");
  std::string opened;
  for (const auto& answer : answers) {
    if (answer.ok()) opened = answer->intake_case().name();
  }
  ASSERT_FALSE(opened.empty());
  for (const auto& answer : answers) {
    if (answer.ok()) continue;
    ASSERT_ERROR(answer, StatusCode::kAlreadyExists, "REFERRAL_ALREADY_RECEIVED");
    EXPECT_EQ(GetErrorDetail(answer.status())->metadata.at("intake_case"), opened);
  }
  EXPECT_EQ(Patients(), 1);
  EXPECT_EQ(CountEvents("referral.received"), 1);
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
    if (answer.ok()) continue;
    EXPECT_ERROR(answer, StatusCode::kAlreadyExists, "EXTERNAL_ID_TAKEN");
  }
  EXPECT_EQ(Patients(), 1);
}

TEST_F(DuplicatesRpc, ReferralsAtOnceOfDifferentPeopleAllSucceed) {
  Configure();
  const auto answers = ReferAtOnce([&](int i) { return NewPatient(absl::StrCat("Person", i)); });
  for (const auto& answer : answers) EXPECT_OK(answer);
  EXPECT_EQ(Patients(), static_cast<int>(answers.size()));
}

TEST_F(DuplicatesRpc, TheFrontDeskFindsWhoMayBeTheSamePersonBeforeItCreatesOne) {
  v1::CreatePatientRequest create;
  create.set_parent(ClinicPath());
  *create.mutable_patient() = NewPatient("O'Neil");
  create.mutable_patient()->set_phone("+15550000001");
  ASSERT_OK_AND_ASSIGN(const v1::Patient same, Do(&Stub::CreatePatient, create));
  *create.mutable_patient() = NewPatient("Sister");
  create.mutable_patient()->set_given_name("Bea");
  create.mutable_patient()->set_phone("+15550000001");
  create.set_allow_duplicate(true);
  ASSERT_OK_AND_ASSIGN(const v1::Patient sister, Do(&Stub::CreatePatient, create));
  v1::DeletePatientRequest remove;
  remove.set_name(sister.name());
  ASSERT_OK(Do(&Stub::DeletePatient, remove));

  v1::FindDuplicatePatientsRequest find;
  find.set_parent(ClinicPath());
  find.mutable_patient()->set_given_name("ana");
  EXPECT_ERROR(Call(&Stub::FindDuplicatePatients, find), StatusCode::kInvalidArgument, "FIELD_INVALID");
  find.mutable_patient()->set_family_name("oneil");
  EXPECT_ERROR(Call(&Stub::FindDuplicatePatients, find), StatusCode::kInvalidArgument, "FIELD_INVALID");
  *find.mutable_patient()->mutable_birth_date() = Date(1980, 5, 6);
  find.mutable_patient()->set_phone("+15550000001");
  ASSERT_OK_AND_ASSIGN(const auto found, Call(&Stub::FindDuplicatePatients, find));
  ASSERT_EQ(found.candidates_size(), 2);
  EXPECT_EQ(found.candidates(0).patient(), same.name());
  ASSERT_EQ(found.candidates(0).matches_size(), 2);
  EXPECT_EQ(found.candidates(0).matches(0), v1::DuplicateCandidate::NAME_AND_BIRTH_DATE);
  EXPECT_EQ(found.candidates(0).matches(1), v1::DuplicateCandidate::PHONE);
  EXPECT_EQ(found.candidates(0).state(), v1::Patient::ACTIVE);
  EXPECT_EQ(found.candidates(1).patient(), sister.name());
  EXPECT_EQ(found.candidates(1).state(), v1::Patient::DELETED);

  // What is found is what a creation is refused over.
  *create.mutable_patient() = find.patient();
  create.set_allow_duplicate(false);
  const auto refused = Do(&Stub::CreatePatient, create);
  ASSERT_ERROR(refused, StatusCode::kAlreadyExists, "PATIENT_LIKELY_DUPLICATE");
  EXPECT_EQ(GetErrorDetail(refused.status())->metadata.at("patients"), absl::StrCat(same.name(), ",", sister.name()));
  EXPECT_EQ(GetErrorDetail(refused.status())->metadata.at("matches"), "NAME_AND_BIRTH_DATE+PHONE,PHONE");

  // A patient is no duplicate of itself, and another clinic has none of them.
  find.mutable_patient()->set_name(same.name());
  ASSERT_OK_AND_ASSIGN(const auto others, Call(&Stub::FindDuplicatePatients, find));
  ASSERT_EQ(others.candidates_size(), 1);
  EXPECT_EQ(others.candidates(0).patient(), sister.name());
  find.mutable_patient()->clear_name();
  const std::string other = Service().NewClinic();
  find.set_parent("clinics/" + other);
  ASSERT_OK_AND_ASSIGN(const auto none, Call(&Stub::FindDuplicatePatients, find, common::v1::ROLE_ASSISTANT, other));
  EXPECT_EQ(none.candidates_size(), 0);
}

TEST_F(DuplicatesRpc, APatientIsFoundByEachOfItsExternalIdsAndByNothingElse) {
  v1::CreatePatientRequest create;
  create.set_parent(ClinicPath());
  *create.mutable_patient() = NewPatient();
  for (const auto& [system, value] : {std::pair("ehr", "A-1"), std::pair("crm", "A-1"), std::pair("ehr", "A-2")}) {
    auto* id = create.mutable_patient()->add_external_ids();
    id->set_system(system);
    id->set_value(value);
  }
  ASSERT_OK_AND_ASSIGN(const v1::Patient patient, Do(&Stub::CreatePatient, create));
  v1::ListPatientsRequest list;
  list.set_parent(ClinicPath());
  const auto find = [&](const std::string& system, const std::string& value) {
    list.mutable_external_id()->set_system(system);
    list.mutable_external_id()->set_value(value);
    return Call(&Stub::ListPatients, list);
  };
  for (const auto& [system, value] : {std::pair("ehr", "A-1"), std::pair("crm", "A-1"), std::pair("ehr", "A-2")}) {
    ASSERT_OK_AND_ASSIGN(const auto found, find(system, value));
    ASSERT_EQ(found.patients_size(), 1);
    EXPECT_EQ(found.patients(0).name(), patient.name());
    EXPECT_EQ(found.patients(0).external_ids_size(), 3);
  }
  EXPECT_EQ(find("ehr", "a-1")->patients_size(), 0);
  EXPECT_EQ(find("crm", "A-2")->patients_size(), 0);
  EXPECT_ERROR(find("ehr", ""), StatusCode::kInvalidArgument, "FIELD_INVALID");

  // An id that is taken away finds the patient no longer, and is free for another.
  v1::UpdatePatientRequest update;
  *update.mutable_patient() = patient;
  update.mutable_patient()->mutable_external_ids()->RemoveLast();
  update.mutable_update_mask()->add_paths("external_ids");
  ASSERT_OK(Do(&Stub::UpdatePatient, update));
  const int left =
      find("crm", "A-1")->patients_size() + find("ehr", "A-1")->patients_size() + find("ehr", "A-2")->patients_size();
  EXPECT_EQ(left, 2);

  // A deleted patient keeps its ids, and is found by them where deleted ones are asked for.
  v1::DeletePatientRequest remove;
  remove.set_name(patient.name());
  ASSERT_OK(Do(&Stub::DeletePatient, remove));
  EXPECT_EQ(find("crm", "A-1")->patients_size(), 0);
  list.set_state(v1::Patient::DELETED);
  EXPECT_EQ(find("crm", "A-1")->patients_size(), 1);
}

}  // namespace
}  // namespace kat::intake
