#ifndef KAT_SERVICES_MESSAGING_DOMAIN_CONTACT_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_CONTACT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/messaging/domain/channel.h"
#include "services/messaging/domain/ids.h"
#include "services/messaging/domain/policy.h"

namespace kat::messaging {

enum class ConsentState { kNone = 0, kGranted = 1, kRevoked = 2 };
enum class ConsentSource { kNone = 0, kWrittenForm = 1, kVerbal = 2, kReply = 3, kElectronic = 4, kCarrier = 5 };

// What a patient said about one channel and category; both kNone stand for everything.
struct Consent {
  Channel channel = Channel::kNone;
  Category category = Category::kNone;
  ConsentState state = ConsentState::kNone;
  ConsentSource source = ConsentSource::kNone;
  absl::Time changed_at;
  std::string recorded_by;
};

// One change of it.
struct ConsentEvent {
  ConsentEventId id;
  PatientId patient;
  Consent consent;
  std::string evidence;
};

// Everything that a patient has said. `all_revoked` stands over the rest.
struct ContactPreferences {
  PatientId patient;
  std::vector<Consent> consents;
  bool all_revoked = false;
};

// Applies what a patient said. A grant lifts the revocation of its own channel and category, and of everything (which
// then leaves the others revoked that were granted before: the patient came back for this one alone).
void Apply(const Consent& said, ContactPreferences& preferences);

// Consents are recorded by staff: marketing needs writing.
absl::Status CheckGrant(Category category, ConsentSource source);

enum class Basis { kNone = 0, kConsent = 1, kHealthcareExemption = 2, kAnswer = 3, kNotRegulated = 4 };
enum class Permission { kAllowed, kRevoked, kMissing };

// Whether a message may go out on a channel, and on what ground.
struct ContactDecision {
  Permission permission = Permission::kMissing;
  Basis basis = Basis::kNone;
  std::optional<absl::Time> granted_at;  // with kConsent
};

// A number that opted out by a reply, whosever it is, of one category or (kNone) of all.
struct StoppedNumber {
  Category category = Category::kNone;
  absl::Time stopped_at;
};

// Consent where given. Where nothing was said: reminders and clinical follow-up go by SMS under the healthcare
// exemption (47 CFR 64.1200(a)(9)(iv): reminders, preparation and follow-up, to the number the patient gave), mail but
// for marketing and a person's call need none. A person may call after a STOP too, unless the patient revoked the voice
// channel by name.
ContactDecision MayContact(const ContactPreferences& preferences, Channel channel, Category category);

// Messages of an SMS channel that a patient had: today (in the patient's zone) and in the last seven days.
struct SentCounts {
  int today = 0;
  int week = 0;
};

// Whether one more may go out on `basis`.
bool WithinLimits(const MessagingPolicy& policy, Basis basis, const SentCounts& counts);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_CONTACT_H_
