#include "services/messaging/effects/reply_effects.h"

#include <algorithm>
#include <set>

#include "libs/base/status_macros.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/domain/sending.h"
#include "services/messaging/effects/message_effects.h"
#include "services/messaging/effects/names.h"
#include "services/messaging/effects/work_effects.h"

namespace kat::messaging {
namespace {

constexpr char kBySelf[] = "service:messaging";

std::map<std::string, std::string> RelatedTo(const ClinicId& clinic, const Reply& reply) {
  std::map<std::string, std::string> related;
  if (!reply.patient.empty()) related["patient"] = names::Of(clinic, reply.patient);
  if (!reply.message.empty()) related["message"] = names::Of(clinic, reply.message);
  return related;
}

absl::Status SendAnswer(Tx& tx, const Reply& reply, Answer answer, bool everything) {
  ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
  return PlanAnswer(tx, reply, AnswerText(answer, everything, clinic.display_name, clinic.phone));
}

// The question that a yes answers: the latest asked of the one patient at this number; nullptr where there is none, or more than one patient.
const PatientMessage* FindQuestion(const std::vector<PatientMessage>& questions, absl::Time now) {
  const PatientMessage* latest = nullptr;
  std::set<PatientId> patients;
  for (const PatientMessage& question : questions) {
    if (!question.appointment_start || *question.appointment_start <= now) continue;
    patients.insert(question.patient);
    if (latest == nullptr) latest = &question;
  }
  return patients.size() == 1 ? latest : nullptr;
}

absl::Status Stop(Tx& tx, const Reply& reply, const std::vector<PatientMessage>& last, const std::vector<StoppedNumber>& stopped) {
  absl::StatusOr<MessagingPolicy> policy = PolicyToday(tx);
  const bool by_category = policy.ok() && policy->stop_scope == StopScope::kCategory;
  const bool everything = reply.meaning == Meaning::kStopAll || !by_category || last.empty();
  const Category category = everything ? Category::kNone : last.front().category;
  const bool had_stopped = std::any_of(stopped.begin(), stopped.end(), [&](const StoppedNumber& stop) {
    return stop.category == category || stop.category == Category::kNone;
  });
  RETURN_IF_ERROR(tx.StopNumber(reply.from_address, category, tx.now()));
  const Consent said{everything ? Channel::kNone : Channel::kSms, category, ConsentState::kRevoked, ConsentSource::kReply, tx.now(),
                     kBySelf};
  for (const PatientMessage& message : last) {
    if (!message.patient.empty()) RETURN_IF_ERROR(KeepConsent(tx, message.patient, said, reply.body).status());
  }
  // One text confirms a revocation, 47 CFR 64.1200(a)(12); a second STOP gets none.
  return had_stopped ? absl::OkStatus() : SendAnswer(tx, reply, Answer::kStopped, everything);
}

absl::Status Start(Tx& tx, const Reply& reply, const std::vector<PatientMessage>& last) {
  RETURN_IF_ERROR(tx.StartNumber(reply.from_address));
  for (const PatientMessage& message : last) {
    if (message.patient.empty()) continue;
    ASSIGN_OR_RETURN(const ContactPreferences preferences, tx.GetPreferences(message.patient, true));
    const auto grant = [&](Channel channel, Category category) {
      return KeepConsent(tx, message.patient,
                         {channel, category, ConsentState::kGranted, ConsentSource::kReply, tx.now(), kBySelf}, reply.body)
          .status();
    };
    if (preferences.all_revoked) {
      RETURN_IF_ERROR(grant(Channel::kNone, Category::kNone));
      continue;
    }
    for (const Consent& consent : preferences.consents) {
      const bool by_reply = consent.state == ConsentState::kRevoked && consent.source == ConsentSource::kReply;
      if (consent.channel == Channel::kSms && by_reply && consent.category != Category::kMarketing) {
        RETURN_IF_ERROR(grant(consent.channel, consent.category));
      }
    }
  }
  return SendAnswer(tx, reply, Answer::kStarted, false);
}

}  // namespace

absl::Status GiveToPerson(Tx& tx, Reply& reply, int64_t version) {
  reply.needs_person = true;
  RETURN_IF_ERROR(tx.UpdateReply(reply));
  return Tell(tx, {.type = "reply.received",
                   .subject = names::Of(tx.clinic(), reply.id),
                   .subject_version = version,
                   .related = RelatedTo(tx.clinic(), reply),
                   .work = tx::Work{.kind = kReplyToRead, .role = kAssistantRole, .urgency = tx::Work::Urgency::kSoon}});
}

absl::StatusOr<Reply> TakeReply(Tx& tx, Reply reply) {
  ASSIGN_OR_RETURN(const std::optional<Reply> before, tx.FindReply(reply.carrier_message_id));
  if (before) return *before;
  ASSIGN_OR_RETURN(const std::vector<StoppedNumber> stopped, tx.StopsOf(reply.from_address));
  ASSIGN_OR_RETURN(const std::vector<PatientMessage> last, tx.LastSentTo(reply.from_address, tx.now() - limits::kReplyWindow));
  reply.id = ReplyId(NewId());
  reply.meaning = Understand(reply.body, !stopped.empty());
  if (last.size() == 1) reply.patient = last.front().patient;
  if (!last.empty()) reply.message = last.front().id;

  bool for_person = reply.meaning == Meaning::kReschedule || reply.meaning == Meaning::kOther;
  bool confirms = false;
  if (reply.meaning == Meaning::kConfirm) {
    ASSIGN_OR_RETURN(const std::vector<PatientMessage> questions,
                     tx.OpenQuestionsTo(reply.from_address, tx.now() - limits::kReplyWindow));
    const PatientMessage* question = FindQuestion(questions, tx.now());
    confirms = question != nullptr;
    for_person = !confirms;
    if (confirms) {
      reply.message = question->id;
      reply.patient = question->patient;
    }
  }
  const bool stops = reply.meaning == Meaning::kStop || reply.meaning == Meaning::kStopAll;
  if (stops) for_person = NeedsPersonToo(reply.body);

  RETURN_IF_ERROR(tx.InsertReply(reply));
  if (confirms) RETURN_IF_ERROR(tx.Schedule({.kind = kReplyJob, .key = reply.id.str(), .due_at = tx.now(), .payload = "{}"}));
  if (stops) RETURN_IF_ERROR(Stop(tx, reply, last, stopped));
  if (reply.meaning == Meaning::kStart) RETURN_IF_ERROR(Start(tx, reply, last));
  if (reply.meaning == Meaning::kHelp) RETURN_IF_ERROR(SendAnswer(tx, reply, Answer::kHelp, false));
  if (for_person) {
    RETURN_IF_ERROR(GiveToPerson(tx, reply, 1));
  } else {
    RETURN_IF_ERROR(Tell(tx, {.type = "reply.received",
                              .subject = names::Of(tx.clinic(), reply.id),
                              .subject_version = 1,
                              .related = RelatedTo(tx.clinic(), reply)}));
  }
  return reply;
}

}  // namespace kat::messaging
