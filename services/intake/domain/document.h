#ifndef KAT_SERVICES_INTAKE_DOMAIN_DOCUMENT_H_
#define KAT_SERVICES_INTAKE_DOMAIN_DOCUMENT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/intake/domain/ids.h"

namespace kat::intake {

enum class DocumentState { kCurrent = 1, kEnteredInError = 2 };

struct Document {
  DocumentId id;
  PatientId patient;
  std::string type;
  std::string loinc_code;
  std::string title;
  std::string media_type;
  absl::CivilDay document_date;
  std::string author;
  std::string external_reference;
  int64_t size_bytes = 0;
  std::string sha256;
  DocumentState state = DocumentState::kCurrent;
  std::string retract_reason;
  std::string recorded_by;
  absl::Time create_time;
};

// INVALID_ARGUMENT: a media type that the clinic does not take, no content or too much, a day in the future of `today`,
// a LOINC code with a wrong check digit.
absl::Status ValidateDocument(const Document& document, absl::CivilDay today);

// FAILED_PRECONDITION, STATE_FORBIDS where it is retracted: nothing new may rest on it.
absl::Status CheckCurrent(const Document& document);

// FAILED_PRECONDITION, STATE_FORBIDS where it is retracted.
absl::Status RetractDocument(Document& document, absl::string_view reason);

}  // namespace kat::intake

#endif  // KAT_SERVICES_INTAKE_DOMAIN_DOCUMENT_H_
