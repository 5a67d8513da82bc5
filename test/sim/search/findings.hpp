#pragma once

#include "test/sim/search/case_file.hpp"
#include "test/sim/search/options.hpp"
#include "test/sim/search/run.hpp"

#include <filesystem>
#include <string>

namespace btc::sim {

/// Makes something readable of a failure: the choices that matter, what happened, and a file that
/// runs it again.
class findings {
 public:
  findings(stage& on, const search_options& options, std::filesystem::path cases)
      : stage_(on), options_(options), cases_(std::move(cases)) {}

  /// Runs `p` again, reduces its choices and tells all. A failure that does not show here is told
  /// as `found`.
  void explain(const plan& p, const violation& found);

  /// Runs a case and tells of it; true when it keeps every rule and comes to what it was kept for.
  /// `aloud`: with its trace, and stored under --keep.
  [[nodiscard]] bool replay(kept_case& c, bool aloud);

 private:
  [[nodiscard]] static bool comes_there(const kept_case& c, const coverage& reached);
  [[nodiscard]] run_options quiet() const;
  [[nodiscard]] run_options readable() const;
  [[nodiscard]] std::string reduce(kept_case& c, const std::string& oracle);
  void show(kept_case& c, const std::string& reduced);
  void store(kept_case& c, const violation& found);

  stage& stage_;
  const search_options& options_;
  std::filesystem::path cases_;
};

}  // namespace btc::sim
