#include "services/scheduling/ops/kept_pictures.h"

#include <algorithm>
#include <utility>

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/limits.h"
#include "services/scheduling/ops/picture.h"
#include "services/scheduling/ops/standing_loads.h"

namespace kat::scheduling {

// One picture of a clinic, and how fresh it is. In use by one lease at a time.
struct KeptPictures::Slot {
  PictureMark mark;  // of the loads; of the setup where there are none yet
  SetupMark setup_mark;
  std::shared_ptr<const ClinicSetup> setup;
  absl::CivilDay first_day;
  int days = 0;
  // Of the setup; neither or both.
  std::unique_ptr<KeptPicture> picture;
  std::unique_ptr<StandingLoads> loads;
  size_t bytes = 0;  // as counted when it was given back

  // Days whose loads are known: those of the picture, and two before, from which a load may reach into the day before.
  absl::CivilDay read_first() const { return first_day - 2; }
  absl::CivilDay read_end() const { return first_day + days + 1; }
  void Forget() {
    loads.reset();
    picture.reset();
  }
};

KeptPictures::KeptPictures(Planner& planner, const KeptPictureOptions& options,
                           std::function<void(Use, size_t)> observe)
    : planner_(planner), options_(options), observe_(std::move(observe)) {}

KeptPictures::~KeptPictures() = default;

size_t KeptPictures::bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_;
}

std::unique_ptr<KeptPictures::Slot> KeptPictures::TakeSlot(const ClinicId& clinic, absl::Time deadline) {
  if (options_.max_bytes == 0) return nullptr;
  std::unique_lock<std::mutex> lock(mutex_);
  const auto [it, added] = entries_.try_emplace(clinic);
  Entry& entry = it->second;
  if (added) entry.place = by_use_.insert(by_use_.begin(), clinic);
  by_use_.splice(by_use_.begin(), by_use_, entry.place);
  const auto ready = [&] { return !entry.free.empty() || entry.slots < options_.most_of_clinic; };
  ++entry.waiting;
  const bool came = entry.freed.wait_until(lock, absl::ToChronoTime(deadline), ready);
  --entry.waiting;
  if (!came) return nullptr;  // others have all of them
  if (entry.free.empty()) {
    ++entry.slots;
    return std::make_unique<Slot>();
  }
  std::unique_ptr<Slot> slot = std::move(entry.free.back());
  entry.free.pop_back();
  return slot;
}

void KeptPictures::GiveBack(const ClinicId& clinic, std::unique_ptr<Slot> slot) {
  const size_t bytes = slot->picture ? slot->picture->bytes() + slot->loads->bytes() : 0;
  std::vector<std::unique_ptr<Slot>> evicted;  // ends outside of the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  bytes_ += bytes - slot->bytes;
  slot->bytes = bytes;
  Entry& entry = entries_.at(clinic);
  entry.free.push_back(std::move(slot));
  entry.freed.notify_one();
  evicted = Evict();
}

std::vector<std::unique_ptr<KeptPictures::Slot>> KeptPictures::Evict() {
  std::vector<std::unique_ptr<Slot>> evicted;
  for (auto next = by_use_.end(); bytes_ > options_.max_bytes && next != by_use_.begin();) {
    const auto place = std::prev(next);
    const auto entry = entries_.find(*place);
    std::vector<std::unique_ptr<Slot>>& free = entry->second.free;
    while (bytes_ > options_.max_bytes && !free.empty()) {
      bytes_ -= free.front()->bytes;
      evicted.push_back(std::move(free.front()));
      free.erase(free.begin());
      --entry->second.slots;
    }
    if (!ForgetUnused(entry)) next = place;
  }
  return evicted;
}

bool KeptPictures::ForgetUnused(std::map<ClinicId, Entry>::iterator entry) {
  if (entry->second.slots > 0 || entry->second.waiting > 0) return false;
  by_use_.erase(entry->second.place);
  entries_.erase(entry);
  return true;
}

absl::StatusOr<KeptPictures::Lease> KeptPictures::Take(Tx& tx, const PatientId& patient, absl::Time deadline) {
  Lease lease(*this, tx);
  lease.patient_ = patient;
  // Of all days that may be asked for: they are few, and nobody waits for a picture meanwhile.
  if (!patient.empty()) {
    const absl::Duration reach = absl::Hours(24) * limits::kReachDays;
    ASSIGN_OR_RETURN(lease.patient_times_,
                     tx.occupancy().PatientTimes(patient, {tx.now() - reach, tx.now() + 2 * reach}));
  }
  lease.slot_ = TakeSlot(tx.clinic(), deadline);
  RETURN_IF_ERROR(lease.Refresh());
  return lease;
}

KeptPictures::Lease::Lease(KeptPictures& owner, Tx& tx) : owner_(&owner), tx_(&tx) {}
KeptPictures::Lease::Lease(Lease&&) noexcept = default;

KeptPictures::Lease::~Lease() { GiveBack(); }

void KeptPictures::Lease::GiveBack() {
  if (slot_ != nullptr) owner_->GiveBack(tx_->clinic(), std::move(slot_));
}

ClinicFacts KeptPictures::Lease::setup() const { return {*setup_, tx_->now()}; }

