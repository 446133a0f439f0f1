// What a booking and a proposal cost, through the API of a real server on a real database, all on this machine.
//   limits_bench book SCRIPT [clients] [courses]     six visits a course, by BookBlock, and in turns by pgbench SCRIPT
//   limits_bench propose [callers] [calls]           ProposeBlock in a clinic that is three quarters full
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/scheduling/api/service_fixture.h"

namespace kat::scheduling {
namespace {

constexpr int kVisits = 6;
constexpr int kLanes = 8;  // rooms with people and a pump of their own
constexpr int kHours[] = {8 * 60, 10 * 60 + 5, 12 * 60 + 10, 14 * 60 + 15};  // four infusions fill a room's day
constexpr int kWeeks = 12;
constexpr int kTurns = 4;
constexpr double kFull = 0.75;

const absl::CivilDay kFirstDay(2026, 11, 30);

absl::TimeZone Zone() { return *LoadZone("America/New_York"); }

double Load() {
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  return load;
}

void Print(const char* what, std::vector<absl::Duration> all) {
  std::sort(all.begin(), all.end());
  const auto at = [&](double share) {
    return absl::ToDoubleMilliseconds(all[static_cast<size_t>(share * static_cast<double>(all.size() - 1))]);
  };
  std::printf("%-34s %5zu calls: p50 %6.1f ms   p99 %6.1f ms   worst %6.1f ms   load %.1f\n", what, all.size(), at(.5),
              at(.99), at(1), Load());
}

class LimitsBench final : public ServiceTest {
 public:
  int Book(const std::string& script, int clients, int courses) {
    SetUp();
    MakeLanes(kLanes, "lane");
    MakeProtocol();
    FindDays();
    // In turns, so that neither has the smaller tables, the quieter minutes or the fresher statistics.
    const int each = courses / kTurns / clients * clients;
    std::vector<absl::Duration> took(static_cast<size_t>(each) * kTurns);
    absl::Duration by_service, by_hand;
    PrepareByHand();
    for (int turn = 0; turn < kTurns; ++turn) {
      std::vector<v1::BookBlockRequest> requests(each);
      const int first = 2 * turn * each;
      InThreads(clients, each, [&](int i) { requests[i] = BookingOf(first + i, MakeSix(first + i)); });
      OfferByHand(first + each, each);
      const absl::Time began = absl::Now();
      InThreads(clients, each, [&](int i) {
        const absl::Time start = absl::Now();
        if (const auto booked = Call(&Stub::BookBlock, requests[i]); !booked.ok()) Die(booked.status());
        took[turn * each + i] = absl::Now() - start;
      });
      by_service += absl::Now() - began;
      const std::string command =
          absl::StrCat("pgbench -n -r -M prepared -f ", script, " -c ", clients, " -j 2 -t ", each / clients,
                       " -D clinic=", clinic_, " \"", Service().database().Uri(""), "\" 2>&1");
      by_hand += absl::Seconds(each / RunPgbench(command));
    }
    Print("BookBlock, six infusions", took);
    const double count = each * kTurns;
    std::printf("%-34s %6.1f courses/s with %d clients\n", "the service", count / absl::ToDoubleSeconds(by_service),
                clients);
    std::printf("%-34s %6.1f courses/s with %d clients\n", "the same SQL by hand, pgbench",
                count / absl::ToDoubleSeconds(by_hand), clients);
    std::printf("%-34s %6.2f   aim 0.6   load %.1f\n", "ratio", absl::FDivDuration(by_hand, by_service), Load());
    return 0;
  }

  int Propose(int callers, int calls) {
    SetUp();
    MakeLanes(8, "more");  // ten infusion rooms with the sample's two; eight who provide, eight nurses beside its own
    const double full = Fill();
    std::vector<std::string> courses;
    for (int i = 0; i < 64; ++i) courses.push_back(MakeCourse("iv-ketamine", absl::StrCat("p", i)).name());
    std::vector<absl::Duration> took(calls);
    std::atomic<int> without = 0;
    const auto ask = [&](int i) {
      v1::ProposeBlockRequest request;
      request.set_name(courses[i % courses.size()]);
      *request.mutable_latest_date() = rpc::ToProto(kFirstDay + 7 * kWeeks - 1);
      const absl::Time start = absl::Now();
      const auto answer = Call(&Stub::ProposeBlock, request);
      if (!answer.ok()) Die(answer.status());
      took[i] = absl::Now() - start;
      without += answer->proposals().empty();
    };
    InThreads(callers, std::min(calls, 4 * callers), ask);  // warm
    without = 0;
    const std::clock_t before = std::clock();
    InThreads(callers, calls, ask);
    const double processor = 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC / calls;
    std::printf("rooms %.0f%% full, %d weeks, %d callers; %d of %d without a plan\n", 100 * full, kWeeks, callers,
                without.load(), calls);
    Print("ProposeBlock, nine visits", took);
    std::printf("%-34s aim p50 10 ms, p99 50 ms; %.1f ms of processor time a call, PostgreSQL apart\n", "", processor);
    for (int i = 0; i < calls / 8; ++i) ask(i);
    took.resize(calls / 8);
    Print("the same, one caller", took);
    return 0;
  }

