#ifndef KAT_SERVICES_AUTHORIZATION_STORE_PAYER_TABLES_H_
#define KAT_SERVICES_AUTHORIZATION_STORE_PAYER_TABLES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/authorization/domain/insurance.h"
#include "services/authorization/domain/policy.h"
#include "services/authorization/domain/settings.h"

namespace kat::authorization::store {

// Whether a read row is about to be changed: kWrite locks it until the transaction ends.
enum class Lock { kRead, kWrite };

// A page of a list: at most `limit` rows after the sort keys of the last row seen (empty at the start).
struct Slice {
  int limit = 0;
  std::vector<std::string> after;
};

// Payers, policies, program rules and settings of the transaction's clinic. A Find of what is not there is NOT_FOUND.
class PayerTables {
 public:
  virtual ~PayerTables() = default;

  virtual absl::Status InsertPayer(const domain::Payer& payer) = 0;  // PAYER_EXISTS
  virtual absl::Status UpdatePayer(const domain::Payer& payer) = 0;  // PAYER_EXISTS
  virtual absl::StatusOr<domain::Payer> FindPayer(const domain::PayerId& id, Lock lock = Lock::kRead) = 0;
  virtual absl::StatusOr<std::vector<domain::Payer>> ListPayers(const Slice& slice) = 0;  // keys: display name

  // Gives the policy its version number. POLICY_OVERLAPS.
  virtual absl::Status InsertPolicy(domain::PayerPolicy& policy) = 0;
  virtual absl::Status EndPolicy(const domain::PolicyId& id, absl::CivilDay until) = 0;
  virtual absl::StatusOr<domain::PayerPolicy> FindPolicy(const domain::PolicyId& id, Lock lock = Lock::kRead) = 0;
  // All of a payer's for a program.
  virtual absl::StatusOr<std::vector<domain::PayerPolicy>> PoliciesOf(const domain::PayerId& payer,
                                                                      const std::string& program) = 0;
  // Newest first; keys: first day, id.
  virtual absl::StatusOr<std::vector<domain::PayerPolicy>> ListPolicies(const domain::PayerId& payer,
                                                                        const std::string& program,
                                                                        std::optional<absl::CivilDay> as_of,
                                                                        const Slice& slice) = 0;

  virtual absl::StatusOr<std::optional<domain::ProgramRule>> FindProgramRule(const std::string& program) = 0;
  virtual absl::Status SaveProgramRule(const domain::ProgramRule& rule) = 0;
  virtual absl::StatusOr<std::vector<domain::ProgramRule>> ListProgramRules(const Slice& slice) = 0;  // keys: program

  virtual absl::StatusOr<domain::Settings> LoadSettings() = 0;  // the defaults before the clinic sets any
  virtual absl::Status SaveSettings(const domain::Settings& settings) = 0;
};

// Who pays for a patient.
class InsuranceTables {
 public:
  virtual ~InsuranceTables() = default;

  virtual absl::Status InsertInsurance(const domain::Insurance& insurance) = 0;  // COVERAGE_OVERLAPS
  virtual absl::Status UpdateInsurance(const domain::Insurance& insurance) = 0;  // COVERAGE_OVERLAPS
  virtual absl::StatusOr<domain::Insurance> FindInsurance(const domain::InsuranceId& id, Lock lock = Lock::kRead) = 0;
  virtual absl::StatusOr<std::vector<domain::Insurance>> InsurancesOf(const PatientId& patient) = 0;
  // Keys: patient, rank, id.
  virtual absl::StatusOr<std::vector<domain::Insurance>> ListInsurances(const PatientId& patient,
                                                                        std::optional<absl::CivilDay> as_of,
                                                                        const Slice& slice) = 0;

  virtual absl::Status InsertSelfPay(const domain::SelfPay& self_pay) = 0;  // SELF_PAY_OVERLAPS
  virtual absl::Status UpdateSelfPay(const domain::SelfPay& self_pay) = 0;
  virtual absl::StatusOr<domain::SelfPay> FindSelfPay(const domain::SelfPayId& id, Lock lock = Lock::kRead) = 0;
  virtual absl::StatusOr<std::vector<domain::SelfPay>> SelfPayOf(const PatientId& patient,
                                                                 const std::string& program) = 0;
  // Keys: id.
  virtual absl::StatusOr<std::vector<domain::SelfPay>> ListSelfPay(const PatientId& patient, const Slice& slice) = 0;
};

}  // namespace kat::authorization::store

#endif  // KAT_SERVICES_AUTHORIZATION_STORE_PAYER_TABLES_H_
