#include "services/messaging/domain/summary.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "services/messaging/domain/errors.h"

namespace kat::messaging {
namespace {

std::string Prefix(const SummarySection& section) { return absl::StrCat(section.source, "\n", section.title, "\n"); }

std::string Key(const SummarySection& section, const SummaryItem& item) {
  return absl::StrCat(Prefix(section), item.kind, "\n", item.resource, "\n");
}

// FNV-1a, 64 bits: to tell versions apart, not to keep secrets.
std::string Hash(const SummaryItem& item) {
  const std::string text =
      absl::StrCat(item.text, "\n", item.state, "\n", item.time ? absl::ToUnixMicros(*item.time) : 0);
  uint64_t hash = 14695981039346656037u;
  for (const unsigned char c : text) hash = (hash ^ c) * 1099511628211u;
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

}  // namespace

SummaryFingerprint Fingerprint(const std::vector<SummarySection>& sections, const SummaryFingerprint& before) {
  SummaryFingerprint out;
  for (const SummarySection& section : sections) {
    if (section.availability == Availability::kAvailable) {
      for (const SummaryItem& item : section.items) out[Key(section, item)] = Hash(item);
      continue;
    }
    const std::string prefix = Prefix(section);
    for (auto it = before.lower_bound(prefix); it != before.end() && absl::StartsWith(it->first, prefix); ++it)
      out.insert(*it);
  }
  return out;
}

std::vector<SummaryChange> Changes(const std::vector<SummarySection>& sections, const SummaryFingerprint& read) {
  std::vector<SummaryChange> changes;
  for (const SummarySection& section : sections) {
    if (section.availability != Availability::kAvailable) continue;
    SummaryFingerprint present;
    for (const SummaryItem& item : section.items) {
      const std::string key = Key(section, item);
      present[key] = Hash(item);
      const auto known = read.find(key);
      if (known == read.end()) {
        changes.push_back({ChangeKind::kAdded, section.source, item});
      } else if (known->second != present[key]) {
        changes.push_back({ChangeKind::kChanged, section.source, item});
      }
    }
    const std::string prefix = Prefix(section);
    for (auto it = read.lower_bound(prefix); it != read.end() && absl::StartsWith(it->first, prefix); ++it) {
      if (present.count(it->first) > 0 || section.truncated) continue;
      const std::vector<std::string> parts = absl::StrSplit(it->first, '\n');
      changes.push_back({ChangeKind::kRemoved, section.source, {.kind = parts[2], .resource = parts[3]}});
    }
  }
  return changes;
}

bool Show(SummaryReading& reading, const std::vector<SummarySection>& sections) {
  SummaryFingerprint now = Fingerprint(sections, reading.shown);
  if (reading.shown_version > 0 && now == reading.shown) return false;
  reading.shown = std::move(now);
  ++reading.shown_version;
  return true;
}

absl::Status MarkRead(SummaryReading& reading, int64_t version, absl::Time now) {
  if (version != reading.shown_version || version == 0) return errors::VersionNotShown();
  reading.read_version = version;
  reading.read = reading.shown;
  reading.read_at = now;
  return absl::OkStatus();
}

}  // namespace kat::messaging
