#ifndef KAT_SERVICES_SCHEDULING_OPS_OUTLOOK_H_
#define KAT_SERVICES_SCHEDULING_OPS_OUTLOOK_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/scheduling/ops/facts.h"
#include "services/scheduling/planning/outlook.h"

namespace kat::scheduling {

// A version of a protocol that new courses follow, and how often it comes.
struct ProtocolShare {
  ProtocolId protocol;
  int version = 1;
  int share = 1;
};

struct PipelineStarts {
  int week = 0;
  ProtocolId protocol;
  int version = 1;
  int count = 1;
};

struct OutlookWish {
  std::optional<absl::CivilDay> first_day;  // absent: the next Monday
  int weeks = 0;
  std::vector<ProtocolShare> protocols;
  std::vector<PipelineStarts> pipeline;
  std::vector<Prospect> prospects;  // in intake; of programs of `protocols`
  std::vector<WhatIf> what_ifs;
};

// What an outlook is projected from, as one transaction reads it.
struct OutlookFacts {
  ClinicFacts setup;
  std::vector<Commitment> commitments;
  absl::CivilDay today;
  int days = 0;  // from today on, that planning sees
  OutlookQuestion question;
  int undecided_courses = 0;
  int intake_patients = 0;  // prospects who are part of the pipeline
  int later_intake_patients = 0;

  PlanningPicture Picture() const;
};

// Programs of the protocols that new courses follow. NOT_FOUND for a protocol version.
absl::StatusOr<std::set<std::string>> ProgramsOf(Tx& tx, const OutlookWish& wish);

// NOT_FOUND for a protocol version or a visit type of one; INVALID_ARGUMENT for a start out of reach.
absl::StatusOr<OutlookFacts> LoadOutlook(Tx& tx, const OutlookWish& wish);

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_OPS_OUTLOOK_H_
