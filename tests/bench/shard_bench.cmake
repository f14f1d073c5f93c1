# What shard_bench.py measures of ours; it does not run as a test.
add_executable(shard_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/shard_bench.cpp)
set_target_properties(shard_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
target_link_libraries(shard_bench PRIVATE palimpsest_tokens warnings)
