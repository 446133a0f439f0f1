#include "services/scheduling/clients/grpc_authorization_gate.h"
#include "services/scheduling/clients/grpc_billing_gate.h"
#include "services/scheduling/clients/grpc_intake_gate.h"
#include "services/scheduling/wire.h"

int main(int argc, char** argv) {
  return kat::app::Main(argc, argv, kat::scheduling::Spec([](kat::app::App& app) {
                          return kat::scheduling::Peers{
                              .intake = kat::scheduling::MakeIntakeGate(app.Peer("intake")),
                              .billing = kat::scheduling::MakeBillingGate(app.Peer("billing")),
                              .authorization = kat::scheduling::MakeAuthorizationGate(app.Peer("authorization"))};
                        }));
}
