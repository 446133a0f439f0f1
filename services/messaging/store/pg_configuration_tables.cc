#include "services/messaging/store/pg_configuration_tables.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/messaging/store/columns.h"

namespace kat::messaging {
namespace {

MessageTemplate ReadTemplate(const pg::Row& row) {
  MessageTemplate t;
  t.id = row.Get<TemplateId>("id");
  t.purpose = GetEnum<Purpose>(row, "purpose");
  t.channel = GetEnum<Channel>(row, "channel");
  t.category = GetEnum<Category>(row, "category");
  t.program = row.Get<std::string>("program");
  t.visit_type = row.Get<std::string>("visit_type");
  t.language = row.Get<std::string>("language");
  t.code = row.Get<std::string>("code");
  t.body = row.Get<std::string>("body");
  t.subject_line = row.Get<std::string>("subject_line");
  t.effective_from = row.Get<absl::CivilDay>("effective_from");
  t.version = row.Get<int>("version");
  t.longest_characters = row.Get<int>("longest_characters");
  t.retired = row.Get<bool>("retired");
  t.revision = row.Get<int64_t>("revision");
  t.created_at = row.Get<absl::Time>("created_at");
  t.updated_at = row.Get<absl::Time>("updated_at");
  return t;
}

CadencePolicy ReadCadence(const pg::Row& row) {
  CadencePolicy c;
  c.id = row.Get<CadenceId>("id");
  c.program = row.Get<std::string>("program");
  c.visit_type = row.Get<std::string>("visit_type");
  c.effective_from = row.Get<absl::CivilDay>("effective_from");
  c.effective_until = row.Get<std::optional<absl::CivilDay>>("effective_until");
  c.confirm_by_minutes = row.Get<int>("confirm_by_minutes");
  c.driver_required = row.Get<bool>("driver_required");
  c.driver_by_minutes = row.Get<int>("driver_by_minutes");
  c.fasting_food_minutes = row.Get<int>("fasting_food_minutes");
  c.fasting_liquids_minutes = row.Get<int>("fasting_liquids_minutes");
  c.least_lead_minutes = row.Get<int>("least_lead_minutes");
  c.created_at = row.Get<absl::Time>("created_at");
  return c;
}

CadenceStep ReadStep(const pg::Row& row) {
  CadenceStep s;
  s.step_id = row.Get<std::string>("step_id");
  s.purpose = GetEnum<Purpose>(row, "purpose");
  s.offset_minutes = row.Get<int>("offset_minutes");
  s.channels = GetChannels(row, "channels");
  s.asks_confirmation = row.Get<bool>("asks_confirmation");
  s.first_session_only = row.Get<bool>("first_session_only");
  return s;
}

MessagingPolicy ReadPolicy(const pg::Row& row) {
  MessagingPolicy p;
  p.id = row.Get<PolicyId>("id");
  p.effective_from = row.Get<absl::CivilDay>("effective_from");
  p.effective_until = row.Get<std::optional<absl::CivilDay>>("effective_until");
  p.window = {row.Get<int>("send_from_minute"), row.Get<int>("send_until_minute")};
  p.consented_per_day = row.Get<int>("consented_per_day");
  p.consented_per_week = row.Get<int>("consented_per_week");
  p.exempt_per_day = row.Get<int>("exempt_per_day");
  p.exempt_per_week = row.Get<int>("exempt_per_week");
  p.restricted_words = row.Get<std::vector<std::string>>("restricted_words");
  p.stop_scope = GetEnum<StopScope>(row, "stop_scope");
  p.link = row.Get<std::string>("link");
  p.created_at = row.Get<absl::Time>("created_at");
  return p;
}

constexpr int kAll = 100000;  // a clinic makes policies by hand

}  // namespace

std::string TimeKey(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M:%E6S+00", time, absl::UTCTimeZone()); }

std::vector<std::string> TemplateKeys(const MessageTemplate& t) {
  return {absl::StrCat(static_cast<int>(t.purpose)), absl::StrCat(static_cast<int>(t.channel)), t.program, t.visit_type,
          t.language, t.code, absl::StrCat(-t.version)};
}

absl::StatusOr<int> PgConfigurationTables::LatestTemplateVersion(const MessageTemplate& like) {
  RETURN_IF_ERROR(db_.Query("select pg_advisory_xact_lock(hashtextextended('messaging.templates.' || $1::text, 0))", {clinic_}).status());
  ASSIGN_OR_RETURN(const pg::Row row, db_.QueryOne(R"(
      select coalesce(max(version), 0) as latest from message_templates
      where purpose = $1 and channel = $2 and program = $3 and visit_type = $4 and language = $5 and code = $6)",
                                                   {Number(like.purpose), Number(like.channel), like.program, like.visit_type,
                                                    like.language, like.code}));
  return row.Get<int>("latest");
}

absl::Status PgConfigurationTables::InsertTemplate(const MessageTemplate& t) {
  return db_.Execute(R"(
      insert into message_templates (clinic, id, purpose, channel, category, program, visit_type, language, code, body, subject_line,
        effective_from, version, longest_characters, retired, revision, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18))",
                     {clinic_, t.id, Number(t.purpose), Number(t.channel), Number(t.category), t.program, t.visit_type, t.language,
                      t.code, t.body, t.subject_line, t.effective_from, t.version, t.longest_characters, t.retired, t.revision,
                      t.created_at, t.updated_at})
      .status();
}

