#ifndef KAT_SERVICES_SCHEDULING_STORE_KEPT_SETUP_H_
#define KAT_SERVICES_SCHEDULING_STORE_KEPT_SETUP_H_

#include <memory>
#include <string>
#include <tuple>

#include "libs/base/recently_used.h"
#include "services/scheduling/store/tables.h"

namespace kat::scheduling {

// What clinics are set up with, as committed transactions left it, so that it is not read anew for each question. A
// setup of a hundred resources takes a few hundred kilobytes. Thread-safe.
struct KeptSetups {
  struct Setup {
    std::string server;  // see pg::Tx::server
    SetupMark mark;
    std::shared_ptr<const ClinicSetup> setup;
  };
  RecentlyUsed<ClinicId, Setup> setups{128};

  // By server, clinic, protocol and number. A version of a protocol never changes.
  using ProtocolKey = std::tuple<std::string, ClinicId, ProtocolId, int>;
  RecentlyUsed<ProtocolKey, ProtocolVersion> protocols{1024};
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_KEPT_SETUP_H_
