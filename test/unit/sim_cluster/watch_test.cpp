#include "test/unit/sim_cluster/cluster_fixture.hpp"

namespace btc::sim {

using watch_test = cluster_fixture;

TEST_F(watch_test, changes_come_in_order_and_a_deletion_has_its_own_version) {
  const auto start = std::to_string(cluster_.objects().version());
  const auto made = ok(post(path("bitcoinnetworks"), network()));
  const auto changed = ok(merge(path("bitcoinnetworks", "net"), {{"spec", {{"nodes", 4}}}}));
  ok(remove(path("bitcoinnetworks", "net")));
  auto stream = watch(path("bitcoinnetworks") + "?watch=true&resourceVersion=" + start);
  const auto added = stream->next();
  const auto modified = stream->next();
  const auto deleted = stream->next();
  ASSERT_NE(deleted, nullptr);
  EXPECT_EQ(added->at("type"), "ADDED");
  EXPECT_EQ(version(added->at("object")), version(made));
  EXPECT_EQ(modified->at("object"), changed);
  EXPECT_EQ(deleted->at("type"), "DELETED");
  EXPECT_EQ(deleted->at("object").at("spec").at("nodes"), 4);
  EXPECT_EQ(version(deleted->at("object")), cluster_.objects().version());
  EXPECT_EQ(stream->next(), nullptr);
  EXPECT_FALSE(stream->ended());
}

TEST_F(watch_test, no_op_makes_no_event) {
  const auto made = ok(post(path("bitcoinnetworks"), network()));
  const auto same = ok(merge(path("bitcoinnetworks", "net"), {{"spec", {{"nodes", 3}}}}));
  EXPECT_EQ(version(same), version(made));
  EXPECT_EQ(cluster_.objects().version(), version(made));
}

TEST_F(watch_test, initial_list_ends_with_an_annotated_bookmark) {
  ok(post(path("bitcoinnetworks"), network("a")));
  auto stream = watch(path("bitcoinnetworks") + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");
  EXPECT_EQ(stream->next()->at("type"), "ADDED");
  const auto end = stream->next();
  EXPECT_EQ(end->at("object").at("metadata").at("annotations").at("k8s.io/initial-events-end"),
            "true");
  ok(post(path("bitcoinnetworks"), network("b")));
  EXPECT_EQ(stream->next()->at("object").at("metadata").at("name"), "b");
}

TEST_F(watch_test, history_that_is_gone_is_an_error_event_and_the_end) {
  auto stream = watch(path("bitcoinnetworks") + "?watch=true&resourceVersion=1");
  const auto event = stream->next();
  EXPECT_EQ(event->at("type"), "ERROR");
  EXPECT_EQ(event->at("object").at("code"), 410);
  EXPECT_EQ(event->at("object").at("reason"), "Expired");
  EXPECT_TRUE(stream->ended());
}

TEST_F(watch_test, server_that_is_held_shows_commits_one_by_one) {
  cluster_.server(1).hold();
  auto stream = watch(path("bitcoinnetworks") + "?watch=true", 1);
  ok(post(path("bitcoinnetworks"), network("a")));
  ok(post(path("bitcoinnetworks"), network("b")));
  EXPECT_FALSE(stream->ready());
  EXPECT_TRUE(cluster_.server(1).advance(type_id::bitcoin_networks));
  EXPECT_EQ(stream->next()->at("object").at("metadata").at("name"), "a");
  EXPECT_EQ(stream->next(), nullptr);
}

TEST_F(watch_test, most_recent_initial_list_shows_what_a_held_server_has_not_seen) {
  cluster_.server(1).hold();
  const auto made = ok(post(path("bitcoinnetworks"), network("a")));
  const auto initial = path("bitcoinnetworks")
                       + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                         "&resourceVersionMatch=NotOlderThan";
  auto recent = watch(initial, 1);
  EXPECT_EQ(recent->next()->at("type"), "ADDED");
  EXPECT_EQ(version(recent->next()->at("object")), version(made));
  EXPECT_TRUE(cluster_.server(1).advance(type_id::bitcoin_networks));
  EXPECT_EQ(recent->next(), nullptr);  // it was shown already

  cluster_.server(1).hold();
  ok(post(path("bitcoinnetworks"), network("b")));
  auto as_seen = watch(initial + "&resourceVersion=0", 1);
  EXPECT_EQ(as_seen->next()->at("object").at("metadata").at("name"), "a");
  EXPECT_EQ(as_seen->next()->at("type"), "BOOKMARK");
}

TEST_F(watch_test, server_that_goes_back_ends_its_streams_and_lists_the_past) {
  const auto start = cluster_.objects().version();
  ok(post(path("bitcoinnetworks"), network("a")));
  auto stream = watch(path("bitcoinnetworks") + "?watch=true", 1);
  cluster_.server(1).place(start);
  EXPECT_TRUE(stream->ended());
  api_request r;
  r.target = path("bitcoinnetworks") + "?resourceVersion=0";
  r.who = administrator();
  EXPECT_TRUE(cluster_.handle(r, 1).body->at("items").empty());
  r.target = path("bitcoinnetworks");  // consistent
  EXPECT_EQ(cluster_.handle(r, 1).body->at("items").size(), 1U);
}

TEST_F(watch_test, object_that_leaves_the_selection_is_deleted_for_the_watcher) {
  auto draft = network();
  draft["metadata"]["labels"] = {{"k", "1"}};
  const auto start = std::to_string(cluster_.objects().version());
  ok(post(path("bitcoinnetworks"), draft));
  ok(merge(path("bitcoinnetworks", "net"), {{"metadata", {{"labels", {{"k", nullptr}}}}}}));
  auto stream =
      watch(path("bitcoinnetworks") + "?watch=true&labelSelector=k&resourceVersion=" + start);
  EXPECT_EQ(stream->next()->at("type"), "ADDED");
  EXPECT_EQ(stream->next()->at("type"), "DELETED");
}

}  // namespace btc::sim
