#include "test/sim/cluster/rules.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/quantity.hpp"
#include "test/sim/cluster/rule_messages.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace btc::sim {

namespace {

using nlohmann::json;

[[nodiscard]] std::size_t name_size(const json& self) {
  const auto* name = k8s::member(self, "metadata", "name");
  return name == nullptr ? 0 : name->get_ref<const std::string&>().size();
}

[[nodiscard]] bool same_presence(const json& self, const json* old_self, const char* key) {
  return self.contains(key) == old_self->contains(key);
}

[[nodiscard]] bool within_limits(const json& self) {
  const auto* limits = k8s::member(self, "limits");
  const auto* requests = k8s::member(self, "requests");
  if (limits == nullptr || requests == nullptr) {
    return true;
  }
  for (const auto& [key, limit] : limits->items()) {
    const auto request = requests->find(key);
    if (request == requests->end()) {
      continue;
    }
    const auto most = quantity(cel_text(limit));
    const auto wanted = quantity(cel_text(*request));
    if (most && wanted && *wanted > *most) {
      return false;
    }
  }
  return true;
}

template <class F>
[[nodiscard]] bool all_keys(const json& self, const F& test) {
  const auto items = self.items();
  return std::all_of(
      items.begin(), items.end(), [&](const auto& item) { return test(item.key()); });
}

[[nodiscard]] bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// "name" or "prefix/name", as the rule on label and annotation keys says it.
[[nodiscard]] bool is_qualified(std::string_view key) {
  if (key.size() > 317) {
    return false;
  }
  auto name = key;
  if (const auto slash = key.find('/'); slash != std::string_view::npos) {
    const auto prefix = key.substr(0, slash);
    name = key.substr(slash + 1);
    const auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const bool good =
        !prefix.empty() && prefix.size() <= 253 && lower(prefix.front()) && lower(prefix.back())
        && std::all_of(
            prefix.begin(), prefix.end(), [&](char c) { return lower(c) || c == '-' || c == '.'; });
    if (!good) {
      return false;
    }
  }
  return !name.empty() && name.size() <= 63 && is_alphanumeric(name.front())
         && is_alphanumeric(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
              return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
            });
}

[[nodiscard]] bool is_our_label(std::string_view key) {
  constexpr std::array<std::string_view, 4> ours{"app",
                                                 "app.kubernetes.io/name",
                                                 "app.kubernetes.io/instance",
                                                 "app.kubernetes.io/managed-by"};
  return std::find(ours.begin(), ours.end(), key) != ours.end();
}

/// CEL's string literal: only "\\" is in use.
[[nodiscard]] std::string unescaped(std::string_view literal) {
  std::string out;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    i += literal[i] == '\\' && i + 1 < literal.size() && literal[i + 1] == '\\' ? 1 : 0;
    out += literal[i];
  }
  return out;
}

/// "self.matches('…')", perhaps of a member and negated; nothing when the rule is none such.
[[nodiscard]] validation_rule matching(const std::string& rule) {
  static const std::regex form{R"((!?)self(\.metadata\.name)?\.matches\('(.*)'\))"};
  std::smatch parts;
  if (!std::regex_match(rule, parts, form)) {
    return nullptr;
  }
  const bool negated = parts[1].length() > 0;
  const bool of_name = parts[2].length() > 0;
  // RE2 has no line mode here, and in ECMAScript without "multiline" $ is the very end as well.
  const auto pattern = std::make_shared<const std::regex>(
      unescaped(parts[3].str()), std::regex::ECMAScript | std::regex::optimize);
  return [negated, of_name, pattern](const json& self, const json*) {
    const auto* value = of_name ? k8s::member(self, "metadata", "name") : &self;
    return value == nullptr
           || std::regex_search(value->get_ref<const std::string&>(), *pattern) != negated;
  };
}

/// The nodes that connect to one node, as the rule on extraArgs says it.
[[nodiscard]] std::int64_t adders(const std::string& topology, std::int64_t nodes) {
  if (topology == "ring") {
    return 1;
  }
  return nodes <= 17   ? nodes / 2
         : nodes < 32  ? 4
         : nodes < 64  ? 5
         : nodes < 128 ? 6
         : nodes < 256 ? 7
                       : 8;
}

[[nodiscard]] bool takes_connections(const json& self) {
  static const std::regex named{"^--?(no)?maxconnections(=|$)"};
  static const std::regex number{"^--?maxconnections=([0-9]{1,9})$"};
  const auto nodes = self.at("nodes").get<std::int64_t>();
  const auto topology = self.value("topology", "");
  const auto arguments = self.value("extraArgs", json::array());
  return nodes <= 1 || topology == "none"
         || std::all_of(arguments.begin(), arguments.end(), [&](const json& a) {
              std::smatch parts;
              const auto& text = a.get_ref<const std::string&>();
              return !std::regex_search(text, named)
                     || (std::regex_match(text, parts, number)
                         && std::stoll(parts[1].str()) >= 11 + adders(topology, nodes));
            });
}

