# Compiler flags as INTERFACE targets: `warnings` for our own code, `sanitizers` for everything.

set(CMAKE_CXX_FLAGS_DEV "-O2 -g1 -D_GLIBCXX_ASSERTIONS")
set(CMAKE_C_FLAGS_DEV "-O2 -g1")
# Hardening for what users run; tests/packaging/hardening_test.sh reads it back, SECURITY.md says what it costs.
set(hardening "-D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  string(APPEND hardening " -fcf-protection")
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG ${hardening}")
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG ${hardening}")
set(CMAKE_EXE_LINKER_FLAGS_RELEASE "-pie -Wl,-z,relro,-z,now,-z,noexecstack")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Dev CACHE STRING "Build type" FORCE)
endif()

add_library(warnings INTERFACE)
target_compile_options(warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                                          -Woverloaded-virtual -Wconversion -Wno-sign-conversion
                                          -Wno-missing-field-initializers)  # designated initialisers leave out on purpose
if(PALIMPSEST_WARNINGS_AS_ERRORS)
  target_compile_options(warnings INTERFACE -Werror)
endif()

add_library(sanitizers INTERFACE)
if(PALIMPSEST_SANITIZE)
  target_compile_options(sanitizers INTERFACE -fsanitize=${PALIMPSEST_SANITIZE} -fno-omit-frame-pointer
                                              -fno-sanitize-recover=all
    # All C is tree-sitter's, whose calls through pointers to functions of another type do no harm.
    $<$<COMPILE_LANG_AND_ID:C,Clang>:-fno-sanitize=function>)
  target_link_options(sanitizers INTERFACE -fsanitize=${PALIMPSEST_SANITIZE})
endif()

find_program(MOLD_LINKER mold)
if(MOLD_LINKER)
  add_link_options(-fuse-ld=mold)
endif()
