#include <algorithm>

#include "absl/strings/str_join.h"
#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/patient_converters.h"
#include "services/intake/domain/errors.h"
#include "services/intake/domain/limits.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Patients and referrals.
namespace kat::intake {
namespace {

std::string MatchNames(const DuplicateCandidate& candidate) {
  std::vector<std::string> names;
  for (const DuplicateMatch match : candidate.matches) {
    names.push_back(v1::DuplicateCandidate::Match_Name(As<v1::DuplicateCandidate::Match>(match)));
  }
  return absl::StrJoin(names, "+");
}

absl::StatusOr<std::vector<DuplicateCandidate>> Duplicates(Tx& tx, const Patient& patient) {
  ASSIGN_OR_RETURN(const std::vector<Patient> alike, tx.patients().Alike(patient));
  return FindDuplicates(patient, alike);
}

// Refuses a patient whom the clinic seems to have. A shared external id is no matter of likelihood.
absl::Status CheckDuplicates(Tx& tx, const Patient& patient, bool allow) {
  ASSIGN_OR_RETURN(const std::vector<DuplicateCandidate> candidates, Duplicates(tx, patient));
  std::vector<std::string> names, matches;
  for (const DuplicateCandidate& candidate : candidates) {
    const std::string name = PatientName(tx.clinic(), candidate.patient);
    if (std::count(candidate.matches.begin(), candidate.matches.end(), DuplicateMatch::kExternalId) > 0) {
      return ExternalIdTaken(name);
    }
    if (names.size() < kMaxDuplicatesNamed) {
      names.push_back(name);
      matches.push_back(MatchNames(candidate));
    }
  }
  return names.empty() || allow ? absl::OkStatus() : LikelyDuplicate(names, matches);
}

// What a person has to end before the record is put away: work on a deleted patient could not be done any more.
absl::StatusOr<std::vector<PreconditionViolation>> Unfinished(Tx& tx, const PatientId& patient) {
  std::vector<PreconditionViolation> unfinished;
  const auto add = [&](const char* type, const char* collection, const std::string& id, const char* description) {
    unfinished.push_back({type, NameUnder(tx.clinic(), patient, collection, id), description});
  };
  ASSIGN_OR_RETURN(const auto reviews,
                   tx.risk_reviews().List({.patient = patient, .state = static_cast<int>(RiskReviewState::kOpen)}));
  for (const RiskReview& review : reviews) {
    add("RISK_REVIEW_OPEN", "riskReviews", review.id.str(), "A clinician has to resolve this risk review.");
  }
  ASSIGN_OR_RETURN(const auto requests, tx.records_requests().List({.patient = patient}));
  for (const RecordsRequest& request : requests) {
    if (AwaitsAnswer(request.state) || request.state == RecordsState::kReceived) {
      add("RECORDS_REQUEST_OPEN", "recordsRequests", request.id.str(),
          "Records are awaited or unread: receive and review them, close the request as unanswered, or revoke it.");
    }
  }
  ASSIGN_OR_RETURN(const auto clearances, tx.clearances().List({.patient = patient}));
  for (const Clearance& clearance : clearances) {
    if (clearance.waiting() || clearance.state == ClearanceState::kReceived) {
      add("CLEARANCE_OPEN", "clearances", clearance.id.str(),
          "A clearance is awaited or undecided: decide or withdraw it.");
    }
  }
  return unfinished;
}

absl::Status AnnouncePatient(Tx& tx, const Patient& patient, absl::string_view verb) {
  return Announce(tx, patient.id,
                  {.type = absl::StrCat("patient.", verb),
                   .subject = PatientName(tx.clinic(), patient.id),
                   .version = patient.version,
                   .state = patient.delete_time ? "DELETED" : "ACTIVE"});
}

// A new patient who is sound, and of whose identity this transaction alone decides.
absl::StatusOr<Patient> Draft(Tx& tx, const v1::Patient& proto) {
  ASSIGN_OR_RETURN(Patient patient, FromProto(proto));
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
  RETURN_IF_ERROR(ValidatePatient(patient, today));
  patient.id = PatientId(NewId());
  patient.create_time = tx.now();
  patient.update_time = tx.now();
  RETURN_IF_ERROR(tx.patients().LockIdentity(patient));
  return patient;
}

absl::Status Admit(Tx& tx, const Patient& draft, bool allow_duplicate) {
  RETURN_IF_ERROR(CheckDuplicates(tx, draft, allow_duplicate));
  RETURN_IF_ERROR(tx.patients().Insert(draft));
  return AnnouncePatient(tx, draft, "created");
}

// A referral that comes again is known by its reference, before it is taken for a duplicate of the patient it created.
absl::Status CheckReference(Tx& tx, const Referral& referral) {
  ASSIGN_OR_RETURN(const std::optional<std::string> first, tx.cases().OpenedBy(referral.external_reference));
  return first ? ReferralAlreadyReceived(*first) : absl::OkStatus();
}

absl::Status Save(Tx& tx, Patient& patient, absl::string_view verb) {
  ++patient.version;
  patient.update_time = tx.now();
  RETURN_IF_ERROR(tx.patients().Update(patient));
  return AnnouncePatient(tx, patient, verb);
}

class PatientHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("ReceiveReferral", this, &PatientHandlers::ReceiveReferral);
    service.Unary("CreatePatient", this, &PatientHandlers::Create);
    service.Unary("FindDuplicatePatients", this, &PatientHandlers::FindDuplicates);
    service.Unary("GetPatient", this, &PatientHandlers::Get);
    service.Unary("ListPatients", this, &PatientHandlers::List);
    service.Unary("UpdatePatient", this, &PatientHandlers::Update);
    service.Unary("DeletePatient", this, &PatientHandlers::Delete);
    service.Unary("UndeletePatient", this, &PatientHandlers::Undelete);
  }

