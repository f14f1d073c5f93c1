# What train_twin.py compares with and measures of ours; it does not run as a test.
add_executable(train_trace EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/train_trace.cpp)
set_target_properties(train_trace PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
target_link_libraries(train_trace PRIVATE palimpsest_train warnings)
target_precompile_headers(train_trace REUSE_FROM palimpsest_model)
find_package(benchmark QUIET)
if(benchmark_FOUND)
  add_executable(expert_paths_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/expert_paths_bench.cpp)
  set_target_properties(expert_paths_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
  target_link_libraries(expert_paths_bench PRIVATE palimpsest_model benchmark::benchmark warnings)
endif()

# What the README says an all-reduce costs.
add_executable(all_reduce_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/all_reduce_bench.cpp)
set_target_properties(all_reduce_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
target_link_libraries(all_reduce_bench PRIVATE palimpsest_train warnings)
target_precompile_headers(all_reduce_bench REUSE_FROM palimpsest_model)

# What the evaluate README says of samplers.
add_executable(infill_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/infill_bench.cpp)
set_target_properties(infill_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
target_link_libraries(infill_bench PRIVATE palimpsest_evaluate warnings)
target_precompile_headers(infill_bench REUSE_FROM palimpsest_model)
