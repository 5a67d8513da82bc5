#include "test/sim/serve/frontend.hpp"

#include "test/sim/cluster/rights.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/target.hpp"
#include "test/sim/serve/answer_forms.hpp"
#include "test/sim/serve/answers.hpp"
#include "test/sim/serve/openapi_v2.hpp"
#include "test/sim/serve/request_body.hpp"
#include "test/sim/serve/watch_lines.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace btc::sim {

using std::chrono::seconds;

namespace {

constexpr seconds watch_lifetime{1800};  // without timeoutSeconds; a real server: 30 to 60 min
constexpr seconds watch_lifetime_max{24 * 3600};

[[nodiscard]] std::optional<k8s::method> method_of(std::string_view name) {
  struct row {
    std::string_view name;
    k8s::method method;
  };
  static constexpr std::array rows{row{"GET", k8s::method::get},
                                   row{"HEAD", k8s::method::get},
                                   row{"POST", k8s::method::post},
                                   row{"PATCH", k8s::method::patch},
                                   row{"PUT", k8s::method::put},
                                   row{"DELETE", k8s::method::del}};
  for (const auto& r : rows) {
    if (r.name == name) {
      return r.method;
    }
  }
  return std::nullopt;
}

[[nodiscard]] api_response path_forbidden(const caller& who,
                                          std::string_view method,
                                          std::string_view path) {
  std::string verb{method};
  std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return failure(
      403,
      "Forbidden",
      "forbidden: User \"" + who.user + "\" cannot " + verb + " path \"" + std::string{path} + '"',
      json::object());
}

[[nodiscard]] seconds lifetime_of(std::string_view text) {
  seconds::rep value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value > 0 ? std::min(seconds{value}, watch_lifetime_max) : watch_lifetime;
}

[[nodiscard]] row_object rows_of(std::string_view include) {
  return include == "Object" ? row_object::whole
         : include == "None" ? row_object::none
                             : row_object::metadata;
}

}  // namespace

struct frontend::asked {
  const exchange_request& raw;
  std::chrono::sys_seconds now{};
  std::string_view path{};
  answer_form form{answer_form::plain};
  caller who{};

  [[nodiscard]] bool reads() const { return raw.method == "GET" || raw.method == "HEAD"; }
};

frontend::frontend(cluster& c,
                   const token_office& tokens,
                   chaos& faults,
                   const pod_journal& journal)
    : cluster_(c),
      faults_(faults),
      control_(c, faults),
      logs_(c, journal),
      authenticator_(c, tokens),
      reviews_(c, authenticator_, tokens),
      discovery_(c.model().types()),
      openapi_(c.model().types(), c.model().definition()),
      tables_(c.model().definition()) {}

exchange_answer frontend::handle(const exchange_request& request) {
  asked a{request};
  a.now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  a.path = std::string_view{request.target}.substr(0, request.target.find('?'));
  a.form = negotiate(request.accept);
  cluster_.set_time(a.now);
  if (a.path == "/healthz" || a.path == "/livez" || a.path == "/readyz") {
    return text_answer(200, "ok");
  }
  auto who = authenticator_.identify(request, a.now);
  if (!who) {
    return to_answer(unauthorized());
  }
  a.who = std::move(*who);
  if (is_master(a.who)) {
    if (auto page = control_.answer(request.method, a.path, request.body)) {
      return std::move(*page);
    }
  }
  const bool machine = a.who.user.starts_with("system:serviceaccount:");
  if (!machine && !faults_.settings.everyone) {
    return answer(a);
  }
  const auto fault = faults_.draw();
  auto result = fault.refusal == trouble::none ? answer(a) : to_answer(answer_in(fault.refusal));
  result.delay = fault.delay;
  result.how = result.events && fault.how == delivery::truncated ? delivery::lost : fault.how;
  return result;
}

exchange_answer frontend::answer(asked& a) {
  if (a.raw.body_too_large) {
    return to_answer(failure(413,
                             "RequestEntityTooLarge",
                             "Request entity too large: limit is 3145728",
                             json::object()));
  }
  if (auto found = plain(a)) {
    return std::move(*found);
  }
  if (auto found = special(a)) {
    return to_answer(*found);
  }
  return resource(a);
}

