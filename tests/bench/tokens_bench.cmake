# What encoder_bench.py measures of ours; it does not run as a test.
add_executable(encode_bench EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/encode_bench.cpp)
set_target_properties(encode_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
target_link_libraries(encode_bench PRIVATE palimpsest_tokens warnings)
