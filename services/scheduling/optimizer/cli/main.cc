#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "services/scheduling/optimizer/cli/commands.h"

namespace {

constexpr int kBadInput = 2;

}  // namespace

int main(int argc, char** argv) {
  using kat::optimizer::CommandOptions;
  CLI::App app{
      "Plans courses of treatment against what stands, exactly. Files are those of the protocol scheduling problem."};
  app.require_subcommand(1);
  CommandOptions options;
  absl::Status (*command)(const CommandOptions&) = nullptr;

  auto add = [&](const char* name, const char* help, absl::Status (*run)(const CommandOptions&)) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("instance", options.instance_path, "the instance, a JSON file")->required();
    sub->add_option("-o,--output", options.output_path, "where the answer goes; - is standard output")
        ->capture_default_str();
    sub->add_option("--budget", options.budget_ops,
                    "steps of search per question, after which the best so far is given")
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 50))
        ->capture_default_str();
    sub->callback([&options, &command, run, sub] {
      command = run;
      options.budget_given = sub->get_option("--budget")->count() > 0;
    });
    return sub;
  };
  auto add_given = [&](CLI::App* sub) {
    sub->add_option("--given", options.given_path,
                    "the solution that stands; without it, nothing but blocks and fixed visits");
  };
  auto add_k = [&](CLI::App* sub) {
    sub->add_option("-k", options.k, "how many plans at most")->check(CLI::Range(1, 100))->capture_default_str();
  };

  CLI::App* online =
      add("online", "place the courses one by one as they arrive, each at its best", kat::optimizer::Online);
  online->add_option("--log", options.log_path, "a JSON line for each course: course, cost, latency_us, proved");

  online
      ->add_option("--most-ms", options.most_ms,
                   "processor time of a course, in milliseconds, after which the best so far is given; 0: no limit")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();

  CLI::App* propose =
      add("propose", "the best plans for one course that a patient would tell apart", kat::optimizer::Propose);
  propose->add_option("--course", options.course, "its id")->required();
  add_given(propose);
  add_k(propose);

  CLI::App* reschedule = add("reschedule", "move one visit, and as little else as can be", kat::optimizer::Reschedule);
  reschedule->add_option("--visit", options.visit, "COURSE/VISIT")->required();
  reschedule->add_option("--avoid", options.avoid, "FROM,TO: where it may not start; without it, where it starts now")
      ->delimiter(',')
      ->expected(2);
  add_given(reschedule);
  add_k(reschedule);

  CLI::App* explain =
      add("explain", "why a course does not fit, and what would make it fit", kat::optimizer::ExplainCourse);
  explain->add_option("--course", options.course, "its id")->required();
  add_given(explain);

  auto add_limits = [&](CLI::App* sub) {
    sub->get_option("--budget")->description("steps of search in all; the same steps give the same answer");
    sub->get_option("--budget")->default_str("none");
    sub->add_option("--time-limit", options.time_limit,
                    "when to stop, 10s or 500ms; without it, 10s, or no limit where there is a budget");
    sub->add_flag("--quiet", options.quiet, "nothing on standard error but faults");
  };
  auto add_threads = [&](CLI::App* sub) {
    sub->add_option("--threads", options.threads,
                    "how many work at it; without it, one where there is a budget, else two where there are two cores")
        ->check(CLI::Range(1, 64));
  };
  CLI::App* solve = add("solve", "the whole clinic, better the longer it may take", kat::optimizer::SolveInstance);
  add_limits(solve);
  add_threads(solve);
  solve->add_option("--seed", options.seed, "of its chances")->capture_default_str();
  solve->add_option("--initial", options.initial_path, "a solution to begin with; the answer is not worse");
  solve->add_option("--trace", options.trace_path,
                    "a JSON line for each better schedule or bound: seconds, ops, objective, lower_bound");

  CLI::App* bound = add("bound", "what no schedule can cost less than", kat::optimizer::BoundInstance);
  add_limits(bound);
  add_threads(bound);
  bound->add_option("--given", options.given_path, "a solution, the better the faster the bound grows");

  CLI::App* render = add("render", "a week of a solution as a picture, SVG", kat::optimizer::RenderWeek);
  render->add_option("solution", options.given_path, "a solution of the instance")->required();
  render->add_option("--week", options.week, "which, from 0; without it, the busiest")->check(CLI::Range(0, 10'000));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadInput;
  }
  const absl::Status status = command(options);
  if (status.ok()) return 0;
  std::cerr << "kat-optimize: " << status.message() << "\n";
  return absl::IsInvalidArgument(status) || absl::IsNotFound(status) ? kBadInput : 1;
}
