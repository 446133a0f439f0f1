#include "libs/tx/audit_chain.h"

#include <openssl/evp.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"

namespace kat::tx {
namespace {

constexpr int kVerifyBatch = 1000;
constexpr size_t kMaxFindings = 100;

std::string Sha256Hex(absl::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

// The columns of audit_log that a seal covers, in its order. Changing this breaks every chain: add a version instead.
constexpr const char* kSealed[] = {"xid",    "id",      "occurred_micros", "actor",      "roles",
                                   "method", "subject", "outcome",         "request_id", "trace_id"};
constexpr char kSealedColumns[] =
    "l.xid::text as xid, l.id, (extract(epoch from l.occurred_at) * 1000000)::bigint as occurred_micros,"
    " l.actor, l.roles, l.method, l.subject, l.outcome, l.request_id, l.trace_id";

std::string NextHash(absl::string_view previous, const ClinicId& clinic, int64_t position, const pg::Row& row) {
  // Every field with its length before it, so that nothing can move from one to the next.
  std::string text = absl::StrCat("kat-audit-1:", previous, ":", position, ":", clinic.str().size(), ":", clinic.str());
  for (const char* column : kSealed) {
    const std::string value = row.Get<std::string>(column);
    absl::StrAppend(&text, ":", value.size(), ":", value);
  }
  return Sha256Hex(text);
}

struct Head {
  int64_t position = 0;
  std::string xid = "0";
  int64_t id = 0;
  std::string hash;
};

absl::StatusOr<Head> ReadHead(pg::Tx& tx, const ClinicId& clinic) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   tx.QueryOptional("select position, xid::text as xid, id, encode(hash, 'hex') as hash from audit_seal"
                                    " where clinic = $1 order by position desc limit 1",
                                    {clinic}));
  if (!row) return Head();
  return Head{row->Get<int64_t>("position"), row->Get<std::string>("xid"), row->Get<int64_t>("id"),
              row->Get<std::string>("hash")};
}

absl::StatusOr<int> SealIn(pg::Tx& tx, const ClinicId& clinic, int limit) {
  ASSIGN_OR_RETURN(
      const std::optional<pg::Row> mine,
      tx.QueryOptional("select clinic from audit_clinics where clinic = $1 for update skip locked", {clinic}));
  if (!mine) return 0;  // nothing was ever audited, or another replica is at it
  ASSIGN_OR_RETURN(Head head, ReadHead(tx, clinic));
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      tx.Query(absl::StrCat("select ", kSealedColumns,
                            " from audit_log l where clinic = $1 and (xid, id) > ($2::xid8, $3::bigint)"
                            " and xid < pg_snapshot_xmin(pg_current_snapshot()) order by l.xid, l.id limit $4"),
               {clinic, head.xid, head.id, limit}));
  std::vector<std::string> positions, xids, ids, hashes;
  for (const pg::Row& row : rows) {
    head.hash = NextHash(head.hash, clinic, ++head.position, row);
    positions.push_back(absl::StrCat(head.position));
    xids.push_back(row.Get<std::string>("xid"));
    ids.push_back(row.Get<std::string>("id"));
    hashes.push_back(head.hash);
  }
  if (rows.empty()) return 0;
  RETURN_IF_ERROR(tx.Query("insert into audit_seal (clinic, position, xid, id, hash)"
                           " select $1, p::bigint, x::xid8, i::bigint, decode(h, 'hex')"
                           " from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as t (p, x, i, h)",
                           {clinic, positions, xids, ids, hashes})
                      .status());
  return rows.size();
}

// Recomputes a chain batch by batch.
class Verification {
 public:
  Verification(pg::Tx& tx, const ClinicId& clinic, const std::optional<AuditAnchor>& anchor)
      : tx_(tx), clinic_(clinic), anchor_(anchor) {}

  absl::StatusOr<AuditReport> Run() {
    bool more = true;
    while (more) {
      ASSIGN_OR_RETURN(more, CheckBatch());
    }
    if (anchor_ && !anchor_found_) Find(AuditFinding::Kind::kCutOff, anchor_->position);
    RETURN_IF_ERROR(CheckUnsealed());
    return std::move(report_);
  }

