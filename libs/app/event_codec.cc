#include "libs/app/event_codec.h"

#include "absl/strings/str_cat.h"
#include "libs/rpc/convert.h"

namespace kat::app {

common::v1::Event ToProto(const tx::FeedEvent& event) {
  common::v1::Event out;
  out.set_cursor(event.cursor);
  out.set_type(event.event.type);
  out.set_clinic(absl::StrCat("clinics/", event.clinic.str()));
  out.set_subject(event.event.subject);
  out.set_subject_version(event.event.subject_version);
  out.set_state(event.event.state);
  out.mutable_related()->insert(event.event.related.begin(), event.event.related.end());
  *out.mutable_occur_time() = rpc::ToProto(event.occurred_at);
  out.set_trace_id(event.trace_id);
  if (const auto& work = event.event.work) {
    auto* signal = out.mutable_work();
    signal->set_kind(work->kind);
    signal->set_closed(work->closed);
    signal->set_role(static_cast<common::v1::Role>(work->role));
    if (work->due_at) *signal->mutable_due_time() = rpc::ToProto(*work->due_at);
    signal->set_urgency(static_cast<common::v1::WorkSignal::Urgency>(work->urgency));
  }
  return out;
}

}  // namespace kat::app
