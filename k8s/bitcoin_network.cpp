#include "k8s/bitcoin_network.hpp"

#include "k8s/network_rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

constexpr std::array<std::string_view, 3> chains{"regtest", "signet", "testnet4"};
constexpr std::array<std::string_view, 4> topologies{"auto", "mesh", "ring", "none"};
constexpr std::array<std::string_view, 3> pull_policies{"Always", "IfNotPresent", "Never"};

/// Collects problems; one object per spec.
class spec_reader {
 public:
  spec_reader(json_view spec, std::vector<std::string>& problems)
      : spec_(spec), problems_(problems) {}

  void problem(std::string_view field, json_view value, std::string_view rule) {
    problems_.push_back("spec." + std::string{field} + " is " + shown(value) + "; "
                        + std::string{rule});
  }

  void text(std::string_view field, std::string& out, bool may_be_empty) {
    const auto value = spec_[field];
    if (!value) {
      return;
    }
    if (!value.is_string() || (!may_be_empty && value.text().empty())) {
      problem(field, value, may_be_empty ? "give a string" : "give a string that is not empty");
      return;
    }
    out = value.text();
  }

  void secret(std::string& out) {
    constexpr std::size_t name_bytes_max = 253;
    text("secret", out, true);
    if (!out.empty() && (out.size() > name_bytes_max || !is_dns_1123_subdomain(out))) {
      problem("secret",
              spec_["secret"],
              "give the name of a Secret in the same namespace: a-z, 0-9, '-' and '.'");
    }
  }

  void image(std::string& out) {
    constexpr std::size_t image_bytes_max = 512;
    text("image", out, false);
    if (out.size() > image_bytes_max || out.find_first_of(" \t\n\v\f\r") != std::string::npos) {
      problem("image", spec_["image"], "give at most 512 characters and no white space");
    }
  }

  template <std::size_t N>
  void choice(std::string_view field,
              const std::array<std::string_view, N>& choices,
              std::string& out) {
    const auto value = spec_[field];
    if (!value) {
      return;
    }
    if (std::find(choices.begin(), choices.end(), value.text()) != choices.end()) {
      out = value.text();
      return;
    }
    std::string rule = "give one of";
    for (const auto name : choices) {
      rule += ' ';
      rule += name;
    }
    problem(field, value, rule);
  }

  void object(std::string_view field, packed_json& out) {
    const auto value = spec_[field];
    if (!value) {
      return;
    }
    if (!value.is_object()) {
      problem(field, value, "give an object");
      return;
    }
    out = packed_json{value};
  }

  void nodes(std::int32_t& out) {
    const auto value = spec_["nodes"];
    const auto number = value.integer();
    if (!number || *number < 0 || *number > nodes_max) {
      problem("nodes", value, "give a whole number from 0 to " + std::to_string(nodes_max));
      return;
    }
    out = static_cast<std::int32_t>(*number);
  }

  void pull_secrets(std::vector<std::string>& out) {
    constexpr std::size_t pull_secrets_max = 16;
    const auto value = spec_["imagePullSecrets"];
    if (!value) {
      return;
    }
    bool valid = value.is_array() && value.size() <= pull_secrets_max;
    value.for_each_element([&](json_view entry) {
      const auto name = entry["name"].text();
      valid = valid && !name.empty() && std::find(out.begin(), out.end(), name) == out.end();
      if (valid) {
        out.emplace_back(name);
      }
    });
    if (!valid) {
      problem("imagePullSecrets", value, "give each entry a name, each name once, at most 16");
    }
  }

  void paused(bool& out) {
    const auto value = spec_["paused"];
    if (value && !value.boolean()) {
      problem("paused", value, "give true or false");
    }
    out = value.boolean().value_or(false);
  }

  void storage(std::optional<storage_spec>& out) {
    const auto value = spec_["storage"];
    if (!value) {
      return;
    }
    const auto size = value["size"];
    if (!size.is_string() && !size.real()) {
      problem("storage.size", size, "give a quantity, such as 10Gi");
      return;
    }
    const auto storage_class = value["storageClassName"];
    if (storage_class && !is_dns_1123_subdomain(storage_class.text())) {
      problem("storage.storageClassName",
              storage_class,
              "give a name of lower case letters, digits, '-' and '.', or leave it out");
      return;
    }
    out =
        storage_spec{size.is_string() ? size.string() : size.copy().dump(), storage_class.string()};
    const auto when_deleted = value["whenDeleted"];
    if (when_deleted && when_deleted.text() != "Delete" && when_deleted.text() != "Retain") {
      problem("storage.whenDeleted", when_deleted, "give one of Delete Retain");
    } else if (when_deleted) {
      out->when_deleted = when_deleted.text();
    }
  }

  void mining(std::int32_t& interval_seconds) {
    const auto value = spec_["mining"];
    if (!value) {
      return;
    }
    const auto given = value["intervalSeconds"];
    const auto seconds = given.integer();
    if (!seconds || *seconds < 1 || *seconds > mining_interval_seconds_max) {
      problem("mining.intervalSeconds",
              given,
              "give a whole number from 1 to " + std::to_string(mining_interval_seconds_max));
      return;
    }
    interval_seconds = static_cast<std::int32_t>(*seconds);
  }

  void extra_args(std::vector<std::string>& out) {
    const auto value = spec_["extraArgs"];
    if (!value) {
      return;
    }
    bool texts = value.is_array();
    value.for_each_element([&](json_view argument) {
      texts = texts && argument.is_string();
      out.push_back(argument.string());
    });
    if (!texts) {
      out.clear();
      // Without the value: an argument may hold what should not be shown.
      problems_.emplace_back("spec.extraArgs is not a list of strings; give one for each argument");
    }
  }

 private:
  json_view spec_;
  std::vector<std::string>& problems_;
};

/// RFC 1035 label: the name becomes `<name>-svc`, the name of a Service.
[[nodiscard]] bool is_dns_1035_label(std::string_view name) noexcept {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto allowed = [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && lower(name.front()) && name.back() != '-'
         && std::all_of(name.begin(), name.end(), allowed);
}

void check_name(const std::string& name, std::vector<std::string>& problems) {
  if (name.size() > network_name_bytes_max) {
    problems.push_back("metadata.name is \"" + name + "\"; give at most "
                       + std::to_string(network_name_bytes_max)
                       + " characters, because pod labels are derived from it");
  } else if (!is_dns_1035_label(name)) {
    problems.push_back("metadata.name is \"" + name
                       + R"("; start with a lower case letter and use only a-z, 0-9 and "-", )"
                         "because the Service is named after it");
  }
}

}  // namespace

void read_spec(json_view document, bitcoin_network& out) {
  check_name(out.meta.key.name, out.problems);
  const auto spec = document["spec"];
  spec_reader reader{spec, out.problems};
  reader.nodes(out.spec.nodes);
  reader.secret(out.spec.secret);
  reader.choice("chain", chains, out.spec.chain);
  reader.image(out.spec.image);
  reader.choice("imagePullPolicy", pull_policies, out.spec.image_pull_policy);
  reader.pull_secrets(out.spec.image_pull_secrets);
  reader.choice("topology", topologies, out.spec.topology);
  reader.storage(out.spec.storage);
  reader.object("resources", out.spec.resources);
  reader.mining(out.spec.mining_interval_seconds);
  reader.extra_args(out.spec.extra_args);
  reader.object("pod", out.spec.pod);
  reader.paused(out.spec.paused);
  check_resources(spec["resources"], out.problems);
  check_pod(spec["pod"], out.problems);
}

}  // namespace btc::k8s
