#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "libs/rpc/resource_name.h"
#include "services/messaging/api/care_handlers.h"
#include "services/messaging/api/listing.h"
#include "services/messaging/effects/care_effects.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {

void ThreadHandlers::Register(rpc::Service& service) {
  service.Unary("CreateCareThread", this, &ThreadHandlers::Create);
  service.Unary("GetCareThread", this, &ThreadHandlers::Get);
  service.Unary("ListCareThreads", this, &ThreadHandlers::List);
  service.Unary("AddThreadParticipant", this, &ThreadHandlers::Add);
  service.Unary("CloseCareThread", this, &ThreadHandlers::CloseThread);
  service.Unary("CreateThreadPost", this, &ThreadHandlers::CreatePost);
  service.Unary("ListThreadPosts", this, &ThreadHandlers::ListPosts);
}

absl::StatusOr<v1::CareThread> ThreadHandlers::Create(rpc::Call& call, const v1::CreateCareThreadRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CareThread> {
    CareThread thread;
    thread.id = ThreadId(NewId());
    thread.patient = PatientId(rpc::LastSegment(request.care_thread().patient()));
    thread.topic = request.care_thread().topic();
    thread.created_at = thread.updated_at = tx.now();
    RETURN_IF_ERROR(Join(thread, call.identity().subject, tx.now()));
    for (const std::string& participant : request.care_thread().participants()) RETURN_IF_ERROR(Join(thread, participant, tx.now()));
    thread.revision = 1;
    RETURN_IF_ERROR(tx.InsertThread(thread));
    RETURN_IF_ERROR(TellThread(tx, "thread.opened", thread));
    return ToProto(tx.clinic(), thread);
  });
}

absl::StatusOr<v1::CareThread> ThreadHandlers::Get(rpc::Call& call, const v1::GetCareThreadRequest& request) {
  return call.Read(store_, [&](Tx& tx) -> absl::StatusOr<v1::CareThread> {
    ASSIGN_OR_RETURN(const CareThread thread, tx.GetThread(ThreadId(rpc::LastSegment(request.name())), false));
    return ToProto(tx.clinic(), thread);
  });
}

absl::StatusOr<v1::ListCareThreadsResponse> ThreadHandlers::List(rpc::Call& call, const v1::ListCareThreadsRequest& request) {
  const CareFilter<ThreadState> filter{PatientId(rpc::LastSegment(request.patient())), request.participant(),
                                       static_cast<ThreadState>(request.state())};
  return ServeList<v1::ListCareThreadsResponse>(
      call, store_, request, [&](Tx& tx, const Slice& slice) { return tx.ListThreads(filter, slice); },
      [&](auto& response, const CareThread& t) { *response.add_care_threads() = ToProto(call.clinic(), t); },
      [](const CareThread& t) { return std::vector<std::string>{TimeKey(t.updated_at), t.id.str()}; });
}

absl::StatusOr<v1::CareThread> ThreadHandlers::Add(rpc::Call& call, const v1::AddThreadParticipantRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CareThread> {
    ASSIGN_OR_RETURN(CareThread thread, tx.GetThread(ThreadId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), thread.revision, "thread"));
    const int64_t before = thread.revision;
    RETURN_IF_ERROR(Join(thread, request.participant(), tx.now()));
    if (thread.revision == before) return ToProto(tx.clinic(), thread);
    RETURN_IF_ERROR(tx.UpdateThread(thread));
    RETURN_IF_ERROR(TellThread(tx, "thread.changed", thread));
    return ToProto(tx.clinic(), thread);
  });
}

absl::StatusOr<v1::CareThread> ThreadHandlers::CloseThread(rpc::Call& call, const v1::CloseCareThreadRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::CareThread> {
    ASSIGN_OR_RETURN(CareThread thread, tx.GetThread(ThreadId(rpc::LastSegment(request.name())), true));
    RETURN_IF_ERROR(rpc::CheckEtag(request.etag(), thread.revision, "thread"));
    RETURN_IF_ERROR(Close(thread, tx.now()));
    RETURN_IF_ERROR(tx.UpdateThread(thread));
    RETURN_IF_ERROR(TellThread(tx, "thread.closed", thread));
    return ToProto(tx.clinic(), thread);
  });
}

absl::StatusOr<v1::ThreadPost> ThreadHandlers::CreatePost(rpc::Call& call, const v1::CreateThreadPostRequest& request) {
  return call.Write(store_, [&](Tx& tx) -> absl::StatusOr<v1::ThreadPost> {
    ASSIGN_OR_RETURN(CareThread thread, tx.GetThread(ThreadId(rpc::LastSegment(request.parent())), true));
    call.Touch(names::Of(tx.clinic(), thread.patient));
    ASSIGN_OR_RETURN(const ThreadPost post, Post(thread, call.identity().subject, request.body(), tx.now()));
    RETURN_IF_ERROR(tx.InsertPost(post));
    RETURN_IF_ERROR(tx.UpdateThread(thread));
    RETURN_IF_ERROR(TellThread(tx, "thread.posted", thread));
    return ToProto(tx.clinic(), post);
  });
}

absl::StatusOr<v1::ListThreadPostsResponse> ThreadHandlers::ListPosts(rpc::Call& call, const v1::ListThreadPostsRequest& request) {
  const ThreadId id(rpc::LastSegment(request.parent()));
  return ServeList<v1::ListThreadPostsResponse>(
      call, store_, request,
      [&](Tx& tx, const Slice& slice) -> absl::StatusOr<std::vector<ThreadPost>> {
        ASSIGN_OR_RETURN(const CareThread thread, tx.GetThread(id, false));
        call.Touch(names::Of(tx.clinic(), thread.patient));
        return tx.ListPosts(id, slice);
      },
      [&](auto& response, const ThreadPost& p) { *response.add_thread_posts() = ToProto(call.clinic(), p); },
      [](const ThreadPost& p) { return std::vector<std::string>{absl::StrCat(p.number)}; });
}

}  // namespace kat::messaging
