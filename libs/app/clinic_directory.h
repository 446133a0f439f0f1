#ifndef KAT_LIBS_APP_CLINIC_DIRECTORY_H_
#define KAT_LIBS_APP_CLINIC_DIRECTORY_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/channel.h"
#include "libs/app/feed_client.h"
#include "libs/tx/transaction.h"

namespace kat::app {

// How a service other than scheduling learns of clinics: on each of these events of scheduling's feed it reads the
// clinic again and keeps what Transaction::Clinic() returns.
std::vector<std::string> ClinicEventTypes();
FeedClient::Handler MakeClinicHandler(tx::Store<tx::Transaction>& worker_store,
                                      std::function<std::shared_ptr<grpc::Channel>()> scheduling);

}  // namespace kat::app

#endif  // KAT_LIBS_APP_CLINIC_DIRECTORY_H_
