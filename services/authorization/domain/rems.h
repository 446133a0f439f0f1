#ifndef KAT_SERVICES_AUTHORIZATION_DOMAIN_REMS_H_
#define KAT_SERVICES_AUTHORIZATION_DOMAIN_REMS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/authorization/domain/ids.h"
#include "services/authorization/domain/prior_authorization.h"

// Settings and patients of the Spravato REMS.
namespace kat::authorization::domain {

// A postal address, as google.type.PostalAddress holds one.
struct Address {
  std::string region_code, postal_code, administrative_area, locality;
  std::vector<std::string> lines;
};

struct RemsSite {
  std::string display_name;
  Address address;
  std::string phone;
  std::string dea_number;
};

struct RemsSetting {
  enum class State { kUnspecified, kPending, kCertified, kSuspended };
  enum class Type { kUnspecified, kOutpatient, kInpatient };
  SettingId id;
  std::string display_name;
  Type type = Type::kOutpatient;
  std::string representative_name, representative_title, representative_phone, representative_email;
  std::vector<RemsSite> sites;
  bool acquires_patient_specific = false, acquires_bulk = false;
  State state = State::kPending;
  std::string rems_id;
  std::optional<absl::CivilDay> certified_from, suspended_from;
  bool reenrollment_due = false;  // the authorized representative changed since the last certification
  int64_t version = 0;
  absl::Time created_at, updated_at;

  bool Certified(absl::CivilDay day) const {
    return certified_from && *certified_from <= day && (!suspended_from || day < *suspended_from);
  }
};
absl::string_view Name(RemsSetting::State state);

absl::Status ValidateSetting(const RemsSetting& setting);
absl::Status Certify(RemsSetting& setting, const std::string& rems_id, absl::CivilDay from, absl::CivilDay today);
absl::Status Suspend(RemsSetting& setting, absl::CivilDay from);

struct RemsEnrollment {
  enum class State { kUnspecified, kDraft, kSubmitted, kEnrolled, kEnded };
  EnrollmentId id;
  PatientId patient;
  SettingId setting;
  std::string prescriber_name;
  std::optional<absl::CivilDay> patient_signed, prescriber_signed;
  State state = State::kDraft;
  Channel channel = Channel::kUnspecified;
  std::string confirmation;
  std::optional<absl::Time> submitted_at;
  std::string rems_patient_id;
  std::optional<absl::CivilDay> enrolled_from, ended_from;
  std::string end_reason;
  int64_t version = 0;
  absl::Time created_at, updated_at;

  bool Holds(absl::CivilDay day) const {
    return enrolled_from && *enrolled_from <= day && (!ended_from || day < *ended_from);
  }
};
enum class EnrollmentEvent { kSubmit, kConfirm, kEnd };
absl::string_view Name(RemsEnrollment::State state);
RemsEnrollment::State Next(RemsEnrollment::State state, EnrollmentEvent event);

absl::Status SubmitEnrollment(RemsEnrollment& enrollment, Channel channel, const std::string& confirmation,
                              absl::Time at, std::optional<absl::CivilDay> patient_signed,
                              std::optional<absl::CivilDay> prescriber_signed, absl::Time now);
absl::Status ConfirmEnrollment(RemsEnrollment& enrollment, const std::string& rems_patient_id, absl::CivilDay from,
                               absl::CivilDay today);
absl::Status EndEnrollment(RemsEnrollment& enrollment, absl::CivilDay from, const std::string& reason);

// How the REMS stands for one patient.
struct RemsFacts {
  std::vector<RemsSetting> settings;
  std::vector<RemsEnrollment> enrollments;  // of the patient
  int overdue_forms = 0;                    // of the clinic

  const RemsSetting* SettingOn(absl::CivilDay day) const;
  const RemsEnrollment* EnrollmentOn(absl::CivilDay day) const;
};

}  // namespace kat::authorization::domain

#endif  // KAT_SERVICES_AUTHORIZATION_DOMAIN_REMS_H_
