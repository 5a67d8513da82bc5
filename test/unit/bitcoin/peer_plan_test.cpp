#include "actors/bitcoin/peer_plan.hpp"

#include "test/support/addnode_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace btc::bitcoin {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using strings = std::vector<std::string>;

const neighbour ready_b{"b:1", true, true};
const neighbour waiting_b{"b:1", false, true};

struct plan_case {
  const char* name;
  peer_input input;
  std::vector<rpc_call> calls;
  strings ours;
  std::size_t connected;
};

TEST(EndDoubles, KeepsTheOldestOfEachAddressThatIsOurs) {
  const std::vector<peer_info> peers{{7, "b:1", false},
                                     {3, "b:1", false},
                                     {4, "c:1", false},
                                     {5, "b:1", true},
                                     {6, "x:1", false},
                                     {8, "x:1", false}};

  EXPECT_THAT(end_doubles(peers, {"b:1", "c:1"}), ElementsAre(disconnect_peer(7)));
}

class PeerPlan : public testing::TestWithParam<plan_case> {};

TEST_P(PeerPlan, Is) {
  const auto plan = plan_peers(GetParam().input);
  EXPECT_EQ(plan.calls, GetParam().calls);
  EXPECT_EQ(plan.ours, GetParam().ours);
  EXPECT_EQ(plan.connected, GetParam().connected);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    PeerPlan,
    testing::Values(
        plan_case{"NobodyWanted", {}, {}, {}, 0},
        plan_case{"ReadyOneIsTriedAndThenAdded",
                  {.wanted = {ready_b}},
                  {try_node("b:1"), add_node("b:1")},
                  {"b:1"},
                  0},
        plan_case{
            "OneThatIsNotReadyIsOnlyAdded", {.wanted = {waiting_b}}, {add_node("b:1")}, {"b:1"}, 0},
        plan_case{"ListedAndConnectedIsLeftAlone",
                  {.wanted = {ready_b}, .listed = {{"b:1", true}}, .ours = {"b:1"}},
                  {},
                  {"b:1"},
                  1},
        plan_case{"ListedButUnconnectedIsTried",
                  {.wanted = {ready_b}, .listed = {{"b:1", false}}, .ours = {"b:1"}},
                  {try_node("b:1")},
                  {"b:1"},
                  0},
        plan_case{"ListedUnconnectedAndNotReadyIsWaitedFor",
                  {.wanted = {waiting_b}, .listed = {{"b:1", false}}, .ours = {"b:1"}},
                  {},
                  {"b:1"},
                  0},
        plan_case{"ConnectedThoughNotReadyCounts",
                  {.wanted = {waiting_b}, .listed = {{"b:1", true}}, .ours = {"b:1"}},
                  {},
                  {"b:1"},
                  1},
        plan_case{"OursThatNoLongerBelongsIsRemovedAndDisconnected",
                  {.listed = {{"b:1", true}}, .ours = {"b:1"}},
                  {remove_node("b:1"), disconnect_node("b:1")},
                  {"b:1"},
                  0},
        plan_case{"RemovedAndGoneIsForgotten", {.ours = {"b:1"}}, {}, {}, 0},
        plan_case{"SomebodyElsesEntryIsLeftAlone", {.listed = {{"user:1", true}}}, {}, {}, 0},
        plan_case{"SomebodyElsesEntryThatIsWantedIsNotTakenOver",
                  {.wanted = {ready_b}, .listed = {{"b:1", true}}},
                  {},
                  {},
                  1},
        plan_case{"RestartedBitcoindGetsItsListAnew",
                  {.wanted = {ready_b}, .listed = {}, .ours = {"b:1"}},
                  {try_node("b:1"), add_node("b:1")},
                  {"b:1"},
                  0},
        plan_case{"AnotherSpellingIsAnotherEntry",
                  {.wanted = {ready_b}, .listed = {{"B:1", true}, {"b", true}}},
                  {try_node("b:1"), add_node("b:1")},
                  {"b:1"},
                  0},
        plan_case{"NoAddressYet", {.wanted = {{"", true, true}}}, {}, {}, 0},
        plan_case{"TwiceTheSameIsOnce",
                  {.wanted = {ready_b, ready_b}},
                  {try_node("b:1"), add_node("b:1")},
                  {"b:1"},
                  0},
        plan_case{
            "UnprovenIsNeitherTriedNorAdded", {.wanted = {{"10.0.0.2:1", true, false}}}, {}, {}, 0},
        plan_case{"UnprovenThatIsListedIsNotTried",
                  {.wanted = {{"10.0.0.2:1", true, false}},
                   .listed = {{"10.0.0.2:1", false}},
                   .ours = {"10.0.0.2:1"}},
                  {},
                  {"10.0.0.2:1"},
                  0},
        plan_case{"ForeignIsNotAddedThoughWantedAndProven",
                  {.wanted = {{"10.0.0.2:1", true, true}}, .foreign = {"10.0.0.2:1"}},
                  {},
                  {},
                  0},
        plan_case{"ForeignThatWeAddedIsCut",
                  {.wanted = {{"10.0.0.2:1", true, true}},
                   .listed = {{"10.0.0.2:1", true}},
                   .ours = {"10.0.0.2:1"},
                   .foreign = {"10.0.0.2:1"}},
                  {remove_node("10.0.0.2:1"), disconnect_node("10.0.0.2:1")},
                  {"10.0.0.2:1"},
                  0},
        plan_case{"ForeignThatAUserAddedIsTheUsers",
                  {.listed = {{"10.0.0.2:1", true}}, .foreign = {"10.0.0.2:1"}},
                  {},
                  {},
                  0},
        plan_case{"RemovalsFirstThenAddsThenTries",
                  {.wanted = {ready_b, {"c:1", false, true}, {"d:1", true, true}},
                   .listed = {{"d:1", false}, {"old:1", true}},
                   .ours = {"d:1", "old:1"}},
                  {remove_node("old:1"),
                   disconnect_node("old:1"),
                   add_node("c:1"),
                   try_node("b:1"),
                   add_node("b:1"),
                   try_node("d:1")},
                  {"b:1", "c:1", "d:1", "old:1"},
                  0}),
    [](const auto& row) { return row.param.name; });

