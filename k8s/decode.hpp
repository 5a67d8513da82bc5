#pragma once

#include "k8s/api_error.hpp"
#include "k8s/kind.hpp"
#include "k8s/meta.hpp"
#include "k8s/payload.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace btc::k8s {

/// The document of a payload. Text is parsed through a filter that drops, while lexing, what nobody
/// reads of this kind (field sets of managedFields, pod containers, …); an error names the byte.
[[nodiscard]] result<std::shared_ptr<const nlohmann::json>> parse(const payload& p, kind k);

/// Decodes one object into the typed projection of its kind. An object of another kind or without
/// a name is an error with reason_malformed, never an exception.
[[nodiscard]] result<object_ptr> decode_object(kind k, const nlohmann::json& document);
[[nodiscard]] result<object_ptr> decode_object(kind k, const payload& p);

/// A `Status` body; `http_status` stands in where it names no code.
[[nodiscard]] api_error decode_status(const nlohmann::json& status, int http_status);

/// One page of a list. Items that do not decode are counted and left out: one poisoned object must
/// not hide the others.
struct object_list {
  std::vector<object_ptr> items{};
  std::string resource_version{};
  std::string continue_token{};
  std::size_t undecodable{0};
};

[[nodiscard]] result<object_list> decode_list(kind k, const payload& p);

enum class event_type : std::uint8_t { added, modified, deleted, bookmark, error };

/// One line of a watch.
struct watch_event {
  event_type type{event_type::bookmark};
  object_ptr object{};             ///< added, modified, deleted
  std::string resource_version{};  ///< of the object or the bookmark
  bool initial_events_end{false};  ///< the bookmark that ends a WatchList (KEP-3157)
  api_error error{};               ///< error: the Status in the event
};

[[nodiscard]] result<watch_event> decode_watch_event(kind k, const payload& line);

}  // namespace btc::k8s
