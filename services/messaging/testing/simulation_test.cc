// Ten thousand random things happen to appointments, feeds, jobs, phones and the carrier: no message that goes out is
// stale, none goes out twice, none outside the patient's hours, none after a STOP.
#include <map>
#include <random>
#include <set>

#include "libs/base/business_time.h"
#include "libs/rpc/convert.h"
#include "services/messaging/domain/quiet_hours.h"
#include "services/messaging/store/pg_store.h"
#include "services/messaging/testing/messaging_test.h"

namespace kat::messaging {
namespace {

constexpr int kPatients = 30;
constexpr int kOperations = 10000;
constexpr const char* kZones[] = {"", "America/Los_Angeles", "America/Phoenix", "Pacific/Honolulu", "America/Chicago"};

class Simulation : public MessagingTest {
 protected:
  Simulation() : random_(42), store_(MakePgStore(service().database().service(), service().clock())) {
    Configure();
    // So that the autumn's and the spring's clock changes lie in the run.
    if (now() < absl::FromCivil(absl::CivilDay(2027, 2, 20), absl::UTCTimeZone())) {
      service().clock().Set(absl::FromCivil(absl::CivilHour(2027, 2, 20, 15), absl::UTCTimeZone()));
    }
    for (int i = 0; i < kPatients; ++i) {
      AddPatient(Patient(i), Phone(i), kZones[i % 5]);
      zones_[Phone(i)] = {*LoadZone(i % 5 == 0 ? "America/New_York" : kZones[i % 5])};
      if (i % 3 == 0) zones_[Phone(i)].push_back(*LoadZone("Pacific/Honolulu"));
    }
    world().carrier->on_send = [this](const OutgoingMessage& message) { Check(message); };
    world().carrier->after_send = [this]() -> absl::Status {
      if (Chance(20)) return absl::InternalError("the answer was lost");
      if (Chance(300)) service().database().KillConnections();  // dies before its commit
      return absl::OkStatus();
    };
  }

  int Pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(int one_in) { return Pick(1, one_in) == 1; }
  static std::string Patient(int i) { return absl::StrCat("p", i); }
  // Every third number was given out in Honolulu, wherever its owner lives.
  static std::string Phone(int i) { return absl::StrCat("+1", i % 3 == 0 ? "808" : "555", "555", 1000 + i); }

  // What `message` says of its appointment is so.
  void CheckTrue(const PatientMessage& message) {
    const Appointment truth = world().scheduling.Get(ClinicId(clinic_), message.appointment);
    ASSERT_EQ(truth.start_at, *message.appointment_start) << "stale " << message.step_id;
    if (message.purpose == Purpose::kCancellationNotice) {
      ASSERT_EQ(truth.standing, Standing::kCancelled) << "stale";
    } else {
      ASSERT_EQ(truth.standing, Standing::kUpcoming) << "stale " << message.step_id;
      ASSERT_GT(truth.start_at, now()) << "after the visit";
    }
  }

  // The carrier has just taken `out` for the first time: is it right to?
  void Check(const OutgoingMessage& out) {
    ++checked_;
    ASSERT_TRUE(ids_.insert(out.message.str()).second) << "taken twice";
    PatientMessage message;
    std::vector<PatientMessage> followers;
    ASSERT_OK(store_->Run({.clinic = out.clinic, .read_only = true}, [&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(message, tx.GetMessage(out.message, false));
      if (!Bundles(message)) return absl::OkStatus();
      ASSIGN_OR_RETURN(followers,
                       tx.ListMessages({.patient = message.patient, .state = MessageState::kPlanned}, {.limit = 1000}));
      return absl::OkStatus();
    }));
    if (message.step_id == kAnswerStep) return;
    ASSERT_TRUE(InWindow(now(), SendWindow{}, zones_.at(out.address)))
        << out.address << " " << absl::FormatTime(now(), zones_.at(out.address)[0]);
    ASSERT_EQ(stopped_.count(out.address), 0u) << "sent after a STOP";
    CheckTrue(message);
    for (const PatientMessage& follower : followers) {
      if (follower.told_by != message.id) continue;
      ++followed_;
      CheckTrue(follower);
    }
    const Appointment truth = world().scheduling.Get(ClinicId(clinic_), message.appointment);
    ASSERT_TRUE(
        told_.insert(absl::StrCat(message.appointment.str(), " ", message.appointment_version, " ", message.step_id))
            .second)
        << "twice for a version and step";
    if (IsNotice(message.purpose)) return;
    ASSERT_TRUE(told_
                    .insert(absl::StrCat(message.appointment.str(), " at ", absl::ToUnixSeconds(truth.start_at), " ",
                                         message.step_id))
                    .second)
        << "twice for a time and step";
  }

  absl::Time RandomStart() { return now() + absl::Minutes(15 * Pick(2, 24 * 4 * 9)); }

  std::optional<AppointmentId> SomeUpcoming() {
    if (upcoming_.empty()) return std::nullopt;
    const size_t at = Pick(0, static_cast<int>(upcoming_.size()) - 1);
    const AppointmentId id = upcoming_[at];
    const Appointment a = world().scheduling.Get(ClinicId(clinic_), id);
    if (a.standing == Standing::kUpcoming && a.start_at > now()) return id;
    upcoming_[at] = upcoming_.back();
    upcoming_.pop_back();
    return std::nullopt;
  }

