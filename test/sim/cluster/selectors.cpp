#include "test/sim/cluster/selectors.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace btc::sim {

namespace {

[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && text.front() == ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && text.back() == ' ') {
    text.remove_suffix(1);
  }
  return text;
}

/// Cuts at commas that are outside of parentheses.
[[nodiscard]] std::vector<std::string_view> requirements(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      if (const auto part = trimmed(text.substr(begin, i - begin)); !part.empty()) {
        out.push_back(part);
      }
      begin = i + 1;
    } else {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    }
  }
  return out;
}

[[nodiscard]] bool is_label_key(std::string_view key) noexcept {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
  });
}

[[nodiscard]] bool is_label_value(std::string_view value) noexcept {
  const auto word = [](unsigned char c) { return std::isalnum(c) != 0; };
  return value.empty()
         || (value.size() <= 63 && word(static_cast<unsigned char>(value.front()))
             && word(static_cast<unsigned char>(value.back())) && is_label_key(value)
             && value.find('/') == std::string_view::npos);
}

[[noreturn]] void unparsable(std::string_view what) {
  throw refusal{bad_request("unable to parse requirement: " + std::string{what})};
}

/// "(a, b)" as its values.
[[nodiscard]] std::vector<std::string> values_of(std::string_view text) {
  text = trimmed(text);
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') {
    unparsable("found '" + std::string{text} + "' expected: '('");
  }
  std::vector<std::string> out;
  for (const auto value : requirements(text.substr(1, text.size() - 2))) {
    out.emplace_back(value);
  }
  return out;
}

}  // namespace

label_selector label_selector::parse(std::string_view text) {
  label_selector out;
  for (const auto part : requirements(text)) {
    term t;
    if (part.front() == '!') {
      t = {std::string{trimmed(part.substr(1))}, op::absent, {}};
    } else if (const auto in = part.find(" in "), not_in = part.find(" notin ");
               not_in != std::string_view::npos) {
      t = {std::string{trimmed(part.substr(0, not_in))},
           op::not_in,
           values_of(part.substr(not_in + 7))};
    } else if (in != std::string_view::npos) {
      t = {std::string{trimmed(part.substr(0, in))}, op::in, values_of(part.substr(in + 4))};
    } else if (const auto equals = part.find('='); equals != std::string_view::npos) {
      const bool negated = equals > 0 && part[equals - 1] == '!';
      auto value = part.substr(equals + 1);
      value = trimmed(value.starts_with('=') ? value.substr(1) : value);
      t = {std::string{trimmed(part.substr(0, equals - (negated ? 1 : 0)))},
           negated ? op::not_in : op::in,
           {std::string{value}}};
    } else {
      t = {std::string{part}, op::exists, {}};
    }
    if (!is_label_key(t.key)) {
      unparsable("found '" + std::string{part} + "', expected: identifier");
    }
    for (const auto& value : t.values) {
      if (!is_label_value(value)) {
        unparsable("values[0][" + t.key + "]: Invalid value: \"" + value + "\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.'");
      }
    }
    out.terms_.push_back(std::move(t));
  }
  return out;
}

label_selector label_selector::of_labels(const json& labels) {
  label_selector out;
  for (const auto& [key, value] : labels.items()) {
    out.terms_.push_back({key, op::in, {value.get<std::string>()}});
  }
  return out;
}

label_selector label_selector::of(const json& selector) {
  label_selector out;
  if (const auto* labels = k8s::member(selector, "matchLabels")) {
    out = of_labels(*labels);
  }
  const auto* expressions = k8s::member(selector, "matchExpressions");
  for (std::size_t i = 0; expressions != nullptr && i < expressions->size(); ++i) {
    const auto& e = (*expressions)[i];
    const auto how = k8s::string_at(e, "operator");
    term t{k8s::string_at(e, "key"),
           how == "In"       ? op::in
           : how == "NotIn"  ? op::not_in
           : how == "Exists" ? op::exists
                             : op::absent,
           {}};
    if (const auto* values = k8s::member(e, "values")) {
      t.values = values->get<std::vector<std::string>>();
    }
    out.terms_.push_back(std::move(t));
  }
  return out;
}

