// Times of the pure parts that run most often. Not a test: figures are for people to compare.
//
//   cmake --preset dev -DCMAKE_BUILD_TYPE=Release && cmake --build --preset dev --target hot_paths
//   build/dev/test/hot_paths

#include "actors/reconcile/decide.hpp"
#include "k8s/decode.hpp"
#include "k8s/io/http_messages.hpp"
#include "k8s/json_writer.hpp"
#include "test/support/reconcile_builders.hpp"

#include <benchmark/benchmark.h>

namespace btc {
namespace {

using nlohmann::json;

/// A StatefulSet as it comes over the wire, with the field sets that are a third of it.
[[nodiscard]] json a_set_on_the_wire() {
  auto set = *test::an_observation().with_stateful_set().stateful_set;
  // Every field of the spec once more, as the API server's own list of who owns it.
  set["metadata"]["managedFields"][0]["fieldsV1"] = set.at("spec");
  set["metadata"]["managedFields"][0]["time"] = "2030-01-01T00:00:00Z";
  return set;
}

[[nodiscard]] k8s::payload a_watch_line() {
  return {json{{"type", "MODIFIED"}, {"object", a_set_on_the_wire()}}.dump(), nullptr};
}

[[nodiscard]] k8s::payload a_list_page() {
  constexpr std::size_t page_size = 500;
  json page{{"kind", "StatefulSetList"}, {"metadata", {{"resourceVersion", "10"}}}};
  page["items"] = std::vector<json>(page_size, a_set_on_the_wire());
  return {page.dump(), nullptr};
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}

void decode_watch_line(benchmark::State& state) {
  const auto line = a_watch_line();
  for (auto _ : state) {
    benchmark::DoNotOptimize(k8s::decode_watch_event(k8s::kind::stateful_set, line));
  }
  count_bytes(state, line.text.size());
}
BENCHMARK(decode_watch_line);

/// What decode_watch_line would cost with nlohmann_json.
void parse_watch_line_slowly(benchmark::State& state) {
  const auto line = a_watch_line();
  for (auto _ : state) {
    benchmark::DoNotOptimize(k8s::parse(line, k8s::kind::stateful_set));
  }
  count_bytes(state, line.text.size());
}
BENCHMARK(parse_watch_line_slowly);

void decode_list_page(benchmark::State& state) {
  const auto page = a_list_page();
  for (auto _ : state) {
    benchmark::DoNotOptimize(k8s::decode_list(k8s::kind::stateful_set, page));
  }
  count_bytes(state, page.text.size());
}
BENCHMARK(decode_list_page);

void desire(benchmark::State& state) {
  const auto o = test::an_observation();
  for (auto _ : state) {
    const auto wanted = o.wanted();
    benchmark::DoNotOptimize(wanted.service());
    benchmark::DoNotOptimize(wanted.stateful_set());
  }
}
BENCHMARK(desire);

/// A network at rest after a restart: every field of its children is compared.
void decide_at_rest(benchmark::State& state) {
  const auto o = test::an_observation().at_rest().build();
  for (auto _ : state) {
    benchmark::DoNotOptimize(reconcile::decide(o));
  }
}
BENCHMARK(decide_at_rest);

/// A network whose children do not exist: the plan that creates them.
void decide_to_create(benchmark::State& state) {
  const auto o = test::an_observation().build();
  for (auto _ : state) {
    benchmark::DoNotOptimize(reconcile::decide(o));
  }
}
BENCHMARK(decide_to_create);

void write_manifest(benchmark::State& state) {
  const auto set = test::an_observation().wanted().stateful_set()->json;
  for (auto _ : state) {
    benchmark::DoNotOptimize(k8s::to_json_text(set));
  }
}
BENCHMARK(write_manifest);

void render_request(benchmark::State& state) {
  const auto request = k8s::create_request(
      k8s::kind::stateful_set,
      std::make_shared<const json>(test::an_observation().wanted().stateful_set()->json));
  const k8s::io::cluster_config cluster{};
  const k8s::io::transport_options options{};
  for (auto _ : state) {
    benchmark::DoNotOptimize(k8s::io::to_http(request, cluster, options, "Bearer token"));
  }
}
BENCHMARK(render_request);

}  // namespace
}  // namespace btc

BENCHMARK_MAIN();
