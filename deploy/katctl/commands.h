#ifndef KAT_DEPLOY_KATCTL_COMMANDS_H_
#define KAT_DEPLOY_KATCTL_COMMANDS_H_

#include <string>
#include <vector>

#include "deploy/katctl/client.h"
#include "deploy/katctl/story/story.h"

// What katctl's subcommands do. Each prints its result, or says on standard error what is wrong, and returns the exit
// code.
namespace kat::ctl {

// So that scripts can tell refusal from failure.
constexpr int kDone = 0;
constexpr int kRefused = 1;      // the API answered with an error
constexpr int kUsage = 2;        // the command line is wrong
constexpr int kUnreachable = 3;  // no installation, or a service is away

// What every subcommand takes.
struct Globals {
  std::string config;
  std::string clinic;
  std::string roles = "assistant";
  std::string subject = "katctl";
  std::string token;
  std::string time_zone;  // IANA name; empty: the clinic's
  bool json = false;
};

struct ListOptions {
  std::string collection;
  std::vector<std::string> filters;
  int page_size = 0;
  std::string page_token;
  bool all = false;     // every page
  std::string columns;  // of the table, by comma; empty: those that fit
};

struct WatchOptions {
  std::string service;
  std::string cursor;
  std::vector<std::string> types;
  int count = 0;  // 0: without end
};

int RunCall(const Globals& globals, const std::string& method, const std::string& request);
int RunList(const Globals& globals, const ListOptions& options);
int RunGet(const Globals& globals, const std::string& name);
int RunWatch(const Globals& globals, const WatchOptions& options);
int RunMethods(const Globals& globals);
int RunDescribe(const std::string& method, const std::string& image);
int RunLoad(const Globals& globals, const std::string& file);
int RunToken(const Globals& globals, int hours);
int RunHealth(const Globals& globals, const std::string& service);
int RunDevKeys(const std::string& folder);
int RunClock(const Globals& globals, const std::string& advance);
int RunTheStory(const Globals& globals, const StoryOptions& options);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_COMMANDS_H_
