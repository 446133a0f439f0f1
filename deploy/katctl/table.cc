#include "deploy/katctl/table.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

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

// A short text for a cell; "" for what belongs in no cell.
std::string Cell(const Json& value) {
  if (value.is_string()) {
    const std::string text = value.get<std::string>();
    if (absl::StartsWith(text, "clinics/")) return text.substr(text.rfind('/') + 1);
    if (text.size() > 19 && text[4] == '-' && text[10] == 'T') return text.substr(0, 10) + " " + text.substr(11, 5);
    return text;
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

std::string Cut(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text.size() <= kMaxCell ? text : text.substr(0, kMaxCell - 1) + "…";
}

// Terminal columns of UTF-8 text, one a code point.
size_t Width(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
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

void RenderInto(const Json& value, int depth, std::string* out) {
  const std::string indent(2 * depth, ' ');
  for (const auto& [key, field] : value.items()) {
    const std::string cell = field.is_string() ? field.get<std::string>() : Cell(field);
    if (!cell.empty()) {
      absl::StrAppend(out, indent, key, ": ", cell, "\n");
    } else if (field.is_array() && !field.empty()) {
      absl::StrAppend(out, indent, key, ":\n");
      for (const Json& item : field) {
        if (!item.is_object() || !Cell(item).empty()) {
          absl::StrAppend(out, indent, "  - ", item.is_string() ? item.get<std::string>() : Cell(item), "\n");
          continue;
        }
        std::string block;
        RenderInto(item, depth + 2, &block);
        if (block.size() > indent.size() + 4) block.replace(indent.size() + 2, 2, "- ");
        out->append(block);
      }
    } else if (field.is_object() && !field.empty()) {
      absl::StrAppend(out, indent, key, ":\n");
      RenderInto(field, depth + 1, out);
    }
  }
}

}  // namespace

std::string RenderTable(const Json& list_response) {
  const Json* rows = FirstArray(list_response);
  if (rows == nullptr || rows->empty()) return "none\n";
  std::vector<std::string> columns;
  for (const Json& row : *rows) {
    for (const auto& [key, value] : row.items()) {
      if (columns.size() < kMaxColumns && !IsPlumbing(key) && !Cell(value).empty() &&
          std::count(columns.begin(), columns.end(), key) == 0) {
        columns.push_back(key);
      }
    }
  }
  std::vector<std::vector<std::string>> cells = {columns};
  for (const Json& row : *rows) {
    std::vector<std::string>& line = cells.emplace_back();
    for (const std::string& column : columns) line.push_back(row.contains(column) ? Cut(Cell(row[column])) : "");
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
  const std::string token = list_response.value("next_page_token", "");
  if (!token.empty()) absl::StrAppend(&out, "more: --page-token ", token, "\n");
  return out;
}

std::string RenderResource(const Json& resource) {
  std::string out;
  RenderInto(resource, 0, &out);
  return out.empty() ? "done\n" : out;
}

}  // namespace kat::ctl
