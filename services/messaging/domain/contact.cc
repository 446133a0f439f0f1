#include "services/messaging/domain/contact.h"

#include "services/messaging/domain/errors.h"

namespace kat::messaging {
namespace {

const Consent* Find(const ContactPreferences& preferences, Channel channel, Category category) {
  for (const Consent& consent : preferences.consents) {
    if (consent.channel == channel && consent.category == category) return &consent;
  }
  return nullptr;
}

}  // namespace

void Apply(const Consent& said, ContactPreferences& preferences) {
  const bool everything = said.channel == Channel::kNone && said.category == Category::kNone;
  if (everything && said.state == ConsentState::kRevoked) {
    preferences.all_revoked = true;
    for (Consent& consent : preferences.consents) {
      Consent revoked = said;
      revoked.channel = consent.channel;
      revoked.category = consent.category;
      consent = revoked;
    }
    return;
  }
  if (everything) {
    preferences.all_revoked = false;
    for (Consent& consent : preferences.consents) {
      // What a form must show does not come back by a word.
      if (consent.category == Category::kMarketing) continue;
      Consent granted = said;
      granted.channel = consent.channel;
      granted.category = consent.category;
      consent = granted;
    }
    return;
  }
  if (said.state == ConsentState::kGranted && preferences.all_revoked) {
    preferences.all_revoked = false;
    for (const Channel channel : {Channel::kSms, Channel::kEmail}) {
      for (const Category category :
           {Category::kReminder, Category::kClinical, Category::kBilling, Category::kMarketing}) {
        if (Find(preferences, channel, category) != nullptr) continue;
        Consent still = said;
        still.channel = channel;
        still.category = category;
        still.state = ConsentState::kRevoked;
        preferences.consents.push_back(still);
      }
    }
  }
  for (Consent& consent : preferences.consents) {
    if (consent.channel == said.channel && consent.category == said.category) {
      consent = said;
      return;
    }
  }
  preferences.consents.push_back(said);
}

absl::Status CheckGrant(Category category, ConsentSource source) {
  const bool written = source == ConsentSource::kWrittenForm || source == ConsentSource::kElectronic;
  if (category == Category::kMarketing && !written) return errors::ConsentFormRequired();
  return absl::OkStatus();
}

ContactDecision MayContact(const ContactPreferences& preferences, Channel channel, Category category) {
  const Consent* consent = Find(preferences, channel, category);
  if (consent != nullptr && consent->state == ConsentState::kGranted) {
    return {Permission::kAllowed, Basis::kConsent, consent->changed_at};
  }
  if (channel == Channel::kVoiceTask) {
    const bool by_name = consent != nullptr && consent->state == ConsentState::kRevoked && !preferences.all_revoked;
    if (by_name) return {Permission::kRevoked};
    if (category == Category::kMarketing) return {Permission::kMissing};
    return {Permission::kAllowed, Basis::kNotRegulated};
  }
  if (preferences.all_revoked || consent != nullptr) return {Permission::kRevoked};
  if (category == Category::kMarketing) return {Permission::kMissing};
  if (channel == Channel::kEmail) return {Permission::kAllowed, Basis::kNotRegulated};
  if (category == Category::kReminder || category == Category::kClinical) {
    return {Permission::kAllowed, Basis::kHealthcareExemption};
  }
  return {Permission::kMissing};
}

bool WithinLimits(const MessagingPolicy& policy, Basis basis, const SentCounts& counts) {
  if (basis == Basis::kConsent)
    return counts.today < policy.consented_per_day && counts.week < policy.consented_per_week;
  if (basis == Basis::kHealthcareExemption) {
    return counts.today < policy.exempt_per_day && counts.week < policy.exempt_per_week;
  }
  return true;
}

}  // namespace kat::messaging
