#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/page_token.hpp"
#include "test/sim/cluster/request_options.hpp"
#include "test/sim/cluster/selectors.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <memory>
#include <utility>

namespace btc::sim {

namespace {

/// Waits, so to say, until the server has seen `wanted`: nobody moves the server meanwhile.
void require_version(const operation& op, std::uint64_t wanted) {
  if (const auto current = op.server.version(op.type.id); wanted > current) {
    throw refusal{version_too_large(wanted, current)};
  }
}

[[nodiscard]] std::size_t limit_of(const target& where) {
  const auto text = where.parameter("limit");
  std::size_t limit = 0;
  std::from_chars(text.data(), text.data() + text.size(), limit);
  return limit;
}

/// The objects that a list is made of, and the version that it has.
struct source {
  const object_map* present{nullptr};
  object_map past{};  ///< what is listed instead when `present` is not set
  std::uint64_t version{0};
  std::string start{};  ///< first key of the page

  [[nodiscard]] const object_map& objects() const noexcept {
    return present == nullptr ? past : *present;
  }
};

void take_past(const core& c, const operation& op, std::uint64_t version, source& out) {
  const auto& log = c.objects().log(op.type.id);
  out.past = log.state_at(log.after(version));
  out.version = version;
}

[[nodiscard]] source continued(const core& c, const operation& op, std::string_view text) {
  const auto token = parse_page_token(text);
  if (!token) {
    throw refusal{bad_request("continue key is not valid: illegal base64 data")};
  }
  if (!op.where.parameter("resourceVersion").empty()
      && op.where.parameter("resourceVersion") != "0") {
    throw refusal{bad_request("specifying resource version is not allowed when using continue")};
  }
  source out;
  out.start = token->start;
  if (token->version < 0) {  // inconsistent continuation: the present state
    out.present = &c.objects().log(op.type.id).objects();
    out.version = c.objects().version();
    return out;
  }
  const auto version = static_cast<std::uint64_t>(token->version);
  if (version < c.objects().compacted()) {
    throw refusal{expired(
        "The provided continue parameter is too old to display a consistent list result. You can "
        "start a new list without the continue parameter, or use the continue token in this "
        "response to retrieve the remainder of the results. Continuing with the provided token "
        "results in an inconsistent list - objects that were created, modified, or deleted between "
        "the time the first chunk was returned and now may show up in the list.",
        to_string(page_token{-1, token->start}))};
  }
  take_past(c, op, version, out);
  return out;
}

[[nodiscard]] source chosen(const core& c, const operation& op) {
  const auto& where = op.where;
  if (const auto token = where.parameter("continue"); !token.empty()) {
    return continued(c, op, token);
  }
  const auto text = where.parameter("resourceVersion");
  const auto match = where.parameter("resourceVersionMatch");
  resource_type options;
  options.group = "meta.k8s.io";
  options.kind = "ListOptions";
  if (where.has("sendInitialEvents")) {
    throw refusal{invalid(options,
                          {},
                          {{"FieldValueForbidden",
                            "Forbidden: sendInitialEvents is forbidden for list",
                            "sendInitialEvents"}})};
  }
  if (!match.empty() && text.empty()) {
    throw refusal{
        invalid(options,
                {},
                {{"FieldValueForbidden",
                  "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
                  "resourceVersionMatch"}})};
  }
  const auto wanted = version_parameter(where, 400);
  source out;
  if (match == "Exact") {
    if (wanted > c.objects().version()) {
      throw refusal{version_too_large(wanted, c.objects().version())};
    }
    if (wanted < c.objects().compacted()) {
      throw refusal{expired("The resourceVersion for the provided list is too old.")};
    }
    take_past(c, op, wanted, out);
  } else if (text.empty()) {  // consistent: the server waits until it has seen what the store has
    out.present = &c.objects().log(op.type.id).objects();
    out.version = c.objects().version();
  } else {
    require_version(op, wanted);
    out.present = &op.server.objects(op.type.id);
    out.version = op.server.version(op.type.id);
  }
  return out;
}

/// As in a list: items of built-in kinds do not repeat their kind.
[[nodiscard]] json item_of(const resource_type& type, const json& object) {
  if (type.custom) {
    return object;
  }
  auto out = json::object();
  for (const auto& [key, value] : object.items()) {
    if (key != "kind" && key != "apiVersion") {
      out[key] = value;
    }
  }
  return out;
}

}  // namespace

api_response do_get(core& c, operation& op) {
  const auto text = op.where.parameter("resourceVersion");
  document found;
  if (text.empty()) {
    found = c.objects().log(op.type.id).find(op.key());
  } else {
    require_version(op, version_parameter(op.where, 400));
    const auto& objects = op.server.objects(op.type.id);
    const auto at = objects.find(op.key());
    found = at == objects.end() ? nullptr : at->second;
  }
  if (found == nullptr) {
    throw refusal{not_found(op.type, op.where.name)};
  }
  return success(200, std::move(found));
}

api_response do_list(core& c, operation& op) {
  const auto what = selection_of(op);
  const auto from = chosen(c, op);
  // From a cache at any version, the limit is not kept (watch cache, resourceVersion=0).
  const auto limit = op.where.parameter("resourceVersion") == "0" ? 0 : limit_of(op.where);
  const bool selected = !what.labels.empty() || !what.fields.empty();
  auto items = json::array();
  json metadata{{"resourceVersion", std::to_string(from.version)}};
  std::int64_t remaining = 0;
  std::string last;
  for (auto at = from.objects().lower_bound(from.start); at != from.objects().end(); ++at) {
    if (!what.matches(at->first, *at->second)) {
      continue;
    }
    if (limit == 0 || items.size() < limit) {
      items.push_back(item_of(op.type, *at->second));
      last = at->first;
    } else {
      ++remaining;
    }
  }
  if (remaining > 0) {
    metadata["continue"] =
        to_string(page_token{static_cast<std::int64_t>(from.version), last + '\0'});
    if (!selected) {
      metadata["remainingItemCount"] = remaining;
    }
  }
  json list = json::object();
  list["kind"] = op.type.kind + "List";
  list["apiVersion"] = op.type.api_version();
  list["metadata"] = std::move(metadata);
  list["items"] = std::move(items);
  return success(200, std::make_shared<const json>(std::move(list)));
}

}  // namespace btc::sim
