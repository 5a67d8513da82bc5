#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace btc::sim {

/// The form in which a client wants an answer.
enum class answer_form : std::uint8_t {
  plain,          ///< JSON as it is stored
  table,          ///< meta.k8s.io/v1 Table, as kubectl get asks
  metadata,       ///< PartialObjectMetadata
  metadata_list,  ///< PartialObjectMetadataList
  discovery,      ///< apidiscovery.k8s.io/v2 APIGroupDiscoveryList
  openapi_v2,     ///< protobuf of OpenAPI v2, which we do not have
  not_acceptable,
};

/// The first form of an Accept header that we can give; `plain` for an empty header and for `*/*`.
[[nodiscard]] answer_form negotiate(std::string_view accept);

/// What a body is written in, by its Content-Type without parameters.
enum class body_format : std::uint8_t { json_text, yaml_text, protobuf, unknown };
[[nodiscard]] body_format format_of(std::string_view content_type);

/// A header's value without parameters and white space: "application/json; charset=x" is
/// "application/json".
[[nodiscard]] std::string_view media_type_of(std::string_view header);

}  // namespace btc::sim
