set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

# -O1 halves the build against -O2 and the services wait on PostgreSQL, not on the processor; the optimizer asks for
# more itself. -g1 keeps line numbers in a crash and little else.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1")

set(KAT_SANITIZE "" CACHE STRING "Sanitizers for all code of ours, as -fsanitize takes them")
option(KAT_WERROR "Treat warnings in our own code as errors" ON)

find_program(KAT_CCACHE ccache)
if(KAT_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${KAT_CCACHE})
endif()
find_program(KAT_MOLD mold)
if(KAT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(KAT_SANITIZE)
  add_compile_options(-fsanitize=${KAT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${KAT_SANITIZE})
endif()
