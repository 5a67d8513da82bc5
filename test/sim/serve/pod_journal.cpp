#include "test/sim/serve/pod_journal.hpp"

#include <utility>

namespace btc::sim {

namespace {

using std::chrono::sys_seconds;

constexpr std::size_t lines_max = 2000;  // a container; a kubelet rotates at 10 MiB

void add_start(journal_lines& lines, const node_facts& facts) {
  const auto at = facts.started;
  lines.add(at, "Bitcoin Core version v30.2.0 (simulated)");
  lines.add(at, "Using data directory /data/" + facts.chain);
  lines.add(at, "Config file: /etc/bitcoin/bitcoin.conf");
  lines.add(at, "Command-line arg: printtoconsole=\"1\"");
  lines.add(at, "Opening LevelDB in /data/" + facts.chain + "/blocks/index");
  lines.add(
      at,
      "Loaded best chain: hashBestChain=" + facts.tip + " height=" + std::to_string(facts.height));
  lines.add(at, "Binding RPC on address 0.0.0.0");
  lines.add(at, "init message: Done loading");
}

void add_changes(journal_lines& lines,
                 const node_facts& before,
                 const node_facts& now,
                 sys_seconds at) {
  if (before.tip != now.tip) {
    lines.add(at,
              "UpdateTip: new best=" + now.tip + " height=" + std::to_string(now.height)
                  + " version=0x20000000 tx=" + std::to_string(now.height + 1)
                  + " progress=1.000000");
  }
  if (before.connections != now.connections) {
    lines.add(at,
              now.connections > before.connections ? "New v2 peer connected"
                                                   : "disconnecting peer: socket closed");
    lines.add(at, "connections: " + std::to_string(now.connections));
  }
}

}  // namespace

void journal_lines::add(sys_seconds at, std::string text) {
  if (lines_.size() >= lines_max) {
    lines_.pop_front();
    ++first_;
  }
  lines_.push_back({at, std::move(text)});
}

void pod_journal::observe(const std::string& uid, const node_facts& facts, sys_seconds now) {
  auto& r = records_[uid];
  if (r.run == 0 || r.facts.started != facts.started || !r.running) {
    if (r.run > 0) {
      r.previous = std::move(r.current);
    }
    ++r.run;
    r.current = {};
    r.running = true;
    r.facts = facts;
    r.facts.connections = 0;
    add_start(r.current, facts);
  }
  add_changes(r.current, r.facts, facts, now);
  r.facts = facts;
}

void pod_journal::running_are(const std::set<std::string>& uids, sys_seconds now) {
  for (auto& [uid, r] : records_) {
    if (r.running && !uids.contains(uid)) {
      r.running = false;
      r.current.add(now, "Shutdown: done");
    }
  }
}

void pod_journal::keep_only(const std::set<std::string>& uids) {
  std::erase_if(records_, [&uids](const auto& entry) { return !uids.contains(entry.first); });
}

const pod_journal::record* pod_journal::find(std::string_view uid) const {
  const auto found = records_.find(uid);
  return found == records_.end() ? nullptr : &found->second;
}

}  // namespace btc::sim
