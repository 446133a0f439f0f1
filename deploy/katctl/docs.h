#ifndef KAT_DEPLOY_KATCTL_DOCS_H_
#define KAT_DEPLOY_KATCTL_DOCS_H_

#include <memory>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor_database.h"

namespace kat::ctl {

// The comments of the contracts, which a program's own descriptors have lost: from the descriptor image of the build.
class Docs {
 public:
  // Knows nothing where there is no image at `path`.
  explicit Docs(const std::string& path);

  // What the contract says of a method or a field, on one line; "" where nothing is known.
  std::string Of(const google::protobuf::MethodDescriptor& method) const;
  std::string Of(const google::protobuf::FieldDescriptor& field) const;

 private:
  std::unique_ptr<google::protobuf::SimpleDescriptorDatabase> files_;
  std::unique_ptr<google::protobuf::DescriptorPool> pool_;
};

}  // namespace kat::ctl

#endif  // KAT_DEPLOY_KATCTL_DOCS_H_
