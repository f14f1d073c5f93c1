# `cmake --build build/dev --target golden_shards` writes the files of tests/golden/shard again.
set(golden_directory ${CMAKE_SOURCE_DIR}/tests/golden/shard)
target_compile_definitions(tokens_test PRIVATE PALIMPSEST_GOLDEN_SHARDS="${golden_directory}")
add_executable(write_golden_shards EXCLUDE_FROM_ALL write_golden_shards.cpp)
set_target_properties(write_golden_shards PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test-bin")
target_link_libraries(write_golden_shards PRIVATE palimpsest_tokens warnings)
add_custom_target(golden_shards COMMAND write_golden_shards ${golden_directory} VERBATIM)

# The ids of a shard are plain zstd: the command line tool prints them.
add_test(NAME plain_zstd_reads_the_golden_shard
         COMMAND sh -c "command -v zstd >/dev/null || exit 77; zstd -dcq good.pls | cmp - good.ids")
set_tests_properties(plain_zstd_reads_the_golden_shard PROPERTIES WORKING_DIRECTORY ${golden_directory} SKIP_RETURN_CODE 77)
