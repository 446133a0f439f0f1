#include "services/scheduling/api/wait_list_handlers.h"

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/page.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/convert_booking.h"
#include "services/scheduling/api/convert_wait_list.h"
#include "services/scheduling/domain/errors.h"
#include "services/scheduling/domain/names.h"
#include "services/scheduling/ops/events.h"
#include "services/scheduling/ops/wait_list.h"

namespace kat::scheduling {
namespace {

// The open offer of a checked name, locked before its entry, as everywhere.
absl::StatusOr<WaitListOffer> LockOpen(Tx& tx, const std::string& name) {
  ASSIGN_OR_RETURN(const WaitListOffer offer,
                   tx.wait_list().GetOffer(WaitListOfferId(rpc::LastSegment(name)), Lock::kForUpdate));
  RETURN_IF_ERROR(CheckOpen(offer, tx.now()));
  RETURN_IF_ERROR(tx.wait_list().GetEntry(offer.entry, Lock::kForUpdate).status());
  return offer;
}

std::vector<std::string> PageKeys(absl::Time created_at, const std::string& id) {
  return {absl::StrCat(absl::ToUnixMicros(created_at)), id};
}

}  // namespace

void WaitListHandlers::Register(rpc::Service& service) {
  service.Unary("CreateWaitListEntry", this, &WaitListHandlers::CreateEntry);
  service.Unary("GetWaitListEntry", this, &WaitListHandlers::GetEntry);
  service.Unary("ListWaitListEntries", this, &WaitListHandlers::ListEntries);
  service.Unary("RemoveWaitListEntry", this, &WaitListHandlers::RemoveEntry);
  service.Unary("GetWaitListOffer", this, &WaitListHandlers::GetOffer);
  service.Unary("ListWaitListOffers", this, &WaitListHandlers::ListOffers);
  service.Unary("AcceptWaitListOffer", this, &WaitListHandlers::Accept);
  service.Unary("DeclineWaitListOffer", this, &WaitListHandlers::Decline);
}

absl::StatusOr<v1::WaitListEntry> WaitListHandlers::CreateEntry(rpc::Call& call,
                                                                const v1::CreateWaitListEntryRequest& request) {
  ASSIGN_OR_RETURN(WaitListEntry draft, FromProto(request.wait_list_entry()));
  RETURN_IF_ERROR(CompleteEntry(draft));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::WaitListEntry> {
    WaitListEntry entry = draft;
    entry.id = WaitListEntryId(NewId());
    entry.created_at = entry.updated_at = tx.now();
    if (!entry.appointment.empty()) {
      // Locked: where it is over first, nobody waits for it, else whatever ends it finds the entry. So is a course.
      ASSIGN_OR_RETURN(const Appointment appointment, tx.appointments().Get(entry.appointment, Lock::kForUpdate));
      if (!IsOpen(appointment.state)) {
        return WrongState("appointment", StateName(appointment.state), "wanted earlier");
      }
      if (!entry.patient.empty() && entry.patient != appointment.patient) {
        return InvalidField("wait_list_entry.patient", "is not the patient of the appointment");
      }
      entry.patient = appointment.patient;
    } else if (entry.course.empty()) {
      ASSIGN_OR_RETURN(const VisitType type, tx.visit_types().Get(entry.visit_type));
      if (type.dosing) return BelongsToCourse();
    } else {
      ASSIGN_OR_RETURN(const Course course, tx.courses().Get(entry.course, Lock::kForUpdate));
      if (course.state == CourseState::kStopped) return WrongState("course", "STOPPED", "waited for");
      if (!entry.patient.empty() && entry.patient != course.patient) {
        return InvalidField("wait_list_entry.patient", "is not the patient of the course");
      }
      entry.patient = course.patient;
    }
    RETURN_IF_ERROR(tx.wait_list().InsertEntry(entry));
    RETURN_IF_ERROR(Publish(tx, entry, "created"));
    return ToProto(tx.clinic(), entry);
  });
}

absl::StatusOr<v1::WaitListEntry> WaitListHandlers::GetEntry(rpc::Call& call,
                                                             const v1::GetWaitListEntryRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::WaitListEntry> {
    ASSIGN_OR_RETURN(const WaitListEntry entry,
                     tx.wait_list().GetEntry(WaitListEntryId(rpc::LastSegment(request.name()))));
    return ToProto(tx.clinic(), entry);
  });
}

