#include "core/record/record_index.h"

#include <array>
#include <charconv>

#include "core/base/text.h"
#include "core/record/load_settings.h"

namespace reef {
namespace {

constexpr int kVersion = 6;

// Lists of texts in one column: fields end with US, entries with RS; both, and the backslash, are escaped.
constexpr char kField = '\x1F';
constexpr char kEntry = '\x1E';

void put(std::string& out, std::string_view text, char end) {
  for (const char c : text) {
    if (c == kField || c == kEntry || c == '\\') {
      out.push_back('\\');
      out.push_back(c == kField ? 'f' : c == kEntry ? 'e' : c);
    } else {
      out.push_back(c);
    }
  }
  out.push_back(end);
}

void put(std::string& out, const std::optional<double>& number) {
  if (number) {
    std::array<char, 32> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr);
  }
  out.push_back(kField);
}

// Takes the next field off the front.
std::string field(std::string_view& text) {
  std::string out;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != kField && text[i] != kEntry; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      out.push_back(text[i] == 'f' ? kField : text[i] == 'e' ? kEntry : text[i]);
    } else {
      out.push_back(text[i]);
    }
  }
  text.remove_prefix(std::min(i + 1, text.size()));
  return out;
}

std::optional<double> number_field(std::string_view& text) {
  const std::string digits = field(text);
  double value = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc())
    return std::nullopt;
  return value;
}

std::string packed(const std::map<std::string, std::string>& options) {
  std::string out(1, kEntry);
  for (const auto& [group, option] : options) {
    put(out, group, kField);
    put(out, option, kEntry);
  }
  return out;
}

std::map<std::string, std::string> unpacked_options(std::string_view text) {
  std::map<std::string, std::string> out;
  text.remove_prefix(std::min<std::size_t>(1, text.size()));
  while (!text.empty()) {
    std::string group = field(text);
    out.emplace_hint(out.end(), std::move(group), field(text));
  }
  return out;
}

std::string packed(const std::map<std::string, json::Value>& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    put(out, name, kField);
    put(out, value.dump(-1, ' ', false, json::Value::error_handler_t::replace), kEntry);
  }
  return out;
}

std::map<std::string, json::Value> unpacked_parameters(std::string_view text) {
  std::map<std::string, json::Value> out;
  while (!text.empty()) {
    std::string name = field(text);
    out[std::move(name)] = json::Value::parse(field(text), nullptr, false);
  }
  return out;
}

std::string packed(const std::map<std::string, RecordedMetric>& metrics) {
  std::string out;
  for (const auto& [name, metric] : metrics) {
    put(out, name, kField);
    put(out, metric.value);
    put(out, metric.unit, kField);
    put(out,
        metric.better == Metric::Better::higher  ? "h"
        : metric.better == Metric::Better::lower ? "l"
                                                 : "",
        kField);
    put(out, metric.tolerance);
    put(out, metric.n ? std::optional(static_cast<double>(*metric.n)) : std::nullopt);
    put(out, metric.lower);
    put(out, metric.upper);
    put(out, metric.problem, kEntry);
  }
  return out;
}

std::map<std::string, RecordedMetric> unpacked_metrics(std::string_view text) {
  std::map<std::string, RecordedMetric> out;
  while (!text.empty()) {
    RecordedMetric& metric = out[field(text)];
    metric.value = number_field(text);
    metric.unit = field(text);
    const std::string better = field(text);
    metric.better = better == "h"   ? Metric::Better::higher
                    : better == "l" ? Metric::Better::lower
                                    : Metric::Better::unknown;
    metric.tolerance = number_field(text);
    if (const auto n = number_field(text)) metric.n = static_cast<std::uint64_t>(*n);
    metric.lower = number_field(text);
    metric.upper = number_field(text);
    metric.problem = field(text);
  }
  return out;
}

std::string processor_of(const json::Value& host) {
  const auto found = host.is_object() ? host.find("cpu_model") : host.end();
  return host.is_object() && found != host.end() && found->is_string() ? found->get<std::string>() : "";
}

constexpr std::string_view kColumns =
    "record.id, size, mtime, started, package, version, action, status, options, parameters, metrics, "
    "scenario, parent, reason, sweep, point, round, processor, edited, load, setup, settled";

RecordIndex::Row row_of(const sqlite::Statement& found) {
  RecordIndex::Row out;
  out.row.id = found.text(0);
  out.stamp = {found.number(1), found.number(2)};
  out.row.started = found.text(3);
  out.row.package = found.text(4);
  out.row.version = found.text(5);
  out.row.action = found.text(6);
  out.row.status = static_cast<RunStatus>(found.number(7));
  out.row.options = unpacked_options(found.text(8));
  out.row.parameters = unpacked_parameters(found.text(9));
  out.row.metrics = unpacked_metrics(found.text(10));
  out.row.scenario = found.text(11);
  out.row.parent = found.text(12);
  out.row.reason = found.text(13);
  if (!found.text(14).empty())
    out.row.sweep = RecordedSweep{std::string(found.text(14)), static_cast<std::uint64_t>(found.number(15)),
                                  static_cast<std::uint64_t>(found.number(16))};
  out.row.processor = found.text(17);
  out.row.edited = found.number(18) != 0;
  out.row.load = unpacked_parameters(found.text(19));
  out.row.setup = found.text(20);
  out.row.settled = unpacked_parameters(found.text(21));
  return out;
}

