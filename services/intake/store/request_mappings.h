#ifndef KAT_SERVICES_INTAKE_STORE_REQUEST_MAPPINGS_H_
#define KAT_SERVICES_INTAKE_STORE_REQUEST_MAPPINGS_H_

#include "services/intake/store/evidence_mappings.h"

// How what is asked of others, signed and filed lies in its tables (migration 0005).
namespace kat::intake {

template <>
struct Mapping<Document> {
  static constexpr const char* kTable = "documents";
  static constexpr const char* kResource = "document";
  static constexpr const char* kStateColumn = "state";
  static constexpr const char* kKeyColumn = "type";
  static constexpr const char* kDateColumn = "document_date";
  static inline const Columns kColumns = {
      "type",       "loinc_code", "title", "media_type",     "document_date", "author", "external_reference",
      "size_bytes", "sha256",     "state", "retract_reason", "recorded_by"};
  static std::vector<pg::Param> Values(const Document& d) {
    return {d.type,           d.loinc_code,         d.title,      d.media_type, d.document_date,
            d.author,         d.external_reference, d.size_bytes, d.sha256,     Number(d.state),
            d.retract_reason, d.recorded_by};
  }
  static void Read(const pg::Row& row, Document& d) {
    d.type = row.Get<std::string>("type");
    d.loinc_code = row.Get<std::string>("loinc_code");
    d.title = row.Get<std::string>("title");
    d.media_type = row.Get<std::string>("media_type");
    d.document_date = row.Get<absl::CivilDay>("document_date");
    d.author = row.Get<std::string>("author");
    d.external_reference = row.Get<std::string>("external_reference");
    d.size_bytes = row.Get<int64_t>("size_bytes");
    d.sha256 = row.Get<std::string>("sha256");
    d.state = EnumOf<DocumentState>(row, "state");
    d.retract_reason = row.Get<std::string>("retract_reason");
    d.recorded_by = row.Get<std::string>("recorded_by");
  }
};

template <>
struct Mapping<RecordsRequest> {
  static constexpr const char* kTable = "records_requests";
  static constexpr const char* kResource = "records request";
  static constexpr const char* kStateColumn = "state";
  static constexpr const char* kKeyColumn = "";
  static constexpr const char* kDateColumn = "";
  static inline const Columns kColumns = {"provider",       "basis",          "record_types",   "release",
                                          "state",          "channel",        "send_reference", "sent_at",
                                          "follow_ups_due", "next_follow_up", "documents",      "received_date",
                                          "state_note",     "version",        "updated_at",     "part2_program"};
  static std::vector<pg::Param> Values(const RecordsRequest& r) {
    std::vector<std::string> documents;
    for (const DocumentId& id : r.documents) documents.push_back(id.str());
    return {ToJson(r.provider), Number(r.basis),   r.record_types,   ToJson(r.release),
            Number(r.state),    Number(r.channel), r.send_reference, r.send_time,
            r.follow_ups_due,   r.next_follow_up,  documents,        r.received_date,
            r.state_note,       r.version,         r.update_time,    r.part2_program};
  }
  static void Read(const pg::Row& row, RecordsRequest& r) {
    r.provider = JsonOf<Provider>(row, "provider");
    r.basis = EnumOf<RecordsBasis>(row, "basis");
    r.record_types = row.Get<std::vector<std::string>>("record_types");
    r.release = JsonOf<ReleaseOfInformation>(row, "release");
    r.state = EnumOf<RecordsState>(row, "state");
    r.channel = EnumOf<RecordsChannel>(row, "channel");
    r.send_reference = row.Get<std::string>("send_reference");
    r.send_time = row.Get<std::optional<absl::Time>>("sent_at");
    r.follow_ups_due = row.Get<int>("follow_ups_due");
    r.next_follow_up = row.Get<std::optional<absl::Time>>("next_follow_up");
    r.documents.clear();
    for (const std::string& id : row.Get<std::vector<std::string>>("documents")) r.documents.emplace_back(id);
    r.received_date = row.Get<std::optional<absl::CivilDay>>("received_date");
    r.state_note = row.Get<std::string>("state_note");
    r.version = row.Get<int64_t>("version");
    r.update_time = row.Get<absl::Time>("updated_at");
    r.part2_program = row.Get<bool>("part2_program");
  }
};

template <>
struct Mapping<Clearance> {
  static constexpr const char* kTable = "clearances";
  static constexpr const char* kResource = "clearance";
  static constexpr const char* kStateColumn = "state";
  static constexpr const char* kKeyColumn = "kind";
  static constexpr const char* kDateColumn = "";
  static inline const Columns kColumns = {"kind",       "clinician",  "question",      "state",         "due_at",
                                          "document",   "conditions", "decision_date", "valid_through", "decided_by",
                                          "state_note", "version",    "updated_at"};
  static std::vector<pg::Param> Values(const Clearance& c) {
    return {c.kind,          ToJson(c.clinician), c.question,   Number(c.state), c.due_at,  c.document,   c.conditions,
            c.decision_date, c.valid_through,     c.decided_by, c.state_note,    c.version, c.update_time};
  }
  static void Read(const pg::Row& row, Clearance& c) {
    c.kind = row.Get<std::string>("kind");
    c.clinician = JsonOf<Provider>(row, "clinician");
    c.question = row.Get<std::string>("question");
    c.state = EnumOf<ClearanceState>(row, "state");
    c.due_at = row.Get<absl::Time>("due_at");
    c.document = row.Get<DocumentId>("document");
    c.conditions = row.Get<std::string>("conditions");
    c.decision_date = row.Get<std::optional<absl::CivilDay>>("decision_date");
    c.valid_through = row.Get<std::optional<absl::CivilDay>>("valid_through");
    c.decided_by = row.Get<std::string>("decided_by");
    c.state_note = row.Get<std::string>("state_note");
    c.version = row.Get<int64_t>("version");
    c.update_time = row.Get<absl::Time>("updated_at");
  }
};

template <>
struct Mapping<Consent> {
  static constexpr const char* kTable = "consents";
  static constexpr const char* kResource = "consent";
  static constexpr const char* kStateColumn = "";
  static constexpr const char* kKeyColumn = "consent_key";
  static constexpr const char* kDateColumn = "signed_date";
  static inline const Columns kColumns = {"consent_template",    "consent_key",   "content_hash", "template_from",
                                          "accepted_statements", "signature",     "signed_date",  "valid_through",
                                          "revoked_at",          "revoke_reason", "recorded_by"};
  static std::vector<pg::Param> Values(const Consent& c) {
    return {c.consent_template,    c.consent_key,       c.content_hash, c.template_from,
            c.accepted_statements, ToJson(c.signature), c.signed_date,  c.valid_through,
            c.revoke_time,         c.revoke_reason,     c.recorded_by};
  }
  static void Read(const pg::Row& row, Consent& c) {
    c.consent_template = row.Get<ConsentTemplateId>("consent_template");
    c.consent_key = row.Get<std::string>("consent_key");
    c.content_hash = row.Get<std::string>("content_hash");
    c.template_from = row.Get<absl::CivilDay>("template_from");
    c.accepted_statements = row.Get<std::vector<std::string>>("accepted_statements");
    c.signature = JsonOf<Signature>(row, "signature");
    c.signed_date = row.Get<absl::CivilDay>("signed_date");
    c.valid_through = row.Get<std::optional<absl::CivilDay>>("valid_through");
    c.revoke_time = row.Get<std::optional<absl::Time>>("revoked_at");
    c.revoke_reason = row.Get<std::string>("revoke_reason");
    c.recorded_by = row.Get<std::string>("recorded_by");
  }
};

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_STORE_REQUEST_MAPPINGS_H_
