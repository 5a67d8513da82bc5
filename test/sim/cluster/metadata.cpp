#include "test/sim/cluster/metadata.hpp"

#include "k8s/json_fields.hpp"

#include <algorithm>
#include <utility>

namespace btc::sim {

namespace {

constexpr std::size_t name_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;

[[nodiscard]] bool is_lower_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

[[nodiscard]] std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  out += text;
  return out + '"';
}

void check_name(const resource_type& type, const std::string& name, std::vector<cause>& causes) {
  const bool service = type.id == type_id::services;
  const bool label = service || type.id == type_id::namespaces;
  const bool rbac = type.group == "rbac.authorization.k8s.io";
  const bool good = label  ? is_dns_label(name, service)
                    : rbac ? !name.empty() && name.find('/') == std::string::npos
                                 && name.find('%') == std::string::npos
                           : is_dns_subdomain(name);
  if (good) {
    return;
  }
  std::string message = "Invalid value: " + in_quotes(name) + ": ";
  message +=
      service
          ? "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
            "with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name', "
            " or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
      : label ? "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
                "'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
                "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
              : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
                "characters, '-' or '.', and must start and end with an alphanumeric character "
                "(e.g. 'example.com', regex used for validation is "
                "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  causes.push_back({"FieldValueInvalid", std::move(message), "metadata.name"});
}

void check_owners(const json& owners, std::vector<cause>& causes) {
  int controllers = 0;
  for (const auto& owner : owners) {
    for (const auto* field : {"apiVersion", "kind", "name", "uid"}) {
      if (k8s::string_at(owner, field).empty()) {
        causes.push_back({"FieldValueInvalid",
                          std::string{"Invalid value: \"\": must not be empty"},
                          std::string{"metadata.ownerReferences."} + field});
      }
    }
    controllers += k8s::boolean_at(owner, "controller").value_or(false) ? 1 : 0;
  }
  if (controllers > 1) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: " + owners.dump()
                          + ": Only one reference can have Controller set to true. Found \"true\" "
                            "in references for several owners",
                      "metadata.ownerReferences"});
  }
}

void check_finalizers(const json& live, const json& next, std::vector<cause>& causes) {
  const auto* now = k8s::member(next, "metadata", "finalizers");
  if (now == nullptr || !is_terminating(live)) {
    return;
  }
  const auto* before = k8s::member(live, "metadata", "finalizers");
  auto added = json::array();
  for (const auto& f : *now) {
    if (before == nullptr || std::find(before->begin(), before->end(), f) == before->end()) {
      added.push_back(f);
    }
  }
  if (!added.empty()) {
    causes.push_back({"FieldValueForbidden",
                      "Forbidden: no new finalizers can be added if the object is being deleted, "
                      "found new finalizers []string"
                          + added.dump(),
                      "metadata.finalizers"});
  }
}

[[nodiscard]] bool is_qualified_name(std::string_view key) noexcept {
  const auto slash = key.find('/');
  const auto name = slash == std::string_view::npos ? key : key.substr(slash + 1);
  const bool prefix_good =
      slash == std::string_view::npos || is_dns_subdomain(key.substr(0, slash));
  const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return prefix_good && !name.empty() && name.size() <= label_bytes_max && word(name.front())
         && word(name.back()) && std::all_of(name.begin(), name.end(), [&](char c) {
              return word(c) || c == '-' || c == '_' || c == '.';
            });
}

void check_labels(const json& labels, std::vector<cause>& causes) {
  for (const auto& [key, value] : labels.items()) {
    const bool good_value =
        value.is_string()
        && (value.get_ref<const std::string&>().empty()
            || (is_qualified_name(value.get_ref<const std::string&>())
                && value.get_ref<const std::string&>().find('/') == std::string::npos));
    if (!is_qualified_name(key)) {
      causes.push_back({"FieldValueInvalid",
                        "Invalid value: " + in_quotes(key)
                            + ": name part must consist of alphanumeric characters, '-', '_' or "
                              "'.', and must start and end with an alphanumeric character (e.g. "
                              "'MyName',  or 'my.name',  or '123-abc', regex used for validation "
                              "is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
                        "metadata.labels"});
    }
    if (!good_value) {
      causes.push_back(
          {"FieldValueInvalid",
           "Invalid value: " + value.dump()
               + ": a valid label must be an empty string or consist of alphanumeric characters, "
                 "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
                 "'MyValue',  or 'my_value',  or '12345', regex used for validation is "
                 "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
           "metadata.labels"});
    }
  }
}

}  // namespace

