#include <catch2/catch.hpp>

#include "core/archive/unpack.h"
#include "tests/support/faulty_filesystem.h"
#include "tests/unit/fetch/bench.h"

using namespace reef;
using namespace reef::test;

namespace {

// A tarball of two files in the package folder, made by the host's tar.
Source tarball(Bench& bench) {
  bench.write(bench.root / "pkg/bin/tool", "#!/bin/sh\n", 0755);
  bench.write(bench.root / "pkg/doc.txt", "text");
  ProcessSpec spec;
  spec.argv = {"tar", "-czf", (bench.package() / "a.tar.gz").string(), "-C", bench.root.string(), "pkg"};
  spec.env = bench.settings.env;
  REQUIRE(bench.runner->run(spec)->ok());
  Source source = path_source("a.tar.gz");
  source.unpack = true;
  return source;
}

}  // namespace

TEST_CASE("a disk that breaks at any moment of a transfer leaves nothing wrong, and the next one succeeds") {
  const auto fault = GENERATE(FaultyFilesystem::Fault::crash, FaultyFilesystem::Fault::full);
  const std::string body(2'500'000, 'q');
  const HttpServer server([&](const Incoming& r, Connection& c) { serve_file(r, c, body, "\"e\""); });
  for (int n = 0;; ++n) {
    CAPTURE(n);
    Bench bench;
    bench.settings.retries = 0;
    const Source source = url_source(server.url("/f"), body);
    FaultyFilesystem faulty(*bench.fs, n, fault);
    const fetch::Request request{&source, bench.package()};
    const auto broken = fetch::fetch_all({&request, 1}, bench.settings, faulty, *bench.runner, *bench.client,
                                         *bench.clock, bench.progress, bench.cancel);
    const std::string hex = sha256(body).hex();
    const Path entry = bench.settings.cache / "downloads/sha256" / hex.substr(0, 2) / hex;
    if (exists(*bench.fs, entry)) CHECK(bench.read(entry) == body);
    const auto fetched = bench.fetch(source);
    REQUIRE(fetched);
    CHECK(bench.read(fetched->path) == body);
    if (!faulty.crashed()) {
      CHECK(broken);
      CHECK(n > 10);
      return;
    }
  }
}

TEST_CASE("a disk that breaks at any moment of laying out leaves no half tree") {
  const auto fault = GENERATE(FaultyFilesystem::Fault::crash, FaultyFilesystem::Fault::full);
  Bench bench;
  const std::vector<Source> sources = {tarball(bench), path_source("extra.txt")};
  bench.write(bench.package() / "extra.txt", "extra");
  const auto fetched = bench.fetch_all(sources);
  REQUIRE(fetched);
  for (int n = 0;; ++n) {
    CAPTURE(n);
    const Path target = bench.root / ("out" + std::to_string(n));
    FaultyFilesystem faulty(*bench.fs, n, fault);
    const auto status = fetch::lay_out(sources, *fetched, target, faulty);
    if (exists(*bench.fs, target)) {
      CHECK(bench.read(target / "pkg/doc.txt") == "text");
      CHECK(bench.read(target / "extra.txt") == "extra");
      CHECK(bench.fs->stat(target / "pkg/bin/tool")->mode == 0755);
    }
    if (!faulty.crashed()) {
      CHECK(status);
      CHECK(n > 10);
      return;
    }
    CHECK(status.has_value() == exists(*bench.fs, target));  // only the clean-up may fail unseen
  }
}

TEST_CASE("what a killed transfer left is removed after a day") {
  Bench bench;
  bench.write(bench.root / "f", "x");
  const Source source = url_source("file://" + (bench.root / "f").string(), "x");
  const Path old = bench.settings.cache / "tmp/git-1-0";
  const Path young = bench.settings.cache / "tmp/git-2-0";
  bench.write(old / "HEAD", "x");
  bench.write(young / "HEAD", "x");
  REQUIRE(bench.fs->set_mtime(old, 1'000'000'000'000'000'000));
  REQUIRE(bench.fetch(source));
  CHECK_FALSE(exists(*bench.fs, old));
  CHECK(exists(*bench.fs, young));
}
