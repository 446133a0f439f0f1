# kat_migrations(target directory namespace): compiles <directory>/NNNN_name.sql into `target`, as
#   #include "<directory from the root>/migrations.h"
#   std::vector<kat::pg::Migration> <namespace>::Migrations();
# so that a binary carries the schema that it needs. The target must link kat_pg.
#   kat_migrations(intake_store migrations kat::intake)   ->  "services/intake/store/migrations/migrations.h"
function(kat_migrations target directory namespace)
  get_filename_component(absolute ${directory} ABSOLUTE)
  file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${absolute})
  file(GLOB files CONFIGURE_DEPENDS ${absolute}/[0-9][0-9][0-9][0-9]_*.sql)
  if(NOT files)
    message(FATAL_ERROR "${relative} has no migration NNNN_name.sql")
  endif()
  list(SORT files)
  set(out ${CMAKE_BINARY_DIR}/generated/${relative})
  set(script ${CMAKE_SOURCE_DIR}/libs/cmake/embed_migrations.cmake)
  add_custom_command(
    OUTPUT ${out}/migrations.cc ${out}/migrations.h
    COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUT=${out} -DNAMESPACE=${namespace} -DHEADER=${relative}/migrations.h -P ${script}
    DEPENDS ${files} ${script}
    VERBATIM)
  target_sources(${target} PRIVATE ${out}/migrations.cc ${out}/migrations.h)
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/generated)
endfunction()
