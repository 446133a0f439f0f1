#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_WAIT_LIST_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_WAIT_LIST_TABLE_H_

#include <optional>
#include <vector>

#include "libs/pg/database.h"
#include "services/scheduling/store/wait_list_table.h"

namespace kat::scheduling {

// The SQL of wait_list_table.h.
class PgWaitListTable final : public WaitListTable {
 public:
  PgWaitListTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::Status InsertEntry(const WaitListEntry& entry) override;
  absl::Status UpdateEntry(const WaitListEntry& entry) override;
  absl::StatusOr<WaitListEntry> GetEntry(const WaitListEntryId& id, Lock lock) override;
  absl::StatusOr<std::vector<WaitListEntry>> ListEntries(std::optional<WaitState> state,
                                                         const ListRange& range) override;
  absl::StatusOr<std::vector<WaitListEntry>> Waiting(absl::CivilDay from, absl::CivilDay until, const TimeSpan& freed,
                                                     int limit) override;
  absl::StatusOr<std::optional<WaitListEntryId>> WaitingFor(const AppointmentId& appointment) override;
  absl::StatusOr<std::optional<WaitListEntryId>> WaitingFor(const CourseId& course) override;
  absl::Status InsertOffer(const WaitListOffer& offer) override;
  absl::Status UpdateOffer(const WaitListOffer& offer) override;
  absl::StatusOr<WaitListOffer> GetOffer(const WaitListOfferId& id, Lock lock) override;
  absl::StatusOr<std::vector<WaitListOffer>> ListOffers(const WaitListEntryId& entry, std::optional<OfferState> state,
                                                        const ListRange& range) override;

 private:
  absl::StatusOr<std::optional<WaitListEntryId>> WaitingFor(absl::string_view column, const pg::Param& id);

  pg::Tx& db_;
  const ClinicId clinic_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_WAIT_LIST_TABLE_H_
