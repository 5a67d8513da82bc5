#include "k8s/watch_machine.hpp"

#include "k8s/meta.hpp"

#include <algorithm>
#include <utility>

namespace btc::k8s {

namespace {

/// "Too large resource version": the server has not come so far, which is a stale cache for a
/// second, or an etcd that was restored from a backup.
[[nodiscard]] bool is_too_large_version(const api_error& error) {
  const auto& causes = error.causes();
  return error.message().find("Too large resource version") != std::string::npos
         || std::any_of(causes.begin(), causes.end(), [](const status_cause& c) {
              return c.reason == "ResourceVersionTooLarge";
            });
}

/// A request that the server understands but will not serve: it does not know WatchList.
[[nodiscard]] bool is_unsupported(const api_error& error) {
  return error.code() == 400 || error.code() == 405 || error.code() == 422;
}

}  // namespace

std::string_view to_string(watch_phase p) noexcept {
  switch (p) {
    case watch_phase::idle:
      return "idle";
    case watch_phase::listing:
      return "listing";
    case watch_phase::streaming_list:
      return "streaming the list";
    case watch_phase::opening:
      return "opening";
    case watch_phase::watching:
      return "watching";
    case watch_phase::waiting:
      return "waiting";
  }
  return "unknown";
}

watch_machine::watch_machine(watch_limits limits, random_source random)
    : limits_(limits), random_(std::move(random)), backoff_(limits.backoff) {}

std::vector<watch_command> watch_machine::step(const watch_input& input, time_point at) {
  now_ = at;
  commands out;
  std::visit([&](const auto& i) { handle(i, out); }, input);
  return out;
}

// -- inputs -----------------------------------------------------------------------------

void watch_machine::handle(const watch_started&, commands& out) {
  if (phase_ == watch_phase::idle) {
    begin_list(out);
  }
}

void watch_machine::handle(const page_arrived& i, commands& out) {
  if (phase_ != watch_phase::listing) {
    return;
  }
  if (!i.continue_token.empty()) {
    continue_ = i.continue_token;
    out.emplace_back(send_list{limits_.page_size, "", continue_});
    return;
  }
  complete(i.resource_version, out);
  begin_watch(out);
}

void watch_machine::handle(const request_failed& i, commands& out) {
  switch (phase_) {
    case watch_phase::listing:
      if (classify(i.error) == error_class::gone && !continue_.empty()) {
        // The token expired between two pages: everything anew, in one piece.
        freshness_ = freshness::most_recent;
        paging_ = false;
        last_error_ = i.error;
        begin_pages(out);
        return;
      }
      break;
    case watch_phase::streaming_list:
      if (is_unsupported(i.error)) {
        streaming_works_ = false;
        last_error_ = i.error;
        begin_pages(out);
        return;
      }
      break;
    case watch_phase::opening:
      break;
    case watch_phase::idle:
    case watch_phase::watching:
    case watch_phase::waiting:
      return;
  }
  recover(i.error, out);
}

void watch_machine::handle(const watch_opened&, commands&) {
  if (phase_ == watch_phase::opening) {
    phase_ = watch_phase::watching;
    last_error_ = {};
  }
  opened_at_ = now_;
  saw_event_ = false;
}

void watch_machine::handle(const event_arrived& i, commands& out) {
  saw_event_ = heard_ = true;
  if (phase_ == watch_phase::streaming_list) {
    out.emplace_back(deliver_event{true});  // unordered: the version stays where it is
  } else if (phase_ == watch_phase::watching) {
    advance(i.resource_version);
    last_error_ = {};
    out.emplace_back(deliver_event{false});
  }
}

void watch_machine::handle(const bookmark_arrived& i, commands& out) {
  saw_event_ = true;
  if (phase_ == watch_phase::streaming_list && i.initial_events_end) {
    ++timer_;  // the deadline no longer counts
    complete(i.resource_version, out);
    phase_ = watch_phase::watching;
  } else if (phase_ == watch_phase::watching) {
    advance(i.resource_version);
    last_error_ = {};
  }
}

void watch_machine::handle(const error_event_arrived& i, commands& out) {
  if (phase_ != watch_phase::streaming_list && phase_ != watch_phase::watching) {
    return;
  }
  out.emplace_back(close_stream{});
  recover(i.error, out);
}

void watch_machine::handle(const stream_ended& i, commands& out) {
  if (phase_ != watch_phase::streaming_list && phase_ != watch_phase::watching) {
    return;
  }
  const bool clean = i.error.code() == 0 && i.error.reason().empty();
  const bool very_short = now_ - opened_at_ < limits_.short_watch && !saw_event_;
  if (phase_ == watch_phase::watching && clean && !very_short) {
    ++restarts_;
    last_error_ = {};
    begin_watch(out);
    return;
  }
  const auto* early =
      phase_ == watch_phase::watching ? "the stream ended at once" : "no end of the initial events";
  recover(clean ? api_error{0, std::string{reason_connection_lost}, early} : i.error, out);
}

void watch_machine::handle(const timer_fired& i, commands& out) {
  if (i.generation != timer_) {
    return;
  }
  if (phase_ == watch_phase::streaming_list && heard_) {
    arm(limits_.initial_events_deadline, out);  // there is much to tell, and it is being told
  } else if (phase_ == watch_phase::streaming_list) {
    // The bookmark that ends the initial events did not come: some proxies drop it.
    streaming_works_ = false;
    ++restarts_;
    last_error_ = {0, std::string{reason_timeout}, "no end of the initial events; listing instead"};
    out.emplace_back(close_stream{});
    begin_pages(out);
  } else if (phase_ == watch_phase::waiting) {
    if (need_list_) {
      begin_list(out);
    } else {
      begin_watch(out);
    }
  }
}

// -- ways to go on ------------------------------------------------------------------------

void watch_machine::begin_list(commands& out) {
  if (!streaming_works_) {
    begin_pages(out);
    return;
  }
  need_list_ = true;
  phase_ = watch_phase::streaming_list;
  out.emplace_back(discard_collected{});
  out.emplace_back(
      open_watch{freshness_ == freshness::most_recent ? "" : version_, random_timeout(), true});
  arm(limits_.initial_events_deadline, out);
}

void watch_machine::begin_pages(commands& out) {
  need_list_ = true;
  ++timer_;
  phase_ = watch_phase::listing;
  continue_.clear();
  // Pages come from etcd; "not older than" is served from the server's cache, which ignores limits.
  const bool recent = freshness_ == freshness::most_recent;
  out.emplace_back(discard_collected{});
  out.emplace_back(
      send_list{recent && paging_ ? limits_.page_size : 0, recent ? "" : version_, ""});
}

void watch_machine::begin_watch(commands& out) {
  need_list_ = false;
  phase_ = watch_phase::opening;
  out.emplace_back(open_watch{version_, random_timeout(), false});
}

void watch_machine::recover(const api_error& error, commands& out) {
  if (classify(error) == error_class::gone) {
    expired(error, out);
    return;
  }
  if (phase_ == watch_phase::streaming_list && gives_up_streaming(error)) {
    streaming_works_ = false;
  }
  if (error.reason() == reason_too_large) {
    freshness_ = freshness::most_recent;  // pages are asked for only then
    paging_ = true;
  }
  if (is_too_large_version(error) && freshness_ == freshness::not_older_than
      && backoff_.refusals() > 0) {
    freshness_ = freshness::most_recent;  // not a lag: the store itself went back
  }
  back_off(error, out);
}

/// client-go falls back to lists on every error but those that say "later". Once may be a server
/// that was just killed.
bool watch_machine::gives_up_streaming(const api_error& error) {
  constexpr int unauthorized = 401;
  constexpr int too_many_requests = 429;
  if (error.is_unreachable() || error.code() == unauthorized || error.code() == too_many_requests
      || is_too_large_version(error)) {
    return false;
  }
  return ++streaming_failures_ >= limits_.streaming_tries;
}

/// A list at the last version first: served from the server's cache, it spares etcd a thousand
/// controllers that all lost their watch at once (client-go reflector, kubernetes PR 86430).
void watch_machine::expired(const api_error& error, commands& out) {
  const bool list_itself = phase_ == watch_phase::listing || phase_ == watch_phase::streaming_list;
  freshness_ = list_itself || version_.empty() ? freshness::most_recent : freshness::not_older_than;
  paging_ = true;
  if (expirations_ >= limits_.expirations_at_once) {
    back_off(error, out);
    need_list_ = true;
    return;
  }
  ++expirations_;
  ++restarts_;
  last_error_ = error;
  begin_list(out);
}

void watch_machine::back_off(const api_error& error, commands& out) {
  last_error_ = error;
  ++restarts_;
  if (phase_ == watch_phase::opening || phase_ == watch_phase::watching) {
    // What a server refuses again and again at this version it may allow at another.
    watch_refusals_ += error.code() == 0 ? 0 : 1;
    need_list_ = watch_refusals_ >= limits_.watch_tries;
  }
  phase_ = watch_phase::waiting;
  arm(backoff_.next(error, random_(), now_), out);
}

void watch_machine::complete(const std::string& version, commands& out) {
  const bool consistent = freshness_ == freshness::most_recent;
  version_ = version;
  last_error_ = {};
  freshness_ = freshness::not_older_than;
  paging_ = true;
  continue_.clear();
  streaming_failures_ = 0;
  watch_refusals_ = 0;
  out.emplace_back(deliver_replace{version, consistent});
}

void watch_machine::advance(const std::string& version) {
  expirations_ = 0;
  watch_refusals_ = 0;
  if (compare_resource_versions(version, version_) > 0) {
    version_ = version;
  }
}

void watch_machine::arm(std::chrono::milliseconds delay, commands& out) {
  heard_ = false;
  out.emplace_back(start_timer{delay, ++timer_});
}

std::chrono::seconds watch_machine::random_timeout() {
  const auto span = (limits_.watch_timeout_max - limits_.watch_timeout_min).count();
  return limits_.watch_timeout_min
         + std::chrono::seconds{
             static_cast<std::int64_t>(random_() * static_cast<double>(span + 1))};
}

}  // namespace btc::k8s
