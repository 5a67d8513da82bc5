#include "k8s/objects.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <bit>
#include <string_view>

namespace btc::k8s {

namespace {

/// Writes CBOR (RFC 8949) as nlohmann_json reads it, in the smallest form of each item.
class cbor_writer {
 public:
  void write(json_view value) {
    switch (value.type()) {
      case json_type::absent:
      case json_type::null:
        out_.push_back(null_item);
        break;
      case json_type::boolean:
        out_.push_back(*value.boolean() ? true_item : false_item);
        break;
      case json_type::integer:
        write_integer(*value.integer());
        break;
      case json_type::unsigned_integer:
        write_head(unsigned_major, *value.unsigned_integer());
        break;
      case json_type::real:
        out_.push_back(double_item);
        append_big_endian(std::bit_cast<std::uint64_t>(*value.real()), sizeof(double));
        break;
      case json_type::string:
        write_text(value.text());
        break;
      case json_type::array:
        write_head(array_major, value.size());
        value.for_each_element([this](json_view element) { write(element); });
        break;
      case json_type::object:
        write_head(map_major, value.size());
        value.for_each_member([this](std::string_view key, json_view member) {
          write_text(key);
          write(member);
        });
        break;
    }
  }

  [[nodiscard]] std::vector<std::uint8_t> take() && { return std::move(out_); }

 private:
  // Major types stand in the three highest bits of an item's first byte.
  static constexpr std::uint8_t unsigned_major = 0x00;
  static constexpr std::uint8_t negative_major = 0x20;
  static constexpr std::uint8_t text_major = 0x60;
  static constexpr std::uint8_t array_major = 0x80;
  static constexpr std::uint8_t map_major = 0xa0;
  static constexpr std::uint8_t false_item = 0xf4;
  static constexpr std::uint8_t true_item = 0xf5;
  static constexpr std::uint8_t null_item = 0xf6;
  static constexpr std::uint8_t double_item = 0xfb;
  /// Arguments below this stand in the first byte itself.
  static constexpr std::uint64_t direct_max = 24;

  void append_big_endian(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = bytes; i-- > 0;) {
      out_.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
    }
  }

  void write_head(std::uint8_t major, std::uint64_t argument) {
    if (argument < direct_max) {
      out_.push_back(static_cast<std::uint8_t>(major | argument));
      return;
    }
    std::uint8_t code = 24;  // then 1, 2, 4 or 8 bytes follow
    std::size_t bytes = 1;
    while (bytes < sizeof argument && argument >> (8U * bytes) != 0) {
      ++code;
      bytes *= 2;
    }
    out_.push_back(static_cast<std::uint8_t>(major | code));
    append_big_endian(argument, bytes);
  }

  void write_integer(std::int64_t value) {
    if (value >= 0) {
      write_head(unsigned_major, static_cast<std::uint64_t>(value));
    } else {
      write_head(negative_major, static_cast<std::uint64_t>(-(value + 1)));
    }
  }

  void write_text(std::string_view text) {
    write_head(text_major, text.size());
    out_.insert(out_.end(), text.begin(), text.end());
  }

  std::vector<std::uint8_t> out_{};
};

}  // namespace

packed_json::packed_json(json_view value) {
  cbor_writer writer;
  writer.write(value);
  const auto packed = std::move(writer).take();
  cbor_ = {packed.begin(), packed.end()};  // exactly as large as needed
}

packed_json::packed_json(const nlohmann::json& value) : cbor_(nlohmann::json::to_cbor(value)) {
  cbor_.shrink_to_fit();
}

nlohmann::json packed_json::unpack() const {
  return cbor_.empty() ? nlohmann::json{} : nlohmann::json::from_cbor(cbor_);
}

}  // namespace btc::k8s
