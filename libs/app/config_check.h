#ifndef KAT_LIBS_APP_CONFIG_CHECK_H_
#define KAT_LIBS_APP_CONFIG_CHECK_H_

#include <string>
#include <vector>

#include "libs/app/config.h"

namespace kat::app {

// `--pool-size` as the environment has it: `KAT_POOL_SIZE`.
std::string EnvironmentName(const std::string& option);

// Adds everything that is missing or wrong for the command asked for, in the options and in the files that they name.
void CheckTogether(const Config& config, std::vector<std::string>* problems);

}  // namespace kat::app

#endif  // KAT_LIBS_APP_CONFIG_CHECK_H_
