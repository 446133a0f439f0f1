#include "libs/base/error.h"
#include "services/authorization/store/columns.h"
#include "services/authorization/store/pg_tx.h"

namespace kat::authorization::store {
namespace {

domain::Packet ReadPacket(const pg::Row& row) {
  domain::Packet packet;
  packet.authorization = row.Get<domain::AuthorizationId>("prior_authorization");
  packet.version = row.Get<int>("version");
  packet.payer = row.Get<domain::PayerId>("payer");
  packet.policy = row.Get<domain::PolicyId>("policy");
  packet.as_of = row.Get<absl::CivilDay>("as_of");
  packet.sessions_completed = row.Get<int>("sessions_completed");
  packet.response_percent = row.Get<std::optional<int>>("response_percent");
  packet.created_at = row.Get<absl::Time>("created_at");
  packet.created_by = row.Get<std::string>("created_by");
  return packet;
}

}  // namespace

absl::Status PgTx::InsertPacket(const domain::Packet& packet) {
  Columns columns;
  columns.Set("prior_authorization", packet.authorization)
      .Set("version", packet.version)
      .Set("payer", packet.payer)
      .Set("policy", packet.policy)
      .Set("as_of", packet.as_of)
      .Set("sessions_completed", packet.sessions_completed)
      .Set("response_percent", packet.response_percent)
      .Set("created_at", packet.created_at)
      .Set("created_by", packet.created_by);
  RETURN_IF_ERROR(columns.Insert(db(), "packets"));
  for (size_t i = 0; i < packet.findings.size(); ++i) {
    const domain::Finding& finding = packet.findings[i];
    Columns row;
    row.Set("prior_authorization", packet.authorization)
        .Set("version", packet.version)
        .Set("position", static_cast<int>(i))
        .Set("criterion", finding.criterion_id)
        .Set("words", finding.text)
        .Set("result", static_cast<int>(finding.result))
        .Set("gap", finding.gap)
        .Set("evidence", IntArray(finding.evidence));
    RETURN_IF_ERROR(row.Insert(db(), "packet_findings"));
  }
  for (size_t i = 0; i < packet.evidence.size(); ++i) {
    const domain::EvidenceItem& item = packet.evidence[i];
    Columns row;
    row.Set("prior_authorization", packet.authorization)
        .Set("version", packet.version)
        .Set("position", static_cast<int>(i))
        .Set("kind", static_cast<int>(item.kind))
        .Set("summary", item.summary)
        .Set("day", item.day)
        .Set("age_days", item.age_days)
        .Set("source", item.source);
    RETURN_IF_ERROR(row.Insert(db(), "packet_evidence"));
  }
  return absl::OkStatus();
}

absl::Status PgTx::ReadPacketRows(domain::Packet& packet) {
  ASSIGN_OR_RETURN(
      const pg::Rows findings,
      db().Query("select * from packet_findings where prior_authorization = $1 and version = $2 order by position",
                 {packet.authorization, packet.version}));
  for (const pg::Row& row : findings) {
    packet.findings.push_back({.criterion_id = row.Get<std::string>("criterion"),
                               .text = row.Get<std::string>("words"),
                               .result = static_cast<domain::Finding::Result>(row.Get<int>("result")),
                               .gap = row.Get<std::string>("gap"),
                               .evidence = IntsAt(row, "evidence")});
  }
  ASSIGN_OR_RETURN(
      const pg::Rows evidence,
      db().Query("select * from packet_evidence where prior_authorization = $1 and version = $2 order by position",
                 {packet.authorization, packet.version}));
  for (const pg::Row& row : evidence) {
    packet.evidence.push_back({.kind = static_cast<domain::EvidenceItem::Kind>(row.Get<int>("kind")),
                               .summary = row.Get<std::string>("summary"),
                               .day = row.Get<std::optional<absl::CivilDay>>("day"),
                               .age_days = row.Get<std::optional<int>>("age_days"),
                               .source = row.Get<std::string>("source")});
  }
  return absl::OkStatus();
}

absl::StatusOr<domain::Packet> PgTx::FindPacket(const domain::AuthorizationId& id, int version) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db().QueryOptional("select * from packets where prior_authorization = $1 and version = $2", {id, version}));
  if (!row) return ResourceNotFound("packet");
  domain::Packet packet = ReadPacket(*row);
  RETURN_IF_ERROR(ReadPacketRows(packet));
  return packet;
}

absl::StatusOr<std::vector<domain::Packet>> PgTx::ListPackets(const domain::AuthorizationId& id, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   db().Query("select * from packets where prior_authorization = $1 and version < $2::integer "
                              "order by version desc limit $3",
                              {id, slice.after.empty() ? "2147483647" : slice.after[0], slice.limit}));
  std::vector<domain::Packet> packets;
  for (const pg::Row& row : rows) {
    packets.push_back(ReadPacket(row));
    RETURN_IF_ERROR(ReadPacketRows(packets.back()));
  }
  return packets;
}

}  // namespace kat::authorization::store
