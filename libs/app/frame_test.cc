// The promises of the adapter and the frame, kept by a real server on a real database.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "kat/common/v1/events.grpc.pb.h"
#include "kat/note/v1/note.grpc.pb.h"
#include "libs/app/note_service/note_service.h"
#include "libs/base/error.h"
#include "libs/base/id.h"
#include "libs/rpc/status.h"
#include "libs/testing/status.h"
#include "libs/testing/test_service.h"

namespace kat {
namespace {

using common::v1::ROLE_ASSISTANT;
using common::v1::ROLE_BILLER;
using common::v1::ROLE_NURSE;
using note::v1::CreateNoteRequest;
using note::v1::Note;

note::Hooks& TheHooks() {
  static auto* const hooks = new note::Hooks();
  return *hooks;
}

testing::TestService& Service() {
  static auto* const service = new testing::TestService(note::Spec(TheHooks()));
  return *service;
}

class Frame : public ::testing::Test {
 protected:
  Frame() : clinic_(Service().NewClinic()), stub_(note::v1::NoteService::NewStub(Service().channel())) {
    TheHooks().writes = 0;
    TheHooks().on_job = nullptr;
    TheHooks().on_event = nullptr;
  }

  CreateNoteRequest Request(const std::string& text = "hello") const {
    CreateNoteRequest request;
    request.set_parent("clinics/" + clinic_);
    request.mutable_note()->set_patient(absl::StrCat("clinics/", clinic_, "/patients/p1"));
    request.mutable_note()->set_text(text);
    request.set_request_id(NewId());
    return request;
  }
  absl::StatusOr<Note> Create(const CreateNoteRequest& request, const std::string& subject = "tester") {
    grpc::ClientContext context;
    Service().As(context, clinic_, {ROLE_ASSISTANT}, subject);
    Note note;
    const absl::Status status = rpc::FromGrpc(stub_->CreateNote(&context, request, &note));
    if (!status.ok()) return status;
    return note;
  }
  absl::StatusOr<Note> Get(const std::string& name, const std::string& clinic, common::v1::Role role = ROLE_ASSISTANT) {
    grpc::ClientContext context;
    Service().As(context, clinic, {role});
    note::v1::GetNoteRequest request;
    request.set_name(name);
    Note note;
    const absl::Status status = rpc::FromGrpc(stub_->GetNote(&context, request, &note));
    if (!status.ok()) return status;
    return note;
  }
  int64_t Count(const std::string& sql) {
    int64_t count = -1;
    EXPECT_OK(
        Service().database().service().Run({.clinic = clinic_, .read_only = true}, [&](pg::Tx& tx) -> absl::Status {
          ASSIGN_OR_RETURN(const pg::Row row, tx.QueryOne(sql));
          count = row.Get<int64_t>("n");
          return absl::OkStatus();
        }));
    return count;
  }

