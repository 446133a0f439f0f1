#ifndef KAT_DEPLOY_KATCTL_COMPLETION_H_
#define KAT_DEPLOY_KATCTL_COMPLETION_H_

#include <string>

#include "CLI/CLI.hpp"

namespace kat::ctl {

// A script for bash that completes what `cli` takes: its commands and options, methods, collections, services, roles.
std::string BashCompletion(const CLI::App& cli);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_COMPLETION_H_
