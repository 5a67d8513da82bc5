#include "k8s/quantity.hpp"

#include <gtest/gtest.h>

#include <string>

namespace btc::k8s {
namespace {

struct quantity_case {
  const char* name;
  const char* a;
  const char* b;
  bool same;
};

class Quantity : public testing::TestWithParam<quantity_case> {};

TEST_P(Quantity, ComparesByValue) {
  EXPECT_EQ(same_quantity(GetParam().a, GetParam().b), GetParam().same);
  EXPECT_EQ(same_quantity(GetParam().b, GetParam().a), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    Quantity,
    testing::Values(quantity_case{"Milli", "1000m", "1", true},
                    quantity_case{"Fraction", "0.1", "100m", true},
                    quantity_case{"FractionWithoutZero", ".5", "500m", true},
                    quantity_case{"Binary", "0.5Gi", "512Mi", true},
                    quantity_case{"Decimal", "1k", "1000", true},
                    quantity_case{"BinaryIsNotDecimal", "1M", "1Mi", false},
                    quantity_case{"Exponent", "1e3", "1k", true},
                    quantity_case{"Exa", "1E", "1000P", true},
                    quantity_case{"PlusSign", "+1", "1", true},
                    quantity_case{"Negative", "-1", "1", false},
                    quantity_case{"RoundedUpToThousandths", "100u", "1m", true},
                    quantity_case{"JustAboveAThousandth", "1001u", "1m", false},
                    quantity_case{"Zero", "0", "0Gi", true},
                    quantity_case{"ZeroIsNotLittle", "0", "1n", false},
                    quantity_case{"Different", "1Gi", "2Gi", false},
                    quantity_case{"CaseMatters", "1m", "1M", false},
                    quantity_case{"NoSuffix", "1x", "1x", false},
                    quantity_case{"Empty", "", "", false},
                    quantity_case{"NoNumber", "Gi", "Gi", false},
                    quantity_case{"Infinity", "inf", "inf", false},
                    quantity_case{"NotANumber", "nan", "nan", false},
                    quantity_case{"Space", "1 Gi", "1Gi", false}),
    [](const auto& row) { return row.param.name; });

TEST(QuantityValue, IsTheNumberThatItStandsFor) {
  EXPECT_DOUBLE_EQ(quantity_value("1.5Gi").value(), 1'610'612'736.0);
  EXPECT_DOUBLE_EQ(quantity_value("100m").value(), 0.1);
  EXPECT_DOUBLE_EQ(quantity_value("-2k").value(), -2'000.0);
  EXPECT_DOUBLE_EQ(quantity_value("0").value(), 0.0);
  for (const auto* text : {"", "much", "1 Gi", "inf", "Gi"}) {
    EXPECT_EQ(quantity_value(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace btc::k8s
