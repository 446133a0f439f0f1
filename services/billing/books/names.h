#ifndef KAT_SERVICES_BILLING_BOOKS_NAMES_H_
#define KAT_SERVICES_BILLING_BOOKS_NAMES_H_

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/billing/store/store.h"

namespace kat::billing {

// `clinics/{clinic}/{collection}/{id}`; "" for an empty id.
template <class Tag>
std::string NameOf(const ClinicId& clinic, absl::string_view collection, const Id<Tag>& id) {
  return id.empty() ? "" : absl::StrCat("clinics/", clinic.str(), "/", collection, "/", id.str());
}

// An event of one of this service's resources; empty related names are left out.
struct Happening {
  std::string type;
  std::string collection;
  std::string id;
  int64_t version = 1;
  std::string state;
  PatientId patient;
  CourseId course;
  AppointmentId appointment;
  std::optional<tx::Work> work;
};

absl::Status Publish(tx::Transaction& tx, const Happening& happening);

// Work for the biller: opened where `open`, else closed.
tx::Work BillerWork(std::string kind, bool open, std::optional<absl::Time> due_at = std::nullopt,
                    tx::Work::Urgency urgency = tx::Work::Urgency::kRoutine);

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_BOOKS_NAMES_H_
