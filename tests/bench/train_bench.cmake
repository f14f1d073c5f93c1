# What train_twin.py compares with and measures of ours; it does not run as a test.
add_executable(train_trace EXCLUDE_FROM_ALL ${CMAKE_CURRENT_LIST_DIR}/train_trace.cpp)
set_target_properties(train_trace PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
target_link_libraries(train_trace PRIVATE palimpsest_train warnings)
target_precompile_headers(train_trace REUSE_FROM palimpsest_model)
