#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "core/ops/select.h"
#include "core/os/cancel.h"

// The page that shows recorded runs: what is on it, as one file, and live on this machine.
namespace reef::ops {

// The selected runs, as the document that the page draws (schemas/dashboard.schema.json).
// Records never change, so each is read once however often the document is asked for. One thread.
class DashboardSource {
 public:
  DashboardSource(RecordStore& records, Clock& clock, RunSelection selection);
  ~DashboardSource();
  DashboardSource(const DashboardSource&) = delete;
  DashboardSource& operator=(const DashboardSource&) = delete;

  // Columns of equal length, newest run first. Records that cannot be read are texts in `problems`. Quantiles
  // of the latency come from the raw samples of the newest runs, from 128 MiB of them at most, and from the
  // summaries of the others. An empty selection is a document too.
  // What its expression asks of a metric is asked of points (points_of): all runs of one that meets it are
  // there.
  Result<json::Value> document();
  // A text that is another one when there are other runs: what a page that is open asks for.
  Result<std::string> state();

 private:
  struct Run;
  Result<RecordList> selected();
  Result<std::shared_ptr<const Run>> run(const std::string& id, std::uint64_t& samples_left);

  RecordStore& records_;
  Clock& clock_;
  RunSelection selection_;
  std::map<std::string, std::shared_ptr<const Run>> known_;
};

// One HTML file that needs nothing else: it makes no request and runs no script but its own. live: it asks
// the server it came from for new runs. not_found, with what to do, when this program was built without the
// page (no node).
Result<std::string> dashboard_page(const json::Value& document, bool live);
// What the page's Content-Security-Policy says, as a header.
Result<std::string> dashboard_policy(bool live);

// Serves the page, its document (`/data`) and `state` (`/state`) on 127.0.0.1 until `cancel`. `port` 0 is any
// free one. `ready` is told the address when a browser may come. io when the port is taken; not_found as
// above.
Status serve_dashboard(DashboardSource& source, std::uint16_t port, const Cancellation& cancel,
                       const std::function<void(const std::string& url)>& ready);

}  // namespace reef::ops
