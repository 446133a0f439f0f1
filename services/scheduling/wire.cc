#include "services/scheduling/wire.h"

#include <algorithm>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "services/scheduling/api/appointment_handlers.h"
#include "services/scheduling/api/booking_handlers.h"
#include "services/scheduling/api/calendar_text_handlers.h"
#include "services/scheduling/api/clinic_handlers.h"
#include "services/scheduling/api/course_handlers.h"
#include "services/scheduling/api/day_handlers.h"
#include "services/scheduling/api/hold_handlers.h"
#include "services/scheduling/api/improvement_handlers.h"
#include "services/scheduling/api/outlook_handlers.h"
#include "services/scheduling/api/plan_handlers.h"
#include "services/scheduling/api/protocol_change_handlers.h"
#include "services/scheduling/api/repair_handlers.h"
#include "services/scheduling/api/resource_handlers.h"
#include "services/scheduling/api/treatment_handlers.h"
#include "services/scheduling/api/visit_type_handlers.h"
#include "services/scheduling/api/wait_list_handlers.h"
#include "services/scheduling/api/watch_server.h"
#include "services/scheduling/ops/backfill.h"
#include "services/scheduling/ops/holding.h"
#include "services/scheduling/ops/improvement.h"
#include "services/scheduling/ops/kept_pictures.h"
#include "services/scheduling/ops/retention.h"
#include "services/scheduling/ops/wait_list.h"
#include "services/scheduling/ops/wait_list_end.h"
#include "services/scheduling/planning/optimizer_improver.h"
#include "services/scheduling/planning/optimizer_outlook.h"
#include "services/scheduling/planning/optimizer_planner.h"
#include "services/scheduling/planning/optimizer_repairer.h"
#include "services/scheduling/store/migrations/migrations.h"
#include "services/scheduling/store/pg_store.h"
#include "services/scheduling/worker/coverage_events.h"
#include "services/scheduling/worker/hold_expiry.h"
#include "services/scheduling/worker/improvement_runner.h"
#include "services/scheduling/worker/wait_list_jobs.h"

namespace kat::scheduling {
namespace {

constexpr char kPicturesMetric[] = "kat_planning_pictures_total";
constexpr char kPictureBytesMetric[] = "kat_planning_picture_bytes";

// Counts what became of kept pictures.
std::function<void(KeptPictures::Use, size_t)> PictureMetrics(prometheus::Registry& registry) {
  auto& family = prometheus::BuildCounter()
                     .Name(kPicturesMetric)
                     .Help("Proposals by what became of the kept picture of their clinic")
                     .Register(registry);
  auto& bytes = prometheus::BuildGauge()
                    .Name(kPictureBytesMetric)
                    .Help("Memory of the kept pictures of clinics")
                    .Register(registry)
                    .Add({});
  std::map<KeptPictures::Use, prometheus::Counter*> counters;
  for (const auto& [use, name] :
       {std::pair(KeptPictures::Use::kUnchanged, "unchanged"), std::pair(KeptPictures::Use::kRefreshed, "refreshed"),
        std::pair(KeptPictures::Use::kRebuilt, "rebuilt"), std::pair(KeptPictures::Use::kUnkept, "unkept")}) {
    counters[use] = &family.Add({{"use", name}});
  }
  return [counters, &bytes](KeptPictures::Use use, size_t kept) {
    counters.at(use)->Increment();
    bytes.Set(static_cast<double>(kept));
  };
}

// Everything that the service consists of, in order of construction.
struct Parts {
  Parts(app::App& app, Peers with, const WatchOptions& watch_options, const ImprovementOptions& improvement_options,
        const KeptPictureOptions& picture_options, std::shared_ptr<Improver> with_improver)
      : peers(std::move(with)),
        store(MakePgStore(app.database(), app.clock())),
        worker_store(MakePgStore(app.worker_database(), app.clock())),
        improver(std::move(with_improver)),
        pictures(planner, picture_options, PictureMetrics(app.metrics())),
        gates(*peers.intake, *peers.billing, *peers.authorization),
        clinics(*store),
        resources(*store),
        visit_types(*store),
        courses(*store),
        protocol_changes(*store),
        plans(*store, pictures, *peers.authorization),
        holds(*store),
        bookings(*store, gates),
        appointments(*store, planner, gates),
        repairs(*store, repairer, gates),
        improvements(*store, gates),
        days(*store),
        outlooks(*store, outlook_planner, *peers.intake),
        treatments(*store, *peers.intake, *peers.billing, *peers.authorization),
        calendar_texts(*store),
        wait_list(*store, bookings, gates),
        wait_list_jobs(*worker_store, planner),
        coverage_events(*worker_store, *peers.authorization),
        outbox(app.worker_database()),
        audit(app.database(), app.clock()),
        watch(*store, outbox, audit, watch_options),
        improvement_runner(*worker_store, *improver, {*peers.intake, *peers.authorization}, improvement_options) {}

