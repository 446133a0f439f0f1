#include "absl/strings/str_cat.h"
#include "deploy/katctl/story/people.h"
#include "deploy/katctl/story/story.h"
#include "libs/base/status_macros.h"

namespace kat::ctl {
namespace {

std::string Dollars(const Json& money) {
  const int64_t minor = std::stoll(money.value("minor_units", "0"));
  return absl::StrCat("$", minor / 100, ".", minor % 100 < 10 ? "0" : "", minor % 100);
}

absl::Status Estimate(Story& story) {
  ASSIGN_OR_RETURN(const Json estimate,
                   story.Call("assistant", "CreateEstimate",
                              {{"parent", story.Clinic()},
                               {"patient", story.names["patient-a"]},
                               {"program", "iv-ketamine"},
                               {"items", Json::array({{{"visit_type", "iv-infusion"}, {"quantity", 6}},
                                                      {{"visit_type", "integration"}, {"quantity", 2}}})},
                               {"plan_sessions", {1, 3, 5}}}));
  story.names["estimate-a"] = estimate["name"].get<std::string>();
  for (const Json& line : estimate["lines"]) {
    story.Detail(absl::StrCat(line.value("quantity", 0), " x ", line.value("description", ""), " at ",
                              Dollars(line["unit_price"]), " = ", Dollars(line["amount"])));
  }
  story.Say(
      absl::StrCat("An estimate of ", Dollars(estimate["total"]), ", good until ", When(estimate["expire_time"]), "."));
  for (const Json& scenario : estimate["scenarios"]) {
    if (scenario.value("kind", "") != "PAYMENT_PLAN") continue;
    story.names["deposit-a"] = scenario["due_before_booking"].value("minor_units", "0");
    story.names["installments-a"] = scenario["installments"].dump();
  }
  RETURN_IF_ERROR(Expect(story.names.count("installments-a") > 0, "the estimate offers a payment plan"));
  return story
      .Call("assistant", "AcceptEstimate",
            {{"name", estimate["name"]}, {"scenario", "PAYMENT_PLAN"}, {"etag", estimate["etag"]}})
      .status();
}

absl::Status GoodFaithEstimate(Story& story, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const Json asked, story.Call("assistant", "RequestGoodFaithEstimate",
                                                {{"parent", story.Clinic()}, {"estimate", story.names["estimate-a"]}}));
  story.Say(absl::StrCat("The patient asked for a good faith estimate; it is due by ", asked["due_date"].dump(),
                         " (45 CFR 149.610)."));
  ASSIGN_OR_RETURN(const std::string refusal, story.Refused("assistant", "DeliverGoodFaithEstimate",
                                                            {{"name", asked["name"]}, {"method", "ELECTRONIC"}},
                                                            absl::StatusCode::kFailedPrecondition, ""));
  story.Detail(refusal);
  const Json filled = {{"name", asked["name"]},
                       {"etag", asked["etag"]},
                       {"patient_display_name", "Avery Quill"},
                       {"birth_date", Date(absl::CivilDay(1984, 5, 17))},
                       {"primary_description", "Six ketamine infusions with integration visits"},
                       {"service_date", Date(today + 7)},
                       {"diagnosis_codes", Json::array({"F33.2"})},
                       {"recurrence", "Two to three infusions a week for three weeks"},
                       {"period_start", Date(today + 1)},
                       {"period_end", Date(today + 90)},
                       {"separately_scheduled_items", Json::array({"Laboratory tests"})}};
  ASSIGN_OR_RETURN(const Json complete,
                   story.Call("biller", "UpdateGoodFaithEstimate", {{"good_faith_estimate", filled}}));
  RETURN_IF_ERROR(Expect(complete.value("missing_elements", Json::array()).empty(),
                         absl::StrCat("nothing is missing, but ", complete.dump())));
  ASSIGN_OR_RETURN(const Json delivered, story.Call("assistant", "DeliverGoodFaithEstimate",
                                                    {{"name", asked["name"]}, {"method", "ELECTRONIC"}}));
  story.names["gfe-a"] = delivered["name"].get<std::string>();
  story.Say("Completed and delivered.");
  return absl::OkStatus();
}

absl::Status DepositAndPlan(Story& story) {
  ASSIGN_OR_RETURN(const absl::Time now, story.Now());
  ASSIGN_OR_RETURN(const Json card, story.Call("assistant", "CreateCardOnFile",
                                               {{"parent", story.Clinic()},
                                                {"card_on_file",
                                                 {{"patient", story.names["patient-a"]},
                                                  {"brand", "visa"},
                                                  {"last4", "4242"},
                                                  {"expiry_month", 8},
                                                  {"expiry_year", 2029},
                                                  {"token", "tok_sim_visa"},
                                                  {"consent_time", Timestamp(now)},
                                                  {"consent_reference", "card-on-file agreement of today"}}}}));
  ASSIGN_OR_RETURN(const Json deposit, story.Call("assistant", "CreatePayment",
                                                  {{"parent", story.Clinic()},
                                                   {"payment",
                                                    {{"patient", story.names["patient-a"]},
                                                     {"program", "iv-ketamine"},
                                                     {"purpose", "DEPOSIT"},
                                                     {"tender", "TENDER_CARD"},
                                                     {"card", card["name"]},
                                                     {"amount", Usd(std::stoll(story.names["deposit-a"]))}}}}));
  RETURN_IF_ERROR(
      Expect(deposit.value("state", "") == "CAPTURED", absl::StrCat("the deposit is captured: ", deposit.dump())));
  story.Say(absl::StrCat("A deposit of ", Dollars(deposit["amount"]), " by card, through the ",
                         deposit.value("processor", ""), " processor."));
  ASSIGN_OR_RETURN(const Json plan, story.Call("assistant", "CreatePaymentPlan",
                                               {{"parent", story.Clinic()},
                                                {"payment_plan",
                                                 {{"patient", story.names["patient-a"]},
                                                  {"estimate", story.names["estimate-a"]},
                                                  {"card", card["name"]},
                                                  {"installments", Json::parse(story.names["installments-a"])}}}}));
  story.names["plan-a"] = plan["name"].get<std::string>();
  story.Say("A payment plan of three installments, bound to sessions 1, 3 and 5; they take their dates at booking.");
  return absl::OkStatus();
}

}  // namespace

