# Targets of ours: warnings on, includes from the root of the tree ("libs/base/clock.h").

function(kat_own target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-missing-field-initializers -Wno-unused-parameter)
  if(KAT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# kat_library(name SRCS a.cc ... DEPS kat_base ...)
function(kat_library name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  if(ARG_SRCS)
    add_library(${name} STATIC ${ARG_SRCS})
    kat_own(${name})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

# kat_binary(name SRCS ... DEPS ...): an executable in build/<preset>/bin.
function(kat_binary name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SRCS})
  kat_own(${name})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()

# kat_test(name RING unit|store|rpc|e2e SRCS ... DEPS ...): a GoogleTest binary in build/<preset>/tests, run by tests/run.
function(kat_test name)
  cmake_parse_arguments(ARG "" "RING" "SRCS;DEPS" ${ARGN})
  if(NOT ARG_RING MATCHES "^(unit|store|rpc|e2e)$")
    message(FATAL_ERROR "${name}: RING must be unit, store, rpc or e2e")
  endif()
  add_executable(${name} ${ARG_SRCS})
  kat_own(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests/${ARG_RING})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gtest_main)
endfunction()

# kat_use_grpc_pch(target ...): the precompiled header for files that see gRPC or protobuf (4.3 s a file without it, 1.5 s with).
# Never for domain/ or libs/base, whose includes must stay honest.
function(kat_use_grpc_pch)
  foreach(target ${ARGN})
    target_precompile_headers(${target} REUSE_FROM kat_grpc_pch)
  endforeach()
endfunction()
