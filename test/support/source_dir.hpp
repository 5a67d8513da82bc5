#pragma once

#include <string>
#include <string_view>

namespace btc::test {

/// Absolute path of a file of this repository, for tests that hold documents to the code.
/// `relative` begins without a slash. The folder is known to one object file only, so that a
/// compiler cache serves every clone.
[[nodiscard]] std::string source_path(std::string_view relative);

}  // namespace btc::test
