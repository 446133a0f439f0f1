// The team's queue: order, claims, snoozes, ends, and what the services set aside for a person.
#include "absl/synchronization/notification.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/server_builder.h"
#include "kat/common/v1/events.grpc.pb.h"
#include "libs/app/feed_client.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/tx/pg_transaction.h"
#include "services/messaging/store/pg_store.h"
#include "services/messaging/testing/messaging_test.h"
#include "services/messaging/worker/feeds.h"

namespace kat::messaging {
namespace {

using Stub = v1::MessagingService::Stub;
using Strings = std::vector<std::string>;
using PlainStore = tx::PgStore<tx::Transaction, tx::PgTransaction<tx::Transaction>>;

class WorkQueue : public MessagingTest {
 protected:
  // Another service says that something has to be done, or that it was.
  void Signal(const std::string& feed, const std::string& subject, const std::string& kind,
              common::v1::WorkSignal::Urgency urgency, std::optional<absl::Duration> due = std::nullopt,
              bool closed = false) {
    common::v1::Event event;
    event.set_type("something.happened");
    event.set_clinic(Clinic());
    event.set_subject(subject);
    event.set_subject_version(++version_);
    common::v1::WorkSignal& work = *event.mutable_work();
    work.set_kind(kind);
    work.set_role(common::v1::ROLE_NURSE);
    work.set_urgency(urgency);
    work.set_closed(closed);
    if (due) *work.mutable_due_time() = rpc::ToProto(now() + *due);
    ASSERT_OK(service().Deliver(feed, event));
  }

  template <class Request>
  Request On(const v1::WorkItem& item) {
    Request request;
    request.set_name(item.name());
    request.set_request_id(NewId());
    return request;
  }
  absl::StatusOr<v1::WorkItem> Claim(const v1::WorkItem& item, const std::string& who) {
    return Call(&Stub::ClaimWorkItem, On<v1::ClaimWorkItemRequest>(item), common::v1::ROLE_NURSE, who);
  }
  absl::StatusOr<v1::WorkItem> Resolve(const v1::WorkItem& item) {
    auto request = On<v1::ResolveWorkItemRequest>(item);
    request.set_resolution("done");
    return Call(&Stub::ResolveWorkItem, request, common::v1::ROLE_CLINIC_ADMIN);
  }
  absl::StatusOr<v1::WorkItem> Get(const v1::WorkItem& item) {
    v1::GetWorkItemRequest request;
    request.set_name(item.name());
    return Call(&Stub::GetWorkItem, request);
  }

