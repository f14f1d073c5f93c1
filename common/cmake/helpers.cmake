# add_palimpsest_library(NAME SOURCES ... LINK ...): a static library `palimpsest_NAME` with our warnings.
function(add_palimpsest_library NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(palimpsest_${NAME} STATIC ${ARG_SOURCES})
  target_include_directories(palimpsest_${NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(palimpsest_${NAME} PUBLIC ${ARG_LINK} sanitizers PRIVATE warnings)
endfunction()

# add_palimpsest_stage(NAME SOURCES ... LINK ...): library `palimpsest_NAME` and executable `NAME` from main.cpp.
function(add_palimpsest_stage NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_palimpsest_library(${NAME} SOURCES ${ARG_SOURCES} LINK ${ARG_LINK})
  add_executable(${NAME} main.cpp)
  target_link_libraries(${NAME} PRIVATE palimpsest_${NAME} warnings)
endfunction()

# add_palimpsest_test(NAME SOURCES ... LINK ... [SLOW]): a GoogleTest executable, one ctest entry per test case.
function(add_palimpsest_test NAME)
  cmake_parse_arguments(ARG "SLOW" "" "SOURCES;LINK" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
  target_link_libraries(${NAME} PRIVATE ${ARG_LINK} GTest::gtest_main GTest::gmock warnings)
  # One OpenMP thread: tests run side by side, and LibTorch's threads would spin against each other.
  set(properties TIMEOUT 300 ENVIRONMENT "OMP_NUM_THREADS=1")
  if(ARG_SLOW)
    list(APPEND properties LABELS slow)
  endif()
  gtest_discover_tests(${NAME} DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()

# embed_text(TARGET SYMBOL FILE): compiles FILE's content into TARGET as
# `extern const std::string_view palimpsest::embedded::SYMBOL`.
function(embed_text TARGET SYMBOL FILE)
  cmake_path(ABSOLUTE_PATH FILE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${FILE})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${SYMBOL}.cpp)
  file(READ ${FILE} content)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include <string_view>
namespace palimpsest::embedded {
extern const std::string_view @SYMBOL@;
const std::string_view @SYMBOL@ = R"PALIMPSEST_EMBED(@content@)PALIMPSEST_EMBED";
}
]])
  target_sources(${TARGET} PRIVATE ${source})
endfunction()
