#include "common/model/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include "common/base/error.h"
#include "common/io/file.h"
#include "common/io/json.h"

namespace palimpsest::model {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);

[[noreturn]] void bad(const std::filesystem::path& path, const std::string& what, std::string got,
                      std::string expected) {
  throw base::Error(base::ErrorCode::kBadData, "damaged safetensors file: " + what,
                    {.got = std::move(got), .expected = std::move(expected), .where = path.string()});
}

struct StoredType {
  const char* name;
  at::ScalarType type;
};
constexpr StoredType kTypes[] = {
    {"F32", at::kFloat}, {"BF16", at::kBFloat16}, {"I8", at::kChar}, {"I64", at::kLong}};

const char* name_of(const at::Tensor& tensor) {
  for (const StoredType& known : kTypes)
    if (known.type == tensor.scalar_type()) return known.name;
  throw base::Error(base::ErrorCode::kBug, "tensor type has no name in safetensors files");
}

struct Header {
  io::Json entries;
  std::size_t data_begin = 0;
};

Header read_header(const std::filesystem::path& path, const std::string& content) {
  if (content.size() < kLengthBytes)
    bad(path, "too short", std::to_string(content.size()) + " bytes", "8 or more");
  std::uint64_t length = 0;
  std::memcpy(&length, content.data(), kLengthBytes);
  if (length > content.size() - kLengthBytes) {
    bad(path, "header is longer than the file", std::to_string(length),
        fmt::format("at most {}", content.size() - kLengthBytes));
  }
  io::Json header = io::parse_json(std::string_view(content).substr(kLengthBytes, length), path.string());
  if (!header.is_object()) bad(path, "header", header.type_name(), "an object");
  return {std::move(header), kLengthBytes + length};
}

at::Tensor read_tensor(const std::filesystem::path& path, const std::string& name, const io::Json& entry,
                       std::string_view data) {
  const std::string where = path.string() + " (" + name + ")";
  const auto type_name = io::require<std::string>(entry, "dtype", where);
  const auto* const stored = std::find_if(std::begin(kTypes), std::end(kTypes),
                                          [&](const StoredType& known) { return known.name == type_name; });
  if (stored == std::end(kTypes)) bad(path, "type of " + name, type_name, "F32, BF16 or I8");
  const std::uint64_t element_bytes = at::elementSize(stored->type);
  const auto shape = io::require<std::vector<std::int64_t>>(entry, "shape", where);
  const auto offsets = io::require<std::vector<std::uint64_t>>(entry, "data_offsets", where);
  std::uint64_t elements = 1;
  for (const std::int64_t size : shape) {
    if (size < 0 || (size > 0 && elements > data.size() / static_cast<std::uint64_t>(size))) {
      bad(path, "shape of " + name, std::to_string(size), "sizes that fit the file");
    }
    elements *= static_cast<std::uint64_t>(size);
  }
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size() ||
      offsets[1] - offsets[0] != elements * element_bytes) {
    bad(path, "offsets of " + name, entry.at("data_offsets").dump(),
        fmt::format("{} bytes inside {}", elements * element_bytes, data.size()));
  }
  at::Tensor tensor = at::empty(shape, stored->type);
  std::memcpy(tensor.mutable_data_ptr(), data.data() + offsets[0], elements * element_bytes);
  return tensor;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors) {
  io::Json header = io::Json::object();
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::uint64_t bytes = tensor.nbytes();
    header[name] = {{"dtype", name_of(tensor)},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string text = header.dump();
  text.resize((text.size() + kLengthBytes - 1) / kLengthBytes * kLengthBytes, ' ');  // aligns the data
  const std::uint64_t length = text.size();
  std::string content(kLengthBytes, '\0');
  std::memcpy(content.data(), &length, kLengthBytes);
  content += text;
  content.reserve(content.size() + offset);
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor dense = tensor.detach().to(at::kCPU).contiguous();
    content.append(static_cast<const char*>(dense.const_data_ptr()), dense.nbytes());
  }
  io::write_file_atomically(path, content);
}

NamedTensors read_safetensors(const std::filesystem::path& path) {
  const std::string content = io::read_file(path);
  const Header header = read_header(path, content);
  const std::string_view data = std::string_view(content).substr(header.data_begin);
  NamedTensors tensors;
  for (const auto& [name, entry] : header.entries.items()) {
    if (name == "__metadata__") continue;
    tensors.emplace_back(name, read_tensor(path, name, entry, data));
  }
  return tensors;
}

}  // namespace palimpsest::model
