#include "test/sim/world/controller_request.hpp"

namespace btc::sim {

api_request to_api(const k8s::request& r) {
  api_request out;
  out.method = r.method;
  out.target = r.target;
  out.content_type = r.content_type;
  out.body = r.body;
  out.who = controller_account();
  out.agent = k8s::field_manager;
  return out;
}

}  // namespace btc::sim
