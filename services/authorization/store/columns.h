#ifndef KAT_SERVICES_AUTHORIZATION_STORE_COLUMNS_H_
#define KAT_SERVICES_AUTHORIZATION_STORE_COLUMNS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/pg/database.h"
#include "services/authorization/domain/errors.h"
#include "services/authorization/domain/units.h"
#include "services/authorization/store/payer_tables.h"

// Wide rows written by name, so that a column and its value stand in one line.
namespace kat::authorization::store {

class Columns {
 public:
  Columns& Set(const std::string& name, pg::Param value) {
    names_.push_back(name);
    values_.push_back(std::move(value));
    return *this;
  }
  Columns& Set(const std::string& prefix, const domain::UnitLimits& limits) {
    return Set(prefix + "_visits", limits.visits)
        .Set(prefix + "_drug_mg", limits.drug_mg)
        .Set(prefix + "_devices", limits.devices);
  }

  absl::Status Insert(pg::Tx& db, const std::string& table) const {
    std::string names = "clinic", places = "kat_clinic()";
    for (size_t i = 0; i < names_.size(); ++i) {
      absl::StrAppend(&names, ", ", names_[i]);
      absl::StrAppend(&places, ", $", i + 1);
    }
    return db.Execute(absl::StrCat("insert into ", table, " (", names, ") values (", places, ")"), values_).status();
  }

  // Updates the one row whose `key` is `id`; NOT_FOUND is left to the Find before it.
  absl::Status Update(pg::Tx& db, const std::string& table, const std::string& key, pg::Param id) const {
    std::string sets;
    for (size_t i = 0; i < names_.size(); ++i) absl::StrAppend(&sets, i ? ", " : "", names_[i], " = $", i + 1);
    std::vector<pg::Param> values = values_;
    values.push_back(std::move(id));
    return db
        .Execute(absl::StrCat("update ", table, " set ", sets, " where clinic = kat_clinic() and ", key, " = $",
                              values.size()),
                 values)
        .status();
  }

 private:
  std::vector<std::string> names_;
  std::vector<pg::Param> values_;
};

inline domain::UnitLimits LimitsAt(const pg::Row& row, const std::string& prefix) {
  return {row.Get<std::optional<int>>(prefix + "_visits"), row.Get<std::optional<int>>(prefix + "_drug_mg"),
          row.Get<std::optional<int>>(prefix + "_devices")};
}

// The three counters of columns `<prefix>visits` ….
inline domain::UnitCounts CountsAt(const pg::Row& row, const std::string& prefix) {
  return {row.Get<int>(prefix + "visits"), row.Get<int>(prefix + "drug_mg"), row.Get<int>(prefix + "devices")};
}

template <class Numbers>
pg::Param IntArray(const Numbers& numbers) {
  std::vector<std::string> texts;
  for (int number : numbers) texts.push_back(absl::StrCat(number));
  return pg::Param(texts);
}

inline std::vector<int> IntsAt(const pg::Row& row, const std::string& column) {
  std::vector<int> numbers;
  for (const std::string& text : row.Get<std::vector<std::string>>(column)) {
    int number = 0;
    if (absl::SimpleAtoi(text, &number)) numbers.push_back(number);
  }
  return numbers;
}

inline absl::string_view Suffix(Lock lock) { return lock == Lock::kWrite ? " for update" : ""; }

// The position-th key of a slice as a time in microseconds; how lists by time page.
inline absl::Time TimeKey(const Slice& slice, size_t position) {
  int64_t micros = 0;
  if (position < slice.after.size()) (void)absl::SimpleAtoi(slice.after[position], &micros);
  return absl::FromUnixMicros(micros);
}

// `found` with its constraint's name turned into one of our own failures.
template <class Failure>
absl::Status OnConstraint(absl::Status status, absl::string_view constraint, Failure failure) {
  return !status.ok() && pg::ViolatedConstraint(status) == constraint ? failure() : status;
}

// NAME_TAKEN where the id that the caller chose is in use: `found` violates the primary key of `table`.
inline absl::Status OnTakenName(absl::Status status, const std::string& table, absl::string_view resource_type) {
  return OnConstraint(std::move(status), table + "_pkey", [&] { return domain::NameTaken(resource_type); });
}

// The number of a name in an enum whose Name() lists them.
template <class Enum>
Enum EnumOf(absl::string_view name, int count) {
  for (int i = 1; i < count; ++i) {
    if (Name(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return static_cast<Enum>(0);
}

}  // namespace kat::authorization::store

#endif  // KAT_SERVICES_AUTHORIZATION_STORE_COLUMNS_H_
