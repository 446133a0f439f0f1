#include "libs/base/status_macros.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/store/json.h"
#include "services/scheduling/store/pg_setup_tables.h"

namespace kat::scheduling {
namespace {

ProtocolVersion ProtocolOf(const pg::Row& row) {
  ProtocolVersion protocol{.protocol = row.Get<ProtocolId>("protocol"),
                           .version = row.Get<int>("version"),
                           .program = row.Get<std::string>("program"),
                           .effective_from = row.Get<std::optional<absl::CivilDay>>("effective_from"),
                           .created_at = row.Get<absl::Time>("created_at")};
  FromJson(ParseJson(row.Get<std::string>("body")), &protocol);
  return protocol;
}

}  // namespace

absl::StatusOr<ProtocolVersion> PgProtocolTable::Insert(ProtocolVersion protocol) {
  changed_ = true;
  const absl::StatusOr<pg::Row> row = db_.QueryOne(
      "insert into protocol_versions (clinic, protocol, version, program, effective_from, body, created_at) "
      "select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5, $6 from protocol_versions "
      "where clinic = $1 and protocol = $2 returning version",
      {clinic_, protocol.protocol, protocol.program, protocol.effective_from, ToJson(protocol).dump(),
       protocol.created_at});
  // Two made the same number at once.
  if (absl::IsAlreadyExists(row.status())) return EtagMismatch("protocol");
  RETURN_IF_ERROR(row.status());
  protocol.version = row->Get<int>("version");
  return protocol;
}

absl::StatusOr<ProtocolVersion> PgProtocolTable::Get(const ProtocolId& protocol, int version) {
  const KeptSetups::ProtocolKey key(db_.server(), clinic_, protocol, version);
  if (const auto kept = kept_.protocols.Find(key)) return *kept;
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> row,
      db_.QueryOptional("select * from protocol_versions where clinic = $1 and protocol = $2 and version = $3",
                        {clinic_, protocol, version}));
  if (!row) return ResourceNotFound("protocol version");
  auto read = std::make_shared<const ProtocolVersion>(ProtocolOf(*row));
  if (!changed_) kept_.protocols.Put(key, read);  // what this transaction added may never be
  return *read;
}

absl::StatusOr<ProtocolVersion> PgProtocolTable::InEffect(const std::string& program, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional("select * from protocol_versions where clinic = $1 and program = $2 and "
                                     "(effective_from is null or effective_from <= $3) "
                                     "order by effective_from desc nulls last, version desc, protocol limit 1",
                                     {clinic_, program, day}));
  if (!row) return NoProtocolInEffect(program);
  return ProtocolOf(*row);
}

absl::StatusOr<std::vector<ProtocolVersion>> PgProtocolTable::List(const std::string& program, const ListRange& range) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db_.Query("select * from protocol_versions where clinic = $1 and ($2::text = '' or program = $2::text) and "
                "($3::text is null or (protocol, version) > ($3::text, $4::integer)) "
                "order by protocol, version limit $5",
                {clinic_, program, AfterKey(range, 0), AfterKey(range, 1), range.limit}));
  std::vector<ProtocolVersion> out;
  for (const pg::Row& row : rows) out.push_back(ProtocolOf(row));
  return out;
}

}  // namespace kat::scheduling
