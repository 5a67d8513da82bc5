#include "test/sim/serve/pod_log.hpp"

#include "test/sim/serve/timestamps.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace btc::sim {

namespace {

class log_text {
 public:
  explicit log_text(std::chrono::sys_seconds from) : at_(from) {}

  void line(const std::string& words) { text_ += format_timestamp(at_) + ' ' + words + '\n'; }
  void pass(std::chrono::seconds time) { at_ += time; }
  void go_to(std::chrono::sys_seconds time) { at_ = std::max(at_, time); }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::chrono::sys_seconds at_;
  std::string text_{};
};

/// Looks like a hash and is the same each time.
[[nodiscard]] std::string block_hash(const std::string& chain, std::int64_t height) {
  std::string text;
  for (int part = 0; text.size() < 64; ++part) {
    auto value =
        std::hash<std::string>{}(chain + std::to_string(height) + ':' + std::to_string(part));
    for (int digit = 0; digit < 16; ++digit, value >>= 4U) {
      text += "0123456789abcdef"[value & 15U];
    }
  }
  return text;
}

constexpr std::int64_t blocks_shown = 5;

}  // namespace

std::string simulated_log(const node_facts& facts, std::chrono::sys_seconds now) {
  log_text log(facts.started_at);
  log.line("Bitcoin Core version v30.2.0 (simulated)");
  log.line("Using data directory /data/" + facts.chain);
  log.line("Config file: /etc/bitcoin/bitcoin.conf");
  log.line("Command-line arg: printtoconsole=\"1\"");
  log.pass(std::chrono::seconds{1});
  log.line("Opening LevelDB in /data/" + facts.chain + "/blocks/index");
  log.line("Loaded best chain: hashBestChain=" + block_hash(facts.chain, 0) + " height=0");
  log.line("Binding RPC on address 0.0.0.0");
  log.line("init message: Done loading");
  log.go_to(now);
  for (auto height = std::max<std::int64_t>(1, facts.height - blocks_shown + 1);
       height <= facts.height;
       ++height) {
    log.line("UpdateTip: new best=" + block_hash(facts.chain, height)
             + " height=" + std::to_string(height)
             + " version=0x20000000 tx=" + std::to_string(height + 1) + " progress=1.000000");
  }
  log.line("connections: " + std::to_string(facts.connections));
  return log.take();
}

}  // namespace btc::sim
