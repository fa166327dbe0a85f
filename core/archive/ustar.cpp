#include "core/archive/ustar.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"

namespace reef::archive {
namespace {

constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kPrefixBytes = 155;
constexpr std::string_view kPaxName = "pax";

struct Field {
  std::size_t offset;
  std::size_t size;
};
constexpr Field kName{0, kNameBytes}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12},
    kTime{136, 12}, kSum{148, 8}, kType{156, 1}, kLink{157, 100}, kMagic{257, 8}, kMajor{329, 8},
    kMinor{337, 8}, kPrefix{345, kPrefixBytes};

void put(std::string& block, Field field, std::string_view text) {
  block.replace(field.offset, text.size(), text);
}

std::string octal(std::uint64_t value, std::size_t digits) { return fmt::format("{:0{}o}", value, digits); }

std::uint64_t sum_of(std::string_view block) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool own = i >= kSum.offset && i < kSum.offset + kSum.size;
    sum += own ? std::uint64_t{' '} : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

// Where a path is cut into prefix and name: as late as the prefix allows.
Result<std::size_t> cut_of(const std::string& path) {
  if (path.size() <= kNameBytes) return std::size_t{0};
  const std::size_t cut = path.rfind('/', kPrefixBytes);
  if (cut != std::string::npos && cut > 0 && path.size() - cut - 1 <= kNameBytes && cut + 1 < path.size())
    return cut;
  return make_error(ErrorCode::invalid_input,
                    "the path has {} bytes, and an archive holds {}, or {} and {} with a `/` between",
                    path.size(), kNameBytes, kPrefixBytes, kNameBytes);
}

// One block for what has a path that fits.
std::string block_of(std::string_view name, std::string_view prefix, char type, std::uint64_t size,
                     bool executable, std::string_view target) {
  std::string block(kBlock, '\0');
  put(block, kName, name);
  put(block, kMode, executable ? "0000755" : "0000644");
  put(block, kUid, "0000000");
  put(block, kGid, "0000000");
  put(block, kSize, octal(size & kLargestPlain, kSize.size - 1));
  put(block, kTime, "00000000000");
  put(block, kType, std::string_view(&type, 1));
  put(block, kLink, target);
  put(block, kMagic, std::string_view("ustar\00000", 8));
  put(block, kMajor, "0000000");
  put(block, kMinor, "0000000");
  put(block, kPrefix, prefix);
  put(block, kSum, octal(sum_of(block), 6) + std::string("\0 ", 2));
  return block;
}

char type_of(MemberKind kind) {
  switch (kind) {
    case MemberKind::file:
      return '0';
    case MemberKind::symlink:
      return '2';
    case MemberKind::folder:
      break;
  }
  return '5';
}

std::string pax_record(std::uint64_t size) {
  const std::string text = fmt::format(" size={}\n", size);
  std::size_t length = text.size() + 1;
  if (std::to_string(length).size() + text.size() != length) ++length;
  return std::to_string(length) + text;
}

std::string_view text_in(std::string_view block, Field field) {
  const std::string_view all = block.substr(field.offset, field.size);
  return all.substr(0, all.find('\0'));
}

Failure refused(std::string_view what) { return make_error(ErrorCode::integrity, "{}", what); }

template <class... Args>
Failure wrong_value(fmt::format_string<Args...> format, Args&&... args) {
  return make_error(ErrorCode::integrity, format, std::forward<Args>(args)...);
}

Result<std::uint64_t> number_in(std::string_view block, Field field, std::string_view what) {
  const std::string_view all = block.substr(field.offset, field.size);
  if ((static_cast<unsigned char>(all[0]) & 0x80U) != 0)
    return wrong_value("its {} is written in base 256", what);
  std::uint64_t value = 0;
  const char* end = all.data() + all.size() - 1;
  const auto read = std::from_chars(all.data(), end, value, 8);
  if (read.ec != std::errc() || read.ptr != end || all.back() != '\0')
    return wrong_value("its {} is `{}`, no octal number of {} digits", what,
                       printable(all.substr(0, all.find('\0'))), field.size - 1);
  return value;
}

Result<MemberKind> kind_in(char type) {
  switch (type) {
    case '0':
      return MemberKind::file;
    case '2':
      return MemberKind::symlink;
    case '5':
      return MemberKind::folder;
    case '1':
      return refused("it is a hard link");
    case '3':
    case '4':
      return refused("it is a device");
    case '6':
      return refused("it is a pipe");
    case 'S':
      return refused("it is a sparse file");
    case 'L':
    case 'K':
      return refused("it has a long name of GNU tar's");
    case 'x':
    case 'g':
      return refused("it is a pax record that does not belong here");
    default:
      return wrong_value("its type is `{}`", printable(std::string_view(&type, 1)));
  }
}

}  // namespace

