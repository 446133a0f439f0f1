#include "services/scheduling/store/picture_table.h"

#include <map>

#include "services/scheduling/store/store_fixture.h"

namespace kat::scheduling {
namespace {

const absl::CivilDay kMonday(2026, 11, 30);
const ResourceKey kRoom("rooms/infusion-1");
const ResourceKey kOther("rooms/infusion-2");

class PictureTableTest : public StoreTest {
 protected:
  absl::Status Take(const std::string& owner, const ResourceKey& room, absl::Time start, absl::Duration length) {
    return Run([&](Tx& tx) { return tx.occupancy().Take({{owner, {{room, "room", {start, start + length}, 1}}}}); });
  }
  PictureRead Read(absl::CivilDay first = kMonday, absl::CivilDay end = kMonday + 7) {
    PictureRead read;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(read, tx.pictures().Read(first, end));
      return absl::OkStatus();
    }));
    return read;
  }
  PictureRead ReadChanged(const PictureMark& since) {
    PictureRead read;
    EXPECT_OK(Run([&](Tx& tx) -> absl::Status {
      ASSIGN_OR_RETURN(read, tx.pictures().ReadChanged(since, kMonday, kMonday + 7));
      return absl::OkStatus();
    }));
    return read;
  }
  // Owners by resource and day.
  using Owners = std::map<std::pair<ResourceKey, absl::CivilDay>, std::set<std::string>>;
  static Owners OwnersOf(const PictureRead& read) {
    Owners owners;
    for (const DayLoads& day : read.days) {
      std::set<std::string>& of_day = owners[{day.resource, day.day}];
      for (const Commitment& load : day.loads) of_day.insert(load.owner);
    }
    return owners;
  }
};

TEST_F(PictureTableTest, ALoadBelongsToTheLocalDayThatItBeginsOn) {
  ASSERT_OK(Take("appointments/a", kRoom, sample::At(kMonday, 23, 30), absl::Hours(1)));
  ASSERT_OK(Take("appointments/b", kRoom, sample::At(kMonday + 6, 23, 55), absl::Minutes(5)));
  ASSERT_OK(Take("appointments/before", kRoom, sample::At(kMonday - 1, 23), absl::Hours(2)));
  ASSERT_OK(Take("appointments/after", kRoom, sample::At(kMonday + 7, 0), absl::Hours(2)));
  const PictureRead read = Read();
  EXPECT_EQ(OwnersOf(read),
            (Owners{{{kRoom, kMonday}, {"appointments/a"}}, {{kRoom, kMonday + 6}, {"appointments/b"}}}));
  const Usage& usage = read.days[0].loads[0].usage;
  EXPECT_EQ(usage.resource, kRoom);
  EXPECT_EQ(usage.load, 1);
  EXPECT_EQ(usage.time.end - usage.time.start, read.days[0].day == kMonday ? absl::Hours(1) : absl::Minutes(5));
  EXPECT_TRUE(Read(kMonday, kMonday).days.empty());
}

TEST_F(PictureTableTest, DaysThatChangedAreReadWhole) {
  ASSERT_OK(Take("appointments/a", kRoom, sample::At(kMonday, 9), absl::Hours(1)));
  ASSERT_OK(Take("appointments/b", kOther, sample::At(kMonday, 9), absl::Hours(1)));
  const PictureMark before = Read().mark;
  EXPECT_TRUE(ReadChanged(before).days.empty());
  ASSERT_OK(Take("appointments/c", kRoom, sample::At(kMonday, 11), absl::Hours(1)));
  EXPECT_EQ(OwnersOf(ReadChanged(before)), (Owners{{{kRoom, kMonday}, {"appointments/a", "appointments/c"}}}));
  ASSERT_OK(Run([](Tx& tx) { return tx.occupancy().GiveBack({"appointments/b"}); }));
  const PictureRead after = ReadChanged(before);
  EXPECT_EQ(OwnersOf(after),
            (Owners{{{kRoom, kMonday}, {"appointments/a", "appointments/c"}}, {{kOther, kMonday}, {}}}));
  EXPECT_TRUE(ReadChanged(after.mark).days.empty());
}

TEST_F(PictureTableTest, ALoadPastMidnightChangesBothDays) {
  const PictureMark before = Read().mark;
  ASSERT_OK(Take("appointments/a", kRoom, sample::At(kMonday, 23), absl::Hours(2)));
  EXPECT_EQ(OwnersOf(ReadChanged(before)),
            (Owners{{{kRoom, kMonday}, {"appointments/a"}}, {{kRoom, kMonday + 1}, {}}}));
}

TEST_F(PictureTableTest, WhatWasOpenAtOneReadIsInALaterOne) {
  PictureMark meanwhile;
  ASSERT_OK(Run([&](Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.occupancy().Take(
        {{"appointments/a", {{kRoom, "room", {sample::At(kMonday, 9), sample::At(kMonday, 10)}, 1}}}}));
    EXPECT_OK(Take("appointments/b", kOther, sample::At(kMonday, 9), absl::Hours(1)));
    const PictureRead read = Read();
    EXPECT_EQ(OwnersOf(read), (Owners{{{kOther, kMonday}, {"appointments/b"}}}));
    meanwhile = read.mark;
    return absl::OkStatus();
  }));
  const Owners changed = OwnersOf(ReadChanged(meanwhile));
  EXPECT_EQ(changed.at({kRoom, kMonday}), (std::set<std::string>{"appointments/a"}));
}

TEST_F(PictureTableTest, TheSetupsMarkChangesWithAnyPartOfIt) {
  std::vector<SetupMark> marks = {Read().setup};
  const auto expect_new = [&] {
    const SetupMark mark = Read().setup;
    for (const SetupMark& earlier : marks) EXPECT_NE(mark, earlier);
    marks.push_back(mark);
  };
  EXPECT_EQ(Read().setup, marks[0]);
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Clinic clinic, tx.clinics().Get());
    ++clinic.version;
    return tx.clinics().Update(clinic);
  }));
  expect_new();
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(Resource room, tx.resources().Get(kRoom));
    ++room.version;
    return tx.resources().Update(room);
  }));
  expect_new();
  ASSERT_OK(Run([](Tx& tx) {
    Resource room = sample::MakeResources()[0];
    room.key = ResourceKey("rooms/new");
    return tx.resources().Insert(room);
  }));
  expect_new();
  ASSERT_OK(Run([](Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(VisitType type, tx.visit_types().Get(VisitTypeId("consult")));
    ++type.version;
    return tx.visit_types().Update(type);
  }));
  expect_new();
}

}  // namespace
}  // namespace kat::scheduling
