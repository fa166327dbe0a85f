#include "core/record/sqlite.h"

namespace reef::sqlite {
namespace {

// integrity: the file is no database, or a damaged one.
Failure failure(sqlite3* database, int code) {
  const int kind = code & 0xFF;
  const bool damaged = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_SCHEMA;
  const ErrorCode meaning = damaged               ? ErrorCode::integrity
                            : kind == SQLITE_BUSY ? ErrorCode::busy
                                                  : ErrorCode::io;
  return make_error(meaning, "SQLite: {}",
                    database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code));
}

}  // namespace

Statement& Statement::bind(int at, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int at, std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), at, number);
  return *this;
}

Statement& Statement::bind(int at, double number) {
  sqlite3_bind_double(statement_.get(), at, number);
  return *this;
}

Statement& Statement::bind_null(int at) {
  sqlite3_bind_null(statement_.get(), at);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return failure(sqlite3_db_handle(statement_.get()), code);
}

Status Statement::run() {
  const auto stepped = step();
  reset();
  if (!stepped) return tl::make_unexpected(stepped.error());
  return {};
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::string_view Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_.get(), column); }

Result<Database> Database::open(const std::string& file) {
  constexpr int kPatienceMs = 5000;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database;
  database.database_.reset(raw);
  if (code != SQLITE_OK) return failure(raw, code);
  if (sqlite3_db_readonly(raw, "main") == 1)
    return make_error(ErrorCode::io, "SQLite: `{}` cannot be written", file);
  sqlite3_busy_timeout(raw, kPatienceMs);
  return database;
}

Status Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(database_.get(), code);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return failure(database_.get(), code);
  return Statement(raw);
}

}  // namespace reef::sqlite