Result<std::string> write_header(const Member& member) {
  const std::string path = member.kind == MemberKind::folder ? member.path + "/" : member.path;
  TRY(const std::size_t cut, cut_of(path));
  if (member.target.size() > kNameBytes)
    return make_error(ErrorCode::invalid_input, "the link's target has {} bytes, more than {}",
                      member.target.size(), kNameBytes);
  const std::string_view all = path;
  const std::string_view prefix = all.substr(0, cut);
  const std::string_view name = cut == 0 ? all : all.substr(cut + 1);
  const bool executable = member.kind == MemberKind::file ? member.executable : true;
  const std::string block =
      block_of(name, prefix, type_of(member.kind), member.size, executable, member.target);
  if (member.size <= kLargestPlain) return block;
  std::string data = pax_record(member.size);
  const std::string header = block_of(kPaxName, "", 'x', data.size(), false, "");
  data.resize(kBlock);
  return header + data + block;
}

Result<std::optional<Member>> read_header(std::string_view block, std::optional<std::uint64_t> announced) {
  if (std::all_of(block.begin(), block.end(), [](char c) { return c == '\0'; }))
    return std::optional<Member>();
  if (block.substr(kSum.offset, kSum.size) != octal(sum_of(block), 6) + std::string("\0 ", 2))
    return refused("its header does not have the check sum that it gives");
  if (block.substr(kMagic.offset, kMagic.size) != std::string_view("ustar\00000", 8))
    return refused("its header is not of ustar's dialect");
  Member member;
  TRY(member.kind, kind_in(block[kType.offset]));
  TRY(member.size, number_in(block, kSize, "size"));
  TRY(const std::uint64_t mode, number_in(block, kMode, "mode"));
  if (mode != 0644 && mode != 0755) return wrong_value("its mode is {:04o}, neither 0644 nor 0755", mode);
  for (const auto& [field, what] : {std::pair(kUid, "user"), {kGid, "group"}, {kTime, "time"}}) {
    TRY(const std::uint64_t value, number_in(block, field, what));
    if (value != 0) return wrong_value("its {} is {}, not 0", what, value);
  }
  const std::string_view prefix = text_in(block, kPrefix);
  member.path = prefix.empty() ? std::string(text_in(block, kName))
                               : fmt::format("{}/{}", prefix, text_in(block, kName));
  if (member.kind == MemberKind::folder) {
    if (!member.path.ends_with('/')) return refused("it is a folder whose name does not end with `/`");
    member.path.pop_back();
  }
  member.executable = member.kind == MemberKind::file && mode == 0755;
  member.target = text_in(block, kLink);
  if (member.kind != MemberKind::symlink && !member.target.empty())
    return refused("it is no link and has a link's target");
  if (member.kind != MemberKind::file && member.size != 0) return refused("it is no file and has a size");
  if (announced) {
    const bool agree = *announced > kLargestPlain && (*announced & kLargestPlain) == member.size;
    if (!agree)
      return wrong_value("its header gives the size {}, the pax record {}", member.size, *announced);
    member.size = *announced;
  }
  // Whatever else a header could hold is not there: it is, byte for byte, the one that we would write.
  const auto written = write_header(member);
  if (!written || std::string_view(*written).substr(written->size() - kBlock) != block)
    return refused("its header is not written plainly: a field holds more than its value");
  return std::optional<Member>(std::move(member));
}

bool is_pax_header(std::string_view block) { return block[kType.offset] == 'x'; }

Result<std::uint64_t> read_pax_size(std::string_view header, std::string_view data) {
  const std::string_view text = data.substr(0, data.find('\0'));
  const std::size_t equals = text.find(" size=");
  std::uint64_t size = 0;
  if (equals != std::string_view::npos) {
    const std::string_view digits = text.substr(equals + 6);
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), size);
  }
  std::string expected = pax_record(size);
  const std::string expected_header = block_of(kPaxName, "", 'x', expected.size(), false, "");
  expected.resize(kBlock);
  if (size <= kLargestPlain || header != expected_header || data != expected)
    return refused("it is a pax record of something else than the size of a blob over 8 GiB");
  return size;
}

}  // namespace reef::archive
