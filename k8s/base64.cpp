#include "k8s/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>

namespace btc::k8s {

namespace {

/// EVP_DecodeBlock takes padding anywhere and drops some foreign bytes at the end.
[[nodiscard]] bool is_base64(std::string_view text) {
  const auto digits = std::min(text.find('='), text.size());
  return text.size() % 4 == 0 && text.size() - digits <= 2
         && text.find_first_not_of('=', digits) == std::string_view::npos
         && std::all_of(
             text.begin(), text.begin() + static_cast<std::ptrdiff_t>(digits), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/';
             });
}

/// `text` without its white space; in `storage` only where there is some, because the text may be a
/// secret and a copy would stay behind in freed memory.
[[nodiscard]] std::string_view without_space(std::string_view text, std::string& storage) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  if (std::none_of(text.begin(), text.end(), is_space)) {
    return text;
  }
  std::remove_copy_if(text.begin(), text.end(), std::back_inserter(storage), is_space);
  return storage;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string storage;
  const auto compact = without_space(text, storage);
  if (!is_base64(compact)) {
    return std::nullopt;
  }
  std::string out(compact.size() / 4 * 3 + 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(compact.data()),
                                     static_cast<int>(compact.size()));
  if (length < 0) {
    return std::nullopt;
  }
  // EVP_DecodeBlock counts padding as bytes.
  const auto padding = compact.ends_with("==") ? 2 : compact.ends_with('=') ? 1 : 0;
  out.resize(static_cast<std::size_t>(length - padding));
  return out;
}

std::string encode_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

}  // namespace btc::k8s
