#ifndef KAT_SERVICES_MESSAGING_STORE_CONFIGURATION_TABLES_H_
#define KAT_SERVICES_MESSAGING_STORE_CONFIGURATION_TABLES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/messaging/domain/policy.h"
#include "services/messaging/domain/template.h"
#include "services/messaging/store/slice.h"

namespace kat::messaging {

struct TemplateFilter {
  Purpose purpose = Purpose::kNone;  // kNone: all
  Channel channel = Channel::kNone;
  bool with_retired = false;
};

// Templates, cadences and policies of the clinic. Getters are NOT_FOUND where there is none.
class ConfigurationTables {
 public:
  virtual ~ConfigurationTables() = default;

  // Number of the latest version of the same purpose, channel, program, visit type, language and code; 0 for none. Locks them against another
  // version until the transaction ends.
  virtual absl::StatusOr<int> LatestTemplateVersion(const MessageTemplate& like) = 0;
  virtual absl::Status InsertTemplate(const MessageTemplate& message_template) = 0;
  virtual absl::Status UpdateTemplate(const MessageTemplate& message_template) = 0;
  virtual absl::StatusOr<MessageTemplate> GetTemplate(const TemplateId& id, bool for_update) = 0;
  // In order of purpose, channel, program, visit type, language, code, latest version first; TemplateKeys() gives the keys.
  virtual absl::StatusOr<std::vector<MessageTemplate>> ListTemplates(const TemplateFilter& filter, const Slice& slice) = 0;
  // All in use for a purpose and code, on every channel.
  virtual absl::StatusOr<std::vector<MessageTemplate>> TemplatesFor(Purpose purpose, absl::string_view code) = 0;

  virtual absl::Status InsertCadence(const CadencePolicy& cadence) = 0;
  virtual absl::StatusOr<CadencePolicy> GetCadence(const CadenceId& id) = 0;
  // Latest made first; keys: created_at, id.
  virtual absl::StatusOr<std::vector<CadencePolicy>> ListCadences(const Slice& slice) = 0;
  virtual absl::StatusOr<std::vector<CadencePolicy>> AllCadences() = 0;

  virtual absl::Status InsertPolicy(const MessagingPolicy& policy) = 0;
  virtual absl::StatusOr<MessagingPolicy> GetPolicy(const PolicyId& id) = 0;
  // Latest made first; keys: created_at, id.
  virtual absl::StatusOr<std::vector<MessagingPolicy>> ListPolicies(const Slice& slice) = 0;
  virtual absl::StatusOr<std::vector<MessagingPolicy>> AllPolicies() = 0;
};

std::vector<std::string> TemplateKeys(const MessageTemplate& message_template);

// A time as a sort key.
std::string TimeKey(absl::Time time);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_STORE_CONFIGURATION_TABLES_H_
