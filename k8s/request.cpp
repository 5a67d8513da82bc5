#include "k8s/request.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace btc::k8s {

namespace {

/// Percent-encodes everything but RFC 3986 "unreserved".
void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_'
                            || c == '~';
    if (unreserved) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += hex[byte >> 4U];
      out += hex[byte & 0xFU];
    }
  }
}

[[nodiscard]] std::string collection(kind k, std::string_view ns) {
  std::string target{info(k).root};
  if (!ns.empty()) {
    target += "/namespaces/";
    append_encoded(target, ns);
  }
  target += '/';
  target += info(k).plural;
  return target;
}

[[nodiscard]] std::string item(kind k, const object_key& key) {
  std::string target = collection(k, key.ns);
  target += '/';
  append_encoded(target, key.name);
  return target;
}

/// Appends "?name=value" or "&name=value"; an empty value appends nothing.
void add_query(std::string& target, std::string_view name, std::string_view value) {
  if (value.empty()) {
    return;
  }
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += name;
  target += '=';
  append_encoded(target, value);
}

[[nodiscard]] object_key key_of(const nlohmann::json& manifest) {
  const auto& metadata = manifest.at("metadata");
  return {metadata.value("namespace", ""), metadata.at("name").get<std::string>()};
}

[[nodiscard]] std::shared_ptr<const nlohmann::json> share(nlohmann::json body) {
  return std::make_shared<const nlohmann::json>(std::move(body));
}

[[nodiscard]] request patch(kind k,
                            std::string target,
                            std::string_view media_type,
                            std::shared_ptr<const nlohmann::json> body,
                            std::string verb) {
  add_query(target, "fieldManager", field_manager);
  return {.method = method::patch,
          .target = std::move(target),
          .content_type = std::string{media_type},
          .body = std::move(body),
          .verb = std::move(verb),
          .resource = k};
}

}  // namespace

std::string_view to_string(method m) noexcept {
  constexpr std::array<std::string_view, 5> names{"GET", "POST", "PATCH", "PUT", "DELETE"};
  return names[static_cast<std::size_t>(m)];
}

request get_request(kind k, const object_key& key) {
  return {.method = method::get, .target = item(k, key), .verb = "get", .resource = k};
}

request list_request(kind k, const scope& s, const list_options& o) {
  std::string target = collection(k, s.ns);
  add_query(target, "labelSelector", s.label_selector);
  add_query(target, "limit", o.limit == 0 ? "" : std::to_string(o.limit));
  if (o.continue_token.empty()) {
    // A list that continues must not name a version: the token holds it (API concepts).
    add_query(target, "resourceVersion", o.resource_version);
    add_query(target,
              "resourceVersionMatch",
              o.resource_version.empty() || o.resource_version == "0" ? "" : "NotOlderThan");
  }
  add_query(target, "continue", o.continue_token);
  return {.method = method::get, .target = std::move(target), .verb = "list", .resource = k};
}

request watch_request(kind k, const scope& s, const watch_options& o) {
  std::string target = collection(k, s.ns);
  add_query(target, "labelSelector", s.label_selector);
  add_query(target, "watch", "true");
  add_query(target, "allowWatchBookmarks", "true");
  add_query(target, "timeoutSeconds", std::to_string(o.timeout.count()));
  add_query(target, "resourceVersion", o.resource_version);
  if (o.send_initial_events) {
    add_query(target, "sendInitialEvents", "true");
    add_query(target, "resourceVersionMatch", "NotOlderThan");
  }
  return {.method = method::get, .target = std::move(target), .verb = "watch", .resource = k};
}

request create_request(kind k, std::shared_ptr<const nlohmann::json> manifest) {
  std::string target = collection(k, key_of(*manifest).ns);
  add_query(target, "fieldManager", field_manager);
  // A field that the server does not know is an error: it would be dropped without a word, and the
  // first apply would then fail for ever.
  add_query(target, "fieldValidation", "Strict");
  return {.method = method::post,
          .target = std::move(target),
          .content_type = "application/json",
          .body = std::move(manifest),
          .verb = "create",
          .resource = k};
}

request apply_request(kind k, std::shared_ptr<const nlohmann::json> manifest) {
  std::string target = item(k, key_of(*manifest));
  add_query(target, "force", "true");
  return patch(k, std::move(target), apply_patch, std::move(manifest), "apply");
}

request json_patch_request(kind k, const object_key& key, nlohmann::json operations) {
  return patch(k, item(k, key), json_patch, share(std::move(operations)), "patch");
}

request merge_patch_request(kind k, const object_key& key, nlohmann::json body) {
  return patch(k, item(k, key), merge_patch, share(std::move(body)), "patch");
}

request status_patch_request(kind k, const object_key& key, nlohmann::json body) {
  return patch(k, item(k, key) + "/status", merge_patch, share(std::move(body)), "patch");
}

}  // namespace btc::k8s
