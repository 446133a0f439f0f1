#ifndef KAT_SERVICES_BILLING_STORE_MAPPER_H_
#define KAT_SERVICES_BILLING_STORE_MAPPER_H_

#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/pg/database.h"
#include "services/billing/store/page.h"

// Between structs and rows. A mapping M names each column of a table once:
//   struct CardRow {
//     using Value = CardOnFile;
//     static constexpr const char* kTable = "cards_on_file";
//     template <class V, class S> static void Map(V& v, S& s) { v("id", s.id); v("brand", s.brand); … }
//   };
// and inserts, updates and reads follow from it. Every table has `clinic`; a child table has `parent` and `position`
// beside what its mapping names, any other an identity `seq`.
namespace kat::billing {

// Collects columns and parameters from a struct.
class ColumnWriter {
 public:
  template <class T>
  void operator()(const char* column, const T& value) {
    columns.push_back(column);
    params.push_back(ToParam(value));
  }

  std::vector<std::string> columns;
  std::vector<pg::Param> params;

 private:
  template <class T>
  static pg::Param ToParam(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      return pg::Param(static_cast<int>(value));
    } else if constexpr (std::is_same_v<T, std::vector<int>> || std::is_same_v<T, std::vector<int64_t>>) {
      std::vector<std::string> texts;
      for (const auto item : value) texts.push_back(absl::StrCat(item));
      return pg::Param(texts);
    } else {
      return pg::Param(value);
    }
  }
};

// Fills a struct from a row.
class ColumnReader {
 public:
  explicit ColumnReader(const pg::Row& row) : row_(row) {}

  template <class T>
  void operator()(const char* column, T& value) {
    if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(row_.Get<int>(column));
    } else if constexpr (std::is_same_v<T, std::vector<int>> || std::is_same_v<T, std::vector<int64_t>>) {
      for (const std::string& text : row_.Get<std::vector<std::string>>(column)) {
        typename T::value_type item = 0;
        if (absl::SimpleAtoi(text, &item)) value.push_back(item);
      }
    } else {
      value = row_.Get<T>(column);
    }
  }

 private:
  const pg::Row& row_;
};

template <class M>
typename M::Value ReadRow(const pg::Row& row) {
  typename M::Value value;
  ColumnReader reader(row);
  M::Map(reader, value);
  return value;
}

// Statements of one transaction under one clinic.
class Mapper {
 public:
  Mapper(pg::Tx& db, std::string clinic) : db_(db), clinic_(std::move(clinic)) {}

  template <class M>
  absl::Status Insert(const typename M::Value& value) {
    ColumnWriter writer;
    writer("clinic", clinic_);
    M::Map(writer, value);
    return InsertRow(M::kTable, writer);
  }

  template <class M>
  absl::Status InsertChildren(const std::string& parent, const std::vector<typename M::Value>& values) {
    int position = 0;
    for (const typename M::Value& value : values) {
      ColumnWriter writer;
      writer("clinic", clinic_);
      writer("parent", parent);
      writer("position", position++);
      M::Map(writer, value);
      RETURN_IF_ERROR(InsertRow(M::kTable, writer));
    }
    return absl::OkStatus();
  }

  template <class M>
  absl::Status ReplaceChildren(const std::string& parent, const std::vector<typename M::Value>& values) {
    RETURN_IF_ERROR(
        db_.Execute(absl::StrCat("delete from ", M::kTable, " where clinic = $1 and parent = $2"), {clinic_, parent})
            .status());
    return InsertChildren<M>(parent, values);
  }

  // Rewrites the row; where `read_version` is given, only if it is still the stored one.
  template <class M>
  absl::Status Update(const typename M::Value& value, const std::string& id, std::optional<int64_t> read_version,
                      absl::string_view resource_type) {
    ColumnWriter writer;
    M::Map(writer, value);
    std::vector<std::string> sets;
    for (size_t i = 0; i < writer.columns.size(); ++i) sets.push_back(absl::StrCat(writer.columns[i], " = $", i + 1));
    const size_t n = writer.params.size();
    std::string sql = absl::StrCat("update ", M::kTable, " set ", absl::StrJoin(sets, ", "), " where clinic = $", n + 1,
                                   " and id = $", n + 2);
    writer.params.push_back(clinic_);
    writer.params.push_back(id);
    if (read_version) {
      absl::StrAppend(&sql, " and version = $", n + 3);
      writer.params.push_back(*read_version);
    }
    ASSIGN_OR_RETURN(const int64_t changed, db_.Execute(sql, writer.params));
    return changed == 1 ? absl::OkStatus() : EtagMismatch(resource_type);
  }

