#include "core/registry/index_json.h"

// The root of a registry has a member for every name: it is read as a stream of tokens, since our ordered
// objects look for each key from their start.
namespace reef {
namespace {

using json::Value;

constexpr std::uint64_t kRootFormat = 1;

void put_list(std::string& out, const std::set<std::string>& names) {
  out += '[';
  for (const std::string& name : names) out += fmt::format("{}\"{}\"", out.back() == '[' ? "" : ",", name);
  out += ']';
}

class RootTokens : public Value::json_sax_t {
 public:
  RegistryRoot root;
  std::string problem;         // the first one
  std::string problem_key;     // the member it is about
  std::size_t problem_at = 0;  // byte after a syntax error
  bool has_format = false;
  bool has_search = false;
  bool other_format = false;

  bool null() override { return other(); }
  bool boolean(bool /*value*/) override { return other(); }
  bool number_integer(std::int64_t /*value*/) override { return other(); }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return other(); }
  bool binary(Value::binary_t& /*value*/) override { return other(); }

  bool number_unsigned(std::uint64_t value) override {
    if (depth_ != 1 || top_ != "format") return other();
    has_format = true;
    if (value == kRootFormat) return true;
    other_format = true;
    return refuse(fmt::format("this registry has format {}, this reef reads format {}", value, kRootFormat));
  }

  bool string(std::string& text) override {
    if (depth_ == 1 && top_ == "search") return has_search = read(text, root.search);
    if (depth_ == 2 && top_ == "packages") return read(text, root.packages.at(key_));
    if (depth_ == 2 && top_ == "tools") return root.tools.insert(std::move(text)), true;
    if (depth_ == 3 && top_ == "capabilities") return root.capabilities[key_].insert(std::move(text)), true;
    return other();
  }

  bool start_object(std::size_t /*size*/) override { return open('{'); }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t /*size*/) override { return open('['); }
  bool end_array() override { return --depth_, true; }

  bool key(std::string& text) override {
    if (depth_ == 1) return key_.clear(), top_ = std::move(text), true;
    if (depth_ != 2 || top_ == "tools") return true;
    key_ = std::move(text);
    if (top_ != "packages") return true;
    if (const auto name = parse_package_name(key_); !name) return refuse(name.error().message());
    return root.packages.try_emplace(key_).second || refuse(fmt::format("`{}` stands here twice", key_));
  }

  bool parse_error(std::size_t at, const std::string& /*token*/, const Value::exception& /*error*/) override {
    problem_at = at;
    return refuse("this is not JSON");
  }

 private:
  // What stands where something else was expected; unknown members at the top are a later format's business.
  bool other() {
    const bool ours = top_ == "format" || top_ == "search" || top_ == "packages" || top_ == "tools" ||
                      top_ == "capabilities";
    return depth_ > 0 && !ours ? true : refuse(fmt::format("`{}` is not of the expected type", top_));
  }

  bool open(char kind) {
    if (++depth_ > static_cast<int>(json::kDeepest)) return refuse("too deeply nested");
    if (depth_ == 1) return kind == '{' || refuse("expected an object");
    if (depth_ == 2 && (top_ == "packages" || top_ == "capabilities"))
      return kind == '{' || refuse(fmt::format("`{}` is not an object", top_));
    if (depth_ == 2 && top_ == "tools") return kind == '[' || refuse("`tools` is not a list");
    if (depth_ == 3 && top_ == "capabilities")
      return kind == '[' ? root.capabilities.try_emplace(key_), true : refuse("expected a list of names");
    if (depth_ == 2 || (top_ != "packages" && top_ != "tools" && top_ != "capabilities" && top_ != "search"))
      return top_ != "format" && top_ != "search" ? true : other();
    return other();
  }

  bool read(const std::string& text, Digest& out) {
    const Result<Digest> digest = Digest::parse(text);
    if (!digest) return refuse(digest.error().message());
    out = *digest;
    return true;
  }

  bool refuse(std::string why) {
    if (!problem.empty()) return false;
    problem = std::move(why);
    problem_key = depth_ > 1 && !key_.empty() ? key_ : top_;
    return false;
  }

  int depth_ = 0;
  std::string top_;
  std::string key_;
};

}  // namespace

// Names have no characters that JSON escapes.
std::string write_root(const RegistryRoot& root) {
  std::string out = "{\n  \"capabilities\": {";
  const char* separator = "\n";
  for (const auto& [capability, names] : root.capabilities) {
    out += fmt::format("{}    \"{}\": ", separator, capability);
    put_list(out, names);
    separator = ",\n";
  }
  out += fmt::format("\n  }},\n  \"format\": {},\n  \"packages\": {{", kRootFormat);
  separator = "\n";
  for (const auto& [name, digest] : root.packages) {
    out += fmt::format("{}    \"{}\": \"{}\"", separator, name, digest.hex());
    separator = ",\n";
  }
  out += fmt::format("\n  }},\n  \"search\": \"{}\",\n  \"tools\": ", root.search.hex());
  put_list(out, root.tools);
  return out + "\n}\n";
}

Result<RegistryRoot> read_root(const std::string& file, std::string_view text) {
  RootTokens tokens;
  const bool read = Value::sax_parse(text, &tokens);
  if (read && !tokens.has_format) tokens.problem = "the member `format` is missing";
  if (read && tokens.problem.empty() && !tokens.has_search) tokens.problem = "the member `search` is missing";
  if (tokens.problem.empty()) return std::move(tokens.root);
  Error error(ErrorCode::invalid_input, tokens.problem);
  if (tokens.other_format) error = std::move(error).hint("a newer version of `reef` may read it");
  // The last of two members with one name is the one too many.
  const std::size_t at =
      tokens.problem_at != 0 ? tokens.problem_at - 1 : text.rfind(fmt::format("\"{}\"", tokens.problem_key));
  Place place = at == std::string_view::npos ? Place{file, 0, 0, {}} : json::place_at(file, text, at);
  return tl::make_unexpected(std::move(error).at(std::move(place)));
}

}  // namespace reef
