#include "services/messaging/effects/offer_effects.h"

#include <vector>

#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/messaging/domain/template.h"
#include "services/messaging/effects/message_effects.h"

namespace kat::messaging {

absl::Status TellOffer(Tx& tx, const WaitListOffer& offer) {
  const MessageId id(offer.id);
  const absl::StatusOr<PatientMessage> told = tx.GetMessage(id, false);
  if (!absl::IsNotFound(told.status())) return told.status();
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  ASSIGN_OR_RETURN(const std::vector<MessageTemplate> templates, tx.TemplatesFor(Purpose::kAdHoc, kOfferTemplate));
  PatientMessage message;
  for (const Channel channel : {Channel::kSms, Channel::kEmail}) {
    const MessageTemplate* words =
        ChooseTemplate(templates, Purpose::kAdHoc, channel, "", "", "en", kOfferTemplate, DayAt(tx.now(), clinic.zone));
    if (words == nullptr) continue;
    message.channels.push_back(channel);
    message.category = words->category;
  }
  if (message.channels.empty() || offer.expires_at <= tx.now()) return absl::OkStatus();
  message.id = id;
  message.patient = offer.patient;
  message.step_id = kAdHocStep;
  message.purpose = Purpose::kAdHoc;
  message.template_code = kOfferTemplate;
  message.latest_at = offer.expires_at;
  message.plan_at = message.created_at = message.updated_at = tx.now();
  return AddMessage(tx, message).status();
}

absl::Status WithdrawOffer(Tx& tx, const std::string& offer_id) {
  absl::StatusOr<PatientMessage> message = tx.GetMessage(MessageId(offer_id), true);
  if (absl::IsNotFound(message.status())) return absl::OkStatus();
  RETURN_IF_ERROR(message.status());
  if (message->state != MessageState::kPlanned) return absl::OkStatus();
  return KeepSuppressedQuietly(tx, *message, Suppression::kWithdrawn);
}

}  // namespace kat::messaging
