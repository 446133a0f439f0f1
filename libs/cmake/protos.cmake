set(KAT_PROTO_OUT ${CMAKE_BINARY_DIR}/generated)

# kat_proto_library(name ROOT dir PROTOS a/b.proto ... [GRPC] DEPS ...): one static library per proto package.
# Descriptor paths keep the directory shape, so an include matches its import.
function(kat_proto_library name)
  cmake_parse_arguments(ARG "GRPC" "ROOT" "PROTOS;DEPS" ${ARGN})
  set(sources)
  foreach(proto ${ARG_PROTOS})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_ROOT}/${proto})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(outputs ${KAT_PROTO_OUT}/${stem}.pb.cc ${KAT_PROTO_OUT}/${stem}.pb.h)
    set(plugin_args)
    # gRPC's generated file costs seconds to compile even where a proto has no service.
    file(STRINGS ${ARG_ROOT}/${proto} services REGEX "^service ")
    if(ARG_GRPC AND services)
      list(APPEND outputs ${KAT_PROTO_OUT}/${stem}.grpc.pb.cc ${KAT_PROTO_OUT}/${stem}.grpc.pb.h)
      set(plugin_args --grpc_out=${KAT_PROTO_OUT} --plugin=protoc-gen-grpc=${KAT_GRPC_CPP_PLUGIN})
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${KAT_PROTO_OUT}
      COMMAND ${KAT_PROTOC} -I${ARG_ROOT} -I${CMAKE_SOURCE_DIR}/proto -I${KAT_GOOGLEAPIS_DIR} -I${KAT_GRPC_PROTO_DIR} -I/usr/include
              --cpp_out=${KAT_PROTO_OUT} ${plugin_args} ${ARG_ROOT}/${proto}
      DEPENDS ${ARG_ROOT}/${proto}
      VERBATIM)
    foreach(output ${outputs})
      if(output MATCHES "\\.cc$")
        list(APPEND sources ${output})
      endif()
    endforeach()
  endforeach()
  add_library(${name}_archive STATIC ${sources})
  target_include_directories(${name}_archive SYSTEM PUBLIC ${KAT_PROTO_OUT})
  target_compile_options(${name}_archive PRIVATE -O1 -w)
  target_link_libraries(${name}_archive PUBLIC protobuf::libprotobuf gRPC::grpc++ ${ARG_DEPS})
  # Whole, so that descriptors are there which nothing refers to by type: a proto that has a service and no message.
  add_library(${name} INTERFACE)
  target_link_libraries(${name} INTERFACE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${name}_archive>")
endfunction()