TEST(PeerPlans, OfTheLargestNodeFitIntoOneBatch) {
  peer_input input;
  for (int i = 0; i < static_cast<int>(added_connections_max); ++i) {
    input.wanted.push_back({"new" + std::to_string(i), true, true});
    input.listed.push_back({"old" + std::to_string(i), true});
    input.ours.push_back("old" + std::to_string(i));
  }
  EXPECT_LE(plan_peers(input).calls.size(), rpc_batch_calls_max);
}

/// One node under random changes of everything around it.
class random_node {
 public:
  explicit random_node(std::uint32_t seed) : random_(seed) {}

  void change() {
    for (auto& n : wanted_) {
      n.ready = chance(2);
    }
    switch (below(6)) {
      case 0:
        wanted_.clear();
        for (auto left = below(9); left > 0; --left) {
          wanted_.push_back({"node" + std::to_string(below(12)), chance(2), !chance(5)});
        }
        break;
      case 1:
        node_.restart();
        user_.clear();
        break;
      case 2:
        if (user_.size() < 3) {
          user_.push_back("user" + std::to_string(below(99)));
          node_.perform(add_node(user_.back()));
        }
        break;
      case 3:
        foreign_ = {"node" + std::to_string(below(12))};
        break;
      case 4:
        node_.connections.clear();
        break;
      default:
        node_.look_at_list();
        break;
    }
  }

  /// One synchronisation; `lost` calls at the end of the batch never arrive.
  std::size_t synchronise(std::size_t lost) {
    const auto plan = plan_peers({wanted_, node_.added_nodes(), ours_, foreign_});
    for (const auto& call : plan.calls) {
      const auto address = call.params.at(0).get<std::string>();
      EXPECT_TRUE(address.starts_with("node")) << "touches what a user added: " << address;
      if (call.params.size() > 1 && call.params.at(1) != "remove") {
        EXPECT_THAT(foreign_, Not(Contains(address)));
      }
    }
    for (std::size_t i = 0; i + lost < plan.calls.size(); ++i) {
      node_.perform(plan.calls[i]);
    }
    ours_ = plan.ours;
    return plan.calls.size();
  }

  void become_ready() {
    for (auto& n : wanted_) {
      n.ready = true;
      n.proven = true;
      node_.reachable.insert(n.address);
    }
    foreign_.clear();
  }

  void expect_settled() {
    EXPECT_EQ(synchronise(0), 0U);
    std::set<std::string> expected{user_.begin(), user_.end()};
    for (const auto& n : wanted_) {
      expected.insert(n.address);
      EXPECT_THAT(node_.connections, Contains(n.address));
    }
    EXPECT_EQ((std::set<std::string>{node_.list.begin(), node_.list.end()}), expected);
  }

  void restart_controller() {
    // What node_names::ordinal_of finds again.
    ours_.clear();
    for (const auto& entry : node_.list) {
      if (entry.starts_with("node")) {
        ours_.push_back(entry);
      }
    }
  }

  [[nodiscard]] std::uint32_t below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(random_() % limit);
  }
  [[nodiscard]] bool chance(std::uint32_t one_in) { return below(one_in) == 0; }

 private:
  std::mt19937 random_;
  test::addnode_model node_{};
  std::vector<neighbour> wanted_{};
  strings ours_{};
  strings user_{};
  strings foreign_{};
};

TEST(PeerPlans, SettleAfterAnyHistoryAndThenDoNothing) {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_node node{seed};
    for (int step = 0; step < 40; ++step) {
      node.change();
      if (node.chance(2)) {
        node.synchronise(node.chance(3) ? node.below(6) : 0);
      }
      if (node.chance(10)) {
        node.restart_controller();
      }
    }
    node.become_ready();
    node.synchronise(0);
    node.expect_settled();
    ASSERT_FALSE(HasFailure());
  }
}

TEST(PeerPlans, ConnectAMeshOfSeventeenWithOneConnectionAPair) {
  std::vector<test::addnode_model> nodes(mesh_nodes_max);
  std::set<std::string> addresses;
  const auto address = [](std::int32_t i) { return "node" + std::to_string(i); };
  for (std::int32_t i = 0; i < mesh_nodes_max; ++i) {
    addresses.insert(address(i));
  }
  std::size_t connections = 0;
  for (std::int32_t i = 0; i < mesh_nodes_max; ++i) {
    auto& node = nodes[static_cast<std::size_t>(i)];
    node.reachable = addresses;
    peer_input input;
    for (const auto to : added_by(topology::automatic, mesh_nodes_max, i)) {
      input.wanted.push_back({address(to), true, true});
    }
    for (const auto& call : plan_peers(input).calls) {
      node.perform(call);
    }
    node.look_at_list();
    connections += node.connections.size();
  }
  EXPECT_EQ(connections, static_cast<std::size_t>(mesh_nodes_max * (mesh_nodes_max - 1) / 2));
}

}  // namespace
}  // namespace btc::bitcoin
