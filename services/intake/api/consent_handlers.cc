#include "kat/intake/v1/intake_service.pb.h"
#include "libs/base/business_time.h"
#include "libs/base/status_macros.h"
#include "services/intake/api/handlers.h"
#include "services/intake/api/request_converters.h"
#include "services/intake/flow/announce.h"
#include "services/intake/flow/refresh.h"

// Consents.
namespace kat::intake {
namespace {

absl::StatusOr<v1::Consent> Shown(Tx& tx, const Consent& consent) {
  ASSIGN_OR_RETURN(const auto resign_days, tx.ResignDays());
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(tx));
  return ToProto(consent, tx.clinic(), ConsentStateOn(consent, resign_days, today));
}

class ConsentHandlers final : public Handlers {
 public:
  using Handlers::Handlers;

  void Register(rpc::Service& service) override {
    service.Unary("SignConsent", this, &ConsentHandlers::Sign);
    service.Unary("GetConsent", this, &ConsentHandlers::Get);
    service.Unary("ListConsents", this, &ConsentHandlers::List);
    service.Unary("RevokeConsent", this, &ConsentHandlers::Revoke);
  }

 private:
  absl::StatusOr<v1::Consent> Sign(rpc::Call& call, const v1::SignConsentRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Consent> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.parent())));
      ASSIGN_OR_RETURN(const tx::ClinicInfo clinic, tx.Clinic());
      ASSIGN_OR_RETURN(const ConsentTemplate version,
                       tx.consent_templates().Get(rpc::LastSegment(request.consent().consent_template())));
      Consent consent{.id = ConsentId(NewId()),
                      .patient = patient.id,
                      .content_hash = request.consent().content_hash(),
                      .accepted_statements = {request.consent().accepted_statements().begin(),
                                              request.consent().accepted_statements().end()},
                      .signature = FromProto(request.consent().signature(), tx.now()),
                      .recorded_by = call.identity().subject,
                      .create_time = tx.now()};
      if (!consent.signature.document.empty()) {
        RETURN_IF_ERROR(RequireDocument(tx, patient.id, consent.signature.document.str()));
      }
      RETURN_IF_ERROR(SignConsent(consent, version, clinic.zone, tx.now()));
      RETURN_IF_ERROR(tx.consents().Insert(consent));
      if (consent.valid_through) {
        RETURN_IF_ERROR(ScheduleFor(tx, "consent.expire", patient.id, consent.id.str(),
                                    InstantOf(*consent.valid_through + 1, 0, clinic.zone)));
      }
      RETURN_IF_ERROR(Announce(tx, patient.id,
                               {.type = "consent.signed",
                                .subject = NameUnder(tx.clinic(), patient.id, "consents", consent.id.str()),
                                .state = "ACTIVE"}));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return Shown(tx, consent);
    });
  }

  absl::StatusOr<v1::Consent> Get(rpc::Call& call, const v1::GetConsentRequest& request) {
    return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::Consent> {
      ASSIGN_OR_RETURN(const Consent found,
                       tx.consents().Get(PatientIn(request.name()), rpc::LastSegment(request.name())));
      return Shown(tx, found);
    });
  }

  absl::StatusOr<v1::ListConsentsResponse> List(rpc::Call& call, const v1::ListConsentsRequest& request) {
    const RecordQuery query{.patient = PatientIn(request.parent()), .key = request.consent_key()};
    std::vector<ResignDay> resign_days;
    absl::CivilDay today;
    return ServePage<v1::ListConsentsResponse>(
        call, request, query,
        [&](Tx& tx, const RecordQuery& q) -> absl::StatusOr<std::vector<Consent>> {
          ASSIGN_OR_RETURN(resign_days, tx.ResignDays());
          ASSIGN_OR_RETURN(today, Today(tx));
          return tx.consents().List(q);
        },
        kByAge,
        [&](Tx& tx, const Consent& row, auto& out) {
          *out.add_consents() = ToProto(row, tx.clinic(), ConsentStateOn(row, resign_days, today));
        });
  }

  absl::StatusOr<v1::Consent> Revoke(rpc::Call& call, const v1::RevokeConsentRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Consent> {
      ASSIGN_OR_RETURN(const Patient patient, LockActive(tx, PatientIn(request.name())));
      ASSIGN_OR_RETURN(Consent consent, tx.consents().Get(patient.id, rpc::LastSegment(request.name())));
      RETURN_IF_ERROR(RevokeConsent(consent, request.reason(), tx.now()));
      RETURN_IF_ERROR(tx.consents().Update(consent));
      RETURN_IF_ERROR(CancelFor(tx, "consent.expire", patient.id, consent.id.str()));
      RETURN_IF_ERROR(Announce(
          tx, patient.id, {.type = "consent.revoked", .subject = request.name(), .version = 3, .state = "REVOKED"}));
      RETURN_IF_ERROR(Refresh(tx, patient.id));
      return Shown(tx, consent);
    });
  }
};

}  // namespace

std::unique_ptr<Handlers> MakeConsentHandlers(Store& store) { return std::make_unique<ConsentHandlers>(store); }

}  // namespace kat::intake
