#include "tests/unit/oci/bench.h"

using namespace reef;
using namespace reef::oci;
using namespace reef::test;

namespace {

const std::string& large() {
  static const std::string bytes = noise(2 * kChunk + 12'345);
  return bytes;
}

std::string push(OciBench& bench, const OciServer& server, const std::string& bytes,
                 const std::string& other = "") {
  const auto sent =
      bench.repository(server).upload(blob_of(bytes), "`weights`", body_of(bytes), nullptr, other);
  return sent ? (*sent ? "sent" : "there") : render(sent.error());
}

bool is_there(const OciServer& server, const std::string& bytes) {
  return server.blob("a/b", sha256(bytes).hex()) == bytes;
}

bool is_chunk(const Incoming& request) { return request.method == "PATCH"; }

}  // namespace

TEST_CASE("small blobs go in one piece, large ones in chunks, those that are there not at all") {
  OciBench bench;
  OciServer server;
  for (const std::string& bytes : {std::string(), std::string("x"), std::string(kChunk, 'c')}) {
    CHECK(push(bench, server, bytes) == "sent");
    CHECK(is_there(server, bytes));
    CHECK(push(bench, server, bytes) == "there");
  }
  CHECK(server.seen("PATCH").empty());
  CHECK(server.seen("PUT").size() == 3);
  CHECK(push(bench, server, large()) == "sent");
  CHECK(is_there(server, large()));
  CHECK(server.seen("PATCH").size() == 3);
  std::vector<std::string> ranges;
  for (const Incoming& request : server.requests())
    if (is_chunk(request)) ranges.push_back(request.header("content-range"));
  CHECK(ranges == std::vector<std::string>{"0-16777215", "16777216-33554431", "33554432-33566776"});
  CHECK(server.sessions() == 0);
}

TEST_CASE("a part of a file is pushed, and a registry's own least size of chunks obeyed") {
  OciBench bench;
  OciServer server;
  server.chunk_min_length = 20 << 20U;
  const Path file = bench.scratch.write("file", "before" + large() + "behind");
  std::uint64_t metered = 0;
  const auto sent =
      bench.repository(server).upload(blob_of(large()), "`weights`", {{}, file, 6, large().size()},
                                      [&](std::uint64_t more) { metered += more; });
  CHECK(error_of(sent) == "none");
  CHECK(is_there(server, large()));
  CHECK(server.seen("PATCH").size() == 2);
  CHECK(metered == large().size());
}

TEST_CASE("a blob of another repository is mounted, if the registry can") {
  OciBench bench;
  OciServer server;
  server.put_blob("base", "bytes");
  CHECK(push(bench, server, "bytes", "base") == "there");
  CHECK(is_there(server, "bytes"));
  CHECK(server.seen("PUT").empty());
  CHECK(push(bench, server, "other", "base") == "sent");
  CHECK(is_there(server, "other"));
}

TEST_CASE("a chunk that breaks ends the session: the blob begins anew in another") {
  OciBench bench;
  OciServer server;
  int left = 1;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_chunk(request) || request.header("content-range").starts_with("0-") || left-- <= 0) return false;
    // Takes some of the chunk, and is gone; the session with it.
    c.read_body(5'000'000);
    c.close();
    server.drop_sessions();
    return true;
  };
  CHECK(push(bench, server, large()) == "sent");
  CHECK(is_there(server, large()));
  CHECK(server.seen("POST").size() == 2);
  CHECK(server.seen("PATCH").size() >= 5);  // libcurl tries twice on a connection that was used before
}

TEST_CASE("a session that survived a broken chunk goes on where it is") {
  OciBench bench;
  OciServer server;
  int left = 2;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_chunk(request) || request.header("content-range").starts_with("0-") || left-- <= 0) return false;
    c.read_body(5'000'000);
    c.close();
    return true;
  };
  CHECK(push(bench, server, large()) == "sent");
  CHECK(is_there(server, large()));
  CHECK(server.seen("POST").size() == 1);
}

TEST_CASE("a registry that takes a part of a chunk gets the rest") {
  OciBench bench;
  OciServer server;
  int left = 1;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_chunk(request) || left-- <= 0) return false;
    const std::string body = c.read_body();
    c.respond(
        202, "",
        {"Location: " + server.take_part(request.target, body.substr(0, 1'000'000)), "Range: 0-999999"});
    return true;
  };
  CHECK(push(bench, server, large()) == "sent");
  CHECK(is_there(server, large()));
}

TEST_CASE("a lost answer to the last request is no failure when the blob is there") {
  OciBench bench;
  OciServer server;
  const std::string bytes = GENERATE(std::string("small"), large());
  bool lost = false;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.method != "PUT" || lost) return false;
    lost = true;
    server.put_blob("a/b", bytes);
    c.read_body();
    c.close();
    return true;
  };
  CHECK(push(bench, server, bytes) == "sent");
  CHECK(server.seen("POST").size() == 1);
  CHECK(server.seen("PUT").size() <= 2);  // libcurl tries twice on a connection that was used before
}

TEST_CASE("a registry that breaks every chunk ends after the retries") {
  OciBench bench;
  OciServer server;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (!is_chunk(request)) return false;
    c.read_body(1000);
    c.close();
    return true;
  };
  CHECK(push(bench, server, large())
            .starts_with("error: cannot push `weights` to `oci://" + server.host() + "/a/b`: "));
  CHECK(server.seen("PATCH").size() <= 2 * 5);  // libcurl tries twice on a connection that was used before
}

TEST_CASE("bytes that do not have their digest are told as damage") {
  OciBench bench;
  OciServer server;
  Descriptor blob = blob_of("what it was");
  const auto sent = bench.repository(server).upload(blob, "`weights`", body_of("what it is!"), nullptr);
  CHECK(error_of(sent) == "error: cannot push `weights` to `oci://" + server.host() +
                              "/a/b`: the registry got other bytes than its digest " + blob.digest.brief() +
                              " promises\n" +
                              "hint: the file is damaged, or was changed while it was sent\n");
  CHECK(sent.error().code() == ErrorCode::integrity);
}

TEST_CASE("a registry that refuses tells its reason") {
  OciBench bench;
  OciServer server;
  std::function<void(Connection&)> answer;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.method != "POST") return false;
    answer(c);
    return true;
  };
  const std::string doing =
      "error: cannot push `weights` to `oci://" + server.host() + "/a/b`: `" + server.host() + "` answered ";
  answer = [](Connection& c) { OciServer::refuse(c, 405, "UNSUPPORTED", "this registry is read-only"); };
  CHECK(push(bench, server, "x") == doing + "405: this registry is read-only (UNSUPPORTED)\n");
  answer = [](Connection& c) { OciServer::refuse(c, 429, "TOOMANYREQUESTS", "slow down"); };
  CHECK(push(bench, server, "x") == doing + "429 Too Many Requests: slow down (TOOMANYREQUESTS)\n" +
                                        "hint: too many requests: wait a while and run the same again\n");
  answer = [](Connection& c) { c.respond(202, ""); };
  CHECK(push(bench, server, "x").find("answered 202 with something else than what belongs to it") !=
        std::string::npos);
  answer = [](Connection& c) { c.respond(202, "", {"Location: ftp://elsewhere/x"}); };
  CHECK(push(bench, server, "x") == "error: the registry `" + server.host() +
                                        "` names `ftp://elsewhere/x` as an address, which is no URL\n");
  answer = [](Connection& c) {
    OciServer::refuse(c, 403, "DENIED", "requested access to the resource is denied");
  };
  CHECK(push(bench, server, "x").find("wants a login to push to `a/b`, and there is none") !=
        std::string::npos);
}