absl::StatusOr<v1::ListWaitListEntriesResponse> WaitListHandlers::ListEntries(
    rpc::Call& call, const v1::ListWaitListEntriesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  std::optional<WaitState> state;
  if (request.state() != v1::WaitListEntry::STATE_UNSPECIFIED) state = static_cast<WaitState>(request.state());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListWaitListEntriesResponse> {
    ASSIGN_OR_RETURN(std::vector<WaitListEntry> rows,
                     tx.wait_list().ListEntries(state, {.after = page.after, .limit = page.size + 1}));
    v1::ListWaitListEntriesResponse response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, rows, [](const WaitListEntry& last) { return PageKeys(last.created_at, last.id.str()); }));
    for (const WaitListEntry& row : rows) *response.add_wait_list_entries() = ToProto(tx.clinic(), row);
    return response;
  });
}

absl::StatusOr<v1::WaitListEntry> WaitListHandlers::RemoveEntry(rpc::Call& call,
                                                                const v1::RemoveWaitListEntryRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::WaitListEntry> {
    ASSIGN_OR_RETURN(WaitListEntry entry,
                     tx.wait_list().GetEntry(WaitListEntryId(rpc::LastSegment(request.name())), Lock::kForUpdate));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), entry.version, "wait list entry"));
    if (entry.state != WaitState::kWaiting) return WrongState("wait list entry", StateName(entry.state), "removed");
    entry.state = WaitState::kRemoved;
    ++entry.version;
    entry.updated_at = tx.now();
    RETURN_IF_ERROR(tx.wait_list().UpdateEntry(entry));
    RETURN_IF_ERROR(Publish(tx, entry, "removed"));
    return ToProto(tx.clinic(), entry);
  });
}

absl::StatusOr<v1::WaitListOffer> WaitListHandlers::GetOffer(rpc::Call& call,
                                                             const v1::GetWaitListOfferRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::WaitListOffer> {
    ASSIGN_OR_RETURN(const WaitListOffer offer,
                     tx.wait_list().GetOffer(WaitListOfferId(rpc::LastSegment(request.name()))));
    return ToProto(tx.clinic(), offer);
  });
}

absl::StatusOr<v1::ListWaitListOffersResponse> WaitListHandlers::ListOffers(
    rpc::Call& call, const v1::ListWaitListOffersRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ParsePage(request));
  std::optional<OfferState> state;
  if (request.state() != v1::WaitListOffer::STATE_UNSPECIFIED) state = static_cast<OfferState>(request.state());
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::ListWaitListOffersResponse> {
    ASSIGN_OR_RETURN(std::vector<WaitListOffer> rows,
                     tx.wait_list().ListOffers(WaitListEntryId(rpc::LastSegment(request.entry())), state,
                                               {.after = page.after, .limit = page.size + 1}));
    v1::ListWaitListOffersResponse response;
    response.set_next_page_token(rpc::FinishPage(
        request, page, rows, [](const WaitListOffer& last) { return PageKeys(last.created_at, last.id.str()); }));
    for (const WaitListOffer& row : rows) *response.add_wait_list_offers() = ToProto(tx.clinic(), row);
    return response;
  });
}

absl::StatusOr<v1::AcceptWaitListOfferResponse> WaitListHandlers::AcceptBlock(
    rpc::Call& call, const v1::AcceptWaitListOfferRequest& request, const HoldId& hold) {
  return bookings_.BookGated<v1::AcceptWaitListOfferResponse>(
      call, request, request.request_id(), {.hold = hold, .require_coverage = request.require_coverage()},
      [&](Tx& tx, const BlockOrder& order) -> absl::StatusOr<v1::AcceptWaitListOfferResponse> {
        ASSIGN_OR_RETURN(const WaitListOffer offer, LockOpen(tx, request.name()));
        ASSIGN_OR_RETURN(const BookedBlock booked, Book(tx, order));
        ASSIGN_OR_RETURN(const WaitListOffer accepted, AcceptOffer(tx, offer, booked.appointments[0].id));
        v1::AcceptWaitListOfferResponse out;
        *out.mutable_wait_list_offer() = ToProto(tx.clinic(), accepted);
        *out.mutable_block() = ToProto(tx.clinic(), booked.course.id, booked.block);
        for (const Appointment& appointment : booked.appointments) {
          *out.add_appointments() = ToProto(tx.clinic(), appointment);
        }
        return out;
      });
}

