#include "test/sim/serve/negotiation.hpp"

#include <optional>

namespace btc::sim {

namespace {

[[nodiscard]] std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The first part of `rest` up to `separator`, which is taken off.
[[nodiscard]] std::string_view cut(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return trim(part);
}

struct conversion {
  std::string_view as{};
  std::string_view group{};
  std::string_view version{};
};

[[nodiscard]] conversion read_parameters(std::string_view rest) {
  conversion c;
  while (!rest.empty()) {
    auto part = cut(rest, ';');
    const auto name = cut(part, '=');
    if (name == "as") {
      c.as = part;
    } else if (name == "g") {
      c.group = part;
    } else if (name == "v") {
      c.version = part;
    }
  }
  return c;
}

[[nodiscard]] std::optional<answer_form> form_of(std::string_view range) {
  const auto type = cut(range, ';');
  if (type == "*/*" || type == "application/*") {
    return answer_form::plain;
  }
  if (type.find("proto-openapi.spec.v2") != std::string_view::npos) {
    return answer_form::openapi_v2;
  }
  if (type != "application/json") {
    return std::nullopt;
  }
  const auto c = read_parameters(range);
  if (c.as.empty()) {
    return answer_form::plain;
  }
  if (c.as == "Table" && c.version == "v1") {
    return answer_form::table;
  }
  if (c.as == "PartialObjectMetadata" && c.version == "v1") {
    return answer_form::metadata;
  }
  if (c.as == "PartialObjectMetadataList" && c.version == "v1") {
    return answer_form::metadata_list;
  }
  if (c.as == "APIGroupDiscoveryList" && c.version == "v2") {
    return answer_form::discovery;
  }
  return std::nullopt;
}

}  // namespace

std::string_view media_type_of(std::string_view header) {
  return cut(header, ';');
}

answer_form negotiate(std::string_view accept) {
  if (trim(accept).empty()) {
    return answer_form::plain;
  }
  while (!accept.empty()) {
    if (const auto form = form_of(cut(accept, ','))) {
      return *form;
    }
  }
  return answer_form::not_acceptable;
}

body_format format_of(std::string_view content_type) {
  const auto type = media_type_of(content_type);
  if (type == "application/vnd.kubernetes.protobuf") {
    return body_format::protobuf;
  }
  if (type == "application/yaml" || type == "application/apply-patch+yaml") {
    return body_format::yaml_text;
  }
  if (type.empty() || type == "application/json" || type == "application/merge-patch+json"
      || type == "application/json-patch+json"
      || type == "application/strategic-merge-patch+json") {
    return body_format::json_text;
  }
  return body_format::unknown;
}

}  // namespace btc::sim
