# Benchmarks of ingest, built only where Google Benchmark is installed; none runs as a test.
find_package(benchmark QUIET)
if(benchmark_FOUND)
  add_executable(ingest_content_bench ${CMAKE_CURRENT_LIST_DIR}/ingest_content_bench.cpp)
  set_target_properties(ingest_content_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test-bin)
  target_link_libraries(ingest_content_bench PRIVATE palimpsest_ingest benchmark::benchmark warnings)
endif()
