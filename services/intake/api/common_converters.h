#ifndef KAT_SERVICES_INTAKE_API_COMMON_CONVERTERS_H_
#define KAT_SERVICES_INTAKE_API_COMMON_CONVERTERS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "google/type/date.pb.h"
#include "kat/intake/v1/patient.pb.h"
#include "kat/intake/v1/records.pb.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/intake/domain/patient.h"
#include "services/intake/domain/signature.h"
#include "services/intake/flow/names.h"

// Conversions that several resources share. Enums of domain and contract have the same numbers.
namespace kat::intake {

namespace v1 = ::kat::intake::v1;

template <class Message, class Enum>
auto As(Enum value) {
  return static_cast<Message>(static_cast<int>(value));
}

// A day, or nullopt where the message lacks it; INVALID_ARGUMENT on `field` where it is no date.
inline absl::StatusOr<std::optional<absl::CivilDay>> OptionalDay(bool present, const google::type::Date& date,
                                                                 absl::string_view field) {
  if (!present) return std::optional<absl::CivilDay>();
  absl::StatusOr<absl::CivilDay> day = rpc::FromProto(date, field);
  if (!day.ok()) return day.status();
  return std::optional<absl::CivilDay>(*day);
}

inline absl::StatusOr<absl::CivilDay> DayOr(bool present, const google::type::Date& date, absl::string_view field,
                                            absl::CivilDay otherwise) {
  return present ? rpc::FromProto(date, field) : otherwise;
}

v1::Provider ToProto(const Provider& provider);
Provider FromProto(const v1::Provider& provider);

v1::Signature ToProto(const Signature& signature, const ClinicId& clinic, const PatientId& patient);
// A time that is absent becomes `now`.
Signature FromProto(const v1::Signature& signature, absl::Time now);

// `clinics/c/patients/p/documents/d` of the id, and "" for none.
inline std::string DocumentName(const ClinicId& clinic, const PatientId& patient, const DocumentId& id) {
  return id.empty() ? "" : NameUnder(clinic, patient, "documents", id.str());
}

// The patient in a checked name.
inline PatientId PatientIn(absl::string_view name) { return PatientId(rpc::SegmentAfter(name, "patients")); }

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_API_COMMON_CONVERTERS_H_
