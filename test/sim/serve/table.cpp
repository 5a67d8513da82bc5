#include "test/sim/serve/table.hpp"

#include "test/sim/cluster/api.hpp"

#include <utility>

namespace btc::sim {

namespace {

/// The value at a path like ".spec.nodes"; the printer columns of our CRD use nothing else of
/// JSONPath. Null when there is none.
[[nodiscard]] json at_path(const json& object, std::string_view path) {
  const json* at = &object;
  while (!path.empty()) {
    path.remove_prefix(1);  // the dot
    const auto end = path.find('.');
    const std::string key{path.substr(0, end)};
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    const auto found = at->is_object() ? at->find(key) : at->end();
    if (!at->is_object() || found == at->end()) {
      return nullptr;
    }
    at = &*found;
  }
  return *at;
}

[[nodiscard]] json partial_metadata(const json& object) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", object.at("metadata")}};
}

[[nodiscard]] json definition(const char* name,
                              const char* type,
                              int priority,
                              const char* format) {
  return {{"name", name},
          {"type", type},
          {"format", format},
          {"description", ""},
          {"priority", priority}};
}

}  // namespace

table_printer::table_printer(const json& crd) {
  const auto& version = crd.at("spec").at("versions").at(0);
  if (const auto found = version.find("additionalPrinterColumns"); found != version.end()) {
    custom_.assign(found->begin(), found->end());
  }
}

json table_printer::columns(const resource_type& type) const {
  json result = json::array({definition("Name", "string", 0, "name")});
  if (type.custom) {
    for (const auto& c : custom_) {
      result.push_back({{"name", c.at("name")},
                        {"type", c.at("type")},
                        {"format", c.value("format", "")},
                        {"description", c.value("description", "")},
                        {"priority", c.value("priority", 0)}});
    }
    return result;
  }
  const auto own = builtin_columns(type.id);
  if (type.id == type_id::events) {
    result.clear();  // an Event's name comes last
  }
  for (const auto& c : own) {
    result.push_back(definition(c.name, c.type, c.priority, ""));
  }
  return result;
}

json table_printer::row(const resource_type& type,
                        const json& object,
                        row_object rows,
                        std::chrono::sys_seconds now) const {
  json cells = json::array();
  if (type.id != type_id::events) {
    cells.push_back(object.at("metadata").value("name", ""));
  }
  if (type.custom) {
    for (const auto& c : custom_) {
      auto value = at_path(object, c.at("jsonPath").get_ref<const std::string&>());
      cells.push_back(c.at("type") == "date" && !value.is_null() ? json(age_of(value, now))
                                                                 : std::move(value));
    }
  } else {
    for (auto& cell : builtin_cells(type.id, object, now)) {
      cells.push_back(std::move(cell));
    }
  }
  json result = {{"cells", std::move(cells)}};
  switch (rows) {
    case row_object::metadata:
      result["object"] = partial_metadata(object);
      break;
    case row_object::whole:
      result["object"] = object;
      result["object"]["kind"] = type.kind;
      result["object"]["apiVersion"] = type.api_version();
      break;
    case row_object::none:
      result["object"] = nullptr;
      break;
  }
  return result;
}

json table_printer::print_object(const resource_type& type,
                                 const json& object,
                                 row_object rows,
                                 std::chrono::sys_seconds now,
                                 bool with_columns) const {
  return {{"kind", "Table"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", {{"resourceVersion", object.at("metadata").value("resourceVersion", "")}}},
          {"columnDefinitions", with_columns ? columns(type) : json::array()},
          {"rows", json::array({row(type, object, rows, now)})}};
}

json table_printer::print_list(const resource_type& type,
                               const json& list,
                               row_object rows,
                               std::chrono::sys_seconds now) const {
  json table = {{"kind", "Table"},
                {"apiVersion", "meta.k8s.io/v1"},
                {"metadata", list.at("metadata")},
                {"columnDefinitions", columns(type)},
                {"rows", json::array()}};
  for (const auto& object : list.at("items")) {
    table["rows"].push_back(row(type, object, rows, now));
  }
  return table;
}

}  // namespace btc::sim
