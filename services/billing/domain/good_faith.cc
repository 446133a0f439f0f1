#include "services/billing/domain/good_faith.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/base/error.h"
#include "libs/base/status_macros.h"
#include "services/billing/domain/errors.h"

namespace kat::billing {

Minor GoodFaithEstimate::total() const {
  Minor sum = 0;
  for (const EstimateLine& line : lines) sum += line.net();
  return sum;
}

std::optional<absl::CivilDay> DueOnRequest(absl::CivilDay requested, const BusinessCalendar& calendar) {
  return calendar.Add(requested, limits::kGoodFaithDaysOnRequest);
}

std::optional<absl::CivilDay> DueOnScheduling(absl::CivilDay scheduled, absl::CivilDay service,
                                              const BusinessCalendar& calendar) {
  const int lead = calendar.Between(scheduled, service);
  if (lead >= limits::kGoodFaithFarLead) return calendar.Add(scheduled, limits::kGoodFaithDaysScheduledFar);
  if (lead >= limits::kGoodFaithNearLead) return calendar.Add(scheduled, limits::kGoodFaithDaysScheduledNear);
  return std::nullopt;
}

BusinessCalendar GoodFaithCalendar(absl::CivilDay day) {
  BusinessCalendar calendar;
  for (int year = static_cast<int>(day.year()) - 1; year <= day.year() + 1; ++year) {
    calendar.holidays.merge(UsFederalHolidays(year));
  }
  return calendar;
}

std::string ProviderBlock(const BillingSettings& settings) {
  if (settings.provider_name.empty() || settings.npi.empty() || settings.tin.empty() || settings.address.empty() ||
      settings.state_code.empty()) {
    return "";
  }
  return absl::StrCat(settings.provider_name, ", NPI ", settings.npi, ", TIN ", settings.tin, ", ", settings.address,
                      ", ", settings.state_code);
}

std::vector<std::string> MissingElements(const GoodFaithEstimate& estimate) {
  std::vector<std::string> missing;
  const auto need = [&](bool present, const char* code) {
    if (!present) missing.push_back(code);
  };
  const auto all_lines = [&](auto has) { return std::all_of(estimate.lines.begin(), estimate.lines.end(), has); };
  need(!estimate.patient_display_name.empty(), "PATIENT_NAME");
  need(estimate.birth_date.has_value(), "PATIENT_BIRTH_DATE");
  need(!estimate.primary_description.empty(), "PRIMARY_DESCRIPTION");
  need(estimate.trigger == GoodFaithEstimate::Trigger::kRequested || estimate.service_date.has_value(), "SERVICE_DATE");
  need(!estimate.lines.empty(), "ITEMIZED_LIST");
  need(!estimate.diagnosis_codes.empty(), "DIAGNOSIS_CODES");
  need(all_lines([](const EstimateLine& line) { return !line.service_code.empty(); }), "SERVICE_CODES");
  need(!estimate.provider.empty(), "PROVIDER");
  need(!estimate.separately_scheduled_items.empty(), "SEPARATELY_SCHEDULED_ITEMS");
  const bool recurring = std::any_of(estimate.lines.begin(), estimate.lines.end(),
                                     [](const EstimateLine& line) { return line.quantity > 1; });
  need(!recurring || !estimate.recurrence.empty(), "RECURRENCE");
  need(!recurring || (estimate.period_start && estimate.period_end), "PERIOD");
  return missing;
}

absl::Status CheckGoodFaith(const GoodFaithEstimate& estimate) {
  if (!estimate.period_start || !estimate.period_end) return absl::OkStatus();
  const absl::CivilDay start = *estimate.period_start;
  const absl::CivilMonth last_month = absl::CivilMonth(start) + limits::kGoodFaithMonths;
  const absl::CivilDay limit = absl::CivilDay(last_month.year(), last_month.month(), start.day());
  if (*estimate.period_end < start || *estimate.period_end >= limit) {
    return InvalidField("good_faith_estimate.period_end",
                        "must not be before period_start nor 12 months after it (45 CFR 149.610(b)(1)(x))");
  }
  return absl::OkStatus();
}

absl::Status Deliver(GoodFaithEstimate& estimate, absl::string_view name, GoodFaithEstimate::Method method,
                     absl::Time now) {
  if (estimate.state != GoodFaithEstimate::State::kDue) {
    return WrongState("good faith estimate",
                      estimate.state == GoodFaithEstimate::State::kDelivered ? "DELIVERED" : "SUPERSEDED", "deliver");
  }
  if (const std::vector<std::string> missing = MissingElements(estimate); !missing.empty()) {
    return errors::GoodFaithIncomplete(name, missing);
  }
  estimate.state = GoodFaithEstimate::State::kDelivered;
  estimate.method = method;
  estimate.deliver_time = estimate.update_time = now;
  return absl::OkStatus();
}

GoodFaithEstimate Renew(const GoodFaithEstimate& previous, absl::CivilDay first_visit, absl::CivilDay last_visit,
                        absl::CivilDay due, absl::Time now) {
  GoodFaithEstimate next = previous;
  next.id = {};
  next.state = GoodFaithEstimate::State::kDue;
  next.trigger = GoodFaithEstimate::Trigger::kScheduled;
  next.trigger_time = next.create_time = next.update_time = now;
  next.due_date = due;
  next.service_date = first_visit;
  next.period_start = first_visit;
  next.period_end = std::min(last_visit, first_visit + 364);
  next.deliver_time = std::nullopt;
  next.method = GoodFaithEstimate::Method::kUnspecified;
  next.supersedes = previous.id;
  next.exceeded = false;
  next.version = 1;
  return next;
}

const std::vector<std::string>& Disclaimers() {
  static const auto* const disclaimers = new std::vector<std::string>{
      "There may be additional items or services that we recommend as part of the course of care that must be "
      "scheduled or "
      "requested separately and are not reflected in this good faith estimate.",
      "This good faith estimate is only an estimate of items and services reasonably expected at the time it is "
      "issued; actual "
      "items, services or charges may differ.",
      "You have the right to start the patient-provider dispute resolution process if the actual billed charges are at "
      "least "
      "$400 above this good faith estimate. See www.cms.gov/nosurprises or call 1-800-985-3059. Starting it will not "
      "affect the "
      "quality of care you receive.",
      "This good faith estimate is not a contract and does not oblige you to obtain the items or services from any of "
      "the "
      "providers or facilities identified in it."};
  return *disclaimers;
}

bool Exceeds(const GoodFaithEstimate& estimate, Minor projected, Minor margin) {
  return projected > estimate.total() + margin;
}

}  // namespace kat::billing
