#include "libs/app/sampler.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/app/certificate.h"
#include "libs/log/log.h"
#include "prometheus/gauge.h"

namespace kat::app {
namespace {

constexpr auto kEvery = std::chrono::milliseconds(200);
constexpr absl::Duration kCertificateEvery = absl::Seconds(60);
constexpr absl::Duration kExpiresSoon = absl::Hours(14 * 24);

class Thread : public Sampler {
 public:
  Thread(prometheus::Registry& registry, pg::Database& database, std::string certificate_path)
      : database_(database),
        certificate_path_(std::move(certificate_path)),
        pool_(prometheus::BuildGauge()
                  .Name("kat_pool_connections")
                  .Help("Connections of the serving pool")
                  .Register(registry)),
        expiry_(prometheus::BuildGauge()
                    .Name("kat_certificate_expiry_timestamp_seconds")
                    .Help("When the TLS certificate expires")
                    .Register(registry)
                    .Add({})) {
    SampleCertificate();
    thread_ = std::thread([this] { Loop(); });
  }

  ~Thread() override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

 private:
  void Loop() {
    prometheus::Gauge& size = pool_.Add({{"state", "size"}});
    prometheus::Gauge& in_use = pool_.Add({{"state", "in_use"}});
    prometheus::Gauge& waiting = pool_.Add({{"state", "waiting"}});
    absl::Time certificate_due = absl::Now() + kCertificateEvery;
    std::unique_lock<std::mutex> lock(mutex_);
    while (!wake_.wait_for(lock, kEvery, [this] { return stop_; })) {
      const pg::Database::Usage usage = database_.usage();
      size.Set(usage.size);
      in_use.Set(usage.in_use);
      waiting.Set(usage.waiting);
      if (absl::Now() < certificate_due) continue;
      SampleCertificate();
      certificate_due = absl::Now() + kCertificateEvery;
    }
  }

  void SampleCertificate() {
    const absl::StatusOr<absl::Time> expiry = CertificateExpiry(certificate_path_);
    if (!expiry.ok()) return;  // being replaced: the next look finds it
    expiry_.Set(static_cast<double>(absl::ToUnixSeconds(*expiry)));
    const absl::Duration left = *expiry - absl::Now();
    const Age age = left <= absl::ZeroDuration() ? Age::kExpired : left < kExpiresSoon ? Age::kSoon : Age::kGood;
    if (age == age_) return;
    const std::string when = absl::FormatTime(absl::RFC3339_sec, *expiry, absl::UTCTimeZone());
    if (age == Age::kExpired) {
      log::Error("certificate.expired", {{"expiry", when}});
    } else if (age == Age::kSoon) {
      log::Warning("certificate.expires_soon", {{"expiry", when}});
    } else {
      log::Info("certificate.renewed", {{"expiry", when}});
    }
    age_ = age;
  }

  enum class Age { kGood, kSoon, kExpired };

  pg::Database& database_;
  const std::string certificate_path_;
  prometheus::Family<prometheus::Gauge>& pool_;
  prometheus::Gauge& expiry_;
  Age age_ = Age::kGood;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Sampler> Sampler::Start(prometheus::Registry& registry, pg::Database& database,
                                        std::string certificate_path) {
  return std::make_unique<Thread>(registry, database, std::move(certificate_path));
}

}  // namespace kat::app
