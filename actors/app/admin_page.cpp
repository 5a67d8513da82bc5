#include "actors/app/admin_page.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace btc::app {

namespace {

/// 'sha256-…' of CSP.
std::string hash_source(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
  // Base64 makes 4 bytes of 3 and ends with a NUL.
  std::array<unsigned char, 4 * (EVP_MAX_MD_SIZE / 3 + 1) + 1> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
  return "'sha256-" + std::string(encoded.begin(), encoded.begin() + size) + '\'';
}

}  // namespace

admin_page::admin_page() {
  html_.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
      .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
      .append("<title>bitcoin-controller</title>\n")
      .append("<link rel=\"icon\" href=\"data:,\">\n<style>")
      .append(admin_page_style())
      .append("</style>\n</head>\n<body>")
      .append(admin_page_body())
      .append("<script>")
      .append(admin_page_script())
      .append("</script>\n</body>\n</html>\n");
  policy_ = "default-src 'none'; style-src " + hash_source(admin_page_style()) + "; script-src "
            + hash_source(admin_page_script())
            + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
              "frame-ancestors 'none'";
}

}  // namespace btc::app
