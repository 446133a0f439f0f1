#ifndef KAT_LIBS_APP_NOTE_SERVICE_NOTE_SERVICE_H_
#define KAT_LIBS_APP_NOTE_SERVICE_NOTE_SERVICE_H_

#include <atomic>
#include <functional>

#include "kat/note/v1/note.pb.h"
#include "libs/app/app.h"

namespace kat::note {

// Hooks by which a test reaches into the service.
struct Hooks {
  std::atomic<int> writes = 0;                                     // times that a write's body ran
  std::function<absl::Status(const tx::Job&)> on_job;              // what a `note.remind` job does
  std::function<void(const tx::Job&)> on_plan;                     // what a `note.plan` job does before it writes
  std::function<absl::Status(const common::v1::Event&)> on_event;  // what an event of `billing` does
};

app::AppSpec Spec(Hooks& hooks);

}  // namespace kat::note

#endif  // KAT_LIBS_APP_NOTE_SERVICE_NOTE_SERVICE_H_
