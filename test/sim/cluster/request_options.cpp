#include "test/sim/cluster/request_options.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/selectors.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

/// 422 about an options object of a request ("CreateOptions").
[[nodiscard]] refusal bad_option(std::string_view kind, const cause& c) {
  resource_type options;
  options.group = "meta.k8s.io";
  options.kind = kind;
  return {invalid(options, {}, {c})};
}

[[nodiscard]] std::string options_kind(std::string_view verb) {
  if (verb == "create") {
    return "CreateOptions";
  }
  return verb == "update" ? "UpdateOptions" : verb == "patch" ? "PatchOptions" : "DeleteOptions";
}

[[nodiscard]] field_validation validation_of(const target& where, std::string_view verb) {
  const auto text = where.parameter("fieldValidation");
  if (text.empty() || text == "Warn") {
    return field_validation::warn;
  }
  if (text == "Strict") {
    return field_validation::strict;
  }
  if (text != "Ignore") {
    throw bad_option(options_kind(verb),
                     {"FieldValueNotSupported",
                      "Unsupported value: \"" + std::string{text}
                          + R"(": supported values: "Ignore", "Strict", "Warn")",
                      "fieldValidation"});
  }
  return field_validation::ignore;
}

[[nodiscard]] bool is_json(std::string_view media) noexcept {
  media = media.substr(0, media.find(';'));
  return media.empty() || media == "application/json" || media == "application/yaml"
         || media == "*/*";
}

}  // namespace

writer writer_of(const api_request& r, const target& where, std::string_view verb) {
  writer w;
  w.who = r.who;
  w.verb = verb;
  w.subresource = where.subresource;
  if (r.method == k8s::method::get) {
    return w;
  }
  w.manager = where.parameter("fieldManager");
  if (w.manager.empty()) {
    w.manager = r.agent.substr(0, r.agent.find('/'));
  }
  w.validation = validation_of(where, verb);
  if (where.has("dryRun")) {
    const auto mode = where.parameter("dryRun");
    if (mode != "All") {
      throw bad_option(
          options_kind(verb),
          {"FieldValueNotSupported",
           "Unsupported value: \"" + std::string{mode} + R"(": supported values: "All")",
           "dryRun"});
    }
    w.dry_run = true;
  }
  const bool apply = r.content_type == k8s::apply_patch;
  if (verb == "patch" && where.has("force") && !apply) {
    throw bad_option(
        "PatchOptions",
        {"FieldValueForbidden", "Forbidden: may not be specified for non-apply patch", "force"});
  }
  if (apply && where.parameter("fieldManager").empty()) {
    throw bad_option(
        "PatchOptions",
        {"FieldValueRequired", "Required value: is required for apply patch", "fieldManager"});
  }
  return w;
}

selection selection_of(const operation& op) {
  selection out;
  out.ns = op.where.ns;
  out.labels = label_selector::parse(op.where.parameter("labelSelector"));
  out.fields = field_selector::parse(op.type, op.where.parameter("fieldSelector"));
  return out;
}

std::uint64_t version_parameter(const target& where, int code) {
  const auto text = where.parameter("resourceVersion");
  const bool digits =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || text.size() > 19) {
    auto message = "resourceVersion: Invalid value: \"" + std::string{text}
                   + "\": strconv.ParseUint: parsing \"" + std::string{text} + "\": invalid syntax";
    throw refusal{code == 500 ? failure(500, "", std::move(message))
                              : bad_request(std::move(message))};
  }
  return parse_version(text);
}

watch_options watch_options_of(const operation& op) {
  const auto& where = op.where;
  watch_options out;
  out.what = selection_of(op);
  out.bookmarks = where.flag("allowWatchBookmarks");
  const auto since = version_parameter(where, 500);
  const auto match = where.parameter("resourceVersionMatch");
  if (where.flag("sendInitialEvents")) {
    if (match != "NotOlderThan") {
      throw bad_option(
          "ListOptions",
          {"FieldValueForbidden",
           "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
           "resourceVersionMatch"});
    }
    if (const auto current = op.server.version(op.type.id); since > current) {
      throw refusal{version_too_large(since, current)};
    }
    out.initial_state = true;
    out.most_recent = where.parameter("resourceVersion").empty();
    out.initial_end = true;
    return out;
  }
  if (!match.empty()) {
    throw bad_option("ListOptions",
                     {"FieldValueForbidden",
                      "Forbidden: resourceVersionMatch is forbidden for watch unless "
                      "sendInitialEvents is provided",
                      "resourceVersionMatch"});
  }
  out.initial_state = since == 0 && !where.has("sendInitialEvents");
  out.since = since == 0 ? op.server.version(op.type.id) : since;
  return out;
}

json object_in_body(const operation& op) {
  if (!is_json(op.request.content_type)) {
    throw refusal{unsupported_media(
        op.request.content_type,
        op.type.custom ? std::vector<std::string_view>{"application/json", "application/yaml"}
                       : std::vector<std::string_view>{"application/json",
                                                       "application/yaml",
                                                       "application/vnd.kubernetes.protobuf",
                                                       "application/cbor"})};
  }
  if (op.request.body == nullptr || !op.request.body->is_object()) {
    throw refusal{
        bad_request("couldn't get version/kind; json parse error: the body is no JSON object")};
  }
  auto object = *op.request.body;
  const auto kind = k8s::string_at(object, "kind");
  const auto version = k8s::string_at(object, "apiVersion");
  const auto wanted = op.type.api_version();
  if (op.type.custom && (kind.empty() || version.empty())) {
    throw refusal{bad_request(kind.empty()
                                  ? "Object 'Kind' is missing in '" + object.dump() + "'"
                                  : "Object 'apiVersion' is missing in '" + object.dump() + "'")};
  }
  const bool other = (!kind.empty() && kind != op.type.kind);
  if (other) {
    throw refusal{bad_request(kind + " in version \"" + (version.empty() ? wanted : version)
                              + "\" cannot be handled as a " + op.type.kind + ": converting ("
                              + kind + ") to (" + op.type.kind + "): unknown conversion")};
  }
  if (!version.empty() && version != wanted) {
    throw refusal{bad_request("the API version in the data (" + version
                              + ") does not match the expected API version (" + wanted + ")")};
  }
  object["kind"] = op.type.kind;
  object["apiVersion"] = wanted;
  auto& metadata = object["metadata"];
  if (metadata.is_null()) {
    metadata = json::object();
  }
  if (!metadata.is_object()) {
    throw refusal{
        bad_request("json: cannot unmarshal metadata into Go struct field of type v1.ObjectMeta")};
  }
  return object;
}

}  // namespace btc::sim
