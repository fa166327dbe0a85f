#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "core/record/record_store.h"
#include "tests/unit/record/dying_filesystem.h"
#include "tests/unit/record/example.h"

using namespace reef;

namespace {

struct Home {
  std::unique_ptr<Filesystem> fs = make_disk();
  std::unique_ptr<Clock> clock = make_system_clock();
  TemporaryFolder folder =
      TemporaryFolder::create(*fs, std::filesystem::temp_directory_path(), "reef-records-").value();

  RecordStore store() { return RecordStore(*fs, *clock, folder.path()); }
  Path file(const std::string& name) const { return folder.path() / name; }
  Path record_file(const std::string& id) const { return folder.path() / "records" / id / "record.json"; }

  Record add(RecordStore& store, Record record = test::bare_record()) {
    return store.publish(store.begin().value(), std::move(record)).value();
  }
  std::string add_at(RecordStore& store, const std::string& id) {
    Record record = test::bare_record();
    record.id = id;
    REQUIRE(make_folders(*fs, store.folder(id)));
    REQUIRE(fs->write_file(record_file(id), json::write_sorted(to_json(record))));
    return id;
  }
  void edit(const std::string& id, const std::string& text) {
    REQUIRE(fs->remove_file(record_file(id)));
    REQUIRE(fs->write_file(record_file(id), text));
  }
};

std::vector<std::string> ids_of(const RecordList& list) {
  std::vector<std::string> out;
  for (const RecordRow& row : list.rows) out.push_back(row.id);
  return out;
}

Record measured(const std::string& engine, double latency) {
  Record record = test::bare_record();
  record.package = "digits";
  record.action = "benchmark";
  record.options = {{"engine", engine}};
  record.metrics["latency"].value = latency;
  return record;
}

}  // namespace

TEST_CASE("a record that was edited is read, and said to be edited") {
  Home home;
  RecordStore store = home.store();
  const std::string id = home.add(store, measured("native", 0.25)).id;
  std::string text = home.fs->read_file(home.record_file(id)).value();
  home.edit(id, json::parse("record.json", text)->root.dump());  // says the same in one line
  CHECK(!store.load(id)->edited);
  CHECK(store.list()->problems.empty());
  SECTION("a number") { text.replace(text.find("0.25"), 4, "0.21"); }
  SECTION("its digest") { text.replace(text.find("\"digest\": \"") + 11, 2, "zz"); }
  home.edit(id, text);
  CHECK(store.load(id)->edited);
  CHECK(store.list()->problems.at(0).message() ==
        fmt::format("the record `{}` was changed after it was made", id));
}

TEST_CASE("a published record can be loaded, with its samples and files") {
  Home home;
  RecordStore store = home.store();
  RecordDraft draft = store.begin().value();
  REQUIRE(draft.add("logs/out.txt", "hello"));
  REQUIRE(draft.add_samples({{"latency_ns", {5, 6, 7}}}));
  const Record published = store.publish(std::move(draft), test::full_record()).value();
  CHECK(published.id.size() == 20);
  REQUIRE(published.files.size() == 2);
  CHECK(published.files[0].path == "logs/out.txt");
  CHECK(published.files[0].sha256 == sha256("hello").hex());
  CHECK(published.files[0].size == 5U);
  const Record loaded = home.store().load(published.id).value();
  CHECK(json::write_sorted(to_json(loaded)) == json::write_sorted(to_json(published)));
  CHECK(store.load_samples(published.id)->at(0).values == std::vector<std::uint64_t>{5, 6, 7});
  CHECK(store.verify(published.id));
  CHECK((home.fs->stat(store.folder(published.id) / "logs/out.txt")->mode & 0222) == 0);
  CHECK((home.fs->stat(home.record_file(published.id))->mode & 0222) == 0);
}

TEST_CASE("a draft that is not published leaves nothing") {
  Home home;
  RecordStore store = home.store();
  {
    RecordDraft draft = store.begin().value();
    REQUIRE(draft.add("x", "y"));
  }
  CHECK(store.list()->rows.empty());
  CHECK(home.fs->list(home.file("records/.staging"))->empty());
}

TEST_CASE("names that leave the record are refused") {
  Home home;
  RecordStore store = home.store();
  RecordDraft draft = store.begin().value();
  for (const char* name : {"", "../x", "/x", "a/../../x", "record.json", "x/", "."}) {
    CAPTURE(name);
    CHECK(draft.add(name, "").error().code() == ErrorCode::invalid_input);
  }
}

TEST_CASE("two records never get the same id") {
  Home home;
  RecordStore store = home.store();
  RecordDraft draft = store.begin().value();
  const std::string taken = home.add_at(store, draft.id());
  const Record published = store.publish(std::move(draft), test::bare_record()).value();
  CHECK(published.id != taken);
  CHECK(store.load(published.id)->id == published.id);
  CHECK(store.list()->rows.size() == 2);
}

