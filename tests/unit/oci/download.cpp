#include <atomic>

#include "core/os/byte_stream.h"
#include "tests/unit/oci/bench.h"

using namespace reef;
using namespace reef::oci;
using namespace reef::test;

namespace {

const std::string kBytes = noise(3'000'000);

struct Pulled {
  std::string problem;
  std::string bytes;
  std::uint64_t metered = 0;
  int started_over = 0;
};

Pulled pull(OciBench& bench, const OciServer& server, const Descriptor& blob, std::string kept = "") {
  MemorySink sink(std::move(kept));
  Pulled out;
  out.problem = error_of(bench.repository(server).download(blob, "`weights`", sink,
                                                           [&](std::uint64_t more) { out.metered += more; }));
  out.bytes = sink.bytes;
  out.started_over = sink.started_over;
  return out;
}

bool is_blob(const Incoming& request) { return request.target.find("/blobs/sha256:") != std::string::npos; }

// Sends the head of a whole answer, or of the asked-for rest, and `count` bytes of it.
void send_part(const Incoming& request, Connection& c, std::size_t count) {
  const std::string range = request.header("range");
  const std::size_t from = range.empty() ? 0 : std::stoul(range.substr(6));
  std::string head = range.empty() ? "HTTP/1.1 200 OK\r\n"
                                   : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " +
                                         std::to_string(from) + "-" + std::to_string(kBytes.size() - 1) +
                                         "/" + std::to_string(kBytes.size()) + "\r\n";
  head += "Content-Length: " + std::to_string(kBytes.size() - from) + "\r\n\r\n";
  c.write(head + kBytes.substr(from, count));
  c.close();
}

}  // namespace

TEST_CASE("a blob is pulled whole, and from where an earlier transfer stopped") {
  OciBench bench;
  OciServer server;
  server.put_blob("a/b", kBytes);
  const Pulled whole = pull(bench, server, blob_of(kBytes));
  CHECK(whole.problem == "none");
  CHECK(whole.bytes == kBytes);
  CHECK(whole.metered == kBytes.size());
  const Pulled rest = pull(bench, server, blob_of(kBytes), kBytes.substr(0, 1'000'000));
  CHECK(rest.problem == "none");
  CHECK(rest.bytes == kBytes);
  CHECK(rest.metered == kBytes.size());
  CHECK(server.requests().back().header("range") == "bytes=1000000-");
  const std::size_t before = server.requests().size();
  CHECK(pull(bench, server, blob_of(kBytes), kBytes).problem == "none");
  CHECK(server.seen("/blobs/").size() == 2);
  CHECK(server.requests().size() == before);
  CHECK(pull(bench, server, blob_of(""), "").problem == "none");
}

TEST_CASE("a connection that breaks again and again gets on as long as bytes come") {
  OciBench bench;
  OciServer server;
  int times = 0;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_blob(request)) return false;
    ++times;
    send_part(request, c, 400'000);
    return true;
  };
  // More breaks than the patience has retries, but each brings something: 400 kB are not enough by
  // themselves.
  bench.patience.retries = 10;
  const Pulled pulled = pull(bench, server, blob_of(kBytes));
  CHECK(pulled.problem == "none");
  CHECK(pulled.bytes == kBytes);
  CHECK(times == 8);
}

TEST_CASE("a connection that brings nothing ends after the retries, and says how far it came") {
  OciBench bench;
  OciServer server;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (is_blob(request)) send_part(request, c, request.header("range").empty() ? 500 : 0);
    return is_blob(request);
  };
  const Pulled pulled = pull(bench, server, blob_of(kBytes));
  CHECK(pulled.problem == "error: cannot pull `weights` from `oci://" + server.host() +
                              "/a/b`: it ended after 500 of 3000000 bytes\nhint: run the same again: what "
                              "was transferred is kept\n");
  CHECK(pulled.bytes == kBytes.substr(0, 500));
  CHECK(server.seen("/blobs/").size() == 5);
}

TEST_CASE("a kept beginning that is of something else is noticed by the digest, and all pulled anew") {
  OciBench bench;
  OciServer server;
  server.put_blob("a/b", kBytes);
  const Pulled pulled = pull(bench, server, blob_of(kBytes), std::string(1000, 'x'));
  CHECK(pulled.problem == "none");
  CHECK(pulled.bytes == kBytes);
  CHECK(pulled.started_over == 1);
  CHECK(pull(bench, server, blob_of(kBytes), std::string(kBytes.size() + 5, 'x')).bytes == kBytes);
  CHECK(pull(bench, server, blob_of(kBytes), std::string(kBytes.size(), 'x')).bytes == kBytes);
}

