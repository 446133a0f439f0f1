#ifndef KAT_LIBS_BASE_STATUS_MACROS_H_
#define KAT_LIBS_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Returns from the enclosing function where `expr`, an absl::Status, is an error.
#define RETURN_IF_ERROR(expr)                                 \
  do {                                                        \
    if (absl::Status kat_status = (expr); !kat_status.ok()) { \
      return kat_status;                                      \
    }                                                         \
  } while (false)

#define KAT_CONCAT_INNER(a, b) a##b
#define KAT_CONCAT(a, b) KAT_CONCAT_INNER(a, b)

// Assigns the value of `expr`, an absl::StatusOr, to `lhs`, or returns its error.
#define ASSIGN_OR_RETURN(lhs, expr) ASSIGN_OR_RETURN_INNER(KAT_CONCAT(kat_status_or_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_INNER(result, lhs, expr) \
  auto result = (expr);                           \
  if (!result.ok()) {                             \
    return std::move(result).status();            \
  }                                               \
  lhs = std::move(result).value()

#endif  // KAT_LIBS_BASE_STATUS_MACROS_H_
