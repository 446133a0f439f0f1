#ifndef KAT_LIBS_APP_SAMPLER_H_
#define KAT_LIBS_APP_SAMPLER_H_

#include <memory>
#include <string>

#include "libs/pg/database.h"
#include "prometheus/registry.h"

namespace kat::app {

// Keeps the metrics that have to be looked at to be known: the serving pool and the age of the certificate. Logs once
// when the certificate is within 14 days of its expiry, once when it has expired, and once when a new one took its
// place. Stops when it is destroyed, which must be before the database.
class Sampler {
 public:
  static std::unique_ptr<Sampler> Start(prometheus::Registry& registry, pg::Database& database,
                                        std::string certificate_path);
  virtual ~Sampler() = default;
};

}  // namespace kat::app

#endif  // KAT_LIBS_APP_SAMPLER_H_
