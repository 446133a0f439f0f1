#include "deploy/katctl/docs.h"

#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "google/protobuf/descriptor.pb.h"

namespace kat::ctl {
namespace {

template <class Descriptor>
std::string Comment(const Descriptor* descriptor) {
  google::protobuf::SourceLocation location;
  if (descriptor == nullptr || !descriptor->GetSourceLocation(&location)) return "";
  std::string text = location.leading_comments;
  absl::RemoveExtraAsciiWhitespace(&text);
  return text;
}

}  // namespace

Docs::Docs(const std::string& path) : files_(std::make_unique<google::protobuf::SimpleDescriptorDatabase>()) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  google::protobuf::FileDescriptorSet set;
  if (set.ParseFromString(bytes)) {
    for (const google::protobuf::FileDescriptorProto& one : set.file()) files_->Add(one);
  }
  pool_ = std::make_unique<google::protobuf::DescriptorPool>(files_.get());
}

std::string Docs::Of(const google::protobuf::MethodDescriptor& method) const {
  return Comment(pool_->FindMethodByName(method.full_name()));
}

std::string Docs::Of(const google::protobuf::FieldDescriptor& field) const {
  return Comment(pool_->FindFieldByName(field.full_name()));
}

}  // namespace kat::ctl
