# Read by cpack for each kind of package. A tarball may be unpacked anywhere.
set(CPACK_PACKAGING_INSTALL_PREFIX /)

# What the programs need of Debian, as dpkg-shlibdeps says. CPack's own call of it fails on libraries of
# no package, i.e. on LibTorch.
if(CPACK_GENERATOR STREQUAL "DEB")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  find_program(SHLIBDEPS dpkg-shlibdeps REQUIRED)
  set(folder ${CPACK_TOPLEVEL_DIRECTORY}/shlibdeps)
  file(WRITE ${folder}/debian/control "Source: palimpsest\n\nPackage: palimpsest\nArchitecture: any\n")
  set(programs)
  foreach(name ingest tokenize shard train evaluate)
    if(EXISTS ${CPACK_PALIMPSEST_PROGRAMS}/${name})
      list(APPEND programs -e${CPACK_PALIMPSEST_PROGRAMS}/${name})
    endif()
  endforeach()
  execute_process(COMMAND ${SHLIBDEPS} --ignore-missing-info -O ${programs}
                  WORKING_DIRECTORY ${folder} OUTPUT_VARIABLE depends ERROR_VARIABLE said RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "dpkg-shlibdeps: ${said}")
  endif()
  string(REGEX REPLACE "^shlibs:Depends=|\n.*$" "" CPACK_DEBIAN_PACKAGE_DEPENDS "${depends}")
  file(REMOVE_RECURSE ${folder})
endif()
