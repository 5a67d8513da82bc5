#include "test/sim/cluster/field_manager.hpp"

#include "k8s/json_fields.hpp"
#include "test/sim/cluster/apply_merge.hpp"
#include "test/sim/cluster/field_set.hpp"
#include "test/sim/cluster/schema.hpp"
#include "test/sim/cluster/statuses.hpp"
#include "test/sim/cluster/write.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

namespace btc::sim {

bool field_owner::same_as(const field_owner& other) const noexcept {
  return manager == other.manager && operation == other.operation
         && subresource == other.subresource
         && (operation == "Apply" || api_version == other.api_version);
}

std::vector<field_owner> take_owners(json& metadata) {
  std::vector<field_owner> out;
  const auto entries = metadata.find("managedFields");
  if (entries == metadata.end() || !entries->is_array()) {
    return out;
  }
  for (auto& entry : *entries) {
    const auto fields = entry.is_object() ? entry.find("fieldsV1") : entry.end();
    field_owner owner{k8s::string_at(entry, "manager"),
                      k8s::string_at(entry, "operation"),
                      k8s::string_at(entry, "apiVersion"),
                      k8s::string_at(entry, "subresource"),
                      k8s::string_at(entry, "time"),
                      fields == entry.end() ? json::object() : std::move(*fields)};
    const auto same = std::find_if(
        out.begin(), out.end(), [&](const field_owner& o) { return o.same_as(owner); });
    if (same == out.end()) {
      out.push_back(std::move(owner));
    } else {
      *same = std::move(owner);
    }
  }
  metadata.erase(entries);
  return out;
}

void encode_owners(std::vector<field_owner> owners, json& metadata) {
  std::erase_if(owners, [](const field_owner& o) { return o.fields.empty(); });
  if (owners.empty()) {
    metadata.erase("managedFields");
    return;
  }
  std::stable_sort(owners.begin(), owners.end(), [](const field_owner& a, const field_owner& b) {
    return std::tie(a.operation, a.time, a.manager, a.api_version, a.subresource)
           < std::tie(b.operation, b.time, b.manager, b.api_version, b.subresource);
  });
  auto entries = json::array();
  for (auto& owner : owners) {
    json entry = json::object();
    entry["manager"] = std::move(owner.manager);
    entry["operation"] = std::move(owner.operation);
    entry["apiVersion"] = std::move(owner.api_version);
    if (!owner.subresource.empty()) {
      entry["subresource"] = std::move(owner.subresource);
    }
    entry["time"] = std::move(owner.time);
    entry["fieldsType"] = "FieldsV1";
    entry["fieldsV1"] = std::move(owner.fields);
    entries.push_back(std::move(entry));
  }
  metadata["managedFields"] = std::move(entries);
}

namespace {

/// The owners that a write starts from: what the client sent, so that it may edit them, unless it
/// sent none or writes to a subresource. They leave `next`, where they as a rule came from `live`:
/// nothing is copied then.
[[nodiscard]] std::vector<field_owner> owners_before(const writer& w,
                                                     const json& live,
                                                     json& next) {
  static const json none = nullptr;
  auto& metadata = next.at("metadata");
  const auto sent = metadata.find("managedFields");
  if (w.subresource.empty()) {
    if (sent != metadata.end() && sent->size() == 1 && sent->at(0).empty()) {
      return {};  // how a client starts anew
    }
    if (auto owners = take_owners(metadata); !owners.empty()) {
      return owners;
    }
  }
  const auto held = live.find("metadata");
  const auto& kept =
      held != live.end() && held->contains("managedFields") ? held->at("managedFields") : none;
  if (kept.is_null()) {
    return {};
  }
  auto& all = metadata["managedFields"];
  if (all != kept) {
    all = kept;
  }
  return take_owners(metadata);
}

[[nodiscard]] field_owner writer_entry(const core& c,
                                       const resource_type& type,
                                       const writer& w,
                                       std::string operation) {
  return {w.manager,
          std::move(operation),
          type.api_version(),
          w.subresource,
          c.now_text(),
          json::object()};
}

}  // namespace

void track_fields(
    const core& c, const resource_type& type, const writer& w, const json& live, json& next) {
  auto owners = owners_before(w, live, next);
  auto changed = compare_fields(type.schema.get(), live, next);
  auto mine = writer_entry(c, type, w, "Update");
  mine.fields = std::move(changed.added);
  add_fields(mine.fields, changed.modified);
  for (auto& owner : owners) {
    remove_fields(owner.fields, mine.fields);
    remove_fields(owner.fields, changed.removed);
  }
  if (!mine.fields.empty()) {
    const auto same = std::find_if(
        owners.begin(), owners.end(), [&](const field_owner& o) { return o.same_as(mine); });
    if (same == owners.end()) {
      owners.push_back(std::move(mine));
    } else {
      add_fields(same->fields, mine.fields);
      same->time = mine.time;
    }
  }
  encode_owners(std::move(owners), next["metadata"]);
}

namespace {

struct field_conflict {
  std::string manager{};  ///< as it is printed
  std::string path{};
};

[[nodiscard]] std::string printed(const field_owner& owner) {
  auto text = '"' + owner.manager + '"';
  if (!owner.subresource.empty()) {
    text += " with subresource \"" + owner.subresource + '"';
  }
  return owner.operation == "Update" ? text + " using " + owner.api_version : text;
}

[[nodiscard]] api_response conflict_answer(const std::vector<field_conflict>& conflicts) {
  auto causes = json::array();
  std::map<std::string, std::string> lines;
  for (const auto& c : conflicts) {
    causes.push_back({{"reason", "FieldManagerConflict"},
                      {"message", "conflict with " + c.manager},
                      {"field", c.path}});
    lines[c.manager] += "\n- " + c.path;
  }
  std::string message;
  if (conflicts.size() == 1) {
    message = "Apply failed with 1 conflict: conflict with " + conflicts[0].manager + ": "
              + conflicts[0].path;
  } else {
    message = "Apply failed with " + std::to_string(conflicts.size()) + " conflicts: ";
    bool first = true;
    for (const auto& [manager, paths] : lines) {
      message += first ? "" : "\n";
      message += "conflicts with " + manager + ':' + paths;
      first = false;
    }
  }
  return failure(409, "Conflict", std::move(message), {{"causes", std::move(causes)}});
}

/// Takes from the others what the apply sets to other values; refuses when it may not.
void settle_conflicts(std::vector<field_owner>& owners,
                      const field_owner& mine,
                      const field_changes& changed,
                      bool force) {
  auto touched = changed.modified;
  add_fields(touched, changed.added);
  std::vector<field_conflict> conflicts;
  for (auto& owner : owners) {
    if (owner.same_as(mine)) {
      continue;
    }
    const auto lost = common_fields(owner.fields, touched);
    for (auto& path : paths_of(lost)) {
      conflicts.push_back({printed(owner), std::move(path)});
    }
    remove_fields(owner.fields, lost);
    remove_fields(owner.fields, changed.removed);
  }
  if (!force && !conflicts.empty()) {
    throw refusal{conflict_answer(conflicts)};
  }
}

}  // namespace

json apply_configuration(const core& c,
                         const resource_type& type,
                         const writer& w,
                         const json& live,
                         const json& configuration,
                         bool force) {
  const auto* schema = type.schema.get();
  auto merged = live;
  merge_configuration(schema, merged, configuration);
  auto owners = take_owners(merged.at("metadata"));
  auto mine = writer_entry(c, type, w, "Apply");
  mine.fields = fields_of(schema, configuration);
  drop_unowned(mine.fields);
  mine.fields.erase(w.subresource == "status" ? "f:spec" : type.status ? "f:status" : "");
  auto last = json::object();
  const auto same = std::find_if(
      owners.begin(), owners.end(), [&](const field_owner& o) { return o.same_as(mine); });
  if (same == owners.end()) {
    owners.push_back(mine);
  } else {
    last = std::exchange(same->fields, mine.fields);
    same->api_version = mine.api_version;
  }
  std::vector<const json*> held;
  for (const auto& owner : owners) {
    held.push_back(&owner.fields);
  }
  remove_forsaken(schema, merged, last, held);
  const auto changed = compare_fields(schema, live, merged);
  settle_conflicts(owners, mine, changed, force);
  for (auto& owner : owners) {
    owner.time = owner.same_as(mine) ? mine.time : owner.time;
  }
  encode_owners(std::move(owners), merged["metadata"]);
  return merged;
}

}  // namespace btc::sim
