#include "actors/app/event_loop_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <utility>

namespace btc::app {

event_loop_clock::event_loop_clock(boost::asio::io_context& loop) : timer_(loop) {}

void event_loop_clock::set_ordinary_timeout(time_point t,
                                            caf::abstract_actor* self,
                                            caf::atom_value type,
                                            std::uint64_t id) {
  super::set_ordinary_timeout(t, self, type, id);
  arm();
}

void event_loop_clock::set_multi_timeout(time_point t,
                                         caf::abstract_actor* self,
                                         caf::atom_value type,
                                         std::uint64_t id) {
  super::set_multi_timeout(t, self, type, id);
  arm();
}

void event_loop_clock::set_request_timeout(time_point t,
                                           caf::abstract_actor* self,
                                           caf::message_id id) {
  super::set_request_timeout(t, self, id);
  arm();
}

void event_loop_clock::schedule_message(time_point t,
                                        caf::strong_actor_ptr receiver,
                                        caf::mailbox_element_ptr content) {
  super::schedule_message(t, std::move(receiver), std::move(content));
  arm();
}

void event_loop_clock::schedule_message(time_point t,
                                        caf::group target,
                                        caf::strong_actor_ptr sender,
                                        caf::message content) {
  super::schedule_message(t, std::move(target), std::move(sender), std::move(content));
  arm();
}

void event_loop_clock::cancel_all() {
  super::cancel_all();
  armed_ = time_point::max();
  timer_.cancel();
}

void event_loop_clock::arm() {
  if (schedule_.empty() || schedule_.begin()->first >= armed_) {
    return;
  }
  armed_ = schedule_.begin()->first;
  timer_.expires_at(armed_);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) {
      armed_ = time_point::max();
      trigger_expired_timeouts();
      arm();
    }
  });
}

}  // namespace btc::app
