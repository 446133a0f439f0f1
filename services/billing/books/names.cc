#include "services/billing/books/names.h"

namespace kat::billing {
namespace {

constexpr int kRoleBiller = 8;  // kat.common.v1.ROLE_BILLER

}  // namespace

absl::Status Publish(tx::Transaction& tx, const Happening& happening) {
  tx::Event event{.type = happening.type,
                  .subject = absl::StrCat("clinics/", tx.clinic().str(), "/", happening.collection, "/", happening.id),
                  .subject_version = happening.version,
                  .state = happening.state,
                  .work = happening.work};
  const auto relate = [&](const char* role, std::string name) {
    if (!name.empty()) event.related[role] = std::move(name);
  };
  relate("patient", NameOf(tx.clinic(), "patients", happening.patient));
  relate("course", NameOf(tx.clinic(), "courses", happening.course));
  relate("appointment", NameOf(tx.clinic(), "appointments", happening.appointment));
  return tx.Publish(event);
}

tx::Work BillerWork(std::string kind, bool open, std::optional<absl::Time> due_at, tx::Work::Urgency urgency) {
  return {.kind = std::move(kind), .closed = !open, .role = kRoleBiller, .due_at = due_at, .urgency = urgency};
}

}  // namespace kat::billing