  std::string clinic_;
  std::unique_ptr<note::v1::NoteService::Stub> stub_;
};

TEST_F(Frame, ServesWhatWasWritten) {
  ASSERT_OK_AND_ASSIGN(const Note note, Create(Request()));
  ASSERT_OK_AND_ASSIGN(const Note read, Get(note.name(), clinic_, ROLE_NURSE));
  EXPECT_EQ(read.text(), "hello");
}

TEST_F(Frame, RefusesACallWithoutAToken) {
  grpc::ClientContext context;
  Note note;
  EXPECT_ERROR(rpc::FromGrpc(stub_->CreateNote(&context, Request(), &note)), absl::StatusCode::kUnauthenticated,
               "TOKEN_MISSING");
}

TEST_F(Frame, RefusesAForgedToken) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer e30.e30.e30");
  Note note;
  EXPECT_ERROR(rpc::FromGrpc(stub_->CreateNote(&context, Request(), &note)), absl::StatusCode::kUnauthenticated,
               "TOKEN_INVALID");
}

TEST_F(Frame, RefusesARoleThatTheMethodDoesNotName) {
  EXPECT_ERROR(Get(absl::StrCat("clinics/", clinic_, "/notes/n"), clinic_, ROLE_BILLER),
               absl::StatusCode::kPermissionDenied, "ROLE_FORBIDS");
}

TEST_F(Frame, LetsInAServiceThatTheMethodNamesAndNoOther) {
  for (const auto& [peer, code] :
       {std::pair{"billing", grpc::StatusCode::OK}, std::pair{"intake", grpc::StatusCode::PERMISSION_DENIED}}) {
    grpc::ClientContext context;
    Service().AsPeer(context, clinic_, peer);
    Note note;
    EXPECT_EQ(stub_->CreateNote(&context, Request(), &note).error_code(), code) << peer;
  }
}

TEST_F(Frame, LetsAServiceThatPassesAPersonOnDoNoMoreThanThatPerson) {
  for (const auto& [role, code] :
       {std::pair{ROLE_ASSISTANT, grpc::StatusCode::OK}, std::pair{ROLE_NURSE, grpc::StatusCode::PERMISSION_DENIED}}) {
    grpc::ClientContext context;
    Service().AsPeer(context, clinic_, "billing");
    Service().As(context, clinic_, {role});
    Note note;
    EXPECT_EQ(stub_->CreateNote(&context, Request(), &note).error_code(), code) << common::v1::Role_Name(role);
  }
}

TEST_F(Frame, NeverShowsOneClinicToAnother) {
  ASSERT_OK_AND_ASSIGN(const Note note, Create(Request()));
  const std::string other = Service().NewClinic();
  EXPECT_ERROR(Get(note.name(), other), absl::StatusCode::kPermissionDenied, "OTHER_CLINIC");
  const std::string disguised =
      absl::StrCat("clinics/", other, "/notes/", note.name().substr(note.name().rfind('/') + 1));
  EXPECT_ERROR(Get(disguised, other), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND");
}

TEST_F(Frame, NamesTheFieldThatBreaksARule) {
  CreateNoteRequest request = Request(std::string(41, 'x'));
  request.clear_request_id();
  const absl::Status status = Create(request).status();
  EXPECT_ERROR(status, absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  const ErrorDetail detail = GetErrorDetail(status).value();
  ASSERT_EQ(detail.fields.size(), 2u);
  EXPECT_EQ(detail.fields[0].field, "note.text");
  EXPECT_EQ(detail.fields[1].field, "request_id");
  EXPECT_EQ(status.message().find("xxx"), absl::string_view::npos);
}

TEST_F(Frame, GivesARepeatedRequestItsFirstAnswerAndOneEffect) {
  const CreateNoteRequest request = Request();
  ASSERT_OK_AND_ASSIGN(const Note first, Create(request));
  ASSERT_OK_AND_ASSIGN(const Note second, Create(request));
  EXPECT_EQ(first.name(), second.name());
  EXPECT_EQ(Count("select count(*) as n from notes"), 1);
}

TEST_F(Frame, RefusesARequestIdWithAnotherBody) {
  CreateNoteRequest request = Request("one");
  ASSERT_OK(Create(request));
  request.mutable_note()->set_text("two");
  EXPECT_ERROR(Create(request), absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED");
}

TEST_F(Frame, KeepsRequestIdsOfTwoCallersApart) {
  const CreateNoteRequest request = Request();
  ASSERT_OK_AND_ASSIGN(const Note first, Create(request, "ann"));
  ASSERT_OK_AND_ASSIGN(const Note second, Create(request, "ben"));
  EXPECT_NE(first.name(), second.name());
}

TEST_F(Frame, DoesOneThingForOneRequestIdSentSixteenTimesAtOnce) {
  const CreateNoteRequest request = Request();
  std::vector<std::thread> threads;
  std::atomic<int> served = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] { served += Create(request).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, 16);
  EXPECT_EQ(Count("select count(*) as n from notes"), 1);
}

TEST_F(Frame, ForgetsARequestThatFailed) {
  const CreateNoteRequest request = Request("refuse");
  EXPECT_ERROR(Create(request), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_ERROR(Create(request), absl::StatusCode::kFailedPrecondition, "STATE_FORBIDS");
  EXPECT_EQ(TheHooks().writes, 2);
  EXPECT_EQ(Count("select count(*) as n from notes"), 0);
  EXPECT_TRUE(Service().Events(clinic_).empty());
}

TEST_F(Frame, ValidatesWithoutKeepingAnything) {
  CreateNoteRequest request = Request();
  request.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const Note note, Create(request));
  EXPECT_EQ(note.text(), "hello");
  EXPECT_EQ(Count("select count(*) as n from notes"), 0);
}

TEST_F(Frame, AuditsReadsAndWritesAndRefusals) {
  ASSERT_OK_AND_ASSIGN(const Note note, Create(Request()));
  ASSERT_OK(Get(note.name(), clinic_));
  EXPECT_FALSE(Get(absl::StrCat("clinics/", clinic_, "/notes/none"), clinic_).ok());
  EXPECT_EQ(Count("select count(*) as n from audit_log"), 3);
  EXPECT_EQ(
      Count(absl::StrCat("select count(*) as n from audit_log where subject = 'clinics/", clinic_, "/patients/p1'")),
      2);
  EXPECT_EQ(Count("select count(*) as n from audit_log where outcome = 'NOT_FOUND'"), 1);
}

TEST_F(Frame, RefusesASpentDeadline) {
  grpc::ClientContext context;
  Service().As(context, clinic_, {ROLE_ASSISTANT});
  context.set_deadline(std::chrono::system_clock::now() - std::chrono::seconds(1));
  Note note;
  EXPECT_EQ(stub_->CreateNote(&context, Request(), &note).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(Frame, DoesAJobWhenItIsDueAndOnce) {
  ASSERT_OK_AND_ASSIGN(const Note note, Create(Request()));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Service().Events(clinic_).size(), 1u);
  Service().clock().Advance(absl::Hours(1));
  ASSERT_OK(Service().RunDueJobs());
  ASSERT_OK(Service().RunDueJobs());
  const auto events = Service().Events(clinic_);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].type(), "note.reminded");
  EXPECT_EQ(events[1].subject(), note.name());
}

TEST_F(Frame, KeepsAJobDueThroughAnOutageHoweverOften) {
  ASSERT_OK(Create(Request()));
  Service().clock().Advance(absl::Hours(1));
  TheHooks().on_job = [](const tx::Job&) { return absl::UnavailableError("carrier is away"); };
  for (int i = 0; i < 20; ++i) ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Service().Events(clinic_).size(), 1u) << "neither done nor parked";
  TheHooks().on_job = nullptr;
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Service().Events(clinic_).size(), 2u) << "done in the same minute of the clinic";
}

