#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_NAMES_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_NAMES_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "services/scheduling/domain/ids.h"

// Resource names, as events and answers give them. An empty id has an empty name.
namespace kat::scheduling {

inline std::string NameOf(const ClinicId& clinic) { return absl::StrCat("clinics/", clinic.str()); }

namespace internal {
template <class Tag>
std::string Child(const ClinicId& clinic, absl::string_view collection, const Id<Tag>& id) {
  return id.empty() ? "" : absl::StrCat(NameOf(clinic), "/", collection, "/", id.str());
}
}  // namespace internal

inline std::string NameOf(const ClinicId& clinic, const ResourceKey& key) {
  return absl::StrCat(NameOf(clinic), "/", key.str());
}
inline std::string NameOf(const ClinicId& clinic, const PatientId& id) {
  return internal::Child(clinic, "patients", id);
}
inline std::string NameOf(const ClinicId& clinic, const VisitTypeId& id) {
  return internal::Child(clinic, "visitTypes", id);
}
inline std::string NameOf(const ClinicId& clinic, const CourseId& id) { return internal::Child(clinic, "courses", id); }
inline std::string NameOf(const ClinicId& clinic, const AppointmentId& id) {
  return internal::Child(clinic, "appointments", id);
}
inline std::string NameOf(const ClinicId& clinic, const HoldId& id) { return internal::Child(clinic, "holds", id); }
inline std::string NameOf(const ClinicId& clinic, const WaitListEntryId& id) {
  return internal::Child(clinic, "waitListEntries", id);
}
inline std::string NameOf(const ClinicId& clinic, const WaitListOfferId& id) {
  return internal::Child(clinic, "waitListOffers", id);
}
inline std::string NameOf(const ClinicId& clinic, const DecisionId& id) {
  return internal::Child(clinic, "decisions", id);
}
inline std::string NameOf(const ClinicId& clinic, const RepairId& id) { return internal::Child(clinic, "repairs", id); }
inline std::string NameOf(const ClinicId& clinic, const ImprovementId& id) {
  return internal::Child(clinic, "improvements", id);
}
inline std::string ProtocolVersionName(const ClinicId& clinic, const ProtocolId& protocol, int version) {
  return absl::StrCat(NameOf(clinic), "/protocols/", protocol.str(), "/versions/", version);
}
inline std::string BlockName(const ClinicId& clinic, const CourseId& course, int number) {
  return absl::StrCat(NameOf(clinic, course), "/blocks/", number);
}

// Who has capacity, as occupancy knows them.
inline std::string OwnerOf(const AppointmentId& id) { return absl::StrCat("appointments/", id.str()); }
inline std::string OwnerOf(const HoldId& id) { return absl::StrCat("holds/", id.str()); }

inline std::string OwnerOf(const WaitListOfferId& id) { return absl::StrCat("waitListOffers/", id.str()); }

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_NAMES_H_
