#include "core/oci/manifest.h"

#include "tests/unit/oci/bench.h"

using namespace reef;
using namespace reef::oci;
using namespace reef::test;

namespace {

const std::string kHex(64, 'a');

Manifest sample() {
  Manifest out;
  out.artifact_type = "application/x";
  out.config = {std::string(kEmptyType), sha256(kEmptyBlob), kEmptyBlob.size(), {}};
  out.layers = {{"application/y", sha256("1"), 1, {{"title", "one"}}},
                {"application/z", sha256("22"), 2, {}}};
  out.annotations = {{"b", "2"}, {"a", "1"}};
  return out;
}

}  // namespace

TEST_CASE("a manifest is read as it was written") {
  const std::string text = write_manifest(sample());
  CHECK(value(read_manifest("m", text)) == sample());
  CHECK(write_manifest(value(read_manifest("m", text))) == text);
}

TEST_CASE("what is no image manifest is refused, what is unknown passed over") {
  const auto problem = [](const std::string& text) {
    const auto read = read_manifest("m", text);
    return read ? "none" : read.error().message();
  };
  const std::string config = R"("config": {"mediaType": "x", "digest": "sha256:)" + kHex + R"(", "size": 1})";
  CHECK(problem(R"({"schemaVersion": 2, "more": [], "subject": null, "layers": [], )" + config + "}") ==
        "none");
  CHECK(problem(R"({"schemaVersion": 1, )" + config + "}") == "expected a manifest of version 2, got 1");
  CHECK(problem(R"({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", )" + config +
                "}") == "expected an image manifest, got `application/vnd.oci.image.index.v1+json`");
  CHECK(problem(R"({"schemaVersion": 2})") == "missing key `config`");
  CHECK(problem(R"({"schemaVersion": 2, "config": {"mediaType": "x", "digest": "md5:1", "size": 1}})") ==
        "expected `sha256:` and 64 digits, got `md5:1`");
  CHECK(problem(R"({"schemaVersion": 2, "config": {"mediaType": "x", "digest": "sha256:)" + kHex +
                R"(", "size": -1}})") == "a size of -1 is none");
  CHECK(problem("<html>") != "none");
  CHECK(problem("[]") != "none");
}

TEST_CASE("manifests come back byte for byte, by tag and by digest") {
  OciBench bench;
  OciServer server;
  Repository repository = bench.repository(server);
  const std::string text = write_manifest(sample()) + "\n";
  succeeds(repository.put_manifest("1.0", text));
  CHECK(server.manifest("a/b", "1.0") == text);
  const Repository::Found found = value(repository.manifest("1.0"));
  CHECK(found.text == text);
  CHECK(found.digest == sha256(text));
  CHECK(found.type == kManifestType);
  CHECK(value(repository.manifest("sha256:" + found.digest.hex())).text == text);
  CHECK_FALSE(value(repository.find_manifest("2.0")));
  CHECK(error_of(repository.put_manifest("2.0", std::string(kLargestManifest + 1, ' '))) ==
        "error: cannot push the manifest of `oci://" + server.host() +
            "/a/b:2.0`: it has 4194305 bytes, and registries take 4194304 at most\n" +
            "hint: it names too many files: pack very many large ones as one\n");
}

TEST_CASE("a tag that is not there is told with those that are") {
  OciBench bench;
  OciServer server;
  Repository repository = bench.repository(server);
  const std::string place = "oci://" + server.host() + "/a/b";
  CHECK(error_of(repository.manifest("1.0")) == "error: there is no `" + place + "`: the registry `" +
                                                    server.host() +
                                                    "` has no such repository, or nothing in it\n");
  for (int i = 0; i < 10; ++i) succeeds(repository.put_manifest("2." + std::to_string(i), "{}"));
  CHECK(error_of(repository.manifest("latest")) ==
        "error: there is no tag `latest` in `" + place +
            "`\nhint: it has `2.2`, `2.3`, `2.4`, `2.5`, `2.6`, `2.7`, `2.8` and `2.9`, and 2 more\n");
  CHECK(error_of(repository.manifest("sha256:" + kHex)) ==
        "error: there is no manifest `sha256:" + kHex + "` in `" + place + "`\n");
  CHECK(repository.manifest("1.0").error().code() == ErrorCode::not_found);
}

TEST_CASE("a manifest with another digest than asked for, or than claimed, is refused") {
  OciBench bench;
  OciServer server;
  std::string claim;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.target.find("/manifests/") == std::string::npos) return false;
    if (request.method == "GET") c.respond(200, "{}", {"Docker-Content-Digest: " + claim});
    if (request.method == "PUT") c.respond(201, "", {"Docker-Content-Digest: " + claim});
    return true;
  };
  Repository repository = bench.repository(server);
  const std::string place = "oci://" + server.host() + "/a/b";
  const std::string hint =
      "hint: the registry is damaged, or something between it and here changes answers\n";
  CHECK(error_of(repository.manifest("sha256:" + kHex)) ==
        "error: the manifest of `" + place + "@sha256:" + kHex +
            "` is not what it should be: its SHA-256 is " + sha256("{}").hex() + ", expected " + kHex + "\n" +
            hint);
  claim = "sha256:" + kHex;
  CHECK(error_of(repository.manifest("1"))
            .starts_with("error: the manifest of `" + place + ":1` is not what it should be"));
  CHECK(error_of(repository.put_manifest("1", "{}")) ==
        "error: the registry `" + server.host() + "` keeps another manifest than it was sent: " + kHex +
            ", expected " + sha256("{}").hex() + "\n");
  claim = "sha512:whatever";  // of a kind that we do not compute
  CHECK(value(repository.manifest("1")).text == "{}");
}

TEST_CASE("an answer that does not end is not read to its end") {
  OciBench bench;
  OciServer server;
  server.interfere = [&](const Incoming& request, Connection& c) {
    if (request.target == "/v2/") return false;
    c.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (c.is_open()) c.write(std::string(100'000, ' '));
    return true;
  };
  CHECK(error_of(bench.repository(server).manifest("1")) ==
        "error: cannot read the manifest of `oci://" + server.host() +
            "/a/b:1`: the answer is larger than 4.00 MiB, the most that is read\n");
}

TEST_CASE("nobody there is said after one more try") {
  OciBench bench;
  std::string host;
  {
    const OciServer gone;
    host = gone.host();
  }
  CHECK(error_of(bench.repository("oci://" + host + "/a").manifest("1")) ==
        "error: cannot read the manifest of `oci://" + host + "/a:1`: cannot connect to `" + host + "`\n");
}
