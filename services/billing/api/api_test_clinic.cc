#include <set>

#include "libs/rpc/convert.h"
#include "services/billing/api/api_test.h"

namespace kat::billing {

void ApiTest::SetUpClinic() {
  ASSERT_OK(Configure(&Stub::UpdateBillingSettings, R"({"billingSettings": {"name": "$C/billingSettings",
      "currencyCode": "USD", "providerName": "Lakeside", "npi": "1234567893", "tin": "12-3456789",
      "taxonomyCode": "2084P0800X", "address": "1 Main St, Albany 12207", "stateCode": "NY", "retryDays": [1, 3],
      "chargeMinute": 480}, "requestId": "$R"})"));
  for (const char* code : {"96365", "90837", "J0013", "99215", "G2082", "G2083"}) {
    ASSERT_OK(Configure(&Stub::CreateServiceCode,
                        absl::StrCat(R"({"parent": "$C", "requestId": "$R", "serviceCode": {"code": ")", code,
                                     R"(", "system": "HCPCS", "description": "x", "unit": "1",
                                     "effectiveFrom": {"year": 2026, "month": 1, "day": 1}}})")));
  }
  ASSERT_OK(Configure(&Stub::CreatePriceList, R"({"parent": "$C", "requestId": "$R", "priceList": {
      "program": "iv-ketamine", "defaultMode": "BILLING_MODE_SELF_PAY", "estimateValidDays": 30,
      "effectiveFrom": {"year": 2026, "month": 1, "day": 1}, "lines": [
        {"visitType": "infusion", "description": "Ketamine infusion", "serviceCode": "96365",
         "price": {"currencyCode": "USD", "minorUnits": 45000}},
        {"visitType": "integration", "description": "Integration", "serviceCode": "90837",
         "price": {"currencyCode": "USD", "minorUnits": 15000}}],
      "package": {"visitType": "infusion", "sessions": 6, "price": {"currencyCode": "USD", "minorUnits": 240000}}}})"));
  ASSERT_OK(Configure(&Stub::CreateDepositPolicy, R"({"parent": "$C", "requestId": "$R", "depositPolicy": {
      "program": "iv-ketamine", "effectiveFrom": {"year": 2026, "month": 1, "day": 1}, "requiredBeforeBooking": true,
      "amount": {"currencyCode": "USD", "minorUnits": 50000}, "unwindPackageDiscount": true,
      "earlyStopFee": {"currencyCode": "USD", "minorUnits": 2500}}})"));
  ASSERT_OK(Configure(&Stub::CreateCancellationPolicy, R"({"parent": "$C", "requestId": "$R", "cancellationPolicy": {
      "effectiveFrom": {"year": 2026, "month": 1, "day": 1}, "noticeHours": 72, "businessHours": true,
      "lateCancelFee": {"currencyCode": "USD", "minorUnits": 10000},
      "noShowFee": {"currencyCode": "USD", "minorUnits": 15000}, "repeatCount": 3, "repeatWindowDays": 90}})"));
}

std::string ApiTest::AcceptEstimate(const std::string& scenario) {
  const auto estimate = Call(&Stub::CreateEstimate, R"({"parent": "$C", "requestId": "$R", "patient": "$C/patients/ann",
      "program": "iv-ketamine", "items": [{"visitType": "infusion", "quantity": 6}], "planSessions": [1, 3, 5],
      "offerFinancing": true})");
  EXPECT_OK(estimate);
  if (!estimate.ok()) return "";
  EXPECT_OK(Call(&Stub::AcceptEstimate, absl::StrCat(R"({"name": ")", estimate->name(), R"(", "scenario": ")", scenario,
                                                     R"(", "requestId": "$R"})")));
  return estimate->name();
}

std::string ApiTest::Card(const std::string& token) {
  const auto card =
      Call(&Stub::CreateCardOnFile,
           absl::StrCat(R"({"parent": "$C", "requestId": "$R", "cardOnFile": {"patient": "$C/patients/ann",
      "brand": "visa", "last4": "4242", "expiryMonth": 12, "expiryYear": 2030, "consentTime": "2026-10-01T12:00:00Z",
      "consentReference": "signed form", "token": ")",
                        token, R"("}})"));
  EXPECT_OK(card);
  return card.ok() ? card->name() : "";
}

absl::StatusOr<v1::Payment> ApiTest::Pay(const std::string& card, int64_t amount, const std::string& request_id) {
  const std::string how =
      card.empty() ? R"("tender": "TENDER_CASH")" : absl::StrCat(R"("tender": "TENDER_CARD", "card": ")", card, R"(")");
  return Call(
      &Stub::CreatePayment,
      absl::StrCat(R"({"parent": "$C", "requestId": ")", request_id.empty() ? "$R" : request_id,
                   R"(", "payment": {"patient": "$C/patients/ann", "program": "iv-ketamine", "purpose": "DEPOSIT",
      "amount": {"currencyCode": "USD", "minorUnits": )",
                   amount, "}, ", how, "}}"));
}

std::string ApiTest::Plan(const std::string& estimate, const std::string& card) {
  const auto plan =
      Call(&Stub::CreatePaymentPlan,
           absl::StrCat(R"({"parent": "$C", "requestId": "$R", "paymentPlan": {"patient": "$C/patients/ann",
      "estimate": ")",
                        estimate, R"(", "card": ")", card, R"(", "installments": [
      {"sessionNumber": 1, "amount": {"currencyCode": "USD", "minorUnits": 63334}},
      {"sessionNumber": 3, "amount": {"currencyCode": "USD", "minorUnits": 63333}},
      {"sessionNumber": 5, "amount": {"currencyCode": "USD", "minorUnits": 63333}}]}})"));
  EXPECT_OK(plan);
  return plan.ok() ? plan->name() : "";
}

Visit& ApiTest::Book(int session, absl::CivilDay day, const std::string& program) {
  Visit visit;
  visit.id = AppointmentId(absl::StrCat("a", session));
  visit.patient = PatientId("ann");
  visit.course = CourseId("c1");
  visit.program = program;
  visit.visit_id = absl::StrCat("infusion-", session);
  visit.visit_type = "infusion";
  visit.session_number = session;
  visit.start_time = InstantOf(day, 14 * 60, zone_);
  visit.book_time = TheService().clock().Now();
  visit.version = 1;
  return TheOutside().scheduling->visits[visit.id] = visit;
}

void ApiTest::Tell(const std::string& type, const std::string& subject, std::map<std::string, std::string> related) {
  common::v1::Event event;
  event.set_type(type);
  event.set_clinic("clinics/" + clinic_);
  *event.mutable_occur_time() = rpc::ToProto(TheService().clock().Now());
  event.set_subject(absl::StrReplaceAll(subject, {{"$C", "clinics/" + clinic_}}));
  for (const auto& [role, name] : related) (*event.mutable_related())[role] = name;
  ASSERT_OK(TheService().Deliver("scheduling", event));
}

int ApiTest::OpenWork(const std::string& kind) {
  std::set<std::string> open;
  for (const common::v1::Event& event : TheService().Events(clinic_)) {
    if (!event.has_work() || event.work().kind() != kind) continue;
    if (event.work().closed()) {
      open.erase(event.subject());
    } else {
      open.insert(event.subject());
    }
  }
  return static_cast<int>(open.size());
}

}  // namespace kat::billing
