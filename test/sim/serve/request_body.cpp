#include "test/sim/serve/request_body.hpp"

#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/yaml.hpp"
#include "test/sim/serve/protobuf_body.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace btc::sim {

namespace {

[[nodiscard]] read_result refused(body_format format, api_response answer) {
  return {nullptr, format, std::move(answer)};
}

[[nodiscard]] read_result made(body_format format, json value) {
  return {std::make_shared<const json>(std::move(value)), format, {}};
}

[[nodiscard]] read_result read_yaml(const std::string& body) {
  try {
    auto documents = parse_yaml(body);
    if (documents.size() == 1) {
      return made(body_format::yaml_text, std::move(documents.front()));
    }
    return refused(body_format::yaml_text,
                   bad_request("error decoding YAML: one document is expected"));
  } catch (const std::exception& e) {
    return refused(body_format::yaml_text,
                   bad_request(std::string{"error decoding YAML: "} + e.what()));
  }
}

}  // namespace

read_result read_body(std::string_view content_type, const std::string& body) {
  const auto format = format_of(content_type);
  switch (format) {
    case body_format::json_text: {
      auto value = json::parse(body, nullptr, false);
      return value.is_discarded()
                 ? refused(format,
                           bad_request("couldn't get version/kind; json parse error: the body is "
                                       "no JSON"))
                 : made(format, std::move(value));
    }
    case body_format::yaml_text:
      return read_yaml(body);
    case body_format::protobuf: {
      auto value = decode_protobuf(body);
      return value ? made(format, std::move(*value))
                   : refused(
                       format,
                       unsupported_media(content_type, {"application/json", "application/yaml"}));
    }
    case body_format::unknown:
      break;
  }
  return refused(format, unsupported_media(content_type, {"application/json", "application/yaml"}));
}

}  // namespace btc::sim
