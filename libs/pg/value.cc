#include "libs/pg/value.h"

#include <cstdlib>
#include <iostream>
#include <limits>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace kat::pg {
namespace {

constexpr char kTimeFormat[] = "%E4Y-%m-%d %H:%M:%E*S%Ez";

[[noreturn]] void Mismatch(absl::string_view text, const char* type) {
  // The text stays out of the message: it may be a patient's.
  std::cerr << "pg: a value of " << text.size() << " bytes is not a " << type << "; the SQL and its reader disagree\n";
  std::abort();
}

}  // namespace

Param::Param(double value) : text_(absl::StrFormat("%.17g", value)) {}

Param::Param(absl::Time value) {
  if (value == absl::InfiniteFuture()) {
    text_ = "infinity";
  } else if (value == absl::InfinitePast()) {
    text_ = "-infinity";
  } else {
    const absl::Time micros = absl::FromUnixMicros(absl::ToUnixMicros(value));
    text_ = absl::FormatTime(kTimeFormat, micros, absl::UTCTimeZone());
  }
}

Param::Param(absl::CivilDay value) : text_(absl::FormatCivilTime(value)) {}

Param::Param(const std::vector<std::string>& values) {
  std::string array = "{";
  for (const std::string& value : values) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (char c : value) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  array += '}';
  text_ = std::move(array);
}

Param Param::Bytes(absl::string_view bytes) { return Param(absl::StrCat("\\x", absl::BytesToHexString(bytes))); }

void ParseValue(absl::string_view text, std::string* out) { out->assign(text.data(), text.size()); }

void ParseValue(absl::string_view text, bool* out) {
  if (text != "t" && text != "f") Mismatch(text, "bool");
  *out = text == "t";
}

void ParseValue(absl::string_view text, int* out) {
  if (!absl::SimpleAtoi(text, out)) Mismatch(text, "int");
}

void ParseValue(absl::string_view text, int64_t* out) {
  if (!absl::SimpleAtoi(text, out)) Mismatch(text, "int64");
}

void ParseValue(absl::string_view text, double* out) {
  if (!absl::SimpleAtod(text, out)) Mismatch(text, "double");
}

void ParseValue(absl::string_view text, absl::Time* out) {
  if (text == "infinity") {
    *out = absl::InfiniteFuture();
  } else if (text == "-infinity") {
    *out = absl::InfinitePast();
  } else if (std::string error; !absl::ParseTime(kTimeFormat, text, out, &error)) {
    Mismatch(text, "timestamptz");
  }
}

void ParseValue(absl::string_view text, absl::CivilDay* out) {
  if (!absl::ParseCivilTime(text, out)) Mismatch(text, "date");
}

void ParseValue(absl::string_view text, std::vector<std::string>* out) {
  out->clear();
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') Mismatch(text, "text[]");
  text = text.substr(1, text.size() - 2);
  size_t i = 0;
  while (i < text.size()) {
    std::string value;
    if (text[i] == '"') {
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
        if (i < text.size()) value += text[i];
      }
      ++i;  // the closing quote
    } else {
      while (i < text.size() && text[i] != ',') value += text[i++];
      if (value == "NULL") Mismatch(text, "text[] without NULL");
    }
    out->push_back(std::move(value));
    if (i < text.size() && text[i] != ',') Mismatch(text, "text[]");
    ++i;
  }
}

std::string BytesFromText(absl::string_view text) {
  if (text.substr(0, 2) != "\\x") Mismatch(text, "bytea");
  return absl::HexStringToBytes(text.substr(2));
}

}  // namespace kat::pg
