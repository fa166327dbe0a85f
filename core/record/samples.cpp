#include "core/record/samples.h"

#include <bit>
#include <cstring>
#include <optional>

namespace reef {
namespace {

constexpr std::string_view kMagic = "reefsmp1";

template <class T>
void put(std::string& out, T number) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<char>(number >> (8 * i) & 0xFFU));
}

void put_all(std::string& out, const std::vector<std::uint64_t>& values) {
  if constexpr (std::endian::native == std::endian::little) {
    out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::uint64_t));
  } else {
    for (const std::uint64_t value : values) put(out, value);
  }
}

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  std::size_t left() const { return bytes_.size(); }
  std::optional<std::string_view> take(std::size_t size) {
    if (size > bytes_.size()) return std::nullopt;
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  template <class T>
  std::optional<T> number() {
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>((*bytes)[i])) << (8 * i));
    return value;
  }

 private:
  std::string_view bytes_;
};

Failure damaged(std::string_view what) {
  return make_error(ErrorCode::integrity, "these are not the samples of a run: {}", what);
}

}  // namespace

Result<std::string> encode_samples(const std::vector<SampleColumn>& columns) {
  const std::uint64_t rows = columns.empty() ? 0 : columns.front().values.size();
  std::string out(kMagic);
  put(out, static_cast<std::uint32_t>(columns.size()));
  put(out, rows);
  for (const SampleColumn& column : columns) {
    if (column.values.size() != rows)
      return make_error(ErrorCode::invalid_input, "the column `{}` has {} values, others have {}",
                        column.name, column.values.size(), rows);
    put(out, static_cast<std::uint32_t>(column.name.size()));
    out += column.name;
  }
  out.reserve(out.size() + columns.size() * rows * sizeof(std::uint64_t));
  for (const SampleColumn& column : columns) put_all(out, column.values);
  return out;
}

Result<std::vector<SampleColumn>> decode_samples(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.take(kMagic.size()) != kMagic) return damaged("they do not begin with `reefsmp1`");
  const auto count = reader.number<std::uint32_t>();
  const auto rows = reader.number<std::uint64_t>();
  if (!count || !rows) return damaged("they are cut short");
  std::vector<SampleColumn> columns;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto size = reader.number<std::uint32_t>();
    const auto name = size ? reader.take(*size) : std::nullopt;
    if (!name) return damaged("they are cut short");
    columns.push_back({std::string(*name), {}});
  }
  const std::uint64_t room = reader.left() / sizeof(std::uint64_t);
  const bool fits = columns.empty() ? *rows == 0 && reader.left() == 0
                                    : *rows <= room / columns.size() &&
                                          *rows * columns.size() * sizeof(std::uint64_t) == reader.left();
  if (!fits)
    return damaged(
        fmt::format("{} values in {} columns do not take {} bytes", *rows, columns.size(), reader.left()));
  for (SampleColumn& column : columns) {
    column.values.reserve(*rows);
    for (std::uint64_t i = 0; i < *rows; ++i) column.values.push_back(*reader.number<std::uint64_t>());
  }
  return columns;
}

std::optional<std::vector<std::uint64_t>> take_column(std::vector<SampleColumn> columns,
                                                      std::string_view name) {
  for (SampleColumn& column : columns)
    if (column.name == name) return std::move(column.values);
  return std::nullopt;
}

std::string samples_place(const std::string& step) {
  return step.empty() ? "samples.bin" : "output/" + step + "/samples.bin";
}

}  // namespace reef
