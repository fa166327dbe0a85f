#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/model/record.h"
#include "core/os/clock.h"
#include "core/os/filesystem.h"
#include "core/os/live_folder.h"
#include "core/record/samples.h"

namespace reef {

// A record that is being made: a folder that nobody else sees. Write whatever belongs to the run into it
// (logs, `lock.json`, output files); when this object ends without being published, the folder goes.
class RecordDraft {
 public:
  const Path& folder() const { return folder_.path(); }
  // The id that the record will most likely have; RecordStore::publish returns the one it got.
  const std::string& id() const { return id_; }
  // Writes a file; `name` may contain folders, which are made. invalid_input when it leaves the folder.
  Status add(const std::string& name, std::string_view bytes);
  // Writes samples.bin.
  Status add_samples(const std::vector<SampleColumn>& columns);

 private:
  friend class RecordStore;
  RecordDraft(Filesystem& fs, LiveFolder folder, std::string id)
      : fs_(&fs), folder_(std::move(folder)), id_(std::move(id)) {}
  Filesystem* fs_;
  LiveFolder folder_;
  std::string id_;
};

struct RecordFilter {
  std::string package;                         // empty: any
  std::string action;                          // empty: any
  std::map<std::string, std::string> options;  // all of these
  std::optional<RunStatus> status;
  std::string parent;       // empty: any
  std::string sweep;        // id of a sweep or an interleaved comparison; empty: any
  std::string sort_by;      // empty: newest first; else a metric, smallest first, records without it last
  bool descending = false;  // turns the order of `sort_by` round
  std::size_t limit = 0;    // 0: all
};

// What a list shows of a record.
struct RecordRow {
  std::string id;
  std::string started;
  std::string package;
  std::string version;
  std::string action;
  RunStatus status = RunStatus::ok;
  std::map<std::string, std::string> options;
  std::map<std::string, json::Value> parameters;
  std::map<std::string, RecordedMetric> metrics;
  std::string scenario;
  std::map<std::string, json::Value> load;     // load_of
  std::map<std::string, json::Value> settled;  // settled_of
  std::string parent;
  std::string reason;
  std::optional<RecordedSweep> sweep;
  std::string setup;      // of a run with a sweep: setup_of; else empty
  std::string processor;  // model of the host's; empty: unknown
  bool edited = false;    // as Record's
};

// What is to be said of a record that was edited; integrity.
Error edited_problem(const std::string& id);

struct RecordList {
  std::vector<RecordRow> rows;
  std::uint64_t matching = 0;  // before the limit
  // Records that could not be read (torn, edited, written by a newer reef): one error each, naming the file;
  // and rows that were edited.
  std::vector<Error> problems;
  std::size_t unreadable = 0;  // the last so many of them are of records that could not be read
};

// Every run of this user: `<home>/records/<id>/`, one immutable folder each, with `record.json` in it.
//
// Folders are the truth; `<home>/index.sqlite` only makes lists fast. It may be deleted at any time, is
// brought up to date by every list, and is made anew when it is damaged or of another version. Where the home
// cannot be written, lists read the folders.
// A record appears whole (renamed into place after everything in it was synced) or not at all. Any number of
// processes and threads may add and list at once; one object serves one thread.
class RecordStore {
 public:
  // Nothing is created before something is written.
  RecordStore(Filesystem& fs, Clock& clock, Path home);
  ~RecordStore();
  RecordStore(RecordStore&&) noexcept;
  RecordStore& operator=(RecordStore&&) noexcept;
  RecordStore(const RecordStore&) = delete;
  RecordStore& operator=(const RecordStore&) = delete;

  Result<RecordDraft> begin();
  // Removes drafts whose processes were killed; returns how many.
  std::size_t sweep();
  // Fills `record.id` (time of `begin`, to 1/65536 of a second) and `record.files` (size and digest of
  // all that lies in the draft), writes record.json, takes away the permission to write, publishes the folder
  // and returns the record as written.
  Result<Record> publish(RecordDraft draft, Record record);

  Path folder(const std::string& id) const;
  // The id that a person means: the whole id, the beginning of one or its last four digits; `last` is the
  // newest of those that look like ids. not_found names the nearest; invalid_input lists the records when
  // several match.
  Result<std::string> find(std::string_view text);
  // not_found; integrity when record.json cannot be read, with its first problem.
  Result<Record> load(const std::string& id);
  // Of a run, or of a benchmarked step of it.
  Result<std::vector<SampleColumn>> load_samples(const std::string& id, const std::string& step = {});
  // integrity: names the first file that is missing or differs from what record.json says, and that one when
  // it differs from what was written.
  Status verify(const std::string& id);

  Result<RecordList> list(const RecordFilter& filter = {});
  // Throws a record away, also one that cannot be read; it is gone as a whole, whenever we are killed. The id
  // must be whole: not_found.
  Status remove(const std::string& id);

  struct Reindexed {
    std::uint64_t records = 0;
    std::uint64_t removed_drafts = 0;  // left behind by killed processes
    std::vector<Error> problems;
  };
  // Makes the index anew from the folders.
  Result<Reindexed> reindex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace reef
