// A port for a test's server on loopback.
#pragma once

#include <cstdint>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace palimpsest::test {

/// A TCP port that was free a moment ago; 0 when there is none.
inline int free_port() {
  const int file = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  const bool bound = bind(file, raw, size) == 0 && getsockname(file, raw, &size) == 0;
  close(file);
  return bound ? ntohs(address.sin_port) : 0;
}

}  // namespace palimpsest::test
