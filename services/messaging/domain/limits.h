#ifndef KAT_SERVICES_MESSAGING_DOMAIN_LIMITS_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_LIMITS_H_

#include "absl/time/time.h"

// Every limit of this service, with its reason.
namespace kat::messaging::limits {

// One SMS segment, and the healthcare exemption's longest text: 47 CFR 64.1200(a)(9)(iv)(E).
inline constexpr int kSmsCharacters = 160;

// Longest expansions of placeholders; what is longer is cut when it is filled in, so that a template once accepted
// always fits.
inline constexpr int kClinicNameCharacters = 24;
inline constexpr int kPhoneCharacters = 16;  // (555) 555-0100, +441632960961234
inline constexpr int kDateCharacters = 10;   // Wed Sep 30
inline constexpr int kTimeCharacters = 8;    // 12:30 PM
inline constexpr int kLinkCharacters = 40;
inline constexpr int kPrepTimeCharacters = 16;  // Wed 12:30 PM, with room for a zone
inline constexpr int kFirstNameCharacters = 30;
inline constexpr int kVisitsCharacters = 52;  // Wed Sep 30 12:30 PM, Fri Oct 30 12:30 PM and 99 more

// Visits of one course booked, moved or cancelled within this time are told of by one message: a block is booked, moved
// or cancelled in one transaction, and its events arrive within seconds.
inline constexpr absl::Duration kBundleWindow = absl::Minutes(2);

// How long the other notices of a bundle wait once the one that leads is due.
inline constexpr absl::Duration kAfterLeader = absl::Seconds(5);

// A message moved ahead of quiet hours goes out this long before they begin, so that a late worker does not run into
// them.
inline constexpr absl::Duration kBeforeQuiet = absl::Minutes(15);

// How far a moment is looked for that lies in the hours of every zone of a patient: what a day does not have, another
// does not have either, but for a clock change.
inline constexpr absl::Duration kOpeningSearch = absl::Hours(72);

// Quiet hours must leave the day this much: below it, no cadence can be kept.
inline constexpr int kLeastOpenMinutes = 120;

// Tries at the carrier before a person is asked, and the wait before the second; it doubles.
inline constexpr int kCarrierAttempts = 5;
inline constexpr absl::Duration kCarrierBackoff = absl::Minutes(1);

// How often, and how long, the carrier is asked what became of a message when it does not report by itself.
inline constexpr absl::Duration kTrackEvery = absl::Minutes(2);
inline constexpr absl::Duration kTrackFor = absl::Hours(24);

// A reply belongs to the last message of this time: FCC guidance on revocation names no limit, and numbers change hands
// within months.
inline constexpr absl::Duration kReplyWindow = absl::Hours(24 * 90);

// Longest snooze: two weeks hide nothing beyond the shortest recurring clinic review.
inline constexpr absl::Duration kLongestSnooze = absl::Hours(24 * 14);

// Participants of a thread: what fits a page and a clinic's whole team.
inline constexpr int kThreadParticipants = 50;

// What one service may take for all of its sections of a summary: four that hang leave time within the ten seconds that
// a call has unless it says otherwise.
inline constexpr absl::Duration kSummarySourceTime = absl::Seconds(2);

// Items shown in one section of a clinical summary; the rest is at the owner.
inline constexpr int kSummaryItems = 100;

}  // namespace kat::messaging::limits

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_LIMITS_H_
