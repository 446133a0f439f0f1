#ifndef KAT_SERVICES_SCHEDULING_DOMAIN_LIMITS_H_
#define KAT_SERVICES_SCHEDULING_DOMAIN_LIMITS_H_

#include "absl/time/time.h"

namespace kat::scheduling::limits {

inline constexpr int kMinutesPerDay = 1440;
inline constexpr int kSlotMinutes = 5;         // visits start on the fives: what a front desk writes in a book
inline constexpr int kMaxVisitsPerBlock = 60;  // a year of weekly visits; bounds one booking transaction
inline constexpr int kMaxProposals = 3;        // more is not a choice that a person makes
inline constexpr int kDefaultHorizonDays =
    16 * 7;  // the longest block of the shipped protocols, with two months to begin in
inline constexpr int kMoveHorizonDays =
    8 * 7;  // past the last visit of its course: further on is no move but another plan
inline constexpr int kMaxMoveDistanceDays = 14;  // from a day wanted to the nearest that is offered
inline constexpr int kMaxDeviationDays =
    14;  // from a rule of the protocol: more is not a deviation but another protocol
inline constexpr int kRepairHorizonDays =
    4 * 7;  // past the last visit or day concerned: a repair that needs more is another plan
inline constexpr int kMaxShiftDays = 92;          // a patient away for longer is a course to be planned anew
inline constexpr int kMostCoursesMakingWay = 30;  // bounds what a repair looks at beside those that need it
inline constexpr int kImprovementDays = 28;       // searched where nothing is said: what most patients have booked
inline constexpr int kMaxImprovementDays = 92;    // a quarter; bounds what one run reads
inline constexpr int kNoticeDays = 2;             // a patient hears of a move with a working day to object
inline constexpr int kMoveCost = 25;  // of an appointment that its patient knows: what a proposal weighs it at, too
inline constexpr absl::Duration kImprovementTime = absl::Minutes(1);
inline constexpr int kMaxImprovementAttempts = 3;  // a run that ended three processes would end a fourth
inline constexpr int kMaxHorizonDays = 371;        // a year, with a week to spare; bounds what planning reads
inline constexpr int kDefaultHoldMinutes = 15;     // a telephone call with the patient
inline constexpr int kMaxExceptionDays = 366;      // one year off; longer is a change of the weekly hours
inline constexpr int kDefaultStaffCapacity = 12;   // divides by 1, 2, 3, 4 and 6: shares of a person's attention
inline constexpr int kDefaultCalendarDays = 7;
inline constexpr int kReachDays = 2 * 366;  // before or after now: nobody plans further, and no calendar is known there

inline constexpr int kMaxExceptions = 500;  // of one calendar; as the contract says
inline constexpr int kDefaultExportDays = 31;
inline constexpr int kExportPage = 500;
inline constexpr int kMaxWaitDays = 366;
inline constexpr int kDefaultOfferMinutes = 30;  // a message is read, and answered, or not
inline constexpr int kMinOfferMinutes = 5;
inline constexpr int kRepairDays = 14;  // a deadline further off leaves time for what comes free later
inline constexpr int kOfferStarts = 8;  // tries within freed capacity, kOfferStep apart: two hours of it
inline constexpr absl::Duration kOfferStep = absl::Minutes(15);
inline constexpr int kMaxCandidates = 500;    // entries ranked for freed capacity
inline constexpr int kMaxPlanned = 20;        // of them, for whom a plan is sought; bounds how long it takes
inline constexpr int kMaxWatchDays = 31;      // a month's view; bounds what one stream's snapshot holds
inline constexpr int kWatchPartItems = 200;   // of a snapshot in one message: some 200 KiB
inline constexpr int kWatchMaxBehind = 256;   // changes that a slow subscriber may lag before it begins anew
inline constexpr int kWatchMaxMissed = 2000;  // events that a resumed stream is told of; beyond, a snapshot is less
// Of one patient on one day: an outpatient clinic closes.
inline constexpr absl::Duration kLongestObservation = absl::Hours(12);

// Longer than a booking takes, shorter than a person waits before trying again: what a booking reserved at billing and
// authorization frees itself after this where the service died in between.
inline constexpr absl::Duration kGateReservation = absl::Minutes(10);

// A booking takes seconds: with less left than this, a try found again after a crash begins anew.
inline constexpr absl::Duration kGateMargin = absl::Minutes(1);

inline constexpr int kMaxProtocolWays = 200;  // through the decision points of a protocol; each is checked whole

inline constexpr int kDefaultOutlookWeeks = 8;
inline constexpr int kMaxOutlookStartDays = 92;    // ahead: further on nobody's calendar is known
inline constexpr int kOutlookCourseDays = 16 * 7;  // of a new course that are placed: the same as a block is planned in
inline constexpr int kOutlookSlackDays = 8 * 7;    // past those, for what has to wait
inline constexpr int kMaxStartsPerWeek = 100;      // more is a clinic of another size
inline constexpr int kMaxProspects = 5000;         // cases of a program in one state that intake is asked for
inline constexpr int kMaxOutlookCourses = 1000;    // running ones that are looked at; bounds how long it takes

// Of a clinic's picture that planning keeps in memory: the default horizon of a course that begins in two months, and a
// little; then the days that are past are given up, and as many added; at most, the longest horizon of a course that
// begins within a month.
inline constexpr int kKeptPictureDays = 26 * 7;
inline constexpr int kKeptPictureAgeDays = 4 * 7;
inline constexpr int kMaxKeptPictureDays = 60 * 7;

}  // namespace kat::scheduling::limits

#endif  // KAT_SERVICES_SCHEDULING_DOMAIN_LIMITS_H_
