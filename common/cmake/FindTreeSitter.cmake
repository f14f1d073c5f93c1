# FindTreeSitter: compiles the tree-sitter runtime and the TypeScript, TSX and JavaScript grammars from the npm packages that
# pipelines/setup.sh puts into .deps/node_modules. Debian's runtime 0.20.7 corrupts the heap on a node with 65,535
# or more children, so it is never used.
#
# Defines the target TreeSitter::TypeScript (runtime and the three grammars).

set(modules "${PALIMPSEST_DEPS}/node_modules")
find_path(TreeSitter_RUNTIME_DIR lib/include/tree_sitter/api.h
          HINTS ${modules}/tree-sitter/vendor/tree-sitter NO_DEFAULT_PATH)
find_path(TreeSitter_GRAMMAR_DIR typescript/src/parser.c HINTS ${modules}/tree-sitter-typescript NO_DEFAULT_PATH)
find_path(TreeSitter_JAVASCRIPT_DIR src/parser.c HINTS ${modules}/tree-sitter-javascript NO_DEFAULT_PATH)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  TreeSitter
  REQUIRED_VARS TreeSitter_RUNTIME_DIR TreeSitter_GRAMMAR_DIR TreeSitter_JAVASCRIPT_DIR
  REASON_FAILURE_MESSAGE "run pipelines/setup.sh first")

if(TreeSitter_FOUND AND NOT TARGET TreeSitter::TypeScript)
  add_library(tree_sitter_typescript STATIC
              ${TreeSitter_RUNTIME_DIR}/lib/src/lib.c
              ${TreeSitter_GRAMMAR_DIR}/typescript/src/parser.c
              ${TreeSitter_GRAMMAR_DIR}/typescript/src/scanner.c
              ${TreeSitter_GRAMMAR_DIR}/tsx/src/parser.c
              ${TreeSitter_GRAMMAR_DIR}/tsx/src/scanner.c
              ${TreeSitter_JAVASCRIPT_DIR}/src/parser.c
              ${TreeSitter_JAVASCRIPT_DIR}/src/scanner.c)
  target_include_directories(tree_sitter_typescript SYSTEM PUBLIC ${TreeSitter_RUNTIME_DIR}/lib/include)
  target_include_directories(tree_sitter_typescript PRIVATE ${TreeSitter_RUNTIME_DIR}/lib/src
                                                             ${TreeSitter_GRAMMAR_DIR}/typescript/src)
  target_compile_options(tree_sitter_typescript PRIVATE -w)
  target_compile_definitions(tree_sitter_typescript PRIVATE _DEFAULT_SOURCE _POSIX_C_SOURCE=200112L)
  target_link_libraries(tree_sitter_typescript PUBLIC sanitizers)
  add_library(TreeSitter::TypeScript ALIAS tree_sitter_typescript)
endif()