  void ChangeSome(const char* type, const std::function<void(Appointment&)>& change) {
    if (const std::optional<AppointmentId> id = SomeUpcoming()) MessagingTest::Change(id->str(), type, change);
  }

  // Everything that is to come of one course changes in one act.
  void ChangeCourse() {
    const std::optional<AppointmentId> some = SomeUpcoming();
    if (!some) return;
    const Appointment one = world().scheduling.Get(ClinicId(clinic_), *some);
    if (one.course.empty()) return;
    const bool cancel = Chance(2);
    for (const AppointmentId& id : upcoming_) {
      const Appointment a = world().scheduling.Get(ClinicId(clinic_), id);
      if (a.course != one.course || a.patient != one.patient) continue;
      if (a.standing != Standing::kUpcoming || a.start_at <= now()) continue;
      MessagingTest::Change(id.str(), cancel ? "appointment.cancelled" : "appointment.moved",
                            [&](Appointment& changed) {
                              if (cancel) changed.standing = Standing::kCancelled;
                              changed.start_at += cancel ? absl::ZeroDuration() : absl::Hours(24);
                              changed.end_at = changed.start_at + absl::Hours(2);
                            });
    }
  }

  void DeliverSome() {
    for (int i = Pick(1, 12); i > 0; --i) {
      const std::optional<common::v1::Event> event = world().scheduling.Next();
      if (!event) return;
      ASSERT_OK(Deliver(*event));
      delivered_.push_back(*event);
      if (delivered_.size() > 200) delivered_.erase(delivered_.begin());
    }
  }

  // A connection that was killed is worth another try, as the feed's own loop makes it.
  absl::Status Deliver(const common::v1::Event& event) {
    absl::Status status;
    for (int i = 0; i < 20; ++i) {
      status = service().Deliver("scheduling", event);
      if (!absl::IsUnavailable(status)) return status;
    }
    return status;
  }

  void Step() {
    const int choice = Pick(1, 100);
    if (choice <= 14) {
      const std::string patient = Patient(Pick(0, kPatients - 1));
      const std::string course = Chance(2) ? absl::StrCat("course-", patient) : "";
      for (int i = course.empty() ? 1 : Pick(1, 3); i > 0; --i) {
        const std::string id = absl::StrCat("s", ++booked_);
        Book(id, patient, RandomStart(), course);
        upcoming_.push_back(AppointmentId(id));
      }
    } else if (choice <= 16) {
      ChangeCourse();
    } else if (choice <= 26) {
      ChangeSome("appointment.moved", [&](Appointment& a) {
        a.start_at = Chance(4) && a.version % 2 == 0 ? a.start_at : RandomStart();
        a.end_at = a.start_at + absl::Hours(2);
        a.confirmed = false;
      });
    } else if (choice <= 32) {
      ChangeSome("appointment.cancelled", [](Appointment& a) { a.standing = Standing::kCancelled; });
    } else if (choice <= 37) {
      ChangeSome("appointment.confirmed", [](Appointment& a) { a.confirmed = true; });
    } else if (choice <= 42) {
      const std::string phone = Phone(Pick(0, kPatients - 1));
      const auto reply = Reply(phone, Chance(6) ? "STOP" : Chance(3) ? "START" : "C", Chance(10) ? "in-same" : "");
      if (!reply.ok()) return;
      if (reply->meaning() == v1::MessageReply::STOP && reply->from_address() == phone) stopped_.insert(phone);
      if (reply->meaning() == v1::MessageReply::START && reply->from_address() == phone) stopped_.erase(phone);
    } else if (choice <= 62) {
      DeliverSome();
    } else if (choice <= 66 && !delivered_.empty()) {
      ASSERT_OK(Deliver(delivered_[Pick(0, static_cast<int>(delivered_.size()) - 1)]));
    } else if (choice <= 70) {
      ASSERT_OK(service().RunDueJobs());
    } else {
      service().clock().Advance(absl::Minutes(Pick(1, 60)));
      if (Chance(3)) (void)service().RunDueJobs();
    }
  }

  std::mt19937_64 random_;
  std::unique_ptr<Store> store_;
  std::map<std::string, Zones> zones_;
  std::set<std::string> ids_, told_, stopped_;
  std::vector<AppointmentId> upcoming_;
  std::vector<common::v1::Event> delivered_;
  int booked_ = 0;
  int checked_ = 0;
  int followed_ = 0;  // told of by another's text
};

TEST_F(Simulation, NothingStaleNothingTwice) {
  for (int i = 0; i < kOperations; ++i) {
    Step();
    if (HasFatalFailure() || HasNonfatalFailure()) FAIL() << "after " << i << " operations";
  }
  EXPECT_GT(checked_, 1000);
  EXPECT_GT(followed_, 100);
  std::printf("%d messages sent in %d operations over %d bookings, %d told of by another's\n", checked_, kOperations,
              booked_, followed_);
}

}  // namespace
}  // namespace kat::messaging
