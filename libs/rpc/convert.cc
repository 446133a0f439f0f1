#include "libs/rpc/convert.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/field_mask_util.h"
#include "kat/common/v1/options.pb.h"
#include "libs/base/error.h"

namespace kat::rpc {

google::protobuf::Timestamp ToProto(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = micros >= 0 ? micros / 1'000'000 : -((-micros + 999'999) / 1'000'000);
  google::protobuf::Timestamp out;
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>(micros - seconds * 1'000'000) * 1000);
  return out;
}

absl::Time FromProto(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Microseconds(timestamp.nanos() / 1000);
}

google::type::Date ToProto(absl::CivilDay day) {
  google::type::Date out;
  out.set_year(static_cast<int32_t>(day.year()));
  out.set_month(day.month());
  out.set_day(day.day());
  return out;
}

absl::StatusOr<absl::CivilDay> FromProto(const google::type::Date& date, absl::string_view field) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  const bool real = date.year() >= 1 && date.year() <= 9999 && day.year() == date.year() &&
                    day.month() == date.month() && day.day() == date.day();
  if (!real) return InvalidField(field, "must be a full date of the calendar");
  return day;
}

google::type::TimeOfDay MinuteToProto(int minute_of_day) {
  google::type::TimeOfDay out;
  out.set_hours(minute_of_day / 60);
  out.set_minutes(minute_of_day % 60);
  return out;
}

absl::StatusOr<int> MinuteFromProto(const google::type::TimeOfDay& time, absl::string_view field) {
  const bool real = time.hours() >= 0 && time.hours() <= 24 && time.minutes() >= 0 && time.minutes() <= 59 &&
                    time.seconds() == 0 && time.nanos() == 0 && time.hours() * 60 + time.minutes() <= 1440;
  if (!real) return InvalidField(field, "must be a time of day in whole minutes, 0:00 to 24:00");
  return time.hours() * 60 + time.minutes();
}

std::string Etag(int64_t version) { return absl::StrCat("v", version); }

absl::Status CheckEtag(absl::string_view etag, int64_t version, absl::string_view resource_type) {
  if (etag.empty() || etag == Etag(version)) return absl::OkStatus();
  return EtagMismatch(resource_type);
}

absl::Status ApplyMask(const google::protobuf::FieldMask& mask, const google::protobuf::Message& from,
                       google::protobuf::Message* to) {
  using google::protobuf::util::FieldMaskUtil;
  const auto* descriptor = from.GetDescriptor();
  const auto output_only = [](const google::protobuf::FieldDescriptor* field) {
    return field->name() == "name" || field->options().GetExtension(common::v1::rule).output_only();
  };
  google::protobuf::FieldMask effective;
  if (mask.paths_size() == 0 || (mask.paths_size() == 1 && mask.paths(0) == "*")) {
    for (int i = 0; i < descriptor->field_count(); ++i) {
      if (!output_only(descriptor->field(i))) effective.add_paths(descriptor->field(i)->name());
    }
  } else {
    for (const std::string& path : mask.paths()) {
      std::vector<const google::protobuf::FieldDescriptor*> fields;
      if (!FieldMaskUtil::GetFieldDescriptors(descriptor, path, &fields)) {
        return InvalidField("update_mask", absl::StrCat("no field ", path));
      }
      for (const auto* field : fields) {
        if (output_only(field)) return InvalidField("update_mask", absl::StrCat(path, " cannot be set"));
      }
      effective.add_paths(path);
    }
  }
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(from, effective, options, to);
  return absl::OkStatus();
}

}  // namespace kat::rpc
