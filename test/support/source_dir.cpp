#include "test/support/source_dir.hpp"

namespace btc::test {

std::string source_path(std::string_view relative) {
  return std::string{BTC_SOURCE_DIR} + '/' + std::string{relative};
}

}  // namespace btc::test