bool label_selector::matches(const json& object) const {
  return terms_.empty() || matches_labels(k8s::member(object, "metadata", "labels"));
}

bool label_selector::matches_labels(const json* labels) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const term& t) {
    const auto* value = labels == nullptr ? nullptr : k8s::member(*labels, t.key);
    if (t.how == op::exists || t.how == op::absent) {
      return (value != nullptr) == (t.how == op::exists);
    }
    const bool listed =
        value != nullptr
        && std::find(t.values.begin(), t.values.end(), value->get_ref<const std::string&>())
               != t.values.end();
    return listed == (t.how == op::in);
  });
}

namespace {

/// Fields that a resource can be selected by, besides metadata.name and metadata.namespace.
[[nodiscard]] bool is_selectable(type_id type, std::string_view field) {
  static constexpr std::string_view pod_fields[] = {"spec.nodeName",
                                                    "spec.restartPolicy",
                                                    "spec.schedulerName",
                                                    "spec.serviceAccountName",
                                                    "spec.hostNetwork",
                                                    "status.phase",
                                                    "status.podIP",
                                                    "status.nominatedNodeName"};
  static constexpr std::string_view event_fields[] = {"involvedObject.kind",
                                                      "involvedObject.namespace",
                                                      "involvedObject.name",
                                                      "involvedObject.uid",
                                                      "involvedObject.apiVersion",
                                                      "involvedObject.resourceVersion",
                                                      "involvedObject.fieldPath",
                                                      "reason",
                                                      "reportingComponent",
                                                      "source",
                                                      "type"};
  const auto listed = [&](const auto& fields) {
    return std::find(std::begin(fields), std::end(fields), field) != std::end(fields);
  };
  switch (type) {
    case type_id::pods:
      return listed(pod_fields);
    case type_id::events:
      return listed(event_fields);
    case type_id::secrets:
      return field == "type";
    case type_id::namespaces:
      return field == "status.phase";
    case type_id::nodes:
      return field == "spec.unschedulable";
    case type_id::services:
      return field == "spec.clusterIP" || field == "spec.type";
    case type_id::replica_sets:
      return field == "status.replicas";
    default:
      return false;
  }
}

[[nodiscard]] std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const auto dot = path.find('.');
    out.emplace_back(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return out;
}

[[nodiscard]] std::string text_at(const json& object, const std::vector<std::string>& path) {
  const auto* at = &object;
  for (const auto& key : path) {
    at = k8s::member(*at, key);
    if (at == nullptr) {
      return {};
    }
  }
  if (at->is_object()) {  // "source" of an Event means its component
    return k8s::string_at(*at, "component");
  }
  return at->is_string() ? at->get<std::string>() : at->dump();
}

}  // namespace

field_selector field_selector::parse(const resource_type& type, std::string_view text) {
  field_selector out;
  for (const auto part : requirements(text)) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      throw refusal{bad_request("invalid selector: '" + std::string{text} + "'; can't understand '"
                                + std::string{part} + "'")};
    }
    const bool negated = equals > 0 && part[equals - 1] == '!';
    const auto field = part.substr(0, equals - (negated ? 1 : 0));
    auto value = part.substr(equals + 1);
    value = value.starts_with('=') ? value.substr(1) : value;
    const bool common =
        field == "metadata.name" || (field == "metadata.namespace" && type.namespaced);
    if (!common && !is_selectable(type.id, field)) {
      throw refusal{bad_request(
          "Unable to find \"" + (type.group.empty() ? "" : type.group) + "/" + type.version
          + ", Resource=" + type.plural + "\" that match label selector \"\", field selector \""
          + std::string{text} + "\": field label not supported: " + std::string{field})};
    }
    out.terms_.push_back({split(field), std::string{value}, !negated});
  }
  return out;
}

bool field_selector::matches(const json& object) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const term& t) {
    return (text_at(object, t.path) == t.value) == t.equal;
  });
}

}  // namespace btc::sim
