#include "deploy/katctl/completion.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "deploy/katctl/schema.h"

namespace kat::ctl {
namespace {

// The command is the first word that is neither an option nor an option's value; what follows decides by it.
constexpr char kScript[] = R"bash(# katctl completion for bash: source <(katctl completion bash)
_katctl() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' places=0 i word
  COMPREPLY=()
  case $prev in
    --role) COMPREPLY=($(compgen -W "@roles@" -- "$cur")); return ;;
    --config|--sample|--record) COMPREPLY=($(compgen -f -- "$cur")); return ;;
    @valued@) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      @valued@) ((i++)) ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=$word; else ((places++)); fi ;;
    esac
  done
  if [[ $cur == -* ]]; then
    case $command in
@options@
    esac
    return
  fi
  case $command:$places in
    :*) COMPREPLY=($(compgen -W "@commands@" -- "$cur")) ;;
    call:0|describe:0) COMPREPLY=($(compgen -W "@methods@" -- "$cur")) ;;
    list:0) COMPREPLY=($(compgen -W "@collections@" -- "$cur")) ;;
    watch:0|health:0) COMPREPLY=($(compgen -W "intake scheduling billing authorization messaging" -- "$cur")) ;;
    completion:0) COMPREPLY=($(compgen -W bash -- "$cur")) ;;
    load:0|dev-keys:0) COMPREPLY=($(compgen -f -- "$cur")) ;;
  esac
}
complete -F _katctl katctl
)bash";

std::set<std::string> Options(const CLI::App& app, bool with_value_only) {
  std::set<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (with_value_only && option->get_items_expected_max() == 0) continue;
    for (const std::string& name : option->get_lnames()) names.insert("--" + name);
  }
  return names;
}

}  // namespace

std::string BashCompletion(const CLI::App& cli) {
  std::vector<std::string> commands, cases, methods;
  const std::set<std::string> everywhere = Options(cli, false);
  std::set<std::string> valued = Options(cli, true);
  for (const CLI::App* command : cli.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(command->get_name());
    std::set<std::string> options = Options(*command, false);
    options.insert(everywhere.begin(), everywhere.end());
    cases.push_back(absl::StrCat("      ", command->get_name(), ") COMPREPLY=($(compgen -W \"",
                                 absl::StrJoin(options, " "), "\" -- \"$cur\")) ;;"));
    valued.merge(Options(*command, true));
  }
  cases.push_back(
      absl::StrCat("      *) COMPREPLY=($(compgen -W \"", absl::StrJoin(everywhere, " "), "\" -- \"$cur\")) ;;"));
  for (const auto* method : AllMethods()) methods.push_back(method->name());
  return absl::StrReplaceAll(kScript, {{"@roles@", absl::StrJoin(RoleNames(), " ")},
                                       {"@valued@", absl::StrJoin(valued, "|")},
                                       {"@options@", absl::StrJoin(cases, "\n")},
                                       {"@commands@", absl::StrJoin(commands, " ")},
                                       {"@methods@", absl::StrJoin(methods, " ")},
                                       {"@collections@", absl::StrJoin(Collections(), " ")}});
}

}  // namespace kat::ctl
