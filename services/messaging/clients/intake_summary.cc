#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "kat/intake/v1/intake_service.grpc.pb.h"
#include "libs/base/error.h"
#include "libs/rpc/convert.h"
#include "services/messaging/clients/grpc_peers.h"
#include "services/messaging/clients/summary_reader.h"
#include "services/messaging/effects/names.h"

namespace kat::messaging {
namespace {

namespace v1 = intake::v1;
using Stub = v1::IntakeService::Stub;
constexpr char kService[] = "kat.intake.v1.IntakeService";
constexpr char kSource[] = "intake";

std::string Day(const google::type::Date& date) {
  return date.year() == 0 ? "" : absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string ToolName(v1::MeasureTool tool) { return std::string(absl::StripPrefix(v1::MeasureTool_Name(tool), "MEASURE_TOOL_")); }

class IntakeSummary final : public SummarySource {
 public:
  explicit IntakeSummary(std::shared_ptr<grpc::Channel> channel) : stub_(v1::IntakeService::NewStub(channel)) {}

  absl::StatusOr<std::vector<SummarySection>> Read(const rpc::Call& caller, const PatientId& patient) override {
    const SourceRead call(caller);
    const std::string name = names::Of(call.clinic(), patient);
    std::vector<SummarySection> sections;
    v1::GetPatientRequest who;
    who.set_name(name);
    bool not_found = false;
    sections.push_back(ReadSection(
        call, kService, "GetPatient", kSource, "patient", *stub_, &Stub::GetPatient, who,
        [](const v1::Patient& p, SummarySection& section) {
          section.items.push_back({"PATIENT", p.name(),
                                   absl::StrCat(p.given_name(), " ", p.family_name(), ", born ", Day(p.birth_date())),
                                   v1::Patient::State_Name(p.state())});
        },
        &not_found));
    if (not_found) return ResourceNotFound("patient");

    std::vector<std::string> programs;
    v1::ListIntakeCasesRequest cases;
    cases.set_parent(name);
    sections.push_back(ReadSection(call, kService, "ListIntakeCases", kSource, "cases", *stub_, &Stub::ListIntakeCases, cases,
                                   [&](const v1::ListIntakeCasesResponse& response, SummarySection& section) {
                                     for (const v1::IntakeCase& c : response.intake_cases()) {
                                       section.items.push_back({"INTAKE_CASE", c.name(), c.program(),
                                                                v1::IntakeCase::State_Name(c.state()),
                                                                rpc::FromProto(c.create_time())});
                                       if (c.state() != v1::IntakeCase::CLOSED) programs.push_back(c.program());
                                     }
                                     section.truncated = !response.next_page_token().empty();
                                   }));
    sections.push_back(Readiness(call, name, programs, sections.back().availability));
    sections.push_back(Measures(call, name));
    sections.push_back(Medications(call, name));
    sections.push_back(Risks(call, name));
    return sections;
  }

 private:
  SummarySection Readiness(const SourceRead& call, const std::string& name, const std::vector<std::string>& programs,
                           Availability cases) {
    SummarySection all{.source = kSource, .title = "readiness", .availability = cases};
    for (const std::string& program : programs) {
      v1::GetReadinessRequest request;
      request.set_name(name);
      request.set_program(program);
      const SummarySection one =
          ReadSection(call, kService, "GetReadiness", kSource, "readiness", *stub_, &Stub::GetReadiness, request,
                      [&](const v1::Readiness& readiness, SummarySection& section) {
                        section.items.push_back({"READINESS", absl::StrCat(name, "/readiness/", program), program,
                                                 readiness.ready() ? "READY" : "NOT_READY"});
                        for (const common::v1::Condition& condition : readiness.conditions()) {
                          if (condition.state() == common::v1::Condition::MET) continue;
                          section.items.push_back({"CONDITION", absl::StrCat(condition.subject(), "#", condition.code()),
                                                   condition.description(), common::v1::Condition::State_Name(condition.state())});
                        }
                      });
      if (one.availability != Availability::kAvailable) return one;
      all.items.insert(all.items.end(), one.items.begin(), one.items.end());
    }
    return all;
  }

  SummarySection Measures(const SourceRead& call, const std::string& name) {
    v1::ListMeasuresRequest request;
    request.set_parent(name);
    return ReadSection(call, kService, "ListMeasures", kSource, "measures", *stub_, &Stub::ListMeasures, request,
                       [](const v1::ListMeasuresResponse& response, SummarySection& section) {
                         for (const v1::Measure& m : response.measures()) {
                           section.items.push_back({"MEASURE", m.name(),
                                                    absl::StrCat(ToolName(m.tool()), " ", m.total(), " ", m.band(), " on ",
                                                                 Day(m.administered_date())),
                                                    "", rpc::FromProto(m.create_time())});
                         }
                         section.truncated = !response.next_page_token().empty();
                       });
  }

  SummarySection Medications(const SourceRead& call, const std::string& name) {
    v1::GetMedicationListRequest request;
    request.set_name(absl::StrCat(name, "/medicationList"));
    return ReadSection(call, kService, "GetMedicationList", kSource, "medications", *stub_, &Stub::GetMedicationList, request,
                       [](const v1::MedicationList& list, SummarySection& section) {
                         for (const v1::Medication& m : list.medications()) {
                           section.items.push_back({"MEDICATION", m.name(), absl::StrCat(m.drug(), " ", m.dose(), " ", m.route()),
                                                    m.has_end_date() ? "STOPPED" : "ACTIVE"});
                         }
                         section.items.push_back({"MEDICATION_LIST", list.name(),
                                                  absl::StrCat(list.medications_size(), " medications, ", list.flags_size(), " flags"),
                                                  list.verified() ? "VERIFIED" : "NOT_VERIFIED"});
                       });
  }

  SummarySection Risks(const SourceRead& call, const std::string& name) {
    v1::ListRiskReviewsRequest request;
    request.set_parent(name);
    return ReadSection(call, kService, "ListRiskReviews", kSource, "risk reviews", *stub_, &Stub::ListRiskReviews, request,
                       [](const v1::ListRiskReviewsResponse& response, SummarySection& section) {
                         for (const v1::RiskReview& r : response.risk_reviews()) {
                           section.items.push_back({"RISK_REVIEW", r.name(), v1::RiskReview::Trigger_Name(r.trigger()),
                                                    v1::RiskReview::State_Name(r.state()), rpc::FromProto(r.create_time())});
                         }
                         section.truncated = !response.next_page_token().empty();
                       });
  }

  std::unique_ptr<Stub> stub_;
};

}  // namespace

std::unique_ptr<SummarySource> MakeIntakeSummary(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<IntakeSummary>(std::move(channel));
}

}  // namespace kat::messaging