  int64_t version_ = 0;
};

TEST_F(WorkQueue, WhatIsMostUrgentComesFirstThenWhatIsDueFirstThenWhatIsOldestOverAllPages) {
  using U = common::v1::WorkSignal;
  Signal("intake", Clinic() + "/a", "ROUTINE_SOON", U::ROUTINE, absl::Hours(1));
  Signal("billing", Clinic() + "/b", "OLD", U::SOON);
  service().clock().Advance(absl::Minutes(1));
  Signal("intake", Clinic() + "/c", "YOUNG", U::SOON);
  Signal("authorization", Clinic() + "/d", "LATE", U::SOON, absl::Hours(9));
  Signal("scheduling", Clinic() + "/e", "EARLY", U::SOON, absl::Hours(2));
  Signal("intake", Clinic() + "/f", "NOW", U::URGENT);
  Strings kinds;
  v1::ListWorkItemsRequest request;
  request.set_parent(Clinic());
  request.set_page_size(2);
  do {
    const auto page = Call(&Stub::ListWorkItems, request);
    ASSERT_OK(page);
    for (const v1::WorkItem& item : page->work_items()) kinds.push_back(item.kind());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(kinds, (Strings{"NOW", "EARLY", "LATE", "OLD", "YOUNG", "ROUTINE_SOON"}));
}

TEST_F(WorkQueue, OnePersonHasAnItemUntilItIsGivenBack) {
  Signal("intake", Clinic() + "/a", "RISK_REVIEW", common::v1::WorkSignal::URGENT);
  const v1::WorkItem item = Work().at(0);
  EXPECT_EQ(Claim(item, "ana")->assignee(), "ana");
  EXPECT_OK(Claim(item, "ana"));
  EXPECT_ERROR(Claim(item, "ben"), absl::StatusCode::kFailedPrecondition, "CLAIMED_BY_ANOTHER");
  auto stale = On<v1::ReleaseWorkItemRequest>(item);
  stale.set_etag(item.etag());
  EXPECT_ERROR(Call(&Stub::ReleaseWorkItem, stale), absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(Call(&Stub::ReleaseWorkItem, On<v1::ReleaseWorkItemRequest>(item))->state(), v1::WorkItem::OPEN);
  EXPECT_EQ(Claim(item, "ben")->assignee(), "ben");
}

TEST_F(WorkQueue, WhatIsPutOffOpensAgainByItselfAndUrgentWorkIsNotPutOff) {
  Signal("intake", Clinic() + "/a", "CALL_BACK", common::v1::WorkSignal::SOON);
  Signal("intake", Clinic() + "/b", "RISK_REVIEW", common::v1::WorkSignal::URGENT);
  const auto snooze = [&](const v1::WorkItem& item) {
    auto request = On<v1::SnoozeWorkItemRequest>(item);
    *request.mutable_snooze_time() = rpc::ToProto(now() + absl::Hours(4));
    request.set_reason("not in before noon");
    return Call(&Stub::SnoozeWorkItem, request);
  };
  EXPECT_ERROR(snooze(Work("RISK_REVIEW").at(0)), absl::StatusCode::kFailedPrecondition, "URGENT_WORK");
  const v1::WorkItem item = Work("CALL_BACK").at(0);
  EXPECT_EQ(snooze(item)->state(), v1::WorkItem::SNOOZED);
  service().clock().Advance(absl::Hours(5));
  RunJobs();
  EXPECT_EQ(Get(item)->state(), v1::WorkItem::OPEN);
}

TEST_F(WorkQueue, AnotherServicesItemEndsByItsEventAndByNobodysWord) {
  Signal("billing", Clinic() + "/a", "CLAIM_DENIED", common::v1::WorkSignal::SOON);
  const v1::WorkItem item = Work().at(0);
  EXPECT_FALSE(item.resolvable());
  EXPECT_ERROR(Resolve(item), absl::StatusCode::kFailedPrecondition, "CLOSED_BY_OWNER");
  Signal("billing", Clinic() + "/a", "CLAIM_DENIED", common::v1::WorkSignal::SOON, std::nullopt, true);
  EXPECT_TRUE(Work().empty());
  EXPECT_EQ(Get(item)->state(), v1::WorkItem::RESOLVED);
}

TEST_F(WorkQueue, WhatAnotherServiceHasParkedIsWorkThatAPersonResolvesOnceItIsReplayed) {
  for (const char* feed : {"intake", "scheduling", "billing", "authorization"}) {
    Signal(feed, absl::StrCat(Clinic(), "/jobs/", feed), "JOB_PARKED", common::v1::WorkSignal::SOON);
    Signal(feed, absl::StrCat(Clinic(), "/appointments/", feed), "EVENT_PARKED", common::v1::WorkSignal::SOON);
  }
  EXPECT_EQ(Work("JOB_PARKED").size(), 4u);
  const auto parked = Work("EVENT_PARKED");
  ASSERT_EQ(parked.size(), 4u);
  EXPECT_TRUE(parked[0].resolvable());
  EXPECT_NE(parked[0].explanation().find("replay-parked"), std::string::npos);
  ASSERT_OK(Resolve(parked[0]));
  EXPECT_EQ(Work("EVENT_PARKED").size(), 3u);
}

TEST_F(WorkQueue, AJobOfMessagingsOwnThatIsParkedIsWorkUntilItIsReplayed) {
  const auto store = MakePgStore(service().database().worker(), service().clock());
  ASSERT_OK(store->Run({.clinic = ClinicId(clinic_)}, [&](Tx& tx) {
    return tx.Schedule({.kind = "no.such", .key = "1", .due_at = now(), .payload = "{}"});
  }));
  RunJobs();
  const auto work = Work("JOB_PARKED");
  ASSERT_EQ(work.size(), 1u);
  EXPECT_EQ(work[0].owner(), "messaging");
  EXPECT_ERROR(Resolve(work[0]), absl::StatusCode::kFailedPrecondition, "CLOSED_BY_OWNER");
  EXPECT_EQ(Work("JOB_PARKED").at(0).etag(), work[0].etag()) << "looking changes nothing";
}

// Keeps the handler of scheduling's feed, to be run by a feed client of the test's own.
class FeedCatcher final : public app::App {
 public:
  explicit FeedCatcher(kat::testing::TestService& service) : service_(service) {}
  const Clock& clock() const override { return service_.clock(); }
  pg::Database& database() override { return service_.database().service(); }
  pg::Database& worker_database() override { return service_.database().worker(); }
  rpc::Service& AddService(absl::string_view) override { std::abort(); }
  void AddStreams(rpc::Streams&) override {}
  std::shared_ptr<grpc::Channel> Peer(absl::string_view) override { return nullptr; }
  std::string Option(absl::string_view) const override { return ""; }
  prometheus::Registry& metrics() override { return metrics_; }

  app::FeedClient::Handler scheduling;

 private:
  void AddJobHandler(std::string, std::function<absl::Status(const ClinicId&, const tx::Job&, const Settle&)>,
                     bool) override {}
  void AddFeedHandler(
      std::string feed, std::vector<std::string>,
      std::function<absl::Status(const ClinicId&, const common::v1::Event&, const Settle&)> handle) override {
    if (feed == "scheduling") scheduling = std::move(handle);
  }

  kat::testing::TestService& service_;
  prometheus::Registry metrics_;
};

// A feed with one event that cannot be applied, and one that says that it was passed.
class PoisonFeed final : public common::v1::EventFeedService::Service {
 public:
  grpc::Status Subscribe(grpc::ServerContext*, const common::v1::SubscribeRequest* request,
                         grpc::ServerWriter<common::v1::SubscribeResponse>* writer) override {
    for (const common::v1::Event& event : {poison, next}) {
      if (request->cursor() >= event.cursor() && request->cursor() < "9") continue;
      common::v1::SubscribeResponse response;
      *response.add_events() = event;
      response.set_cursor(event.cursor());
      writer->Write(response);
    }
    return grpc::Status::OK;
  }
  common::v1::Event poison, next;
};

TEST_F(WorkQueue, AnEventThatMessagingCannotTakeInIsWorkUntilItIsReplayed) {
  Configure();
  Book("a1", "nobody", now() + absl::Hours(100));  // of a patient whom intake does not know
  PoisonFeed feed;
  feed.poison = *world().scheduling.Next();
  feed.poison.set_cursor("7.3");
  feed.next.set_cursor("7.4");
  feed.next.set_clinic(Clinic());
  feed.next.set_type("the.end");
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&feed);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());

  FeedCatcher app(service());
  const Peers peers{.scheduling = &world().scheduling, .intake = &world().intake};
  Feeds feeds(peers);
  const auto store = MakePgStore(service().database().worker(), service().clock());
  feeds.Register(app, *store);
  PlainStore plain(service().database().worker(), service().clock());
  prometheus::Registry registry;
  absl::Notification passed;
  app::FeedClient client(
      {.key = "scheduling", .feed = "scheduling", .channel = [&] { return channel; }}, plain,
      [&](const ClinicId& clinic, const common::v1::Event& event, const auto& settle) {
        if (event.type() == "the.end" && !passed.HasBeenNotified()) passed.Notify();
        return app.scheduling(clinic, event, settle);
      },
      prometheus::BuildCounter().Name("x").Help("x").Register(registry));
  client.Start();
  ASSERT_TRUE(passed.WaitForNotificationWithTimeout(absl::Minutes(2)));
  client.Stop();

  const auto work = Work("EVENT_PARKED");
  ASSERT_EQ(work.size(), 1u);
  EXPECT_EQ(work[0].owner(), "messaging");
  EXPECT_EQ(work[0].subject(), Name("parkedEvents", "scheduling@7.3"));
  EXPECT_EQ(work[0].role(), common::v1::ROLE_CLINIC_ADMIN);
  EXPECT_FALSE(work[0].resolvable());
  EXPECT_EQ(Work("EVENT_PARKED").at(0).etag(), work[0].etag()) << "looking changes nothing";

  AddPatient("nobody", "+15555550177");
  ASSERT_OK(client.Replay("7.3", [](tx::Transaction& tx) { return tx.UnparkEvent("scheduling", "7.3"); }));
  EXPECT_TRUE(Work("EVENT_PARKED").empty());
  EXPECT_EQ(Get(work[0])->state(), v1::WorkItem::RESOLVED);
  EXPECT_FALSE(Messages("a1").empty());
}

}  // namespace
}  // namespace kat::messaging
