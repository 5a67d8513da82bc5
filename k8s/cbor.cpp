#include "k8s/cbor.hpp"

#include "k8s/cbor_words.hpp"
#include "k8s/json_tape.hpp"

#include <bit>
#include <cstddef>
#include <limits>
#include <utility>

namespace btc::k8s {

namespace dom = simdjson::dom;

namespace {

// Major types stand in the three highest bits of an item's first byte.
constexpr std::uint8_t unsigned_major = 0x00;
constexpr std::uint8_t negative_major = 0x20;
constexpr std::uint8_t text_major = 0x60;
constexpr std::uint8_t array_major = 0x80;
constexpr std::uint8_t map_major = 0xa0;
constexpr std::uint8_t false_item = 0xf4;
constexpr std::uint8_t true_item = 0xf5;
constexpr std::uint8_t null_item = 0xf6;
constexpr std::uint8_t double_item = 0xfb;
/// A simple value; its number, in the byte after, is the index of a word. Below 32 are none.
constexpr std::uint8_t word_item = 0xf8;
constexpr std::size_t first_word = 32;
static_assert(first_word + cbor_words.size() <= 256, "a simple value is one byte");
/// Arguments below this stand in the first byte itself.
constexpr std::uint64_t direct_max = 24;

class cbor_writer {
 public:
  cbor_writer() { out_.reserve(usual_bytes); }

  /// What the API server wrote, and so nearly all that is ever packed. Past the view, whose
  /// questions for the type of each value would be most of the work.
  void write(const dom::element& value) {
    switch (value.type()) {
      case dom::element_type::STRING:
        write_text(get<std::string_view>(value));
        break;
      case dom::element_type::OBJECT: {
        const auto object = get<dom::object>(value);
        write_head(map_major, object.size());
        for (const auto member : object) {
          write_text(member.key);
          write(member.value);
        }
        break;
      }
      case dom::element_type::ARRAY: {
        const auto array = get<dom::array>(value);
        write_head(array_major, array.size());
        for (const auto element : array) {
          write(element);
        }
        break;
      }
      default:
        write(tape_access::view(value));
    }
  }

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
  template <class T>
  [[nodiscard]] static T get(const dom::element& element) noexcept {
    T out{};
    return element.get(out) == simdjson::SUCCESS ? out : T{};
  }

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
    if (const auto word = find_cbor_word(text); word < cbor_words.size()) {
      out_.push_back(word_item);
      out_.push_back(static_cast<std::uint8_t>(first_word + word));
      return;
    }
    write_head(text_major, text.size());
    out_.insert(out_.end(), text.begin(), text.end());
  }

  /// Of a StatefulSet's spec, with what the API server adds.
  static constexpr std::size_t usual_bytes = 1024;
  std::vector<std::uint8_t> out_{};
};

constexpr unsigned code_mask = 0x1f;

/// The first byte of an item and the argument in it or after it.
struct item_head {
  std::uint8_t major;
  std::uint64_t argument;
  const std::uint8_t* body;  ///< what follows
};

[[nodiscard]] inline item_head read_head(const std::uint8_t* at) noexcept {
  const std::uint8_t first = *at++;
  const unsigned code = first & code_mask;
  item_head head{static_cast<std::uint8_t>(first & ~code_mask), code, at};
  if (code >= direct_max) {
    head.argument = 0;
    head.body += std::size_t{1} << (code - direct_max);
    while (at != head.body) {
      head.argument = head.argument << 8U | *at++;
    }
  }
  return head;
}

}  // namespace

std::vector<std::uint8_t> write_cbor(json_view value) {
  cbor_writer writer;
  if (tape_access::is_tape(value)) {
    writer.write(tape_access::element(value));
  } else {
    writer.write(value);
  }
  const auto written = std::move(writer).take();
  return {written.begin(), written.end()};  // exactly as large as needed
}

cbor_item read_cbor(const std::uint8_t* at) noexcept {
  const std::uint8_t first = *at;
  const auto head = read_head(at);
  cbor_item item{json_type::null, head.argument, false, head.body, nullptr};
  switch (head.major) {
    case unsigned_major:
      item.type =
          item.argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
              ? json_type::unsigned_integer
              : json_type::integer;
      break;
    case negative_major:
      item.type = json_type::integer;
      item.negative = true;
      break;
    case text_major:
      item.type = json_type::string;
      item.text_begin = reinterpret_cast<const char*>(item.body);
      break;
    case array_major:
      item.type = json_type::array;
      break;
    case map_major:
      item.type = json_type::object;
      break;
    default:
      if (first == double_item) {
        item.type = json_type::real;
      } else if (first == word_item) {
        const auto word = cbor_words[static_cast<std::size_t>(item.argument) - first_word];
        item.type = json_type::string;
        item.text_begin = word.data();
        item.argument = word.size();
      } else if (first != null_item) {
        item.type = json_type::boolean;
        item.argument = first == true_item ? 1 : 0;
      }
  }
  return item;
}

const std::uint8_t* skip_cbor(const std::uint8_t* at) noexcept {
  // Items that are still to be passed over, this one first; a container adds what it holds.
  for (std::uint64_t left = 1; left > 0; --left) {
    const auto head = read_head(at);
    at = head.body;
    if (head.major == text_major) {
      at += head.argument;
    } else if (head.major == array_major) {
      left += head.argument;
    } else if (head.major == map_major) {
      left += 2 * head.argument;
    }
  }
  return at;
}

}  // namespace btc::k8s
