#ifndef KAT_SERVICES_MESSAGING_DOMAIN_SUMMARY_H_
#define KAT_SERVICES_MESSAGING_DOMAIN_SUMMARY_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/id.h"

// One view of a patient out of every service, and what changed in it since a reader last read it.
namespace kat::messaging {

enum class Availability { kNone = 0, kAvailable = 1, kNotPermitted = 2, kUnavailable = 3 };

struct SummaryItem {
  std::string kind;
  std::string resource;
  std::string text;
  std::string state;
  std::optional<absl::Time> time;
};

struct SummarySection {
  std::string source;
  std::string title;
  Availability availability = Availability::kNone;
  std::vector<SummaryItem> items;
  bool truncated = false;
};

enum class ChangeKind { kNone = 0, kAdded = 1, kChanged = 2, kRemoved = 3 };

struct SummaryChange {
  ChangeKind kind = ChangeKind::kNone;
  std::string source;
  SummaryItem item;
};

// What is remembered of a version shown: by item a hash of what it said. Holds no patient data but resource names.
// Key: source, title, kind and resource, each ended by a newline.
using SummaryFingerprint = std::map<std::string, std::string>;

// What one reader has been shown of one patient.
struct SummaryReading {
  PatientId patient;
  std::string reader;  // token subject
  int64_t shown_version = 0;
  SummaryFingerprint shown;
  int64_t read_version = 0;
  SummaryFingerprint read;
  std::optional<absl::Time> read_at;
};

// Fingerprint of what is available in `sections`. What is not keeps what `before` said of it, so that an outage changes
// nothing.
SummaryFingerprint Fingerprint(const std::vector<SummarySection>& sections, const SummaryFingerprint& before);

// What differs in the available sections from what the reader marked as read.
std::vector<SummaryChange> Changes(const std::vector<SummarySection>& sections, const SummaryFingerprint& read);

// Records that `sections` are shown; true where that is a new version.
bool Show(SummaryReading& reading, const std::vector<SummarySection>& sections);

// Marks the version shown last as read. FAILED_PRECONDITION, VERSION_NOT_SHOWN, for another one.
absl::Status MarkRead(SummaryReading& reading, int64_t version, absl::Time now);

}  // namespace kat::messaging

#endif  // KAT_SERVICES_MESSAGING_DOMAIN_SUMMARY_H_
