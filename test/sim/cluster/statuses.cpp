#include "test/sim/cluster/statuses.hpp"

#include <memory>

namespace btc::sim {

namespace {

[[nodiscard]] json details_of(const resource_type& type, std::string_view name) {
  json details = json::object();
  if (!name.empty()) {
    details["name"] = name;
  }
  if (!type.group.empty()) {
    details["group"] = type.group;
  }
  details["kind"] = type.plural;
  return details;
}

[[nodiscard]] std::string in_quotes(std::string_view text) {
  std::string out{'"'};
  out += text;
  out += '"';
  return out;
}

}  // namespace

api_response failure(int code, std::string_view reason, std::string message, json details) {
  json body{{"kind", "Status"},
            {"apiVersion", "v1"},
            {"metadata", json::object()},
            {"status", "Failure"},
            {"message", std::move(message)},
            {"reason", reason},
            {"code", code}};
  if (reason.empty()) {
    body.erase("reason");
  }
  api_response out;
  out.status = code;
  if (!details.is_null()) {
    if (const auto seconds = details.find("retryAfterSeconds"); seconds != details.end()) {
      out.retry_after = std::chrono::seconds{seconds->get<int>()};
    }
    body["details"] = std::move(details);
  }
  out.body = std::make_shared<const json>(std::move(body));
  return out;
}

api_response not_found(const resource_type& type, std::string_view name) {
  return failure(404,
                 "NotFound",
                 type.group_resource() + ' ' + in_quotes(name) + " not found",
                 details_of(type, name));
}

api_response already_exists(const resource_type& type, std::string_view name) {
  return failure(409,
                 "AlreadyExists",
                 type.group_resource() + ' ' + in_quotes(name) + " already exists",
                 details_of(type, name));
}

api_response conflict(const resource_type& type, std::string_view name, std::string_view why) {
  std::string message =
      "Operation cannot be fulfilled on " + type.group_resource() + ' ' + in_quotes(name) + ": ";
  message += why;
  return failure(409, "Conflict", std::move(message), details_of(type, name));
}

api_response modified(const resource_type& type, std::string_view name) {
  return conflict(type,
                  name,
                  "the object has been modified; please apply your changes to the latest version "
                  "and try again");
}

api_response bad_request(std::string message) {
  return failure(400, "BadRequest", std::move(message));
}

api_response forbidden(const resource_type& type, std::string_view name, std::string_view why) {
  std::string message = type.group_resource();
  message += name.empty() ? "" : ' ' + in_quotes(name);
  message += " is forbidden: ";
  message += why;
  return failure(403, "Forbidden", std::move(message), details_of(type, name));
}

api_response unauthorized() {
  return failure(401, "Unauthorized", "Unauthorized");
}

api_response method_not_allowed() {
  return failure(405,
                 "MethodNotAllowed",
                 "the server does not allow this method on the requested resource",
                 json::object());
}

api_response unsupported_media(std::string_view type,
                               const std::vector<std::string_view>& accepted) {
  std::string message =
      "the body of the request was in an unknown format - accepted media types include: ";
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    message += i == 0 ? "" : ", ";
    message += accepted[i];
  }
  static_cast<void>(type);
  return failure(415, "UnsupportedMediaType", std::move(message));
}

api_response not_acceptable() {
  api_response out;
  out.status = 406;
  out.text =
      "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, "
      "application/vnd.kubernetes.protobuf, application/cbor";
  return out;
}

api_response invalid(const resource_type& type,
                     std::string_view name,
                     const std::vector<cause>& causes) {
  auto details = details_of(type, name);
  details["kind"] = type.kind;
  auto list = json::array();
  std::string joined;
  for (const auto& c : causes) {
    list.push_back({{"reason", c.reason}, {"message", c.message}, {"field", c.field}});
    joined += joined.empty() ? "" : ", ";
    joined += c.field + ": " + c.message;
  }
  details["causes"] = std::move(list);
  std::string kind = type.kind + (type.group.empty() ? "" : '.' + type.group);
  std::string message = kind + ' ' + in_quotes(name) + " is invalid: ";
  message += causes.size() > 1 ? '[' + joined + ']' : joined;
  return failure(422, "Invalid", std::move(message), std::move(details));
}

api_response page_not_found() {
  api_response out;
  out.status = 404;
  out.text = "404 page not found\n";
  return out;
}

api_response expired(std::string message, std::string_view continue_token) {
  auto out = failure(410, "Expired", std::move(message));
  if (!continue_token.empty()) {
    auto body = *out.body;
    body["metadata"]["continue"] = continue_token;
    out.body = std::make_shared<const json>(std::move(body));
  }
  return out;
}

api_response version_too_large(std::uint64_t wanted, std::uint64_t current) {
  return failure(504,
                 "Timeout",
                 "Too large resource version: " + std::to_string(wanted)
                     + ", current: " + std::to_string(current),
                 {{"causes",
                   json::array({{{"reason", "ResourceVersionTooLarge"},
                                 {"message", "Too large resource version"}}})},
                  {"retryAfterSeconds", 1}});
}

api_response success(int status, document body) {
  api_response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

api_response created() {
  return success(201,
                 std::make_shared<const json>(json{{"kind", "Status"},
                                                   {"apiVersion", "v1"},
                                                   {"metadata", json::object()},
                                                   {"status", "Success"},
                                                   {"code", 201}}));
}

api_response deleted(const resource_type& type, std::string_view name, std::string_view uid) {
  auto details = details_of(type, name);
  details["uid"] = uid;
  return success(200,
                 std::make_shared<const json>(json{{"kind", "Status"},
                                                   {"apiVersion", "v1"},
                                                   {"metadata", json::object()},
                                                   {"status", "Success"},
                                                   {"details", std::move(details)}}));
}

}  // namespace btc::sim