TEST_F(Frame, DoesWhatIsBehindManyJobsThatOthersHave) {
  for (int i = 0; i < 120; ++i) ASSERT_OK(Create(Request()));  // more than are looked at at once
  Service().clock().Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(const Note last, Create(Request()));
  Service().clock().Advance(absl::Hours(1));
  TheHooks().on_job = [&](const tx::Job& job) {
    return job.key == last.name() ? absl::OkStatus() : absl::AbortedError("another replica has it");
  };
  ASSERT_OK_AND_ASSIGN(const int done, Service().RunDueJobs());
  EXPECT_EQ(done, 1);
  TheHooks().on_job = nullptr;
  ASSERT_OK_AND_ASSIGN(const int rest, Service().RunDueJobs());
  EXPECT_GE(rest, 120);
}

TEST_F(Frame, DoesAPreparedJobOnlyOnceNoOtherIsDueAndLooksForOthersAfterEight) {
  ASSERT_OK(Create(Request("first")));  // its reminder is due in an hour, the plans now: they are the longer due
  for (int i = 0; i < 120; ++i) ASSERT_OK(Create(Request("plan")));  // more than are looked at at once
  Service().clock().Advance(absl::Hours(2));
  ASSERT_OK(Create(Request("late")));
  std::vector<std::string> done;
  TheHooks().on_job = [&](const tx::Job&) {
    done.push_back("remind");
    return absl::OkStatus();
  };
  TheHooks().on_plan = [&](const tx::Job&) {
    if (done.size() == 121) Service().clock().Advance(absl::Hours(1));  // now the late one's is due too
    done.push_back("plan");
  };
  ASSERT_OK(Service().RunDueJobs());
  TheHooks().on_job = nullptr;
  TheHooks().on_plan = nullptr;
  ASSERT_EQ(done.size(), 242u);
  EXPECT_EQ(std::count(done.begin(), done.begin() + 121, "remind"), 121);
  EXPECT_EQ(std::count(done.begin() + 121, done.begin() + 129, "plan"), 8);
  EXPECT_EQ(done[129], "remind");
  EXPECT_EQ(std::count(done.begin() + 130, done.end(), "plan"), 112);
}

TEST_F(Frame, RollsBackAFailedJobAndTriesItAgainLater) {
  ASSERT_OK(Create(Request()));
  Service().clock().Advance(absl::Hours(1));
  TheHooks().on_job = [](const tx::Job&) { return absl::InternalError("stumbled"); };
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Service().Events(clinic_).size(), 1u);
  TheHooks().on_job = nullptr;
  Service().clock().Advance(absl::Minutes(1));
  ASSERT_OK(Service().RunDueJobs());
  EXPECT_EQ(Service().Events(clinic_).size(), 2u);
}

