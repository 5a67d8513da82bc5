#pragma once

#include <boost/asio/steady_timer.hpp>
#include <caf/detail/simple_actor_clock.hpp>

namespace btc::app {

/// The actors' clock on an Asio event loop: one steady_timer waits for whatever is due first. CAF's
/// own clock keeps a thread for this.
///
/// Only for the thread that runs the loop, or for any thread once the loop has ended. The loop
/// outlives this object.
class event_loop_clock final : public caf::detail::simple_actor_clock {
 public:
  using super = caf::detail::simple_actor_clock;

  explicit event_loop_clock(boost::asio::io_context& loop);

  void set_ordinary_timeout(time_point t,
                            caf::abstract_actor* self,
                            caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point t,
                         caf::abstract_actor* self,
                         caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void schedule_message(time_point t,
                        caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t,
                        caf::group target,
                        caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

 private:
  /// Waits for the first timer, if that is due before what is waited for already. A timer that was
  /// cancelled costs one wake-up for nothing.
  void arm();

  boost::asio::steady_timer timer_;
  time_point armed_{time_point::max()};
};

}  // namespace btc::app