TEST_CASE("lists are newest first, filtered, limited and sorted by metrics") {
  Home home;
  RecordStore store = home.store();
  std::vector<std::string> ids;
  for (const auto& [engine, latency] : std::map<std::string, double>{{"a", 3.0}, {"b", 1.0}, {"c", 2.0}})
    ids.push_back(home.add(store, measured(engine, latency)).id);
  Record failed = measured("a", 0.5);
  failed.metrics.clear();
  failed.status = RunStatus::failed;
  failed.reason = "exit status 7";
  failed.parameters = {{"threads", 2}, {"note", "x\x1E\x1F\\"}};
  failed.parent = ids[0];
  ids.push_back(home.add(store, failed).id);
  home.add(store);

  RecordFilter filter;
  CHECK(store.list(filter)->rows.size() == 5);
  filter.package = "digits";
  RecordList list = store.list(filter).value();
  CHECK(list.matching == 4);
  CHECK(std::is_sorted(list.rows.begin(), list.rows.end(),
                       [](const auto& x, const auto& y) { return x.id > y.id; }));
  filter.options = {{"engine", "a"}};
  CHECK(store.list(filter)->matching == 2);
  filter.status = RunStatus::failed;
  list = store.list(filter).value();
  REQUIRE(list.rows.size() == 1);
  const RecordRow& row = list.rows[0];
  CHECK(row.id == ids[3]);
  CHECK(row.reason == "exit status 7");
  CHECK(row.parent == ids[0]);
  CHECK(row.options == failed.options);
  CHECK(row.parameters == failed.parameters);
  CHECK(row.started == "2026-01-31T12:00:00Z");

  filter = {};
  filter.sort_by = "latency";
  filter.limit = 3;
  list = store.list(filter).value();
  CHECK(list.matching == 5);
  CHECK(ids_of(list) == std::vector<std::string>{ids[1], ids[2], ids[0]});
  CHECK(list.rows[0].metrics.at("latency").value == 1.0);
  filter.descending = true;
  CHECK(ids_of(store.list(filter).value()) == std::vector<std::string>{ids[0], ids[2], ids[1]});
  filter = {};
  filter.options = {{"engine", "a'; DROP TABLE record"}};
  CHECK(store.list(filter)->rows.empty());
  filter = {};
  filter.parent = ids[0];
  CHECK(ids_of(store.list(filter).value()) == std::vector<std::string>{ids[3]});
}

TEST_CASE("an option of one group is not mistaken for that of another") {
  Home home;
  RecordStore store = home.store();
  home.add(store, measured("openblas", 1));
  for (const auto& [group, option] : std::map<std::string, std::string>{
           {"ngine", "openblas"}, {"engine", "open"}, {"engine\x1Fopenblas", ""}, {"engine2", "openblas"}}) {
    RecordFilter filter;
    filter.options = {{group, option}};
    CHECK(store.list(filter)->rows.empty());
  }
}

TEST_CASE("metrics of a list are whole") {
  Home home;
  RecordStore store = home.store();
  const Record record = home.add(store, test::full_record());
  const RecordRow row = store.list()->rows.at(0);
  CHECK(json::write_line(to_json(row.metrics)) == json::write_line(to_json(record.metrics)));
  CHECK(row.parameters == record.parameters);
  CHECK(row.scenario == record.scenario);
}

TEST_CASE("records that come and go behind the index's back are noticed") {
  Home home;
  RecordStore store = home.store();
  const std::string first = home.add(store).id;
  CHECK(store.list()->rows.size() == 1);
  const std::string copied = home.add_at(store, "20200101-000000-0000");
  CHECK(ids_of(store.list().value()) == std::vector<std::string>{first, copied});
  REQUIRE(remove_tree(*home.fs, store.folder(first)));
  CHECK(ids_of(store.list().value()) == std::vector<std::string>{copied});
}

