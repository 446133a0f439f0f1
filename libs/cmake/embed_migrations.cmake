# Run by kat_migrations at build time: FILES (SQL), OUT (directory), NAMESPACE, HEADER (as included).
set(entries "")
foreach(file ${FILES})
  get_filename_component(stem ${file} NAME_WE)
  string(REGEX MATCH "^0*([1-9][0-9]*)_(.+)$" matched ${stem})
  if(NOT matched)
    message(FATAL_ERROR "${file}: the name must be NNNN_name.sql")
  endif()
  set(number ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  file(READ ${file} sql)
  string(FIND "${sql}" ")KATSQL\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file}: holds the delimiter that it is embedded with")
  endif()
  string(APPEND entries "      {${number}, \"${name}\", R\"KATSQL(${sql})KATSQL\"},\n")
endforeach()

file(WRITE ${OUT}/migrations.h "#pragma once

#include <vector>

#include \"libs/pg/migrate.h\"

namespace ${NAMESPACE} {

std::vector<kat::pg::Migration> Migrations();

}  // namespace ${NAMESPACE}
")
file(WRITE ${OUT}/migrations.cc "#include \"${HEADER}\"

namespace ${NAMESPACE} {

std::vector<kat::pg::Migration> Migrations() {
  return {
${entries}  };
}

}  // namespace ${NAMESPACE}
")
