#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/error.h"

// SQLite with results instead of codes. One thread at a time.
namespace reef::sqlite {

class Database;

class Statement {
 public:
  // Parameters count from 1. Texts must live until the next `step` or `reset`.
  Statement& bind(int at, std::string_view text);
  Statement& bind(int at, std::int64_t number);
  Statement& bind(int at, double number);
  Statement& bind_null(int at);
  // True while there is a row.
  Result<bool> step();
  // Runs a statement that has no rows, and makes it ready for the next values.
  Status run();
  void reset();
  // Columns count from 0; views are valid until the next step.
  std::string_view text(int column) const;
  std::int64_t number(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // Opens or creates; `:memory:` is a database of its own. io when it cannot be opened for writing.
  static Result<Database> open(const std::string& file);
  Status execute(const std::string& sql);
  Result<Statement> prepare(std::string_view sql);

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace reef::sqlite