// The text of a query and the values of its parameters, in order.
struct Query {
  std::string where = "problem IS NULL";
  std::vector<std::string> texts;

  void add(std::string_view condition, std::string text) {
    where += " AND ";
    where += condition;
    texts.push_back(std::move(text));
  }
  void bind(sqlite::Statement& statement, int from) const {
    for (const std::string& text : texts) statement.bind(from++, std::string_view(text));
  }
};

Query query_of(const RecordFilter& filter) {
  Query query;
  if (!filter.package.empty()) query.add("package = ?", filter.package);
  if (!filter.action.empty()) query.add("action = ?", filter.action);
  if (!filter.parent.empty()) query.add("parent = ?", filter.parent);
  if (!filter.sweep.empty()) query.add("sweep = ?", filter.sweep);
  if (filter.status) query.where += fmt::format(" AND status = {}", static_cast<int>(*filter.status));
  for (const auto& [group, option] : filter.options)
    query.add("instr(options, ?) > 0", packed(std::map<std::string, std::string>{{group, option}}));
  return query;
}

}  // namespace

Result<RecordIndex> RecordIndex::open(const std::string& file) {
  TRY(sqlite::Database database, sqlite::Database::open(file));
  RecordIndex index(std::move(database));
  // Readers and one writer do not wait for each other; where the file system cannot do that, they wait.
  // Nobody waits for the disk: what a power cut breaks is made anew.
  if (const Status wal = index.database_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
      !wal && wal.error().code() != ErrorCode::busy)
    return tl::make_unexpected(wal.error());
  TRY_STATUS(index.prepare());
  return index;
}

