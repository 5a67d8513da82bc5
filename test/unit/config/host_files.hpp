#pragma once

#include "k8s/io/cluster_config.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace btc::test {

/// A host whose files and environment are maps.
struct host_files {
  std::map<std::string, std::string> files{};
  std::map<std::string, std::string> environment{};

  [[nodiscard]] k8s::io::host_access access() const {
    const auto find = [](const auto& map, const std::string& key) -> std::optional<std::string> {
      const auto found = map.find(key);
      return found == map.end() ? std::nullopt : std::optional<std::string>{found->second};
    };
    return {[find, map = environment](const std::string& name) { return find(map, name); },
            [find, map = files](const std::string& path) { return find(map, path); }};
  }
};

/// What the config_error says that `act` throws; a failure when it throws none.
template <class Act>
[[nodiscard]] std::string config_error_of(Act act) {
  try {
    static_cast<void>(act());
  } catch (const k8s::io::config_error& e) {
    return e.what();
  }
  ADD_FAILURE() << "no config_error";
  return {};
}

}  // namespace btc::test
