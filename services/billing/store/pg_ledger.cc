#include "services/billing/domain/errors.h"
#include "services/billing/store/pg_tx.h"

namespace kat::billing {
namespace {

struct TransactionRow {
  using Value = LedgerTransaction;
  static constexpr const char* kTable = "ledger_transactions";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("id", s.id);
    v("kind", s.kind);
    v("patient", s.patient);
    v("source", s.source);
    v("reason", s.reason);
    v("post_time", s.post_time);
    std::optional<LedgerTransactionId> reverses;
    if (!s.reverses.empty()) reverses = s.reverses;
    v("reverses", reverses);
    if constexpr (!std::is_const_v<S>) s.reverses = reverses.value_or(LedgerTransactionId());
  }
};

struct EntryRow {
  using Value = LedgerEntry;
  static constexpr const char* kTable = "ledger_entries";
  template <class V, class S>
  static void Map(V& v, S& s) {
    v("account_type", s.account.type);
    v("tender", s.account.tender);
    v("patient", s.account.patient);
    v("amount", s.amount);
  }
};

// Entries, and who took each transaction back.
absl::Status LoadTransactions(pg::Tx& db, Mapper& mapper, const ClinicId& clinic, List<LedgerTransaction>& list) {
  RETURN_IF_ERROR(LoadChildren<EntryRow>(
      mapper, list, [](LedgerTransaction & t) -> auto& { return t.entries; }));
  std::vector<std::string> ids;
  for (const Numbered<LedgerTransaction>& row : list) ids.push_back(row.value.id.str());
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db.Query("select id, reverses from ledger_transactions where clinic = $1 and reverses = any($2)", {clinic, ids}));
  for (const pg::Row& row : rows) {
    const auto reversed = row.Get<LedgerTransactionId>("reverses");
    for (Numbered<LedgerTransaction>& each : list) {
      if (each.value.id == reversed) each.value.reversed_by = row.Get<LedgerTransactionId>("id");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PgTx::LockAccount(const PatientId& patient) {
  RETURN_IF_ERROR(
      db().Execute("insert into accounts values ($1, $2) on conflict do nothing", {clinic(), patient}).status());
  return db().Query("select from accounts where clinic = $1 and patient = $2 for update", {clinic(), patient}).status();
}

absl::Status PgTx::Insert(const LedgerTransaction& transaction) {
  RETURN_IF_ERROR(CheckBalanced(transaction));
  const absl::Status status = mapper_.Insert<TransactionRow>(transaction);
  if (pg::ViolatedConstraint(status) == "reversed_once") return errors::AlreadyReversed();
  RETURN_IF_ERROR(status);
  return mapper_.InsertChildren<EntryRow>(transaction.id.str(), transaction.entries);
}

absl::StatusOr<LedgerTransaction> PgTx::GetTransaction(const LedgerTransactionId& id) {
  ASSIGN_OR_RETURN(List<LedgerTransaction> found, mapper_.Select<TransactionRow>("id = $2", {id}));
  RETURN_IF_ERROR(LoadTransactions(db(), mapper_, clinic(), found));
  if (found.empty()) return ResourceNotFound("ledger transaction");
  return std::move(found[0].value);
}

absl::StatusOr<List<LedgerTransaction>> PgTx::ListTransactions(const PatientId& patient, const Run& run) {
  ASSIGN_OR_RETURN(List<LedgerTransaction> found,
                   mapper_.SelectRun<TransactionRow>("($2 = '' or patient = $2)", {patient}, run));
  RETURN_IF_ERROR(LoadTransactions(db(), mapper_, clinic(), found));
  return found;
}

absl::StatusOr<Minor> PgTx::Balance(LedgerAccount::Type type, const PatientId& patient) {
  ASSIGN_OR_RETURN(
      const pg::Row row,
      db().QueryOne("select coalesce(sum(amount), 0)::bigint as balance from ledger_entries where clinic = $1 and "
                    "patient = $2 and account_type = $3",
                    {clinic(), patient, static_cast<int>(type)}));
  return row.Get<int64_t>("balance");
}

absl::StatusOr<std::vector<TrialBalanceRow>> PgTx::TrialBalance() {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      db().Query("select account_type, tender, coalesce(sum(amount) filter (where amount > 0), 0)::bigint as "
                 "debits, coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as credits from "
                 "ledger_entries where clinic = $1 group by account_type, tender order by account_type, tender",
                 {clinic()}));
  std::vector<TrialBalanceRow> balances;
  for (const pg::Row& row : rows) {
    balances.push_back({{.type = static_cast<LedgerAccount::Type>(row.Get<int>("account_type")),
                         .tender = static_cast<Tender>(row.Get<int>("tender"))},
                        row.Get<int64_t>("debits"),
                        row.Get<int64_t>("credits")});
  }
  return balances;
}

}  // namespace kat::billing
