#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace reef {

// Raw measured values of a run: columns of equal length, whole numbers in the unit that ends the name
// (`latency_ns`, `peak_bytes`).
struct SampleColumn {
  std::string name;
  std::vector<std::uint64_t> values;
};
inline constexpr const char* kLatencies = "latency_ns";  // of benchmarks, in the order of the queries

// The values of the column of that name; nothing when there is none.
std::optional<std::vector<std::uint64_t>> take_column(std::vector<SampleColumn> columns,
                                                      std::string_view name);

// Where a record has them, from its folder: of the run, or of a benchmarked step of it.
std::string samples_place(const std::string& step);

// samples.bin, all numbers little-endian:
//   8 bytes   "reefsmp1"
//   u32       number of columns
//   u64       values in each column
//   columns   u32 length of the name, the name (UTF-8)
//   columns   all values of the column, u64 each
// invalid_input when columns differ in length.
Result<std::string> encode_samples(const std::vector<SampleColumn>& columns);
// integrity when the bytes are not that, are cut short or go on.
Result<std::vector<SampleColumn>> decode_samples(std::string_view bytes);

}  // namespace reef
