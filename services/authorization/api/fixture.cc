#include "services/authorization/api/fixture.h"

namespace kat::authorization::api {

using common::v1::ROLE_CLINIC_ADMIN;
using common::v1::ROLE_NURSE;

Fixture::Fixture() {
  service_ = std::make_unique<testing::TestService>(Spec([this](app::App&) { return Peers{intake_, scheduling_}; }));
  stub_ = v1::AuthorizationService::NewStub(service_->channel());
  clinic_ = service_->NewClinic();
  TurnTo(today_);
}

void Fixture::SetUpProgram() {
  v1::CreatePayerRequest payer;
  payer.set_parent(Clinic());
  payer.set_payer_id("harbor");
  payer.mutable_payer()->set_display_name("Harbor");
  payer.mutable_payer()->set_electronic_payer_id("HM001");
  ASSERT_OK(Call(&Stub::CreatePayer, payer, ROLE_CLINIC_ADMIN));

  v1::CreatePayerPolicyRequest policy;
  policy.set_parent(Name("payers/harbor"));
  v1::PayerPolicy& p = *policy.mutable_payer_policy();
  p.set_program("spravato-trd");
  p.set_title("Esketamine");
  *p.mutable_effective_from() = rpc::ToProto(Day("2026-01-01"));
  p.set_authorization_required(true);
  p.mutable_initial()->mutable_duration()->set_months(3);
  p.mutable_initial()->mutable_units()->set_devices(23);
  p.mutable_renewal()->mutable_duration()->set_months(6);
  p.set_turnaround_days(10);
  v1::PolicyCriterion& trials = *p.add_criteria();
  trials.set_id("two-classes");
  trials.set_text("Two classes, six weeks each");
  trials.set_applies_to(v1::PolicyCriterion::INITIAL);
  trials.mutable_trials()->set_min_trials(2);
  trials.mutable_trials()->set_min_weeks_each(6);
  trials.mutable_trials()->set_min_distinct_classes(2);
  v1::PolicyCriterion& severity = *p.add_criteria();
  severity.set_id("severity");
  severity.set_applies_to(v1::PolicyCriterion::INITIAL);
  severity.mutable_severity()->set_max_age_days(28);
  auto& threshold = *severity.mutable_severity()->add_thresholds();
  threshold.set_tool("PHQ9");
  threshold.set_min_score(15);
  v1::DecisionClock& clock = *p.add_clocks();
  clock.set_line_of_business(v1::LINE_OF_BUSINESS_COMMERCIAL_ERISA);
  clock.mutable_standard()->set_amount(15);
  clock.mutable_standard()->set_unit(v1::DecisionClock::Span::CALENDAR_DAYS);
  clock.mutable_urgent()->set_amount(72);
  clock.mutable_urgent()->set_unit(v1::DecisionClock::Span::HOURS);
  clock.set_peer_to_peer_days(14);
  clock.set_appeal_days(180);
  ASSERT_OK(Call(&Stub::CreatePayerPolicy, policy, ROLE_CLINIC_ADMIN));

  v1::UpdateProgramRuleRequest rule;
  rule.mutable_program_rule()->set_name(Name("programRules/spravato-trd"));
  rule.mutable_program_rule()->set_payer_billed(true);
  rule.mutable_program_rule()->set_rems_required(true);
  rule.mutable_program_rule()->set_drug("esketamine");
  rule.mutable_program_rule()->set_mg_per_device(28);
  for (const auto& [from, devices] : {std::pair{1, 2}, {2, 3}}) {
    auto* dose = rule.mutable_program_rule()->add_planned_doses();
    dose->set_from_session(from);
    dose->set_devices(devices);
  }
  rule.mutable_program_rule()->add_concomitant_classes("maoi");
  ASSERT_OK(Call(&Stub::UpdateProgramRule, rule, ROLE_CLINIC_ADMIN));

  v1::CreateInsuranceCoverageRequest insurance;
  insurance.set_parent(Clinic());
  v1::InsuranceCoverage& i = *insurance.mutable_insurance_coverage();
  i.set_patient(Name("patients/pat"));
  i.set_payer(Name("payers/harbor"));
  i.set_member_id("M-1");
  i.set_benefit(v1::BENEFIT_MEDICAL);
  i.set_line_of_business(v1::LINE_OF_BUSINESS_COMMERCIAL_ERISA);
  i.set_rank(1);
  *i.mutable_effective_from() = rpc::ToProto(Day("2026-01-01"));
  ASSERT_OK(Call(&Stub::CreateInsuranceCoverage, insurance));

  v1::CreateRemsSettingRequest setting;
  setting.set_parent(Clinic());
  setting.set_rems_setting_id("main");
  v1::RemsSetting& s = *setting.mutable_rems_setting();
  s.set_display_name("Main");
  s.set_setting_type(v1::RemsSetting::OUTPATIENT);
  s.mutable_authorized_representative()->set_display_name("Nora Kim");
  s.mutable_authorized_representative()->set_phone("+12125550100");
  s.add_sites()->set_display_name("Main");
  s.mutable_sites(0)->mutable_address()->set_region_code("US");
  s.add_acquisitions(v1::RemsSetting::BULK);
  ASSERT_OK(Call(&Stub::CreateRemsSetting, setting, ROLE_CLINIC_ADMIN));
  v1::CertifyRemsSettingRequest certify;
  certify.set_name(Name("remsSettings/main"));
  certify.set_rems_id("S-1");
  *certify.mutable_certified_from() = rpc::ToProto(Day("2026-01-01"));
  ASSERT_OK(Call(&Stub::CertifyRemsSetting, certify, ROLE_CLINIC_ADMIN));

  v1::CreateRemsEnrollmentRequest enroll;
  enroll.set_parent(Clinic());
  enroll.mutable_rems_enrollment()->set_patient(Name("patients/pat"));
  enroll.mutable_rems_enrollment()->set_rems_setting(Name("remsSettings/main"));
  enroll.mutable_rems_enrollment()->set_prescriber_name("Dr. Shah");
  *enroll.mutable_rems_enrollment()->mutable_patient_signed_date() = rpc::ToProto(today_);
  *enroll.mutable_rems_enrollment()->mutable_prescriber_signed_date() = rpc::ToProto(today_);
  const auto enrollment = Call(&Stub::CreateRemsEnrollment, enroll);
  ASSERT_OK(enrollment);
  v1::SubmitRemsEnrollmentRequest submit;
  submit.set_name(enrollment->name());
  submit.set_channel(v1::SUBMISSION_CHANNEL_PORTAL);
  submit.set_confirmation("C-1");
  *submit.mutable_submit_time() = rpc::ToProto(service_->clock().Now());
  ASSERT_OK(Call(&Stub::SubmitRemsEnrollment, submit));
  v1::ConfirmRemsEnrollmentRequest confirm;
  confirm.set_name(enrollment->name());
  confirm.set_rems_patient_id("P-1");
  *confirm.mutable_enrolled_from() = rpc::ToProto(today_);
  ASSERT_OK(Call(&Stub::ConfirmRemsEnrollment, confirm));

  v1::ReceiveStockRequest stock;
  stock.set_parent(Clinic());
  stock.set_stock_lot_id("l1");
  v1::StockLot& lot = *stock.mutable_stock_lot();
  lot.set_drug("esketamine");
  lot.set_strength("28 mg device");
  lot.set_lot_number("L1");
  *lot.mutable_expiry_date() = rpc::ToProto(Day("2028-01-01"));
  lot.set_unit(v1::StockLot::DEVICE);
  lot.set_supplier("Supplier");
  lot.set_received(30);
  *lot.mutable_receive_time() = rpc::ToProto(service_->clock().Now());
  ASSERT_OK(Call(&Stub::ReceiveStock, stock, ROLE_NURSE));

  domain::PatientEvidence evidence;
  evidence.birth_date = Day("1980-05-05");
  evidence.evaluation_day = today_ - 5;
  for (const auto& [drug, drug_class] : {std::pair{"sertraline", "ssri"}, {"venlafaxine", "snri"}}) {
    evidence.trials.push_back({.drug = drug,
                               .drug_class = drug_class,
                               .start = Day("2025-01-01"),
                               .end = Day("2025-06-01"),
                               .weeks = 20,
                               .adherent = true,
                               .outcome = domain::Trial::Outcome::kInadequate});
  }
  evidence.scores = {{"PHQ9", 21, today_ - 3, Name("patients/pat/measures/m1")}};
  evidence.medications = {{"bupropion", "ndri", Day("2026-01-01")}};
  intake_->patients[PatientId("pat")] = evidence;
}

std::string Fixture::Approve(std::optional<int> visits, std::optional<int> devices) {
  v1::CreatePriorAuthorizationRequest create;
  create.set_parent(Clinic());
  create.mutable_prior_authorization()->set_patient(Name("patients/pat"));
  create.mutable_prior_authorization()->set_program("spravato-trd");
  create.mutable_prior_authorization()->set_kind(v1::AUTHORIZATION_KIND_INITIAL);
  *create.mutable_prior_authorization()->mutable_requested_from() = rpc::ToProto(today_);
  const auto auth = Call(&Stub::CreatePriorAuthorization, create);
  EXPECT_OK(auth);
  if (!auth.ok()) return "";
  v1::SubmitPriorAuthorizationRequest submit;
  submit.set_name(auth->name());
  submit.mutable_submission()->set_channel(v1::SUBMISSION_CHANNEL_FAX);
  submit.mutable_submission()->set_reference_number("F-1");
  *submit.mutable_submission()->mutable_submit_time() = rpc::ToProto(service_->clock().Now());
  EXPECT_OK(Call(&Stub::SubmitPriorAuthorization, submit));
  v1::RecordAuthorizationDecisionRequest decide;
  decide.set_name(auth->name());
  v1::Decision& decision = *decide.mutable_decision();
  decision.set_outcome(v1::Decision::APPROVED_IN_TOTAL);
  decision.set_number("PA-1");
  *decision.mutable_valid()->mutable_from() = rpc::ToProto(today_);
  *decision.mutable_valid()->mutable_until() = rpc::ToProto(today_ + 90);
  if (visits) decision.mutable_units()->set_visits(*visits);
  if (devices) decision.mutable_units()->set_devices(*devices);
  *decision.mutable_decide_time() = rpc::ToProto(service_->clock().Now());
  const auto approved = Call(&Stub::RecordAuthorizationDecision, decide);
  EXPECT_OK(approved);
  EXPECT_TRUE(approved.ok() && (approved->state() == v1::PriorAuthorization::ACTIVE ||
                                approved->state() == v1::PriorAuthorization::EXPIRING));  // by how much is left
  return auth->name();
}

v1::ReserveCoverageRequest Fixture::Booking(int sessions, int first) {
  v1::ReserveCoverageRequest request;
  request.set_parent(Clinic());
  request.set_patient(Name("patients/pat"));
  request.set_course(Name("courses/course"));
  request.set_program("spravato-trd");
  for (int n = first; n < first + sessions; ++n) {
    v1::CoveredVisit& visit = *request.add_visits();
    visit.set_visit_id("dose-" + std::to_string(n));
    visit.set_session_number(n);
    *visit.mutable_date() = rpc::ToProto(today_ + 1 + 3 * (n - 1));
  }
  *request.mutable_expire_time() = rpc::ToProto(service_->clock().Now() + absl::Minutes(10));
  return request;
}

void Fixture::Book(int sessions, bool allow_conditional) {
  v1::ReserveCoverageRequest booking = Booking(sessions);
  booking.set_allow_conditional(allow_conditional);
  const auto reservation = CallAsPeer(&Stub::ReserveCoverage, booking, "scheduling");
  ASSERT_OK(reservation);
  for (int n = 1; n <= sessions; ++n) {
    domain::Appointment appointment{.id = domain::AppointmentId("appt-" + std::to_string(n)),
                                    .patient = PatientId("pat"),
                                    .course = domain::CourseId("course"),
                                    .program = "spravato-trd",
                                    .visit_id = "dose-" + std::to_string(n),
                                    .session_number = n,
                                    .start_at = At(today_ + 1 + 3 * (n - 1), 10),
                                    .state = domain::Appointment::State::kBooked,
                                    .version = 1};
    scheduling_->appointments[appointment.id] = appointment;
  }
  ASSERT_OK(Deliver("block.booked", Name("courses/course"), {{"coverage_reservation", reservation->name()}}));
}

void Fixture::Treat(int session, int devices) {
  const domain::AppointmentId id("appt-" + std::to_string(session));
  const domain::Appointment& appointment = scheduling_->appointments[id];
  domain::TreatmentRecord record{.appointment = id,
                                 .patient = PatientId("pat"),
                                 .program = "spravato-trd",
                                 .session_number = session,
                                 .completed = true};
  const absl::Time start = appointment.start_at;
  for (int i = 0; i < devices; ++i)
    record.doses.push_back({"esketamine", "L1", 28000, 1, start + absl::Minutes(5 * i)});
  using Point = domain::VitalSigns::Point;
  record.vitals = {{Point::kBaseline, 120, 80, 98, start},
                   {Point::kPostDose, 130, 85, 97, start + absl::Minutes(40)},
                   {Point::kBeforeDischarge, 122, 80, 98, start + absl::Minutes(125)}};
  record.monitoring_end_at = start + absl::Minutes(125);
  record.discharge_at = start + absl::Minutes(130);
  record.monitored_by = Name("staff/nurse");
  scheduling_->records[id] = record;
  service_->clock().Set(start + absl::Minutes(135));
  ASSERT_OK(Deliver("treatment.completed", Name("appointments/" + id.str())));
}

absl::Status Fixture::Deliver(const std::string& type, const std::string& subject,
                              std::map<std::string, std::string> related, int64_t version) {
  common::v1::Event event;
  event.set_type(type);
  event.set_clinic(Clinic());
  event.set_subject(subject);
  event.set_subject_version(version);
  for (const auto& [key, value] : related) (*event.mutable_related())[key] = value;
  return service_->Deliver("scheduling", event);
}

std::set<std::string> Fixture::OpenWork() {
  std::set<std::string> open;
  for (const common::v1::Event& event : service_->Events(clinic_)) {
    if (!event.has_work()) continue;
    const std::string key = event.work().kind() + "@" + event.subject().substr(event.subject().rfind('/') + 1);
    event.work().closed() ? (void)open.erase(key) : (void)open.insert(key);
  }
  return open;
}

v1::PriorAuthorization Fixture::Read(const std::string& name) {
  v1::GetPriorAuthorizationRequest request;
  request.set_name(name);
  const auto auth = Call(&Stub::GetPriorAuthorization, request);
  EXPECT_OK(auth);
  return auth.ok() ? *auth : v1::PriorAuthorization();
}

}  // namespace kat::authorization::api