TEST_F(Frame, ParksAHopelessJobAndTellsThePeople) {
  ASSERT_OK(Create(Request()));
  Service().clock().Advance(absl::Hours(1));
  TheHooks().on_job = [](const tx::Job&) { return absl::FailedPreconditionError("never"); };
  ASSERT_OK(Service().RunDueJobs());
  const auto events = Service().Events(clinic_);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].type(), "job.parked");
  EXPECT_EQ(events[1].work().kind(), "JOB_PARKED");
}

TEST_F(Frame, AppliesAnEventOnce) {
  common::v1::Event event;
  event.set_type("payment.taken");
  event.set_clinic("clinics/" + clinic_);
  event.set_subject(absl::StrCat("clinics/", clinic_, "/payments/p"));
  event.set_subject_version(1);
  ASSERT_OK(Service().Deliver("billing", event));
  EXPECT_EQ(Service().Events(clinic_).size(), 1u);
  TheHooks().on_event = [](const common::v1::Event&) { return absl::InternalError("poison"); };
  EXPECT_FALSE(Service().Deliver("billing", event).ok());
  EXPECT_EQ(Service().Events(clinic_).size(), 1u) << "a failed event leaves nothing behind";
}

class Feed : public Frame {
 protected:
  std::unique_ptr<grpc::ClientReader<common::v1::SubscribeResponse>> Subscribe(grpc::ClientContext& context,
                                                                               const std::string& cursor = "") {
    Service().As(context, clinic_, {common::v1::ROLE_INTEGRATION});
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    common::v1::SubscribeRequest request;
    request.set_parent("clinics/" + clinic_);
    request.set_cursor(cursor);
    return feed_->Subscribe(&context, request);
  }
  // Reads until an event of the type comes.
  static std::string ReadUntil(grpc::ClientReader<common::v1::SubscribeResponse>& stream, const std::string& subject) {
    for (common::v1::SubscribeResponse response; stream.Read(&response);) {
      for (const auto& event : response.events()) {
        if (event.subject() == subject) return event.cursor();
      }
    }
    return "";
  }
  std::unique_ptr<common::v1::EventFeedService::Stub> feed_ =
      common::v1::EventFeedService::NewStub(Service().channel());
};

TEST_F(Feed, SendsWhatHappenedAndWhatHappensAndResumes) {
  ASSERT_OK_AND_ASSIGN(const Note before, Create(Request("before")));
  grpc::ClientContext context;
  auto stream = Subscribe(context);
  const std::string cursor = ReadUntil(*stream, before.name());
  ASSERT_FALSE(cursor.empty());
  ASSERT_OK_AND_ASSIGN(const Note after, Create(Request("after")));
  ASSERT_FALSE(ReadUntil(*stream, after.name()).empty());
  context.TryCancel();

  grpc::ClientContext again;
  auto resumed = Subscribe(again, cursor);
  common::v1::SubscribeResponse response;
  ASSERT_TRUE(resumed->Read(&response));
  ASSERT_EQ(response.events_size(), 1);
  EXPECT_EQ(response.events(0).subject(), after.name());
  again.TryCancel();
}

TEST_F(Feed, RefusesAnUnknownCursor) {
  grpc::ClientContext context;
  auto stream = Subscribe(context, "nonsense");
  common::v1::SubscribeResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_ERROR(rpc::FromGrpc(stream->Finish()), absl::StatusCode::kInvalidArgument, "CURSOR_INVALID");
}

TEST_F(Feed, ShowsNoOtherClinicsEvents) {
  const std::string other = Service().NewClinic();
  grpc::ClientContext context;
  Service().As(context, other, {common::v1::ROLE_INTEGRATION});
  common::v1::SubscribeRequest request;
  for (const std::string& parent : {"clinics/" + clinic_, std::string("clinics/-")}) {
    grpc::ClientContext each;
    Service().As(each, other, {common::v1::ROLE_INTEGRATION});
    request.set_parent(parent);
    auto stream = feed_->Subscribe(&each, request);
    common::v1::SubscribeResponse response;
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_ERROR(rpc::FromGrpc(stream->Finish()), absl::StatusCode::kPermissionDenied, "OTHER_CLINIC");
  }
}

}  // namespace
}  // namespace kat