 private:
  void Find(AuditFinding::Kind kind, int64_t position) {
    if (report_.findings.size() < kMaxFindings) report_.findings.push_back({kind, position});
  }

  absl::StatusOr<bool> CheckBatch() {
    ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx_.Query(
            absl::StrCat(
                "select s.position, encode(s.hash, 'hex') as hash, l.clinic is not null as present, ", kSealedColumns,
                " from audit_seal s left join audit_log l on l.clinic = s.clinic and l.xid = s.xid and l.id = s.id"
                " where s.clinic = $1 and s.position > $2 order by s.position limit $3"),
            {clinic_, report_.head.position, kVerifyBatch}));
    for (const pg::Row& row : rows) {
      const int64_t position = row.Get<int64_t>("position");
      const std::string hash = row.Get<std::string>("hash");
      const bool follows = position == report_.head.position + 1;
      if (!follows) Find(AuditFinding::Kind::kSealMissing, report_.head.position + 1);
      if (!row.Get<bool>("present")) {
        Find(AuditFinding::Kind::kRowMissing, position);
      } else if (follows && NextHash(report_.head.hash, clinic_, position, row) != hash) {
        Find(AuditFinding::Kind::kRowChanged, position);
      }
      report_.head = {position, hash};  // go on from the stored seal, so that one change is one finding
      if (anchor_ && anchor_->position == position) anchor_found_ = anchor_->hash == hash;
    }
    return rows.size() == kVerifyBatch;
  }

  absl::Status CheckUnsealed() {
    ASSIGN_OR_RETURN(const Head head, ReadHead(tx_, clinic_));
    ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx_.Query(
            "select l.id from audit_log l where l.clinic = $1 and (l.xid, l.id) <= ($2::xid8, $3::bigint)"
            " and not exists (select from audit_seal s where s.clinic = l.clinic and s.xid = l.xid and s.id = l.id)"
            " order by l.xid, l.id limit $4",
            {clinic_, head.xid, head.id, static_cast<int>(kMaxFindings)}));
    for (const pg::Row& row : rows) Find(AuditFinding::Kind::kRowInserted, row.Get<int64_t>("id"));
    ASSIGN_OR_RETURN(
        const pg::Row later,
        tx_.QueryOne("select count(*) as n from audit_log where clinic = $1 and (xid, id) > ($2::xid8, $3::bigint)",
                     {clinic_, head.xid, head.id}));
    report_.unsealed = later.Get<int64_t>("n");
    return absl::OkStatus();
  }

  pg::Tx& tx_;
  const ClinicId& clinic_;
  const std::optional<AuditAnchor>& anchor_;
  AuditReport report_;
  bool anchor_found_ = false;
};

}  // namespace

absl::StatusOr<int> AuditChain::SealAll(int limit) {
  std::vector<ClinicId> clinics;
  RETURN_IF_ERROR(database_.Run({.read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    clinics.clear();
    ASSIGN_OR_RETURN(const pg::Rows rows, tx.Query("select clinic from audit_clinics order by clinic"));
    for (const pg::Row& row : rows) clinics.push_back(row.Get<ClinicId>("clinic"));
    return absl::OkStatus();
  }));
  int sealed = 0;
  for (const ClinicId& clinic : clinics) {
    ASSIGN_OR_RETURN(const int count, Seal(clinic, limit));
    sealed += count;
  }
  return sealed;
}

absl::StatusOr<int> AuditChain::Seal(const ClinicId& clinic, int limit) {
  int sealed = 0;
  RETURN_IF_ERROR(database_.Run({.clinic = clinic.str()}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(sealed, SealIn(tx, clinic, limit));
    return absl::OkStatus();
  }));
  return sealed;
}

absl::StatusOr<AuditReport> AuditChain::Verify(const ClinicId& clinic, const std::optional<AuditAnchor>& anchor) {
  AuditReport report;
  RETURN_IF_ERROR(database_.Run({.clinic = clinic.str(), .read_only = true}, [&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(report, Verification(tx, clinic, anchor).Run());
    return absl::OkStatus();
  }));
  return report;
}

}  // namespace kat::tx
