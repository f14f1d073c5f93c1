// One owner for every C object: Handle<git_tree, git_tree_free>, filled through out().
#pragma once

#include <memory>

namespace palimpsest::base {

template <typename T, auto free_fn>
struct FreeHandle {
  void operator()(T* object) const noexcept { free_fn(object); }
};

/// Owns a C object that `free_fn` releases.
template <typename T, auto free_fn>
using Handle = std::unique_ptr<T, FreeHandle<T, free_fn>>;

/// Lets a C function that returns through `T**` fill a handle: `git_repository_open(out(repository), path)`.
/// The handle owns the object at the end of the full expression.
template <typename H>
class OutPointer {
 public:
  using Pointer = typename H::pointer;

  explicit OutPointer(H& handle) : handle_(handle) {}
  ~OutPointer() { handle_.reset(pointer_); }
  OutPointer(const OutPointer&) = delete;
  OutPointer& operator=(const OutPointer&) = delete;

  operator Pointer*() { return &pointer_; }  // NOLINT(google-explicit-constructor): its purpose

 private:
  H& handle_;
  Pointer pointer_ = nullptr;
};

template <typename H>
OutPointer<H> out(H& handle) {
  return OutPointer<H>(handle);
}

}  // namespace palimpsest::base
