#include "services/messaging/store/simulated_carrier_log.h"

#include "libs/base/status_macros.h"
#include "services/messaging/store/columns.h"

namespace kat::messaging {
namespace {

constexpr int kDelivers = 1;
constexpr int kNeverArrives = 2;

class PgSimulatedCarrierLog final : public SimulatedCarrierLog {
 public:
  explicit PgSimulatedCarrierLog(pg::Database& database) : database_(database) {}

  absl::Status Add(const ClinicId& clinic, const SimulatedCarrierEntry& e) override {
    return database_.Run({.clinic = clinic.str()}, [&](pg::Tx& db) {
      return db.Execute(R"(
          insert into simulated_carrier (clinic, message, carrier_message_id, channel, address, body, status, accepted_at)
          values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing)",
                        {clinic, e.message, e.carrier_message_id, Number(e.channel), e.address, e.body,
                         e.delivers ? kDelivers : kNeverArrives, e.accepted_at})
          .status();
    });
  }

  absl::StatusOr<std::optional<SimulatedCarrierEntry>> Find(const ClinicId& clinic, const MessageId& message) override {
    std::optional<SimulatedCarrierEntry> found;
    RETURN_IF_ERROR(database_.Run({.clinic = clinic.str()}, [&](pg::Tx& db) -> absl::Status {
      found.reset();
      ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                       db.QueryOptional("select * from simulated_carrier where message = $1", {message}));
      if (!row) return absl::OkStatus();
      found = SimulatedCarrierEntry{message,
                                    row->Get<std::string>("carrier_message_id"),
                                    GetEnum<Channel>(*row, "channel"),
                                    row->Get<std::string>("address"),
                                    row->Get<std::string>("body"),
                                    row->Get<int>("status") == kDelivers,
                                    row->Get<absl::Time>("accepted_at")};
      return absl::OkStatus();
    }));
    return found;
  }

 private:
  pg::Database& database_;
};

}  // namespace

std::unique_ptr<SimulatedCarrierLog> MakePgSimulatedCarrierLog(pg::Database& database) {
  return std::make_unique<PgSimulatedCarrierLog>(database);
}

}  // namespace kat::messaging
