#pragma once

#include "test/sim/cluster/api.hpp"
#include "test/sim/serve/negotiation.hpp"
#include "test/sim/serve/table.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace btc::sim {

/// In which form a client wants what it asked for, from Accept and the query parameter
/// includeObject.
struct wanted_form {
  answer_form form{answer_form::plain};
  row_object rows{row_object::metadata};
};

/// An object or a list as Table or as metadata alone; as it is for any other form and for Status.
[[nodiscard]] json in_form(const wanted_form& wanted,
                           const table_printer& tables,
                           const resource_type& type,
                           const json& body,
                           std::chrono::sys_seconds now);

/// A watch event in the form. ERROR events stay Status. `first` is true for the first event of a
/// stream, which names the columns of a Table.
[[nodiscard]] json event_in_form(const wanted_form& wanted,
                                 const table_printer& tables,
                                 const resource_type& type,
                                 const json& event,
                                 std::chrono::sys_seconds now,
                                 bool first);

}  // namespace btc::sim
