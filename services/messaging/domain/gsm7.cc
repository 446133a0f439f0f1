#include "services/messaging/domain/gsm7.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kat::messaging {
namespace {

// Decodes one code point from the front of `text`; a malformed byte comes back as U+FFFD.
uint32_t Take(absl::string_view& text) {
  const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
  const uint32_t first = byte(0);
  int more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
  if (more < 0 || text.size() < static_cast<size_t>(more) + 1) {
    text.remove_prefix(1);
    return 0xfffd;
  }
  uint32_t code = more == 0 ? first : first & (0x3f >> more);
  for (int i = 1; i <= more; ++i) {
    if ((byte(i) & 0xc0) != 0x80) {
      text.remove_prefix(1);
      return 0xfffd;
    }
    code = (code << 6) | (byte(i) & 0x3f);
  }
  text.remove_prefix(more + 1);
  return code;
}

// 0 where `code` is not in the alphabet.
int Weight(uint32_t code) {
  static const std::u32string_view kBasic =
      U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
      U"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  static const std::u32string_view kExtended = U"^{}\\[~]|€";
  if (kBasic.find(code) != std::u32string_view::npos) return 1;
  if (kExtended.find(code) != std::u32string_view::npos) return 2;
  return 0;
}

std::string Encode(uint32_t code) {
  std::string out;
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
  return out;
}

uint32_t Nearest(uint32_t code) {
  static const std::u32string_view kFrom = U"áÁàÀâÂãÃÈêÊëËíÍîÎïÏóÓôÔõÕÒúÚûÛÙçýÝ‘’“”–—…\u00a0";
  static const std::u32string_view kTo = U"aAaAaAaAEeEeEiIiIiIoOoOoOOuUuUUcyY''\"\"--. ";
  const size_t at = kFrom.find(code);
  return at == std::u32string_view::npos ? U'?' : kTo[at];
}

}  // namespace

std::optional<int> Gsm7Length(absl::string_view utf8) {
  int length = 0;
  while (!utf8.empty()) {
    const int weight = Weight(Take(utf8));
    if (weight == 0) return std::nullopt;
    length += weight;
  }
  return length;
}

std::string ToGsm7(absl::string_view utf8, int longest) {
  std::string out;
  int length = 0;
  while (!utf8.empty()) {
    uint32_t code = Take(utf8);
    if (Weight(code) == 0) code = Nearest(code);
    length += Weight(code);
    if (length > longest) break;
    out += Encode(code);
  }
  return out;
}

std::string CutTo(absl::string_view utf8, int longest) {
  std::string out;
  for (int i = 0; i < longest && !utf8.empty(); ++i) out += Encode(Take(utf8));
  return out;
}

}  // namespace kat::messaging
