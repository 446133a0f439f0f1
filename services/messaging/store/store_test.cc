#include "services/messaging/store/store.h"

#include <functional>

#include "gtest/gtest.h"
#include "libs/base/business_time.h"
#include "libs/testing/status.h"
#include "libs/testing/test_database.h"
#include "services/messaging/store/migrations/migrations.h"
#include "services/messaging/store/pg_store.h"

namespace kat::messaging {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1790000000);

class StoreTest : public ::testing::Test {
 protected:
  StoreTest()
      : database_(testing::TestDatabase::Get({.service = "messaging", .migrations = Migrations()})),
        clock_(kNow),
        store_(MakePgStore(database_.service(), clock_)),
        clinic_(database_.NewClinic()) {}

  absl::Status Run(const std::function<absl::Status(Tx&)>& body) { return RunIn(clinic_, body); }
  absl::Status RunIn(const ClinicId& clinic, const std::function<absl::Status(Tx&)>& body) {
    return store_->Run({.clinic = clinic}, body);
  }

  static PatientMessage Message(const std::string& id, const std::string& step, int64_t version) {
    PatientMessage m;
    m.id = MessageId(id);
    m.patient = PatientId("p1");
    m.appointment = AppointmentId("a1");
    m.appointment_version = version;
    m.appointment_start = kNow + absl::Hours(48);
    m.course = CourseId("c1");
    m.step_id = step;
    m.purpose = Purpose::kReminder;
    m.category = Category::kReminder;
    m.channels = {Channel::kSms, Channel::kEmail};
    m.plan_at = kNow;
    m.created_at = m.updated_at = kNow;
    return m;
  }

  testing::TestDatabase& database_;
  ManualClock clock_;
  std::unique_ptr<Store> store_;
  ClinicId clinic_;
};

TEST_F(StoreTest, AMessageComesBackAsItWent) {
  PatientMessage m = Message("m1", "72h", 3);
  m.asks_confirmation = true;
  m.latest_at = kNow + absl::Hours(47);
  m.program = "iv-ketamine";
  m.visit_type = "infusion";
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const bool inserted, tx.InsertMessage(m));
    EXPECT_TRUE(inserted);
    ASSIGN_OR_RETURN(PatientMessage got, tx.GetMessage(m.id, true));
    EXPECT_EQ(got.channels, m.channels);
    EXPECT_EQ(got.appointment_start, m.appointment_start);
    EXPECT_EQ(got.latest_at, m.latest_at);
    EXPECT_TRUE(got.asks_confirmation);
    RETURN_IF_ERROR(Advance(got, MessageEvent::kBegin, kNow));
    RETURN_IF_ERROR(Advance(got, MessageEvent::kAccept, kNow));
    got.carrier_message_id = "simulated-1";
    got.address = "+15555550101";
    got.channel = Channel::kSms;
    got.told_by = MessageId("m0");
    RETURN_IF_ERROR(tx.UpdateMessage(got));
    ASSIGN_OR_RETURN(const auto found, tx.FindByCarrierId("simulated-1"));
    EXPECT_EQ(found->id, m.id);
    EXPECT_EQ(found->revision, 3);
    EXPECT_EQ(found->told_by, MessageId("m0"));
    ASSIGN_OR_RETURN(const auto questions, tx.OpenQuestionsTo("+15555550101", kNow - absl::Hours(1)));
    EXPECT_EQ(questions.size(), 1u);
    ASSIGN_OR_RETURN(const SentCounts counts, tx.CountSent(m.patient, kNow - absl::Hours(1), kNow - absl::Hours(100)));
    EXPECT_EQ(counts.week, 1);
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, OneMessageForAVersionAndStepWhateverIsTried) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    EXPECT_TRUE(*tx.InsertMessage(Message("m1", "72h", 1)));
    EXPECT_FALSE(*tx.InsertMessage(Message("m2", "72h", 1)));
    EXPECT_TRUE(*tx.InsertMessage(Message("m3", "72h", 2)));
    EXPECT_TRUE(*tx.InsertMessage(Message("m4", "24h", 2)));
    EXPECT_TRUE(*tx.InsertMessage(Message("m5", kAdHocStep, 2)));
    EXPECT_TRUE(*tx.InsertMessage(Message("m6", kAdHocStep, 2)));
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, AStepToldForATimeCannotBeToldAgainInAnotherVersion) {
  PatientMessage first = Message("m1", "72h", 1);
  PatientMessage second = Message("m2", "72h", 3);
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    EXPECT_TRUE(*tx.InsertMessage(first));
    EXPECT_TRUE(*tx.InsertMessage(second));
    RETURN_IF_ERROR(Advance(first, MessageEvent::kBegin, kNow));
    return tx.UpdateMessage(first);
  }));
  EXPECT_ERROR(Run([&](Tx& tx) -> absl::Status {
                 RETURN_IF_ERROR(Advance(second, MessageEvent::kBegin, kNow));
                 return tx.UpdateMessage(second);
               }),
               absl::StatusCode::kAlreadyExists);
}

