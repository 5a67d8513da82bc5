#include "k8s/json_filter.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace btc::k8s {

namespace {

using json = nlohmann::json;

/// Dropped in every kind: field sets, and the copy of itself that kubectl leaves in an object.
constexpr std::array<std::string_view, 2> dropped_everywhere{
    "fieldsV1", "kubectl.kubernetes.io/last-applied-configuration"};

/// Dropped in pods: everything big that is not read. Names, because none of them occurs at a place
/// that we do read.
constexpr std::array<std::string_view, 11> dropped_in_pods{"containers",
                                                           "initContainers",
                                                           "volumes",
                                                           "tolerations",
                                                           "affinity",
                                                           "securityContext",
                                                           "topologySpreadConstraints",
                                                           "resources",
                                                           "podIPs",
                                                           "hostIPs",
                                                           "imagePullSecrets"};

[[nodiscard]] bool is_dropped(kind k, std::string_view key) noexcept {
  const auto equals = [key](std::string_view name) { return name == key; };
  return std::any_of(dropped_everywhere.begin(), dropped_everywhere.end(), equals)
         || (k == kind::pod && std::any_of(dropped_in_pods.begin(), dropped_in_pods.end(), equals));
}

/// SAX handler that builds a DOM of the kept part. The signatures are nlohmann's json_sax.
class filter {
 public:
  explicit filter(kind k) : kind_(k) { open_.reserve(16); }

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(json::number_integer_t value) { return put(value); }
  bool number_unsigned(json::number_unsigned_t value) { return put(value); }
  bool number_float(json::number_float_t value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(std::move(value)); }
  static bool binary(json::binary_t&) { return false; }  // JSON text has none
  bool start_object(std::size_t) { return open(json::value_t::object); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(json::value_t::array); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (skipped_ > 0) {
      return true;
    }
    drop_next_ = is_dropped(kind_, name);
    if (!drop_next_) {
      slot_ = &(*open_.back())[std::move(name)];
    }
    return true;
  }

  /// The parser's own words quote what it read last, which may be a part of a Secret.
  bool parse_error(std::size_t position, const std::string&, const json::exception&) {
    error_ = "at byte " + std::to_string(position);
    return false;
  }

  [[nodiscard]] json take() { return std::move(root_); }
  [[nodiscard]] std::string take_error() { return std::move(error_); }

 private:
  /// Where the next value goes; nullptr: nowhere, it is dropped.
  json* place() {
    if (drop_next_) {
      drop_next_ = false;
      return nullptr;
    }
    if (open_.empty()) {
      return &root_;
    }
    if (open_.back()->is_array()) {
      return &open_.back()->emplace_back();
    }
    return slot_;
  }

  template <class T>
  bool put(T&& value) {
    if (skipped_ > 0) {
      return true;
    }
    if (json* target = place()) {
      *target = std::forward<T>(value);
    }
    return true;
  }

  bool open(json::value_t type) {
    if (skipped_ > 0) {
      ++skipped_;
      return true;
    }
    json* target = place();
    if (target == nullptr) {
      skipped_ = 1;
      return true;
    }
    if (open_.size() >= json_depth_max) {
      error_ = "nested deeper than " + std::to_string(json_depth_max) + " levels";
      return false;
    }
    *target = json(type);
    open_.push_back(target);
    return true;
  }

  bool close() {
    if (skipped_ > 0) {
      --skipped_;
    } else {
      open_.pop_back();
    }
    return true;
  }

  kind kind_;
  json root_{};
  /// Containers that are open. An element's address is stable while it is open: its parent grows
  /// only after it is closed.
  std::vector<json*> open_{};
  json* slot_{nullptr};
  std::size_t skipped_{0};  ///< nesting depth inside a dropped value
  bool drop_next_{false};
  std::string error_{};
};

}  // namespace

json parse_filtered(std::string_view text, kind k, std::string& error) {
  filter handler{k};
  if (!json::sax_parse(text.begin(), text.end(), &handler)) {
    error = handler.take_error();
    // NOLINTNEXTLINE(modernize-return-braced-init-list): braces would make an array
    return json(json::value_t::discarded);
  }
  return handler.take();
}

}  // namespace btc::k8s
