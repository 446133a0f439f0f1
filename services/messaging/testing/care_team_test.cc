// What the care team does together, through the public API and the clock: threads, documents, updates, calls.
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

using Stub = v1::MessagingService::Stub;

// A request that changes the resource `name`.
template <class Request>
Request On(const std::string& name, const std::string& etag = "") {
  Request request;
  request.set_name(name);
  request.set_etag(etag);
  request.set_request_id(NewId());
  return request;
}

template <class Request>
Request Get(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

class CareTeam : public MessagingTest {
 protected:
  CareTeam() { world().scheduling.staff = {"therapist", "nurse", "tester"}; }

  v1::CareThread OpenThread(const std::string& topic) {
    v1::CreateCareThreadRequest request;
    request.set_parent(Clinic());
    request.set_request_id(NewId());
    request.mutable_care_thread()->set_patient(Name("patients", "p1"));
    request.mutable_care_thread()->set_topic(topic);
    request.mutable_care_thread()->add_participants("nurse");
    const auto thread = Call(&Stub::CreateCareThread, request);
    EXPECT_OK(thread);
    return thread.value_or(v1::CareThread());
  }

  absl::StatusOr<v1::RoutedDocument> Route(const std::string& recipient, const std::string& document = "") {
    v1::RouteDocumentRequest request;
    request.set_parent(Clinic());
    request.set_request_id(NewId());
    v1::RoutedDocument& d = *request.mutable_routed_document();
    d.set_patient(Name("patients", "p1"));
    d.set_document(document.empty() ? Clinic() + "/patients/p1/documents/d1" : document);
    d.set_title("Consultation");
    d.set_recipient(recipient);
    *d.mutable_due_time() = rpc::ToProto(now() + absl::Hours(24));
    return Call(&Stub::RouteDocument, request);
  }
  absl::StatusOr<v1::RoutedDocument> Acknowledge(const v1::RoutedDocument& document, const std::string& who) {
    auto request = On<v1::AcknowledgeDocumentRequest>(document.name());
    request.set_acknowledgement("read");
    return Call(&Stub::AcknowledgeDocument, request, common::v1::ROLE_INTEGRATION_THERAPIST, who);
  }

  v1::ProviderUpdate OweUpdate(v1::ProviderUpdate::Kind kind = v1::ProviderUpdate::CONSULT_NOTE) {
    v1::CreateProviderUpdateRequest request;
    request.set_parent(Clinic());
    request.set_request_id(NewId());
    v1::ProviderUpdate& u = *request.mutable_provider_update();
    u.set_patient(Name("patients", "p1"));
    u.set_kind(kind);
    u.set_provider("Dr. Ames");
    u.set_owner("nurse");
    *u.mutable_due_time() = rpc::ToProto(now() + absl::Hours(24));
    const auto update = Call(&Stub::CreateProviderUpdate, request);
    EXPECT_OK(update);
    return update.value_or(v1::ProviderUpdate());
  }

  v1::CoordinationCall AskForCall() {
    v1::CreateCoordinationCallRequest request;
    request.set_parent(Clinic());
    request.set_request_id(NewId());
    v1::CoordinationCall& c = *request.mutable_coordination_call();
    c.set_patient(Name("patients", "p1"));
    c.set_agenda("Dose");
    c.set_owner("nurse");
    *c.mutable_due_time() = rpc::ToProto(now() + absl::Hours(24));
    const auto call = Call(&Stub::CreateCoordinationCall, request);
    EXPECT_OK(call);
    return call.value_or(v1::CoordinationCall());
  }
};

TEST_F(CareTeam, AThreadTakesPostsInOrderFromWhoeverPostsUntilItIsClosed) {
  const v1::CareThread thread = OpenThread("Sleep");
  EXPECT_EQ(thread.participants_size(), 2);
  for (const char* author : {"nurse", "therapist"}) {
    v1::CreateThreadPostRequest post;
    post.set_parent(thread.name());
    post.set_body(std::string("from ") + author);
    post.set_request_id(NewId());
    ASSERT_OK(Call(&Stub::CreateThreadPost, post, common::v1::ROLE_NURSE, author));
  }
  v1::ListThreadPostsRequest list;
  list.set_parent(thread.name());
  list.set_page_size(1);
  const auto first = Call(&Stub::ListThreadPosts, list);
  ASSERT_OK(first);
  EXPECT_EQ(first->thread_posts(0).body(), "from nurse");
  list.set_page_token(first->next_page_token());
  const auto second = Call(&Stub::ListThreadPosts, list);
  ASSERT_OK(second);
  EXPECT_EQ(second->thread_posts(0).author(), "therapist");
  EXPECT_TRUE(second->next_page_token().empty());

  v1::AddThreadParticipantRequest add = On<v1::AddThreadParticipantRequest>(thread.name(), thread.etag());
  add.set_participant("ben");
  EXPECT_ERROR(Call(&Stub::AddThreadParticipant, add), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  add.set_etag("");
  EXPECT_EQ(Call(&Stub::AddThreadParticipant, add)->participants_size(), 4);

  const auto closed = Call(&Stub::CloseCareThread, On<v1::CloseCareThreadRequest>(thread.name()));
  ASSERT_OK(closed);
  EXPECT_EQ(closed->state(), v1::CareThread::CLOSED);
  EXPECT_EQ(Call(&Stub::GetCareThread, Get<v1::GetCareThreadRequest>(thread.name()))->post_count(), 2);
  v1::CreateThreadPostRequest late;
  late.set_parent(thread.name());
  late.set_body("late");
  late.set_request_id(NewId());
  EXPECT_ERROR(Call(&Stub::CreateThreadPost, late), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_ERROR(Call(&Stub::CloseCareThread, On<v1::CloseCareThreadRequest>(thread.name())),
               absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(CareTeam, ThreadsAreListedByWhoTakesPartAndHowTheyStand) {
  OpenThread("one");
  const v1::CareThread two = OpenThread("two");
  ASSERT_OK(Call(&Stub::CloseCareThread, On<v1::CloseCareThreadRequest>(two.name())));
  v1::ListCareThreadsRequest list;
  list.set_parent(Clinic());
  list.set_participant("nurse");
  EXPECT_EQ(Call(&Stub::ListCareThreads, list)->care_threads_size(), 2);
  list.set_state(v1::CareThread::OPEN);
  const auto open = Call(&Stub::ListCareThreads, list);
  ASSERT_EQ(open->care_threads_size(), 1);
  EXPECT_EQ(open->care_threads(0).topic(), "one");
  list.set_participant("nobody");
  EXPECT_EQ(Call(&Stub::ListCareThreads, list)->care_threads_size(), 0);
}

TEST_F(CareTeam, ADocumentIsAcknowledgedByItsRecipientAloneAndLateOnesAreWorkUntilThen) {
  const auto document = Route("therapist");
  ASSERT_OK(document);
  EXPECT_ERROR(Acknowledge(*document, "nurse"), absl::StatusCode::kPermissionDenied, "NOT_THE_RECIPIENT");
  service().clock().Advance(absl::Hours(25));
  RunJobs();
  EXPECT_EQ(Call(&Stub::GetRoutedDocument, Get<v1::GetRoutedDocumentRequest>(document->name()))->state(),
            v1::RoutedDocument::OVERDUE);
  const auto work = Work("DOCUMENT_UNACKNOWLEDGED");
  ASSERT_EQ(work.size(), 1u);
  EXPECT_FALSE(work[0].resolvable());
  EXPECT_EQ(work[0].subject(), document->name());
  const auto read = Acknowledge(*document, "therapist");
  ASSERT_OK(read);
  EXPECT_EQ(read->state(), v1::RoutedDocument::ACKNOWLEDGED);
  EXPECT_EQ(read->acknowledgement(), "read");
  EXPECT_TRUE(Work().empty());
  EXPECT_ERROR(Acknowledge(*document, "therapist"), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(CareTeam, ADocumentThatIsReroutedWaitsForTheNewRecipientAndRemembersTheOld) {
  const auto document = Route("therapist");
  ASSERT_OK(document);
  service().clock().Advance(absl::Hours(25));
  RunJobs();
  auto reroute = On<v1::RerouteDocumentRequest>(document->name());
  reroute.set_recipient("stranger");
  reroute.set_reason("on leave");
  *reroute.mutable_due_time() = rpc::ToProto(now() + absl::Hours(24));
  EXPECT_ERROR(Call(&Stub::RerouteDocument, reroute), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  reroute.set_recipient("nurse");
  const auto moved = Call(&Stub::RerouteDocument, reroute);
  ASSERT_OK(moved);
  ASSERT_EQ(moved->hops_size(), 2);
  EXPECT_EQ(moved->hops(0).to(), "therapist");
  EXPECT_EQ(moved->hops(1).reason(), "on leave");
  EXPECT_TRUE(Work().empty());
  EXPECT_ERROR(Acknowledge(*document, "therapist"), absl::StatusCode::kPermissionDenied, "NOT_THE_RECIPIENT");
  EXPECT_OK(Acknowledge(*document, "nurse"));
}

TEST_F(CareTeam, ADocumentGoesToStaffOfTheClinicAndIsOfTheClinic) {
  EXPECT_ERROR(Route("stranger"), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  EXPECT_ERROR(Route("nurse", "clinics/other/patients/p1/documents/d1"), absl::StatusCode::kInvalidArgument,
               "FIELD_INVALID");
  ASSERT_OK(Route("nurse"));
  ASSERT_OK(Route("therapist"));
  v1::ListRoutedDocumentsRequest list;
  list.set_parent(Clinic());
  list.set_recipient("nurse");
  EXPECT_EQ(Call(&Stub::ListRoutedDocuments, list)->routed_documents_size(), 1);
}

TEST_F(CareTeam, AProviderUpdateIsOwedLateSentAndAnswered) {
  const v1::ProviderUpdate update = OweUpdate(v1::ProviderUpdate::ADVERSE_EVENT);
  const auto answer = On<v1::AcknowledgeProviderUpdateRequest>(update.name());
  EXPECT_ERROR(Call(&Stub::AcknowledgeProviderUpdate, answer), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  service().clock().Advance(absl::Hours(25));
  RunJobs();
  const auto work = Work("PROVIDER_UPDATE_LATE");
  ASSERT_EQ(work.size(), 1u);
  EXPECT_EQ(work[0].urgency(), common::v1::WorkSignal::URGENT);
  auto send = On<v1::SendProviderUpdateRequest>(update.name());
  send.set_evidence("fax receipt 17");
  const auto sent = Call(&Stub::SendProviderUpdate, send);
  ASSERT_OK(sent);
  EXPECT_EQ(sent->state(), v1::ProviderUpdate::SENT);
  EXPECT_TRUE(Work().empty());
  EXPECT_EQ(Call(&Stub::AcknowledgeProviderUpdate, answer)->state(), v1::ProviderUpdate::ACKNOWLEDGED);
  EXPECT_EQ(Call(&Stub::GetProviderUpdate, Get<v1::GetProviderUpdateRequest>(update.name()))->evidence(),
            "fax receipt 17");
}

TEST_F(CareTeam, AProviderUpdateThatIsDroppedIsNoLongerLate) {
  const v1::ProviderUpdate update = OweUpdate();
  OweUpdate();
  auto cancel = On<v1::CancelProviderUpdateRequest>(update.name(), "stale");
  cancel.set_reason("sent by the referrer");
  EXPECT_ERROR(Call(&Stub::CancelProviderUpdate, cancel), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  cancel.set_etag(update.etag());
  ASSERT_OK(Call(&Stub::CancelProviderUpdate, cancel));
  v1::ListProviderUpdatesRequest list;
  list.set_parent(Clinic());
  list.set_owner("nurse");
  list.set_state(v1::ProviderUpdate::CANCELLED);
  EXPECT_EQ(Call(&Stub::ListProviderUpdates, list)->provider_updates_size(), 1);
  service().clock().Advance(absl::Hours(25));
  RunJobs();
  EXPECT_EQ(Work("PROVIDER_UPDATE_LATE").size(), 1u);
}

TEST_F(CareTeam, ACallIsScheduledLateHeldAndOver) {
  const v1::CoordinationCall asked = AskForCall();
  auto schedule = On<v1::ScheduleCoordinationCallRequest>(asked.name());
  *schedule.mutable_start_time() = rpc::ToProto(now() - absl::Hours(1));
  EXPECT_ERROR(Call(&Stub::ScheduleCoordinationCall, schedule), absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  *schedule.mutable_start_time() = rpc::ToProto(now() + absl::Hours(30));
  EXPECT_EQ(Call(&Stub::ScheduleCoordinationCall, schedule)->state(), v1::CoordinationCall::SCHEDULED);
  service().clock().Advance(absl::Hours(25));
  RunJobs();
  EXPECT_TRUE(Work().empty()) << "it has a time, which is later";
  service().clock().Advance(absl::Hours(6));
  RunJobs();
  EXPECT_EQ(Work("COORDINATION_CALL_LATE").size(), 1u);
  auto complete = On<v1::CompleteCoordinationCallRequest>(asked.name());
  complete.set_outcome("Stay at this dose");
  ASSERT_OK(Call(&Stub::CompleteCoordinationCall, complete));
  EXPECT_TRUE(Work().empty());
  EXPECT_EQ(Call(&Stub::GetCoordinationCall, Get<v1::GetCoordinationCallRequest>(asked.name()))->outcome(),
            "Stay at this dose");
  auto cancel = On<v1::CancelCoordinationCallRequest>(asked.name());
  cancel.set_reason("no");
  EXPECT_ERROR(Call(&Stub::CancelCoordinationCall, cancel), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
}

TEST_F(CareTeam, ACallThatIsDroppedIsNotLate) {
  const v1::CoordinationCall asked = AskForCall();
  auto cancel = On<v1::CancelCoordinationCallRequest>(asked.name());
  cancel.set_reason("settled by mail");
  EXPECT_EQ(Call(&Stub::CancelCoordinationCall, cancel)->state(), v1::CoordinationCall::CANCELLED);
  v1::ListCoordinationCallsRequest list;
  list.set_parent(Clinic());
  list.set_patient(Name("patients", "p1"));
  EXPECT_EQ(Call(&Stub::ListCoordinationCalls, list)->coordination_calls_size(), 1);
  service().clock().Advance(absl::Hours(25));
  RunJobs();
  EXPECT_TRUE(Work().empty());
}

}  // namespace
}  // namespace kat::messaging
