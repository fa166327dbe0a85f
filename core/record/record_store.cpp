#include "core/record/record_store.h"

#include <algorithm>
#include <cctype>

#include "core/base/text.h"
#include "core/os/lock.h"
#include "core/record/record_index.h"

namespace reef {
namespace {

constexpr const char* kRecordFile = "record.json";
constexpr std::uint64_t kLargestRecord = std::uint64_t{64} << 20U;
// A folder that changed less than this ago may change again without a new time.
constexpr auto kTimeGrain = std::chrono::seconds(2);
constexpr std::uint32_t kWritable = 0222;

// "2026-01-31T12:00:00Z" -> "20260131-120000"
std::string time_part(SystemTime time) {
  std::string out;
  for (const char c : format_time(time)) {
    if (c >= '0' && c <= '9') out.push_back(c);
    if (c == 'T') out.push_back('-');
  }
  return out.substr(0, 15);
}

// The id that a run of the same instant takes.
std::string next_id(const std::string& id) {
  const std::size_t dash = id.size() - 4;
  const unsigned long next = (std::stoul(id.substr(dash), nullptr, 16) + 1) % 65536;
  return fmt::format("{}{:04x}", id.substr(0, dash), next);
}

bool is_inside(const Path& name) {
  if (name.empty() || name.is_absolute() || !name.has_filename()) return false;
  return std::none_of(name.begin(), name.end(), [](const Path& part) { return part == ".." || part == "."; });
}

// "20260131-120000-3f9a"
bool looks_like_id(const std::string& name) {
  constexpr std::string_view kShape = "00000000-000000-0000";
  if (name.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (kShape[i] == '-' ? name[i] != '-' : std::isxdigit(static_cast<unsigned char>(name[i])) == 0)
      return false;
  return true;
}

Error unreadable_error(const RecordIndex::Unreadable& unreadable) {
  const std::size_t cut = unreadable.problem.find('\n');
  Error error(ErrorCode::integrity, unreadable.problem.substr(0, cut));
  if (cut == std::string::npos) return error;
  return std::move(error).hint(unreadable.problem.substr(cut + 1));
}

}  // namespace

Error edited_problem(const std::string& id) {
  return Error(ErrorCode::integrity, fmt::format("the record `{}` was changed after it was made", id))
      .hint("its numbers are not those that were measured; run it again");
}

Status RecordDraft::add(const std::string& name, std::string_view bytes) {
  if (!is_inside(name) || name == kRecordFile)
    return make_error(ErrorCode::invalid_input, "`{}` is no name for a file in a record", printable(name));
  const Path path = folder() / name;
  TRY_STATUS(make_folders(*fs_, path.parent_path()));
  return fs_->write_file(path, bytes);
}

Status RecordDraft::add_samples(const std::vector<SampleColumn>& columns) {
  TRY(const std::string bytes, encode_samples(columns));
  return add(samples_place(""), bytes);
}

struct RecordStore::State {
  Filesystem& fs;
  Clock& clock;
  Path home;
  std::optional<RecordIndex> index;  // open one

  State(Filesystem& fs_in, Clock& clock_in, Path home_in)
      : fs(fs_in), clock(clock_in), home(std::move(home_in)) {}

  Path records() const { return home / "records"; }
  Path drafts() const { return records() / ".staging"; }
  Path index_file() const { return home / "index.sqlite"; }

  // Sorted as texts, ids are in the order of time, to 1/65536 of a second.
  static std::string new_id(SystemTime time) {
    const auto within = time - std::chrono::floor<std::chrono::seconds>(time);
    const auto fraction = static_cast<std::uint64_t>(within.count()) * 65536 / 1'000'000'000;
    return fmt::format("{}-{:04x}", time_part(time), fraction);
  }

  // Names of all records, sorted.
  Result<std::vector<std::string>> ids() const {
    auto names = fs.list(records());
    if (!names && names.error().code() == ErrorCode::not_found) return std::vector<std::string>();
    if (!names) return names;
    std::erase_if(*names, [](const std::string& name) { return name.starts_with('.'); });
    return names;
  }

  RecordStamp stamp(const std::string& id) const {
    const auto stat = fs.stat(records() / id / kRecordFile);
    if (!stat) return {-1, 0};
    return {static_cast<std::int64_t>(stat->size), stat->mtime_ns};
  }