/// What needs no object: discovery and OpenAPI, which everybody who is known may read.
std::optional<exchange_answer> frontend::plain(const asked& a) const {
  const bool known = a.who.user != "system:anonymous" || a.path == "/version";
  if (a.reads() && known) {
    if (const auto* text = openapi_.find(a.path)) {
      auto found = text_answer(200, *text);
      found.content_type = "application/json";
      return found;
    }
    if (a.path == "/openapi/v2") {
      return openapi_v2(a.form == answer_form::openapi_v2);
    }
    if (const auto found = discovery_.find(a.path, a.form == answer_form::discovery)) {
      auto result = json_answer(200, *found);
      if (a.form == answer_form::discovery && found->at("kind") == "APIGroupDiscoveryList") {
        result.content_type =
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
      }
      return result;
    }
  }
  if (parse_target(a.raw.target) || a.path.starts_with("/api/") || a.path.starts_with("/apis/")) {
    return std::nullopt;
  }
  return is_master(a.who) ? to_answer(page_not_found())
                          : to_answer(path_forbidden(a.who, a.raw.method, a.path));
}

/// Reviews and tokens: answers that no object is behind.
std::optional<api_response> frontend::special(const asked& a) {
  if (a.raw.method != "POST") {
    return std::nullopt;
  }
  const auto where = parse_target(a.raw.target);
  const bool token = where && where->group.empty() && where->resource == "serviceaccounts"
                     && where->subresource == "token";
  if (!token && !a.path.ends_with("reviews")) {
    return std::nullopt;
  }
  const auto body = read_body(a.raw.content_type, a.raw.body);
  if (!body.document) {
    return body.refusal;
  }
  if (!token) {
    return reviews_.review(a.path, body.document, a.who, a.now);
  }
  const access what{"create", "", "serviceaccounts", "token", where->ns, where->name};
  if (!allowed(cluster_.objects(), a.who, what)) {
    return forbidden(
        cluster_.model().type(type_id::service_accounts), where->name, why_forbidden(a.who, what));
  }
  return reviews_.make_token(where->ns, where->name, body.document, a.now);
}

exchange_answer frontend::resource(asked& a) {
  const auto method = method_of(a.raw.method);
  const auto where = parse_target(a.raw.target);
  if (!method) {
    return to_answer(method_not_allowed());
  }
  if (where && where->resource == "pods" && where->subresource == "log" && a.reads()) {
    return logs_.answer(*where, a.who, a.now);
  }
  api_request r;
  r.method = *method;
  r.target = a.raw.target;
  r.content_type = std::string{media_type_of(a.raw.content_type)};
  r.accept = a.form == answer_form::not_acceptable ? a.raw.accept : std::string{};
  r.who = a.who;
  r.agent = a.raw.user_agent.substr(0, a.raw.user_agent.find('/'));
  if (!a.raw.body.empty()) {
    auto body = read_body(a.raw.content_type, a.raw.body);
    if (!body.document && body.format != body_format::unknown) {
      return to_answer(body.refusal);
    }
    r.body = std::move(body.document);
    if (body.format == body_format::protobuf) {
      r.content_type = "application/json";
    }
  }
  if (cluster::is_watch(r)) {
    return watch(a, r);
  }
  auto response = cluster_.handle(r);
  const auto* type =
      where ? cluster_.model().find(where->group, where->version, where->resource) : nullptr;
  if (type != nullptr && response.status < 300 && response.body) {
    const wanted_form wanted{a.form, rows_of(where->parameter("includeObject"))};
    response.body =
        std::make_shared<const json>(in_form(wanted, tables_, *type, *response.body, a.now));
  }
  return to_answer(response);
}

exchange_answer frontend::watch(const asked& a, const api_request& r) {
  auto opened = cluster_.open_watch(r);
  if (!opened.stream) {
    return to_answer(opened.head);
  }
  const auto where = parse_target(r.target).value_or(target{});
  exchange_answer result;
  result.events = std::make_unique<watch_lines>(
      std::move(opened.stream),
      tables_,
      watch_lines::options{{a.form, rows_of(where.parameter("includeObject"))},
                           lifetime_of(where.parameter("timeoutSeconds"))},
      std::chrono::steady_clock::now());
  return result;
}

}  // namespace btc::sim
