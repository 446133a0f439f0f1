#ifndef KAT_SERVICES_INTAKE_STORE_JSON_H_
#define KAT_SERVICES_INTAKE_STORE_JSON_H_

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/business_time.h"
#include "nlohmann/json.hpp"
#include "services/intake/domain/evidence.h"
#include "services/intake/domain/intake_case.h"
#include "services/intake/domain/policy.h"

// JSON of the value lists that the store keeps whole. A field that a row lacks takes its default, so that fields can be
// added.
namespace nlohmann {

template <class T>
struct adl_serializer<std::optional<T>> {
  static void to_json(json& j, const std::optional<T>& value) {
    if (value) {
      j = *value;
    } else {
      j = nullptr;
    }
  }
  static void from_json(const json& j, std::optional<T>& value) {
    if (j.is_null()) {
      value.reset();
    } else {
      value = j.get<T>();
    }
  }
};

template <>
struct adl_serializer<absl::CivilDay> {
  static void to_json(json& j, const absl::CivilDay& day) { j = kat::FormatDay(day); }
  static void from_json(const json& j, absl::CivilDay& day) {
    day = kat::ParseDay(j.get<std::string>()).value_or(absl::CivilDay());
  }
};

template <>
struct adl_serializer<absl::Time> {
  static void to_json(json& j, const absl::Time& time) { j = absl::ToUnixMicros(time); }
  static void from_json(const json& j, absl::Time& time) { time = absl::FromUnixMicros(j.get<int64_t>()); }
};

template <class Tag>
struct adl_serializer<kat::Id<Tag>> {
  static void to_json(json& j, const kat::Id<Tag>& id) { j = id.str(); }
  static void from_json(const json& j, kat::Id<Tag>& id) { id = kat::Id<Tag>(j.get<std::string>()); }
};

}  // namespace nlohmann

namespace kat::intake {

// Debian's nlohmann-json 3.11 has NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT for what follows.
#define KAT_INTAKE_JSON NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT
KAT_INTAKE_JSON(PostalAddress, region_code, postal_code, administrative_area, locality, address_lines)
KAT_INTAKE_JSON(EmergencyContact, display_name, relationship, phone)
KAT_INTAKE_JSON(Provider, display_name, organization, npi, phone, fax, email)
KAT_INTAKE_JSON(Referral, source, referring_provider, referral_date, reason, external_reference)
KAT_INTAKE_JSON(StepSpec, key, kind, title, required, validity_days, responsible, due_business_days, tool, consent_key,
                document_type, clearance_kind)
KAT_INTAKE_JSON(ConsentStatement, code, text)
KAT_INTAKE_JSON(ScreeningRule, code, outcome, reason, source, question, fires_on, metric, above, below, required)
KAT_INTAKE_JSON(InteractionRule, code, drug_classes, drugs, handling, reason, instruction, source)
KAT_INTAKE_JSON(Diagnosis, icd10_code, description, single_episode, episode_start_date)
KAT_INTAKE_JSON(MedicationTrial, drug, drug_class, max_dose, start_date, end_date, adherence, outcome, reason_stopped,
                adequate)
KAT_INTAKE_JSON(Vitals, systolic_mmhg, diastolic_mmhg, heart_rate_bpm, spo2_percent, respiratory_rate_per_minute,
                weight_grams, height_millimeters)
KAT_INTAKE_JSON(ScreeningAnswer, code, answer, note)
KAT_INTAKE_JSON(ScreeningFinding, code, outcome, reason)
KAT_INTAKE_JSON(ScreeningResult, verdict, findings, missing, rule_set)
KAT_INTAKE_JSON(MeasureItem, number, value)
KAT_INTAKE_JSON(Signature, signer_name, capacity, authority, method, sign_time, ip_address, witness, document)
KAT_INTAKE_JSON(ReleaseOfInformation, description, discloser, recipient, purpose, expiration_date, expiration_event,
                states_right_to_revoke, states_conditioning, states_redisclosure, signature, copy_given)
#undef KAT_INTAKE_JSON

template <class T>
std::string ToJson(const T& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Text that PostgreSQL holds as jsonb and that ToJson once wrote.
template <class T>
T FromJson(const std::string& text) {
  return nlohmann::json::parse(text).get<T>();
}

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_JSON_H_
