#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace btc::reconcile {

/// What `configuration_annotation` says, on Secret `<name>-conf` and on the pods: which
/// bitcoin.conf, and how many others there were before it. A pod may be made for one file and start
/// with the next, which is gone again when anybody looks; so a file that comes back is another
/// edition, and replaces such a pod too. Text: the digest, and "-<edition>" after the first.
struct configuration_mark {
  std::string digest{};  ///< file_digest()
  std::uint64_t edition{0};
};

/// What is no number counts as the first edition: nothing that somebody else wrote is passed on.
[[nodiscard]] configuration_mark parse_mark(std::string_view text);
[[nodiscard]] std::string to_string(const configuration_mark& mark);

/// Where a mark is, and the file that it should stand for.
struct seen_configuration {
  std::string pods{};                 ///< mark on the network's own StatefulSet; empty without one
  std::string conf{};                 ///< mark on the Secret; empty while it was not seen
  std::optional<std::string> file{};  ///< digest of the file in it; nothing while it was not seen
};

/// The mark that the Secret and the pods should carry when the file with this digest is wanted:
/// the one that is there for it, or the next edition. The same in every process that sees the same.
[[nodiscard]] std::string wanted_mark(const seen_configuration& seen, std::string_view digest);

}  // namespace btc::reconcile
