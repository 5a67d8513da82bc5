#include "test/sim/cluster/cluster.hpp"

#include "test/sim/cluster/operation.hpp"
#include "test/sim/cluster/request_options.hpp"
#include "test/sim/cluster/rights.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace btc::sim {

namespace {

/// The RBAC verb of a request, or nothing when the resource has no such method.
[[nodiscard]] std::string_view verb_of(const api_request& r, const target& t) {
  const bool named = !t.name.empty();
  switch (r.method) {
    case k8s::method::get:
      return named ? "get" : t.flag("watch") ? "watch" : "list";
    case k8s::method::post:
      return named == t.subresource.empty() ? "" : "create";
    case k8s::method::put:
      return named ? "update" : "";
    case k8s::method::patch:
      return named ? "patch" : "";
    case k8s::method::del:
      return !t.subresource.empty() ? "" : named ? "delete" : "deletecollection";
  }
  return {};
}

[[nodiscard]] bool has_subresource(const resource_type& type, const target& t) {
  if (t.subresource.empty()) {
    return true;
  }
  return (t.subresource == "status" && type.status) || (t.subresource == "scale" && type.scale)
         || (t.subresource == "finalize" && type.id == type_id::namespaces)
         || ((t.subresource == "binding" || t.subresource == "eviction")
             && type.id == type_id::pods);
}

[[nodiscard]] access access_of(const resource_type& type, const target& t, std::string_view verb) {
  // A namespace lies, for RBAC, in itself.
  const auto& ns = type.id == type_id::namespaces ? t.name : t.ns;
  return {verb, type.group, type.plural, t.subresource, ns, t.name};
}

/// The resource that the request is about; throws when there is none or it is not allowed.
[[nodiscard]] const resource_type& admit(const core& c,
                                         const api_request& r,
                                         const target& t,
                                         std::string_view verb) {
  const auto* type = c.model().find(t.group, t.version, t.resource);
  const bool scoped = type != nullptr && (type->namespaced || t.ns.empty()) && c.served(*type);
  if (!scoped || !has_subresource(*type, t)) {
    throw refusal{page_not_found()};
  }
  if (verb.empty() || (type->namespaced && t.ns.empty() && (verb == "create" || !t.name.empty()))) {
    throw refusal{method_not_allowed()};
  }
  const auto what = access_of(*type, t, verb);
  if (!allowed(c.objects(), r.who, what)) {
    throw refusal{forbidden(*type, t.name, why_forbidden(r.who, what))};
  }
  return *type;
}

/// True when one of the media types that the client takes is one of the server's.
[[nodiscard]] bool acceptable(std::string_view accept) {
  constexpr std::array<std::string_view, 6> known{"application/json",
                                                  "application/yaml",
                                                  "application/vnd.kubernetes.protobuf",
                                                  "application/cbor",
                                                  "application/*",
                                                  "*/*"};
  return accept.empty() || std::any_of(known.begin(), known.end(), [&](std::string_view type) {
           return accept.find(type) != std::string_view::npos;
         });
}

[[nodiscard]] api_response dispatch(core& c, operation& op) {
  if (op.where.subresource == "scale") {
    return do_scale(c, op);
  }
  switch (op.request.method) {
    case k8s::method::get:
      return op.where.name.empty() ? do_list(c, op) : do_get(c, op);
    case k8s::method::post:
      if (op.where.subresource == "binding") {
        return do_bind(c, op);
      }
      return op.where.subresource == "eviction" ? do_delete(c, op) : do_create(c, op);
    case k8s::method::put:
      return do_update(c, op);
    case k8s::method::patch:
      return do_patch(c, op);
    case k8s::method::del:
      return op.where.name.empty() ? do_delete_collection(c, op) : do_delete(c, op);
  }
  return method_not_allowed();
}

}  // namespace

cluster::cluster(std::shared_ptr<const cluster_model> model)
    : core_(std::move(model)), views_{server_view{core_.objects()}, server_view{core_.objects()}} {}

cluster::~cluster() = default;

bool cluster::is_watch(const api_request& r) {
  if (r.method != k8s::method::get || r.target.find("watch") == std::string::npos) {
    return false;
  }
  const auto t = parse_target(r.target);
  return t && t->name.empty() && t->flag("watch");
}

api_response cluster::handle(const api_request& r, std::size_t server) {
  if (const auto t = troubles_.at(server); t != trouble::none) {
    return answer_in(t);
  }
  try {
    if (r.who.user.empty()) {
      return unauthorized();
    }
    const auto where = parse_target(r.target);
    if (!where) {
      return page_not_found();
    }
    const auto verb = verb_of(r, *where);
    const auto& type = admit(core_, r, *where, verb);
    operation op{r, type, *where, views_[server], writer_of(r, *where, verb)};
    if (!acceptable(r.accept)) {
      return not_acceptable();
    }
    auto answer = dispatch(core_, op);
    answer.warnings = std::move(op.write.warnings);
    return answer;
  } catch (const refusal& e) {
    return e.answer;
  } catch (const json::exception& e) {
    // A body of a shape that no check has caught, for example a list of numbers as metadata.
    return bad_request(std::string{"the body of the request is malformed: "} + e.what());
  }
}

opened_watch cluster::open_watch(const api_request& r, std::size_t server) {
  opened_watch out;
  if (const auto t = troubles_.at(server); t != trouble::none) {
    out.head = answer_in(t);
    return out;
  }
  try {
    if (r.who.user.empty()) {
      throw refusal{unauthorized()};
    }
    const auto where = parse_target(r.target);
    if (!where) {
      throw refusal{page_not_found()};
    }
    const auto& type = admit(core_, r, *where, "watch");
    const operation op{r, type, *where, views_[server], {}};
    out.stream =
        std::make_unique<watch_cursor>(core_.objects(), views_[server], type, watch_options_of(op));
    out.head.status = 200;
  } catch (const refusal& e) {
    out.head = e.answer;
  }
  return out;
}

}  // namespace btc::sim
