#include "actors/reconcile/configuration_mark.hpp"

#include <algorithm>
#include <charconv>

namespace btc::reconcile {

configuration_mark parse_mark(std::string_view text) {
  const auto dash = text.find('-');
  configuration_mark mark{std::string{text.substr(0, dash)}, 0};
  if (dash != std::string_view::npos) {
    const auto digits = text.substr(dash + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), mark.edition);
  }
  return mark;
}

std::string to_string(const configuration_mark& mark) {
  return mark.edition == 0 ? mark.digest : mark.digest + '-' + std::to_string(mark.edition);
}

std::string wanted_mark(const seen_configuration& seen, std::string_view digest) {
  const auto pods = parse_mark(seen.pods);
  const auto conf = parse_mark(seen.conf);
  const bool other_file = seen.file && *seen.file != digest;
  if (!other_file && conf.digest == digest) {
    return to_string(conf);
  }
  if (!other_file && pods.digest == digest) {
    return to_string(pods);
  }
  const bool first = seen.pods.empty() && seen.conf.empty();
  return to_string({std::string{digest}, first ? 0 : std::max(pods.edition, conf.edition) + 1});
}

}  // namespace btc::reconcile