TEST_F(StoreTest, AnotherClinicSeesNothing) {
  ASSERT_OK(Run([&](Tx& tx) { return tx.InsertMessage(Message("m1", "72h", 1)).status(); }));
  ASSERT_OK(RunIn(database_.NewClinic(), [&](Tx& tx) -> absl::Status {
    EXPECT_ERROR(tx.GetMessage(MessageId("m1"), false), absl::StatusCode::kNotFound);
    ASSIGN_OR_RETURN(const auto messages, tx.ListMessages({}, {.limit = 10}));
    EXPECT_TRUE(messages.empty());
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, ListsPageWithoutGapsOrRepeats) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    for (int i = 0; i < 7; ++i) {
      PatientMessage m = Message(absl::StrCat("m", i), absl::StrCat("s", i), 1);
      m.plan_at = kNow + absl::Minutes(i / 2);
      RETURN_IF_ERROR(tx.InsertMessage(m).status());
    }
    Slice slice{.limit = 3};
    std::vector<std::string> seen;
    for (;;) {
      ASSIGN_OR_RETURN(const auto page, tx.ListMessages({}, slice));
      if (page.empty()) break;
      for (const PatientMessage& m : page) seen.push_back(m.id.str());
      slice.after = {TimeKey(page.back().plan_at), page.back().id.str()};
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"m6", "m5", "m4", "m3", "m2", "m1", "m0"}));
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, ConfigurationKeepsItsPartsAndOrder) {
  CadencePolicy cadence;
  cadence.id = CadenceId("k1");
  cadence.effective_from = absl::CivilDay(2026, 1, 1);
  cadence.steps = {{"72h", Purpose::kReminder, 4320, {Channel::kSms}, true}, {"24h", Purpose::kPreparation, 1440, {Channel::kEmail}}};
  cadence.created_at = kNow;
  MessageTemplate words;
  words.purpose = Purpose::kReminder;
  words.channel = Channel::kSms;
  words.category = Category::kReminder;
  words.language = "en";
  words.body = "STOP";
  words.effective_from = absl::CivilDay(2026, 1, 1);
  words.created_at = words.updated_at = kNow;
  MessagingPolicy policy;
  policy.id = PolicyId("y1");
  policy.effective_from = absl::CivilDay(2026, 1, 1);
  policy.effective_until = absl::CivilDay(2027, 1, 31);
  policy.restricted_words = {"ketamine", "with \"quotes\", and commas"};
  policy.created_at = kNow;
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.InsertCadence(cadence));
    ASSIGN_OR_RETURN(const auto cadences, tx.AllCadences());
    EXPECT_EQ(cadences.at(0).steps.at(1).step_id, "24h");
    EXPECT_EQ(cadences.at(0).steps.at(1).channels.at(0), Channel::kEmail);
    EXPECT_TRUE(cadences.at(0).steps.at(0).asks_confirmation);
    EXPECT_ERROR(tx.GetCadence(CadenceId("k2")), absl::StatusCode::kNotFound);
    for (int version = 1; version <= 3; ++version) {
      ASSIGN_OR_RETURN(const int latest, tx.LatestTemplateVersion(words));
      EXPECT_EQ(latest, version - 1);
      words.id = TemplateId(absl::StrCat("t", version));
      words.version = version;
      RETURN_IF_ERROR(tx.InsertTemplate(words));
    }
    ASSIGN_OR_RETURN(const auto first, tx.ListTemplates({}, {.limit = 2}));
    EXPECT_EQ(first.at(0).version, 3);
    ASSIGN_OR_RETURN(const auto rest, tx.ListTemplates({}, {.limit = 2, .after = TemplateKeys(first.at(1))}));
    EXPECT_EQ(rest.at(0).version, 1);
    ASSIGN_OR_RETURN(const auto in_use, tx.TemplatesFor(Purpose::kReminder, ""));
    EXPECT_EQ(in_use.size(), 3u);
    RETURN_IF_ERROR(tx.InsertPolicy(policy));
    ASSIGN_OR_RETURN(const MessagingPolicy got, tx.GetPolicy(policy.id));
    EXPECT_EQ(got.restricted_words, policy.restricted_words);
    EXPECT_EQ(got.effective_until, policy.effective_until);
    EXPECT_EQ(got.window.until_minute, 21 * 60);
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, ConsentAndNumbersAreKept) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(ContactPreferences preferences, tx.GetPreferences(PatientId("p1"), true));
    const Consent said{Channel::kSms, Category::kReminder, ConsentState::kGranted, ConsentSource::kVerbal, kNow, "desk"};
    Apply(said, preferences);
    RETURN_IF_ERROR(tx.PutPreferences(preferences, kNow));
    RETURN_IF_ERROR(tx.InsertConsentEvent({ConsentEventId("e1"), PatientId("p1"), said, "on the phone"}));
    Apply({Channel::kNone, Category::kNone, ConsentState::kRevoked, ConsentSource::kReply, kNow, "x"}, preferences);
    RETURN_IF_ERROR(tx.PutPreferences(preferences, kNow));
    ASSIGN_OR_RETURN(const ContactPreferences got, tx.GetPreferences(PatientId("p1"), false));
    EXPECT_TRUE(got.all_revoked);
    EXPECT_EQ(got.consents.at(0).state, ConsentState::kRevoked);
    ASSIGN_OR_RETURN(const auto events, tx.ListConsentEvents(PatientId("p1"), {.limit = 5}));
    EXPECT_EQ(events.at(0).evidence, "on the phone");
    RETURN_IF_ERROR(tx.StopNumber("+15555550101", Category::kReminder, kNow));
    RETURN_IF_ERROR(tx.StopNumber("+15555550101", Category::kReminder, kNow));
    EXPECT_EQ(tx.StopsOf("+15555550101")->size(), 1u);
    RETURN_IF_ERROR(tx.StartNumber("+15555550101"));
    EXPECT_TRUE(tx.StopsOf("+15555550101")->empty());
    TrackedAppointment tracked;
    tracked.known.id = AppointmentId("a1");
    tracked.known.start_at = tracked.known.end_at = kNow;
    RETURN_IF_ERROR(tx.PutAppointment(tracked));
    tracked.known.version = 2;
    tracked.driver_name = "Sam";
    RETURN_IF_ERROR(tx.PutAppointment(tracked));
    ASSIGN_OR_RETURN(const auto known, tx.LockAppointment(AppointmentId("a1")));
    EXPECT_EQ(known->driver_name, "Sam");
    EXPECT_EQ(known->known.version, 2);
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, AReplyIsKeptOnceByTheCarriersIdentifier) {
  Reply reply;
  reply.id = ReplyId("r1");
  reply.carrier_message_id = "in-1";
  reply.received_at = kNow;
  ASSERT_OK(Run([&](Tx& tx) { return tx.InsertReply(reply); }));
  reply.id = ReplyId("r2");
  EXPECT_ERROR(Run([&](Tx& tx) { return tx.InsertReply(reply); }), absl::StatusCode::kAlreadyExists);
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto found, tx.FindReply("in-1"));
    EXPECT_EQ(found->id.str(), "r1");
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, WorkComesByUrgencyThenDueTimeThenAge) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    const auto put = [&](const char* id, Urgency urgency, std::optional<absl::Time> due, int age) {
      WorkItem w;
      w.id = WorkItemId(id);
      w.owner = "intake";
      w.kind = "RISK_REVIEW";
      w.subject = id;
      w.urgency = urgency;
      w.due_at = due;
      w.related = {{"case", "clinics/c/cases/1"}};
      w.opened_at = w.updated_at = kNow - absl::Hours(age);
      return tx.PutWorkItem(w);
    };
    RETURN_IF_ERROR(put("w-no-due-old", Urgency::kSoon, std::nullopt, 9));
    RETURN_IF_ERROR(put("w-no-due-new", Urgency::kSoon, std::nullopt, 1));
    RETURN_IF_ERROR(put("w-due-late", Urgency::kSoon, kNow + absl::Hours(9), 1));
    RETURN_IF_ERROR(put("w-due-soon", Urgency::kSoon, kNow + absl::Hours(1), 1));
    RETURN_IF_ERROR(put("w-urgent", Urgency::kUrgent, std::nullopt, 0));
    RETURN_IF_ERROR(put("w-routine", Urgency::kRoutine, kNow, 50));
    std::vector<std::string> seen;
    Slice slice{.limit = 2};
    for (;;) {
      ASSIGN_OR_RETURN(const auto page, tx.ListWorkItems({}, slice));
      if (page.empty()) break;
      for (const WorkItem& w : page) seen.push_back(w.id.str());
      slice.after = WorkKeys(page.back());
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"w-urgent", "w-due-soon", "w-due-late", "w-no-due-old", "w-no-due-new", "w-routine"}));
    ASSIGN_OR_RETURN(const auto due, tx.ListWorkItems({.due_before = kNow + absl::Hours(2)}, {.limit = 10}));
    EXPECT_EQ(due.size(), 2u);
    ASSIGN_OR_RETURN(const auto locked, tx.LockWorkItem("intake", "RISK_REVIEW", "w-urgent"));
    EXPECT_EQ(locked->related.at("case"), "clinics/c/cases/1");
    return absl::OkStatus();
  }));
}