// What has changed since the picture was used last. Nothing of it changes before all was read.
absl::Status KeptPictures::Lease::Refresh() {
  if (slot_ == nullptr) {
    ASSIGN_OR_RETURN(setup_, tx_->setups().Get());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const PictureRead read,
                   slot_->picture ? tx_->pictures().ReadChanged(slot_->mark, slot_->read_first(), slot_->read_end())
                                  : tx_->pictures().Read(slot_->first_day, slot_->first_day));
  if (slot_->setup == nullptr || read.setup != slot_->setup_mark || read.mark.server != slot_->mark.server) {
    ASSIGN_OR_RETURN(std::shared_ptr<const ClinicSetup> setup, tx_->setups().Get());
    slot_->Forget();
    slot_->setup = std::move(setup);
    slot_->setup_mark = SetupMarkOf(*slot_->setup);
  } else {
    for (const DayLoads& day : read.days) slot_->loads->Set(day);
    if (!read.days.empty()) use_ = Use::kRefreshed;
  }
  slot_->mark = read.mark;
  setup_ = slot_->setup;
  return absl::OkStatus();
}

absl::StatusOr<bool> KeptPictures::Lease::Cover(const PictureWish& wish) {
  if (slot_ == nullptr) return false;
  const absl::CivilDay today = DayAt(tx_->now(), setup_->clinic.Zone());
  const auto covers = [&](absl::CivilDay first_day, int days) {
    return first_day <= wish.first_day && wish.first_day + wish.days <= first_day + days;
  };
  if (slot_->picture && today - slot_->first_day <= limits::kKeptPictureAgeDays &&
      covers(slot_->first_day, slot_->days)) {
    return true;
  }
  const absl::CivilDay first_day = std::min(today, wish.first_day);
  int days = limits::kKeptPictureDays;
  while (!covers(first_day, days) && days < limits::kMaxKeptPictureDays) days += limits::kKeptPictureAgeDays;
  if (!covers(first_day, days)) return false;
  RETURN_IF_ERROR(Build(first_day, days));
  return slot_->picture != nullptr;
}

absl::Status KeptPictures::Lease::Build(absl::CivilDay first_day, int days) {
  slot_->Forget();
  auto picture = owner_->planner_.Keep(setup_->clinic, setup_->resources, setup_->visit_types, first_day, days);
  if (!picture.ok()) return absl::OkStatus();  // Planner says what is wrong, if it concerns the question at all
  slot_->first_day = first_day;
  slot_->days = days;
  ASSIGN_OR_RETURN(const PictureRead read, tx_->pictures().Read(slot_->read_first(), slot_->read_end()));
  slot_->picture = *std::move(picture);
  slot_->loads = std::make_unique<StandingLoads>(setup_->clinic.Zone(), *slot_->picture);
  for (const DayLoads& day : read.days) slot_->loads->Set(day);
  slot_->mark = read.mark;
  use_ = Use::kRebuilt;
  return absl::OkStatus();
}

absl::StatusOr<DecidedAnswer> KeptPictures::Lease::Plan(const PictureWish& wish, const PlanningQuestion& question) && {
  return Ask(wish, question, nullptr);
}

absl::StatusOr<DecidedAnswer> KeptPictures::Lease::PlanMove(const PictureWish& wish, const PlanningQuestion& question,
                                                            const MoveWish& move) && {
  return Ask(wish, question, &move);
}

absl::StatusOr<DecidedAnswer> KeptPictures::Lease::Ask(const PictureWish& wish, const PlanningQuestion& question,
                                                       const MoveWish* move) {
  ASSIGN_OR_RETURN(const bool covered, Cover(wish));
  DecidedAnswer decided;
  if (covered) {
    ASSIGN_OR_RETURN(decided, AskKept(wish, question, move));
  }
  GiveBack();
  if (decided.answer.plans.empty()) {
    const ClinicFacts facts = setup();
    ASSIGN_OR_RETURN(const PlanningPicture picture,
                     LoadPicture(*tx_, facts, patient_, wish.first_day, wish.days, wish.leave_out));
    decided.picture = SummaryOf(picture);
    ASSIGN_OR_RETURN(decided.answer, move != nullptr ? owner_->planner_.PlanMove(picture, question, *move)
                                                     : owner_->planner_.Plan(picture, question));
    use_ = Use::kUnkept;
  }
  owner_->observe_(use_, owner_->bytes());
  return decided;
}

absl::StatusOr<DecidedAnswer> KeptPictures::Lease::AskKept(const PictureWish& wish, const PlanningQuestion& question,
                                                           const MoveWish* move) {
  const TimeSpan span = TimeOf(setup_->clinic.Zone(), wish.first_day, wish.days);
  std::erase_if(patient_times_, [&](const PatientTime& time) {
    return wish.leave_out.contains(time.owner) || !time.time.Overlaps(span);
  });
  const PlanningScope scope{tx_->now(), wish.first_day, wish.days, patient_times_};
  const StandingLoads::LeftOut left_out(*slot_->loads, wish.leave_out);
  DecidedAnswer decided{.answer = {}, .picture = slot_->loads->Summary(wish.first_day, wish.days)};
  ASSIGN_OR_RETURN(decided.answer, move != nullptr ? slot_->picture->PlanMove(scope, question, *move)
                                                   : slot_->picture->Plan(scope, question));
  return decided;
}

}  // namespace kat::scheduling
