#include "k8s/decode.hpp"

#include "k8s/bitcoin_network.hpp"
#include "k8s/json_fields.hpp"
#include "k8s/json_filter.hpp"
#include "k8s/objects.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

[[nodiscard]] api_error malformed(std::string message) {
  return {0, std::string{reason_malformed}, std::move(message)};
}

[[nodiscard]] std::int32_t count_at(const json& status, std::string_view key) noexcept {
  return static_cast<std::int32_t>(integer_at(status, key).value_or(0));
}

void fill(const json& document, service& out) {
  if (const auto* spec = member(document, "spec")) {
    out.spec = packed_json{*spec};
  }
}

void fill(const json& document, stateful_set& out) {
  if (const auto* spec = member(document, "spec")) {
    out.spec = packed_json{*spec};
  }
  if (const auto* status = member(document, "status")) {
    out.replicas = count_at(*status, "replicas");
    out.ready_replicas = count_at(*status, "readyReplicas");
    out.updated_replicas = count_at(*status, "updatedReplicas");
    out.observed_generation = integer_at(*status, "observedGeneration").value_or(0);
    out.current_revision = string_at(*status, "currentRevision");
    out.update_revision = string_at(*status, "updateRevision");
  }
}

[[nodiscard]] std::string waiting_reason(const json& status) {
  const auto* containers = member(status, "containerStatuses");
  if (containers == nullptr || !containers->is_array()) {
    return {};
  }
  for (const auto& container : *containers) {
    if (const auto* waiting = member(container, "state", "waiting")) {
      return string_at(*waiting, "reason");
    }
  }
  return {};
}

[[nodiscard]] bool is_ready(const json& status) {
  const auto* conditions = member(status, "conditions");
  if (conditions == nullptr || !conditions->is_array()) {
    return false;
  }
  for (const auto& c : *conditions) {
    if (string_at(c, "type") == "Ready") {
      return string_at(c, "status") == "True";
    }
  }
  return false;
}

void fill(const json& document, pod& out) {
  if (const auto* spec = member(document, "spec")) {
    out.node_name = string_at(*spec, "nodeName");
  }
  if (const auto* status = member(document, "status")) {
    out.ip = string_at(*status, "podIP");
    out.ready = is_ready(*status);
    out.waiting_reason = waiting_reason(*status);
  }
}

void fill(const json& document, bitcoin_network& out) {
  decode_spec(document, out);
  out.status = decode_network_status(document);
}

template <class T>
[[nodiscard]] object_ptr make(const json& document, object_meta meta) {
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

[[nodiscard]] watch_event decode_bookmark(const json& object) {
  watch_event event{.type = event_type::bookmark};
  if (const auto* metadata = member(object, "metadata")) {
    event.resource_version = string_at(*metadata, "resourceVersion");
    const auto* annotations = member(*metadata, "annotations");
    event.initial_events_end =
        annotations != nullptr && string_at(*annotations, "k8s.io/initial-events-end") == "true";
  }
  return event;
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
  const auto kind_name = string_at(document, "kind");
  // Items of a list carry no kind of their own.
  if (!kind_name.empty() && kind_name != info(k).name) {
    return malformed("kind is \"" + kind_name + "\", expected \"" + std::string{info(k).name}
                     + '"');
  }
  auto meta = decode_meta(document);
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
      break;
  }
  return malformed(std::string{info(k).name} + " is never cached");
}

result<object_ptr> decode_object(kind k, const payload& p) {
  const auto document = parse(p, k);
  if (!document) {
    return document.error();
  }
  return decode_object(k, *document.value());
}

result<object_list> decode_list(kind k, const payload& p) {
  const auto document = parse(p, k);
  if (!document) {
    return document.error();
  }
  const auto* metadata = member(*document.value(), "metadata");
  const auto* items = member(*document.value(), "items");
  object_list list;
  if (metadata != nullptr) {
    list.resource_version = string_at(*metadata, "resourceVersion");
    list.continue_token = string_at(*metadata, "continue");
  }
  // Without a version a watch could not go on from here; without items "all gone" would be a guess.
  if (list.resource_version.empty()
      || (member(*document.value(), "kind") == nullptr && items == nullptr)) {
    return malformed("not a list: metadata.resourceVersion is missing");
  }
  if (items == nullptr || !items->is_array()) {
    return list;
  }
  list.items.reserve(items->size());
  for (const auto& item : *items) {
    if (auto object = decode_object(k, item)) {
      list.items.push_back(std::move(object).value());
    } else {
      ++list.undecodable;
    }
  }
  return list;
}

result<watch_event> decode_watch_event(kind k, const payload& line) {
  const auto document = parse(line, k);
  if (!document) {
    return document.error();
  }
  const auto type = string_at(*document.value(), "type");
  const auto* object = member(*document.value(), "object");
  if (type.empty() || object == nullptr) {
    return malformed("not a watch event: type or object is missing");
  }
  if (type == "BOOKMARK") {
    return decode_bookmark(*object);
  }
  watch_event event{.type = decode_type(type)};
  if (type == "ERROR") {
    constexpr int internal_error = 500;
    event.error = decode_status(*object, internal_error);
    return event;
  }
  if (event.type == event_type::error) {
    return malformed("unknown watch event type \"" + type + '"');
  }
  auto decoded = decode_object(k, *object);
  if (!decoded) {
    return std::move(decoded).error();
  }
  event.object = std::move(decoded).value();
  event.resource_version = event.object->meta.resource_version;
  return event;
}

}  // namespace btc::k8s
