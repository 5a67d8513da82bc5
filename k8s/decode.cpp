#include "k8s/decode.hpp"

#include "k8s/bitcoin_network.hpp"
#include "k8s/json_filter.hpp"
#include "k8s/json_view.hpp"
#include "k8s/objects.hpp"
#include "k8s/parsed_payload.hpp"
#include "k8s/pod_reader.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

[[nodiscard]] api_error malformed(std::string message) {
  return {0, std::string{reason_malformed}, std::move(message)};
}

[[nodiscard]] std::int32_t count_at(json_view status, std::string_view key) noexcept {
  return static_cast<std::int32_t>(status[key].integer().value_or(0));
}

[[nodiscard]] packed_json pack(json_view spec) {
  return spec ? packed_json{spec} : packed_json{};
}

void fill(json_view document, service& out) {
  out.spec = pack(document["spec"]);
}

void fill(json_view document, stateful_set& out) {
  out.spec = pack(document["spec"]);
  const auto status = document["status"];
  out.replicas = count_at(status, "replicas");
  out.updated_replicas = count_at(status, "updatedReplicas");
  out.observed_generation = status["observedGeneration"].integer().value_or(0);
  out.update_revision = status["updateRevision"].string();
}

void fill(json_view document, pod& out) {
  read_pod(document, out);
}

void fill(json_view document, bitcoin_network& out) {
  read_spec(document, out);
  out.status = network_status_of(document);
}

template <class T>
[[nodiscard]] object_ptr make(json_view document, object_meta&& meta) {
  auto out = std::make_shared<T>();
  out->meta = std::move(meta);
  fill(document, *out);
  return out;
}

[[nodiscard]] event_type decode_type(std::string_view name) noexcept {
  if (name == "ADDED") {
    return event_type::added;
  }
  if (name == "MODIFIED") {
    return event_type::modified;
  }
  return name == "DELETED" ? event_type::deleted : event_type::error;
}

[[nodiscard]] watch_event decode_bookmark(json_view object) {
  watch_event event{.type = event_type::bookmark};
  const auto metadata = object["metadata"];
  event.resource_version = metadata["resourceVersion"].string();
  event.initial_events_end = metadata["annotations"]["k8s.io/initial-events-end"].text() == "true";
  return event;
}

[[nodiscard]] result<object_ptr> object_of(kind k, json_view document) {
  const auto kind_name = document["kind"].text();
  // Items of a list carry no kind of their own.
  if (!kind_name.empty() && kind_name != info(k).name) {
    return malformed("kind is \"" + std::string{kind_name} + "\", expected \""
                     + std::string{info(k).name} + '"');
  }
  auto meta = meta_of(document);
  if (meta.key.name.empty()) {
    return malformed(std::string{info(k).name} + " without metadata.name");
  }
  switch (k) {
    case kind::bitcoin_network:
      return make<bitcoin_network>(document, std::move(meta));
    case kind::stateful_set:
      return make<stateful_set>(document, std::move(meta));
    case kind::service:
      return make<service>(document, std::move(meta));
    case kind::pod:
      return make<pod>(document, std::move(meta));
    case kind::secret:
    case kind::event:
    case kind::claim:
    case kind::storage_class:
      break;
  }
  return malformed(std::string{info(k).name} + " is never cached");
}

[[nodiscard]] result<object_list> list_of(kind k, json_view document) {
  const auto metadata = document["metadata"];
  const auto items = document["items"];
  object_list list;
  list.resource_version = metadata["resourceVersion"].string();
  list.continue_token = metadata["continue"].string();
  // Without a version a watch could not go on from here; without items "all gone" would be a guess.
  if (list.resource_version.empty() || (!document["kind"] && !items)) {
    return malformed("not a list: metadata.resourceVersion is missing");
  }
  list.items.reserve(items.is_array() ? items.size() : 0);
  items.for_each_element([&](json_view item) {
    if (auto object = object_of(k, item)) {
      list.items.push_back(std::move(object).value());
    } else {
      ++list.undecodable;
    }
  });
  return list;
}

[[nodiscard]] result<watch_event> event_of(kind k, json_view document) {
  const auto type = document["type"].text();
  const auto object = document["object"];
  if (type.empty() || !object) {
    return malformed("not a watch event: type or object is missing");
  }
  if (type == "BOOKMARK") {
    return decode_bookmark(object);
  }
  watch_event event{.type = decode_type(type)};
  if (type == "ERROR") {
    constexpr int internal_error = 500;
    event.error = decode_status(object.copy(), internal_error);
    return event;
  }
  if (event.type == event_type::error) {
    return malformed("unknown watch event type \"" + std::string{type} + '"');
  }
  auto decoded = object_of(k, object);
  if (!decoded) {
    return std::move(decoded).error();
  }
  event.object = std::move(decoded).value();
  event.resource_version = event.object->meta.resource_version;
  return event;
}

/// Calls `decode` with the root of `p`.
template <class Decode>
[[nodiscard]] auto with_root(kind k, const payload& p, Decode decode)
    -> decltype(decode(k, json_view{})) {
  const parsed_payload parsed{k, p};
  if (parsed.error()) {
    return *parsed.error();
  }
  return decode(k, parsed.root());
}

}  // namespace

result<std::shared_ptr<const json>> parse(const payload& p, kind k) {
  if (p.document != nullptr) {
    return p.document;
  }
  std::string error;
  auto document = parse_filtered(p.text, k, error);
  if (document.is_discarded()) {
    return malformed("not JSON " + error);
  }
  return std::make_shared<const json>(std::move(document));
}

result<object_ptr> decode_object(kind k, const json& document) {
  return object_of(k, json_view{document});
}

result<object_ptr> decode_object(kind k, const payload& p) {
  return with_root(k, p, object_of);
}

result<object_list> decode_list(kind k, const payload& p) {
  return with_root(k, p, list_of);
}

result<watch_event> decode_watch_event(kind k, const payload& line) {
  return with_root(k, line, event_of);
}

}  // namespace btc::k8s
