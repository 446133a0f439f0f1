#include "services/intake/domain/records_request.h"

#include <algorithm>
#include <array>

#include "libs/base/business_time.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/intake/domain/errors.h"

namespace kat::intake {
namespace {

using S = RecordsState;
constexpr auto kNo = static_cast<S>(0);

// Columns: request signature, sign, send, send unsigned, acknowledge, receive part, receive all, review, reject, give
// up, expire, revoke.
constexpr std::array<std::array<S, 12>, 12> kRecordsTable = {{
    // DRAFTED
    {S::kAwaitingSignature, kNo, kNo, S::kSent, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kRevoked},
    // AWAITING_SIGNATURE
    {kNo, S::kSigned, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kExpired, S::kRevoked},
    // SIGNED
    {kNo, kNo, S::kSent, kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kExpired, S::kRevoked},
    // SENT
    {kNo, kNo, S::kSent, S::kSent, S::kAcknowledged, S::kPartiallyReceived, S::kReceived, kNo, S::kRejected,
     S::kNoResponse, S::kExpired, S::kRevoked},
    // ACKNOWLEDGED
    {kNo, kNo, kNo, kNo, kNo, S::kPartiallyReceived, S::kReceived, kNo, S::kRejected, S::kNoResponse, S::kExpired,
     S::kRevoked},
    // PARTIALLY_RECEIVED
    {kNo, kNo, kNo, kNo, kNo, S::kPartiallyReceived, S::kReceived, kNo, S::kRejected, S::kNoResponse, S::kExpired,
     S::kRevoked},
    // RECEIVED
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, S::kReviewed, kNo, kNo, kNo, kNo},
    // REVIEWED
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo},
    // REJECTED
    {kNo, kNo, S::kSent, S::kSent, kNo, kNo, kNo, kNo, kNo, kNo, S::kExpired, S::kRevoked},
    // NO_RESPONSE: a late answer is welcome
    {kNo, kNo, S::kSent, S::kSent, S::kAcknowledged, S::kPartiallyReceived, S::kReceived, kNo, S::kRejected, kNo,
     S::kExpired, S::kRevoked},
    // EXPIRED
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo},
    // REVOKED
    {kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo, kNo},
}};

// Records that are released on a basis of their own and by themselves.
struct ApartNotes {
  absl::string_view record_type;
  RecordsBasis basis;
  absl::Status (*combined)();
};
constexpr ApartNotes kApartNotes[] = {
    {"psychotherapy-notes", RecordsBasis::kPsychotherapyNotes, PsychotherapyNotesCombined},
    {"substance-use-counseling-notes", RecordsBasis::kCounselingNotes, CounselingNotesCombined}};

absl::CivilDay SentOn(const RecordsRequest& request, absl::TimeZone zone) { return DayAt(*request.send_time, zone); }

}  // namespace

std::optional<RecordsState> NextRecordsState(RecordsState state, RecordsEvent event) {
  const RecordsState next = kRecordsTable[static_cast<size_t>(state) - 1][static_cast<size_t>(event)];
  return next == kNo ? std::nullopt : std::optional(next);
}

absl::string_view RecordsStateName(RecordsState state) {
  static constexpr const char* kNames[] = {"DRAFTED",      "AWAITING_SIGNATURE", "SIGNED",   "SENT",
                                           "ACKNOWLEDGED", "PARTIALLY_RECEIVED", "RECEIVED", "REVIEWED",
                                           "REJECTED",     "NO_RESPONSE",        "EXPIRED",  "REVOKED"};
  return kNames[static_cast<size_t>(state) - 1];
}

bool AwaitsAnswer(RecordsState state) {
  return state == S::kSent || state == S::kAcknowledged || state == S::kPartiallyReceived;
}

std::vector<std::string> MissingElements(const ReleaseOfInformation& release, absl::CivilDay day, bool signed_too) {
  std::vector<std::string> missing;
  const auto need = [&](bool there, const char* element) {
    if (!there) missing.push_back(element);
  };
  need(!release.description.empty(), "DESCRIPTION");
  need(!release.discloser.empty(), "DISCLOSER");
  need(!release.recipient.empty(), "RECIPIENT");
  need(!release.purpose.empty(), "PURPOSE");
  need(release.expiration_date ? *release.expiration_date >= day : !release.expiration_event.empty(), "EXPIRATION");
  need(release.states_right_to_revoke, "REVOCATION_STATEMENT");
  need(release.states_conditioning, "CONDITIONING_STATEMENT");
  need(release.states_redisclosure, "REDISCLOSURE_STATEMENT");
  if (signed_too) {
    need(release.signature && !release.signature->signer_name.empty(), "SIGNATURE");
    need(!release.signature || release.signature->capacity == Capacity::kSelf || !release.signature->authority.empty(),
         "REPRESENTATIVE_AUTHORITY");
  }
  return missing;
}

