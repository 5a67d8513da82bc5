#include "test/sim/cluster/yaml.hpp"

#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <regex>
#include <stdexcept>

namespace btc::sim {

namespace {

using json = nlohmann::json;

[[nodiscard]] json scalar(const YAML::Node& node) {
  const auto& text = node.Scalar();
  if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str") {  // quoted
    return text;
  }
  if (text.empty() || text == "~" || text == "null") {
    return nullptr;
  }
  if (text == "true" || text == "false") {
    return text == "true";
  }
  static const std::regex integer{"[-+]?[0-9]+"};
  static const std::regex real{R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"};
  if (text.size() < 19 && std::regex_match(text, integer)) {
    return static_cast<std::int64_t>(std::stoll(text));
  }
  return std::regex_match(text, real) ? json(std::stod(text)) : json(text);
}

[[nodiscard]] json value(const YAML::Node& node) {
  if (node.IsMap()) {
    auto out = json::object();
    for (const auto& pair : node) {
      out[pair.first.Scalar()] = value(pair.second);
    }
    return out;
  }
  if (node.IsSequence()) {
    auto out = json::array();
    for (const auto& element : node) {
      out.push_back(value(element));
    }
    return out;
  }
  return node.IsScalar() ? scalar(node) : json();
}

}  // namespace

std::vector<json> parse_yaml(const std::string& text) {
  std::vector<json> out;
  try {
    for (const auto& node : YAML::LoadAll(text)) {
      out.push_back(value(node));
    }
  } catch (const YAML::Exception& e) {
    throw std::runtime_error{std::string{"no YAML: "} + e.what()};
  }
  return out;
}

}  // namespace btc::sim
