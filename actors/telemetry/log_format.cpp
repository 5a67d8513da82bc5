#include "actors/telemetry/log_format.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <ctime>
#include <iterator>

namespace btc::telemetry {

namespace {

/// The value as one JSON string. nlohmann escapes and repairs; most values need neither.
void append_quoted(std::string& out, std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  });
  if (plain) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  using json = nlohmann::json;
  // ASCII only: escapes keep terminal sequences out of the C1 range as well.
  out += json(text).dump(-1, ' ', true, json::error_handler_t::replace);
}

/// Cuts at log_value_bytes_max, never within a UTF-8 sequence.
void append_string(std::string& out, std::string_view text) {
  if (text.size() <= log_value_bytes_max) {
    append_quoted(out, text);
    return;
  }
  std::size_t end = log_value_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  append_quoted(out, std::string(text.substr(0, end)) + "…");
}

/// logfmt: bare where a reader can tell where the value ends, else as a JSON string.
void append_bare(std::string& out, std::string_view text) {
  const bool bare = !text.empty() && text.size() <= log_value_bytes_max
                    && std::all_of(text.begin(), text.end(), [](char c) {
                         return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
                       });
  if (bare) {
    out += text;
  } else {
    append_string(out, text);
  }
}

void append_number(std::string& out, double number) {
  // JSON has no word for infinity or NaN.
  out += nlohmann::json(number).dump();
}

/// Appends any value; strings by `append_text`.
template <class AppendText>
void append_value(std::string& out, const log_value& value, AppendText append_text) {
  std::visit(
      [&](const auto& v) {
        using type = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<type, std::string_view>) {
          append_text(out, v);
        } else if constexpr (std::is_same_v<type, double>) {
          append_number(out, v);
        } else {
          fmt::format_to(std::back_inserter(out), "{}", v);
        }
      },
      value);
}

/// 2024-02-29T12:34:56.789Z
std::string to_utc(log_time at) {
  using std::chrono::floor;
  const auto whole = floor<std::chrono::milliseconds>(at).time_since_epoch().count();
  const auto millis = (whole % 1000 + 1000) % 1000;
  const std::time_t seconds = (whole - millis) / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                     parts.tm_year + 1900,
                     parts.tm_mon + 1,
                     parts.tm_mday,
                     parts.tm_hour,
                     parts.tm_min,
                     parts.tm_sec,
                     millis);
}

void append_member(std::string& out, std::string_view key, const log_value& value) {
  out += ",\"";
  out += key;
  out += "\":";
  append_value(out, value, append_string);
}

}  // namespace

std::optional<log_format> parse_log_format(std::string_view text) noexcept {
  if (text == "text") {
    return log_format::text;
  }
  if (text == "json") {
    return log_format::json;
  }
  return std::nullopt;
}

std::string format_json(const log_record& r, log_time at) {
  std::string out = fmt::format(R"({{"ts":"{}","level":"{}")", to_utc(at), to_string(r.level));
  append_member(out, "event", r.event);
  append_member(out, "msg", r.message);
  for (const auto& c : r.context) {
    append_member(out, c.key, std::string_view(c.value));
  }
  for (const auto& f : r.fields) {
    append_member(out, f.key, f.value);
  }
  out += '}';
  return out;
}

std::string format_text(const log_record& r) {
  std::string out = fmt::format("{} {} {}", to_string(r.level), r.event, r.message);
  const auto append = [&out](std::string_view key, const log_value& value) {
    out += ' ';
    out += key;
    out += '=';
    append_value(out, value, append_bare);
  };
  for (const auto& c : r.context) {
    append(c.key, std::string_view(c.value));
  }
  for (const auto& f : r.fields) {
    append(f.key, f.value);
  }
  return out;
}

std::string format_text(const log_record& r, log_time at) {
  return to_utc(at) + ' ' + format_text(r);
}

}  // namespace btc::telemetry
