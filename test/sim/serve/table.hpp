#pragma once

#include "test/sim/cluster/resource_type.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// How much of each object a row of a Table carries: query parameter includeObject.
enum class row_object : std::uint8_t { metadata, whole, none };

/// Tables (meta.k8s.io/v1) as the API server prints them for `kubectl get`: the CRD's printer
/// columns, and those of the built-ins that a user of this project looks at; name and age for
/// the others. Source of the built-ins' columns: Kubernetes, pkg/printers/internalversion.
class table_printer {
 public:
  /// `crd` is the CustomResourceDefinition; its first version's additionalPrinterColumns are used.
  explicit table_printer(const nlohmann::json& crd);

  /// The Table of one object. `with_columns` is false for all events of a watch but the first.
  [[nodiscard]] nlohmann::json print_object(const resource_type& type,
                                            const nlohmann::json& object,
                                            row_object rows,
                                            std::chrono::sys_seconds now,
                                            bool with_columns = true) const;

  /// The Table of a list document.
  [[nodiscard]] nlohmann::json print_list(const resource_type& type,
                                          const nlohmann::json& list,
                                          row_object rows,
                                          std::chrono::sys_seconds now) const;

 private:
  [[nodiscard]] nlohmann::json columns(const resource_type& type) const;
  [[nodiscard]] nlohmann::json row(const resource_type& type,
                                   const nlohmann::json& object,
                                   row_object rows,
                                   std::chrono::sys_seconds now) const;
  std::vector<nlohmann::json> custom_{};  ///< additionalPrinterColumns
};

/// "5s", "3m10s", "2d3h": as kubectl and the API server write ages (apimachinery, util/duration).
[[nodiscard]] std::string human_duration(std::chrono::seconds age);

/// The cells of a built-in without its name, in the order of builtin_columns().
[[nodiscard]] std::vector<nlohmann::json> builtin_cells(type_id id,
                                                        const nlohmann::json& object,
                                                        std::chrono::sys_seconds now);

/// One column of a built-in's table.
struct column {
  const char* name;
  const char* type;
  int priority;  ///< above 0: shown by -o wide only
};
[[nodiscard]] std::vector<column> builtin_columns(type_id id);

/// The age of what has the time `timestamp` (RFC 3339), or "<unknown>".
[[nodiscard]] std::string age_of(const nlohmann::json& timestamp, std::chrono::sys_seconds now);

}  // namespace btc::sim
