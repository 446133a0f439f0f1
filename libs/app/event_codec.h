#ifndef KAT_LIBS_APP_EVENT_CODEC_H_
#define KAT_LIBS_APP_EVENT_CODEC_H_

#include "kat/common/v1/events.pb.h"
#include "libs/tx/outbox_reader.h"

namespace kat::app {

// An outbox row as the feed sends it.
common::v1::Event ToProto(const tx::FeedEvent& event);

}  // namespace kat::app

#endif  // KAT_LIBS_APP_EVENT_CODEC_H_
