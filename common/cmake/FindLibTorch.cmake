# FindLibTorch: LibTorch from a PyPI wheel (pipelines/setup.sh unpacks it to .deps/torch) or from an official
# LibTorch folder. Set LibTorch_ROOT to choose another one. The wheel's own TorchConfig.cmake is not used: it wants
# a CUDA toolkit even for CPU work.
#
# Component CUDA links its CUDA libraries too, which load NVIDIA's from beside torch/ (pipelines/setup.sh --cuda). No CUDA
# toolkit is needed: nothing here is compiled for the GPU.
#
# Defines the target LibTorch::LibTorch and the variables LibTorch_FOUND, LibTorch_VERSION.

find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h
          HINTS ${LibTorch_ROOT} ${PALIMPSEST_DEPS}/torch PATH_SUFFIXES include NO_DEFAULT_PATH)
find_library(LibTorch_CPU_LIBRARY torch_cpu
             HINTS ${LibTorch_ROOT} ${PALIMPSEST_DEPS}/torch PATH_SUFFIXES lib NO_DEFAULT_PATH)
find_library(LibTorch_C10_LIBRARY c10
             HINTS ${LibTorch_ROOT} ${PALIMPSEST_DEPS}/torch PATH_SUFFIXES lib NO_DEFAULT_PATH)

set(required LibTorch_CPU_LIBRARY LibTorch_C10_LIBRARY LibTorch_INCLUDE_DIR)
if("CUDA" IN_LIST LibTorch_FIND_COMPONENTS)
  get_filename_component(library_dir "${LibTorch_CPU_LIBRARY}" DIRECTORY)
  find_library(LibTorch_CUDA_LIBRARY torch_cuda HINTS "${library_dir}" NO_DEFAULT_PATH)
  find_library(LibTorch_C10_CUDA_LIBRARY c10_cuda HINTS "${library_dir}" NO_DEFAULT_PATH)
  # One of those that only setup.sh --cuda brings; the wheel's RPATH says where it must be.
  find_file(LibTorch_CUDNN_LIBRARY libcudnn.so.9 HINTS "${library_dir}/../../nvidia/cudnn/lib" NO_DEFAULT_PATH)
  list(APPEND required LibTorch_CUDA_LIBRARY LibTorch_C10_CUDA_LIBRARY LibTorch_CUDNN_LIBRARY)
endif()

set(version_header "${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h")
if(LibTorch_INCLUDE_DIR AND EXISTS "${version_header}")
  set(LibTorch_VERSION "")
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS "${version_header}" line REGEX "define TORCH_VERSION_${part} ")
    string(REGEX REPLACE ".* ([0-9]+).*" "\\1" number "${line}")
    list(APPEND LibTorch_VERSION ${number})
  endforeach()
  list(JOIN LibTorch_VERSION "." LibTorch_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  LibTorch
  REQUIRED_VARS ${required}
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "pipelines/setup.sh installs it, with --cuda what the preset cuda needs besides")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  get_filename_component(LibTorch_LIBRARY_DIR "${LibTorch_CPU_LIBRARY}" DIRECTORY)
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  # LibTorch ships headers of another fmt version than spdlog is built with; the system's must be found first.
  find_path(fmt_include_dir fmt/format.h NO_CACHE REQUIRED)
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/system_fmt")
  file(CREATE_LINK "${fmt_include_dir}/fmt" "${CMAKE_BINARY_DIR}/system_fmt/fmt" SYMBOLIC)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
                             "${CMAKE_BINARY_DIR}/system_fmt" "${LibTorch_INCLUDE_DIR}" "${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  # libtorch_cpu registers its kernels from static initialisers, so the linker must not drop it as unused.
  target_link_options(LibTorch::LibTorch INTERFACE "LINKER:--no-as-needed")
  target_link_libraries(LibTorch::LibTorch INTERFACE "${LibTorch_CPU_LIBRARY}" "${LibTorch_C10_LIBRARY}")
  if("CUDA" IN_LIST LibTorch_FIND_COMPONENTS)
    target_link_libraries(LibTorch::LibTorch INTERFACE "${LibTorch_CUDA_LIBRARY}" "${LibTorch_C10_CUDA_LIBRARY}")
  endif()
endif()
