# What integrators get: `kat_image` writes kat.binpb, a self-contained descriptor image of all services; `kat_npm` writes
# npm/kat-api.tgz, the typed npm package made from it. The second needs npm, and is not part of a build of everything.
file(GLOB_RECURSE kat_contracts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/proto/kat/*.proto)
set(KAT_IMAGE ${CMAKE_BINARY_DIR}/kat.binpb)
add_custom_command(
  OUTPUT ${KAT_IMAGE}
  COMMAND ${CMAKE_COMMAND} -E env PROTOC=${KAT_PROTOC} KAT_GOOGLEAPIS_DIR=${KAT_GOOGLEAPIS_DIR}
          KAT_GRPC_PROTO_DIR=${KAT_GRPC_PROTO_DIR} ${CMAKE_SOURCE_DIR}/proto/make-image ${KAT_IMAGE}
  DEPENDS ${kat_contracts} ${CMAKE_SOURCE_DIR}/proto/make-image
  COMMENT "Writing the descriptor image"
  VERBATIM)
add_custom_target(kat_image ALL DEPENDS ${KAT_IMAGE})

set(KAT_NPM_PACKAGE ${CMAKE_BINARY_DIR}/npm/kat-api.tgz)
set(npm_sources ${CMAKE_SOURCE_DIR}/proto/npm)
add_custom_command(
  OUTPUT ${KAT_NPM_PACKAGE}
  COMMAND ${CMAKE_SOURCE_DIR}/deploy/npm-ci
  COMMAND ${CMAKE_COMMAND} -E env PROTOC=${KAT_PROTOC} ${CMAKE_SOURCE_DIR}/node_modules/.bin/node
          ${npm_sources}/make-package.js ${KAT_IMAGE} ${CMAKE_BINARY_DIR}/npm ${PROJECT_VERSION}
  DEPENDS ${KAT_IMAGE} ${npm_sources}/make-package.js ${npm_sources}/template/package.json
          ${npm_sources}/template/README.md ${CMAKE_SOURCE_DIR}/package-lock.json
  COMMENT "Making the npm package @kat/api"
  VERBATIM)
add_custom_target(kat_npm DEPENDS ${KAT_NPM_PACKAGE})