TEST_F(StoreTest, CareIsKeptWithItsHistory) {
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    CareThread thread;
    thread.id = ThreadId("t1");
    thread.patient = PatientId("p1");
    thread.participants = {"ana"};
    thread.created_at = thread.updated_at = kNow;
    RETURN_IF_ERROR(tx.InsertThread(thread));
    for (int i = 0; i < 3; ++i) {
      ASSIGN_OR_RETURN(const ThreadPost post, Post(thread, "ben", "words", kNow));
      RETURN_IF_ERROR(tx.InsertPost(post));
    }
    RETURN_IF_ERROR(tx.UpdateThread(thread));
    ASSIGN_OR_RETURN(const auto posts, tx.ListPosts(thread.id, {.limit = 2, .after = {"1"}}));
    EXPECT_EQ(posts.at(0).number, 2);
    ASSIGN_OR_RETURN(const auto bens, tx.ListThreads({.subject = "ben"}, {.limit = 5}));
    EXPECT_EQ(bens.at(0).post_count, 3);

    RoutedDocument draft;
    draft.patient = PatientId("p1");
    draft.recipient = "therapist";
    draft.due_at = kNow + absl::Hours(2);
    ASSIGN_OR_RETURN(RoutedDocument document, NewRoutedDocument(draft, "desk", kNow));
    RETURN_IF_ERROR(tx.InsertDocument(document));
    RETURN_IF_ERROR(Reroute(document, "desk", "nurse", kNow + absl::Hours(5), "away", kNow));
    RETURN_IF_ERROR(tx.UpdateDocument(document));
    ASSIGN_OR_RETURN(const auto documents, tx.ListDocuments({.subject = "nurse"}, {.limit = 5}));
    EXPECT_EQ(documents.at(0).hops.size(), 2u);
    EXPECT_EQ(documents.at(0).hops.at(1).reason, "away");

    ProviderUpdate update_draft;
    update_draft.due_at = kNow + absl::Hours(2);
    ASSIGN_OR_RETURN(ProviderUpdate update, NewProviderUpdate(update_draft, kNow));
    RETURN_IF_ERROR(tx.InsertUpdate(update));
    RETURN_IF_ERROR(MarkSent(update, "fax", kNow));
    RETURN_IF_ERROR(tx.UpdateUpdate(update));
    EXPECT_EQ(tx.ListUpdates({.state = UpdateState::kSent}, {.limit = 5})->at(0).evidence, "fax");

    CoordinationCall call_draft;
    call_draft.due_at = kNow + absl::Hours(2);
    call_draft.participants = {"Dr. O'Hara, PCP", "ana"};
    ASSIGN_OR_RETURN(CoordinationCall call, NewCoordinationCall(call_draft, kNow));
    RETURN_IF_ERROR(tx.InsertCall(call));
    RETURN_IF_ERROR(ScheduleAt(call, kNow + absl::Hours(1), AppointmentId("a1"), kNow));
    RETURN_IF_ERROR(tx.UpdateCall(call));
    ASSIGN_OR_RETURN(const CoordinationCall got, tx.GetCall(call.id, false));
    EXPECT_EQ(got.participants, call.participants);
    EXPECT_EQ(got.start_at, call.start_at);

    ASSIGN_OR_RETURN(SummaryReading reading, tx.LockReading(PatientId("p1"), "ana"));
    EXPECT_EQ(reading.shown_version, 0);
    Show(reading, {{"intake", "patient", Availability::kAvailable, {{"PATIENT", "p", "x", ""}}}});
    RETURN_IF_ERROR(tx.PutReading(reading));
    ASSIGN_OR_RETURN(const SummaryReading again, tx.LockReading(PatientId("p1"), "ana"));
    EXPECT_EQ(again.shown, reading.shown);
    return absl::OkStatus();
  }));
}

}  // namespace
}  // namespace kat::messaging