absl::Status PgConfigurationTables::UpdateTemplate(const MessageTemplate& t) {
  return db_.Execute("update message_templates set retired = $2, revision = $3, updated_at = $4 where id = $1",
                     {t.id, t.retired, t.revision, t.updated_at})
      .status();
}

absl::StatusOr<MessageTemplate> PgConfigurationTables::GetTemplate(const TemplateId& id, bool for_update) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                   db_.QueryOptional(for_update ? "select * from message_templates where id = $1 for update"
                                                : "select * from message_templates where id = $1",
                                     {id}));
  if (!row) return ResourceNotFound("message template");
  return ReadTemplate(*row);
}

absl::StatusOr<std::vector<MessageTemplate>> PgConfigurationTables::ListTemplates(const TemplateFilter& filter, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from message_templates
      where ($1 = 0 or purpose = $1) and ($2 = 0 or channel = $2) and ($3 or not retired)
        and ($5::integer is null
             or (purpose, channel, program, visit_type, language, code, -version)
              > ($5::integer, $6::integer, $7::text, $8::text, $9::text, $10::text, $11::integer))
      order by purpose, channel, program, visit_type, language, code, -version limit $4)",
                                                  {Number(filter.purpose), Number(filter.channel), filter.with_retired, slice.limit,
                                                   After(slice, 0), After(slice, 1), After(slice, 2), After(slice, 3),
                                                   After(slice, 4), After(slice, 5), After(slice, 6)}));
  return ReadAll(rows, ReadTemplate);
}

absl::StatusOr<std::vector<MessageTemplate>> PgConfigurationTables::TemplatesFor(Purpose purpose, absl::string_view code) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query("select * from message_templates where purpose = $1 and code = $2 and not retired",
                                                  {Number(purpose), code}));
  return ReadAll(rows, ReadTemplate);
}

absl::Status PgConfigurationTables::InsertCadence(const CadencePolicy& c) {
  RETURN_IF_ERROR(db_.Execute(R"(
      insert into cadence_policies (clinic, id, program, visit_type, effective_from, effective_until, confirm_by_minutes,
        driver_required, driver_by_minutes, fasting_food_minutes, fasting_liquids_minutes, least_lead_minutes, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))",
                              {clinic_, c.id, c.program, c.visit_type, c.effective_from, c.effective_until, c.confirm_by_minutes,
                               c.driver_required, c.driver_by_minutes, c.fasting_food_minutes, c.fasting_liquids_minutes,
                               c.least_lead_minutes, c.created_at})
                      .status());
  for (size_t i = 0; i < c.steps.size(); ++i) {
    const CadenceStep& s = c.steps[i];
    RETURN_IF_ERROR(db_.Execute(R"(
        insert into cadence_steps (clinic, cadence, position, step_id, purpose, offset_minutes, channels, asks_confirmation,
          first_session_only)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9))",
                                {clinic_, c.id, static_cast<int>(i), s.step_id, Number(s.purpose), s.offset_minutes,
                                 ChannelNumbers(s.channels), s.asks_confirmation, s.first_session_only})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CadencePolicy>> PgConfigurationTables::Cadences(absl::string_view id, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from cadence_policies
      where ($1 = '' or id = $1) and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4::text))
      order by created_at desc, id desc limit $2)",
                                                  {id, slice.limit == 0 ? kAll : slice.limit, After(slice, 0), After(slice, 1)}));
  std::vector<CadencePolicy> cadences = ReadAll(rows, ReadCadence);
  std::map<CadenceId, CadencePolicy*> by_id;
  std::vector<std::string> ids;
  for (CadencePolicy& cadence : cadences) {
    by_id[cadence.id] = &cadence;
    ids.push_back(cadence.id.str());
  }
  ASSIGN_OR_RETURN(const pg::Rows steps,
                   db_.Query("select * from cadence_steps where cadence = any ($1::text[]) order by cadence, position", {ids}));
  for (const pg::Row& step : steps) by_id.at(step.Get<CadenceId>("cadence"))->steps.push_back(ReadStep(step));
  return cadences;
}

absl::Status PgConfigurationTables::InsertPolicy(const MessagingPolicy& p) {
  return db_.Execute(R"(
      insert into messaging_policies (clinic, id, effective_from, effective_until, send_from_minute, send_until_minute,
        consented_per_day, consented_per_week, exempt_per_day, exempt_per_week, restricted_words, stop_scope, link, created_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))",
                     {clinic_, p.id, p.effective_from, p.effective_until, p.window.from_minute, p.window.until_minute,
                      p.consented_per_day, p.consented_per_week, p.exempt_per_day, p.exempt_per_week, p.restricted_words,
                      Number(p.stop_scope), p.link, p.created_at})
      .status();
}

absl::StatusOr<std::vector<MessagingPolicy>> PgConfigurationTables::Policies(absl::string_view id, const Slice& slice) {
  ASSIGN_OR_RETURN(const pg::Rows rows, db_.Query(R"(
      select * from messaging_policies
      where ($1 = '' or id = $1) and ($3::timestamptz is null or (created_at, id) < ($3::timestamptz, $4::text))
      order by created_at desc, id desc limit $2)",
                                                  {id, slice.limit == 0 ? kAll : slice.limit, After(slice, 0), After(slice, 1)}));
  return ReadAll(rows, ReadPolicy);
}

}  // namespace kat::messaging
