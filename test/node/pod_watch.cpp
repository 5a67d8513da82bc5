#include "test/node/pod_watch.hpp"

#include "k8s/decode.hpp"

#include <boost/asio/steady_timer.hpp>

#include <random>

namespace btc::node {

namespace {

using json = nlohmann::json;

constexpr std::chrono::seconds request_deadline{30};

[[nodiscard]] json parse(const k8s::payload& p) {
  return p.document != nullptr ? *p.document : json::parse(p.text, nullptr, false);
}

[[nodiscard]] std::string version_of(const json& object) {
  return object.value("/metadata/resourceVersion"_json_pointer, "");
}

[[nodiscard]] k8s::watch_machine::random_source random_source() {
  return [engine = std::mt19937{std::random_device{}()}]() mutable {
    return std::uniform_real_distribution<>{}(engine);
  };
}

}  // namespace

pod_watch::pod_watch(boost::asio::io_context& context,
                     k8s::transport& transport,
                     k8s::scope scope,
                     handlers to)
    : context_(context),
      transport_(transport),
      scope_(std::move(scope)),
      to_(std::move(to)),
      machine_({}, random_source()) {}

void pod_watch::stop() {
  stopped_ = true;
  ++awaited_;
  stream_.reset();
}

void pod_watch::step(const k8s::watch_input& input) {
  for (const auto& command : machine_.step(input, std::chrono::steady_clock::now())) {
    std::visit([this](const auto& c) { perform(c); }, command);
  }
}

void pod_watch::perform(const k8s::send_list& c) {
  transport_.send(
      k8s::list_request(k8s::kind::pod, scope_, {c.limit, c.resource_version, c.continue_token}),
      request_deadline,
      [me = shared_from_this(), id = ++awaited_](auto answer) {
        if (id == me->awaited_) {
          me->on_page(k8s::expect_success(std::move(answer)));
        }
      });
}

void pod_watch::on_page(const k8s::result<k8s::payload>& page) {
  if (!page) {
    step(k8s::request_failed{page.error()});
    return;
  }
  auto list = parse(page.value());
  if (!list.is_object() || !list.contains("metadata")) {
    step(k8s::request_failed{{0, std::string{k8s::reason_malformed}, "the answer is no list"}});
    return;
  }
  if (list.contains("items") && list["items"].is_array()) {
    for (auto& item : list["items"]) {
      collected_.push_back(std::move(item));
    }
  }
  step(k8s::page_arrived{version_of(list), list["metadata"].value("continue", "")});
}

void pod_watch::perform(const k8s::open_watch& c) {
  stream_.reset();
  transport_.open_watch(
      k8s::watch_request(
          k8s::kind::pod, scope_, {c.resource_version, c.timeout, c.send_initial_events}),
      request_deadline,
      c.timeout + k8s::watch_limits{}.client_grace,
      [me = shared_from_this(), id = ++awaited_](auto head, auto stream) {
        if (id == me->awaited_) {
          me->on_head(std::move(head), std::move(stream));
        }
      });
}

void pod_watch::on_head(k8s::result<k8s::response> head,
                        std::unique_ptr<k8s::watch_stream> stream) {
  if (head && stream != nullptr) {
    stream_ = std::move(stream);
    step(k8s::watch_opened{});
    read_more();
    return;
  }
  const auto body = k8s::expect_success(std::move(head));
  step(k8s::request_failed{body ? k8s::api_error{0, std::string{k8s::reason_malformed}, "no stream"}
                                : body.error()});
}

void pod_watch::read_more() {
  if (stream_ != nullptr) {
    stream_->read([me = shared_from_this(), id = awaited_](const auto& batch) {
      if (id == me->awaited_ && me->stream_ != nullptr) {
        me->on_batch(batch);
      }
    });
  }
}

void pod_watch::on_batch(const k8s::stream_batch& batch) {
  for (const auto& line : batch.lines) {
    if (stream_ == nullptr) {
      return;  // a line ended this stream
    }
    on_line(line);
  }
  if (stream_ != nullptr && batch.ended) {
    stream_.reset();
    step(k8s::stream_ended{batch.error.value_or(k8s::api_error{})});
  } else {
    read_more();
  }
}

void pod_watch::on_line(const k8s::payload& line) {
  auto event = parse(line);
  const auto type = event.is_object() ? event.value("type", "") : std::string{};
  if (type.empty() || !event.contains("object")) {
    return;
  }
  current_ = std::move(event["object"]);
  deleted_ = type == "DELETED";
  if (type == "BOOKMARK") {
    const auto mark = json::json_pointer{"/metadata/annotations/k8s.io~1initial-events-end"};
    step(k8s::bookmark_arrived{version_of(current_), current_.value(mark, "") == "true"});
  } else if (type == "ERROR") {
    step(k8s::error_event_arrived{k8s::decode_status(current_, 0)});
  } else {
    step(k8s::event_arrived{version_of(current_)});
  }
}

void pod_watch::perform(const k8s::close_stream& /*c*/) {
  stream_.reset();
  ++awaited_;
}

void pod_watch::perform(const k8s::start_timer& c) {
  auto timer = std::make_shared<boost::asio::steady_timer>(context_, c.delay);
  timer->async_wait([me = shared_from_this(), timer, generation = c.generation](auto) {
    if (!me->stopped_) {
      me->step(k8s::timer_fired{generation});
    }
  });
}

void pod_watch::perform(const k8s::discard_collected& /*c*/) {
  collected_.clear();
}

void pod_watch::perform(const k8s::deliver_replace& /*c*/) {
  to_.replaced(std::exchange(collected_, {}));
}

void pod_watch::perform(const k8s::deliver_event& c) {
  if (!c.initial) {
    to_.changed(std::move(current_), deleted_);
    return;
  }
  std::erase_if(collected_, [this](const json& o) {
    return o["metadata"]["uid"] == current_["metadata"]["uid"];
  });
  if (!deleted_) {
    collected_.push_back(std::move(current_));
  }
}

}  // namespace btc::node
