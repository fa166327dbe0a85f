#include "cli/common.h"

#include <charconv>

#include "cli/output.h"
#include "core/base/text.h"

namespace reef::cli {

ops::Machine machine_of(Host& host) { return {host.fs, host.processes, host.clock, host.env, host.cancel}; }

Result<std::unique_ptr<ops::Session>> open_session(Host& host) {
  auto session =
      ops::Session::open(machine_of(host), host.offline,
                         [quiet = host.quiet, eraser = line_eraser(host.terminal)](const std::string& note) {
                           if (quiet) return;
                           // A status line may be there: it is drawn anew when something goes on.
                           print_for_people(fmt::format("{}note: {}\n", eraser, printable(note)));
                         });
  if (session && host.resolve_timeout)
    (*session)->set_resolve_timeout(std::chrono::seconds(*host.resolve_timeout));
  return session;
}

Result<RecordStore> open_records(Host& host) {
  TRY(const ops::Home home, ops::find_home(host.env));
  return RecordStore(host.fs, host.clock, home.root);
}

Status require_user(ops::Session& session, const std::string& package, const std::string& question) {
  if (!package.empty()) return {};
  TRY(const auto project, ops::find_project(session.machine().fs, session.cwd()));
  if (project) return {};
  return make_error(ErrorCode::usage, "needed by what? there is no reef.json here or in a folder above")
      .hint(
          fmt::format("name a package: `{} --package NAME`; `reef search` lists them", printable(question)));
}

Result<std::map<std::string, std::string>> parse_choices(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> choices;
  for (const std::string& text : texts) {
    for (const std::string& item : split(text, ',')) {
      const std::size_t equals = item.find('=');
      if (equals == std::string::npos || equals == 0)
        return make_error(ErrorCode::usage, "expected `group=option` after `--with`, got `{}`",
                          printable(item));
      const std::string group = item.substr(0, equals);
      const std::string option = item.substr(equals + 1);
      const auto [known, is_new] = choices.emplace(group, option);
      if (!is_new && known->second != option)
        return make_error(ErrorCode::usage,
                          "`--with` asks for both `{0}={1}` and `{0}={2}`, and no run has both",
                          printable(group), printable(known->second), printable(option))
            .hint("leave one out");
    }
  }
  return choices;
}

Result<std::optional<std::uint64_t>> parse_count(const std::string& flag,
                                                 const std::optional<std::string>& text) {
  if (!text) return std::optional<std::uint64_t>();
  std::uint64_t number = 0;
  const char* end = text->data() + text->size();
  if (const auto read = std::from_chars(text->data(), end, number); read.ec == std::errc() && read.ptr == end)
    return std::optional(number);
  const bool digits = !text->empty() && text->find_first_not_of("0123456789") == std::string::npos;
  if (digits)
    return make_error(ErrorCode::usage, "`{}` is {} at most, got `{}`", flag, UINT64_MAX, printable(*text));
  return make_error(ErrorCode::usage, "`{}` needs a whole number, got `{}`", flag, printable(*text));
}

}  // namespace reef::cli