 private:
  void TestBody() override {}

  [[noreturn]] static void Die(const absl::Status& status) {
    std::fprintf(stderr, "limits_bench: %s\n", status.ToString().c_str());
    std::abort();
  }

  // Every number below `count` once, by that many threads.
  template <class Body>
  static void InThreads(int threads, int count, Body body) {
    std::atomic<int> next = 0;
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&] {
        for (int i = next++; i < count; i = next++) body(i);
      });
    }
    for (std::thread& thread : all) thread.join();
  }

  // Rooms, nurses, clinicians and pumps for infusions.
  void MakeLanes(int lanes, const std::string& stem) {
    for (int i = 0; i < lanes; ++i) {
      const std::string id = absl::StrCat(stem, "-", i);
      v1::CreateRoomRequest room;
      room.set_parent(Clinic());
      room.set_room_id(id);
      room.mutable_room()->set_display_name(id);
      room.mutable_room()->add_tags()->set_tag("infusion-room");
      room.mutable_room()->set_capacity(1);
      room.set_request_id(NewId());
      Must(Call(&Stub::CreateRoom, room, {common::v1::ROLE_CLINIC_ADMIN}));
      for (const auto& [kind, tag] : {std::pair("nurse", "rn"), std::pair("clinician", "ketamine-provider")}) {
        v1::CreateStaffRequest staff;
        staff.set_parent(Clinic());
        staff.set_staff_id(absl::StrCat(kind, "-", id));
        staff.mutable_staff()->set_display_name(staff.staff_id());
        staff.mutable_staff()->add_tags()->set_tag(tag);
        staff.set_request_id(NewId());
        Must(Call(&Stub::CreateStaff, staff, {common::v1::ROLE_CLINIC_ADMIN}));
      }
      v1::CreateEquipmentPoolRequest pump;
      pump.set_parent(Clinic());
      pump.set_equipment_pool_id(absl::StrCat("pump-", id));
      pump.mutable_equipment_pool()->set_display_name(id);
      pump.mutable_equipment_pool()->add_tags()->set_tag("infusion-pump");
      pump.mutable_equipment_pool()->set_capacity(1);
      pump.set_request_id(NewId());
      Must(Call(&Stub::CreateEquipmentPool, pump, {common::v1::ROLE_CLINIC_ADMIN}));
    }
  }

  void MakeProtocol() {
    v1::CreateProtocolVersionRequest request;
    request.set_parent(Clinic());
    request.set_protocol_id("six");
    v1::ProtocolVersion& protocol = *request.mutable_protocol_version();
    protocol.set_display_name("Six infusions");
    protocol.set_program("six");
    protocol.set_source("a measurement");
    v1::Phase& phase = *protocol.add_phases();
    phase.set_phase_id("all");
    v1::PhaseVisits& visits = *phase.add_visits();
    visits.set_stem("infusion");
    visits.set_visit_type("iv-infusion");
    visits.set_count(kVisits);
    request.set_request_id(NewId());
    Must(Call(&Stub::CreateProtocolVersion, request, {common::v1::ROLE_CLINIC_ADMIN}));
  }

  // Days on which the clinic is open, from the first day on.
  void FindDays() {
    v1::GetClinicRequest request;
    request.set_name(Clinic());
    const auto clinic = Call(&Stub::GetClinic, request);
    if (!clinic.ok()) Die(clinic.status());
    std::set<absl::CivilDay> holidays;
    for (const auto& holiday : clinic->holidays()) holidays.insert(*rpc::FromProto(holiday.date(), "date"));
    for (int i = 0; i < 700; ++i) {
      const absl::Weekday weekday = absl::GetWeekday(kFirstDay + i);
      if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) continue;
      if (!holidays.contains(kFirstDay + i)) days_.push_back(kFirstDay + i);
    }
  }

  // Course i has a lane, an hour and every third day of eighteen to itself.
  std::string LaneOf(int i) const { return absl::StrCat("lane-", i % kLanes); }
  absl::Time StartOf(int i, int visit) const {
    const int n = i / kLanes;
    const int hour = n % static_cast<int>(std::size(kHours));
    const int third = n / static_cast<int>(std::size(kHours)) % 3;
    const size_t day = static_cast<size_t>(n / static_cast<int>(std::size(kHours)) / 3 * 18 + third + 3 * visit);
    if (day >= days_.size()) Die(absl::OutOfRangeError("there is not that much room: ask for fewer courses"));
    return InstantOf(days_[day], kHours[hour], Zone());
  }

  v1::Course MakeSix(int i) { return MakeCourse("six", absl::StrCat("six-", i)); }

  v1::BookBlockRequest BookingOf(int i, const v1::Course& course) const {
    v1::BlockPlan plan;
    plan.set_course(course.name());
    plan.set_course_etag(course.etag());
    plan.add_phases("all");
    for (int visit = 0; visit < kVisits; ++visit) {
      v1::PlannedVisit& planned = *plan.add_visits();
      planned.set_visit_id(absl::StrCat("infusion-", visit + 1));
      *planned.mutable_start_time() = rpc::ToProto(StartOf(i, visit));
      for (const auto& [role, resource] : std::vector<std::pair<std::string, std::string>>{
               {"room", absl::StrCat("rooms/", LaneOf(i))},
               {"pump", absl::StrCat("equipmentPools/pump-", LaneOf(i))},
               {"nurse", absl::StrCat("staff/nurse-", LaneOf(i))},
               {"clinician", absl::StrCat("staff/clinician-", LaneOf(i))}}) {
        v1::Assignment& assignment = *planned.add_assignments();
        assignment.set_role(role);
        assignment.set_resource(Name(resource));
      }
    }
    return BookRequest(plan);
  }

  // A table for the script, of what to book.
  void PrepareByHand() {
    for (const char* sql :
         {"create table by_hand (n integer primary key, course text, patient text, lane text, starts timestamptz[])",
          "create sequence by_hand_n", "grant all on by_hand to public", "grant all on sequence by_hand_n to public"}) {
      Service().database().AsSuperuser(sql);
    }
  }
  // The next rows of it.
  void OfferByHand(int from, int count) {
    std::vector<std::string> names(count);
    InThreads(8, count, [&](int i) { names[i] = MakeSix(from + i).name(); });
    std::vector<std::string> rows;
    for (int i = 0; i < count; ++i) {
      std::vector<std::string> starts;
      for (int visit = 0; visit < kVisits; ++visit) {
        starts.push_back(absl::FormatTime("%Y-%m-%d %H:%M:%SZ", StartOf(from + i, visit), absl::UTCTimeZone()));
      }
      rows.push_back(absl::StrCat("(", ++offered_, ", '", rpc::LastSegment(names[i]), "', 'six-", from + i, "', '",
                                  LaneOf(from + i), "', '{\"", absl::StrJoin(starts, "\",\""), "\"}')"));
    }
    Service().database().AsSuperuser(absl::StrCat("insert into by_hand values ", absl::StrJoin(rows, ", ")));
    Service().database().AsSuperuser("analyze");
  }

  // Transactions a second, as pgbench says; dies with what it said where any failed.
  static double RunPgbench(const std::string& command) {
    FILE* pipe = popen(command.c_str(), "r");
    std::string said;
    for (std::array<char, 512> line; pipe != nullptr && std::fgets(line.data(), line.size(), pipe) != nullptr;) {
      said += line.data();
    }
    const size_t at = said.find("tps = ");
    double tps = 0;
    if (pipe == nullptr || pclose(pipe) != 0 || at == std::string::npos ||
        !absl::SimpleAtod(said.substr(at + 6, said.find(' ', at + 6) - at - 6), &tps)) {
      Die(absl::InternalError(absl::StrCat("pgbench: ", said)));
    }
    std::fprintf(stderr, "%s\n", said.c_str());
    return tps;
  }

  // Books infusions by themselves until the rooms are three quarters full, straight into the tables; the share of the
  // rooms' time that is taken.
  double Fill() {
    std::mt19937 random(7);
    std::vector<std::string> rooms = {"rooms/infusion-1", "rooms/infusion-2"};
    std::vector<std::string> nurses, clinicians;
    for (int i = 0; i < 8; ++i) {
      rooms.push_back(absl::StrCat("rooms/more-", i));
      nurses.push_back(absl::StrCat("staff/nurse-more-", i));
      clinicians.push_back(absl::StrCat("staff/clinician-more-", i));
    }
    std::map<std::string, std::vector<int>> load;  // by resource, minutes of one day
    std::vector<std::string> rows;
    double taken = 0, open = 0;
    const auto free = [&](const std::string& who, std::vector<std::array<int, 3>> segments) {
      std::vector<int>& of_day = load[who];
      of_day.resize(2000);
      return std::all_of(segments.begin(), segments.end(), [&](const auto& s) {
        return std::all_of(of_day.begin() + s[0], of_day.begin() + s[1], [&](int at) { return at + s[2] <= 12; });
      });
    };
    int owner = 0;
    for (int day = 0; day < 7 * kWeeks; ++day) {
      const absl::Weekday weekday = absl::GetWeekday(kFirstDay + day);
      if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) continue;
      load.clear();
      for (size_t r = 0; r < rooms.size(); ++r) {
        open += 600;
        int at = 480 + 5 * static_cast<int>(random() % 10);
        while (at + 125 <= 1080) {
          const int start = at;
          if (taken >= kFull * open) break;
          std::string nurse, clinician;
          const std::vector<std::array<int, 3>> nursing = {{start, start + 15, 12}, {start + 60, start + 110, 3}};
          const std::vector<std::array<int, 3>> care = {{start + 15, start + 25, 12}, {start + 25, start + 65, 4}};
          for (size_t k = 0; k < nurses.size(); ++k) {
            if (nurse.empty() && free(nurses[(k + r) % 8], nursing)) nurse = nurses[(k + r) % 8];
            if (clinician.empty() && free(clinicians[(k + r) % 8], care)) clinician = clinicians[(k + r) % 8];
          }
          at += 5;
          if (nurse.empty() || clinician.empty()) continue;  // a little later, then
          at += 120 + 5 * static_cast<int>(random() % 2);
          ++owner;
          const auto add = [&](const std::string& who, const char* role, int from, int to, int by) {
            const auto text = [&](int minute) {
              return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", InstantOf(kFirstDay + day, minute, Zone()),
                                      absl::UTCTimeZone());
            };
            rows.push_back(absl::StrCat("('", clinic_, "', 'appointments/fill-", owner, "', '", who, "', '", role,
                                        "', ", by, ", false, tstzrange('", text(from), "', '", text(to), "'))"));
            std::vector<int>& of_day = load[who];
            of_day.resize(2000);
            for (int minute = from; minute < to; ++minute) of_day[minute] += by;
          };
          add(rooms[r], "room", start, start + 125, 1);
          for (const auto& s : nursing) add(nurse, "nurse", s[0], s[1], s[2]);
          for (const auto& s : care) add(clinician, "clinician", s[0], s[1], s[2]);
          taken += 125;
        }
      }
    }
    Service().database().AsSuperuser(
        absl::StrCat("insert into occupancies (clinic, owner, resource, role, load, exclusive, during) values ",
                     absl::StrJoin(rows, ", ")));
    Service().database().AsSuperuser("analyze");
    std::printf("%zu loads of %d infusions stand\n", rows.size(), owner);
    return taken / open;
  }

  std::string Clinic() const { return absl::StrCat("clinics/", clinic_); }
  template <class T>
  static void Must(const absl::StatusOr<T>& result) {
    if (!result.ok()) Die(result.status());
  }

  std::vector<absl::CivilDay> days_;
  int offered_ = 0;
};

int Main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const auto number = [&](int at, int otherwise) {
    int value = otherwise;
    if (argc > at && !absl::SimpleAtoi(argv[at], &value)) value = 0;
    return value;
  };
  if (mode == "book" && argc > 2 && number(3, 8) > 0 && number(4, 640) >= kTurns * number(3, 8)) {
    return LimitsBench().Book(argv[2], number(3, 8), number(4, 640));
  }
  if (mode == "propose" && number(2, 8) > 0 && number(3, 800) > 0) {
    return LimitsBench().Propose(number(2, 8), number(3, 800));
  }
  std::fprintf(stderr, "usage: limits_bench book SCRIPT [clients] [courses] | propose [callers] [calls]\n");
  return 2;
}

}  // namespace
}  // namespace kat::scheduling

int main(int argc, char** argv) { return kat::scheduling::Main(argc, argv); }