TEST_CASE("a registry that ignores ranges, or answers with a wrong one, is pulled from all the same") {
  OciBench bench;
  OciServer server;
  server.put_blob("a/b", kBytes);
  const bool ignores = GENERATE(true, false);
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_blob(request) || request.header("range").empty()) return false;
    if (ignores)
      c.respond(200, kBytes);
    else
      c.respond(206, kBytes.substr(7), {"Content-Range: bytes 7-2999999/3000000"});
    return true;
  };
  const Pulled pulled = pull(bench, server, blob_of(kBytes), kBytes.substr(0, 1000));
  CHECK(pulled.problem == "none");
  CHECK(pulled.bytes == kBytes);
  CHECK(pulled.started_over == 1);
}

TEST_CASE("bytes with another digest or size are refused, and none of them kept") {
  OciBench bench;
  OciServer server;
  std::string body = kBytes;
  body[1'234'567] ^= 1;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (is_blob(request))
      c.respond(200, body, {"Docker-Content-Digest: sha256:" + blob_of(kBytes).digest.hex()});
    return is_blob(request);
  };
  const std::string hint =
      "hint: the registry is damaged, or something between it and here changes answers; nothing of it was "
      "kept\n";
  Pulled pulled = pull(bench, server, blob_of(kBytes));
  CHECK(pulled.problem == "error: `weights` from `oci://" + server.host() +
                              "/a/b` is not what it should be: its SHA-256 is " + sha256(body).hex() +
                              ", expected " + sha256(kBytes).hex() + "\n" + hint);
  CHECK(pulled.bytes.empty());
  CHECK(server.seen("/blobs/").size() == 1);
  body = kBytes + "more";
  pulled = pull(bench, server, blob_of(kBytes));
  CHECK(pulled.problem == "error: `weights` from `oci://" + server.host() +
                              "/a/b` has 3000004 bytes, expected 3000000\n" + hint);
  CHECK(pulled.bytes.empty());
}

TEST_CASE("an answer without end is cut where the blob ends") {
  OciBench bench;
  OciServer server;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_blob(request)) return false;
    c.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (c.is_open()) c.write(kBytes);
    return true;
  };
  const Pulled pulled = pull(bench, server, blob_of(kBytes));
  CHECK(pulled.problem.find("bytes, expected 3000000") != std::string::npos);
  CHECK(pulled.bytes.empty());
}

TEST_CASE("web pages and errors in the place of a blob are told as what they are") {
  OciBench bench;
  OciServer server;
  std::atomic<int> status = 200;
  server.interfere = [&](const Incoming& request, Connection& c) {
    const int now = status;  // the test goes on while this returns
    if (!is_blob(request) || now == 404) return false;
    c.respond(now, "<!DOCTYPE html><title>Welcome to  nginx!</title>", {"Content-Type: text/html"});
    return true;
  };
  const std::string page = "error: cannot pull `weights` from `oci://" + server.host() + "/a/b`: `" +
                           server.host() +
                           "` gave a web page, \"Welcome to nginx!\", and no answer of a registry\n"
                           "hint: check the host and the port: is that the address of an OCI registry?\n";
  CHECK(pull(bench, server, blob_of(kBytes)).problem == page);
  status = 403;
  CHECK(pull(bench, server, blob_of(kBytes)).problem.find("wants a login to pull from `a/b`") !=
        std::string::npos);
  status = 404;
  CHECK(pull(bench, server, blob_of(kBytes)).problem ==
        "error: cannot pull `weights` from `oci://" + server.host() + "/a/b`: `" + server.host() +
            "` answered 404 Not Found: blob unknown to registry (BLOB_UNKNOWN)\n");
}

TEST_CASE("a server that is busy is asked again when it wants") {
  OciBench bench;
  OciServer server;
  server.put_blob("a/b", kBytes);
  const int status = GENERATE(429, 500, 503);
  int left = 3;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_blob(request) || left-- <= 0) return false;
    c.respond(status, "", {"Retry-After: 0"});
    return true;
  };
  CHECK(pull(bench, server, blob_of(kBytes)).problem == "none");
  left = 1000;
  const std::string problem = pull(bench, server, blob_of(kBytes)).problem;
  CHECK(problem.starts_with("error: cannot pull `weights` from `oci://" + server.host() + "/a/b`: `" +
                            server.host() + "` answered " + std::to_string(status)));
}

