#ifndef KAT_SERVICES_MESSAGING_STORE_PG_CONFIGURATION_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_PG_CONFIGURATION_TABLES_H_

#include <string>
#include <vector>

#include "libs/pg/database.h"
#include "services/messaging/store/configuration_tables.h"

namespace kat::messaging {

// ConfigurationTables over PostgreSQL. Row-level security holds it to its clinic; `clinic` fills the column of new rows.
class PgConfigurationTables {
 public:
  PgConfigurationTables(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::StatusOr<int> LatestTemplateVersion(const MessageTemplate& like);
  absl::Status InsertTemplate(const MessageTemplate& message_template);
  absl::Status UpdateTemplate(const MessageTemplate& message_template);
  absl::StatusOr<MessageTemplate> GetTemplate(const TemplateId& id, bool for_update);
  absl::StatusOr<std::vector<MessageTemplate>> ListTemplates(const TemplateFilter& filter, const Slice& slice);
  absl::StatusOr<std::vector<MessageTemplate>> TemplatesFor(Purpose purpose, absl::string_view code);
  absl::Status InsertCadence(const CadencePolicy& cadence);
  absl::StatusOr<std::vector<CadencePolicy>> Cadences(absl::string_view id, const Slice& slice);
  absl::Status InsertPolicy(const MessagingPolicy& policy);
  absl::StatusOr<std::vector<MessagingPolicy>> Policies(absl::string_view id, const Slice& slice);

 private:
  pg::Tx& db_;
  const ClinicId& clinic_;
};

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_PG_CONFIGURATION_TABLES_H_
