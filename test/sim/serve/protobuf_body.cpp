#include "test/sim/serve/protobuf_body.hpp"

#include "test/sim/cluster/api.hpp"
#include "test/sim/cluster/base64.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace btc::sim {

namespace {

constexpr std::string_view magic{"k8s\0", 4};
constexpr int depth_max = 16;

enum class shape : std::uint8_t { text, bytes, number, boolean, message, text_map, bytes_map };

struct field;
using message_type = std::span<const field>;

/// One row of a message: numbers and names as in the API's generated .proto files.
struct field {
  std::uint32_t number;
  const char* name;
  shape kind;
  bool repeated{false};
  message_type inner{};
};

constexpr std::array owner_reference{field{5, "apiVersion", shape::text},
                                     field{1, "kind", shape::text},
                                     field{3, "name", shape::text},
                                     field{4, "uid", shape::text},
                                     field{6, "controller", shape::boolean},
                                     field{7, "blockOwnerDeletion", shape::boolean}};
constexpr std::array object_meta{
    field{1, "name", shape::text},
    field{2, "generateName", shape::text},
    field{3, "namespace", shape::text},
    field{5, "uid", shape::text},
    field{6, "resourceVersion", shape::text},
    field{11, "labels", shape::text_map},
    field{12, "annotations", shape::text_map},
    field{13, "ownerReferences", shape::message, true, owner_reference},
    field{14, "finalizers", shape::text, true}};
constexpr field metadata{1, "metadata", shape::message, false, object_meta};

constexpr std::array plain_object{metadata};
constexpr std::array secret{metadata,
                            field{2, "data", shape::bytes_map},
                            field{3, "type", shape::text},
                            field{4, "stringData", shape::text_map},
                            field{5, "immutable", shape::boolean}};
constexpr std::array config_map{metadata,
                                field{2, "data", shape::text_map},
                                field{3, "binaryData", shape::bytes_map},
                                field{4, "immutable", shape::boolean}};
constexpr std::array bound_object{field{1, "kind", shape::text},
                                  field{2, "apiVersion", shape::text},
                                  field{3, "name", shape::text},
                                  field{4, "uid", shape::text}};
constexpr std::array token_request_spec{
    field{1, "audiences", shape::text, true},
    field{3, "boundObjectRef", shape::message, false, bound_object},
    field{4, "expirationSeconds", shape::number}};
constexpr std::array token_request{metadata,
                                   field{2, "spec", shape::message, false, token_request_spec}};
constexpr std::array resource_attributes{field{1, "namespace", shape::text},
                                         field{2, "verb", shape::text},
                                         field{3, "group", shape::text},
                                         field{4, "version", shape::text},
                                         field{5, "resource", shape::text},
                                         field{6, "subresource", shape::text},
                                         field{7, "name", shape::text}};
constexpr std::array path_attributes{field{1, "path", shape::text}, field{2, "verb", shape::text}};
constexpr std::array access_review_spec{
    field{1, "resourceAttributes", shape::message, false, resource_attributes},
    field{2, "nonResourceAttributes", shape::message, false, path_attributes}};
constexpr std::array access_review{metadata,
                                   field{2, "spec", shape::message, false, access_review_spec}};
constexpr std::array rules_review_spec{field{1, "namespace", shape::text}};
constexpr std::array rules_review{metadata,
                                  field{2, "spec", shape::message, false, rules_review_spec}};
constexpr std::array preconditions{field{1, "uid", shape::text},
                                   field{2, "resourceVersion", shape::text}};
constexpr std::array delete_options{field{1, "gracePeriodSeconds", shape::number},
                                    field{2, "preconditions", shape::message, false, preconditions},
                                    field{4, "propagationPolicy", shape::text},
                                    field{5, "dryRun", shape::text, true}};

constexpr std::array type_meta{field{1, "apiVersion", shape::text}, field{2, "kind", shape::text}};
constexpr std::array unknown{field{1, "typeMeta", shape::message, false, type_meta},
                             field{2, "raw", shape::text}};

[[nodiscard]] std::optional<message_type> type_of(const std::string& kind) {
  struct row {
    std::string_view kind;
    message_type type;
  };
  static constexpr std::array rows{row{"Namespace", plain_object},
                                   row{"ServiceAccount", plain_object},
                                   row{"SelfSubjectReview", plain_object},
                                   row{"Secret", secret},
                                   row{"ConfigMap", config_map},
                                   row{"TokenRequest", token_request},
                                   row{"SelfSubjectAccessReview", access_review},
                                   row{"SelfSubjectRulesReview", rules_review},
                                   row{"DeleteOptions", delete_options}};
  for (const auto& r : rows) {
    if (r.kind == kind) {
      return r.type;
    }
  }
  return std::nullopt;
}

/// Reads the wire format; after a failure every read gives nothing.
class reader {
 public:
  explicit reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  [[nodiscard]] std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) {
        return value;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::string_view> block() {
    const auto length = varint();
    return length ? take(*length) : std::nullopt;
  }

  [[nodiscard]] std::optional<std::string_view> take(std::uint64_t length) {
    if (length > rest_.size()) {
      return std::nullopt;
    }
    const auto taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

 private:
  std::string_view rest_;
};

[[nodiscard]] std::optional<json> decode_message(std::string_view bytes, message_type, int depth);

/// An entry of a map: key is field 1, value field 2.
[[nodiscard]] bool add_entry(json& map, std::string_view entry, bool binary) {
  static constexpr std::array pair{field{1, "key", shape::text}, field{2, "value", shape::text}};
  const auto decoded = decode_message(entry, pair, depth_max);
  if (!decoded) {
    return false;
  }
  auto value = decoded->value("value", std::string{});
  map[decoded->value("key", std::string{})] = binary ? base64(value) : value;
  return true;
}

[[nodiscard]] bool add_block(json& target, const field& f, std::string_view block, int depth) {
  if (f.kind == shape::text_map || f.kind == shape::bytes_map) {
    return add_entry(target[f.name], block, f.kind == shape::bytes_map);
  }
  json value;
  if (f.kind == shape::message) {
    auto inner = decode_message(block, f.inner, depth - 1);
    if (!inner) {
      return false;
    }
    value = std::move(*inner);
  } else {
    value = f.kind == shape::bytes ? base64(block) : std::string{block};
  }
  if (f.repeated) {
    target[f.name].push_back(std::move(value));
  } else if (!(f.kind == shape::text && block.empty())) {  // Go writes empty texts out
    target[f.name] = std::move(value);
  }
  return true;
}

void add_number(json& target, const field& f, std::uint64_t value) {
  if (f.kind == shape::boolean) {
    target[f.name] = value != 0;
  } else if (f.kind == shape::number) {
    target[f.name] = static_cast<std::int64_t>(value);
  }
}

[[nodiscard]] const field* find(message_type type, std::uint64_t number) {
  for (const auto& f : type) {
    if (f.number == number) {
      return &f;
    }
  }
  return nullptr;
}

[[nodiscard]] std::optional<json> decode_message(std::string_view bytes,
                                                 message_type type,
                                                 int depth) {
  if (depth <= 0) {
    return std::nullopt;
  }
  json result = json::object();
  reader in(bytes);
  while (!in.at_end()) {
    const auto tag = in.varint();
    if (!tag) {
      return std::nullopt;
    }
    const auto* f = find(type, *tag >> 3U);
    bool good = true;
    switch (*tag & 7U) {
      case 0: {
        const auto value = in.varint();
        good = value.has_value();
        if (good && f != nullptr) {
          add_number(result, *f, *value);
        }
        break;
      }
      case 1:
        good = in.take(8).has_value();
        break;
      case 2: {
        const auto block = in.block();
        good = block && (f == nullptr || add_block(result, *f, *block, depth));
        break;
      }
      case 5:
        good = in.take(4).has_value();
        break;
      default:
        good = false;
    }
    if (!good) {
      return std::nullopt;
    }
  }
  return result;
}

}  // namespace

std::optional<json> decode_protobuf(std::string_view body) {
  if (body.substr(0, magic.size()) != magic) {
    return std::nullopt;
  }
  const auto envelope = decode_message(body.substr(magic.size()), unknown, depth_max);
  if (!envelope || !envelope->contains("typeMeta")) {
    return std::nullopt;
  }
  const auto kind = envelope->at("typeMeta").value("kind", std::string{});
  const auto type = type_of(kind);
  if (!type) {
    return std::nullopt;
  }
  auto decoded = decode_message(envelope->value("raw", std::string{}), *type, depth_max);
  if (decoded) {
    decoded->update(envelope->at("typeMeta"));
  }
  return decoded;
}

}  // namespace btc::sim