  // Rows under `where`, whose $1 is the clinic and whose further parameters are `params`.
  template <class M>
  absl::StatusOr<List<typename M::Value>> Select(const std::string& where, std::vector<pg::Param> params) {
    params.insert(params.begin(), clinic_);
    ASSIGN_OR_RETURN(const pg::Rows rows,
                     db_.Query(absl::StrCat("select * from ", M::kTable, " where clinic = $1 and ", where), params));
    List<typename M::Value> found;
    for (const pg::Row& row : rows) found.push_back({ReadRow<M>(row), row.Get<int64_t>("seq")});
    return found;
  }

  // The first row of Select, if any.
  template <class M>
  absl::StatusOr<std::optional<typename M::Value>> Find(const std::string& where, std::vector<pg::Param> params) {
    ASSIGN_OR_RETURN(List<typename M::Value> found, Select<M>(where + " limit 1", std::move(params)));
    if (found.empty()) return std::optional<typename M::Value>();
    return std::optional<typename M::Value>(std::move(found[0].value));
  }

  template <class M>
  absl::StatusOr<typename M::Value> Get(const std::string& id, absl::string_view resource_type) {
    ASSIGN_OR_RETURN(std::optional<typename M::Value> found, Find<M>("id = $2", {id}));
    if (!found) return ResourceNotFound(resource_type);
    return *std::move(found);
  }

  // A page of Select; `where` may use $2 and on, and empty texts are to mean "all": `($2 = '' or patient = $2)`.
  template <class M>
  absl::StatusOr<List<typename M::Value>> SelectRun(const std::string& where, std::vector<pg::Param> params,
                                                    const Run& run) {
    const size_t n = params.size() + 1;
    params.push_back(run.before);
    params.push_back(run.limit);
    return Select<M>(
        absl::StrCat(where, " and ($", n + 1, "::bigint = 0 or seq < $", n + 1, ") order by seq desc limit $", n + 2),
        std::move(params));
  }

  // Children of the parents, by parent, in order.
  template <class M>
  absl::StatusOr<std::map<std::string, std::vector<typename M::Value>>> Children(
      const std::vector<std::string>& parents) {
    std::map<std::string, std::vector<typename M::Value>> children;
    if (parents.empty()) return children;
    ASSIGN_OR_RETURN(const pg::Rows rows,
                     db_.Query(absl::StrCat("select * from ", M::kTable,
                                            " where clinic = $1 and parent = any($2) order by position"),
                               {clinic_, parents}));
    for (const pg::Row& row : rows) children[row.Get<std::string>("parent")].push_back(ReadRow<M>(row));
    return children;
  }

 private:
  absl::Status InsertRow(const char* table, const ColumnWriter& writer) {
    std::vector<std::string> places;
    for (size_t i = 0; i < writer.columns.size(); ++i) places.push_back(absl::StrCat("$", i + 1));
    return db_
        .Execute(absl::StrCat("insert into ", table, " (", absl::StrJoin(writer.columns, ", "), ") values (",
                              absl::StrJoin(places, ", "), ")"),
                 writer.params)
        .status();
  }

  pg::Tx& db_;
  std::string clinic_;
};

// Loads the children of every parent in `list` into what `slot` returns of it.
template <class M, class T, class Slot>
absl::Status LoadChildren(Mapper& mapper, List<T>& list, Slot slot) {
  std::vector<std::string> parents;
  for (const Numbered<T>& row : list) parents.push_back(row.value.id.str());
  ASSIGN_OR_RETURN(auto children, mapper.Children<M>(parents));
  for (Numbered<T>& row : list) slot(row.value) = std::move(children[row.value.id.str()]);
  return absl::OkStatus();
}

// The only row of a list whose children were loaded, or nothing.
template <class T>
std::optional<T> First(List<T> list) {
  if (list.empty()) return std::nullopt;
  return std::move(list[0].value);
}

template <class T>
std::vector<T> Values(List<T> list) {
  std::vector<T> values;
  for (Numbered<T>& row : list) values.push_back(std::move(row.value));
  return values;
}

}  // namespace kat::billing

#endif  // KAT_SERVICES_BILLING_STORE_MAPPER_H_