absl::Status TellMoney(Story& story) {
  ASSIGN_OR_RETURN(const absl::CivilDay today, Today(story));
  RETURN_IF_ERROR(story
                      .Call("assistant", "CreateBillingArrangement",
                            {{"parent", story.Clinic()},
                             {"billing_arrangement",
                              {{"patient", story.names["patient-a"]},
                               {"program", "iv-ketamine"},
                               {"mode", "BILLING_MODE_SELF_PAY"}}}})
                      .status());
  RETURN_IF_ERROR(
      story
          .Call(
              "assistant", "ElectSelfPay",
              {{"parent", story.Clinic()},
               {"self_pay_election",
                {{"patient", story.names["patient-a"]}, {"program", "iv-ketamine"}, {"effective_from", Date(today)}}}})
          .status());
  RETURN_IF_ERROR(Estimate(story));
  RETURN_IF_ERROR(GoodFaithEstimate(story, today));
  RETURN_IF_ERROR(DepositAndPlan(story));
  return ExpectBalanced(story);
}

absl::Status ExpectBalanced(Story& story) {
  ASSIGN_OR_RETURN(const Json balance, story.Call("biller", "GetTrialBalance", {{"parent", story.Clinic()}}));
  int64_t sum = 0;
  const Json balances = balance.value("balances", Json::array());
  for (const Json& account : balances) sum += std::stoll(account["balance"].value("minor_units", "0"));
  RETURN_IF_ERROR(Expect(!balances.empty() && sum == 0, absl::StrCat("the ledger balances: ", balance.dump())));
  story.Say(absl::StrCat("The ledger balances over ", balances.size(), " accounts."));
  return absl::OkStatus();
}

}  // namespace kat::ctl
