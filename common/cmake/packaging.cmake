# `cmake --install`, and CPack: a .deb and a tarball. packaging/README.md says what lies where.

include(GNUInstallDirs)
set(PALIMPSEST_TORCH_DIR "" CACHE PATH "Where installed programs look for LibTorch (the folder with lib/libtorch_cpu.so)")
option(PALIMPSEST_BUNDLE_LIBTORCH "Install LibTorch's libraries too (460 MB)" OFF)

set(private_dir lib/palimpsest)
set(data_dir ${CMAKE_INSTALL_DATADIR}/palimpsest)

add_custom_target(revision ALL
  COMMAND ${CMAKE_COMMAND} -DSOURCE=${CMAKE_SOURCE_DIR} -DOUTPUT=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/revision
          -P ${CMAKE_SOURCE_DIR}/common/cmake/write_revision.cmake
  BYPRODUCTS ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/revision COMMENT "" VERBATIM)
install(FILES ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/revision DESTINATION ${private_dir}/programs)

# install_link(TARGET LINK): a relative symbolic link under the prefix.
function(install_link TARGET LINK)
  cmake_path(GET LINK FILENAME name)
  cmake_path(GET LINK PARENT_PATH folder)
  set(place ${CMAKE_BINARY_DIR}/packaging/${folder})
  file(MAKE_DIRECTORY ${place})
  file(CREATE_LINK ${TARGET} ${place}/${name} SYMBOLIC)
  install(FILES ${place}/${name} DESTINATION ${folder})
endfunction()

# The real program keeps its name among private files; `palimpsest-NAME` leads there.
function(install_stage NAME)
  install(TARGETS ${NAME} RUNTIME DESTINATION ${private_dir}/programs)
  cmake_path(RELATIVE_PATH private_dir BASE_DIRECTORY ${CMAKE_INSTALL_BINDIR} OUTPUT_VARIABLE from_bin)
  if(NAME MATCHES "^(train|evaluate)$")
    install_link(${NAME} ${private_dir}/programs/palimpsest-${NAME})
    set(launcher ${CMAKE_BINARY_DIR}/packaging/palimpsest-${NAME})
    configure_file(packaging/launcher.sh ${launcher} @ONLY FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
                   GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    install(PROGRAMS ${launcher} DESTINATION ${private_dir})
    install_link(${from_bin}/palimpsest-${NAME} ${CMAKE_INSTALL_BINDIR}/palimpsest-${NAME})
  else()
    install_link(${from_bin}/programs/${NAME} ${CMAKE_INSTALL_BINDIR}/palimpsest-${NAME})
  endif()
  find_program(PYTHON3 python3)
  if(NOT PYTHON3)
    message(STATUS "python3 not found: no man pages, no shell completion")
    return()
  endif()
  set(folders ${CMAKE_INSTALL_MANDIR}/man1 ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
              ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  list(TRANSFORM folders PREPEND "\"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/")
  list(TRANSFORM folders APPEND "\"")
  list(JOIN folders " " folders)
  install(CODE "execute_process(COMMAND ${PYTHON3} ${CMAKE_SOURCE_DIR}/packaging/help_pages.py $<TARGET_FILE:${NAME}>
    palimpsest-${NAME} ${PROJECT_VERSION} ${folders} COMMAND_ERROR_IS_FATAL ANY)")
endfunction()

foreach(stage ingest tokenize shard train evaluate)
  if(TARGET ${stage})
    install_stage(${stage})
  endif()
endforeach()

# All of it is compiled in; here it is to be read, copied and changed.
install(FILES ingest/frameworks.toml DESTINATION ${data_dir})
install(DIRECTORY train/recipes common/model/presets pipelines/corpora pipelines/examples DESTINATION ${data_dir})
install(FILES README.md SECURITY.md pipelines/deps/LICENSES.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
file(ARCHIVE_CREATE OUTPUT ${CMAKE_BINARY_DIR}/packaging/changelog.gz PATHS CHANGELOG.md FORMAT raw COMPRESSION GZip
     COMPRESSION_LEVEL 9)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS CHANGELOG.md)
install(FILES ${CMAKE_BINARY_DIR}/packaging/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# LibTorch's own search path expects NVIDIA's libraries, which it needs even on a CPU, in ../../nvidia.
if(PALIMPSEST_BUNDLE_LIBTORCH AND LibTorch_FOUND)
  file(GLOB bundled ${LibTorch_LIBRARY_DIR}/libtorch_cpu.so ${LibTorch_LIBRARY_DIR}/libc10.so ${LibTorch_LIBRARY_DIR}/libgomp.so.1)
  install(FILES ${bundled} DESTINATION ${private_dir}/torch/lib)
  file(GLOB bundled ${LibTorch_LIBRARY_DIR}/../../nvidia/*/lib/libcudart.so.* ${LibTorch_LIBRARY_DIR}/../../nvidia/*/lib/libcupti.so.*)
  foreach(library ${bundled})
    cmake_path(GET library PARENT_PATH folder)
    string(REGEX REPLACE ".*/(nvidia/.*)" "\\1" folder ${folder})
    install(FILES ${library} DESTINATION ${private_dir}/${folder})
  endforeach()
endif()

set(CPACK_PACKAGE_NAME palimpsest)
set(CPACK_PACKAGE_CONTACT "The Palimpsest authors <palimpsest@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "TypeScript repositories to a small masked-diffusion code model")
set(CPACK_PACKAGE_DESCRIPTION "Five programs, from packages and repositories to a trained and scored model that fills holes in code.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_STRIP_FILES ON)
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_SOURCE_DIR}/common/cmake/package_depends.cmake)
set(CPACK_PALIMPSEST_PROGRAMS ${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "git, npm")                 # ingest's sources
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "bubblewrap, nodejs, python3")  # evaluate bench
set(CPACK_VERBATIM_VARIABLES ON)
include(CPack)
