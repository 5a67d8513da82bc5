#include "actors/reconcile/plan.hpp"

namespace btc::reconcile {

namespace {

/// The only Secret among the children that are compared is the one with bitcoin.conf.
[[nodiscard]] std::string named(std::string_view verb, k8s::kind kind) {
  return std::string{verb} + ' '
         + (kind == k8s::kind::secret ? "conf" : std::string{k8s::info(kind).name});
}

struct printer {
  std::string operator()(const announce& a) const { return "announce " + a.event.reason; }
  std::string operator()(const read_secret& a) const { return "read Secret " + a.name; }
  std::string operator()(const read_conf&) const { return "read conf"; }
  std::string operator()(const create_secret&) const { return "create Secret"; }
  std::string operator()(const create_child& a) const { return named("create", a.kind); }
  std::string operator()(const take_ownership& a) const { return named("own", a.kind); }
  std::string operator()(const apply_child& a) const { return named("apply", a.kind); }
  std::string operator()(const read_claim& a) const { return "read claim " + a.key.name; }
  std::string operator()(const read_storage_class& a) const {
    return "read StorageClass " + a.name;
  }
  std::string operator()(const grow_claim& a) const { return "grow claim " + a.key.name; }
  std::string operator()(const patch_status&) const { return "patch status"; }
};

}  // namespace

std::string to_string(const action& a) {
  return std::visit(printer{}, a);
}

std::string to_string(const plan& p) {
  std::string text;
  for (const auto& a : p.actions) {
    text += (text.empty() ? "" : ", ") + to_string(a);
  }
  return text + (p.look_again ? (text.empty() ? "look again" : ", look again") : "");
}

}  // namespace btc::reconcile
