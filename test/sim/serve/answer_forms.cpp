#include "test/sim/serve/answer_forms.hpp"

#include <utility>

namespace btc::sim {

namespace {

[[nodiscard]] json metadata_of(const json& object) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", object.at("metadata")}};
}

[[nodiscard]] json metadata_list(const json& list) {
  json result = {{"kind", "PartialObjectMetadataList"},
                 {"apiVersion", "meta.k8s.io/v1"},
                 {"metadata", list.at("metadata")},
                 {"items", json::array()}};
  for (const auto& item : list.at("items")) {
    result["items"].push_back(metadata_of(item));
  }
  return result;
}

}  // namespace

json in_form(const wanted_form& wanted,
             const table_printer& tables,
             const resource_type& type,
             const json& body,
             std::chrono::sys_seconds now) {
  const bool list = body.contains("items");
  if (body.value("kind", "") == "Status" || !body.contains("metadata")) {
    return body;
  }
  switch (wanted.form) {
    case answer_form::table:
      return list ? tables.print_list(type, body, wanted.rows, now)
                  : tables.print_object(type, body, wanted.rows, now);
    case answer_form::metadata:
    case answer_form::metadata_list:
      return list ? metadata_list(body) : metadata_of(body);
    default:
      return body;
  }
}

json event_in_form(const wanted_form& wanted,
                   const table_printer& tables,
                   const resource_type& type,
                   const json& event,
                   std::chrono::sys_seconds now,
                   bool first) {
  const auto& kind = event.at("type").get_ref<const std::string&>();
  if (kind == "ERROR" || (kind == "BOOKMARK" && wanted.form != answer_form::table)) {
    return event;
  }
  const auto& object = event.at("object");
  json shown = wanted.form == answer_form::table
                   ? tables.print_object(type, object, wanted.rows, now, first)
                   : in_form(wanted, tables, type, object, now);
  return {{"type", kind}, {"object", std::move(shown)}};
}

}  // namespace btc::sim