  Result<Record> read(const std::string& id) const {
    const Path path = records() / id / kRecordFile;
    TRY(std::string text, fs.read_file(path, kLargestRecord));
    TRY(const json::Document document, json::parse(path.string(), std::move(text)));
    json::Problems problems;
    Record record = read_record(document, problems);
    if (!problems.empty()) return tl::make_unexpected(problems.first());
    record.edited = !is_as_sealed(document);
    if (record.id == id) return record;
    return make_error(ErrorCode::invalid_input, "the folder `{}` holds the record `{}`", id,
                      printable(record.id));
  }

  Status list_files(const Path& folder, std::vector<RecordedFile>& out) const;
  Status seal(const Path& folder, Record& record) const;
  Status check_digest(const std::string& id) const;
  Status index_one(RecordIndex& into, const std::string& id) const;
  Status bring_up_to_date(RecordIndex& into) const;
  Result<RecordIndex*> open_index();
  void discard_index();
  Result<RecordList> rebuild_index();
  Result<RecordList> list(RecordIndex& from, const RecordFilter& filter) const;
  Result<RecordList> list_checked(RecordIndex& from, const RecordFilter& filter) const;
};

// Everything in the draft, without permission to write it.
Status RecordStore::State::list_files(const Path& folder, std::vector<RecordedFile>& out) const {
  TRY(const std::vector<TreeEntry> entries, walk(fs, folder));
  for (const TreeEntry& entry : entries) {
    if (entry.stat.type != FileType::file || entry.path == kRecordFile) continue;
    TRY(const Digest digest, digest_file(folder / entry.path));
    out.push_back({entry.path, digest.hex(), entry.stat.size});
    TRY_STATUS(fs.set_mode(folder / entry.path, entry.stat.mode & ~kWritable));
  }
  return {};
}

Status RecordStore::State::seal(const Path& folder, Record& record) const {
  const Path file = folder / kRecordFile;
  TRY_STATUS(fs.write_file(file, json::write_sorted(sealed(to_json(record)))));
  TRY_STATUS(fs.set_mode(file, 0444));
  TRY_STATUS(fs.sync_folder(folder));
  return fs.rename(folder, records() / record.id);
}

Status RecordStore::State::check_digest(const std::string& id) const {
  const Path file = records() / id / kRecordFile;
  TRY(std::string text, fs.read_file(file, kLargestRecord));
  TRY(json::Document document, json::parse(file.string(), std::move(text)));
  if (is_as_sealed(document.root)) return {};
  return make_error(ErrorCode::integrity, "`{}` was changed since the record `{}` was made", file.string(),
                    id);
}

Status RecordStore::State::index_one(RecordIndex& into, const std::string& id) const {
  const RecordStamp seen = stamp(id);
  const auto record = read(id);
  if (record) return into.add(*record, seen);
  const Error& error = record.error();
  std::string problem = fmt::format("the record `{}` cannot be read: {}", id, error.message());
  if (const auto& place = error.place(); place && place->line > 0)
    problem = fmt::format("the record `{}` cannot be read: {}:{}:{}: {}", id, place->file, place->line,
                          place->column, error.message());
  for (const std::string& hint : error.hints()) problem += "\n" + hint;
  if (error.hints().empty()) problem += fmt::format("\n`reef runs remove {}` throws it away", id);
  return into.add_unreadable({id, seen, problem});
}

// Adds and removes what differs from the folders.
Status RecordStore::State::bring_up_to_date(RecordIndex& into) const {
  const auto folder = fs.stat(records());
  const std::int64_t changed = folder ? folder->mtime_ns : -1;
  TRY(const std::int64_t complete_at, into.complete_at());
  if (complete_at == changed) return {};
  TRY(const std::vector<std::string> here, ids());
  TRY(const std::vector<std::string> known, into.ids());
  std::vector<std::string> missing;
  std::vector<std::string> gone;
  std::set_difference(here.begin(), here.end(), known.begin(), known.end(), std::back_inserter(missing));
  std::set_difference(known.begin(), known.end(), here.begin(), here.end(), std::back_inserter(gone));
  const bool settled = clock.now().time_since_epoch() - std::chrono::nanoseconds(changed) > kTimeGrain;
  if (missing.empty() && gone.empty() && !settled) return {};
  TRY_STATUS(into.begin());
  for (const std::string& id : missing) TRY_STATUS(index_one(into, id));
  for (const std::string& id : gone) TRY_STATUS(into.remove(id));
  if (settled) TRY_STATUS(into.set_complete_at(changed));
  return into.commit();
}

Result<RecordIndex*> RecordStore::State::open_index() {
  if (index) return &*index;
  auto opened = RecordIndex::open(index_file().string());
  if (!opened && opened.error().code() == ErrorCode::integrity) {
    discard_index();
    opened = RecordIndex::open(index_file().string());
  }
  if (!opened) return tl::make_unexpected(opened.error());
  index = *std::move(opened);
  return &*index;
}

// One process at a time, the write-ahead log first: a log of an older database must never meet a new one.
void RecordStore::State::discard_index() {
  index.reset();
  const auto lock = FileLock::acquire(home / "index.lock", std::chrono::seconds(5));
  if (!lock) return;
  if (auto found = RecordIndex::open(index_file().string()); found && found->is_sound())
    return;  // somebody else was faster
  for (const char* suffix : {"-wal", "-shm", ""}) (void)fs.remove_file(index_file().string() + suffix);
}

// Makes all of it anew; returns the newest record and the problems.
Result<RecordList> RecordStore::State::rebuild_index() {
  TRY(RecordIndex * opened, open_index());
  TRY_STATUS(opened->begin());
  TRY_STATUS(opened->clear());
  TRY_STATUS(opened->commit());
  RecordFilter one;
  one.limit = 1;
  return list(*opened, one);
}

Result<RecordList> RecordStore::State::list(RecordIndex& from, const RecordFilter& filter) const {
  TRY_STATUS(bring_up_to_date(from));
  return list_checked(from, filter);
}

// Records that were edited since they were indexed are read again, once.
Result<RecordList> RecordStore::State::list_checked(RecordIndex& from, const RecordFilter& filter) const {
  TRY(RecordIndex::Rows found, from.select(filter));
  TRY(std::vector<RecordIndex::Unreadable> unreadable, from.unreadable());
  std::vector<std::string> edited;
  for (const auto& [row, seen] : found.rows)
    if (stamp(row.id) != seen) edited.push_back(row.id);
  for (const auto& entry : unreadable)
    if (stamp(entry.id) != entry.stamp) edited.push_back(entry.id);
  if (!edited.empty()) {
    TRY_STATUS(from.begin());
    for (const std::string& id : edited) TRY_STATUS(index_one(from, id));
    TRY_STATUS(from.commit());
    TRY(found, from.select(filter));
    TRY(unreadable, from.unreadable());
  }
  RecordList out;
  out.matching = found.matching;
  out.rows.reserve(found.rows.size());
  for (RecordIndex::Row& row : found.rows) out.rows.push_back(std::move(row.row));
  for (const RecordRow& row : out.rows)
    if (row.edited) out.problems.push_back(edited_problem(row.id));
  for (const auto& entry : unreadable) out.problems.push_back(unreadable_error(entry));
  out.unreadable = unreadable.size();
  return out;
}

RecordStore::RecordStore(Filesystem& fs, Clock& clock, Path home)
    : state_(std::make_unique<State>(fs, clock, std::move(home))) {}
RecordStore::~RecordStore() = default;
RecordStore::RecordStore(RecordStore&&) noexcept = default;
RecordStore& RecordStore::operator=(RecordStore&&) noexcept = default;

Path RecordStore::folder(const std::string& id) const { return state_->records() / id; }

Result<RecordDraft> RecordStore::begin() {
  TRY_STATUS(make_folders(state_->fs, state_->drafts()));
  const SystemTime now = state_->clock.now();
  (void)sweep_folders(state_->fs, state_->drafts(), now);
  TRY(LiveFolder draft, LiveFolder::create(state_->fs, state_->drafts(), state_->new_id(now) + "-"));
  std::string id = state_->new_id(now);
  return RecordDraft(state_->fs, std::move(draft), std::move(id));
}

std::size_t RecordStore::sweep() { return sweep_folders(state_->fs, state_->drafts(), state_->clock.now()); }

Result<Record> RecordStore::publish(RecordDraft draft, Record record) {
  constexpr int kTries = 100;
  record.id = draft.id();
  record.files.clear();
  TRY_STATUS(state_->list_files(draft.folder(), record.files));
  for (int attempt = 1;; ++attempt) {
    const Status sealed = state_->seal(draft.folder(), record);
    if (sealed) break;
    if (!exists(state_->fs, folder(record.id)) || attempt == kTries)
      return tl::make_unexpected(sealed.error());
    TRY_STATUS(state_->fs.remove_file(draft.folder() / kRecordFile));
    record.id = next_id(record.id);
  }
  draft.folder_.release();
  TRY_STATUS(state_->fs.sync_folder(state_->records()));
  return record;
}

Result<std::string> RecordStore::find(std::string_view text) {
  TRY(const std::vector<std::string> ids, state_->ids());
  if (ids.empty()) return make_error(ErrorCode::not_found, "there are no records yet");
  if (text == "last") {
    const auto newest = std::find_if(ids.rbegin(), ids.rend(), looks_like_id);
    return newest == ids.rend() ? ids.back() : *newest;
  }
  if (std::binary_search(ids.begin(), ids.end(), text)) return std::string(text);
  const std::string ending = fmt::format("-{}", text);
  std::vector<std::string> matches;
  for (const std::string& id : ids)
    if (!text.empty() && (id.starts_with(text) || id.ends_with(ending))) matches.push_back(id);
  if (matches.size() == 1) return matches.front();
  if (matches.empty()) {
    Failure error = make_error(ErrorCode::not_found, "there is no record `{}`", printable(text));
    if (const auto hint = did_you_mean(text, ids)) return std::move(error).hint(*hint);
    return std::move(error).hint("`reef runs` lists all records");
  }
  constexpr std::size_t kShown = 5;
  const std::size_t count = matches.size();
  matches.resize(std::min(count, kShown));
  return make_error(ErrorCode::invalid_input, "`{}` may mean {} records: {}{}", printable(text), count,
                    quoted_list(matches), count > kShown ? ", ..." : "");
}

Result<Record> RecordStore::load(const std::string& id) {
  if (!is_inside(id) || Path(id).has_parent_path() || !is_folder(state_->fs, folder(id)))
    return make_error(ErrorCode::not_found, "there is no record `{}`", printable(id));
  auto record = state_->read(id);
  if (record) return record;
  const Error& found = record.error();
  Error error(ErrorCode::integrity, found.message());
  if (found.place()) error = std::move(error).at(*found.place());
  for (const std::string& hint : found.hints()) error = std::move(error).hint(hint);
  return tl::make_unexpected(std::move(error).context(fmt::format("reading the record `{}`", id)));
}

Result<std::vector<SampleColumn>> RecordStore::load_samples(const std::string& id, const std::string& step) {
  if (!step.empty() && (!is_inside(step) || Path(step).has_parent_path()))
    return make_error(ErrorCode::integrity, "the record `{}` names a step that is none: `{}`", id,
                      printable(step));
  const Path path = folder(id) / samples_place(step);
  TRY(const std::string bytes, state_->fs.read_file(path));
  return with_context(decode_samples(bytes), [&] { return fmt::format("reading `{}`", path.string()); });
}

Status RecordStore::verify(const std::string& id) {
  TRY(const Record record, load(id));
  TRY_STATUS(state_->check_digest(id));
  for (const RecordedFile& file : record.files) {
    const Path path = folder(id) / file.path;
    if (!is_inside(file.path))
      return make_error(ErrorCode::integrity, "the record `{}` names a file outside of it: `{}`", id,
                        printable(file.path));
    const auto digest = digest_file(path);
    if (!digest)
      return make_error(ErrorCode::integrity, "a file of the record `{}` cannot be read: {}", id,
                        digest.error().message());
    if (digest->hex() != file.sha256)
      return make_error(ErrorCode::integrity, "`{}` was changed since the record `{}` was made",
                        path.string(), id);
  }
  return {};
}

Result<RecordList> RecordStore::list(const RecordFilter& filter) {
  if (is_folder(state_->fs, state_->records())) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      const auto index = state_->open_index();
      if (!index) break;
      auto listed = state_->list(**index, filter);
      if (listed) return listed;
      const bool damaged = listed.error().code() == ErrorCode::integrity;
      state_->index.reset();
      if (!damaged) break;
      state_->discard_index();
    }
  }
  TRY(RecordIndex memory, RecordIndex::open(":memory:"));
  return state_->list(memory, filter);
}

Status RecordStore::remove(const std::string& id) {
  if (!is_inside(id) || Path(id).has_parent_path() || !is_folder(state_->fs, folder(id)))
    return make_error(ErrorCode::not_found, "there is no record `{}`", printable(id));
  TRY_STATUS(make_folders(state_->fs, state_->drafts()));
  TRY(const LiveFolder grave, LiveFolder::create(state_->fs, state_->drafts(), "removed-"));
  TRY_STATUS(state_->fs.rename(folder(id), grave.path() / "record"));
  return state_->fs.sync_folder(state_->records());
}

Result<RecordStore::Reindexed> RecordStore::reindex() {
  Reindexed out;
  out.removed_drafts = sweep();
  TRY_STATUS(make_folders(state_->fs, state_->records()));
  Result<RecordList> list = state_->rebuild_index();
  if (!list && list.error().code() == ErrorCode::integrity) {
    state_->discard_index();
    list = state_->rebuild_index();
  }
  if (!list) return tl::make_unexpected(list.error());
  out.records = list->matching;
  out.problems = std::move(list->problems);
  return out;
}

}  // namespace reef
