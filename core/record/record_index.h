#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/record/record_store.h"
#include "core/record/sqlite.h"

namespace reef {

// What tells a record.json that was edited from the one that was indexed.
struct RecordStamp {
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  bool operator==(const RecordStamp&) const = default;
};

// The list of all records in SQLite; whatever it says can be found again in the folders.
class RecordIndex {
 public:
  struct Row {
    RecordRow row;
    RecordStamp stamp;
  };
  struct Rows {
    std::vector<Row> rows;
    std::uint64_t matching = 0;
  };
  // A record that cannot be read; `problem` is the error's message, its hint follows a newline.
  struct Unreadable {
    std::string id;
    RecordStamp stamp;
    std::string problem;
  };

  // Opens or creates the index; one of another version is emptied. integrity: the file is damaged.
  static Result<RecordIndex> open(const std::string& file);

  Status begin() { return database_.execute("BEGIN IMMEDIATE"); }
  Status commit() { return database_.execute("COMMIT"); }
  Status clear();
  // False when pages of the file are damaged; reads all of it.
  bool is_sound();
  Status add(const Record& record, RecordStamp stamp);
  Status add_unreadable(const Unreadable& unreadable);
  Status remove(const std::string& id);

  // Ids, sorted.
  Result<std::vector<std::string>> ids();
  Result<Rows> select(const RecordFilter& filter);
  Result<std::vector<Unreadable>> unreadable();

  // The time of the folder of records when the index was last known to hold all of it.
  Result<std::int64_t> complete_at();
  Status set_complete_at(std::int64_t mtime_ns);

 private:
  explicit RecordIndex(sqlite::Database database) : database_(std::move(database)) {}
  Status prepare();
  Status create_tables();

  sqlite::Database database_;  // outlives its statements
  std::optional<sqlite::Statement> insert_;
  std::optional<sqlite::Statement> insert_metric_;
  std::optional<sqlite::Statement> remove_metrics_;
};

}  // namespace reef
