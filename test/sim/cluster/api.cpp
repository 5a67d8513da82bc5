#include "test/sim/cluster/api.hpp"

namespace btc::sim {

caller administrator() {
  return {"kubernetes-admin", {"system:masters", "system:authenticated"}};
}

caller controller_account() {
  return {"system:serviceaccount:bitcoin-controller:bitcoin-controller-sva",
          {"system:serviceaccounts",
           "system:serviceaccounts:bitcoin-controller",
           "system:authenticated"}};
}

}  // namespace btc::sim
