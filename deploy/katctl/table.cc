#include "deploy/katctl/table.h"

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace kat::ctl {
namespace {

constexpr size_t kMaxColumns = 8;
constexpr size_t kMaxCell = 40;

bool IsMoney(const Json& value) { return value.is_object() && value.contains("currency_code") && value.size() <= 2; }
bool IsDate(const Json& value) {
  return value.is_object() && value.contains("year") && value.contains("month") && value.contains("day");
}

std::string Money(const Json& value) {
  int64_t minor = 0;
  (void)absl::SimpleAtoi(value.value("minor_units", "0"), &minor);
  return absl::StrFormat("%s%d.%02d %s", minor < 0 ? "-" : "", std::abs(minor) / 100, std::abs(minor) % 100,
                         value["currency_code"].get<std::string>());
}

std::optional<absl::Time> Instant(const std::string& text) {
  absl::Time time;
  std::string error;
  const bool shaped = text.size() >= 20 && text[4] == '-' && text[10] == 'T' && text.back() == 'Z';
  if (!shaped || !absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return std::nullopt;
  return time;
}

// A short text for a cell; "" for what belongs in no cell.
std::string Cell(const Json& value, absl::TimeZone zone) {
  if (value.is_string()) {
    const std::string text = value.get<std::string>();
    if (absl::StartsWith(text, "clinics/")) return text.substr(text.rfind('/') + 1);
    return RenderTime(text, zone);
  }
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number()) return value.dump();
  if (IsMoney(value)) return Money(value);
  if (IsDate(value)) {
    return absl::StrFormat("%04d-%02d-%02d", value["year"].get<int>(), value["month"].get<int>(),
                           value["day"].get<int>());
  }
  return "";
}

// A resource's own name without its clinic: short, and what `katctl get` takes.
std::string OwnName(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, absl::MaxSplits('/', 2));
  return parts.size() == 3 && parts[0] == "clinics" ? parts[2] : name;
}

bool StartsCharacter(char c) { return (c & 0xC0) != 0x80; }

// Terminal columns of UTF-8 text, one a code point.
size_t Width(const std::string& text) { return std::count_if(text.begin(), text.end(), StartsCharacter); }

std::string Cut(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (Width(text) <= kMaxCell) return text;
  size_t end = 0;
  for (size_t characters = 0; characters < kMaxCell; ++end) characters += StartsCharacter(text[end]) ? 1 : 0;
  return text.substr(0, end - 1) + "…";
}

std::string Pad(const std::string& text, size_t width) {
  return text + std::string(width > Width(text) ? width - Width(text) : 0, ' ');
}

const Json* FirstArray(const Json& response) {
  for (const auto& [key, value] : response.items()) {
    if (value.is_array()) return &value;
  }
  return nullptr;
}

bool IsPlumbing(const std::string& key) { return key == "etag" || key == "create_time" || key == "update_time"; }

// The name of another resource whose id a service made.
bool IsOpaque(const Json& value) {
  constexpr size_t kMadeIdLength = 26;
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  return absl::StartsWith(text, "clinics/") && text.size() - text.rfind('/') - 1 == kMadeIdLength;
}

std::vector<std::string> ChooseColumns(const Json& rows, absl::TimeZone zone) {
  std::vector<std::string> columns;
  std::set<std::string> opaque;
  for (const Json& row : rows) {
    for (const auto& [key, value] : row.items()) {
      if (IsPlumbing(key) || Cell(value, zone).empty()) continue;
      if (std::count(columns.begin(), columns.end(), key) == 0) columns.push_back(key);
      if (key != "name" && IsOpaque(value)) opaque.insert(key);
    }
  }
  for (auto it = columns.begin(); it != columns.end() && columns.size() > kMaxColumns;)
    it = opaque.count(*it) > 0 ? columns.erase(it) : it + 1;
  if (columns.size() > kMaxColumns) columns.resize(kMaxColumns);
  return columns;
}

void RenderInto(const Json& value, int depth, absl::TimeZone zone, std::string* out) {
  const std::string indent(2 * depth, ' ');
  for (const auto& [key, field] : value.items()) {
    const std::string cell = field.is_string() ? RenderTime(field.get<std::string>(), zone) : Cell(field, zone);
    if (!cell.empty()) {
      absl::StrAppend(out, indent, key, ": ", cell, "\n");
    } else if (field.is_array() && !field.empty()) {
      absl::StrAppend(out, indent, key, ":\n");
      for (const Json& item : field) {
        if (!item.is_object() || !Cell(item, zone).empty()) {
          absl::StrAppend(out, indent, "  - ",
                          item.is_string() ? RenderTime(item.get<std::string>(), zone) : Cell(item, zone), "\n");
          continue;
        }
        std::string block;
        RenderInto(item, depth + 2, zone, &block);
        if (block.size() > indent.size() + 4) block.replace(indent.size() + 2, 2, "- ");
        out->append(block);
      }
    } else if (field.is_object() && !field.empty()) {
      absl::StrAppend(out, indent, key, ":\n");
      RenderInto(field, depth + 1, zone, out);
    }
  }
}

}  // namespace

std::string RenderTime(const std::string& text, absl::TimeZone zone) {
  const std::optional<absl::Time> time = Instant(text);
  return time ? absl::FormatTime("%Y-%m-%d %H:%M", *time, zone) : text;
}

bool HasTime(const Json& json) {
  if (json.is_string()) return Instant(json.get<std::string>()).has_value();
  return json.is_structured() && std::any_of(json.begin(), json.end(), HasTime);
}

std::string RenderTable(const Json& list_response, absl::TimeZone zone, std::vector<std::string> columns) {
  const Json* rows = FirstArray(list_response);
  if (rows == nullptr || rows->empty()) return "none\n";
  if (columns.empty()) columns = ChooseColumns(*rows, zone);
  std::vector<std::vector<std::string>> cells = {columns};
  bool has_time = false;
  for (const Json& row : *rows) {
    std::vector<std::string>& line = cells.emplace_back();
    for (const std::string& column : columns) {
      const Json value = row.value(column, Json());
      has_time |= HasTime(value) && !Cell(value, zone).empty();
      line.push_back(column == "name" && value.is_string() ? OwnName(value.get<std::string>())
                                                           : Cut(Cell(value, zone)));
    }
  }
  std::vector<size_t> widths(columns.size(), 0);
  for (const auto& line : cells) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], Width(line[i]));
  }
  std::string out;
  for (const auto& line : cells) {
    std::vector<std::string> padded;
    for (size_t i = 0; i < line.size(); ++i) padded.push_back(i + 1 == line.size() ? line[i] : Pad(line[i], widths[i]));
    absl::StrAppend(&out, absl::StrJoin(padded, "  "), "\n");
  }
  if (has_time) absl::StrAppend(&out, "times in ", zone.name(), "\n");
  const std::string token = list_response.value("next_page_token", "");
  if (!token.empty()) absl::StrAppend(&out, "more: --page-token ", token, "\n");
  return out;
}

std::string RenderResource(const Json& resource, absl::TimeZone zone) {
  std::string out;
  RenderInto(resource, 0, zone, &out);
  if (HasTime(resource)) absl::StrAppend(&out, "(times in ", zone.name(), ")\n");
  return out.empty() ? "done\n" : out;
}

}  // namespace kat::ctl
