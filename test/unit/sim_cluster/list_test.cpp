#include "test/unit/sim_cluster/cluster_fixture.hpp"

#include <vector>

namespace btc::sim {

class list_test : public cluster_fixture {
 protected:
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      auto draft = config_map("m" + std::to_string(i));
      draft["metadata"]["labels"] = {{"n", std::to_string(i)}};
      ok(post(path("configmaps"), draft));
    }
  }
  static std::vector<std::string> names(const json& list) {
    std::vector<std::string> out;
    for (const auto& item : list.at("items")) {
      out.push_back(item.at("metadata").at("name"));
    }
    return out;
  }
};

TEST_F(list_test, pages_have_one_version_and_later_objects_are_not_in_them) {
  fill(5);
  const auto first = ok(get(path("configmaps") + "?limit=2"));
  EXPECT_EQ(first.at("metadata").at("remainingItemCount"), 3);
  ok(post(path("configmaps"), config_map("m9")));
  const auto token = first.at("metadata").at("continue").get<std::string>();
  const auto rest = ok(get(path("configmaps") + "?limit=9&continue=" + token));
  EXPECT_EQ(names(rest), (std::vector<std::string>{"m2", "m3", "m4"}));
  EXPECT_EQ(rest.at("metadata").at("resourceVersion"), first.at("metadata").at("resourceVersion"));
}

TEST_F(list_test, expired_token_offers_an_inconsistent_continuation) {
  fill(3);
  const auto token =
      ok(get(path("configmaps") + "?limit=1")).at("metadata").at("continue").get<std::string>();
  ok(post(path("configmaps"), config_map("m9")));
  cluster_.compact(cluster_.objects().version());
  const auto body = refused(get(path("configmaps") + "?limit=1&continue=" + token), 410, "Expired");
  const auto again = body.at("metadata").at("continue").get<std::string>();
  EXPECT_EQ(names(ok(get(path("configmaps") + "?continue=" + again))),
            (std::vector<std::string>{"m1", "m2", "m9"}));
}

TEST_F(list_test, version_from_the_future_times_out_with_a_cause) {
  const auto answer = get(path("configmaps") + "?resourceVersion=999999");
  const auto body = refused(answer, 504, "Timeout");
  EXPECT_EQ(body.at("details").at("causes").at(0).at("reason"), "ResourceVersionTooLarge");
  EXPECT_EQ(answer.retry_after, std::chrono::seconds{1});
}

TEST_F(list_test, labels_select_in_every_form) {
  fill(3);
  const std::vector<std::pair<std::string, std::size_t>> cases{{"n=1", 1},
                                                               {"n==1", 1},
                                                               {"n!=1", 2},
                                                               {"n", 3},
                                                               {"!n", 0},
                                                               {"n%20in%20(1,2)", 2},
                                                               {"n%20notin%20(1)", 2},
                                                               {"n=1,n=2", 0}};
  for (const auto& [selector, count] : cases) {
    EXPECT_EQ(names(ok(get(path("configmaps") + "?labelSelector=" + selector))).size(), count)
        << selector;
  }
  refused(get(path("configmaps") + "?labelSelector=a%3D%3D("), 400, "BadRequest");
}

TEST_F(list_test, fields_select_where_the_resource_allows_it) {
  fill(2);
  EXPECT_EQ(names(ok(get(path("configmaps") + "?fieldSelector=metadata.name%3Dm1"))),
            std::vector<std::string>{"m1"});
  const auto body =
      refused(get(path("bitcoinnetworks") + "?fieldSelector=spec.nodes%3D3"), 400, "BadRequest");
  EXPECT_NE(body.at("message").get<std::string>().find("field label not supported: spec.nodes"),
            std::string::npos);
}

TEST_F(list_test, server_in_trouble_answers_as_a_real_one) {
  struct row {
    trouble state{};
    int status{0};
    std::optional<int> retry_after_seconds{};
    bool is_json{false};
  };
  const std::vector<row> rows{{trouble::starting, 503, 5, true},
                              {trouble::overloaded, 429, 1, false},
                              {trouble::overloaded_silently, 429, {}, false},
                              {trouble::initializing, 429, 1, true},
                              {trouble::internal_error, 500, {}, true},
                              {trouble::gateway_timeout, 504, {}, true},
                              {trouble::unavailable, 503, {}, false},
                              {trouble::shutting_down, 429, 5, false},
                              {trouble::draining, 503, 1, true},
                              {trouble::unauthorized, 401, {}, true}};
  for (const auto& r : rows) {
    cluster_.set_trouble(0, r.state);
    const auto answer = get(path("pods"));
    EXPECT_EQ(answer.status, r.status);
    EXPECT_EQ(answer.retry_after ? std::optional{static_cast<int>(answer.retry_after->count())}
                                 : std::nullopt,
              r.retry_after_seconds);
    EXPECT_EQ(answer.body != nullptr, r.is_json);
  }
  cluster_.set_trouble(0, trouble::none);
  ok(get(path("pods")));
}

}  // namespace btc::sim
