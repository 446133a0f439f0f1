#ifndef KAT_SERVICES_SCHEDULING_OPTIMIZER_BITS_H_
#define KAT_SERVICES_SCHEDULING_OPTIMIZER_BITS_H_

#include <bit>
#include <cstdint>

// Sets of the start slots of one day, as words of 64. The number of words depends on the slot length alone.
namespace kat::optimizer::bits {

using Word = uint64_t;

// Sets or clears bits [first, last], first <= last.
template <bool kSet>
inline void Fill(Word* words, int first, int last) {
  int a = first >> 6, b = last >> 6;
  Word low = ~Word{0} << (first & 63), high = ~Word{0} >> (63 - (last & 63));
  auto apply = [words](int i, Word mask) { words[i] = kSet ? words[i] | mask : words[i] & ~mask; };
  if (a == b) {
    apply(a, low & high);
    return;
  }
  apply(a, low);
  for (int i = a + 1; i < b; ++i) apply(i, ~Word{0});
  apply(b, high);
}

inline bool Test(const Word* words, int bit) { return words[bit >> 6] >> (bit & 63) & 1; }

inline void Clear(Word* words, int bit) { words[bit >> 6] &= ~(Word{1} << (bit & 63)); }

// The first bit, or -1.
inline int First(const Word* words, int n) {
  for (int i = 0; i < n; ++i) {
    if (words[i] != 0) return i * 64 + std::countr_zero(words[i]);
  }
  return -1;
}

// The last bit, or -1.
inline int Last(const Word* words, int n) {
  for (int i = n; i-- > 0;) {
    if (words[i] != 0) return i * 64 + 63 - std::countl_zero(words[i]);
  }
  return -1;
}

// The first bit of a & b, or -1.
inline int FirstOfAnd(const Word* a, const Word* b, int n) {
  for (int i = 0; i < n; ++i) {
    if (Word both = a[i] & b[i]; both != 0) return i * 64 + std::countr_zero(both);
  }
  return -1;
}

inline bool Any(const Word* words, int n) {
  Word all = 0;
  for (int i = 0; i < n; ++i) all |= words[i];
  return all != 0;
}

// Calls f(bit) for each bit in order until it returns false.
template <class F>
inline void ForEach(const Word* words, int n, F&& f) {
  for (int i = 0; i < n; ++i) {
    for (Word rest = words[i]; rest != 0; rest &= rest - 1) {
      if (!f(i * 64 + std::countr_zero(rest))) return;
    }
  }
}

}  // namespace kat::optimizer::bits

#endif  // KAT_SERVICES_SCHEDULING_OPTIMIZER_BITS_H_
