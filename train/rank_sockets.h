// The two sockets that ranks need before Gloo takes over.
#pragma once

#include <string>

namespace palimpsest::train {

/// A TCP socket that listens on `host`:`port` and nowhere else; the caller owns it. Throws
/// Error{kEnvironment} when the host is unknown or not this machine, or the port is taken.
int listen_at(const std::string& host, int port);

/// The address from which this machine reaches `host`, as text: loopback for a loopback host, otherwise that
/// of the interface on the way. Sends nothing. Throws Error{kEnvironment}.
std::string address_towards(const std::string& host, int port);

}  // namespace palimpsest::train
