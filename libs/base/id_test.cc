#include "libs/base/id.h"

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"

namespace kat {
namespace {

TEST(NewId, SortsInTheOrderOfMaking) {
  std::vector<std::string> ids;
  for (int i = 0; i < 10000; ++i) ids.push_back(NewId());
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST(NewId, IsAValidSegment) {
  EXPECT_TRUE(IsValidId(NewId()));
  EXPECT_EQ(NewId().size(), 26u);
}

TEST(IsValidId, FollowsAip122) {
  for (const char* id : {"a", "7", "room-1", "a-b-c"}) EXPECT_TRUE(IsValidId(id)) << id;
  for (const char* id : {"", "-a", "a-", "A", "a_b", "a b", "a/b"}) EXPECT_FALSE(IsValidId(id)) << id;
  EXPECT_FALSE(IsValidId(std::string(64, 'a')));
}

}  // namespace
}  // namespace kat
