#include "test/node/pod_files.hpp"

#include "k8s/base64.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace btc::node {

namespace {

using std::filesystem::path;

void give(const path& place, const pod_spec& pod, unsigned mode) {
  const auto group = pod.fs_group.value_or(pod.group);
  // Mode last: a change of owner takes the set-group bit away.
  if (::chown(place.c_str(), 0, group) != 0 || ::chmod(place.c_str(), mode) != 0) {
    throw std::system_error{errno, std::system_category(), place.string()};
  }
}

}  // namespace

secret_data decode_secret(const nlohmann::json& secret) {
  secret_data out;
  if (!secret.is_object() || secret.value("kind", "") != "Secret") {
    throw std::runtime_error{"the answer is no Secret"};
  }
  const auto data = secret.value("data", nlohmann::json::object());
  for (const auto& [key, value] : data.items()) {
    auto decoded = k8s::decode_base64(value.get<std::string>());
    if (!decoded) {
      throw std::runtime_error{"key " + key + " is no base64"};
    }
    out.emplace(key, std::move(*decoded));
  }
  return out;
}

void make_data_folder(const path& folder, const pod_spec& pod) {
  std::filesystem::create_directories(folder);
  give(folder, pod, 02777);
}

void write_secret(const path& folder,
                  const secret_volume& volume,
                  const secret_data& data,
                  const pod_spec& pod) {
  auto items = volume.items;
  if (items.empty()) {
    for (const auto& [key, value] : data) {
      items.push_back({key, key});
    }
  }
  std::filesystem::create_directories(folder);
  give(folder, pod, 0755);
  for (const auto& item : items) {
    const auto found = data.find(item.key);
    if (found == data.end()) {
      throw std::runtime_error{"references non-existent secret key: " + item.key};
    }
    const auto file = folder / item.path;
    std::filesystem::create_directories(file.parent_path());
    replace_file(file, found->second, 0600);
    give(file, pod, volume.mode);
  }
}

void make_etc(const path& etc) {
  std::filesystem::create_directories(etc);
  replace_file(etc / "hosts", "127.0.0.1 localhost\n", 0644);
  replace_file(etc / "nsswitch.conf", "hosts: files\n", 0644);
  replace_file(etc / "passwd",
               "root:x:0:0::/root:/bin/sh\nbitcoin:x:101:101::/home/bitcoin:/bin/sh\n",
               0644);
  replace_file(etc / "group", "root:x:0:\nbitcoin:x:101:\n", 0644);
}

void replace_file(const path& place, const std::string& content, unsigned mode) {
  const path fresh = place.string() + ".new";
  {
    std::ofstream out{fresh, std::ios::binary | std::ios::trunc};
    ::chmod(fresh.c_str(), mode);
    out << content;
    if (!out.flush()) {
      throw std::runtime_error{"cannot write " + fresh.string()};
    }
  }
  std::filesystem::rename(fresh, place);
}

}  // namespace btc::node
