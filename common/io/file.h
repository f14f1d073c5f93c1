// Whole files: read, and write so that after a crash either the old or the new content is there.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace palimpsest::io {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

/// fopen(3) with an Error{kEnvironment} that names the file.
FileHandle open_file(const std::filesystem::path& path, const char* mode);

/// fclose(3) that reports what a full disk only reports now.
void close_file(FileHandle file, const std::filesystem::path& path);

/// Throws Error{kEnvironment} when the file is missing or unreadable.
std::string read_file(const std::filesystem::path& path);

/// What write_file_atomically() adds to the name of its temporary file.
inline constexpr std::string_view kPartialSuffix = ".partial";

/// Writes to a temporary name, fsyncs, renames. Throws Error{kEnvironment}, e.g. on a full disk.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Forces the content of a file or the entries of a directory to disk.
void sync_to_disk(const std::filesystem::path& path);

/// rename(2) with an Error{kEnvironment} that names both paths.
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// mkdir -p with an Error{kEnvironment}.
void make_directories(const std::filesystem::path& path);

}  // namespace palimpsest::io