 private:
  absl::StatusOr<v1::ReceiveReferralResponse> ReceiveReferral(rpc::Call& call,
                                                              const v1::ReceiveReferralRequest& request) {
    if (request.has_patient() != request.existing_patient().empty()) {
      return InvalidField("patient", "give either this or existing_patient");
    }
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ReceiveReferralResponse> {
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      ASSIGN_OR_RETURN(const Referral referral, FromProto(request.referral(), today));
      RETURN_IF_ERROR(ValidateReferral(referral, today));
      Patient patient;
      if (request.has_patient()) {
        ASSIGN_OR_RETURN(patient, Draft(tx, request.patient()));
      } else {
        ASSIGN_OR_RETURN(patient, LockActive(tx, PatientIn(request.existing_patient())));
      }
      RETURN_IF_ERROR(CheckReference(tx, referral));
      if (request.has_patient()) RETURN_IF_ERROR(Admit(tx, patient, request.allow_duplicate()));
      ASSIGN_OR_RETURN(const IntakeCase opened, OpenCaseFor(tx, patient.id, request.program(), referral));
      v1::ReceiveReferralResponse response;
      *response.mutable_patient() = ToProto(patient, tx.clinic());
      *response.mutable_intake_case() = ToProto(opened, tx.clinic(), tx.now());
      response.set_patient_created(request.has_patient());
      return response;
    });
  }

  absl::StatusOr<v1::Patient> Create(rpc::Call& call, const v1::CreatePatientRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Patient> {
      ASSIGN_OR_RETURN(const Patient patient, Draft(tx, request.patient()));
      RETURN_IF_ERROR(Admit(tx, patient, request.allow_duplicate()));
      return ToProto(patient, tx.clinic());
    });
  }

  absl::StatusOr<v1::FindDuplicatePatientsResponse> FindDuplicates(rpc::Call& call,
                                                                   const v1::FindDuplicatePatientsRequest& request) {
    v1::Patient known = request.patient();
    if (!known.has_birth_date()) {  // names alone are no reason to think of the same person
      known.clear_family_name();
      known.clear_given_name();
      *known.mutable_birth_date() = rpc::ToProto(absl::CivilDay());
    }
    ASSIGN_OR_RETURN(Patient patient, FromProto(known));
    RETURN_IF_ERROR(ValidateSearch(patient));
    patient.id = PatientIn(known.name());
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::FindDuplicatePatientsResponse> {
      ASSIGN_OR_RETURN(const std::vector<DuplicateCandidate> candidates, Duplicates(tx, patient));
      v1::FindDuplicatePatientsResponse response;
      for (const DuplicateCandidate& candidate : candidates) {
        if (response.candidates_size() == kMaxDuplicatesFound) break;
        *response.add_candidates() = ToProto(candidate, tx.clinic());
      }
      return response;
    });
  }

  absl::StatusOr<v1::Patient> Get(rpc::Call& call, const v1::GetPatientRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Patient> {
      ASSIGN_OR_RETURN(const Patient patient, tx.patients().Get(PatientIn(request.name())));
      return ToProto(patient, tx.clinic());
    });
  }

  absl::StatusOr<v1::ListPatientsResponse> List(rpc::Call& call, const v1::ListPatientsRequest& request) {
    PatientQuery query{.name_prefix = request.name_prefix(),
                       .phone = request.phone(),
                       .deleted = request.state() == v1::Patient::DELETED};
    if (request.has_external_id()) {
      query.external_id = ExternalId{request.external_id().system(), request.external_id().value()};
    }
    ASSIGN_OR_RETURN(query.birth_date, OptionalDay(request.has_birth_date(), request.birth_date(), "birth_date"));
    return ServePage<v1::ListPatientsResponse>(
        call, request, query, [](Tx& tx, const PatientQuery& q) { return tx.patients().List(q); },
        [](const Patient& p) {
          return std::vector<std::string>{p.family_name, p.given_name, p.id.str()};
        },
        [](Tx& tx, const Patient& p, auto& response) { *response.add_patients() = ToProto(p, tx.clinic()); });
  }

  absl::StatusOr<v1::Patient> Update(rpc::Call& call, const v1::UpdatePatientRequest& request) {
    if (request.patient().name().empty()) return InvalidField("patient.name", "is required");
    if (request.patient().etag().empty()) return InvalidField("patient.etag", "is required");
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Patient> {
      ASSIGN_OR_RETURN(const Patient before, LockActive(tx, PatientIn(request.patient().name())));
      RETURN_IF_ERROR(rpc::CheckEtag(request.patient().etag(), before.version, "patient"));
      v1::Patient merged = ToProto(before, tx.clinic());
      RETURN_IF_ERROR(rpc::ApplyMask(request.update_mask(), request.patient(), &merged));
      ASSIGN_OR_RETURN(Patient after, FromProto(merged));
      ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
      RETURN_IF_ERROR(ValidatePatient(after, today));
      after.id = before.id;
      after.version = before.version;
      after.create_time = before.create_time;
      RETURN_IF_ERROR(Save(tx, after, "updated"));
      if (after.birth_date != before.birth_date) RETURN_IF_ERROR(Refresh(tx, after.id));  // rules look at age
      return ToProto(after, tx.clinic());
    });
  }

  absl::StatusOr<v1::Patient> Delete(rpc::Call& call, const v1::DeletePatientRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Patient> {
      ASSIGN_OR_RETURN(Patient patient, LockActive(tx, PatientIn(request.name())));
      RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), patient.version, "patient"));
      ASSIGN_OR_RETURN(const auto active, tx.cases().Active(patient.id));
      if (!active.empty()) return PatientHasOpenCase();
      ASSIGN_OR_RETURN(std::vector<PreconditionViolation> unfinished, Unfinished(tx, patient.id));
      if (!unfinished.empty()) return PatientHasOpenWork(std::move(unfinished));
      RETURN_IF_ERROR(DropContraindication(tx, patient.id));
      patient.delete_time = tx.now();
      RETURN_IF_ERROR(Save(tx, patient, "deleted"));
      return ToProto(patient, tx.clinic());
    });
  }

  absl::StatusOr<v1::Patient> Undelete(rpc::Call& call, const v1::UndeletePatientRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Patient> {
      ASSIGN_OR_RETURN(Patient patient, tx.patients().Lock(PatientIn(request.name())));
      if (!patient.delete_time) return WrongState("patient", "ACTIVE", "be undeleted");
      patient.delete_time.reset();
      RETURN_IF_ERROR(Save(tx, patient, "undeleted"));
      return ToProto(patient, tx.clinic());
    });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakePatientHandlers(Store& store) { return std::make_unique<PatientHandlers>(store); }

}  // namespace kat::intake
