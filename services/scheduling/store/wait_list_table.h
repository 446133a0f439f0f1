#ifndef KAT_SERVICES_SCHEDULING_STORE_WAIT_LIST_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_WAIT_LIST_TABLE_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/scheduling/domain/wait_list.h"
#include "services/scheduling/store/booking_tables.h"

namespace kat::scheduling {

// The wait list and its offers. Conventions as in tables.h.
class WaitListTable {
 public:
  virtual ~WaitListTable() = default;
  virtual absl::Status InsertEntry(const WaitListEntry& entry) = 0;  // ALREADY_EXISTS, ALREADY_WAITING
  virtual absl::Status UpdateEntry(const WaitListEntry& entry) = 0;  // its state, and why it has ended
  virtual absl::StatusOr<WaitListEntry> GetEntry(const WaitListEntryId& id, Lock lock = Lock::kNo) = 0;  // NOT_FOUND
  // Oldest first; keys: creation time in microseconds, id.
  virtual absl::StatusOr<std::vector<WaitListEntry>> ListEntries(std::optional<WaitState> state,
                                                                 const ListRange& range) = 0;
  // Those that wait for something on a day of [from, until], and were not offered anything before that starts in
  // `freed`; up to `limit`, the longest waiting first.
  virtual absl::StatusOr<std::vector<WaitListEntry>> Waiting(absl::CivilDay from, absl::CivilDay until,
                                                             const TimeSpan& freed, int limit) = 0;
  // The entry that waits, or has an open offer, for an earlier time of the appointment, or for the course's next block.
  virtual absl::StatusOr<std::optional<WaitListEntryId>> WaitingFor(const AppointmentId& appointment) = 0;
  virtual absl::StatusOr<std::optional<WaitListEntryId>> WaitingFor(const CourseId& course) = 0;

  virtual absl::Status InsertOffer(const WaitListOffer& offer) = 0;
  virtual absl::Status UpdateOffer(const WaitListOffer& offer) = 0;  // its state and appointment
  virtual absl::StatusOr<WaitListOffer> GetOffer(const WaitListOfferId& id, Lock lock = Lock::kNo) = 0;  // NOT_FOUND
  // Newest first; keys: creation time in microseconds, id.
  virtual absl::StatusOr<std::vector<WaitListOffer>> ListOffers(const WaitListEntryId& entry,
                                                                std::optional<OfferState> state,
                                                                const ListRange& range) = 0;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_WAIT_LIST_TABLE_H_
