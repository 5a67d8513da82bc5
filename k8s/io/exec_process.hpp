#pragma once

#include "k8s/api_error.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace btc::k8s::io {

struct process_spec {
  std::string command{};  ///< a path, or a name that is looked up in PATH
  std::vector<std::string> args{};
  std::vector<std::pair<std::string, std::string>> env{};  ///< added to our own, or in its place
};

/// Runs a program and gives what it wrote to stdout. It has no input, and its stderr is ours. A
/// program that does not end by the deadline, or writes too much, is killed; that, a start that
/// fails and a code other than 0 are errors.
[[nodiscard]] boost::asio::awaitable<result<std::string>> run_process(
    process_spec spec, std::chrono::milliseconds deadline, std::size_t output_bytes_max);

}  // namespace btc::k8s::io