Status RecordIndex::prepare() {
  TRY(sqlite::Statement version, database_.prepare("PRAGMA user_version"));
  TRY(const bool known, version.step());
  const bool current = known && version.number(0) == kVersion;
  version.reset();
  if (!current) TRY_STATUS(create_tables());
  TRY(insert_, database_.prepare(
                   "INSERT OR REPLACE INTO record (id, size, mtime, started, package, version, action, "
                   "status, options, parameters, metrics, scenario, parent, reason, problem, sweep, point, "
                   "round, processor, edited, load, setup, settled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                   "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  TRY(insert_metric_, database_.prepare("INSERT OR REPLACE INTO metric (id, name, value) VALUES (?, ?, ?)"));
  TRY(remove_metrics_, database_.prepare("DELETE FROM metric WHERE id = ?"));
  return {};
}

Status RecordIndex::create_tables() {
  return database_.execute(fmt::format(
      "BEGIN IMMEDIATE;"
      "DROP TABLE IF EXISTS record; DROP TABLE IF EXISTS metric; DROP TABLE IF EXISTS meta;"
      "CREATE TABLE record (id TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, started TEXT, package TEXT,"
      " version TEXT, action TEXT, status INTEGER, options TEXT, parameters TEXT, metrics TEXT, scenario "
      "TEXT,"
      " parent TEXT, reason TEXT, problem TEXT, sweep TEXT, point INTEGER, round INTEGER,"
      " processor TEXT, edited INTEGER, load TEXT, setup TEXT, settled TEXT) WITHOUT ROWID;"
      "CREATE INDEX record_sweep ON record (sweep) WHERE sweep IS NOT NULL;"
      "CREATE TABLE metric (id TEXT, name TEXT, value REAL, PRIMARY KEY (id, name)) WITHOUT ROWID;"
      "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
      "PRAGMA user_version = {};"
      "COMMIT",
      kVersion));
}

bool RecordIndex::is_sound() {
  auto check = database_.prepare("PRAGMA integrity_check(1)");
  if (!check) return false;
  const auto found = check->step();
  return found && *found && check->text(0) == "ok";
}

Status RecordIndex::clear() {
  return database_.execute("DELETE FROM record; DELETE FROM metric; DELETE FROM meta");
}

Status RecordIndex::add(const Record& record, RecordStamp stamp) {
  const std::string options = packed(record.options);
  const std::string parameters = packed(record.parameters);
  const std::string metrics = packed(record.metrics);
  insert_->bind(1, record.id).bind(2, stamp.size).bind(3, stamp.mtime_ns).bind(4, record.times.started);
  insert_->bind(5, record.package).bind(6, record.version).bind(7, record.action);
  insert_->bind(8, static_cast<std::int64_t>(record.status)).bind(9, options).bind(10, parameters);
  insert_->bind(11, metrics).bind(12, record.scenario).bind(13, record.parent).bind(14, record.reason);
  insert_->bind_null(15);
  const RecordedSweep sweep = record.sweep.value_or(RecordedSweep{});
  insert_->bind_null(16).bind_null(17).bind_null(18);
  if (record.sweep)
    insert_->bind(16, sweep.id)
        .bind(17, static_cast<std::int64_t>(sweep.point))
        .bind(18, static_cast<std::int64_t>(sweep.round));
  const std::string processor = processor_of(record.host);
  const std::string load = packed(load_of(record));
  const std::string setup = record.sweep ? setup_of(record) : "";
  insert_->bind(19, processor).bind(20, record.edited ? std::int64_t{1} : std::int64_t{0}).bind(21, load);
  const std::string settled = packed(settled_of(record));
  insert_->bind(22, setup).bind(23, settled);
  TRY_STATUS(insert_->run());
  TRY_STATUS(remove_metrics_->bind(1, record.id).run());
  for (const auto& [name, metric] : record.metrics)
    if (metric.value)
      TRY_STATUS(insert_metric_->bind(1, record.id).bind(2, name).bind(3, *metric.value).run());
  return {};
}

Status RecordIndex::add_unreadable(const Unreadable& unreadable) {
  for (int at = 4; at <= 14; ++at) insert_->bind_null(at);
  for (int at = 16; at <= 23; ++at) insert_->bind_null(at);
  insert_->bind(1, unreadable.id).bind(2, unreadable.stamp.size).bind(3, unreadable.stamp.mtime_ns);
  return insert_->bind(15, unreadable.problem).run();
}

Status RecordIndex::remove(const std::string& id) {
  TRY(sqlite::Statement statement, database_.prepare("DELETE FROM record WHERE id = ?"));
  TRY_STATUS(statement.bind(1, id).run());
  return remove_metrics_->bind(1, id).run();
}

Result<std::vector<std::string>> RecordIndex::ids() {
  TRY(sqlite::Statement statement, database_.prepare("SELECT id FROM record ORDER BY id"));
  std::vector<std::string> out;
  for (;;) {
    TRY(const bool more, statement.step());
    if (!more) return out;
    out.emplace_back(statement.text(0));
  }
}

Result<RecordIndex::Rows> RecordIndex::select(const RecordFilter& filter) {
  const Query query = query_of(filter);
  const bool by_metric = !filter.sort_by.empty();
  Rows out;
  TRY(sqlite::Statement count, database_.prepare("SELECT count(*) FROM record WHERE " + query.where));
  query.bind(count, 1);
  TRY_STATUS(count.step());
  out.matching = static_cast<std::uint64_t>(count.number(0));

  const std::string direction = filter.descending ? "DESC" : "ASC";
  const std::string joined =
      by_metric ? " LEFT JOIN metric ON metric.id = record.id AND metric.name = ?" : "";
  const std::string order =
      by_metric ? fmt::format("metric.value IS NULL, metric.value {}, record.id DESC", direction)
                : "record.id DESC";
  const std::string limit = filter.limit > 0 ? fmt::format(" LIMIT {}", filter.limit) : "";
  TRY(sqlite::Statement found, database_.prepare(fmt::format("SELECT {} FROM record{} WHERE {} ORDER BY {}{}",
                                                             kColumns, joined, query.where, order, limit)));
  if (by_metric) found.bind(1, std::string_view(filter.sort_by));
  query.bind(found, by_metric ? 2 : 1);
  for (;;) {
    TRY(const bool more, found.step());
    if (!more) return out;
    out.rows.push_back(row_of(found));
  }
}

Result<std::vector<RecordIndex::Unreadable>> RecordIndex::unreadable() {
  TRY(sqlite::Statement statement,
      database_.prepare("SELECT id, size, mtime, problem FROM record WHERE problem IS NOT NULL ORDER BY id"));
  std::vector<Unreadable> out;
  for (;;) {
    TRY(const bool more, statement.step());
    if (!more) return out;
    out.push_back({std::string(statement.text(0)),
                   {statement.number(1), statement.number(2)},
                   std::string(statement.text(3))});
  }
}

Result<std::int64_t> RecordIndex::complete_at() {
  TRY(sqlite::Statement statement, database_.prepare("SELECT value FROM meta WHERE name = 'complete_at'"));
  TRY(const bool known, statement.step());
  return known ? statement.number(0) : 0;
}

Status RecordIndex::set_complete_at(std::int64_t mtime_ns) {
  TRY(sqlite::Statement statement,
      database_.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('complete_at', ?)"));
  return statement.bind(1, mtime_ns).run();
}

}  // namespace reef
