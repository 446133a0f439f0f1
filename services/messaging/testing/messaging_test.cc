#include "services/messaging/testing/messaging_test.h"

#include "libs/base/business_time.h"
#include "libs/rpc/convert.h"

namespace kat::messaging {

absl::StatusOr<CarrierRecord> WatchedCarrier::Send(const OutgoingMessage& message) {
  ASSIGN_OR_RETURN(const std::optional<CarrierRecord> before, carrier_.Find(message.clinic, message.message));
  absl::StatusOr<CarrierRecord> record = carrier_.Send(message);
  ASSIGN_OR_RETURN(const std::optional<CarrierRecord> after, carrier_.Find(message.clinic, message.message));
  if (!before && after && on_send) on_send(message);
  if (after_send) RETURN_IF_ERROR(after_send());
  return record;
}

World& MessagingTest::world() {
  static auto* const world = new World();
  return *world;
}

kat::testing::TestService& MessagingTest::service() {
  static auto* const service = new kat::testing::TestService(Spec([](app::App& app) -> absl::StatusOr<Outside> {
    World& w = world();
    w.log = MakePgSimulatedCarrierLog(app.database());
    w.simulated = std::make_unique<SimulatedCarrier>(*w.log, app.clock());
    w.carrier = std::make_unique<WatchedCarrier>(*w.simulated);
    Outside outside;
    outside.peers.scheduling = &w.scheduling;
    outside.peers.intake = &w.intake;
    outside.peers.summary = {&w.intake_summary, &w.billing_summary};
    outside.carrier = w.carrier.get();
    return outside;
  }));
  return *service;
}

MessagingTest::MessagingTest() : clinic_(service().NewClinic()), stub_(v1::MessagingService::NewStub(service().channel())) {
  world().carrier->on_send = [this](const OutgoingMessage& message) {
    if (message.clinic.str() == clinic_) sent_.push_back(message);
  };
}

MessagingTest::~MessagingTest() {
  world().carrier->on_send = nullptr;
  world().carrier->after_send = nullptr;
  world().scheduling.set_down(false);
  world().scheduling.staff.clear();
  while (world().scheduling.Next()) {
  }
}

v1::MessageTemplate MessagingTest::Words(v1::Purpose purpose, const std::string& body, v1::Channel channel) const {
  v1::MessageTemplate draft;
  draft.set_purpose(purpose);
  draft.set_channel(channel);
  draft.set_category(purpose == v1::PURPOSE_FOLLOW_UP ? v1::CATEGORY_CLINICAL : v1::CATEGORY_REMINDER);
  draft.set_language("en");
  draft.set_body(body);
  *draft.mutable_effective_from() = rpc::ToProto(absl::CivilDay(2026, 1, 1));
  return draft;
}

absl::StatusOr<v1::MessageTemplate> MessagingTest::MakeTemplate(const v1::MessageTemplate& draft) {
  v1::CreateMessageTemplateRequest request;
  request.set_parent(Clinic());
  *request.mutable_message_template() = draft;
  request.set_request_id(NewId());
  return Call(&v1::MessagingService::Stub::CreateMessageTemplate, request, common::v1::ROLE_CLINIC_ADMIN);
}

void MessagingTest::Configure() {
  v1::CreateMessagingPolicyRequest policy;
  policy.set_parent(Clinic());
  policy.set_request_id(NewId());
  v1::MessagingPolicy& p = *policy.mutable_messaging_policy();
  *p.mutable_effective_from() = rpc::ToProto(absl::CivilDay(2026, 1, 1));
  *p.mutable_send_from() = rpc::MinuteToProto(8 * 60);
  *p.mutable_send_until() = rpc::MinuteToProto(21 * 60);
  p.set_consented_per_day(20);
  p.set_consented_per_week(100);
  p.set_exempt_per_day(1);
  p.set_exempt_per_week(3);
  p.add_restricted_words("ketamine");
  p.set_stop_scope(v1::MessagingPolicy::CATEGORY_OF_MESSAGE);
  p.set_link("https://example.com/v");
  ASSERT_OK(Call(&v1::MessagingService::Stub::CreateMessagingPolicy, policy, common::v1::ROLE_CLINIC_ADMIN));

  v1::CreateCadencePolicyRequest cadence;
  cadence.set_parent(Clinic());
  cadence.set_request_id(NewId());
  v1::CadencePolicy& c = *cadence.mutable_cadence_policy();
  *c.mutable_effective_from() = rpc::ToProto(absl::CivilDay(2026, 1, 1));
  const auto step = [&](const char* id, v1::Purpose purpose, int minutes, bool asks = false) {
    v1::CadencePolicy::Step* s = c.add_steps();
    s->set_step_id(id);
    s->set_purpose(purpose);
    s->set_offset_minutes(minutes);
    s->add_channels(v1::CHANNEL_SMS);
    s->set_asks_confirmation(asks);
  };
  step("booked", v1::PURPOSE_BOOKING_CONFIRMATION, 0);
  step("moved", v1::PURPOSE_RESCHEDULE_NOTICE, 0);
  step("cancelled", v1::PURPOSE_CANCELLATION_NOTICE, 0);
  step("72h", v1::PURPOSE_REMINDER, 72 * 60, true);
  step("24h", v1::PURPOSE_PREPARATION, 24 * 60);
  step("3h", v1::PURPOSE_REMINDER, 3 * 60);
  c.set_confirm_by_minutes(24 * 60);
  c.set_driver_required(true);
  c.set_driver_by_minutes(24 * 60);
  c.set_fasting_food_minutes(360);
  c.set_fasting_liquids_minutes(120);
  c.set_least_lead_minutes(60);
  ASSERT_OK(Call(&v1::MessagingService::Stub::CreateCadencePolicy, cadence, common::v1::ROLE_CLINIC_ADMIN));

  ASSERT_OK(MakeTemplate(Words(v1::PURPOSE_BOOKING_CONFIRMATION, "{clinic}: booked, first {date} {time}. {link} STOP ends")));
  ASSERT_OK(MakeTemplate(Words(v1::PURPOSE_RESCHEDULE_NOTICE, "{clinic}: moved to {visits}. STOP ends")));
  ASSERT_OK(MakeTemplate(Words(v1::PURPOSE_CANCELLATION_NOTICE, "{clinic}: is cancelled: {visits}. STOP ends")));
  ASSERT_OK(MakeTemplate(Words(v1::PURPOSE_REMINDER, "{clinic}: visit {date} {time}. C confirms, STOP ends")));
  ASSERT_OK(MakeTemplate(Words(v1::PURPOSE_PREPARATION, "{clinic}: no food after {food_until}, drinks until {liquids_until}. Bring a driver. STOP ends")));
}

void MessagingTest::AddPatient(const std::string& id, const std::string& phone, const std::string& zone) {
  Contact contact;
  contact.id = PatientId(id);
  contact.first_name = "Alex";
  contact.phone = phone;
  contact.language = "en";
  if (!zone.empty()) contact.zone = *LoadZone(zone);
  world().intake.Put(ClinicId(clinic_), contact);
  v1::RecordContactConsentRequest consent;
  consent.set_parent(Name("patients", id));
  consent.set_channel(v1::CHANNEL_SMS);
  consent.set_category(v1::CATEGORY_REMINDER);
  consent.set_source(v1::ContactConsent::WRITTEN_FORM);
  consent.set_request_id(NewId());
  ASSERT_OK(Call(&v1::MessagingService::Stub::RecordContactConsent, consent));
}

Appointment MessagingTest::Book(const std::string& id, const std::string& patient, absl::Time start, const std::string& course) {
  Appointment a;
  a.id = AppointmentId(id);
  a.patient = PatientId(patient);
  a.course = CourseId(course);
  a.start_at = start;
  a.end_at = start + absl::Hours(2);
  a.visit_type = "infusion";
  a.program = "iv-ketamine";
  a.session_number = 1;
  return world().scheduling.Put(ClinicId(clinic_), a, "appointment.booked");
}

Appointment MessagingTest::Change(const std::string& id, const std::string& type, const std::function<void(Appointment&)>& change) {
  Appointment a = world().scheduling.Get(ClinicId(clinic_), AppointmentId(id));
  change(a);
  return world().scheduling.Put(ClinicId(clinic_), a, type);
}

void MessagingTest::DeliverAll() {
  while (const std::optional<common::v1::Event> event = world().scheduling.Next()) {
    ASSERT_OK(service().Deliver("scheduling", *event));
  }
}

void MessagingTest::RunJobs() { ASSERT_OK(service().RunDueJobs()); }

void MessagingTest::Pass(absl::Duration time) {
  const absl::Time end = now() + time;
  while (now() < end) {
    service().clock().Set(std::min(end, now() + absl::Hours(1)));
    RunJobs();
    DeliverAll();
  }
}

std::vector<v1::PatientMessage> MessagingTest::Messages(const std::string& appointment) {
  std::vector<v1::PatientMessage> all;
  v1::ListMessagesRequest request;
  request.set_parent(Clinic());
  if (!appointment.empty()) request.set_appointment(Name("appointments", appointment));
  do {
    const auto page = Call(&v1::MessagingService::Stub::ListMessages, request);
    EXPECT_OK(page);
    if (!page.ok()) break;
    all.insert(all.end(), page->messages().begin(), page->messages().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  std::reverse(all.begin(), all.end());
  return all;
}

std::vector<std::string> MessagingTest::Steps(const std::string& appointment, v1::PatientMessage::State state) {
  std::vector<std::string> steps;
  for (const v1::PatientMessage& message : Messages(appointment)) {
    if (message.state() == state) steps.push_back(message.step_id());
  }
  return steps;
}

std::vector<v1::WorkItem> MessagingTest::Work(const std::string& kind) {
  v1::ListWorkItemsRequest request;
  request.set_parent(Clinic());
  request.set_kind(kind);
  const auto page = Call(&v1::MessagingService::Stub::ListWorkItems, request);
  EXPECT_OK(page);
  if (!page.ok()) return {};
  return {page->work_items().begin(), page->work_items().end()};
}

absl::StatusOr<v1::MessageReply> MessagingTest::Reply(const std::string& phone, const std::string& body, const std::string& carrier_id) {
  v1::ReceiveReplyRequest request;
  request.set_parent(Clinic());
  request.set_from_address(phone);
  request.set_body(body);
  request.set_carrier_message_id(carrier_id.empty() ? NewId() : carrier_id);
  request.set_request_id(NewId());
  return Call(&v1::MessagingService::Stub::ReceiveReply, request, common::v1::ROLE_INTEGRATION);
}

}  // namespace kat::messaging
