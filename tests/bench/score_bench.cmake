# The spread that evaluate/README.md gives; it does not run as a test.
add_executable(estimator_spread EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/estimator_spread.cpp)
set_target_properties(estimator_spread PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
target_link_libraries(estimator_spread PRIVATE palimpsest_model warnings)
target_precompile_headers(estimator_spread REUSE_FROM palimpsest_model)
