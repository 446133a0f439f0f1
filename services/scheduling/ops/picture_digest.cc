#include "services/scheduling/ops/picture_digest.h"

#include "absl/strings/str_cat.h"

namespace kat::scheduling {
namespace {

// FNV-1a, of 64 bits.
class Digest {
 public:
  void Add(absl::string_view text) {
    for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  }
  std::string Hex() const { return absl::StrCat(absl::Hex(hash_, absl::kZeroPad16)); }

 private:
  uint64_t hash_ = 14695981039346656037ull;
};

}  // namespace

std::string DigestOf(const PlanningPicture& picture, const ClinicFacts& setup,
                     const std::vector<const CourseFacts*>& courses) {
  Digest digest;
  for (const Commitment& commitment : picture.commitments) {
    digest.Add(absl::StrCat(commitment.owner, " ", commitment.usage.resource.str(), " ",
                            absl::ToUnixSeconds(commitment.usage.time.start), " ",
                            absl::ToUnixSeconds(commitment.usage.time.end), " ", commitment.usage.load, "\n"));
  }
  for (const auto& [key, resource] : setup.resources) digest.Add(absl::StrCat(key.str(), " ", resource.version, "\n"));
  for (const auto& [id, type] : setup.visit_types) digest.Add(absl::StrCat(id.str(), " ", type.version, "\n"));
  digest.Add(absl::StrCat("clinic ", setup.clinic.version, "\n"));
  for (const CourseFacts* course : courses) {
    digest.Add(absl::StrCat(course->course.id.str(), " ", course->course.version, "\n"));
    for (const Appointment& appointment : course->appointments) {
      digest.Add(absl::StrCat(appointment.id.str(), " ", appointment.version, "\n"));
    }
  }
  return digest.Hex();
}

}  // namespace kat::scheduling
