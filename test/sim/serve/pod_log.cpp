#include "test/sim/serve/pod_log.hpp"

#include "test/sim/cluster/target.hpp"
#include "test/sim/serve/timestamps.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace btc::sim {

namespace {

/// bitcoind stamps its lines itself; `timestamps` puts those of the kubelet before them.
[[nodiscard]] std::string text_of(const journal_lines::line& line, bool timestamps) {
  const auto stamp = format_timestamp(line.at) + ' ';
  return (timestamps ? stamp : std::string{}) + stamp + line.text + '\n';
}

/// Number of the first line that was asked for.
[[nodiscard]] std::uint64_t first_of(const journal_lines& lines, const log_options& o) {
  auto first = lines.first();
  if (o.tail_lines && *o.tail_lines < lines.end() - first) {
    first = lines.end() - *o.tail_lines;
  }
  while (o.since && first < lines.end() && lines.at(first).at < *o.since) {
    ++first;
  }
  return first;
}

/// Nothing when it is absent; false when it is no number, or below `min`.
[[nodiscard]] bool read_number(const target& where,
                               std::string_view name,
                               std::uint64_t min,
                               std::optional<std::uint64_t>& value) {
  if (!where.has(name)) {
    return true;
  }
  const auto text = where.parameter(name);
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  value = number;
  return ec == std::errc{} && end == text.data() + text.size() && number >= min;
}

[[nodiscard]] std::string wrong(const target& where, const char* name, const char* right) {
  return std::string{name} + " is \"" + std::string{where.parameter(name)} + "\"; give " + right;
}

class log_follower final : public event_source {
 public:
  log_follower(const pod_journal& journal, std::string uid, const log_options& o)
      : journal_(journal), uid_(std::move(uid)), options_(o) {
    if (const auto* r = journal_.find(uid_)) {
      run_ = r->run;
      next_ = first_of(r->current, options_);
    }
  }

  std::optional<std::string> next(time_point) override {
    const auto* r = record();
    if (r == nullptr || next_ >= r->current.end()) {
      return std::nullopt;
    }
    next_ = std::max(next_, r->current.first());
    return text_of(r->current.at(next_++), options_.timestamps);
  }

  [[nodiscard]] bool ended(time_point) const override {
    const auto* r = record();
    return r == nullptr || (!r->running && next_ >= r->current.end());
  }

 private:
  /// nullptr when the pod has gone, or the container has been started again.
  [[nodiscard]] const pod_journal::record* record() const {
    const auto* r = journal_.find(uid_);
    return r != nullptr && r->run == run_ ? r : nullptr;
  }

  const pod_journal& journal_;
  std::string uid_;
  log_options options_;
  std::uint64_t run_{0};
  std::uint64_t next_{0};
};

}  // namespace

std::variant<log_options, std::string> parse_log_options(const target& where,
                                                         std::chrono::sys_seconds now) {
  log_options o;
  o.container = std::string{where.parameter("container")};
  o.follow = where.flag("follow");
  o.previous = where.flag("previous");
  o.timestamps = where.flag("timestamps");
  if (!read_number(where, "tailLines", 0, o.tail_lines)) {
    return wrong(where, "tailLines", "a number of lines");
  }
  if (!read_number(where, "limitBytes", 1, o.limit_bytes)) {
    return wrong(where, "limitBytes", "a number of bytes from 1 up");
  }
  std::optional<std::uint64_t> since_seconds;
  if (!read_number(where, "sinceSeconds", 1, since_seconds)) {
    return wrong(where, "sinceSeconds", "a number of seconds from 1 up");
  }
  if (since_seconds) {
    constexpr std::uint64_t century = 100ULL * 366 * 86'400;
    o.since = now - std::chrono::seconds{std::min(*since_seconds, century)};
  }
  if (where.has("sinceTime")) {
    o.since = parse_timestamp(where.parameter("sinceTime"));
    if (!o.since) {
      return wrong(where, "sinceTime", "a time such as 2026-01-02T03:04:05Z");
    }
  }
  return o;
}

std::string log_text(const journal_lines& lines, const log_options& o) {
  std::string text;
  for (auto number = first_of(lines, o); number < lines.end(); ++number) {
    text += text_of(lines.at(number), o.timestamps);
    if (o.limit_bytes && text.size() >= *o.limit_bytes) {
      text.resize(*o.limit_bytes);
      break;
    }
  }
  return text;
}

std::unique_ptr<event_source> follow_log(const pod_journal& journal,
                                         std::string uid,
                                         const log_options& o) {
  return std::make_unique<log_follower>(journal, std::move(uid), o);
}

}  // namespace btc::sim
