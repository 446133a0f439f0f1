#include "libs/base/recently_used.h"

#include <gtest/gtest.h>

#include <string>

namespace kat {
namespace {

using Names = RecentlyUsed<int, std::string>;

std::string Found(Names& names, int key) {
  const auto found = names.Find(key);
  return found ? *found : "";
}

TEST(RecentlyUsedTest, ForgetsWhatWasNotUsedForTheLongest) {
  Names names(2);
  names.Put(1, std::make_shared<std::string>("one"));
  names.Put(2, std::make_shared<std::string>("two"));
  EXPECT_EQ(Found(names, 1), "one");
  names.Put(3, std::make_shared<std::string>("three"));
  EXPECT_EQ(Found(names, 1), "one");
  EXPECT_EQ(Found(names, 2), "");
  EXPECT_EQ(Found(names, 3), "three");
}

TEST(RecentlyUsedTest, TheLastValueOfAKeyCountsAndWhoHoldsTheOtherKeepsIt) {
  Names names(2);
  names.Put(1, std::make_shared<std::string>("old"));
  const auto held = names.Find(1);
  names.Put(1, std::make_shared<std::string>("new"));
  names.Put(2, std::make_shared<std::string>("two"));
  EXPECT_EQ(Found(names, 1), "new");
  EXPECT_EQ(*held, "old");
}

}  // namespace
}  // namespace kat
