#include "k8s/io/header_escape.hpp"

namespace btc::k8s::io {

std::string header_escape(std::string_view key) {
  constexpr std::string_view marks = "!#$&'*+-.^_`|~";  // RFC 9110, section 5.6.2, without %
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                       || marks.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out.append({'%', digits[byte >> 4U], digits[byte & 0xFU]});
    }
  }
  return out;
}

}  // namespace btc::k8s::io
