#include "test/sim/oracles/read_own_writes.hpp"

#include "test/sim/oracles/reading.hpp"
#include "test/sim/world/fault.hpp"

namespace btc::sim {

namespace {

[[nodiscard]] std::string object_of(k8s::kind kind, const nlohmann::json& body) {
  return std::string{k8s::info(kind).name} + ' ' + text(body, "/metadata/namespace") + '/'
         + text(body, "/metadata/name");
}

[[nodiscard]] std::uint64_t version_in(const nlohmann::json& body) {
  return parse_version(text(body, "/metadata/resourceVersion"));
}

[[nodiscard]] bool is_write(const k8s::request& r) {
  return r.method != k8s::method::get && r.resource != k8s::kind::event;
}

[[nodiscard]] bool is_success(int status) {
  constexpr int success = 200;
  constexpr int redirection = 300;
  return status >= success && status < redirection;
}

}  // namespace

const read_own_writes_oracle::write* read_own_writes_oracle::last_write(
    process_id process, const std::string& object) const {
  const auto found = answered_.find(std::to_string(process) + ' ' + object);
  return found == answered_.end() ? nullptr : &found->second;
}

/// The write changed nothing, and nothing has changed since the process has listed the object.
bool read_own_writes_oracle::is_old_news(process_id process,
                                         const std::string& object,
                                         std::uint64_t version) const {
  const auto last = committed_.find(object);
  const auto began = began_.find(process);
  return last != committed_.end() && last->second == version && began != began_.end()
         && version <= began->second;
}

void read_own_writes_oracle::on_commit(const commit_notice& n, const world_view&) {
  committed_[n.type.kind + ' ' + n.what.key] = n.what.version;
  last_version_ = n.what.version;
}

void read_own_writes_oracle::on_process_started(process_id p) {
  began_[p] = last_version_;
}

void read_own_writes_oracle::on_request(const served_request& r, const world_view&) {
  // A request that its sender has given up may arrive after a later one.
  if (over_ || r.invented || !r.awaited || !is_write(r.request) || r.request.body == nullptr
      || r.response.body == nullptr) {
    return;
  }
  const auto& body = *r.request.body;
  if (is_success(r.response.status)) {
    const auto object = object_of(r.request.resource, *r.response.body);
    const auto* own = last_write(r.process, object);
    if (own != nullptr && own->version == version_in(*r.response.body)) {
      violated(object + " was written again as it was, at the version "
               + std::to_string(own->version) + " of an own write");
    } else if (!stale_ && is_old_news(r.process, object, version_in(*r.response.body))) {
      violated(object + " was written as it was before the process began");
    }
  } else if (text(*r.response.body, "/reason") == "AlreadyExists"
             && r.request.resource != k8s::kind::secret) {
    const auto object = object_of(r.request.resource, body);
    const auto* own = last_write(r.process, object);
    if (own != nullptr && own->version == committed_[object]
        && own->owner == controller_uid(body)) {
      violated(object + " was created again, and it is there since an own write");
    }
  } else if (text(*r.response.body, "/reason") == "Conflict" && body.contains("status")) {
    const auto path = r.request.target.substr(0, r.request.target.rfind('/'));
    const auto object = "BitcoinNetwork default" + path.substr(path.rfind('/'));
    const auto* own = last_write(r.process, object);
    if (own != nullptr && version_in(body) < own->version) {
      violated(object + " was patched at version " + std::to_string(version_in(body))
               + ", older than the own write " + std::to_string(own->version));
    }
  }
}

void read_own_writes_oracle::on_answered(const waiting_answer& a) {
  if (!is_write(a.request) || !a.what || !is_success(a.what->status)
      || a.what->body.document == nullptr) {
    return;
  }
  const auto& body = *a.what->body.document;
  answered_[std::to_string(a.process) + ' ' + object_of(a.request.resource, body)] = {
      version_in(body), controller_uid(body)};
}

void read_own_writes_oracle::on_fault(std::string_view what) {
  over_ |= what == info(fault::kill_actor).name;
  stale_ |= what == info(fault::lag).name || what == info(fault::go_back).name;
}

}  // namespace btc::sim
