#ifndef KAT_SERVICES_INTAKE_STORE_PG_POLICIES_H_
#define KAT_SERVICES_INTAKE_STORE_PG_POLICIES_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/pg/database.h"
#include "services/intake/domain/errors.h"
#include "services/intake/domain/policy.h"
#include "services/intake/store/tables.h"

namespace kat::intake {

// How a policy lies in `dated_policies`. Specialized in pg_policies.cc:
//   kKind, kResource, Key(policy), Body(policy) and Fill(body, key, policy).
template <class Policy>
struct PolicyMapping;

template <>
struct PolicyMapping<IntakeTemplate> {
  static constexpr int kKind = 1;
  static constexpr const char* kResource = "intake template";
  static std::string Key(const IntakeTemplate& p) { return p.program; }
  static std::string Body(const IntakeTemplate& p);
  static void Fill(const std::string& body, const std::string& key, IntakeTemplate& p);
};

template <>
struct PolicyMapping<ConsentTemplate> {
  static constexpr int kKind = 2;
  static constexpr const char* kResource = "consent template";
  static std::string Key(const ConsentTemplate& p) { return p.key; }
  static std::string Body(const ConsentTemplate& p);
  static void Fill(const std::string& body, const std::string& key, ConsentTemplate& p);
};

template <>
struct PolicyMapping<ScreeningRuleSet> {
  static constexpr int kKind = 3;
  static constexpr const char* kResource = "screening rule set";
  static std::string Key(const ScreeningRuleSet& p) { return p.program; }
  static std::string Body(const ScreeningRuleSet& p);
  static void Fill(const std::string& body, const std::string& key, ScreeningRuleSet& p);
};

template <>
struct PolicyMapping<InteractionRuleSet> {
  static constexpr int kKind = 4;
  static constexpr const char* kResource = "interaction rule set";
  static std::string Key(const InteractionRuleSet& p) { return p.program; }
  static std::string Body(const InteractionRuleSet& p);
  static void Fill(const std::string& body, const std::string& key, InteractionRuleSet& p);
};

template <>
struct PolicyMapping<IntakePolicy> {
  static constexpr int kKind = 5;
  static constexpr const char* kResource = "intake policy";
  static std::string Key(const IntakePolicy&) { return ""; }
  static std::string Body(const IntakePolicy& p);
  static void Fill(const std::string& body, const std::string& key, IntakePolicy& p);
};

// A PolicyTable in PostgreSQL.
template <class Policy>
class PgPolicyTable final : public PolicyTable<Policy> {
  using M = PolicyMapping<Policy>;

 public:
  PgPolicyTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}

  absl::Status Insert(const Policy& policy) override {
    RETURN_IF_ERROR(db_.Execute("update dated_policies set effective_until = $1 where kind = $2 and key = $3 and "
                                "effective_until is null and effective_from < $1",
                                {policy.effective.from, M::kKind, M::Key(policy)})
                        .status());
    std::string hash;
    bool resign = false;
    if constexpr (std::is_same_v<Policy, ConsentTemplate>) {
      hash = policy.content_hash;
      resign = policy.resign_required;
    }
    const absl::Status status =
        db_.Execute(
               "insert into dated_policies (clinic, id, kind, key, effective_from, effective_until, content_hash, "
               "resign_required, body, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
               {clinic_, policy.id, M::kKind, M::Key(policy), policy.effective.from, policy.effective.until, hash,
                resign, M::Body(policy), policy.create_time})
            .status();
    const std::string constraint = pg::ViolatedConstraint(status);
    if (constraint == "dated_policies_overlap") return EffectiveDatesOverlap(M::kResource);
    if (constraint == "dated_policies_content") return ConsentContentUnchanged();
    return status;
  }

  absl::StatusOr<Policy> Get(absl::string_view id) override {
    ASSIGN_OR_RETURN(const auto row, db_.QueryOptional(absl::StrCat(kSelect, " and id = $2"), {M::kKind, id}));
    if (!row) return ResourceNotFound(M::kResource);
    return FromRow(*row);
  }

  absl::StatusOr<std::vector<Policy>> List(const PolicyQuery& query) override {
    std::vector<pg::Param> params = {M::kKind};
    std::string where;
    if (!query.key.empty()) {
      params.push_back(query.key);
      absl::StrAppend(&where, " and key = $", params.size());
    }
    if (query.as_of) {
      params.push_back(*query.as_of);
      absl::StrAppend(&where, " and daterange(effective_from, effective_until) @> $", params.size(), "::date");
    }
    if (!query.page.after.empty()) {
      for (const std::string& key : query.page.after) params.push_back(key);
      const size_t n = params.size();
      absl::StrAppend(&where, " and (key, effective_from, id) > ($", n - 2, ", $", n - 1, "::date, $", n, ")");
    }
    params.push_back(query.page.limit);
    ASSIGN_OR_RETURN(
        const pg::Rows rows,
        db_.Query(absl::StrCat(kSelect, where, " order by key, effective_from, id limit $", params.size()), params));
    std::vector<Policy> policies;
    for (const pg::Row& row : rows) policies.push_back(FromRow(row));
    return policies;
  }

  absl::StatusOr<std::optional<Policy>> InForce(absl::string_view key, absl::CivilDay day) override {
    ASSIGN_OR_RETURN(const auto row,
                     db_.QueryOptional(absl::StrCat(kSelect,
                                                    " and key = $2 and "
                                                    "daterange(effective_from, effective_until) @> $3::date"),
                                       {M::kKind, key, day}));
    if (!row) return std::optional<Policy>();
    return std::optional<Policy>(FromRow(*row));
  }

 private:
  static constexpr const char* kSelect =
      "select id, key, effective_from, effective_until, content_hash, resign_required, body, created_at "
      "from dated_policies where kind = $1";

  static Policy FromRow(const pg::Row& row) {
    Policy policy;
    policy.id = row.Get<decltype(policy.id)>("id");
    policy.effective = {row.Get<absl::CivilDay>("effective_from"),
                        row.Get<std::optional<absl::CivilDay>>("effective_until")};
    policy.create_time = row.Get<absl::Time>("created_at");
    if constexpr (std::is_same_v<Policy, ConsentTemplate>) {
      policy.content_hash = row.Get<std::string>("content_hash");
      policy.resign_required = row.Get<bool>("resign_required");
    }
    M::Fill(row.Get<std::string>("body"), row.Get<std::string>("key"), policy);
    return policy;
  }

  pg::Tx& db_;
  ClinicId clinic_;
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_PG_POLICIES_H_