bool is_terminating(const json& object) noexcept {
  return k8s::member(object, "metadata", "deletionTimestamp") != nullptr;
}

bool has_finalizers(const json& object) noexcept {
  const auto* finalizers = k8s::member(object, "metadata", "finalizers");
  return finalizers != nullptr && !finalizers->empty();
}

std::string name_of(const json& object) {
  const auto* name = k8s::member(object, "metadata", "name");
  return name != nullptr && name->is_string() ? name->get<std::string>() : std::string{};
}

std::string namespace_of(const json& object) {
  const auto* ns = k8s::member(object, "metadata", "namespace");
  return ns != nullptr && ns->is_string() ? ns->get<std::string>() : std::string{};
}

std::string uid_of(const json& object) {
  const auto* uid = k8s::member(object, "metadata", "uid");
  return uid != nullptr && uid->is_string() ? uid->get<std::string>() : std::string{};
}

bool is_dns_label(std::string_view text, bool letter_first) noexcept {
  return !text.empty() && text.size() <= label_bytes_max && is_lower_alphanumeric(text.back())
         && (letter_first ? text.front() >= 'a' && text.front() <= 'z'
                          : is_lower_alphanumeric(text.front()))
         && std::all_of(
             text.begin(), text.end(), [](char c) { return is_lower_alphanumeric(c) || c == '-'; });
}

bool is_dns_subdomain(std::string_view text) noexcept {
  if (text.empty() || text.size() > name_bytes_max) {
    return false;
  }
  while (true) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    const bool good =
        !part.empty() && is_lower_alphanumeric(part.front()) && is_lower_alphanumeric(part.back())
        && std::all_of(
            part.begin(), part.end(), [](char c) { return is_lower_alphanumeric(c) || c == '-'; });
    if (!good) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

void check_metadata(const resource_type& type,
                    const json* live,
                    const json& next,
                    std::vector<cause>& causes) {
  const auto& metadata = next.at("metadata");
  if (live == nullptr) {
    if (const auto name = name_of(next); name.empty()) {
      causes.push_back({"FieldValueRequired",
                        "Required value: name or generateName is required",
                        "metadata.name"});
    } else {
      check_name(type, name, causes);
    }
  } else {
    check_finalizers(*live, next, causes);
  }
  if (const auto* labels = k8s::member(metadata, "labels")) {
    check_labels(*labels, causes);
  }
  if (const auto* owners = k8s::member(metadata, "ownerReferences")) {
    check_owners(*owners, causes);
  }
}

namespace {

[[nodiscard]] bool same_entries(const json& a, const json& b) {
  return a.size() == b.size()
         && std::equal(a.begin(), a.end(), b.begin(), [](const json& x, const json& y) {
              return x.size() == y.size()
                     && std::equal(x.begin(), x.end(), y.begin(), [](const auto& p, const auto& q) {
                          return p == q
                                 || (p.is_string() && q.is_string()
                                     && p.template get_ref<const std::string&>().size() == 20
                                     && p.template get_ref<const std::string&>().back() == 'Z'
                                     && q.template get_ref<const std::string&>().size() == 20);
                        });
            });
}

/// Equal members except those named in `but`, which `special` compares.
template <class F>
[[nodiscard]] bool same_members(const json& a,
                                const json& b,
                                std::string_view but,
                                const F& special) {
  if (a.size() != b.size()) {
    return false;
  }
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    if (x.key() != y.key()
        || !(x.key() == but ? special(x.value(), y.value()) : x.value() == y.value())) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool same_but_times(const json& a, const json& b) {
  return same_members(a, b, "metadata", [](const json& x, const json& y) {
    return same_members(x, y, "managedFields", same_entries);
  });
}

}  // namespace btc::sim
