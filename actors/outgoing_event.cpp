#include "actors/outgoing_event.hpp"

#include "actors/environment.hpp"
#include "k8s/json_object.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace btc::actors {

namespace {

constexpr std::string_view component = "bitcoin-controller";
constexpr std::string_view combined_prefix = "(combined from similar events): ";
/// A name is at most 253 bytes, of which a dot and 16 hexadecimal digits are ours.
constexpr std::size_t subject_bytes_max = 253 - 17;
/// No text of an API object that we read is longer; it also keeps the offsets in 16 bits.
constexpr std::size_t field_bytes_max = 1024;

}  // namespace

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) noexcept {
  if (text.size() <= bytes_max) {
    return text;
  }
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end);
}

std::uint64_t event_ids::next(outgoing_event::time_point now) noexcept {
  const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch());
  last_ = std::max(last_ + 1, static_cast<std::uint64_t>(since.count()));
  return last_;
}

outgoing_event::time_point event_ids::time_of(std::uint64_t id) noexcept {
  return outgoing_event::time_point{std::chrono::duration_cast<std::chrono::system_clock::duration>(
      std::chrono::nanoseconds{static_cast<std::int64_t>(id)})};
}

outgoing_event::outgoing_event(const messages::record_event& what,
                               const reconcile::event_verdict& verdict,
                               time_point at)
    : id_(verdict.id),
      last_(at),
      count_(verdict.count),
      creates_(verdict.what == reconcile::event_verdict::action::create),
      combined_(verdict.combined),
      warning_(what.event.type == reconcile::announcement::severity::warning) {
  const auto message_bytes = message_bytes_max - (combined_ ? combined_prefix.size() : 0);
  const auto message = utf8_prefix(what.event.message, message_bytes);
  texts_.reserve(what.subject.key.ns.size() + what.subject.key.name.size() + what.subject.uid.size()
                 + what.subject.resource_version.size() + what.event.reason.size()
                 + message.size());
  append(ns_part, what.subject.key.ns);
  append(name_part, what.subject.key.name);
  append(uid_part, what.subject.uid);
  append(version_part, what.subject.resource_version);
  append(reason_part, what.event.reason);
  append(message_part, message);
}

void outgoing_event::append(part p, std::string_view text) {
  texts_ += utf8_prefix(text, field_bytes_max);
  ends_[p] = static_cast<std::uint16_t>(texts_.size());
}

std::string_view outgoing_event::text(part p) const noexcept {
  const std::size_t begin = p == ns_part ? 0 : ends_[p - 1U];
  return std::string_view{texts_}.substr(begin, ends_[p] - begin);
}

k8s::object_key outgoing_event::subject() const {
  return {std::string{text(ns_part)}, std::string{text(name_part)}};
}

/// "<object>.<id in hex>", as client-go names them.
std::string outgoing_event::event_name() const {
  std::array<char, 20> suffix{};
  const auto length =
      std::snprintf(suffix.data(), suffix.size(), ".%llx", static_cast<unsigned long long>(id_));
  std::string name{text(name_part).substr(0, subject_bytes_max)};
  name.erase(name.find_last_not_of(".-") + 1);  // each part of a DNS name ends with a letter
  return name.append(suffix.data(), static_cast<std::size_t>(length));
}

k8s::request outgoing_event::request() const {
  if (creates_) {
    return k8s::create_request(k8s::kind::event,
                               std::make_shared<const nlohmann::json>(manifest()));
  }
  return k8s::merge_patch_request(
      k8s::kind::event, {std::string{text(ns_part)}, event_name()}, patch());
}

nlohmann::json outgoing_event::manifest() const {
  using k8s::json_object;
  const auto& about = k8s::info(k8s::kind::bitcoin_network);
  std::string message{combined_ ? combined_prefix : ""};
  message += text(message_part);
  const auto ns = text(ns_part);
  return json_object({{"apiVersion", "v1"},
                      {"kind", "Event"},
                      {"metadata", json_object({{"name", event_name()}, {"namespace", ns}})},
                      {"involvedObject",
                       json_object({{"apiVersion", about.api_version},
                                    {"kind", about.name},
                                    {"namespace", ns},
                                    {"name", text(name_part)},
                                    {"uid", text(uid_part)},
                                    {"resourceVersion", text(version_part)}})},
                      {"reason", text(reason_part)},
                      {"message", std::move(message)},
                      {"type", warning_ ? "Warning" : "Normal"},
                      {"count", count_},
                      {"firstTimestamp", rfc3339(event_ids::time_of(id_))},
                      {"lastTimestamp", rfc3339(last_)},
                      {"source", json_object({{"component", component}})},
                      {"reportingComponent", component},
                      {"reportingInstance", component}});
}

nlohmann::json outgoing_event::patch() const {
  nlohmann::json out{{"count", count_}, {"lastTimestamp", rfc3339(last_)}};
  if (combined_) {
    out["message"] = std::string{combined_prefix} + std::string{text(message_part)};
  }
  return out;
}

}  // namespace btc::actors