  Peers peers;
  std::unique_ptr<Store> store, worker_store;
  OptimizerPlanner planner;
  OptimizerRepairer repairer;
  OptimizerOutlook outlook_planner;
  std::shared_ptr<Improver> improver;
  KeptPictures pictures;
  BookingGates gates;
  ClinicHandlers clinics;
  ResourceHandlers resources;
  VisitTypeHandlers visit_types;
  CourseHandlers courses;
  ProtocolChangeHandlers protocol_changes;
  PlanHandlers plans;
  HoldHandlers holds;
  BookingHandlers bookings;
  AppointmentHandlers appointments;
  RepairHandlers repairs;
  ImprovementHandlers improvements;
  DayHandlers days;
  OutlookHandlers outlooks;
  TreatmentHandlers treatments;
  CalendarTextHandlers calendar_texts;
  WaitListHandlers wait_list;
  WaitListJobs wait_list_jobs;
  CoverageEvents coverage_events;
  tx::OutboxReader outbox;
  tx::AuditWriter audit;
  WatchServer watch;
  ImprovementRunner improvement_runner;
};

constexpr char kRunsOption[] = "improvement-runs";
constexpr char kPicturesOption[] = "planning-memory-mb";

constexpr char kRetentionOption[] = "decision-retention-days";

absl::StatusOr<int> NumberOption(app::App& app, absl::string_view name, int least, int most) {
  int number = 0;
  if (absl::SimpleAtoi(app.Option(name), &number) && least <= number && number <= most) return number;
  return absl::InvalidArgumentError(absl::StrCat("--", name, " must be a number from ", least, " to ", most));
}

// Two for each core: while one waits for the database, another plans.
int MostPicturesOfClinic() { return 2 * std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace

app::AppSpec Spec(std::function<Peers(app::App&)> make_peers, WatchOptions watch, ImprovementOptions improvements,
                  std::shared_ptr<Improver> improver) {
  app::AppSpec spec{
      .service = "scheduling", .default_port = 7002, .default_metrics_port = 9102, .migrations = Migrations()};
  spec.options = {{.name = kRunsOption,
                   .help = "improvements of clinics that this replica searches at once, each on one core; 0 to 64",
                   .default_value = "1"},
                  {.name = kPicturesOption,
                   .help = "megabytes of pictures of clinics kept for proposals, beside those in use; 0 to 65536: none "
                           "are kept, and each proposal reads all that stands",
                   .default_value = "96"},
                  {.name = kRetentionOption,
                   .help = absl::StrCat("days for which proposals are kept that nothing was booked from, and what they "
                                        "were decided on; ",
                                        kShortestRetentionDays, " to ", kLongestRetentionDays),
                   .default_value = "2192"}};
  spec.metrics = {{kPicturesMetric, "use",
                   "proposals by their clinic's kept picture: unchanged, refreshed where some days were read anew, "
                   "rebuilt, unkept"},
                  {kPictureBytesMetric, "", "memory of the kept pictures of clinics"}};
  if (improver == nullptr) improver = std::make_shared<OptimizerImprover>();
  spec.wire = [make_peers, watch, improvements,
               improver](app::App& app) mutable -> absl::StatusOr<std::shared_ptr<void>> {
    ASSIGN_OR_RETURN(improvements.max_runs, NumberOption(app, kRunsOption, 0, 64));
    ASSIGN_OR_RETURN(const int megabytes, NumberOption(app, kPicturesOption, 0, 65536));
    const KeptPictureOptions pictures{.max_bytes = static_cast<size_t>(megabytes) << 20,
                                      .most_of_clinic = MostPicturesOfClinic()};
    ASSIGN_OR_RETURN(const int retention_days,
                     NumberOption(app, kRetentionOption, kShortestRetentionDays, kLongestRetentionDays));
    const absl::Duration retention = absl::Hours(24) * retention_days;
    auto parts = std::make_shared<Parts>(app, make_peers(app), watch, improvements, pictures, improver);
    rpc::Service& service = app.AddService("kat.scheduling.v1.SchedulingService");
    parts->clinics.Register(service);
    parts->resources.Register(service);
    parts->visit_types.Register(service);
    parts->courses.Register(service);
    parts->protocol_changes.Register(service);
    parts->plans.Register(service);
    parts->holds.Register(service);
    parts->bookings.Register(service);
    parts->appointments.Register(service);
    parts->repairs.Register(service);
    parts->improvements.Register(service);
    parts->days.Register(service);
    parts->outlooks.Register(service);
    parts->treatments.Register(service);
    parts->calendar_texts.Register(service);
    parts->wait_list.Register(service);
    parts->watch.Register(service);
    app.AddStreams(parts->watch);
    app.OnJob<Tx>(*parts->worker_store, kExpireHoldJob, ExpireHold);
    app.OnPreparedJob<Tx>(
        *parts->worker_store, kBackfillJob,
        [jobs = &parts->wait_list_jobs](const ClinicId& clinic, const tx::Job& job, const app::App::Apply<Tx>& apply) {
          return jobs->Backfill(clinic, job, apply);
        });
    app.OnJob<Tx>(*parts->worker_store, kExpireOfferJob, WaitListJobs::Expire);
    app.OnJob<Tx>(*parts->worker_store, kEndEntryJob, WaitListJobs::End);
    app.OnJob<Tx>(*parts->worker_store, kPruneDecisionsJob,
                  [retention](Tx& tx, const tx::Job&) { return PruneDecisions(tx, retention); });
    app.OnEvents<Tx>(
        *parts->worker_store, "authorization", CoverageEvents::Types(),
        [events = &parts->coverage_events](const common::v1::Event& event, const app::App::Apply<Tx>& apply) {
          return events->Handle(event, apply);
        });
    app.OnPreparedJob<Tx>(
        *parts->worker_store, kImproveJob,
        [runner = &parts->improvement_runner](const ClinicId& clinic, const tx::Job& job, const app::App::Apply<Tx>&) {
          return runner->Run(clinic, job);
        });
    return std::shared_ptr<void>(parts);
  };
  return spec;
}

}  // namespace kat::scheduling
