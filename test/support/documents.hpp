#pragma once

#include "actors/reconcile/names.hpp"
#include "k8s/decode.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace btc::test {

/// Documents as the API server sends them; tests change what they are about.
[[nodiscard]] inline nlohmann::json a_network(const std::string& name = "net",
                                              const std::string& version = "100") {
  return {{"apiVersion", k8s::info(k8s::kind::bitcoin_network).api_version},
          {"kind", "BitcoinNetwork"},
          {"metadata",
           {{"name", name},
            {"namespace", "default"},
            {"uid", "uid-" + name},
            {"resourceVersion", version},
            {"generation", 1}}},
          {"spec", {{"nodes", 3}, {"secret", "credentials"}}}};
}

/// Any child of that network, with our label and controller reference.
[[nodiscard]] inline nlohmann::json a_child(k8s::kind kind,
                                            const std::string& name,
                                            const std::string& version,
                                            const std::string& network = "net") {
  return {{"apiVersion", k8s::info(kind).api_version},
          {"kind", k8s::info(kind).name},
          {"metadata",
           {{"name", name},
            {"namespace", "default"},
            {"uid", "uid-" + name},
            {"resourceVersion", version},
            {"labels",
             {{reconcile::label_app, network},
              {reconcile::label_instance, network},
              {reconcile::label_managed_by, reconcile::managed_by}}},
            {"ownerReferences",
             {{{"apiVersion", k8s::info(k8s::kind::bitcoin_network).api_version},
               {"kind", "BitcoinNetwork"},
               {"name", network},
               {"uid", "uid-" + network},
               {"controller", true}}}}}},
          {"spec", nlohmann::json::object()}};
}

/// The answer to a create or apply: the manifest with what the API server adds.
[[nodiscard]] inline nlohmann::json stored(nlohmann::json manifest, const std::string& version) {
  auto& metadata = manifest["metadata"];
  metadata["uid"] = "uid-" + metadata["name"].get<std::string>();
  metadata["resourceVersion"] = version;
  metadata["generation"] = 1;
  return manifest;
}

[[nodiscard]] inline nlohmann::json list_of(std::initializer_list<nlohmann::json> items,
                                            const std::string& version,
                                            const std::string& continue_token = "") {
  nlohmann::json metadata{{"resourceVersion", version}};
  if (!continue_token.empty()) {
    metadata["continue"] = continue_token;
  }
  return {{"metadata", metadata}, {"items", nlohmann::json(std::vector(items))}};
}

[[nodiscard]] inline nlohmann::json watch_line(const std::string& type, nlohmann::json object) {
  return {{"type", type}, {"object", std::move(object)}};
}

[[nodiscard]] inline nlohmann::json a_bookmark(const std::string& version,
                                               bool initial_end = false) {
  nlohmann::json metadata{{"resourceVersion", version}};
  if (initial_end) {
    metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
  }
  return watch_line("BOOKMARK", {{"metadata", metadata}});
}

[[nodiscard]] inline nlohmann::json a_status(int code, const std::string& reason) {
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"status", "Failure"},
          {"reason", reason},
          {"message", "said the server"},
          {"code", code}};
}

[[nodiscard]] inline k8s::object_ptr decoded(k8s::kind kind, const nlohmann::json& document) {
  return k8s::decode_object(kind, document).value();
}

}  // namespace btc::test
