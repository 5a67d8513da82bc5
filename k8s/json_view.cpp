#include "k8s/json_view.hpp"

#include "k8s/cbor.hpp"
#include "k8s/json_tape.hpp"

#include <nlohmann/json.hpp>

#include <bit>
#include <limits>

namespace btc::k8s {

using json = nlohmann::json;
namespace dom = simdjson::dom;

namespace {

[[nodiscard]] json_type type_of(const json& value) noexcept {
  switch (value.type()) {
    case json::value_t::null:
      return json_type::null;
    case json::value_t::boolean:
      return json_type::boolean;
    case json::value_t::number_integer:
      return json_type::integer;
    case json::value_t::number_unsigned:
      return value.get<std::uint64_t>()
                     > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
                 ? json_type::unsigned_integer
                 : json_type::integer;
    case json::value_t::number_float:
      return json_type::real;
    case json::value_t::string:
      return json_type::string;
    case json::value_t::array:
      return json_type::array;
    case json::value_t::object:
      return json_type::object;
    case json::value_t::binary:
    case json::value_t::discarded:
      break;
  }
  return json_type::absent;
}

[[nodiscard]] json_type type_of(const dom::element& element) noexcept {
  switch (element.type()) {
    case dom::element_type::NULL_VALUE:
      return json_type::null;
    case dom::element_type::BOOL:
      return json_type::boolean;
    case dom::element_type::INT64:
      return json_type::integer;
    case dom::element_type::UINT64:
      return json_type::unsigned_integer;
    case dom::element_type::DOUBLE:
      return json_type::real;
    case dom::element_type::STRING:
      return json_type::string;
    case dom::element_type::ARRAY:
      return json_type::array;
    case dom::element_type::OBJECT:
      return json_type::object;
  }
  return json_type::absent;
}

/// The value, or a default of its type where it is of another.
template <class T>
[[nodiscard]] T get(const dom::element& element) noexcept {
  T out{};
  return element.get(out) == simdjson::SUCCESS ? out : T{};
}

}  // namespace

json_view::json_view(const json& value) noexcept : source_(source::dom), at_(&value) {}

json_type json_view::type() const noexcept {
  switch (source_) {
    case source::dom:
      return type_of(tape_access::value(*this));
    case source::tape:
      return type_of(tape_access::element(*this));
    case source::packed:
      return tape_access::item(*this).type;
    case source::none:
      break;
  }
  return json_type::absent;
}

json_view json_view::operator[](std::string_view key) const noexcept {
  if (!is_object()) {
    return {};
  }
  if (source_ == source::dom) {
    const auto& value = tape_access::value(*this);
    const auto found = value.find(key);
    return found == value.end() ? json_view{} : json_view{*found};
  }
  if (source_ == source::packed) {
    const auto item = tape_access::item(*this);
    const auto* at = item.body;
    for (std::uint64_t i = 0; i < item.argument; ++i) {
      const auto name = read_cbor(at).text();
      at = skip_cbor(at);
      if (name == key) {
        return json_view{at};
      }
      at = skip_cbor(at);
    }
    return {};
  }
  dom::element found;
  return tape_access::element(*this).at_key(key).get(found) == simdjson::SUCCESS
             ? tape_access::view(found)
             : json_view{};
}

std::string_view json_view::text() const noexcept {
  if (!is_string()) {
    return {};
  }
  if (source_ == source::packed) {
    return tape_access::item(*this).text();
  }
  return source_ == source::dom
             ? std::string_view{tape_access::value(*this).get_ref<const std::string&>()}
             : get<std::string_view>(tape_access::element(*this));
}

std::optional<std::int64_t> json_view::integer() const noexcept {
  if (type() != json_type::integer) {
    return std::nullopt;
  }
  if (source_ == source::packed) {
    const auto item = tape_access::item(*this);
    const auto number = static_cast<std::int64_t>(item.argument);
    return item.negative ? -1 - number : number;
  }
  return source_ == source::dom ? tape_access::value(*this).get<std::int64_t>()
                                : get<std::int64_t>(tape_access::element(*this));
}

std::optional<std::uint64_t> json_view::unsigned_integer() const noexcept {
  if (type() == json_type::unsigned_integer) {
    if (source_ == source::packed) {
      return tape_access::item(*this).argument;
    }
    return source_ == source::dom ? tape_access::value(*this).get<std::uint64_t>()
                                  : get<std::uint64_t>(tape_access::element(*this));
  }
  const auto number = integer();
  return number && *number >= 0 ? std::optional{static_cast<std::uint64_t>(*number)} : std::nullopt;
}

std::optional<double> json_view::real() const noexcept {
  const auto kind = type();
  if (kind < json_type::integer || kind > json_type::real) {
    return std::nullopt;
  }
  if (source_ == source::packed) {
    if (kind == json_type::real) {
      return std::bit_cast<double>(tape_access::item(*this).argument);
    }
    return kind == json_type::integer ? static_cast<double>(*integer())
                                      : static_cast<double>(*unsigned_integer());
  }
  return source_ == source::dom ? tape_access::value(*this).get<double>()
                                : get<double>(tape_access::element(*this));
}

std::optional<bool> json_view::boolean() const noexcept {
  if (type() != json_type::boolean) {
    return std::nullopt;
  }
  if (source_ == source::packed) {
    return tape_access::item(*this).argument == 1;
  }
  return source_ == source::dom ? tape_access::value(*this).get<bool>()
                                : get<bool>(tape_access::element(*this));
}

std::size_t json_view::size() const noexcept {
  if (!is_array() && !is_object()) {
    return 0;
  }
  if (source_ == source::dom) {
    return tape_access::value(*this).size();
  }
  if (source_ == source::packed) {
    return static_cast<std::size_t>(tape_access::item(*this).argument);
  }
  const auto element = tape_access::element(*this);
  return is_array() ? get<dom::array>(element).size() : get<dom::object>(element).size();
}

void json_view::each_member(void* to, member_handler f) const {
  if (!is_object()) {
    return;
  }
  if (source_ == source::dom) {
    for (const auto& [key, value] : tape_access::value(*this).items()) {
      f(to, key, json_view{value});
    }
    return;
  }
  if (source_ == source::packed) {
    const auto item = tape_access::item(*this);
    const auto* at = item.body;
    for (std::uint64_t i = 0; i < item.argument; ++i) {
      const auto name = read_cbor(at).text();
      const auto* value = skip_cbor(at);
      f(to, name, json_view{value});
      at = skip_cbor(value);
    }
    return;
  }
  for (const auto field : get<dom::object>(tape_access::element(*this))) {
    f(to, field.key, tape_access::view(field.value));
  }
}

void json_view::each_element(void* to, element_handler f) const {
  if (!is_array()) {
    return;
  }
  if (source_ == source::dom) {
    for (const auto& value : tape_access::value(*this)) {
      f(to, json_view{value});
    }
    return;
  }
  if (source_ == source::packed) {
    const auto item = tape_access::item(*this);
    const auto* at = item.body;
    for (std::uint64_t i = 0; i < item.argument; ++i) {
      f(to, json_view{at});
      at = skip_cbor(at);
    }
    return;
  }
  for (const auto element : get<dom::array>(tape_access::element(*this))) {
    f(to, tape_access::view(element));
  }
}

}  // namespace btc::k8s
