#pragma once

#include "test/node/container_process.hpp"
#include "test/node/node_context.hpp"
#include "test/node/pod_machine.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace btc::node {

struct pod_places;

/// The effects of one pod: does what its machine commands, and writes what its state says.
class pod_worker : public std::enable_shared_from_this<pod_worker> {
 public:
  /// Does nothing before start(). `done` runs once nothing of the pod is left on this machine and
  /// its object is deleted.
  pod_worker(node_context& context, pod_spec spec, int restarts, std::function<void()> done);

  void start();
  void on_deletion(std::chrono::seconds grace) { feed(deletion{grace}); }
  void on_object_gone();
  /// The node ends: as on_object_gone, but within `grace`. The object stays.
  void shut_down(std::chrono::seconds grace);

  [[nodiscard]] const pod_spec& spec() const noexcept { return machine_.spec(); }
  /// Started, and something of it may be left on this machine.
  [[nodiscard]] bool active() const noexcept { return started_ && !torn_down_; }
  [[nodiscard]] bool finished() const noexcept { return torn_down_; }
  [[nodiscard]] bool object_is_gone() const noexcept { return object_gone_; }
  /// The address, while it has one.
  [[nodiscard]] const std::string& ip() const noexcept { return ip_; }

 private:
  void feed(const pod_input& input);
  void arm();
  void perform(const prepare& c);
  void perform(const start_container& c);
  void perform(const send_signal& c);
  void perform(const run_probe& c);
  void perform(const remove_pod& c);

  boost::asio::awaitable<void> prepare_pod();
  /// Its volumes by name. Throws std::runtime_error with what is missing.
  boost::asio::awaitable<void> make_volumes(pod_places& places);
  boost::asio::awaitable<void> make_claim(const std::string& name,
                                          const std::filesystem::path& folder);
  boost::asio::awaitable<void> make_network();
  /// The address that was reserved for it, or the next one.
  [[nodiscard]] boost::asio::awaitable<std::uint32_t> take_address();
  boost::asio::awaitable<void> tear_down();

  void publish();
  boost::asio::awaitable<void> write_status();
  void tell(std::string_view text) const;
  void tell_once(const std::string& text);
  [[nodiscard]] std::filesystem::path folder() const { return context_.names.pod(spec().key); }
  [[nodiscard]] std::string net_namespace() const;

  node_context& context_;
  pod_machine machine_;
  std::function<void()> done_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<container_process> process_{};
  std::optional<std::uint32_t> address_{};
  std::string ip_{};
  nlohmann::json written_{};  ///< the status that the API server has
  std::string trouble_{};     ///< the last preparation's, told
  bool writing_{false};
  bool started_{false};
  bool torn_down_{false};
  bool object_gone_{false};
  bool keep_object_{false};
};

}  // namespace btc::node
