#pragma once

#include <string>

namespace btc::test {

/// A certificate and its key, both PEM.
struct issued {
  std::string certificate{};
  std::string key{};
};

/// What a certificate is to say.
struct certificate_wish {
  std::string common_name{"server"};
  std::string organization{};
  /// subjectAltName as OpenSSL spells it; empty: none.
  std::string names{"DNS:localhost,IP:127.0.0.1"};
  long begins_in_seconds{-3'600};
  long ends_in_seconds{3'600};
};

/// A certificate authority that lives as long as a test. Keys are P-256; making one takes less than
/// a millisecond.
class test_authority {
 public:
  test_authority();
  /// One below `above`, as a company's root signs that of a cluster.
  explicit test_authority(const test_authority* above);

  [[nodiscard]] const std::string& certificate() const noexcept { return self_.certificate; }
  [[nodiscard]] issued issue(const certificate_wish& wish = {}) const;

 private:
  issued self_{};
};

}  // namespace btc::test
