#include "train/rank_sockets.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/error.h"

namespace palimpsest::train {
namespace {

constexpr int kWaitingConnections = 1024;

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

base::Error cannot(const std::string& what, const std::string& host, int port, const std::string& reason,
                   const char* hint) {
  return {base::ErrorCode::kEnvironment,
          fmt::format("cannot {} {}:{}: {}", what, host, port, reason),
          {.hint = hint}};
}

Addresses resolve(const std::string& host, int port, int type) {
  addrinfo wanted{};
  wanted.ai_socktype = type;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (failure != 0) {
    throw cannot("find", host, port, gai_strerror(failure),
                 "MASTER_ADDR is the host of rank 0, the same for every rank");
  }
  return {found, &freeaddrinfo};
}

}  // namespace

int listen_at(const std::string& host, int port) {
  const Addresses addresses = resolve(host, port, SOCK_STREAM);
  const int file = socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  if (file >= 0) setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (file < 0 || bind(file, addresses->ai_addr, addresses->ai_addrlen) != 0 ||
      listen(file, kWaitingConnections) != 0) {
    const std::string reason = std::strerror(errno);
    if (file >= 0) close(file);
    throw cannot("listen at", host, port, reason,
                 "rank 0 listens at MASTER_ADDR:MASTER_PORT: an address of its machine and a free port");
  }
  return file;
}

std::string address_towards(const std::string& host, int port) {
  const Addresses addresses = resolve(host, port, SOCK_DGRAM);
  const int file = socket(addresses->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  // Connecting a datagram socket only looks up the route.
  const bool connected = file >= 0 && connect(file, addresses->ai_addr, addresses->ai_addrlen) == 0 &&
                         getsockname(file, reinterpret_cast<sockaddr*>(&own), &size) == 0;
  const std::string reason = std::strerror(errno);
  if (file >= 0) close(file);
  std::array<char, NI_MAXHOST> text{};
  if (!connected || getnameinfo(reinterpret_cast<const sockaddr*>(&own), size, text.data(), text.size(),
                                nullptr, 0, NI_NUMERICHOST) != 0) {
    throw cannot("reach", host, port, reason, "MASTER_ADDR is the host of rank 0, the same for every rank");
  }
  return text.data();
}

}  // namespace palimpsest::train