[[nodiscard]] validation_rule known(const std::string& rule) {
  const auto starts = [&](std::string_view text) { return rule.starts_with(text); };
  if (rule == "size(self.metadata.name) <= 48") {
    return [](const json& self, const json*) { return name_size(self) <= 48; };
  }
  if (rule == "!has(self.spec.secret) || self.spec.secret != self.metadata.name + '-conf'") {
    return [](const json& self, const json*) {
      const auto* secret = k8s::member(self, "spec", "secret");
      const auto* name = k8s::member(self, "metadata", "name");
      return secret == nullptr || name == nullptr || *secret != name->get<std::string>() + "-conf";
    };
  }
  if (rule == "self.chain == oldSelf.chain") {
    return [](const json& self, const json* old) {
      return self.value("chain", json()) == old->value("chain", json());
    };
  }
  if (rule == "has(self.storage) == has(oldSelf.storage)") {
    return [](const json& self, const json* old) { return same_presence(self, old, "storage"); };
  }
  if (rule == "has(self.storageClassName) == has(oldSelf.storageClassName)") {
    return [](const json& self, const json* old) {
      return same_presence(self, old, "storageClassName");
    };
  }
  if (rule == "!quantity(string(self)).isLessThan(quantity(string(oldSelf)))") {
    return [](const json& self, const json* old) {
      return quantity(cel_text(self)).value_or(-1) >= quantity(cel_text(*old)).value_or(0);
    };
  }
  if (rule == "!has(self.mining) || self.chain == 'regtest'") {
    return [](const json& self, const json*) {
      return !self.contains("mining") || self.value("chain", "") == "regtest";
    };
  }
  if (rule == "self.topology != 'mesh' || self.nodes <= 17") {
    return [](const json& self, const json*) {
      return self.value("topology", "") != "mesh" || self.at("nodes") <= 17;
    };
  }
  if (starts("self.nodes <= 1 || self.topology == 'none' || self.extraArgs.all(a, "
             "!a.matches('^--?(no)?maxconnections(=|$)') ||")) {
    return [](const json& self, const json*) { return takes_connections(self); };
  }
  if (rule == "self == oldSelf") {
    return [](const json& self, const json* old) { return self == *old; };
  }
  if (rule == "isQuantity(string(self)) && quantity(string(self)).isGreaterThan(quantity('0'))") {
    return [](const json& self, const json*) { return quantity(cel_text(self)).value_or(0) > 0; };
  }
  if (rule == "isQuantity(string(self)) && !quantity(string(self)).isLessThan(quantity('0'))") {
    return [](const json& self, const json*) { return quantity(cel_text(self)).value_or(-1) >= 0; };
  }
  if (starts("!has(self.limits) || !has(self.requests) || self.limits.all(k, !(k in self.requests) "
             "||")) {
    return [](const json& self, const json*) { return within_limits(self); };
  }
  if (rule == "self.all(k, !(k in ['app', 'app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app.kubernetes.io/managed-by']))") {
    return [](const json& self, const json*) {
      return all_keys(self, [](const auto& k) { return !is_our_label(k); });
    };
  }
  if (starts("self.all(k, size(k) <= 317 && "
             "k.matches('^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/"
             ")?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))")) {
    return [](const json& self, const json*) { return all_keys(self, is_qualified); };
  }
  if (rule == "self.all(k, !k.startsWith('bitcoincontroller.christianb93.github.com/'))") {
    return [](const json& self, const json*) {
      return all_keys(self, [](const std::string& k) {
        return !k.starts_with("bitcoincontroller.christianb93.github.com/");
      });
    };
  }
  return matching(rule);
}

}  // namespace

compiled_rule compile_rule(const json& rule) {
  const auto text = rule.at("rule").get<std::string>();
  compiled_rule out{
      known(text), text.find("oldSelf") != std::string::npos, nullptr, rule.value("fieldPath", "")};
  if (rule.contains("messageExpression")) {
    out.message = compile_message(rule.at("messageExpression"), out.holds);
  } else {
    out.message = [said = rule.value("message", "failed rule: " + text)](const json&, const json*) {
      return said;
    };
  }
  if (out.holds == nullptr) {
    throw std::runtime_error{
        "the simulated cluster does not know the rule \"" + text
        + "\" of the CustomResourceDefinition; teach it to test/sim/cluster/rules.cpp"};
  }
  return out;
}

}  // namespace btc::sim
