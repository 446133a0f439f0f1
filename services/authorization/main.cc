#include "services/authorization/wire.h"

int main(int argc, char** argv) {
  return kat::app::Main(argc, argv, kat::authorization::Spec(kat::authorization::RealPeers));
}
