#ifndef KAT_DEPLOY_KATCTL_TABLE_H_
#define KAT_DEPLOY_KATCTL_TABLE_H_

#include <string>

#include "deploy/katctl/client.h"

namespace kat::ctl {

// A list response as a table: a row an element of its first array, a column for each short field that any element has.
// Names are cut to their last segment, money and dates are written as people do.
std::string RenderTable(const Json& list_response);

// A single resource: a line a field, nested ones indented.
std::string RenderResource(const Json& resource);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_TABLE_H_
