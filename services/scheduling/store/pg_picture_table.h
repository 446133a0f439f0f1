#ifndef KAT_SERVICES_SCHEDULING_STORE_PG_PICTURE_TABLE_H_
#define KAT_SERVICES_SCHEDULING_STORE_PG_PICTURE_TABLE_H_

#include "libs/pg/database.h"
#include "services/scheduling/store/picture_table.h"

namespace kat::scheduling {

// The SQL of picture_table.h. Used inside one transaction, under one clinic.
class PgPictureTable final : public PictureTable {
 public:
  PgPictureTable(pg::Tx& db, const ClinicId& clinic) : db_(db), clinic_(clinic) {}
  absl::StatusOr<PictureRead> Read(absl::CivilDay first, absl::CivilDay end) override;
  absl::StatusOr<PictureRead> ReadChanged(const PictureMark& since, absl::CivilDay first, absl::CivilDay end) override;

 private:
  pg::Tx& db_;
  const ClinicId clinic_;
};

}  // namespace kat::scheduling

#endif  // KAT_SERVICES_SCHEDULING_STORE_PG_PICTURE_TABLE_H_
