#include "libs/app/note_service/note_service.h"

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/app/note_service/migrations.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/resource_name.h"
#include "libs/tx/pg_transaction.h"

namespace kat::note {
namespace {

class Tx : public tx::Transaction {
 public:
  virtual absl::Status Insert(const v1::Note& note) = 0;
  virtual absl::StatusOr<v1::Note> Find(const std::string& name) = 0;
};

class PgTx final : public tx::PgTransaction<Tx> {
 public:
  using PgTransaction::PgTransaction;

  absl::Status Insert(const v1::Note& note) override {
    return db()
        .Execute("insert into notes (clinic, note, patient, body) values ($1, $2, $3, $4)",
                 {clinic(), rpc::LastSegment(note.name()), note.patient(), note.text()})
        .status();
  }
  absl::StatusOr<v1::Note> Find(const std::string& name) override {
    ASSIGN_OR_RETURN(const auto row,
                     db().QueryOptional("select patient, body from notes where note = $1", {rpc::LastSegment(name)}));
    if (!row) return ResourceNotFound("note");
    v1::Note note;
    note.set_name(name);
    note.set_patient(row->Get<std::string>("patient"));
    note.set_text(row->Get<std::string>("body"));
    return note;
  }
};

using Store = tx::PgStore<Tx, PgTx>;

class Handlers {
 public:
  Handlers(tx::Store<Tx>& store, Hooks& hooks) : store_(store), hooks_(hooks) {}

  void Register(rpc::Service& service) {
    service.Unary("CreateNote", this, &Handlers::Create);
    service.Unary("GetNote", this, &Handlers::Get);
  }

 private:
  absl::StatusOr<v1::Note> Create(rpc::Call& call, const v1::CreateNoteRequest& request) {
    return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::Note> {
      ++hooks_.writes;
      v1::Note note = request.note();
      note.set_name(absl::StrCat(request.parent(), "/notes/", NewId()));
      RETURN_IF_ERROR(tx.Insert(note));
      RETURN_IF_ERROR(tx.Publish({.type = "note.created",
                                  .subject = note.name(),
                                  .subject_version = 1,
                                  .related = {{"patient", note.patient()}}}));
      RETURN_IF_ERROR(tx.Schedule(
          {.kind = "note.remind", .key = note.name(), .due_at = tx.now() + absl::Hours(1), .payload = "{}"}));
      if (absl::StrContains(note.text(), "plan")) {
        RETURN_IF_ERROR(tx.Schedule({.kind = "note.plan", .key = note.name(), .due_at = tx.now(), .payload = "{}"}));
      }
      if (absl::StrContains(note.text(), "refuse")) return WrongState("note", "REFUSED", "created");
      return note;
    });
  }
  absl::StatusOr<v1::Note> Get(rpc::Call& call, const v1::GetNoteRequest& request) {
    return call.Read(store_, [&](Tx& tx) { return tx.Find(request.name()); });
  }

  tx::Store<Tx>& store_;
  Hooks& hooks_;
};

struct Parts {
  Parts(app::App& app, Hooks& hooks)
      : store(app.database(), app.clock()), worker_store(app.worker_database(), app.clock()), handlers(store, hooks) {}
  Store store;
  Store worker_store;
  Handlers handlers;
};

}  // namespace

app::AppSpec Spec(Hooks& hooks) {
  app::AppSpec spec{.service = "note", .default_port = 0, .default_metrics_port = 0, .migrations = Migrations()};
  spec.wire = [&hooks](app::App& app) -> absl::StatusOr<std::shared_ptr<void>> {
    auto parts = std::make_shared<Parts>(app, hooks);
    parts->handlers.Register(app.AddService("kat.note.v1.NoteService"));
    app.OnJob<Tx>(parts->worker_store, "note.remind", [&hooks](Tx& tx, const tx::Job& job) -> absl::Status {
      RETURN_IF_ERROR(tx.Publish({.type = "note.reminded", .subject = job.key, .subject_version = 2}));
      return hooks.on_job ? hooks.on_job(job) : absl::OkStatus();
    });
    app.OnPreparedJob<Tx>(parts->worker_store, "note.plan",
                          [&hooks](const ClinicId&, const tx::Job& job, const app::App::Apply<Tx>& apply) {
                            if (hooks.on_plan) hooks.on_plan(job);
                            return apply([](Tx&) { return absl::OkStatus(); });
                          });
    app.OnEvents<Tx>(
        parts->worker_store, "billing", {}, [&hooks](const common::v1::Event& event, const app::App::Apply<Tx>& apply) {
          return apply([&](Tx& tx) -> absl::Status {
            RETURN_IF_ERROR(tx.Publish(
                {.type = "note.heard", .subject = event.subject(), .subject_version = event.subject_version()}));
            return hooks.on_event ? hooks.on_event(event) : absl::OkStatus();
          });
        });
    return std::shared_ptr<void>(parts);
  };
  return spec;
}

}  // namespace kat::note