absl::StatusOr<v1::AcceptWaitListOfferResponse> WaitListHandlers::AcceptMove(
    rpc::Call& call, const v1::AcceptWaitListOfferRequest& request, const WaitListOffer& offer) {
  GateQuestion question;
  RETURN_IF_ERROR(store_.Run({.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true},
                             [&](Tx& tx) -> absl::Status {
                               ASSIGN_OR_RETURN(const OfferedMove move, CheckOfferedMove(tx, offer, Lock::kNo));
                               question = GateQuestion();
                               if (!offer.course.empty()) question = QuestionOfMoves(move.facts, move.moved);
                               return absl::OkStatus();
                             }));
  question.allow_conditional = !request.require_coverage();
  ASSIGN_OR_RETURN(GateAnswer answer, gates_.AskForMove(call, question));
  if (!answer.unmet.empty()) return MoveRefused(std::move(answer.unmet));
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::AcceptWaitListOfferResponse> {
    ASSIGN_OR_RETURN(const WaitListOffer open, LockOpen(tx, request.name()));
    ASSIGN_OR_RETURN(OfferedMove move, CheckOfferedMove(tx, open, Lock::kForUpdate));
    ASSIGN_OR_RETURN(const Appointment moved, MoveToOffer(tx, open, std::move(move), answer.conditional));
    ASSIGN_OR_RETURN(const WaitListOffer accepted, AcceptOffer(tx, open, moved.id));
    v1::AcceptWaitListOfferResponse out;
    *out.mutable_wait_list_offer() = ToProto(tx.clinic(), accepted);
    *out.add_appointments() = ToProto(tx.clinic(), moved);
    return out;
  });
}

absl::StatusOr<v1::AcceptWaitListOfferResponse> WaitListHandlers::Accept(
    rpc::Call& call, const v1::AcceptWaitListOfferRequest& request) {
  ASSIGN_OR_RETURN(const auto replayed, call.Replayed<v1::AcceptWaitListOfferResponse>(store_));
  if (replayed) return *replayed;
  const auto look = [&](WaitListOffer* offer) {
    return store_.Run(
        {.clinic = call.clinic(), .deadline = call.deadline(), .read_only = true}, [&](Tx& tx) -> absl::Status {
          ASSIGN_OR_RETURN(*offer, tx.wait_list().GetOffer(WaitListOfferId(rpc::LastSegment(request.name()))));
          return CheckOpen(*offer, tx.now());
        });
  };
  WaitListOffer offer;
  RETURN_IF_ERROR(look(&offer));
  if (!offer.hold.empty()) {
    absl::StatusOr<v1::AcceptWaitListOfferResponse> booked = AcceptBlock(call, request, offer.hold);
    // Whoever was first has ended the hold: what that means for the offer is the better answer.
    if (ErrorReason(booked.status()) == "HOLD_ENDED") RETURN_IF_ERROR(look(&offer));
    return booked;
  }
  if (!offer.moves.empty()) return AcceptMove(call, request, offer);
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::AcceptWaitListOfferResponse> {
    ASSIGN_OR_RETURN(const WaitListOffer open, LockOpen(tx, request.name()));
    ASSIGN_OR_RETURN(const Appointment appointment, BookOffer(tx, open));
    ASSIGN_OR_RETURN(const WaitListOffer accepted, AcceptOffer(tx, open, appointment.id));
    v1::AcceptWaitListOfferResponse out;
    *out.mutable_wait_list_offer() = ToProto(tx.clinic(), accepted);
    *out.add_appointments() = ToProto(tx.clinic(), appointment);
    return out;
  });
}

absl::StatusOr<v1::WaitListOffer> WaitListHandlers::Decline(rpc::Call& call,
                                                            const v1::DeclineWaitListOfferRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::WaitListOffer> {
    ASSIGN_OR_RETURN(const WaitListOffer offer, LockOpen(tx, request.name()));
    ASSIGN_OR_RETURN(const WaitListOffer declined, EndOffer(tx, offer, OfferState::kDeclined));
    return ToProto(tx.clinic(), declined);
  });
}

}  // namespace kat::scheduling
