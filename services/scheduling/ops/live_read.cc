#include "services/scheduling/ops/live_read.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/status_macros.h"
#include "services/scheduling/domain/names.h"

namespace kat::scheduling {
namespace {

constexpr int kPage = 500;

absl::StatusOr<LiveSetup> LoadSetup(Tx& tx) {
  LiveSetup setup;
  ASSIGN_OR_RETURN(setup.clinic, tx.clinics().Get());
  ASSIGN_OR_RETURN(const std::vector<Resource> resources, tx.resources().All());
  for (const Resource& resource : resources) setup.resources[resource.key] = resource;
  return setup;
}

absl::Status AddTreatments(Tx& tx, std::vector<LiveAppointment>* appointments) {
  std::vector<AppointmentId> begun;
  for (const LiveAppointment& live : *appointments) {
    if (!IsOpen(live.appointment.state)) begun.push_back(live.appointment.id);
  }
  ASSIGN_OR_RETURN(const auto states, tx.treatments().StatesOf(begun));
  for (LiveAppointment& live : *appointments) {
    if (const auto state = states.find(live.appointment.id); state != states.end()) live.treatment = state->second;
  }
  return absl::OkStatus();
}

// Every row of a list, page by page.
template <class Row, class List, class KeysOf>
absl::StatusOr<std::vector<Row>> AllOf(List list, KeysOf keys_of) {
  std::vector<Row> all;
  ListRange range{.limit = kPage};
  while (true) {
    ASSIGN_OR_RETURN(std::vector<Row> page, list(range));
    const bool last = static_cast<int>(page.size()) < kPage;
    if (!last) range.after = keys_of(page.back());
    for (Row& row : page) all.push_back(std::move(row));
    if (last) return all;
  }
}

absl::Status ReadUsages(Tx& tx, const std::string& owner, LiveUpdate* update) {
  std::vector<Usage>& usages = update->usages[owner];
  ASSIGN_OR_RETURN(const std::vector<Commitment> owned, tx.occupancy().OwnedBy({owner}));
  for (const Commitment& commitment : owned) usages.push_back(commitment.usage);
  return absl::OkStatus();
}

}  // namespace

void LiveSubjects::Add(absl::string_view subject) {
  const std::vector<std::string> parts = absl::StrSplit(subject, '/');
  if (parts.size() == 2) {
    setup = true;  // the clinic itself
  } else if (parts.size() == 4 && parts[2] == "appointments") {
    appointments.insert(AppointmentId(parts[3]));
  } else if (parts.size() == 4 && parts[2] == "holds") {
    holds.insert(HoldId(parts[3]));
  } else if (parts.size() == 4 && parts[2] == "waitListOffers") {
    offers.insert(OwnerOf(WaitListOfferId(parts[3])));
  } else if (parts.size() == 4 && (parts[2] == "rooms" || parts[2] == "staff" || parts[2] == "equipmentPools")) {
    setup = true;
  }
}

absl::StatusOr<LiveSchedule> LoadLive(Tx& tx, DayRange range) {
  ASSIGN_OR_RETURN(LiveSetup setup, LoadSetup(tx));
  const TimeSpan watched = range.InstantsIn(setup.clinic.Zone());
  LiveUpdate now;
  ASSIGN_OR_RETURN(
      const std::vector<Appointment> appointments,
      AllOf<Appointment>(
          [&](const ListRange& page) {
            return tx.appointments().List({.from = watched.start, .until = watched.end}, page);
          },
          [](const Appointment& last) {
            return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(last.time.start)), last.id.str()};
          }));
  for (const Appointment& appointment : appointments) now.appointments.push_back({appointment, std::nullopt});
  RETURN_IF_ERROR(AddTreatments(tx, &now.appointments));
  ASSIGN_OR_RETURN(
      now.holds,
      AllOf<Hold>([&](const ListRange& page) { return tx.holds().List({}, HoldState::kActive, page); },
                  [](const Hold& last) {
                    return std::vector<std::string>{absl::StrCat(absl::ToUnixMicros(last.created_at)), last.id.str()};
                  }));
  ASSIGN_OR_RETURN(const std::vector<Commitment> commitments, tx.occupancy().Commitments(watched, {}));
  for (const Commitment& commitment : commitments) now.usages[commitment.owner].push_back(commitment.usage);
  return LiveSchedule(range, std::move(setup), now);
}

absl::StatusOr<LiveUpdate> ReadLive(Tx& tx, const LiveSubjects& subjects) {
  LiveUpdate update;
  if (subjects.setup) {
    ASSIGN_OR_RETURN(update.setup, LoadSetup(tx));
  }
  for (const AppointmentId& id : subjects.appointments) {
    ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(id));
    update.appointments.push_back({appointment, std::nullopt});
    RETURN_IF_ERROR(ReadUsages(tx, OwnerOf(id), &update));
  }
  RETURN_IF_ERROR(AddTreatments(tx, &update.appointments));
  for (const HoldId& id : subjects.holds) {
    ASSIGN_OR_RETURN(const Hold hold, tx.holds().Get(id));
    update.holds.push_back(hold);
    RETURN_IF_ERROR(ReadUsages(tx, OwnerOf(id), &update));
  }
  for (const std::string& owner : subjects.offers) RETURN_IF_ERROR(ReadUsages(tx, owner, &update));
  return update;
}

}  // namespace kat::scheduling
