#ifndef KAT_SERVICES_INTAKE_STORE_PG_RECORD_TABLE_H_
#define KAT_SERVICES_INTAKE_STORE_PG_RECORD_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/pg/database.h"
#include "services/intake/store/tables.h"

namespace kat::intake {

// How a record lies in its table, beside clinic, patient, id and created_at, which all have. Specialized in
// pg_records.cc:
//   kTable, kResource (for NOT_FOUND), kColumns, Values(record) in their order, Read(row, record),
//   kStateColumn, kKeyColumn, kDateColumn for RecordQuery: "" where it has none.
template <class Record>
struct Mapping;

// A RecordTable in PostgreSQL.
template <class Record>
class PgRecordTable final : public RecordTable<Record> {
  using M = Mapping<Record>;

 public:
  PgRecordTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::Status Insert(const Record& record) override {
    static const std::string sql = [] {
      std::vector<std::string> names = {"clinic", "patient", "id", "created_at"};
      names.insert(names.end(), M::kColumns.begin(), M::kColumns.end());
      return absl::StrCat("insert into ", M::kTable, " (", absl::StrJoin(names, ", "), ") values (",
                          Markers(1, names.size()), ")");
    }();
    std::vector<pg::Param> params = {clinic_, record.patient, record.id, record.create_time};
    for (pg::Param& value : M::Values(record)) params.push_back(std::move(value));
    return db_.Execute(sql, params).status();
  }

  absl::Status Update(const Record& record) override {
    static const std::string sql =
        absl::StrCat("update ", M::kTable, " set (", absl::StrJoin(M::kColumns, ", "), ") = row(",
                     Markers(3, M::kColumns.size()), ") where patient = $1 and id = $2");
    std::vector<pg::Param> params = {record.patient, record.id};
    for (pg::Param& value : M::Values(record)) params.push_back(std::move(value));
    ASSIGN_OR_RETURN(const int64_t changed, db_.Execute(sql, params));
    return changed == 1 ? absl::OkStatus() : ResourceNotFound(M::kResource);
  }

  absl::StatusOr<Record> Get(const PatientId& patient, absl::string_view id) override {
    ASSIGN_OR_RETURN(const auto row,
                     db_.QueryOptional(absl::StrCat(Select(), " where patient = $1 and id = $2"), {patient, id}));
    if (!row) return ResourceNotFound(M::kResource);
    return FromRow(*row);
  }

  absl::StatusOr<std::vector<Record>> List(const RecordQuery& query) override {
    std::vector<pg::Param> params;
    std::vector<std::string> where;
    const auto filter = [&](absl::string_view condition, pg::Param value) {
      params.push_back(std::move(value));
      where.push_back(absl::StrCat(condition, "$", params.size()));
    };
    if (query.patient) filter("patient = ", *query.patient);
    if (query.state != 0) filter(absl::StrCat(M::kStateColumn, " = "), query.state);
    if (!query.key.empty()) filter(absl::StrCat(M::kKeyColumn, "::text = "), query.key);
    if (query.since) filter(absl::StrCat(M::kDateColumn, " >= "), *query.since);
    if (!query.page.after.empty()) {
      int64_t micros = 0;
      if (!absl::SimpleAtoi(query.page.after[0], &micros)) return InvalidField("page_token", "is not of this list");
      filter("created_at <= ", absl::FromUnixMicros(micros));
      params.push_back(absl::FromUnixMicros(micros));
      params.push_back(query.page.after[1]);
      where.push_back(absl::StrCat("(created_at, id) < ($", params.size() - 1, "::timestamptz, $", params.size(), ")"));
    }
    params.push_back(query.page.limit);
    const std::string sql = absl::StrCat(Select(), where.empty() ? "" : " where ", absl::StrJoin(where, " and "),
                                         " order by created_at desc, id desc limit $", params.size());
    ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(sql, params));
    std::vector<Record> records;
    for (const pg::Row& row : rows) records.push_back(FromRow(row));
    return records;
  }

 private:
  static std::string Markers(size_t first, size_t count) {
    std::vector<std::string> markers;
    for (size_t i = 0; i < count; ++i) markers.push_back(absl::StrCat("$", first + i));
    return absl::StrJoin(markers, ", ");
  }
  static const std::string& Select() {
    static const std::string sql =
        absl::StrCat("select patient, id, created_at, ", absl::StrJoin(M::kColumns, ", "), " from ", M::kTable);
    return sql;
  }
  static Record FromRow(const pg::Row& row) {
    Record record;
    record.patient = row.Get<PatientId>("patient");
    record.id = row.Get<decltype(record.id)>("id");
    record.create_time = row.Get<absl::Time>("created_at");
    M::Read(row, record);
    return record;
  }

  pg::Tx& db_;
  ClinicId clinic_;
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_PG_RECORD_TABLE_H_
