#ifndef KAT_DEPLOY_KATCTL_TABLE_H_
#define KAT_DEPLOY_KATCTL_TABLE_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "deploy/katctl/client.h"

namespace kat::ctl {

// A list response as a table: a row an element of its first array, a column for each short field that any element has,
// or the `columns` asked for. Where there are too many, those with ids that say nothing to a person go first. The
// resource's own name stands without its clinic, as `katctl get` takes it; other names are cut to their last segment.
// Money and dates are written as people do, instants in `zone`, which a last line names.
std::string RenderTable(const Json& list_response, absl::TimeZone zone, std::vector<std::string> columns = {});

// A single resource: a line a field, nested ones indented; instants in `zone`, which a last line names.
std::string RenderResource(const Json& resource, absl::TimeZone zone);

// An instant as the API writes it, in `zone`: `2026-12-01 09:00`. Any other text as it is.
std::string RenderTime(const std::string& text, absl::TimeZone zone);

// Whether any text in it is an instant.
bool HasTime(const Json& json);

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_TABLE_H_
