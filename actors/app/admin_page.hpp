#pragma once

#include <string>
#include <string_view>

namespace btc::app {

/// The page for people at "/": one HTML document that needs nothing from elsewhere and shows
/// /status live. Made once; immutable.
///
/// Everything from /status enters the page as text, never as markup. Should that ever fail, the
/// policy still runs no script but the page's own, which it names by hash, and sends nothing
/// anywhere but to this server.
class admin_page {
 public:
  admin_page();

  [[nodiscard]] const std::string& html() const noexcept { return html_; }
  /// Value of the header Content-Security-Policy.
  [[nodiscard]] const std::string& policy() const noexcept { return policy_; }

 private:
  std::string html_{};
  std::string policy_{};
};

// The parts, each in a source file of its own.
[[nodiscard]] std::string_view admin_page_style() noexcept;
[[nodiscard]] std::string_view admin_page_body() noexcept;
[[nodiscard]] std::string_view admin_page_script() noexcept;

}  // namespace btc::app