absl::Status ValidateDraft(const RecordsRequest& request) {
  std::vector<FieldViolation> wrong;
  if (request.provider.display_name.empty() && request.provider.organization.empty()) {
    wrong.push_back({"records_request.provider", "needs a display_name or an organization"});
  }
  if (!request.provider.npi.empty() && !IsValidNpi(request.provider.npi)) {
    wrong.push_back({"records_request.provider.npi", "has a wrong check digit"});
  }
  if (static_cast<int>(request.basis) == 0) wrong.push_back({"records_request.basis", "is required"});
  if (request.record_types.empty()) wrong.push_back({"records_request.record_types", "is required"});
  if (!wrong.empty()) return InvalidFields(std::move(wrong));

  const std::vector<std::string>& types = request.record_types;
  for (const ApartNotes& notes : kApartNotes) {
    const bool asked = std::find(types.begin(), types.end(), notes.record_type) != types.end();
    if (asked != (request.basis == notes.basis) || (asked && types.size() > 1)) return notes.combined();
  }
  return request.part2_program && request.basis == RecordsBasis::kTreatment ? Part2ConsentRequired() : absl::OkStatus();
}

absl::Status AdvanceRecords(RecordsRequest& request, RecordsEvent event, absl::string_view action) {
  const std::optional<RecordsState> next = NextRecordsState(request.state, event);
  if (!next) return WrongState("records request", RecordsStateName(request.state), action);
  request.state = *next;
  if (!AwaitsAnswer(*next)) request.next_follow_up.reset();
  return absl::OkStatus();
}

absl::Status RequestSignature(RecordsRequest& request, absl::CivilDay today) {
  if (request.basis == RecordsBasis::kTreatment) return ReleaseNotNeeded();
  RETURN_IF_ERROR(AdvanceRecords(request, RecordsEvent::kRequestSignature, "be given for signature"));
  const std::vector<std::string> missing = MissingElements(request.release, today, false);
  return missing.empty() ? absl::OkStatus() : ReleaseIncomplete("recordsRequests/" + request.id.str(), missing);
}

absl::Status SignRelease(RecordsRequest& request, const Signature& signature, bool copy_given, absl::CivilDay today,
                         absl::Time now) {
  RETURN_IF_ERROR(AdvanceRecords(request, RecordsEvent::kSign, "be signed"));
  if (signature.method == SignatureMethod::kVerbal) {
    return InvalidField("signature.method", "an authorization is signed, not spoken (45 CFR 164.508(c)(1)(vi))");
  }
  request.release.signature = signature;
  request.release.copy_given = copy_given;
  const std::vector<std::string> missing = MissingElements(request.release, today, true);
  if (!missing.empty()) return ReleaseIncomplete("recordsRequests/" + request.id.str(), missing);
  return ValidateSignature(signature, "signature", now);
}

absl::Status SendRequest(RecordsRequest& request, RecordsChannel channel, absl::string_view reference,
                         const std::vector<int>& follow_up_days, absl::TimeZone zone, absl::Time now) {
  const bool unsigned_basis = request.basis == RecordsBasis::kTreatment;
  RETURN_IF_ERROR(
      AdvanceRecords(request, unsigned_basis ? RecordsEvent::kSendUnsigned : RecordsEvent::kSend, "be sent"));
  if (!unsigned_basis) {
    const std::vector<std::string> missing = MissingElements(request.release, DayAt(now, zone), true);
    if (!missing.empty()) return ReleaseIncomplete("recordsRequests/" + request.id.str(), missing);
  }
  request.channel = channel;
  request.send_reference = std::string(reference);
  request.send_time = now;
  request.follow_ups_due = 0;
  request.next_follow_up.reset();
  if (!follow_up_days.empty()) request.next_follow_up = InstantOf(SentOn(request, zone) + follow_up_days[0], 0, zone);
  return absl::OkStatus();
}

absl::Status ReceiveRecords(RecordsRequest& request, const std::vector<DocumentId>& documents, bool complete,
                            absl::CivilDay today) {
  RETURN_IF_ERROR(
      AdvanceRecords(request, complete ? RecordsEvent::kReceiveAll : RecordsEvent::kReceivePart, "receive records"));
  for (const DocumentId& document : documents) {
    if (std::find(request.documents.begin(), request.documents.end(), document) == request.documents.end()) {
      request.documents.push_back(document);
    }
  }
  request.received_date = today;
  return absl::OkStatus();
}

bool CountFollowUp(RecordsRequest& request, const std::vector<int>& follow_up_days, absl::TimeZone zone) {
  ++request.follow_ups_due;
  request.next_follow_up.reset();
  if (request.follow_ups_due >= static_cast<int>(follow_up_days.size())) return true;
  request.next_follow_up =
      InstantOf(SentOn(request, zone) + follow_up_days[static_cast<size_t>(request.follow_ups_due)], 0, zone);
  return false;
}

}  // namespace kat::intake
