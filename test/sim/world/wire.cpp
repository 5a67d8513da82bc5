#include "test/sim/world/wire.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::chrono::seconds bookmark_interval{60};

/// The controller's end of a stream.
class client_stream final : public k8s::watch_stream {
 public:
  explicit client_stream(std::shared_ptr<wire_stream> at) : at_(std::move(at)) {}
  ~client_stream() override {
    at_->closed = true;
    at_->reader = nullptr;
  }
  void read(batch_handler done) override { at_->reader = std::move(done); }

 private:
  std::shared_ptr<wire_stream> at_;
};

class wire_transport final : public k8s::transport {
 public:
  wire_transport(wire& w, process_id process) : wire_(w), process_(process) {}

  void send(k8s::request r, std::chrono::milliseconds deadline, response_handler done) override {
    wire_.calls.push_back({wire_.next_id(),
                           process_,
                           std::move(r),
                           wire_.now() + deadline,
                           {},
                           std::move(done),
                           {},
                           false,
                           wire_.cause()});
  }
  void open_watch(k8s::request r,
                  std::chrono::milliseconds open_deadline,
                  std::chrono::milliseconds life_deadline,
                  open_handler done) override {
    wire_.calls.push_back({wire_.next_id(),
                           process_,
                           std::move(r),
                           wire_.now() + open_deadline,
                           life_deadline,
                           {},
                           std::move(done),
                           true,
                           wire_.cause()});
  }

 private:
  wire& wire_;
  process_id process_;
};

[[nodiscard]] bool expire_stream(wire_stream& s, time_point now) {
  if (s.closed || s.ended) {
    return false;
  }
  if (s.client_end <= now) {
    s.ended = true;
    s.silent = false;
    s.error = timed_out();
    return true;
  }
  if (!s.silent && s.server_end <= now) {
    s.ended = true;
    return true;
  }
  if (s.bookmark_due <= now) {
    s.bookmark_due = now + bookmark_interval;
    auto mark = s.silent ? nullptr : s.cursor->bookmark();
    if (mark != nullptr) {
      s.extra.push_back({{}, std::move(mark)});
      return true;
    }
  }
  return false;
}

}  // namespace

bool wire_stream::ready() {
  if (reader == nullptr || silent) {
    return false;
  }
  return ended || !extra.empty() || oversized > 0 || cursor->ready() || cursor->ended();
}

std::unique_ptr<k8s::transport> wire::connect(process_id process) {
  return std::make_unique<wire_transport>(*this, process);
}

std::optional<time_point> wire::next_due() const {
  std::optional<time_point> first;
  const auto consider = [&](time_point t) {
    if (!first || t < *first) {
      first = t;
    }
  };
  for (const auto& c : calls) {
    if (c.done != nullptr || c.opened != nullptr) {
      consider(c.deadline);
    }
  }
  for (const auto& a : answers) {
    consider(a.deadline);
  }
  for (const auto& c : unanswered) {
    consider(c.deadline);
  }
  for (const auto& s : streams) {
    if (!s->closed && !s->ended) {
      consider(std::min(s->client_end, s->bookmark_due));
      if (!s->silent) {
        consider(s->server_end);
      }
    }
  }
  return first;
}

bool wire::expire() {
  bool told = false;
  const auto now = now_();
  for (auto& c : calls) {
    if (c.deadline <= now && (c.done != nullptr || c.opened != nullptr)) {
      break_off(c, timed_out());
      c.done = nullptr;
      c.opened = nullptr;
      told = true;
    }
  }
  for (auto& a : answers) {
    if (a.deadline <= now) {
      a.what = timed_out();
      a.stream.reset();
      deliver(a);
      told = true;
    }
  }
  std::erase_if(answers, [&](const auto& a) { return a.deadline <= now; });
  for (const auto& c : unanswered) {
    if (c.deadline <= now) {
      break_off(c, timed_out());
      told = true;
    }
  }
  std::erase_if(unanswered, [&](const auto& c) { return c.deadline <= now; });
  // A read that nobody waits for changes nothing at the server.
  std::erase_if(calls, [](const auto& c) {
    return c.done == nullptr && c.opened == nullptr && c.request.method == k8s::method::get;
  });
  for (const auto& s : streams) {
    told |= expire_stream(*s, now);
  }
  return told;
}

void wire::break_off(const waiting_call& call, const k8s::api_error& why) {
  if (call.done != nullptr) {
    call.done(why);
  } else if (call.opened != nullptr) {
    call.opened(why, nullptr);
  }
}

void wire::deliver(waiting_answer& answer) {
  if (answer.done != nullptr) {
    answer.done(std::move(answer.what));
  } else if (answer.opened != nullptr) {
    auto stream =
        answer.stream == nullptr ? nullptr : std::make_unique<client_stream>(answer.stream);
    answer.opened(std::move(answer.what), std::move(stream));
  }
}

void wire::pump(wire_stream& stream, std::size_t events_max) {
  k8s::stream_batch batch;
  while (batch.lines.size() < events_max && !stream.extra.empty()) {
    batch.lines.push_back(std::move(stream.extra.front()));
    stream.extra.pop_front();
  }
  while (batch.lines.size() < events_max && !stream.ended && stream.cursor->ready()) {
    batch.lines.push_back({{}, stream.cursor->next()});
  }
  batch.oversized_lines = std::exchange(stream.oversized, 0);
  stream.events_given += batch.lines.size();
  if (stream.cursor->ended()) {
    stream.ended = true;
  }
  if (stream.ended && stream.extra.empty()) {
    batch.ended = true;
    batch.truncated = stream.truncated;
    batch.error = stream.error;
    stream.closed = true;
  }
  std::exchange(stream.reader, nullptr)(std::move(batch));
}

void wire::forget(process_id process) {
  std::erase_if(answers, [&](const auto& a) { return a.process == process; });
  std::erase_if(unanswered, [&](const auto& c) { return c.process == process; });
  std::erase_if(calls, [&](const auto& c) {
    return c.process == process && c.request.method == k8s::method::get;
  });
  for (auto& c : calls) {
    if (c.process == process) {
      c.process = 0;
      c.done = nullptr;
      c.opened = nullptr;
    }
  }
  for (const auto& s : streams) {
    if (s->process == process) {
      s->closed = true;
      s->reader = nullptr;
    }
  }
  sweep();
}

void wire::sweep() {
  std::erase_if(streams, [](const auto& s) { return s->closed; });
}

std::string call_site(const k8s::request& r) {
  std::string text = r.verb + ' ' + std::string{k8s::info(r.resource).name};
  return r.target.find("/status") == std::string::npos ? text : text + "/status";
}

k8s::api_error connection_lost() {
  return {0, std::string{k8s::reason_connection_lost}, "the connection was reset"};
}

k8s::api_error unreachable() {
  return {0, std::string{k8s::reason_unreachable}, "connection refused"};
}

k8s::api_error timed_out() {
  return {0, std::string{k8s::reason_timeout}, "no answer in time"};
}

}  // namespace btc::sim
