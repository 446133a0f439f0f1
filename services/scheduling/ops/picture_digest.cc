#include "services/scheduling/ops/picture_digest.h"

#include "absl/strings/str_cat.h"

namespace kat::scheduling {
namespace {

// FNV-1a, of 64 bits.
class Digest {
 public:
  Digest& Add(absl::string_view text) {
    for (const char c : text) AddByte(static_cast<unsigned char>(c));
    return AddByte(0);
  }
  Digest& Add(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) AddByte(static_cast<unsigned char>(number >> shift));
    return *this;
  }
  Digest& Add(int64_t number) { return Add(static_cast<uint64_t>(number)); }
  // Spread over all bits (the finalizer of splitmix64), so that digests may be summed.
  uint64_t Value() const {
    uint64_t x = (hash_ ^ (hash_ >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
  }
  std::string Hex() const { return absl::StrCat(absl::Hex(hash_, absl::kZeroPad16)); }

 private:
  Digest& AddByte(unsigned char byte) {
    hash_ = (hash_ ^ byte) * 1099511628211ull;
    return *this;
  }

  uint64_t hash_ = 14695981039346656037ull;
};

}  // namespace

PictureSummary SummaryOf(const Commitment& commitment) {
  const Usage& usage = commitment.usage;
  return {1, Digest()
                 .Add(commitment.owner)
                 .Add(usage.resource.str())
                 .Add(absl::ToUnixSeconds(usage.time.start))
                 .Add(absl::ToUnixSeconds(usage.time.end))
                 .Add(int64_t{usage.load})
                 .Value()};
}

PictureSummary SummaryOf(const PlanningPicture& picture) {
  PictureSummary summary;
  for (const Commitment& commitment : picture.commitments) summary += SummaryOf(commitment);
  return summary;
}

std::string DigestOf(const PictureSummary& summary, const ClinicFacts& setup,
                     const std::vector<const CourseFacts*>& courses) {
  Digest digest;
  digest.Add(summary.commitments).Add(summary.digest);
  for (const auto& [key, resource] : setup.resources) digest.Add(key.str()).Add(resource.version);
  for (const auto& [id, type] : setup.visit_types) digest.Add(id.str()).Add(type.version);
  digest.Add("clinic").Add(setup.clinic.version);
  for (const CourseFacts* course : courses) {
    digest.Add(course->course.id.str()).Add(course->course.version);
    for (const Appointment& appointment : course->appointments) {
      digest.Add(appointment.id.str()).Add(appointment.version);
    }
  }
  return digest.Hex();
}

std::string DigestOf(const PlanningPicture& picture, const ClinicFacts& setup,
                     const std::vector<const CourseFacts*>& courses) {
  return DigestOf(SummaryOf(picture), setup, courses);
}

}  // namespace kat::scheduling
