#include "test/sim/search/case_file.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace btc::sim {

namespace {

constexpr std::size_t line_length = 90;
constexpr std::string_view reaches = "reaches";

void write_choices(std::ostream& out, const choice_log& log) {
  std::string line = "choices";
  for (std::size_t i = 0; i < log.size();) {
    std::size_t same = 1;
    while (log[i] == 0 && i + same < log.size() && log[i + same] == 0) {
      ++same;
    }
    line += ' ' + std::to_string(log[i]) + (same > 1 ? '*' + std::to_string(same) : "");
    i += same;
    if (line.size() > line_length) {
      out << line << '\n';
      line = "choices";
    }
  }
  out << line << '\n';
}

void read_choices(std::istream& in, choice_log& log) {
  std::string word;
  while (in >> word) {
    const auto star = word.find('*');
    const auto times = star == std::string::npos ? 1UL : std::stoul(word.substr(star + 1));
    log.insert(log.end(), times, static_cast<std::uint32_t>(std::stoul(word.substr(0, star))));
  }
}

}  // namespace

std::string to_text(const kept_case& c) {
  std::ostringstream out;
  std::istringstream says{c.says};
  for (std::string line; std::getline(says, line);) {
    out << "# " << line << '\n';
  }
  for (const auto& cell : c.reaches) {
    out << reaches << ' ' << cell << '\n';
  }
  out << to_text(c.plan);
  write_choices(out, c.log);
  return out.str();
}

kept_case parse_case(std::string_view text) {
  kept_case c;
  std::istringstream in{std::string{text}};
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with('#')) {
      continue;
    }
    std::istringstream words{line};
    std::string first;
    words >> first;
    if (first == "choices") {
      read_choices(words, c.log);
    } else if (first == reaches) {
      c.reaches.push_back(line.substr(reaches.size() + 1));
    } else if (!read_line(line, c.plan)) {
      throw std::runtime_error("not a line of a case: " + line);
    }
  }
  if (c.plan.workload.empty()) {
    throw std::runtime_error("a case needs a line \"workload NAME\"");
  }
  return c;
}

kept_case load_case(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) {
    throw std::runtime_error(file.string() + ": cannot be read");
  }
  std::ostringstream text;
  text << in.rdbuf();
  try {
    return parse_case(text.str());
  } catch (const std::exception& e) {
    throw std::runtime_error(file.string() + ": " + e.what());
  }
}

void save_case(const std::filesystem::path& file, const kept_case& c) {
  if (file.has_parent_path()) {
    std::filesystem::create_directories(file.parent_path());
  }
  std::ofstream out{file};
  out << to_text(c);
  if (!out) {
    throw std::runtime_error(file.string() + ": cannot be written");
  }
}

}  // namespace btc::sim
