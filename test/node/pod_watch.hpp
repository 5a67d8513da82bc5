#pragma once

#include "k8s/transport.hpp"
#include "k8s/watch_machine.hpp"

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace btc::node {

/// Follows the pods that the controller's StatefulSets make, as whole documents, with the
/// controller's own protocol machine. Everything runs on the context's one thread.
class pod_watch : public std::enable_shared_from_this<pod_watch> {
 public:
  struct handlers {
    std::function<void(std::vector<nlohmann::json>)> replaced{};  ///< all pods that there are
    std::function<void(nlohmann::json, bool deleted)> changed{};
  };

  pod_watch(boost::asio::io_context& context,
            k8s::transport& transport,
            k8s::scope scope,
            handlers to);

  void start() { step(k8s::watch_started{}); }
  /// No handler runs after this.
  void stop();

 private:
  void step(const k8s::watch_input& input);
  void perform(const k8s::send_list& c);
  void perform(const k8s::open_watch& c);
  void perform(const k8s::close_stream& c);
  void perform(const k8s::start_timer& c);
  void perform(const k8s::discard_collected& c);
  void perform(const k8s::deliver_replace& c);
  void perform(const k8s::deliver_event& c);

  void on_page(const k8s::result<k8s::payload>& page);
  void on_head(k8s::result<k8s::response> head, std::unique_ptr<k8s::watch_stream> stream);
  void on_batch(const k8s::stream_batch& batch);
  void on_line(const k8s::payload& line);
  void read_more();

  boost::asio::io_context& context_;
  k8s::transport& transport_;
  k8s::scope scope_;
  handlers to_;
  k8s::watch_machine machine_;
  std::unique_ptr<k8s::watch_stream> stream_{};
  std::uint64_t awaited_{0};  ///< id of the request or stream whose answers count
  std::vector<nlohmann::json> collected_{};
  nlohmann::json current_{};  ///< the event in progress
  bool deleted_{false};
  bool stopped_{false};
};

}  // namespace btc::node
