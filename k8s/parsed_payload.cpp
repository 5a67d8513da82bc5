#include "k8s/parsed_payload.hpp"

#include "k8s/decode.hpp"

#include <nlohmann/json.hpp>

namespace btc::k8s {

parsed_payload::parsed_payload(kind k, const payload& p) {
  if (p.document == nullptr) {
    text_.emplace();
    root_ = text_->parse(p.text);
    if (root_.type() != json_type::absent) {
      return;
    }
  }
  auto document = parse(p, k);
  if (!document) {
    error_ = std::move(document).error();
    return;
  }
  document_ = std::move(document).value();
  root_ = json_view{*document_};
}

}  // namespace btc::k8s
