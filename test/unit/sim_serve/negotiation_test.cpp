#include "test/sim/serve/negotiation.hpp"

#include <gtest/gtest.h>

namespace btc::sim {
namespace {

struct accept_case {
  const char* header;
  answer_form form;
};

TEST(Negotiation, TakesTheFirstFormThatIsKnown) {
  const accept_case cases[] = {
      {"", answer_form::plain},
      {"*/*", answer_form::plain},
      {"application/json", answer_form::plain},
      {"application/json; charset=utf-8", answer_form::plain},
      {"application/vnd.kubernetes.protobuf,application/json", answer_form::plain},
      {"application/json;as=Table;v=v1;g=meta.k8s.io,application/json", answer_form::table},
      {"application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", answer_form::plain},
      {"application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", answer_form::metadata},
      {"application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
       answer_form::metadata_list},
      {"application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
       answer_form::discovery},
      {"application/com.github.proto-openapi.spec.v2@v1.0+protobuf", answer_form::openapi_v2},
      {"image/png", answer_form::not_acceptable},
      {"image/png, application/json", answer_form::plain},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(negotiate(c.header), c.form) << c.header;
  }
}

TEST(Negotiation, KnowsWhatBodiesAreWrittenIn) {
  EXPECT_EQ(format_of(""), body_format::json_text);
  EXPECT_EQ(format_of("application/merge-patch+json; charset=utf-8"), body_format::json_text);
  EXPECT_EQ(format_of("application/apply-patch+yaml"), body_format::yaml_text);
  EXPECT_EQ(format_of("application/vnd.kubernetes.protobuf"), body_format::protobuf);
  EXPECT_EQ(format_of("text/plain"), body_format::unknown);
}

}  // namespace
}  // namespace btc::sim
