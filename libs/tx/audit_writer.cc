#include "libs/tx/audit_writer.h"

#include <string>

namespace kat::tx {

absl::Status AuditWriter::Write(const ClinicId& clinic, const std::vector<AuditEntry>& entries) {
  if (entries.empty()) return absl::OkStatus();
  std::vector<std::string> actors, roles, methods, subjects, outcomes, request_ids, trace_ids;
  for (const AuditEntry& entry : entries) {
    actors.push_back(entry.actor);
    roles.push_back(entry.roles);
    methods.push_back(entry.method);
    subjects.push_back(entry.subject);
    outcomes.push_back(entry.outcome);
    request_ids.push_back(entry.request_id);
    trace_ids.push_back(entry.trace_id);
  }
  return database_.Run({.clinic = clinic.str()}, [&](pg::Tx& tx) {
    return tx
        .Execute(
            "insert into audit_log (clinic, occurred_at, actor, roles, method, subject, outcome, request_id, trace_id)"
            " select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],"
            " $9::text[])",
            {clinic, clock_.Now(), actors, roles, methods, subjects, outcomes, request_ids, trace_ids})
        .status();
  });
}

}  // namespace kat::tx
