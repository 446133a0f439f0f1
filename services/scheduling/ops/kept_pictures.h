#ifndef KAT_SERVICES_SCHEDULING_OPS_KEPT_PICTURES_H_
#define KAT_SERVICES_SCHEDULING_OPS_KEPT_PICTURES_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "services/scheduling/ops/facts.h"
#include "services/scheduling/ops/picture_digest.h"
#include "services/scheduling/planning/planner.h"

namespace kat::scheduling {

// Which days, and who has left his place for the question.
struct PictureWish {
  absl::CivilDay first_day;
  int days = 0;
  std::set<std::string> leave_out;
};

// What came of it, and what it was decided on.
struct DecidedAnswer {
  PlanningAnswer answer;
  PictureSummary picture;
};

struct KeptPictureOptions {
  size_t max_bytes = 0;  // of all that is kept, but for what is being made or grows; 0: nothing is kept
  int most_of_clinic = 1;
};

// Pictures of clinics that are kept in memory from one question to the next, so that a question costs what has changed
// since the last one rather than all that stands. What has changed the database says, at each question, before it is
// answered: whatever was committed before, by whichever replica, is in the answer's picture. A clinic has as many
// pictures as are asked for at once, up to a limit; who comes later waits. Of clinics that were not asked about for the
// longest, pictures are given up where all together take too much memory. Thread-safe.
class KeptPictures {
 public:
  enum class Use {
    kUnchanged,  // as it was kept
    kRefreshed,  // some days were read anew
    kRebuilt,    // all was read: for the first time, or since the setup has changed, or for days further on
    kUnkept,     // read and thrown away: too far ahead, or there is no plan, and the reasons are asked for
  };
  // Both must outlive it. `observe` hears of each answer, and of how many bytes are kept; it is called by many threads.
  KeptPictures(Planner& planner, const KeptPictureOptions& options, std::function<void(Use, size_t)> observe);
  ~KeptPictures();

  // A picture for one question, for as long as the transaction that it was taken in. Not thread-safe.
  class Lease;
  // For a question about `patient`, if about any. `tx` has changed nothing yet that is in pictures, and runs until
  // `deadline` at most.
  absl::StatusOr<Lease> Take(Tx& tx, const PatientId& patient, absl::Time deadline);

  // Bytes that are kept.
  size_t bytes() const;

 private:
  struct Slot;
  struct Entry {
    std::vector<std::unique_ptr<Slot>> free;  // the one used last is the last
    int slots = 0;                            // in use too
    int waiting = 0;
    // For one that is free. Whoever comes first takes it: to hand it to who waits longest would leave it unused until
    // that thread is run again, which takes long where many want to run.
    std::condition_variable freed;
    std::list<ClinicId>::iterator place;
  };

  std::unique_ptr<Slot> TakeSlot(const ClinicId& clinic, absl::Time deadline);
  void GiveBack(const ClinicId& clinic, std::unique_ptr<Slot> slot);
  // Under mutex_, as the rest.
  std::vector<std::unique_ptr<Slot>> Evict();
  bool ForgetUnused(std::map<ClinicId, Entry>::iterator entry);

  Planner& planner_;
  const KeptPictureOptions options_;
  const std::function<void(Use, size_t)> observe_;
  mutable std::mutex mutex_;  // of all below; held for no longer than it takes to look
  std::map<ClinicId, Entry> entries_;
  std::list<ClinicId> by_use_;  // the clinic asked about last is the first
  size_t bytes_ = 0;
};

class KeptPictures::Lease {
 public:
  Lease(Lease&&) noexcept;
  ~Lease();

  // The clinic's setup as the picture has it, at the transaction's time.
  ClinicFacts setup() const;

  // As Planner's; then the picture is given back.
  absl::StatusOr<DecidedAnswer> Plan(const PictureWish& wish, const PlanningQuestion& question) &&;
  absl::StatusOr<DecidedAnswer> PlanMove(const PictureWish& wish, const PlanningQuestion& question,
                                         const MoveWish& move) &&;

 private:
  friend class KeptPictures;
  Lease(KeptPictures& owner, Tx& tx);
  absl::Status Refresh();
  // Whether the picture has all days of the wish, which it is given where it can.
  absl::StatusOr<bool> Cover(const PictureWish& wish);
  absl::Status Build(absl::CivilDay first_day, int days);
  absl::StatusOr<DecidedAnswer> Ask(const PictureWish& wish, const PlanningQuestion& question, const MoveWish* move);
  absl::StatusOr<DecidedAnswer> AskKept(const PictureWish& wish, const PlanningQuestion& question,
                                        const MoveWish* move);
  void GiveBack();

  KeptPictures* owner_;
  Tx* tx_;
  PatientId patient_;
  std::vector<PatientTime> patient_times_;
  std::shared_ptr<const ClinicSetup> setup_;
  std::unique_ptr<Slot> slot_;  // none where it came too late, or nothing is kept
  Use use_ = Use::kUnchanged;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_KEPT_PICTURES_H_
