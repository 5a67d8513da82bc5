#include "test/sim/cluster/rule_messages.hpp"

#include "k8s/json_fields.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace btc::sim {

namespace {

using nlohmann::json;

/// The terms of a sum: "+" counts outside of quotes and brackets only. No text has a quote in it.
[[nodiscard]] std::vector<std::string> terms_of(std::string_view sum) {
  std::vector<std::string> terms(1);
  bool quoted = false;
  int depth = 0;
  for (const char c : sum) {
    quoted = quoted != (c == '\'');
    depth += quoted ? 0 : (c == '(' ? 1 : 0) - (c == ')' ? 1 : 0);
    if (c == '+' && !quoted && depth == 0) {
      terms.emplace_back();
    } else if (c != ' ' || quoted || depth > 0) {
      terms.back() += c;
    }
  }
  return terms;
}

/// What stands between, when the text begins and ends so.
[[nodiscard]] std::optional<std::string> between(std::string_view text,
                                                 std::string_view begin,
                                                 std::string_view end) {
  if (text.size() < begin.size() + end.size() || !text.starts_with(begin) || !text.ends_with(end)) {
    return std::nullopt;
  }
  text.remove_prefix(begin.size());
  text.remove_suffix(end.size());
  return std::string{text};
}

/// "self.a.b" or "oldSelf"; nothing when it is no such path.
[[nodiscard]] rule_message field(std::string_view path) {
  const bool old = path.starts_with("oldSelf");
  if ((!old && !path.starts_with("self"))
      || path.find_first_of("'(), ") != std::string_view::npos) {
    return nullptr;
  }
  path.remove_prefix(old ? 7 : 4);
  auto pointer = std::string{path};
  std::replace(pointer.begin(), pointer.end(), '.', '/');
  return [old, at = json::json_pointer{pointer}](const json& self, const json* old_self) {
    return cel_text((old ? *old_self : self).at(at));
  };
}

/// The first resource of those that the expression asks for whose request is above its limit: each
/// alone breaks the rule.
[[nodiscard]] rule_message first_request_above(const validation_rule& holds) {
  return [holds](const json& self, const json*) -> std::string {
    const std::string rule = "no request is above its limit";
    for (const std::string key : {"cpu", "memory"}) {
      const auto* limit = k8s::member(self, "limits", key);
      const auto* request = k8s::member(self, "requests", key);
      if (limit != nullptr && request != nullptr
          && !holds({{"limits", {{key, *limit}}}, {"requests", {{key, *request}}}}, nullptr)) {
        return "requests." + key + " is \"" + cel_text(*request) + "\"; " + rule + ", which is \""
               + cel_text(*limit) + '"';
      }
    }
    return rule;
  };
}

/// The first of the controller's labels that is there.
[[nodiscard]] std::string first_label_of_ours(const json& self, const json*) {
  for (const auto* key : {"app", "app.kubernetes.io/name", "app.kubernetes.io/instance"}) {
    if (self.contains(key)) {
      return key;
    }
  }
  return "app.kubernetes.io/managed-by";
}

/// The argument's name: no dash, no "no" in front, no value.
[[nodiscard]] std::string name_of_argument(const json& self, const json*) {
  std::string_view text = self.get_ref<const std::string&>();
  text.remove_prefix(std::min(text.find_first_not_of('-'), text.size()));
  if (text.starts_with("no")) {
    text.remove_prefix(2);
  }
  return std::string{
      text.substr(0, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"))};
}

/// What is known by its text, blanks aside.
[[nodiscard]] rule_message known(const std::string& term, const validation_rule& holds) {
  if (term
      == "(self.matches('^-*no') ? self.find('[a-z0-9]+').substring(2) : self.find('[a-z0-9]+'))") {
    return name_of_argument;
  }
  if (term == "('app' in self ? 'app' : 'app.kubernetes.io/name' in self ? 'app.kubernetes.io/name' : 'app.kubernetes.io/instance' in self ? 'app.kubernetes.io/instance' : 'app.kubernetes.io/managed-by')") {
    return first_label_of_ours;
  }
  const auto above = [](const std::string& key) {
    return "self.limits.exists(k, k == '" + key
           + "' && k in self.requests && quantity(string(self.requests[k])).isGreaterThan(quantity("
             "string(self.limits[k])))) ? 'requests." + key + " is \"' + string(self.requests['" + key
           + "']) + '\"; no request is above its limit, which is \"' + string(self.limits['" + key
           + "']) + '\"' : ";
  };
  if (term == '(' + above("cpu") + above("memory") + "'no request is above its limit')") {
    return first_request_above(holds);
  }
  return nullptr;
}

[[nodiscard]] rule_message compile_term(const std::string& term, const validation_rule& holds) {
  if (const auto literal = between(term, "'", "'")) {
    return [text = *literal](const json&, const json*) { return text; };
  }
  if (const auto path = between(term, "string(", ")")) {
    return field(*path);
  }
  const auto special = known(term, holds);
  return special != nullptr ? special : field(term);
}

}  // namespace

std::string cel_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

rule_message compile_message(const std::string& expression, const validation_rule& holds) {
  std::vector<rule_message> parts;
  for (const auto& term : terms_of(expression)) {
    parts.push_back(compile_term(term, holds));
    if (parts.back() == nullptr) {
      throw std::runtime_error{"the simulated cluster does not know \"" + term
                               + "\" of a messageExpression; teach it to "
                                 "test/sim/cluster/rule_messages.cpp"};
    }
  }
  return [parts = std::move(parts)](const json& self, const json* old) {
    std::string text;
    for (const auto& part : parts) {
      text += part(self, old);
    }
    return text;
  };
}

}  // namespace btc::sim
