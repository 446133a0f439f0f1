#ifndef KAT_SERVICES_MESSAGING_DOMAIN_CHANNEL_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_CHANNEL_H_

namespace kat::messaging {

// Numbers are those of the contract and of the database.
enum class Channel { kNone = 0, kSms = 1, kEmail = 2, kVoiceTask = 3 };
enum class Category { kNone = 0, kReminder = 1, kClinical = 2, kBilling = 3, kMarketing = 4 };
enum class Purpose {
  kNone = 0,
  kBookingConfirmation = 1,
  kReminder = 2,
  kPreparation = 3,
  kFollowUp = 4,
  kRescheduleNotice = 5,
  kCancellationNotice = 6,
  kAdHoc = 7,
};

// Whether a message of `purpose` tells of a change at once, with no offset to the appointment.
inline bool IsNotice(Purpose purpose) {
  return purpose == Purpose::kBookingConfirmation || purpose == Purpose::kRescheduleNotice ||
         purpose == Purpose::kCancellationNotice;
}

// What consent the messages around an appointment need.
inline Category CategoryOf(Purpose purpose) {
  return purpose == Purpose::kFollowUp ? Category::kClinical : Category::kReminder;
}

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_CHANNEL_H_
