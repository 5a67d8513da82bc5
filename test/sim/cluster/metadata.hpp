#pragma once

#include "test/sim/cluster/core.hpp"
#include "test/sim/cluster/statuses.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace btc::sim {

/// metadata.deletionTimestamp is set.
[[nodiscard]] bool is_terminating(const json& object) noexcept;
[[nodiscard]] bool has_finalizers(const json& object) noexcept;
[[nodiscard]] std::string name_of(const json& object);
[[nodiscard]] std::string namespace_of(const json& object);
[[nodiscard]] std::string uid_of(const json& object);

/// What is wrong with the metadata of `next`; `live` is null for a new object.
void check_metadata(const resource_type& type,
                    const json* live,
                    const json& next,
                    std::vector<cause>& causes);

/// RFC 1123 subdomain, as names of most objects.
[[nodiscard]] bool is_dns_subdomain(std::string_view text) noexcept;
/// RFC 1123 label; with `letter_first`, RFC 1035.
[[nodiscard]] bool is_dns_label(std::string_view text, bool letter_first) noexcept;

/// True when the objects differ in nothing but the times in managedFields: no write.
[[nodiscard]] bool same_but_times(const json& a, const json& b);

}  // namespace btc::sim
