#include "libs/app/app.h"
#include "services/billing/clients/grpc_peers.h"
#include "services/billing/wire.h"

int main(int argc, char** argv) {
  using namespace kat;
  return app::Main(argc, argv, billing::Spec([](app::App& app) {
                     return billing::Peers{billing::MakeSchedulingClient(app.Peer("scheduling")),
                                           billing::MakeAuthorizationClient(app.Peer("authorization"))};
                   }));
}