TEST_CASE("a slow drip ends as too slow, a cancelled transfer at once") {
  OciBench bench;
  bench.patience.stall_timeout = std::chrono::milliseconds(150);
  bench.patience.lowest_speed = 1000;
  bench.patience.retries = 0;
  OciServer server;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_blob(request)) return false;
    c.write("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n");
    while (c.is_open() && c.write("x")) c.pause(std::chrono::milliseconds(20));
    return true;
  };
  CHECK(pull(bench, server, blob_of(kBytes)).problem.find("`: fewer than ") != std::string::npos);
  bench.cancel.request();
  CHECK(pull(bench, server, blob_of(kBytes)).problem == "error: interrupted\n");
}

TEST_CASE("a blob goes to its place in a file, over several transfers") {
  OciBench bench;
  OciServer server;
  server.put_blob("a/b", kBytes);
  const Path path = bench.scratch / "part";
  OutputFile file = value(OutputFile::open_kept(path));
  Repository repository = bench.repository(server);
  FileSink::Mark written;
  {
    FileSink sink(file, 1000, [&](const FileSink::Mark& mark) { written = mark; });
    succeeds(repository.download(blob_of(kBytes), "`weights`", sink, nullptr));
  }
  CHECK(written.bytes == kBytes.size());
  CHECK(bench.scratch.read("part") == std::string(1000, '\0') + kBytes);
  for (const std::size_t kept :
       {std::size_t{1}, std::size_t{1} << 20U, kBytes.size() - 1, kBytes.size(), kBytes.size() + 9}) {
    bench.scratch.write("part", std::string(1000, 'h') + kBytes.substr(0, kept));
    OutputFile again = value(OutputFile::open_kept(path));
    FileSink sink(again, 1000);
    succeeds(sink.take_over({kept, {}}));
    CHECK(sink.size() == (kept <= kBytes.size() ? kept : 0));
    succeeds(repository.download(blob_of(kBytes), "`weights`", sink, nullptr));
    CHECK(bench.scratch.read("part") == std::string(1000, 'h') + kBytes);
  }
}

TEST_CASE("what an earlier transfer hashed is believed when the bytes are still those") {
  OciBench bench;
  OciServer server;
  server.put_blob("a/b", kBytes);
  Repository repository = bench.repository(server);
  const std::size_t kept = 2'000'001;
  const std::size_t hashed = 1'999'936;  // whole blocks
  Sha256 hash;
  hash.update(kBytes.substr(0, hashed));
  const auto bytes_sent = [&](const std::string& part, const FileSink::Mark& mark) {
    bench.scratch.write("part", part);
    OutputFile file = value(OutputFile::open_kept(bench.scratch / "part"));
    FileSink sink(file, 0);
    succeeds(sink.take_over(mark));
    std::uint64_t sent = 0;
    succeeds(
        repository.download(blob_of(kBytes), "`weights`", sink, [&](std::uint64_t more) { sent += more; }));
    CHECK(bench.scratch.read("part") == kBytes);
    return sent;
  };
  const FileSink::Mark mark{kept, hash.midstate().value()};
  CHECK(bytes_sent(kBytes.substr(0, kept), mark) == kBytes.size());
  // One bit that another program, or the disk, turned round; or a mark that is of other bytes: all is sent
  // again.
  std::string rotten = kBytes.substr(0, kept);
  rotten[1000] = static_cast<char>(rotten[1000] ^ 1);
  CHECK(bytes_sent(rotten, mark) > kBytes.size());
  CHECK(bytes_sent(kBytes.substr(0, kept), {kept, {hashed, sha256("other")}}) == kBytes.size());
}

TEST_CASE("a file that is gone on with is no link to another") {
  OciBench bench;
  bench.scratch.write("other", "precious");
  succeeds(bench.scratch.disk().make_symlink("other", bench.scratch / "part"));
  CHECK(error_of(OutputFile::open_kept(bench.scratch / "part")).find("Too many levels of symbolic links") !=
        std::string::npos);
  CHECK(bench.scratch.read("other") == "precious");
}