TEST_CASE("an index that is gone, damaged or newer is made anew") {
  const bool reindex_first = GENERATE(false, true);
  Home home;
  std::string id;
  {
    RecordStore store = home.store();
    for (int i = 0; i < 30; ++i) id = home.add(store, test::full_record()).id;
    REQUIRE(store.list()->rows.size() == 30);
  }
  const Path index = home.file("index.sqlite");
  REQUIRE(exists(*home.fs, index));
  SECTION("gone") { REQUIRE(home.fs->remove_file(index)); }
  SECTION("empty") { REQUIRE(home.fs->write_file(index, "")); }
  SECTION("no database") { REQUIRE(home.fs->write_file(index, std::string(10'000, 'x'))); }
  SECTION("torn") {
    const std::string bytes = home.fs->read_file(index).value();
    REQUIRE(bytes.size() > 8192);
    REQUIRE(home.fs->write_file(index, bytes.substr(0, 5000)));
  }
  SECTION("damaged inside") {
    std::string bytes = home.fs->read_file(index).value();
    for (std::size_t i = 4096; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
    REQUIRE(home.fs->write_file(index, bytes));
  }
  SECTION("newer") {
    std::string bytes = home.fs->read_file(index).value();
    bytes[63] = 99;  // PRAGMA user_version: 4 bytes at 60, big-endian
    REQUIRE(home.fs->write_file(index, bytes));
  }
  RecordStore store = home.store();
  if (reindex_first) CHECK(store.reindex()->records == 30);
  const RecordList list = store.list().value();
  CHECK(list.rows.size() == 30);
  CHECK(list.problems.empty());
  RecordStore again = home.store();
  CHECK(again.list()->rows.size() == 30);
  CHECK(again.reindex()->records == 30);
}

TEST_CASE("without a place for an index, lists read the folders") {
  Home home;
  REQUIRE(home.fs->make_folder(home.file("index.sqlite")));
  RecordStore store = home.store();
  const std::string id = home.add(store).id;
  CHECK(ids_of(store.list().value()) == std::vector<std::string>{id});
  CHECK(store.find("last").value() == id);
}

TEST_CASE("a home without records has an empty list, and stays as it was") {
  Home home;
  RecordStore store = home.store();
  CHECK(store.list()->rows.empty());
  CHECK(home.fs->list(home.folder.path())->empty());
  CHECK(store.find("x").error().message() == "there are no records yet");
  CHECK(store.load("x").error().code() == ErrorCode::not_found);
  CHECK(store.load("../records").error().code() == ErrorCode::not_found);
}

TEST_CASE("records that cannot be read are named and left out") {
  Home home;
  RecordStore store = home.store();
  const std::string good = home.add(store).id;
  const std::string bad = home.add(store, test::full_record()).id;
  const bool indexed = GENERATE(false, true);
  if (indexed) REQUIRE(store.list()->rows.size() == 2);
  const std::string text = home.fs->read_file(home.record_file(bad)).value();
  std::string said;
  SECTION("torn") {
    home.edit(bad, text.substr(0, 700));
    said = "this is not JSON";
  }
  SECTION("empty") {
    home.edit(bad, "");
    said = "this is not JSON";
  }
  SECTION("newer") {
    std::string newer = text;
    newer.replace(newer.find("\"format\": 1"), 11, "\"format\": 2");
    home.edit(bad, newer);
    said = "this record was written by a newer reef: it has format 2, this one reads 1";
  }
  SECTION("edited") {
    std::string edited = text;
    edited.replace(edited.find("\"failed\""), 8, "\"funny\"");
    home.edit(bad, edited);
    said = "unknown status `funny`";
  }
  SECTION("of another id") {
    std::string other = text;
    other.replace(other.find(bad), bad.size(), "20200101-000000-0000");
    home.edit(bad, other);
    said = "holds the record `20200101-000000-0000`";
  }
  SECTION("gone") {
    REQUIRE(home.fs->remove_file(home.record_file(bad)));
    said = "cannot open";
  }
  for (int i = 0; i < 2; ++i) {
    const RecordList list = store.list().value();
    CHECK(ids_of(list) == std::vector<std::string>{good});
    REQUIRE(list.problems.size() == 1);
    CHECK_THAT(list.problems[0].message(), Catch::StartsWith("the record `" + bad + "` cannot be read: "));
    CHECK_THAT(list.problems[0].message(), Catch::Contains(said));
  }
  CHECK(store.load(bad).error().code() == ErrorCode::integrity);
  CHECK_THAT(store.load(bad).error().message(), Catch::Contains(said));
  CHECK(store.reindex()->problems.size() == 1);
  if (exists(*home.fs, home.record_file(bad))) REQUIRE(home.fs->remove_file(home.record_file(bad)));
  REQUIRE(home.fs->write_file(home.record_file(bad), text));
  CHECK(store.list()->rows.size() == 2);
  CHECK(store.list()->problems.empty());
}

TEST_CASE("a record that was edited into another good one is listed as it is now") {
  Home home;
  RecordStore store = home.store();
  Record record = home.add(store, measured("a", 1));
  REQUIRE(store.list()->rows.size() == 1);
  record.metrics["latency"].value = 20;
  home.edit(record.id, json::write_sorted(to_json(record)));
  CHECK(store.list()->rows.at(0).metrics.at("latency").value == 20.0);
}

TEST_CASE("a file of a record that was changed is found") {
  Home home;
  RecordStore store = home.store();
  RecordDraft draft = store.begin().value();
  REQUIRE(draft.add("log.txt", "one"));
  const std::string id = store.publish(std::move(draft), test::bare_record())->id;
  const Path log = store.folder(id) / "log.txt";
  REQUIRE(store.verify(id));
  REQUIRE(home.fs->remove_file(log));
  CHECK(store.verify(id).error().code() == ErrorCode::integrity);
  REQUIRE(home.fs->write_file(log, "two"));
  CHECK(store.verify(id).error().message() ==
        "`" + log.string() + "` was changed since the record `" + id + "` was made");
}

TEST_CASE("a record that was edited by hand is told from the one that was written") {
  Home home;
  RecordStore store = home.store();
  const std::string id = store.publish(store.begin().value(), test::bare_record())->id;
  const Path file = store.folder(id) / "record.json";
  const std::string text = home.fs->read_file(file).value();
  REQUIRE(home.fs->set_mode(file, 0644));
  // Another layout says the same.
  auto value = json::parse("record", text).value().root;
  REQUIRE(home.fs->write_file(file, value.dump()));
  CHECK(store.verify(id));
  value["package"] = "other";
  REQUIRE(home.fs->write_file(file, value.dump()));
  CHECK(store.verify(id).error().message() ==
        "`" + file.string() + "` was changed since the record `" + id + "` was made");
  CHECK(store.verify(id).error().code() == ErrorCode::integrity);
  // What an older reef wrote has no digest, and nothing to be compared with.
  value.erase("digest");
  REQUIRE(home.fs->write_file(file, value.dump()));
  CHECK(store.verify(id));
}

TEST_CASE("records are found by the beginning or the end of their id") {
  Home home;
  RecordStore store = home.store();
  for (const char* id :
       {"20260101-120000-aaaa", "20260101-120000-abbb", "20260102-090000-3f9a", "20260102-100000-3f9b"})
    home.add_at(store, id);
  CHECK(store.find("20260102-09").value() == "20260102-090000-3f9a");
  CHECK(store.find("3f9b").value() == "20260102-100000-3f9b");
  CHECK(store.find("20260101-120000-aaaa").value() == "20260101-120000-aaaa");
  CHECK(store.find("last").value() == "20260102-100000-3f9b");
  CHECK(render(store.find("20260101").error()) ==
        "error: `20260101` may mean 2 records: `20260101-120000-aaaa` or `20260101-120000-abbb`\n");
  CHECK(render(store.find("20260102-090000-3f9c").error()) ==
        "error: there is no record `20260102-090000-3f9c`\nhint: did you mean `20260102-090000-3f9a`?\n");
  CHECK(store.find("zzzz").error().code() == ErrorCode::not_found);
  CHECK(store.find("").error().code() == ErrorCode::not_found);
}

TEST_CASE("a death at any step of publishing leaves the whole record or none") {
  Home home;
  int published = 0;
  for (int survives = 0;; ++survives) {
    REQUIRE(survives < 100);
    test::DyingFilesystem dying(*home.fs, survives);
    RecordStore store(dying, *home.clock, home.folder.path());
    {
      auto draft = store.begin();
      if (draft && draft->add("log.txt", "hello"))
        (void)store.publish(std::move(*draft), test::full_record());
    }
    RecordStore after = home.store();
    const RecordList list = after.list().value();
    CHECK(list.problems.empty());
    for (const RecordRow& row : list.rows) CHECK(after.verify(row.id));
    published = static_cast<int>(list.rows.size());
    if (!dying.died()) break;
  }
  CHECK(published >= 1);
}

TEST_CASE("drafts that dead processes left are removed after a week") {
  Home home;
  RecordStore store = home.store();
  home.add(store);
  const Path fresh = home.file("records/.staging/fresh");
  const Path old = home.file("records/.staging/old");
  REQUIRE(home.fs->make_folder(fresh));
  REQUIRE(home.fs->make_folder(old));
  constexpr std::int64_t kNineDays = 9LL * 24 * 3600 * 1'000'000'000;
  REQUIRE(home.fs->set_mtime(old, home.clock->now().time_since_epoch().count() - kNineDays));
  CHECK(store.reindex()->removed_drafts == 1);
  CHECK(exists(*home.fs, fresh));
  CHECK(!exists(*home.fs, old));
}

TEST_CASE("many add and list at once, and nothing is lost") {
  Home home;
  constexpr int kWriters = 8;
  constexpr int kEach = 15;
  std::atomic<int> failures{0};
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.emplace_back([&] {
      RecordStore store = home.store();
      for (int i = 0; i < kEach; ++i) {
        auto draft = store.begin();
        if (!draft || !store.publish(std::move(*draft), test::full_record())) ++failures;
        if (i % 5 == 0 && !store.list()) ++failures;
      }
    });
  for (std::thread& writer : writers) writer.join();
  CHECK(failures == 0);
  RecordStore store = home.store();
  const std::vector<std::string> ids = ids_of(store.list().value());
  CHECK(ids.size() == kWriters * kEach);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == ids.size());
  CHECK(store.list()->problems.empty());
}
